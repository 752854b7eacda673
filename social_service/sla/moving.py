"""A ticket was merged into another or split: answers, alarms and clocks go where their posts went. After the posts have moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from social_service import history
from social_service.history import Happened
from social_service.hosts.base import Host
from social_service.ledger import SocialMessage, SocialSLAClock
from social_service.records import Happening, Milestone
from social_service.sla.keeping import changed, clocks_of, keep, next_alarm


def merged(host: Host, source: str, target: str, now: datetime) -> None:
	before = clocks_of(host, source)
	_answers_follow(host, source, target, None)
	changed(host, [Happened(source, Happening.MERGED, now, detail=target)], now)
	keep(host, target, now)
	_alarms_follow(host, before, target)


def split(host: Host, old: str, new: str, posts: Sequence[SocialMessage], now: datetime) -> None:
	before = clocks_of(host, old)
	_answers_follow(host, old, new, {post.external_id for post in posts})
	changed(host, [Happened(old, Happening.SPLIT, now, detail=new)], now)
	keep(host, new, now)
	_alarms_follow(host, before, new)


def _answers_follow(host: Host, source: str, target: str, posts: set[str] | None) -> None:
	"""Those that were given on the network itself, to these posts (None: all)."""
	for event in history.of_ticket(host, source):
		if event.what is not Happening.ANSWERED_THERE:
			continue
		own = host.store.get(SocialMessage, [event.message]).get(event.message)
		if posts is None or (own and own.parent_id in posts):
			history.keep(host, Happened(target, event.what, event.at, message=event.message))


def _alarms_follow(host: Host, before: Sequence[SocialSLAClock], ticket: str) -> None:
	"""Nobody is told the same of the same post again."""
	told = {(row.message, _is_response(row)): row for row in before if row.warned_at or row.told_at}
	for row in clocks_of(host, ticket):
		twin = told.get((row.message, _is_response(row)))
		if twin and not (row.warned_at or row.told_at):
			row = replace(row, warned_at=twin.warned_at, told_at=twin.told_at)
			values = {"warned_at": row.warned_at, "told_at": row.told_at, "next_alarm_at": next_alarm(row)}
			host.store.change(row, **values)


def _is_response(row: SocialSLAClock) -> bool:
	"""A first response there may be a later one here."""
	return row.milestone in (Milestone.FIRST, Milestone.NEXT)
