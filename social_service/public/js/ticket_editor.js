// Helpdesk's reply editor: opened, written into, and above it a bar that says who will read the answer, and what is against it.

const version = new URL(import.meta.url).search; // browsers keep an asset for long: all files of one version together
const { debounced, dollars, escape, fill, found, joined, pause, quiet, view } = await import(
	`./ticket_page.js${version}`
);
const { guardHtml, isWritten, onTick, typed } = await import(`./ticket_guard.js${version}`);
const { choicesHtml, isStale, onChoose, refresh } = await import(`./ticket_audience.js${version}`);

const LOOK_AFTER = 400; // ms without typing
const LOOK_AFTER_CLICK = 1200; // it may have been Send, and refused
const LOOK_EVERY = 15_000; // a colleague may begin, the customer may write
const EDITOR_SECONDS = 15;
const SLIDES = 350; // ms until a box that closes is gone

const tickets = new WeakMap(); // editor → the ticket that it answers
const drawn = new WeakMap(); // bar → its HTML
let looks = 0;
const area = () => document.querySelector(".comm-area");
export const mailEditor = () => area()?.querySelector(".ProseMirror")?.editor; // the first is the reply, the second a comment

export async function openEditor() {
	await pause(SLIDES); // the click on our button closes the box
	const editor = mailEditor();
	if (!editor) return null;
	if (!editor.view.dom.offsetParent) [...area().querySelectorAll("button")].find((one) => !isOurs(one)).click();
	await pause(150);
	editor.commands.focus();
	return editor;
}

const isOurs = (element) =>
	element !== area() &&
	(Object.keys(element.dataset).some((key) => key.startsWith("social")) || isOurs(element.parentElement));

// Above what is there. The cursor goes where the first empty one is.
export async function write(...paragraphs) {
	const html = paragraphs.map(paragraphHtml).join("");
	const editor = await openEditor();
	if (!editor) return keepForLater(html, paragraphs.join("\n"));
	editor.chain().focus("start").insertContent(html).run();
	const at = gapOf(editor);
	if (at && paragraphs.includes("")) editor.commands.setTextSelection(at);
}

// Into the first empty line, or below the line where the agent was.
export async function writeInto(text) {
	const was = mailEditor()?.state.selection.to;
	const editor = await openEditor();
	if (!editor) return keepForLater(paragraphHtml(text), text);
	const at = gapOf(editor) ?? endOfLine(editor, was);
	editor.chain().focus().insertContentAt(at, paragraphHtml(text)).run();
}

export const draftHtml = () => mailEditor()?.getHTML() || "";
const paragraphHtml = (text) => `<p>${text.split("\n").map(escape).join("<br>")}</p>`;

function gapOf(editor) {
	let at = null;
	editor.state.doc.forEach((line, offset) => {
		if (at === null && line.isTextblock && !line.content.size) at = offset + 1;
	});
	return at;
}

function endOfLine(editor, position) {
	const line = editor.state.doc.resolve(Math.min(position, editor.state.doc.content.size));
	return line.depth ? line.after(1) : line.pos;
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
	if (!tickets.has(editor)) listen(editor, bar);
	tickets.set(editor, view.form.doc.name);
}

function listen(editor, bar) {
	const look = () => isSeen(editor) && lookAt(editor, bar).catch(quiet); // who only reads the ticket writes nothing
	const lookSoon = debounced(look, LOOK_AFTER_CLICK);
	const changed = () => lookAt(editor, bar).catch(quiet); // sent or thrown away, it is hidden at once
	editor.on("update", debounced(changed, LOOK_AFTER));
	area().addEventListener("click", lookSoon, true);
	area().addEventListener("keydown", ({ key }) => key === "Enter" && lookSoon(), true);
	new IntersectionObserver(([seen]) => seen.isIntersecting && look()).observe(bar);
	const timer = setInterval(() => (editor.isDestroyed ? clearInterval(timer) : look()), LOOK_EVERY);
	onTick(bar, (seen) => {
		looks++;
		drawBar(bar, seen);
	});
	onChoose(bar, changed);
}

const isSeen = (editor) => editor.view.dom.offsetParent && document.visibilityState === "visible";

async function lookAt(editor, bar) {
	const isOpen = () => !editor.isDestroyed && view.form.doc.name === tickets.get(editor);
	if (!isOpen()) return;
	const number = ++looks;
	const seen = await typed(editor.getHTML());
	if (isStale(seen)) await refresh();
	if (isOpen() && number === looks) drawBar(bar, seen); // a later look knows better
}

function recipientsRow(editor) {
	const rows = editor.view.dom.closest(".overflow-hidden").querySelectorAll(".border-y");
	return [...rows].find((row) => !("socialBar" in row.dataset));
}

function drawBar(bar, seen) {
	const { audience, why_not: whyNot, visibility, why } = view.state;
	const told = whyNot || audience;
	const tone = whyNot ? "text-ink-red-8" : visibility === "public" ? "text-ink-amber-8" : "text-ink-green-8";
	const html = `
		<div class="flex items-center justify-between gap-4">
			<span data-social-audience class="${tone}">${escape(told)}</span>${choicesHtml()}${counterHtml(seen)}
		</div>
		<div data-social-why class="text-sm text-ink-gray-5 mt-1">${escape(joined(...why))}</div>
		${guardHtml(seen)}`;
	const box = () => bar.querySelector("[data-social-anyway]");
	if (drawn.get(bar) === html && (!box() || box().checked === seen.is_acknowledged)) return;
	const hadFocus = box() && document.activeElement === box();
	bar.innerHTML = html;
	drawn.set(bar, html);
	if (hadFocus) box()?.focus();
}

function counterHtml(seen) {
	if (!isWritten(seen)) return "";
	const { used, limit } = seen.length;
	const { texts, network } = view.state;
	const tone = used > limit ? "text-ink-red-8 font-medium" : "text-ink-gray-5";
	const cost = seen.price ? fill(texts.costs, network, dollars(seen.price)) : "";
	const count = escape(fill(texts.counted, used, limit));
	return `<span data-social-count class="shrink-0 ${tone}" title="${escape(cost)}">${count}</span>`;
}
