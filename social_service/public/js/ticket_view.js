// The ticket view of Helpdesk, for tickets that came from a network. Loaded by the HD Form Script that install.py makes.
// Frappe Helpdesk has no place for panels of other apps: this adds actions to the header and one line above the editor.

const version = new URL(import.meta.url).search;
const { ask, attempt, isWebAddress, fill, quiet, view } = await import(`./ticket_page.js${version}`);
const { showBar } = await import(`./ticket_editor.js${version}`);
const { askForPrivate, beginAnswer, replyPrivately } = await import(`./ticket_voice.js${version}`);
const { showSending } = await import(`./ticket_sending.js${version}`);
const { showPromise } = await import(`./ticket_promise.js${version}`);
const { suggest } = await import(`./ticket_suggestions.js${version}`);
const { corrections, draftArticle, isAnswered, showAlike } = await import(`./ticket_lessons.js${version}`);

export async function setupForm(form) {
	const state = await form.call("social_service.api.ticket_state", { ticket: form.doc.name });
	if (!state) return { actions: [] };
	Object.assign(view, { form, state });
	showBar().catch(quiet);
	showSending().catch(quiet);
	showPromise().catch(quiet);
	return { actions: [...buttons(state), ...menu(state)] };
}

function buttons({ texts, ...state }) {
	const all = [
		state.can_retry && { label: texts.retry, theme: "red", work: retry },
		!state.why_not && { label: state.action, work: beginAnswer },
		state.suggestions && { label: `${texts.suggestions} (${state.suggestions})`, work: suggest },
		state.alike && { label: fill(texts.alike, state.alike), work: showAlike },
		isWebAddress(state.url) && { label: texts.open, work: () => openPost(state.url) },
	];
	return all.filter(Boolean).map(clickable);
}

// Groups that share a buttonLabel are one menu. Its phone view reads `items` only.
function menu({ texts, ...state }) {
	const article = isAnswered() ? [{ label: texts.draft_article, work: draftArticle }] : [];
	const isPublic = !state.why_not && state.visibility === "public";
	const inPrivate = [
		isPublic && state.asks && { label: texts.ask_private, work: askForPrivate },
		isPublic && state.choices.length && { label: texts.reply_privately, work: replyPrivately },
	].filter(Boolean);
	const groups = { [texts.private]: inPrivate, [texts.correct]: corrections(), [texts.article]: article };
	return Object.entries(groups)
		.filter(([_group, items]) => items.length)
		.map(([group, items]) => ({ group, buttonLabel: texts.more, items: items.map(clickable) }));
}

const clickable = ({ work, ...action }) => ({ ...action, onClick: () => attempt(work) });

function openPost(url) {
	window.open(url, "_blank", "noopener,noreferrer");
}

async function retry() {
	await ask("retry_reply");
	view.form.toast.success(view.state.texts.retried);
}
