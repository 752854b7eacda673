// What is promised for this ticket: a countdown, where the minutes went, and second level. One block above the editor.

const version = new URL(import.meta.url).search;
const { ask, attempt, BUTTON, closeDialog, debounced, escape, FIELD, fill, found, joined, locale, onReload } = await import(
	`./ticket_page.js${version}`
);
const { pause, quiet, STRONG, view } = await import(`./ticket_page.js${version}`);
const { correctBadges } = await import(`./ticket_badges.js${version}`);

const DOORS = "social_service.api_handover.";
const AREA_SECONDS = 15;
const DRAW_EVERY = 5_000; // ms
const ASK_EVERY = 60_000;
const SOON = 400;
const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const drawn = new WeakMap(); // box → its HTML
let shown = null;
let ahead = 0; // ms, of the site's clock before this browser's
let askedAt = 0;
document.addEventListener("click", onClick, true);
const refreshSoon = debounced(() => showPromise().catch(quiet), SOON);
onReload(refreshSoon);
setInterval(() => tick().catch(quiet), DRAW_EVERY);

export async function showPromise() {
	const area = await found(() => document.querySelector(".comm-area"), AREA_SECONDS);
	if (!area || !view.form) return;
	const ticket = view.form.doc.name;
	const told = await ask(`${DOORS}standing`);
	if (ticket !== view.form.doc.name) return;
	shown = told;
	askedAt = Date.now();
	ahead = told ? new Date(told.now) - askedAt : 0;
	draw(area);
}

async function tick() {
	const area = document.querySelector(".comm-area");
	if (!area || !shown || document.visibilityState !== "visible") return;
	if (Date.now() - askedAt > ASK_EVERY) await showPromise();
	else draw(area);
}

// --- how it looks ---------------------------------------------------------------------------------------------

function draw(area) {
	let box = area.querySelector("[data-social-promise]");
	if (!box) {
		box = document.createElement("div");
		box.dataset.socialPromise = "";
		area.prepend(box);
	}
	const html = shown ? blockHtml() : "";
	if (shown) correctBadges(shown.running, Date.now() + ahead);
	if (drawn.get(box) === html) return;
	const isUnfolded = box.querySelector("details")?.open;
	drawn.set(box, html);
	box.innerHTML = html;
	if (isUnfolded && box.querySelector("details")) box.querySelector("details").open = true;
}

function blockHtml() {
	const { texts } = view.state;
	const [newest, ...earlier] = shown.turns;
	const asked = shown.hand_over;
	const button = asked ? buttonHtml("back", texts.hand_back) : buttonHtml("over", texts.hand_over);
	return `
		<div class="border-t px-6 md:px-5 py-2 text-base flex flex-col gap-1">
			<div class="flex items-center justify-between gap-4">
				<div class="min-w-0 flex-1 flex flex-wrap gap-x-4">${shown.running.map(countdownHtml).join("")}${doneHtml(newest)}</div>
				<div class="flex items-center gap-3">
					<span class="text-sm text-ink-gray-5 whitespace-nowrap" title="${escape(shown.promise)}">${escape(shown.policy)}</span>
					${button}
				</div>
			</div>
			${asked ? askedHtml(asked) : ""}
			${newest ? turnHtml(newest) : ""}
			${earlier.length ? earlierHtml(earlier) : ""}
		</div>`;
}

function countdownHtml(clock) {
	const now = Date.now() + ahead;
	const due = new Date(clock.due_at);
	const isLate = now > due;
	const isClose = clock.warn_at && now > new Date(clock.warn_at);
	const tone = isLate ? "text-ink-red-8 font-medium" : isClose ? "text-ink-amber-8" : "text-ink-gray-8";
	const told = fill(isLate ? clock.late : clock.due, span(Math.abs(due - now) / 1000));
	return `<span data-social-due="${escape(clock.due_at)}" class="${tone}">${escape(`${told} (${at(due)})`)}</span>`;
}

// nobody waits: how the last answer was
function doneHtml(turn) {
	if (!turn || turn.is_running || turn.took === null) return "";
	const tone = turn.state === "missed" ? "text-ink-red-8" : "text-ink-green-8";
	const { texts } = view.state;
	const told = fill(turn.state === "missed" ? texts.answered_late : texts.answered_in, turn.called, span(turn.took));
	return `<span data-social-done class="${tone}">${escape(told)}</span>`;
}

function turnHtml(turn) {
	const { texts } = view.state;
	const late = turn.until_fetched >= MINUTE ? fill(texts.until_fetched, span(turn.until_fetched)) : "";
	const steps = turn.stages.map(({ name, seconds, is_over: isOver }) =>
		`${span(seconds)}${isOver ? "" : " …"} → ${isOver ? name : `(${name})`}`,
	);
	const line = [texts.posted, ...steps].join(" ");
	return `<div data-social-minutes class="text-sm text-ink-gray-5">${escape(joined(line, late))}</div>`;
}

function earlierHtml(turns) {
	const { texts } = view.state;
	const lines = turns.map((turn) => `<div class="mt-1">${doneHtml(turn) || escape(turn.called)}${turnHtml(turn)}</div>`);
	return `<details class="text-sm text-ink-gray-5"><summary>${escape(fill(texts.turns_before, turns.length))}</summary>
		${lines.join("")}</details>`;
}

function askedHtml({ team, by, reason }) {
	const told = fill(view.state.texts.asked_of, team, by, reason);
	return `<div data-social-asked class="text-sm text-ink-amber-8">${escape(told)}</div>`;
}

const buttonHtml = (what, label, look = BUTTON) =>
	`<button data-social-hand="${what}" class="${look}">${escape(label)}</button>`;

function span(seconds) {
	const { texts } = view.state;
	const whole = Math.floor(seconds);
	if (whole < HOUR) return fill(texts.minutes, Math.floor(whole / MINUTE));
	if (whole < DAY) return fill(texts.hours, Math.floor(whole / HOUR), Math.floor((whole % HOUR) / MINUTE));
	return fill(texts.days, Math.floor(whole / DAY), Math.floor((whole % DAY) / HOUR));
}

// by this browser's clock: the day only where it is another one
function at(moment) {
	const isToday = moment.toDateString() === new Date().toDateString();
	const style = isToday ? { timeStyle: "short" } : { dateStyle: "short", timeStyle: "short" };
	return moment.toLocaleString(locale, style);
}

// --- second level ---------------------------------------------------------------------------------------------

function onClick(event) {
	const button = event.target.closest?.("[data-social-hand]");
	if (!button) return;
	event.preventDefault();
	event.stopPropagation();
	attempt(() => WORK[button.dataset.socialHand](button));
}

const WORK = {
	async over() {
		const teams = await ask(`${DOORS}teams`);
		dialog(view.state.texts.hand_over, overHtml(teams));
	},
	async back() {
		dialog(fill(view.state.texts.hand_back_to, shown.hand_over.back_to), backHtml());
	},
	async send_over(button) {
		const value = (name) => formOf(button).querySelector(`[data-social-${name}]`).value;
		const minutes = Math.round(Number(value("within")) * Number(value("unit")));
		await ask(`${DOORS}hand_over`, { team: value("team"), reason: value("reason"), minutes });
		done(button, view.state.texts.handed_over);
	},
	async send_back(button) {
		await ask(`${DOORS}hand_back`, { answer: formOf(button).querySelector("[data-social-answer]").value });
		done(button, view.state.texts.handed_back);
	},
};

const dialog = (title, html) => view.form.$dialog({ title, size: "lg", html, actions: [] });
const formOf = (button) => button.closest("[data-social-form]");

function overHtml(teams) {
	const { texts } = view.state;
	const options = teams.map((team) => `<option value="${escape(team)}">${escape(team)}</option>`).join("");
	const units = [
		[1, texts.in_minutes],
		[60, texts.in_hours],
		[1440, texts.in_days],
	].map(([factor, label]) => `<option value="${factor}" ${factor === 60 ? "selected" : ""}>${escape(label)}</option>`);
	return `
		<div data-social-form class="flex flex-col gap-3">
			<label class="text-sm text-ink-gray-6">${escape(texts.to_team)}
				<select data-social-team class="${FIELD}">${options}</select></label>
			<label class="text-sm text-ink-gray-6">${escape(texts.what_to_do)}
				<textarea data-social-reason rows="3" class="${FIELD}"></textarea></label>
			<label class="text-sm text-ink-gray-6">${escape(texts.wanted_within)}
				<span class="flex gap-2"><input data-social-within type="number" min="1" value="4" class="${FIELD}">
				<select data-social-unit class="${FIELD}">${units.join("")}</select></span></label>
			<div class="text-sm text-ink-gray-5">${escape(texts.clock_runs_on)}</div>
			<div class="flex justify-end">${buttonHtml("send_over", texts.hand_over, STRONG)}</div>
		</div>`;
}

function backHtml() {
	const { texts } = view.state;
	return `
		<div data-social-form class="flex flex-col gap-3">
			<label class="text-sm text-ink-gray-6">${escape(texts.what_they_should_know)}
				<textarea data-social-answer rows="3" class="${FIELD}"></textarea></label>
			<div class="flex justify-end">${buttonHtml("send_back", texts.hand_back, STRONG)}</div>
		</div>`;
}

function done(button, text) {
	closeDialog(button);
	view.form.toast.success(text);
	pause(SOON).then(refreshSoon);
}
