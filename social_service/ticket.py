"""Ticket: a stored message comes in; its one fate goes out: opened, joined, watched, ignored because …, failed because …

Deciding is apart from storing: a message that can't be decided becomes failed, and nothing behind it waits.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from social_service.account import Clock, the_channel
from social_service.conversation import add_context, conversation_for, note_late, profile_for, ticket_so_far
from social_service.decider import Decider
from social_service.hosts.base import Busy, Host
from social_service.ledger import SocialArticleSuggestion, SocialMessage, SocialStream, digest
from social_service.listen.intake import LEASE_SECONDS
from social_service.listen.streams import is_arriving
from social_service.native import note_native_answer
from social_service.pause import pause_point
from social_service.records import Fate, Need, NewTicket, TicketMessage, TicketState, Visibility
from social_service.sentence import Refused, Sentence, _
from social_service.triage import Verdict
from social_service.triage.order import order_of

BATCH = 50
MOST_TIME = timedelta(minutes=4)  # well below a job's limit, whose alarm would hit an innocent message
SUBJECT_LIMIT = 120
OF_VERDICT = ("need", "language", "tone", "is_urgent", "topic", "decided_by", "confidence")
log = logging.getLogger(__name__)


# --- the job -------------------------------------------------------------------------------------------------


def decide(host: Host, stream_name: str, clock: Clock) -> int:
	"""Decide what waits in the row's channel, oldest first; one worker a channel. Returns how many were decided."""
	row = host.store.get(SocialStream, [stream_name]).get(stream_name)
	leased = row and host.store.claim(row, seconds=LEASE_SECONDS, now=clock())
	if not leased:
		return 0
	decided, until = 0, clock() + MOST_TIME
	try:
		while leased and clock() < until and not is_arriving(host, leased.channel, clock()):
			done = _decide_batch(host, _waiting(host, leased.channel), clock)
			if not done:
				break
			decided += done
			leased = _stamp(host, leased, clock() + timedelta(seconds=LEASE_SECONDS))
	finally:
		if leased:
			_stamp(host, leased, None)
	return decided


def _waiting(host: Host, channel: str) -> list[SocialMessage]:
	return host.store.find(
		SocialMessage, {"channel": channel, "fate": None}, order="sent_at,external_id", limit=BATCH
	)


def _stamp(host: Host, leased: SocialStream, until: datetime | None) -> SocialStream | None:
	with host.transaction():
		return host.store.change(leased, only_if={"lease_until": leased.lease_until}, lease_until=until)


def _decide_batch(host: Host, batch: Sequence[SocialMessage], clock: Clock) -> int:
	if not batch:
		return 0
	channel = the_channel(host, batch[0].channel)
	streams = host.store.find(SocialStream, {"channel": channel.name}, order="name", limit=1000)
	decider = Decider(host, channel, clock(), {row.stream_key: row.began_at for row in streams}, batch)
	quiet = _decide_quietly(decider, batch)
	loud = [message for message in batch if message.name not in quiet]
	decider.look_up(message for message in loud if not message.is_own)
	return len(quiet) + sum(decide_one(decider, message) for message in loud)


def _decide_quietly(decider: Decider, batch: Sequence[SocialMessage]) -> set[str]:
	"""What can't concern any ticket is most of what comes in: decided in one transaction. Returns their names."""
	quiet = {message.name: fate for message in batch if (fate := _quiet_fate(decider, message))}
	try:
		with decider.host.transaction():
			for message in batch:
				if message.name in quiet:
					_fate(decider, message, *quiet[message.name])
			pause_point("mid-decide")
	except (Busy, _DecidedElsewhere):
		return set()  # one by one then
	return set(quiet)


def _quiet_fate(decider: Decider, message: SocialMessage) -> tuple | None:
	if message.is_own:
		return None  # it may answer somebody
	try:
		return _fate_without_ticket(decider, message)
	except Exception:  # a poison message: `decide_one` meets it again and puts it aside
		return None


def decide_one(decider: Decider, message: SocialMessage) -> bool:
	"""Ticket, message and fate commit together. A poison message is put aside as failed."""
	host = decider.host
	try:
		with host.transaction():
			_settle(decider, message)
			pause_point("mid-decide")
	except (Busy, _DecidedElsewhere):
		return False  # undone as a whole; what still has no fate waits for the next round
	except Exception as error:  # the edge where one message may break and no other
		log.exception("message %s could not be decided", message.name)
		with host.transaction():
			reason = _(
				"Could not be decided: {0}. Press Retry when the cause is mended.", type(error).__name__
			)
			_fate(decider, message, Fate.FAILED, reason)
	return True


class _DecidedElsewhere(Exception):
	"""Another worker gave this message its fate; our ticket for it must not stay."""


def retry(host: Host, message_name: str, clock: Clock) -> None:
	"""Decide a failed message again. Raises Refused for one that was never read."""
	message = host.store.get(SocialMessage, [message_name])[message_name]
	if not message.author_id:
		raise Refused(
			_("This post could not be read at all, so there is nothing to decide. Open it on the network.")
		)
	if message.fate is Fate.FAILED:
		with host.transaction():
			host.store.change(message, only_if={"fate": Fate.FAILED}, fate=None, decided_at=None)


# --- one message ---------------------------------------------------------------------------------------------


def _settle(decider: Decider, message: SocialMessage) -> None:
	if message.is_own:
		note_native_answer(decider.host, message)
	settled = _fate_without_ticket(decider, message)
	if settled:
		_fate(decider, message, *settled)
		return
	verdict = decider.verdict(message)
	known = ticket_so_far(decider.host, message)
	if known and _may_join(decider, message, known):
		_join(decider, message, known, verdict)
	elif verdict.need is Need.NONE or decider.channel.dry_run:
		dry = decider.channel.dry_run and verdict.need is not Need.NONE
		reason = _("Dry run: it would have opened a ticket. {0}", verdict.reason) if dry else verdict.reason
		_fate(decider, message, Fate.WATCHED, reason, verdict)
	else:
		_open(decider, message, verdict, follows=known.name if known else "")


def _fate_without_ticket(decider: Decider, message: SocialMessage) -> tuple | None:
	"""(fate, reason, verdict) of what no ticket can be about. Writes nothing."""
	plain = _plain_fate(decider, message)
	if plain:
		return (*plain, None)
	verdict = decider.verdict(message)
	if verdict.is_spam or not verdict.concerns:
		return Fate.IGNORED, verdict.reason, verdict
	return None


def _plain_fate(decider: Decider, message: SocialMessage) -> tuple[Fate, Sentence] | None:
	"""What needs no judgement of the words."""
	if message.is_own:
		return Fate.IGNORED, _("Our own post")
	if message.is_repost:
		return Fate.IGNORED, _("A repost says nothing new")
	if message.deleted_at:
		return Fate.IGNORED, _("Its author deleted it before we read it")
	if not message.author_id:
		return Fate.FAILED, _("The network did not say who wrote this post. Open it there: {0}", message.url)
	if decider.heard.asks_for(message):
		return None
	if message.handle and message.handle == decider.channel.canary.strip().removeprefix("@"):
		return Fate.IGNORED, _("The canary of this channel: it shows that posts arrive")
	if message.is_bot and not message.is_addressed:
		return Fate.IGNORED, _("Written by a bot that does not speak to us")
	began = decider.began.get(message.stream)
	if began and message.sent_at < began:
		return Fate.WATCHED, _("Written before we listened here")
	return None


def _fate(
	decider: Decider,
	message: SocialMessage,
	fate: Fate,
	reason: Sentence,
	verdict: Verdict | None = None,
	**more: str,
) -> None:
	values: dict[str, object] = {"fate": fate, "fate_reason": reason, "decided_at": decider.now, **more}
	if verdict:
		values |= {
			**{name: getattr(verdict, name) for name in OF_VERDICT},
			"team": verdict.team or decider.channel.team,
			"priority": decider.priority(verdict),
		}
	if decider.host.store.change(message, only_if={"fate": None}, **values) is None:
		raise _DecidedElsewhere


# --- tickets -------------------------------------------------------------------------------------------------


def _may_join(decider: Decider, message: SocialMessage, ticket: TicketState) -> bool:
	if decider.channel.dry_run:
		return False
	if ticket.is_open:
		return True
	settings = decider.settings
	private = message.visibility is Visibility.PRIVATE
	days = settings.reopen_private_days if private else settings.reopen_public_days
	closed = ticket.closed_at or decider.now
	return message.sent_at - closed <= timedelta(days=days)


def _join(decider: Decider, message: SocialMessage, ticket: TicketState, verdict: Verdict) -> None:
	host = decider.host
	profile = profile_for(host, decider.channel, message)
	conversation = conversation_for(host, message, profile, ticket.name, verdict.team or decider.channel.team)
	added = host.desk.add_message(
		ticket.name, _customer_message(decider, message, profile.address), reopen=not verdict.closes
	)
	note_late(host, message, ticket.name)
	reason = _("Same person, same thread. {0}", verdict.reason)
	links = {"conversation": conversation.name, "ticket": ticket.name, "ticket_message": added}
	_fate(decider, message, Fate.JOINED, reason, verdict, **links)


def _open(decider: Decider, message: SocialMessage, verdict: Verdict, follows: str) -> None:
	host = decider.host
	profile = profile_for(host, decider.channel, message)
	conversation = conversation_for(host, message, profile, "", verdict.team or decider.channel.team)
	new = NewTicket(
		subject=subject_of(message.text, profile.label),
		raised_by=profile.address,
		started_at=message.sent_at,
		channel=decider.channel.name,
		network=decider.network,
		conversation=conversation.name,
		kind=message.kind,
		handle=message.handle,
		url=message.url,
		team=verdict.team or decider.channel.team,
		priority=decider.priority(verdict),
		ticket_type=verdict.ticket_type,
		follows=follows,
		order=order_of(message, verdict, decider.settings),
	)
	ticket, first = host.desk.open_ticket(new, _customer_message(decider, message, profile.address))
	host.store.change(conversation, ticket=ticket)
	links = {"conversation": conversation.name, "ticket": ticket, "ticket_message": first}
	_fate(decider, message, Fate.OPENED, verdict.reason, verdict, **links)
	add_context(host, message, ticket, follows)
	note_late(host, message, ticket)
	_suggest(decider, message, ticket)


def _customer_message(decider: Decider, message: SocialMessage, address: str) -> TicketMessage:
	name = message.author_name or message.handle
	return TicketMessage(
		key=message.name,
		text=message.text,
		sender_name=f"{name} · {decider.network}",
		sender_address=address,
		sent_at=message.sent_at,
		visibility=message.visibility,
		url=message.url,
		media=tuple(message.media),
	)


def _suggest(decider: Decider, message: SocialMessage, ticket: str) -> None:
	for rank, one in enumerate(decider.suggestions(message), start=1):
		row = SocialArticleSuggestion(
			message=message.name,
			ticket=ticket,
			article=one.article,
			title=one.title[:255],
			rank=rank,
			score=one.score,
			sentence=one.sentence,
			digest=digest(message.name, one.article),
		)
		decider.host.store.add(row)


def subject_of(text: str, author: str) -> str:
	line = " ".join(text.split())
	whole = f"{author}: {line}" if line else author
	return whole if len(whole) <= SUBJECT_LIMIT else f"{whole[: SUBJECT_LIMIT - 1].rstrip()}…"
