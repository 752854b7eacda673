"""The ticket view: a ticket comes in; what its agent should know before and after answering goes out. Changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from social_service.account import Clock, connect
from social_service.audience import choices, must_choose, permission
from social_service.channels.base import Channel
from social_service.channels.errors import Rejected
from social_service.guard import answered_message, channel_asleep
from social_service.hosts.base import Host
from social_service.knowledge import first_post, more_like
from social_service.ledger import SocialMessage, SocialReply
from social_service.offers import Articles, Gauge, Offer, offers, suggested
from social_service.records import ReplyState, Visibility
from social_service.sentence import Refused, Sentence, _
from social_service.settings import SocialChannel
from social_service.switching import private_link
from social_service.ticket_texts import TEXTS
from social_service.voice import UNFRAMED, Frame

LABELS = {Visibility.PUBLIC: _("In public"), Visibility.PRIVATE: _("In private")}
TONES = {"negative": _("negative"), "neutral": _("neutral"), "positive": _("positive")}


@dataclass(frozen=True)
class Choice:
	"""Who may read the answer, as a button says it. ``is_made``: that is how it would go out now."""

	who: Visibility
	label: Sentence
	is_made: bool


@dataclass(frozen=True)
class TicketView:
	"""``why``: what made a ticket of the post. ``audience`` says who will read an answer; ``why_not`` why none can be given
	from here. ``asks``: a private message can be asked for, by a link. ``alike``: how many others say the same."""

	network: str
	handle: str
	url: str
	visibility: Visibility
	why: tuple[Sentence, ...]
	action: Sentence
	audience: Sentence
	choices: tuple[Choice, ...]
	asks: bool
	why_not: Sentence | None
	reply_state: ReplyState | None
	can_retry: bool
	suggestions: int
	alike: int
	texts: Mapping[str, Sentence]


# --- before answering ---------------------------------------------------------------------------------------


def look(host: Host, ticket: str, clock: Clock, teams: frozenset[str] | None = None) -> TicketView | None:
	"""None: nothing of this ticket came from a network. ``teams``: whose posts may be counted; None = all."""
	message = answered_message(host, ticket) or _any_message(host, ticket)
	if message is None:
		return None
	driver, asleep = _driver_of(host, message, clock)
	label, reply = driver.label if driver else message.channel, last_reply(host, ticket)
	action, audience = _widths(label, message)
	possible = _choices(host, driver, message)
	return TicketView(
		network=label,
		handle=message.handle,
		url=message.url,
		visibility=message.visibility,
		why=reasons(first_post(host, ticket) or message),
		action=_("Reply on {0}", label) if possible else action,  # who reads it stands in the bar
		audience=_ask_who(message) if must_choose(host, message) else audience,
		choices=possible,
		asks=not asleep and bool(private_link(host, message, clock)),
		why_not=asleep or _why_not(driver, message),
		reply_state=reply and reply.state,
		can_retry=bool(reply) and is_stuck(reply),
		suggestions=len(suggested(host, ticket)),
		alike=len(more_like(host, ticket, clock, teams)),
		texts=TEXTS,
	)


def _any_message(host: Host, ticket: str) -> SocialMessage | None:
	found = host.store.find(SocialMessage, {"ticket": ticket}, order="-sent_at,-external_id", limit=1)
	return found[0] if found else None


def reasons(message: SocialMessage) -> tuple[Sentence, ...]:
	"""What was made of the post, and why, as far as it is known."""
	share = (
		message.confidence if message.confidence not in message.fate_reason else ""
	)  # many say it themselves
	told = (
		message.fate_reason and _("Why: {0}", Sentence(message.fate_reason)),
		message.topic and _("topic: {0}", message.topic),
		message.tone and _("tone: {0}", TONES.get(message.tone, message.tone)),
		message.is_urgent and _("urgent"),
		share and _("{0} of 100 such verdicts are right", share),
	)
	return tuple(one for one in told if one)


def driver_of(host: Host, ticket: str, clock: Clock) -> Channel | None:
	message = answered_message(host, ticket)
	return _driver_of(host, message, clock)[0] if message else None


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
	may = permission(driver, message)
	if may.allowed:
		return None
	return may.reason or _("{0} does not let us answer this post. Open it there.", driver.label)


def _choices(host: Host, driver: Channel | None, message: SocialMessage) -> tuple[Choice, ...]:
	"""None where there is nothing to choose."""
	possible = choices(host, driver, message.ticket)
	if len(possible) < 2 or driver is None:
		return ()
	open_one = None if must_choose(host, message) else message.visibility
	return tuple(Choice(who, LABELS[who], who is open_one) for who in possible)


def _ask_who(message: SocialMessage) -> Sentence:
	return _("{0} wrote in public after private messages: choose who reads your answer", _name_of(message))


def _name_of(message: SocialMessage) -> str:
	return f"@{message.handle}" if message.handle else message.author_name


def _widths(network: str, message: SocialMessage) -> tuple[Sentence, Sentence]:
	name = _name_of(message)
	if message.visibility is Visibility.PRIVATE:
		return _("Reply privately on {0}", network), _(
			"Private reply to {0} on {1}: only they read it", name, network
		)
	return _("Reply publicly on {0}", network), _(
		"Public reply to {0} on {1}: everybody can read it", name, network
	)


# --- suggested answers --------------------------------------------------------------------------------------


def offers_of(
	host: Host, ticket: str, articles: Articles, clock: Clock, frame: Frame = UNFRAMED
) -> list[Offer]:
	"""Measured as answers to the post that would be answered now, with what would stand around them."""
	around = (frame.greeting, frame.sign_off)
	gauge = Gauge(driver_of(host, ticket, clock), answered_message(host, ticket), around)
	return offers(host, ticket, articles, gauge)


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
