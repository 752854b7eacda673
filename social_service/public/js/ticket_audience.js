// Who reads the answer: two buttons in the bar where both are possible. The site keeps the choice until the customer writes again.

const version = new URL(import.meta.url).search;
const { ask, attempt, escape, view } = await import(`./ticket_page.js${version}`);

const DOOR = "social_service.api_voice.choose_audience";
const BUTTON = "px-2 h-7 text-sm";
const PLAIN = "bg-surface-gray-2 text-ink-gray-8";
const PRESSED = { public: "bg-surface-amber-2 text-ink-amber-8", private: "bg-surface-green-2 text-ink-green-8" };

export function choicesHtml() {
	const { choices, texts, why_not: whyNot } = view.state;
	if (!choices.length || whyNot) return "";
	const buttons = choices.map(({ who, label, is_made: isMade }) => {
		const look = `${BUTTON} ${isMade ? `font-medium ${PRESSED[who]}` : PLAIN}`;
		return `<button type="button" data-social-choose="${who}" aria-pressed="${isMade}" class="${look}">${escape(label)}</button>`;
	});
	const group = `role="group" aria-label="${escape(texts.who_reads)}"`;
	return `<span ${group} class="shrink-0 ml-auto inline-flex rounded overflow-hidden">${buttons.join("")}</span>`;
}

// `look`: shows what the site says now.
export function onChoose(bar, look) {
	bar.addEventListener("click", ({ target }) => {
		const button = target.closest?.("[data-social-choose]");
		if (button) attempt(() => choose(button.dataset.socialChoose).finally(look));
	});
}

export async function choose(who) {
	await ask(DOOR, { who });
	await refresh();
}

export async function refresh() {
	const { form } = view;
	const state = await ask("ticket_state");
	if (state && view.form.doc.name === form.doc.name) view.state = state;
}

// The customer wrote, or a colleague chose.
export function isStale(seen) {
	const { choices, visibility } = view.state;
	const isOpen = choices.length > 0 && !choices.some((one) => one.is_made);
	const mustChoose = seen.stops.some(({ key }) => key === "audience");
	return Boolean(seen.visibility) && (seen.visibility !== visibility || mustChoose !== isOpen);
}
