"""The ticket view: a ticket comes in; what its agent should know before and after answering goes out. Changes nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from social_service.account import Clock, connect, the_channel
from social_service.channels.base import Channel
from social_service.channels.errors import Rejected
from social_service.guard import Refused, answered_message, channel_asleep, check_reply
from social_service.hosts.base import Host
from social_service.ledger import SocialArticleSuggestion, SocialMessage, SocialReply
from social_service.records import AgentReplied, Article, Length, ReplyState, Visibility
from social_service.sentence import Sentence, _
from social_service.settings import SocialChannel

Articles = Callable[[Sequence[str]], Mapping[str, Article]]
MOST_SUGGESTIONS = 5
SUMMARY = 300  # characters: an answer, not the article
SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")

# what the view itself says; it fills in the {0}
TEXTS = {
	"open": _("Open post"),
	"suggestions": _("Suggested answers"),
	"insert": _("Insert"),
	"read": _("Read the article"),
	"fits": _("{0} % fit"),
	"nothing_fits": _("No article of the knowledge base fits this post."),
	"retry": _("Retry"),
	"retried": _("We try again. The ticket shows how it ends."),
	"counted": _("{0} of {1}"),
	"in_draft": _("The answer is in your draft. Reload the page to see it."),
	"copied": _("The answer is copied. Paste it into your reply."),
}


@dataclass(frozen=True)
class TicketView:
	"""``audience`` says who will read an answer; ``why_not`` why none can be given from here."""

	network: str
	handle: str
	url: str
	visibility: Visibility
	action: Sentence
	audience: Sentence
	why_not: Sentence | None
	reply_state: ReplyState | None
	can_retry: bool
	suggestions: int
	texts: Mapping[str, Sentence]


@dataclass(frozen=True)
class Measured:
	"""``problem``: why the text could not be published as it stands."""

	length: Length | None
	problem: Sentence | None


@dataclass(frozen=True)
class Offer:
	"""An article, with as many of its first sentences as fit into one answer beside its address."""

	title: str
	score: int
	summary: str
	url: str


# --- before answering ---------------------------------------------------------------------------------------


def look(host: Host, ticket: str, clock: Clock) -> TicketView | None:
	"""None: nothing of this ticket came from a network."""
	message = answered_message(host, ticket) or _any_message(host, ticket)
	if message is None:
		return None
	driver, asleep = _driver_of(host, message, clock)
	label, reply = driver.label if driver else message.channel, last_reply(host, ticket)
	action, audience = _widths(label, message)
	return TicketView(
		network=label,
		handle=message.handle,
		url=message.url,
		visibility=message.visibility,
		action=action,
		audience=audience,
		why_not=asleep or _why_not(driver, message),
		reply_state=reply and reply.state,
		can_retry=bool(reply) and is_stuck(reply),
		suggestions=len(_suggested(host, ticket)),
		texts=TEXTS,
	)


def _any_message(host: Host, ticket: str) -> SocialMessage | None:
	found = host.store.find(SocialMessage, {"ticket": ticket}, order="-sent_at,-external_id", limit=1)
	return found[0] if found else None


def _driver_of(host: Host, message: SocialMessage, clock: Clock) -> tuple[Channel | None, Sentence | None]:
	"""(driver, why nothing may leave through the channel)"""
	channel = host.store.get(SocialChannel, [message.channel]).get(message.channel)
	asleep = channel_asleep(host, channel)
	try:
		return (connect(host, channel, clock) if channel else None), asleep
	except Rejected as error:
		return None, asleep or error.sentence


def _why_not(driver: Channel | None, message: SocialMessage) -> Sentence | None:
	if message.deleted_at:
		return _("There is nothing left to answer: the customer deleted the post.")
	may = driver.may_reply(message.as_served())
	if may.allowed:
		return None
	return may.reason or _("{0} does not let us answer this post. Open it there.", driver.label)


def _widths(network: str, message: SocialMessage) -> tuple[Sentence, Sentence]:
	name = f"@{message.handle}" if message.handle else message.author_name
	if message.visibility is Visibility.PRIVATE:
		return _("Reply privately on {0}", network), _(
			"Private reply to {0} on {1}: only they read it", name, network
		)
	return _("Reply publicly on {0}", network), _(
		"Public reply to {0} on {1}: everybody can read it", name, network
	)


def measure(host: Host, replied: AgentReplied, clock: Clock) -> Measured:
	"""As the network counts the text that would go out."""
	problem = None
	try:
		message = check_reply(host, replied, clock)
	except Refused as refused:
		message, problem = answered_message(host, replied.ticket), refused.sentence
	if message is None:
		return Measured(None, problem)
	try:
		driver = connect(host, the_channel(host, message.channel), clock)
	except Rejected:
		return Measured(None, problem)
	return Measured(driver.measure(replied.text, message.as_served()), problem if replied.text else None)


# --- suggested answers --------------------------------------------------------------------------------------


def offers(host: Host, ticket: str, articles: Articles, clock: Clock) -> list[Offer]:
	"""Best first. What is no longer published is left out."""
	rows, message = _suggested(host, ticket), answered_message(host, ticket)
	published = articles([row.article for row in rows])
	driver = _driver_of(host, message, clock)[0] if message else None

	def fits(text: str) -> bool:
		return len(text) <= SUMMARY and (driver is None or driver.measure(text, message.as_served()).fits)

	found = [(row, published[row.article]) for row in rows if row.article in published]
	return [Offer(one.title, row.score, summary_of(one, fits), one.url) for row, one in found]


def _suggested(host: Host, ticket: str) -> list[SocialArticleSuggestion]:
	rows = host.store.find(SocialArticleSuggestion, {"ticket": ticket}, order="-score,rank", limit=50)
	best = {row.article: row for row in reversed(rows)}
	return sorted(best.values(), key=lambda row: -row.score)[:MOST_SUGGESTIONS]


def summary_of(article: Article, fits: Callable[[str], bool]) -> str:
	"""The first sentences that fit; at least none."""
	kept = ""
	for sentence in SENTENCE_END.split(article.text):
		longer = f"{kept} {sentence.strip()}".strip()
		if not fits(longer):
			break
		kept = longer
	return kept


# --- after answering ----------------------------------------------------------------------------------------


def last_reply(host: Host, ticket: str) -> SocialReply | None:
	found = host.store.find(SocialReply, {"ticket": ticket}, order="-queued_at", limit=1)
	return found[0] if found else None


def is_stuck(reply: SocialReply) -> bool:
	"""Only a person moves it on: it failed, or we gave up looking whether it is there."""
	return reply.state is ReplyState.FAILED or (
		reply.state is ReplyState.UNKNOWN and reply.next_try_at is None
	)


def stuck_reply(host: Host, ticket: str) -> SocialReply:
	"""Raises Refused when there is nothing to try again."""
	reply = last_reply(host, ticket)
	if reply is None or not is_stuck(reply):
		raise Refused(_("The last answer of this ticket did not fail. There is nothing to try again."))
	return reply
