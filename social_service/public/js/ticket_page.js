// The ticket that is open, and what all parts of its view need: asking the site, texts made safe and readable.

const API = "social_service.api.";
export const locale = (window.lang || document.documentElement.lang || "en").replace("_", "-");

export const view = { form: null, state: null }; // of the ticket that is open

// --- the site -------------------------------------------------------------------------------------------------

export function ask(door, values = {}) {
	const path = door.includes(".") ? door : `${API}${door}`; // other rooms have doors of their own
	return view.form.call(path, { ticket: view.form.doc.name, ...values });
}

export async function attempt(work) {
	try {
		await work();
	} catch (error) {
		view.form.toast.error((error.messages || [error.message]).join(" "));
	}
}

export function quiet(error) {
	console.warn("social_service:", error);
}

// --- words ----------------------------------------------------------------------------------------------------

export const isWebAddress = (text) => /^https?:\/\//.test(text || "");
export const fill = (text, ...values) =>
	values.reduce((told, value, number) => told.replace(`{${number}}`, () => value), text);

export function escape(text) {
	const place = document.createElement("div");
	place.textContent = text ?? "";
	return place.innerHTML.replaceAll('"', "&quot;");
}

export function link(address, text) {
	if (!isWebAddress(address) && !address.startsWith("/")) return "";
	return `<a class="underline" target="_blank" rel="noopener" href="${escape(address)}">${escape(text)}</a>`;
}

// with what stands between them, without what is empty
export const joined = (...parts) => parts.filter(Boolean).join(" · ");

export const languageName = (code) => code && new Intl.DisplayNames(locale, { type: "language" }).of(code);
export const day = (moment) => new Date(moment).toLocaleDateString(locale, { dateStyle: "medium" });
export const time = (moment) =>
	new Date(moment).toLocaleString(locale, { dateStyle: "medium", timeStyle: "short" });
export const dollars = (millionths) =>
	new Intl.NumberFormat(locale, { style: "currency", currency: "USD", maximumFractionDigits: 3 }).format(
		millionths / 1e6,
	);

// --- looks ----------------------------------------------------------------------------------------------------

export const BUTTON = "shrink-0 rounded px-2 h-7 text-sm bg-surface-gray-2 text-ink-gray-8";
export const STRONG = "shrink-0 rounded px-2 h-7 text-sm bg-surface-gray-10 text-ink-base disabled:opacity-50";
export const FIELD = "w-full rounded border border-outline-gray-2 bg-surface-base p-2 text-base text-ink-gray-8";

export function closeDialog(inside) {
	inside.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true })); // Helpdesk's dialog
}

// --- waiting --------------------------------------------------------------------------------------------------

export const pause = (ms) => new Promise((done) => setTimeout(done, ms));

export function debounced(work, ms) {
	let timer;
	return (...values) => {
		clearTimeout(timer);
		timer = setTimeout(work, ms, ...values);
	};
}

export async function found(look, seconds) {
	for (let tries = 0; tries < seconds * 5; tries++) {
		const it = look();
		if (it) return it;
		await pause(200);
	}
	return null;
}

// Helpdesk's view asks for its activities after each answer, and when somebody else changed the ticket.
export function onReload(work) {
	const isIt = ({ name }) => name.includes("get_ticket_activities");
	new PerformanceObserver((list) => list.getEntries().some(isIt) && work()).observe({ type: "resource" });
}
