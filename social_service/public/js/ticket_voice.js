// How an answer speaks: greeting and sign-off in an empty one, to be seen and changed; a private message asked for.

const version = new URL(import.meta.url).search;
const { ask } = await import(`./ticket_page.js${version}`);
const { draftHtml, openEditor, write, writeInto } = await import(`./ticket_editor.js${version}`);
const { choose } = await import(`./ticket_audience.js${version}`);

const DOORS = "social_service.api_voice.";
const frame = () => ask(`${DOORS}frame`, { text: draftHtml() });

export async function beginAnswer() {
	const { greeting, sign_off: signOff } = await frame();
	if (!greeting && !signOff) return openEditor();
	return write(...[greeting, "", signOff].filter((line, place) => line || place === 1));
}

export async function replyPrivately() {
	await choose("private");
	await beginAnswer();
}

export async function askForPrivate() {
	const request = await ask(`${DOORS}private_request`);
	const { greeting, sign_off: signOff, holds } = await frame();
	if (holds === "nothing") await write(...[greeting, request, signOff].filter(Boolean));
	else await writeInto(request);
}

// Inside of a frame that stands alone; before words that are there already.
export async function writeAnswer(text) {
	const { greeting, sign_off: signOff, holds } = await frame();
	if (holds === "frame") await writeInto(text);
	else await write(...[greeting, text, signOff].filter(Boolean));
}
