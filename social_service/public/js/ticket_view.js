// The ticket view of Helpdesk, for tickets that came from a network. Loaded by the HD Form Script that install.py makes.
// Frappe Helpdesk has no place for panels of other apps: this adds actions to the header and one line above the editor.

const API = "social_service.api.";
const MEASURE_AFTER = 400; // ms without typing
const EDITOR_SECONDS = 15;

let view = null; // { form, state } of the ticket that is open
const listening = new WeakSet(); // editors

export async function setupForm(form) {
	const state = await form.call(`${API}ticket_state`, { ticket: form.doc.name });
	if (!state) return { actions: [] };
	view = { form, state };
	showBar().catch(quiet);
	return { actions: actions(form, state) };
}

function actions(form, state) {
	const all = [
		state.can_retry && { label: state.texts.retry, theme: "red", onClick: retry },
		!state.why_not && { label: state.action, onClick: openEditor },
		state.suggestions && { label: `${state.texts.suggestions} (${state.suggestions})`, onClick: suggest },
		isWebAddress(state.url) && { label: state.texts.open, onClick: () => openPost(state.url) },
	];
	return all.filter(Boolean).map((one) => ({ ...one, onClick: () => attempt(one.onClick) }));
}

async function attempt(work) {
	try {
		await work();
	} catch (error) {
		view.form.toast.error((error.messages || [error.message]).join(" "));
	}
}

function quiet(error) {
	console.warn("social_service:", error);
}

function openPost(url) {
	window.open(url, "_blank", "noopener,noreferrer");
}

async function retry() {
	const { form, state } = view;
	await form.call(`${API}retry_reply`, { ticket: form.doc.name });
	form.toast.success(state.texts.retried);
}

// --- suggested answers ---------------------------------------------------------------------------------------

let offers = [];

async function suggest() {
	const { form, state } = view;
	offers = await form.call(`${API}suggestions`, { ticket: form.doc.name });
	document.addEventListener("click", onInsert, true);
	const html = offers.map(offerHtml).join("") || `<p>${escape(state.texts.nothing_fits)}</p>`;
	form.$dialog({ title: state.texts.suggestions, size: "2xl", html, actions: [] });
}

function offerHtml(offer, index) {
	const { texts } = view.state;
	return `
		<div data-social-offer class="flex items-start justify-between gap-4 py-3 border-b border-outline-gray-1">
			<div class="min-w-0">
				<div class="text-base font-medium text-ink-gray-9">${escape(offer.title)}</div>
				<div class="text-p-sm text-ink-gray-6 mt-1">${escape(offer.summary)}</div>
				<div class="text-sm text-ink-gray-5 mt-1">
					${escape(fill(texts.fits, offer.score))} ·
					<a class="underline" target="_blank" rel="noopener" href="${escape(offer.url)}">${escape(texts.read)}</a>
				</div>
			</div>
			<button data-social-insert="${index}"
				class="shrink-0 rounded px-3 h-7 text-base bg-surface-gray-10 text-ink-base">
				${escape(texts.insert)}
			</button>
		</div>`;
}

function onInsert(event) {
	const button = event.target.closest?.("[data-social-insert]");
	if (!button) return;
	event.preventDefault();
	event.stopPropagation();
	document.removeEventListener("click", onInsert, true);
	button.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true })); // closes the dialog
	attempt(() => insert(offers[Number(button.dataset.socialInsert)]));
}

async function insert(offer) {
	// no link: Helpdesk sends strangers who follow it to a login page, and X charges for it
	const html = `<p>${escape(offer.summary)}</p>`;
	const editor = await openEditor();
	if (editor) {
		editor.chain().focus("start").insertContent(html).run();
		return;
	}
	await keepForLater(html, offer.summary);
}

// Helpdesk reads its draft when the page loads; without storage there is the clipboard.
async function keepForLater(html, text) {
	const { form, state } = view;
	const key = `emailBoxContent${form.doc.name}`;
	try {
		window.localStorage.setItem(key, html + (window.localStorage.getItem(key) || ""));
		form.toast.success(state.texts.in_draft);
	} catch {
		await window.navigator.clipboard.writeText(text);
		form.toast.success(state.texts.copied);
	}
}

// --- the editor ----------------------------------------------------------------------------------------------

const area = () => document.querySelector(".comm-area");
const mailEditor = () => area()?.querySelector(".ProseMirror")?.editor; // the first is the reply, the second a comment

async function openEditor() {
	await pause(150); // the click on our button closes the box
	const editor = mailEditor();
	if (!editor) return null;
	if (!editor.view.dom.offsetParent) area().querySelector("button").click();
	await pause(150);
	editor.commands.focus();
	return editor;
}

async function showBar() {
	const editor = await found(mailEditor, EDITOR_SECONDS);
	if (!editor) return;
	const recipients = recipientsRow(editor);
	let bar = area().querySelector("[data-social-bar]");
	if (!bar) {
		bar = document.createElement("div");
		bar.dataset.socialBar = "";
		bar.className = "mx-6 md:mx-5 flex items-center justify-between gap-4 border-y py-2.5 text-base";
		recipients.before(bar);
	}
	recipients.style.display = "none"; // an address of ours that means nothing to a person; mail can't be mixed in
	drawBar(bar, null);
	if (listening.has(editor)) return;
	listening.add(editor);
	editor.on("update", debounced(() => measure(editor).catch(quiet)));
	measure(editor).catch(quiet);
}

function recipientsRow(editor) {
	const rows = editor.view.dom.closest(".overflow-hidden").querySelectorAll(".border-y");
	return [...rows].find((row) => !("socialBar" in row.dataset));
}

function drawBar(bar, measured) {
	const { audience, why_not: whyNot, visibility } = view.state;
	const told = whyNot || audience;
	const tone = whyNot ? "text-ink-red-8" : visibility === "public" ? "text-ink-amber-8" : "text-ink-green-8";
	bar.innerHTML = `<span data-social-audience class="${tone}">${escape(told)}</span>${counterHtml(measured)}`;
}

function counterHtml(measured) {
	if (!measured?.length?.used) return "";
	const { used, limit } = measured.length;
	const tone = used > limit ? "text-ink-red-8 font-medium" : "text-ink-gray-5";
	const problem = used > limit || view.state.why_not ? "" : measured.problem || "";
	const count = escape(fill(view.state.texts.counted, used, limit));
	return `<span data-social-count class="shrink-0 ${tone}" title="${escape(problem)}">${count}</span>`;
}

async function measure(editor) {
	const { form } = view;
	const measured = await form.call(`${API}measure`, { ticket: form.doc.name, text: editor.getHTML() });
	const bar = area()?.querySelector("[data-social-bar]");
	if (bar && view.form.doc.name === form.doc.name) drawBar(bar, measured);
}

// --- small things --------------------------------------------------------------------------------------------

const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const isWebAddress = (text) => /^https?:\/\//.test(text || "");
const fill = (text, ...values) => values.reduce((told, value, number) => told.replace(`{${number}}`, value), text);

function escape(text) {
	const place = document.createElement("div");
	place.textContent = text ?? "";
	return place.innerHTML.replaceAll('"', "&quot;");
}

function debounced(work) {
	let timer;
	return () => {
		clearTimeout(timer);
		timer = setTimeout(work, MEASURE_AFTER);
	};
}

async function found(look, seconds) {
	for (let tries = 0; tries < seconds * 5; tries++) {
		const it = look();
		if (it) return it;
		await pause(200);
	}
	return null;
}
