// How an answer speaks: greeting and sign-off in an empty one, to be seen and changed; a private message asked for.

const version = new URL(import.meta.url).search;
const { ask } = await import(`./ticket_page.js${version}`);
const { draftHtml, mailEditor, openEditor, write, writeInto } = await import(`./ticket_editor.js${version}`);
const { choose } = await import(`./ticket_audience.js${version}`);

const DOORS = "social_service.api_voice.";
const frame = () => ask(`${DOORS}frame`, { text: draftHtml() });
const greetings = new WeakMap(); // editor → what we put at its beginning

export async function beginAnswer() {
	const { greeting, sign_off: signOff } = await frame();
	if (!greeting && !signOff) return openEditor();
	await write(...[greeting, "", signOff].filter((line, place) => line || place === 1));
	if (greeting && mailEditor()) keepFirst(mailEditor(), greeting);
}

// Helpdesk puts a saved reply above everything: it belongs below the greeting, where nothing is yet.
function keepFirst(editor, greeting) {
	if (!greetings.has(editor)) editor.on("update", moveBelow);
	greetings.set(editor, { text: greeting.replaceAll("\n", ""), place: 0 });
}

function moveBelow({ editor }) {
	const greeting = greetings.get(editor);
	const lines = [];
	editor.state.doc.forEach((node, offset) => lines.push({ node, from: offset, to: offset + node.nodeSize }));
	const place = lines.findIndex(({ node }) => node.textContent === greeting.text);
	const came = greeting.place === 0 && lines.slice(0, place).some(({ node }) => node.textContent);
	const gap = lines[place + 1];
	greeting.place = place;
	if (place < 1 || !came || !gap?.node.isTextblock || gap.node.content.size) return;
	const above = { from: 0, to: lines[place].from };
	const moved = editor.state.doc.content.cut(above.from, above.to).toJSON();
	editor.chain().insertContentAt(gap, moved).deleteRange(above).focus(gap.to).run();
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
