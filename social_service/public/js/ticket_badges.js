// Helpdesk's two badges read the site's times by the browser's clock. Where that is in another zone, they are put right here.

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const COUNTING = /^(Due in|Overdue by) /; // the others compare two of the site's times, and are right
const BADGES = { "First Response": ["first response", "next response"], Resolution: ["resolution"] };
const LATE = "text-ink-red-8";

export function correctBadges(running, now) {
	for (const label of document.querySelectorAll("#app-header span")) {
		const milestones = BADGES[label.textContent.trim()];
		const clock = milestones && running.find(({ milestone }) => milestones.includes(milestone));
		const text = clock && countingIn(label.parentElement);
		if (text) correct(text, new Date(clock.due_at) - now);
	}
}

function countingIn(place) {
	const texts = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
	while (texts.nextNode()) if (COUNTING.test(texts.currentNode.nodeValue.trim())) return texts.currentNode;
	return null;
}

// the node stays Vue's: only its value is another one
function correct(text, left) {
	const told = `${left < 0 ? "Overdue by" : "Due in"} ${span(Math.abs(left))}`;
	if (text.nodeValue.trim() !== told) text.nodeValue = told;
	text.parentElement.classList.toggle(LATE, left < 0);
}

function span(left) {
	const [days, hours, minutes] = [left / DAY, (left % DAY) / HOUR, (left % HOUR) / MINUTE].map(Math.floor);
	if (days) return `${days}d ${hours}h`;
	return hours ? `${hours}h ${minutes}m` : `${minutes}m`;
}
