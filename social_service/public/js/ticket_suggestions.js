// Suggested answers: articles, the ways to put each into the answer, and a word on whether it helped.

const version = new URL(import.meta.url).search;
const { ask, attempt, closeDialog, day, dollars, escape, fill, joined, languageName, link, view } = await import(
	`./ticket_page.js${version}`
);
const { writeAnswer } = await import(`./ticket_voice.js${version}`);

const WAYS = ["short answer", "text", "link"];
const VERDICTS = { helped: "bg-surface-green-2 text-ink-green-8", wrong: "bg-surface-red-2 text-ink-red-8" };
const BUTTON = "shrink-0 rounded px-2 h-7 text-sm";
const PLAIN = "bg-surface-gray-2 text-ink-gray-8";
const DISABLED = "bg-surface-gray-2 text-ink-gray-4 cursor-not-allowed";
const LINE = "text-sm text-ink-gray-5 mt-1";

let offers = [];
document.addEventListener("click", onClick, true); // the dialog takes HTML only

export async function suggest() {
	const { form, state } = view;
	offers = await ask("suggestions");
	const why = `<div data-social-why class="text-sm text-ink-gray-5">${escape(joined(...state.why))}</div>`;
	const html = offers.map(offerHtml).join("") || `<p>${escape(state.texts.nothing_fits)}</p>`;
	form.$dialog({ title: state.texts.suggestions, size: "3xl", html: why + html, actions: [] });
}

// --- how an offer looks ---------------------------------------------------------------------------------------

function offerHtml(offer, index) {
	const { texts } = view.state;
	const sentence = offer.sentence && `<div class="text-p-sm text-ink-gray-7 mt-1">${escape(offer.sentence)}</div>`;
	return `
		<section data-social-offer="${index}" aria-label="${escape(offer.title)}" class="py-3 border-b border-outline-gray-1">
			<div class="flex items-start justify-between gap-4">
				<div class="text-base font-medium text-ink-gray-9">${escape(offer.title)}</div>
				<div class="shrink-0 text-sm text-ink-gray-7">${escape(fill(texts.fits, offer.score))}</div>
			</div>
			${sentence}
			<div class="${LINE}">${joined(
				escape(languageName(offer.language)),
				escape(fill(texts.changed, day(offer.changed_at))),
				link(offer.url, texts.read),
			)}</div>
			<div class="flex flex-wrap items-center justify-between gap-4 mt-2">
				<div class="flex flex-wrap items-center gap-2">
					<span class="text-sm text-ink-gray-5">${escape(texts.insert)}</span>
					${WAYS.map((way) => wayHtml(offer, way)).join("")}
				</div>
				<div class="flex items-center gap-2" role="group" aria-label="${escape(texts.judge)}">
					${Object.keys(VERDICTS).map((word) => verdictHtml(offer, word)).join("")}
				</div>
			</div>
			${WAYS.map((way) => whyNotHtml(offer, way)).join("")}
			<div data-social-inserted class="${LINE}">${insertedText(offer)}</div>
		</section>`;
}

function wayHtml(offer, way) {
	const { texts, network } = view.state;
	const { why_not: whyNot, price } = offer.drafts[way];
	const cost = price ? dollars(price) : "";
	const title = whyNot || (cost && fill(texts.costs, network, cost));
	return `
		<button data-social-insert="${way}" class="${BUTTON} ${whyNot ? DISABLED : PLAIN}" title="${escape(title)}"
			${whyNot ? "disabled" : ""}>${escape(joined(texts[way], cost))}</button>`;
}

function whyNotHtml(offer, way) {
	const { why_not: whyNot } = offer.drafts[way];
	return whyNot ? `<div class="${LINE}">${escape(`${view.state.texts[way]}: ${whyNot}`)}</div>` : "";
}

function verdictHtml(offer, word) {
	const pressed = offer.verdict === word;
	return `
		<button data-social-verdict="${word}" aria-pressed="${pressed}"
			class="${BUTTON} ${pressed ? VERDICTS[word] : PLAIN}">${escape(view.state.texts[word])}</button>`;
}

function insertedText(offer) {
	const { texts } = view.state;
	return offer.inserted_as ? escape(fill(texts.was_inserted, texts[offer.inserted_as])) : "";
}

// --- what an agent does with it -------------------------------------------------------------------------------

function onClick(event) {
	const button = event.target.closest?.("[data-social-insert], [data-social-verdict]");
	if (!button) return;
	event.preventDefault();
	event.stopPropagation();
	const offer = offers[Number(button.closest("[data-social-offer]").dataset.socialOffer)];
	const { socialInsert: way, socialVerdict: word } = button.dataset;
	attempt(() => (way ? insert(offer, way, button) : judge(offer, word, button)));
}

async function insert(offer, way, button) {
	closeDialog(button);
	await writeAnswer(offer.drafts[way].text);
	await ask("suggestion_inserted", { article: offer.article, way });
}

async function judge(offer, word, button) {
	offer.verdict = await ask("judge_suggestion", { article: offer.article, verdict: word });
	const group = button.parentElement;
	group.innerHTML = Object.keys(VERDICTS).map((one) => verdictHtml(offer, one)).join("");
	group.querySelector(`[data-social-verdict="${word}"]`).focus();
}
