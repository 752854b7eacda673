// Helpdesk's reply editor: opened, written into, and above it one line that says who will read the answer.

const version = new URL(import.meta.url).search; // browsers keep an asset for long: all files of one version together
const { ask, debounced, escape, fill, found, joined, pause, quiet, view } = await import(
	`./ticket_page.js${version}`
);

const MEASURE_AFTER = 400; // ms without typing
const EDITOR_SECONDS = 15;

const listening = new WeakSet(); // editors
const area = () => document.querySelector(".comm-area");
const mailEditor = () => area()?.querySelector(".ProseMirror")?.editor; // the first is the reply, the second a comment

export async function openEditor() {
	await pause(150); // the click on our button closes the box
	const editor = mailEditor();
	if (!editor) return null;
	if (!editor.view.dom.offsetParent) area().querySelector("button").click();
	await pause(150);
	editor.commands.focus();
	return editor;
}

export async function write(text) {
	const html = `<p>${text.split("\n").map(escape).join("<br>")}</p>`;
	const editor = await openEditor();
	if (editor) editor.chain().focus("start").insertContent(html).run();
	else await keepForLater(html, text);
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

// --- the line above it ----------------------------------------------------------------------------------------

export async function showBar() {
	const editor = await found(mailEditor, EDITOR_SECONDS);
	if (!editor) return;
	const recipients = recipientsRow(editor);
	let bar = area().querySelector("[data-social-bar]");
	if (!bar) {
		bar = document.createElement("div");
		bar.dataset.socialBar = "";
		bar.className = "mx-6 md:mx-5 border-y py-2.5 text-base";
		recipients.before(bar);
	}
	recipients.style.display = "none"; // an address of ours that means nothing to a person; mail can't be mixed in
	drawBar(bar, null);
	if (listening.has(editor)) return;
	listening.add(editor);
	editor.on("update", debounced(() => measure(editor).catch(quiet), MEASURE_AFTER));
	measure(editor).catch(quiet);
}

function recipientsRow(editor) {
	const rows = editor.view.dom.closest(".overflow-hidden").querySelectorAll(".border-y");
	return [...rows].find((row) => !("socialBar" in row.dataset));
}

function drawBar(bar, measured) {
	const { audience, why_not: whyNot, visibility, why } = view.state;
	const told = whyNot || audience;
	const tone = whyNot ? "text-ink-red-8" : visibility === "public" ? "text-ink-amber-8" : "text-ink-green-8";
	bar.innerHTML = `
		<div class="flex items-center justify-between gap-4">
			<span data-social-audience class="${tone}">${escape(told)}</span>${counterHtml(measured)}
		</div>
		<div data-social-why class="text-sm text-ink-gray-5 mt-1">${escape(joined(...why))}</div>`;
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
	const measured = await ask("measure", { text: editor.getHTML() });
	const bar = area()?.querySelector("[data-social-bar]");
	if (bar && view.form.doc.name === form.doc.name) drawBar(bar, measured);
}
