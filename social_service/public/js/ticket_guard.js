// What stands against the answer as it is: what stops it, what its agent must know first, and who else writes here.

const version = new URL(import.meta.url).search;
const { ask, attempt, escape, view } = await import(`./ticket_page.js${version}`);

const DOORS = "social_service.api_writing.";
const TONES = { stop: "text-ink-red-8", warning: "text-ink-amber-8", beside: "text-ink-gray-7" };

let last = { text: "", seen: null }; // what the bar shows now
export const isWritten = (seen) => Boolean(seen?.length?.used);

export async function typed(text) {
	return (last = { text, seen: await ask(`${DOORS}typed`, { text }) }).seen;
}

export function guardHtml(seen) {
	if (!seen) return "";
	const stops = seen.stops.filter(({ sentence }) => sentence !== view.state.why_not); // it stands above already
	const lines = [
		...seen.beside.map((told) => line("beside", told)),
		...stops.map(({ sentence }) => line("stop", sentence)),
		...seen.warnings.map(({ sentence }) => line("warning", sentence)),
	];
	const box = seen.warnings.length && !seen.stops.length && isWritten(seen) ? boxHtml(seen) : "";
	return `<div data-social-guard role="status" class="overflow-y-auto" style="max-height: 9rem">${lines.join("")}</div>${box}`;
}

const line = (kind, told) => `<div data-social-${kind} class="text-p-sm mt-1 ${TONES[kind]}">${escape(told)}</div>`;

const boxHtml = (seen) => `
	<label class="flex items-center gap-1.5 mt-1.5 text-sm text-ink-gray-8">
		<input type="checkbox" data-social-anyway class="rounded-sm" ${seen.is_acknowledged ? "checked" : ""}>
		${escape(view.state.texts.send_anyway)}
	</label>`;

// `draw`: shows what the site says now, whether that worked or not. It counts for the text that the warnings were shown for.
export function onTick(bar, draw) {
	bar.addEventListener("change", async ({ target }) => {
		if (!target.matches("[data-social-anyway]")) return;
		const { text, seen } = last;
		const keys = target.checked ? seen.warnings.map(({ key }) => key) : [];
		await attempt(async () => {
			last = { text, seen: await ask(`${DOORS}acknowledge`, { text, keys }) };
		});
		draw(last.seen);
	});
}
