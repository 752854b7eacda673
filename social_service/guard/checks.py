"""What is looked at before a reply may go out: a case in, stops and warnings out. No network call."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import reduce

from social_service.account import Clock
from social_service.audience import answered_message
from social_service.guard import turn, wording
from social_service.guard.case import Case, Looked, Objection, case_of
from social_service.guard.draft import forget_draft, is_acknowledged
from social_service.guard.stops import stops_of
from social_service.history import Happened, keep
from social_service.hosts.base import Host
from social_service.ledger import SocialMessage
from social_service.records import AgentReplied, Happening
from social_service.sentence import Refused, Sentence, _

NOTHING_LEFT = _("There is nothing left to answer: the customer deleted the post.")
WARNINGS: tuple[Callable[[Case], Iterator[Objection]], ...] = (
	*(turn.edited, turn.another_post, turn.answered, turn.answered_natively, turn.colleague_writes),
	*(wording.names_a_stranger, wording.speaks_to_another, wording.other_language, wording.costs_much),
)


def look(host: Host, replied: AgentReplied, clock: Clock) -> Looked:
	"""All that can be said against this text. Changes nothing."""
	message = answered_message(host, replied.ticket)
	if message is None:
		return Looked(None, stops=(Objection("gone", NOTHING_LEFT),))
	return _looked(case_of(host, replied, message, clock))


def check_reply(host: Host, replied: AgentReplied, clock: Clock) -> SocialMessage:
	"""The post to answer, with the conversation's turn taken: inside the transaction that queues the reply. Raises Refused."""
	message = answered_message(host, replied.ticket)
	if message is None:
		raise Refused(NOTHING_LEFT)
	case = case_of(host, replied, message, clock)
	looked = _looked(case)
	if looked.stops:
		raise Refused(looked.stops[0].sentence)
	keys = [one.key for one in looked.warnings]
	if keys and not is_acknowledged(case.draft, replied.text, keys, case.now):
		raise Refused(
			_(
				"{0} Tick “Send anyway” above your answer if it shall go out all the same.",
				_all(looked.warnings),
			)
		)
	turn.take_turn(case)
	_keep_what_was_acknowledged(case, looked.warnings)
	forget_draft(host, replied)
	return message


def _looked(case: Case) -> Looked:
	served = case.message.as_served()
	return Looked(
		message=case.message,
		stops=tuple(stops_of(case)),
		warnings=tuple(one for check in WARNINGS for one in check(case)),
		length=case.driver.measure(case.replied.text, served) if case.driver else None,
		price=case.driver.price(case.text, served) if case.driver and case.text else 0,
	)


def _all(objections: Sequence[Objection]) -> Sentence:
	return reduce(lambda told, more: Sentence("{0} {1}", (told, more)), [one.sentence for one in objections])


def _keep_what_was_acknowledged(case: Case, warnings: Sequence[Objection]) -> None:
	"""Who sends past a warning does so knowingly, and the ticket's history says so."""
	if warnings:
		detail = _("Sent anyway: {0}", _all(warnings))
		happened = Happened(case.replied.ticket, Happening.WARNED, case.now, case.replied.agent, detail)
		keep(case.host, happened)
