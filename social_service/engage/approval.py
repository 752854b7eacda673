"""Four eyes: which answers wait for a second person, who that may be, and what they make of it. Nothing that waits is published."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from social_service.account import Clock
from social_service.engage.cancelling import event_of, leaves_at, not_sent, stop, the_reply
from social_service.guard import Looked, Objection
from social_service.guard import look as look_at
from social_service.history import keep
from social_service.hosts.base import Before, Host
from social_service.ledger import SocialMessage, SocialReply
from social_service.records import AgentReplied, Delivery, Happening, ReplyState
from social_service.sentence import Refused, Sentence, _
from social_service.settings import SocialApprovalRule, refuse_language
from social_service.site_settings import the_settings

ELSEWHERE = _(
	"Since this was written, the conversation has gone on elsewhere, or others would read the answer. Return it to its author."
)
DECIDED = _("Somebody else has decided on this answer already. Look at the ticket.")


# --- which answers, and whose agreement ----------------------------------------------------------------------


@dataclass(frozen=True)
class Draft:
	"""What rules ask of an answer."""

	message: SocialMessage
	team: str  # of the ticket
	agent_days: float  # for how long its author is an agent


def asked_for(
	host: Host, replied: AgentReplied, message: SocialMessage, now: datetime
) -> SocialApprovalRule | None:
	"""The first rule that wants a second person for this answer. Raises Refused when there is nobody to ask."""
	rules = host.store.find(SocialApprovalRule, {"enabled": True}, order="sort_order,title,name", limit=1000)
	if not rules:
		return None
	since = replied.agent_since or now  # of whom nobody knows it, is new
	state = host.desk.tickets([replied.ticket]).get(replied.ticket)
	draft = Draft(message, state.team if state else "", (now - since) / timedelta(days=1))
	rule = next((rule for rule in rules if fits(rule, draft)), None)
	if rule and not approvers(host, rule.approver_team, replied.agent):
		raise Refused(
			_(
				"“{0}” asks for the approval of a second person, and there is nobody but you. An admin adds one to the rule's "
				"approver team.",
				rule.title,
			)
		)
	return rule


def fits(rule: SocialApprovalRule, draft: Draft) -> bool:
	message = draft.message
	return (
		rule.channel in ("", message.channel)
		and rule.visibility in (None, message.visibility)
		and rule.team in ("", draft.team)
		and rule.topic.strip().casefold() in ("", message.topic.casefold())
		and rule.language.strip().lower() in ("", message.language.lower())
		and (not rule.new_agent_days or draft.agent_days < rule.new_agent_days)
	)


def approvers(host: Host, team: str, author: str) -> list[str]:
	"""Never the author. A team in which nobody else is leaves it to the managers."""
	of_team = [user for user in host.desk.members(team) if user != author] if team else []
	return of_team or [user for user in host.desk.members("") if user != author]


def may_approve(host: Host, reply: SocialReply, user: str) -> bool:
	is_waiting = reply.state is ReplyState.AWAITING_APPROVAL
	return is_waiting and user in approvers(host, reply.approver_team, reply.agent)


def refuse(rule: SocialApprovalRule) -> Sentence | None:
	"""Why a rule can't be saved as it is, or None."""
	if rule.new_agent_days < 0:
		return _("Nobody is an agent for fewer than 0 days. Enter 0 for everybody.")
	return refuse_language(rule.language)


# --- asking ------------------------------------------------------------------------------------------------------


def waits_until(host: Host, now: datetime) -> datetime | None:
	hours = the_settings(host).approval_hours
	return now + timedelta(hours=hours) if hours > 0 else None


def ask(host: Host, reply: SocialReply, now: datetime) -> None:
	host.desk.mark_reply(reply.ticket_message, Delivery.AWAITING_APPROVAL, now)
	text = _("An answer of {0} waits for your approval: “{1}” asks for it.", reply.agent, reply.rule)
	for user in approvers(host, reply.approver_team, reply.agent):
		host.desk.tell(user, text, reply.ticket)


def expire(host: Host, now: datetime) -> None:
	"""What nobody approved in time goes back to its author."""
	due = {"state": ReplyState.AWAITING_APPROVAL, "expires_at": Before(now)}
	text = _("Nobody approved this answer in time, so it is not sent. Its text can go back into the editor.")
	for reply in host.store.find(SocialReply, due, order="queued_at", limit=200):
		with host.transaction():
			if ended := stop(host, reply, error=text):
				not_sent(host, ended, event_of(ended, Happening.CANCELLED, "", now))
				host.desk.tell(reply.agent, text, reply.ticket)


# --- deciding ----------------------------------------------------------------------------------------------------


def look(host: Host, reply: SocialReply, text: str, clock: Clock) -> Looked:
	"""What the guard says of it now: time has passed. It would answer the person's newest post, as every answer does; never
	in another talk, never for other readers."""
	was = host.store.get(SocialMessage, [reply.message]).get(reply.message)
	ticket = was.ticket if was else reply.ticket  # a merge or a split may have moved it
	looked = look_at(host, AgentReplied(ticket, reply.ticket_message, reply.agent, text), clock)
	now = looked.message
	if now is None:
		return looked
	if (now.conversation, now.visibility) != (reply.conversation, reply.visibility):
		return replace(looked, stops=(Objection("elsewhere", ELSEWHERE), *looked.stops))
	if now.name == reply.message:
		return looked
	told = _("The customer has written since. The answer would stand below the new post: “{0}”", now.text)
	return replace(looked, warnings=(Objection(f"post:{now.name}", told), *looked.warnings))


def approve(
	host: Host, name: str, by: str, clock: Clock, *, text: str = "", seen: Collection[str] = ()
) -> SocialReply:
	"""Queued, with ``text`` where the approver changed it. ``seen``: keys of the warnings that they were shown. Raises
	Refused."""
	reply, now = _waiting(host, name, by), clock()
	text = text.strip() or reply.text
	looked = look(host, reply, text, clock)
	for objection in (*looked.stops, *(one for one in looked.warnings if one.key not in seen)):
		raise Refused(objection.sentence)
	is_edited = text != reply.text
	with host.transaction():
		approved = host.store.change(
			reply,
			only_if={"state": ReplyState.AWAITING_APPROVAL},
			state=ReplyState.QUEUED,
			message=looked.message.name,
			text=text,
			drafted=reply.text if is_edited else "",
			decided_by=by,
			decided_at=now,
			next_try_at=leaves_at(host, now),
			expires_at=None,
		)
		if approved is None:
			raise Refused(DECIDED)
		if is_edited:
			host.desk.rewrite(reply.ticket_message, text)
			keep(host, replace(event_of(approved, Happening.EDITED, by, now), detail=reply.text))
		host.desk.mark_reply(reply.ticket_message, Delivery.SENDING, now)
		keep(host, replace(event_of(approved, Happening.APPROVED, by, now), detail=reply.rule))
	return approved


def give_back(host: Host, name: str, by: str, reason: str, clock: Clock) -> SocialReply:
	"""To its author, with what to change. It is not sent. Raises Refused."""
	reply, now = _waiting(host, name, by), clock()
	if not reason.strip():
		raise Refused(_("Say what to change: its author reads it."))
	text = _("{0} returned your answer: {1}", by, reason.strip())
	with host.transaction():
		returned = stop(host, reply, decided_by=by, decided_at=now, error=text)
		if returned is None:
			raise Refused(DECIDED)
		why = replace(event_of(returned, Happening.RETURNED, by, now), detail=reason.strip())
		not_sent(host, returned, why)
		host.desk.tell(reply.agent, text, reply.ticket)
	return returned


def _waiting(host: Host, name: str, by: str) -> SocialReply:
	reply = the_reply(host, name)
	if reply.state is not ReplyState.AWAITING_APPROVAL:
		raise Refused(DECIDED)
	if not may_approve(host, reply, by):
		raise Refused(_("This answer has to be approved by somebody else."))
	return reply
