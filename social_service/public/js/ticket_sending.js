// Answers of this ticket that have not left: the seconds in which one can be taken back, and what waits for a second person.

const version = new URL(import.meta.url).search;
const { ask, attempt, BUTTON, closeDialog, debounced, escape, FIELD, fill, found, onReload } = await import(
	`./ticket_page.js${version}`
);
const { pause, quiet, STRONG, view } = await import(`./ticket_page.js${version}`);
const { write } = await import(`./ticket_editor.js${version}`);

const DOORS = "social_service.api_answers.";
const AREA_SECONDS = 15;
const SOON = 300; // ms
const AFTER = 700; // ms beyond the time to take it back: the site's clock decides
const LOOK_AFTER = 500; // ms without typing

let rows = [];
let waiting = null; // what the approver's dialog shows
let ends = {}; // reply → when it leaves, by this browser's clock
let asked = new Set(); // replies that were sent on their way
let timer = null;
document.addEventListener("click", onClick, true);
document.addEventListener("input", onInput, true);
const lookAgainSoon = debounced((box) => lookAgain(box).catch(quiet), LOOK_AFTER);
const refreshSoon = debounced(() => showSending().catch(quiet), SOON);
onReload(refreshSoon);

export async function showSending() {
	const area = await found(() => document.querySelector(".comm-area"), AREA_SECONDS);
	if (!area || !view.form) return;
	const ticket = view.form.doc.name;
	const told = await ask(`${DOORS}underway`);
	if (ticket !== view.form.doc.name) return;
	rows = told;
	ends = Object.fromEntries(rows.filter((row) => row.seconds).map((row) => [row.reply, Date.now() + row.seconds * 1000]));
	draw(area);
	clearInterval(timer);
	if (Object.keys(ends).length) timer = setInterval(tick, 250);
}

// --- how it looks ---------------------------------------------------------------------------------------------

function draw(area) {
	let box = document.querySelector("[data-social-sending]");
	if (!box) {
		box = document.createElement("div");
		box.dataset.socialSending = "";
		box.setAttribute("role", "status");
		area.before(box); // inside of it, our buttons would come before Helpdesk's
	}
	box.innerHTML = rows.map(rowHtml).join("");
}

function rowHtml(row, index) {
	const { texts } = view.state;
	const buttons = [
		row.may_approve && buttonHtml("read", texts.read_and_decide, STRONG),
		row.can_undo && buttonHtml("undo", row.seconds ? texts.undo : texts.take_back, BUTTON),
		row.can_put_back && buttonHtml("back", texts.put_back, BUTTON),
	];
	const tone = row.can_put_back ? "text-ink-red-8" : "text-ink-amber-8";
	return `
		<div data-social-underway="${index}" class="flex items-center justify-between gap-4 border-t px-6 md:px-5 py-2 text-base">
			<div class="min-w-0">
				<div data-social-told class="${tone}">${escape(row.seconds ? leavesIn(row) : row.told)}</div>
				<div class="text-sm text-ink-gray-5 truncate">${escape(row.text)}</div>
			</div>
			<div class="flex items-center gap-2">${buttons.filter(Boolean).join("")}</div>
		</div>`;
}

const buttonHtml = (what, label, look) =>
	`<button data-social-do="${what}" class="${look}">${escape(label)}</button>`;
const left = ({ reply }) => Math.max(0, Math.ceil((ends[reply] - Date.now()) / 1000));
const leavesIn = (row) => fill(view.state.texts.leaves_in, left(row));

function tick() {
	rows.forEach((row, index) => {
		if (!row.seconds) return;
		const told = document.querySelector(`[data-social-underway="${index}"] [data-social-told]`);
		if (told && told.textContent !== leavesIn(row)) told.textContent = leavesIn(row);
		if (Date.now() > ends[row.reply] + AFTER) leave(row).catch(quiet);
	});
	if (rows.every((row) => !row.seconds)) clearInterval(timer);
}

async function leave(row) {
	row.seconds = 0;
	if (asked.has(row.reply)) return;
	asked.add(row.reply);
	await ask(`${DOORS}send_now`, { reply: row.reply });
	refreshSoon();
}

// --- what a person does with it -------------------------------------------------------------------------------

function onClick(event) {
	const button = event.target.closest?.("[data-social-do]");
	if (!button) return;
	event.preventDefault();
	event.stopPropagation();
	const row = rows[Number(button.closest("[data-social-underway]")?.dataset.socialUnderway)];
	attempt(() => WORK[button.dataset.socialDo](row, button));
}

const WORK = {
	read: openDecision,
	back: putBack,
	async undo(row) {
		const { may_be_out: mayBeOut } = await ask(`${DOORS}cancel`, { replies: [row.reply] });
		const { form, state } = view;
		if (mayBeOut) form.toast.warning(state.texts.may_be_out);
		else await putBack(row);
		refreshSoon();
	},
	async approve(_row, button) {
		const text = textOf(button).value;
		const seen = waiting.warnings.map(({ key }) => key);
		await ask(`${DOORS}approve`, { replies: [waiting.reply], text, seen });
		close(button);
		view.form.toast.success(view.state.texts.approved);
		refreshSoon();
	},
	async give_back(_row, button) {
		const reason = button.closest("[data-social-decision]").querySelector("[data-social-reason]").value;
		await ask(`${DOORS}give_back`, { reply: waiting.reply, reason });
		close(button);
		view.form.toast.success(view.state.texts.returned);
		refreshSoon();
	},
};

async function putBack(row) {
	document.querySelector("[data-social-sending]").innerHTML = "";
	await write(row.text);
	refreshSoon();
}

// --- four eyes ------------------------------------------------------------------------------------------------

async function openDecision(row) {
	waiting = { reply: row.reply, ...(await ask(`${DOORS}look`, { reply: row.reply })) };
	const { form, state } = view;
	form.$dialog({ title: state.texts.read_and_decide, size: "2xl", html: decisionHtml(), actions: [] });
}

function decisionHtml() {
	const { texts } = view.state;
	const { post, text, agent, rule } = waiting;
	return `
		<div data-social-decision class="flex flex-col gap-3">
			<div class="text-sm text-ink-gray-5">${escape(fill(texts.asks_for, rule, agent))}</div>
			<blockquote class="border-l-2 border-outline-gray-3 ps-3 text-p-base text-ink-gray-7">${escape(post)}</blockquote>
			<textarea data-social-text rows="6" class="${FIELD}" aria-label="${escape(texts.answer)}">${escape(text)}</textarea>
			<div data-social-objections>${objectionsHtml()}</div>
			<div class="flex items-center gap-2">
				<input data-social-reason class="${FIELD}" placeholder="${escape(texts.reason)}" aria-label="${escape(texts.reason)}">
				${buttonHtml("give_back", texts.give_back, BUTTON)}
				<button data-social-do="approve" class="${STRONG}" ${waiting.stops.length ? "disabled" : ""}>${escape(
					texts.approve,
				)}</button>
			</div>
		</div>`;
}

function objectionsHtml() {
	const line = ({ sentence }, tone) => `<div class="text-sm ${tone}">${escape(sentence)}</div>`;
	return [
		...waiting.stops.map((one) => line(one, "text-ink-red-8")),
		...waiting.warnings.map((one) => line(one, "text-ink-amber-8")),
	].join("");
}

// The guard reads along: what would stop the text is known before the button is pressed.
function onInput(event) {
	const box = event.target.closest?.("[data-social-decision]");
	if (box && event.target.matches("[data-social-text]")) lookAgainSoon(box);
}

async function lookAgain(box) {
	const text = box.querySelector("[data-social-text]").value;
	const { stops, warnings } = await ask(`${DOORS}look`, { reply: waiting.reply, text });
	Object.assign(waiting, { stops, warnings });
	box.querySelector("[data-social-objections]").innerHTML = objectionsHtml();
	const button = box.querySelector('[data-social-do="approve"]');
	button.disabled = Boolean(stops.length);
	button.textContent = view.state.texts[text.trim() === waiting.text.trim() ? "approve" : "edit_and_approve"];
}

const textOf = (button) => button.closest("[data-social-decision]").querySelector("[data-social-text]");

function close(button) {
	closeDialog(button);
	pause(SOON).then(refreshSoon);
}
