// What else an agent does with a ticket of a network: see who says the same, correct what was made of the post, draft an article.

const version = new URL(import.meta.url).search;
const { ask, escape, fill, isWebAddress, joined, link, time, view } = await import(`./ticket_page.js${version}`);

const WORDS = ["needs_reply", "no_reply", "not_about_us", "spam", "urgent", "not_urgent"];

export async function showAlike() {
	const { form, state } = view;
	const alike = await ask("more_like_this");
	const html = alike.map(alikeHtml).join("");
	form.$dialog({ title: fill(state.texts.alike, alike.length), size: "2xl", html, actions: [] });
}

function alikeHtml({ ticket, handle, network, text, url, sent_at: sentAt }) {
	const { texts } = view.state;
	return `
		<div data-social-alike class="py-3 border-b border-outline-gray-1">
			<div class="text-sm text-ink-gray-5">${joined(
				escape(handle),
				escape(network),
				escape(time(sentAt)),
				ticket
					? link(`/helpdesk/tickets/${encodeURIComponent(ticket)}`, fill(texts.open_ticket, ticket))
					: escape(texts.no_ticket),
				isWebAddress(url) && link(url, texts.open),
			)}</div>
			<div class="text-p-sm text-ink-gray-8 mt-1 line-clamp-3">${escape(text)}</div>
		</div>`;
}

// both directions always: the second click takes back a slip of the first
export function corrections() {
	return WORDS.map((word) => ({ label: view.state.texts[word], work: () => correct(word) }));
}

async function correct(word) {
	const { form, state } = view;
	await ask("correct_ticket", { word });
	form.toast.success(fill(state.texts.corrected, state.texts[word]));
}

export function isAnswered() {
	const { form, state } = view;
	const { status, status_category: category } = form.doc;
	return state.reply_state === "Sent" || ["Resolved", "Closed"].includes(category || status);
}

export async function draftArticle() {
	const { form, state } = view;
	const { url } = await ask("draft_article");
	form.toast.success(state.texts.drafted);
	if (!window.open(url, "_blank")) window.location.assign(url); // the browser let no tab open
}
