"""A message that needs an answer: it joins the ticket of its conversation, or opens one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from social_service import history, switching
from social_service.conversation import add_context, conversation_for, note_late, profile_for
from social_service.decider import Decider
from social_service.history import Happened
from social_service.ledger import SocialArticleSuggestion, SocialMessage, digest
from social_service.records import Fate, Happening, NewTicket, TicketMessage, TicketState, Visibility
from social_service.sentence import _
from social_service.sla.keeping import keep as keep_clocks
from social_service.ticket.fate import give_fate
from social_service.triage import Verdict
from social_service.triage.order import order_of

SUBJECT_LIMIT = 120


def may_join(decider: Decider, message: SocialMessage, ticket: TicketState) -> bool:
	if decider.channel.dry_run:
		return False
	if ticket.is_open:
		return True
	settings = decider.settings
	private = message.visibility is Visibility.PRIVATE
	days = settings.reopen_private_days if private else settings.reopen_public_days
	closed = ticket.closed_at or decider.now
	return message.sent_at - closed <= timedelta(days=days)


def join(
	decider: Decider,
	message: SocialMessage,
	ticket: TicketState,
	verdict: Verdict,
	switch: switching.Switch | None = None,
) -> None:
	host = decider.host
	profile = profile_for(host, decider.channel, message)
	conversation = conversation_for(host, message, profile, ticket.name, verdict.team or decider.channel.team)
	added = host.desk.add_message(
		ticket.name, _customer_message(decider, message, profile.address, verdict), reopen=not verdict.closes
	)
	note_late(host, message, ticket.name)
	reason = _("Same person, same thread. {0}", verdict.reason)
	if switch:
		reason = _("Same person, now in private. {0}", verdict.reason)
		switching.note_moved(host, switch, conversation, message)
	links = {"conversation": conversation.name, "ticket": ticket.name, "ticket_message": added}
	give_fate(decider, message, Fate.JOINED, reason, verdict, **links)
	if raised := _raised(decider, verdict):
		host.desk.route(ticket.name, team="", priority=raised)
	for one in _woken(ticket, verdict, decider.now):
		history.keep(host, one)
	keep_clocks(host, ticket.name, decider.now)


def _raised(decider: Decider, verdict: Verdict) -> str:
	"""The priority that this post asks for, whatever the first one did."""
	return decider.priority(verdict) if verdict.priority or verdict.is_urgent else ""


def _woken(before: TicketState, verdict: Verdict, now: datetime) -> Iterator[Happened]:
	"""What the customer's post did to the ticket, as the desk was told."""
	if verdict.closes:
		return
	if not before.is_open:
		yield Happened(before.name, Happening.REOPENED, now)
	elif before.is_on_hold:
		yield Happened(before.name, Happening.RESUMED, now)


def open_ticket(decider: Decider, message: SocialMessage, verdict: Verdict, follows: str) -> None:
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
		topic=verdict.topic,
		language=verdict.language,
	)
	ticket, first = host.desk.open_ticket(new, _customer_message(decider, message, profile.address, verdict))
	host.store.change(conversation, ticket=ticket)
	links = {"conversation": conversation.name, "ticket": ticket, "ticket_message": first}
	give_fate(decider, message, Fate.OPENED, verdict.reason, verdict, **links)
	add_context(host, message, ticket, follows)
	switching.note_beside(host, decider.channel, message, ticket)
	note_late(host, message, ticket)
	_suggest(decider, message, ticket)
	keep_clocks(host, ticket, decider.now)


def _customer_message(
	decider: Decider, message: SocialMessage, address: str, verdict: Verdict
) -> TicketMessage:
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
		topic=verdict.topic,
		language=verdict.language,
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
