"""Knowledge: a ticket comes in; who else says the same, and what the knowledge base could learn from it, go out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from social_service.account import Clock, network_label
from social_service.hosts.base import From, Host, In, in_parts
from social_service.ledger import SocialMessage
from social_service.match.groups import alike
from social_service.records import Fate

RECENT = timedelta(days=7)
MOST_POSTS = 20_000
SHOWN = ("ticket", "handle", "author_name", "author_id", "channel", "text", "url", "sent_at")


@dataclass(frozen=True)
class Alike:
	"""Somebody else's post that says the same. ``ticket`` is '' where it opened none."""

	ticket: str
	handle: str
	channel: str
	network: str
	text: str
	url: str
	sent_at: datetime


# --- more like this -----------------------------------------------------------------------------------------


def more_like(host: Host, ticket: str, clock: Clock, teams: frozenset[str] | None) -> list[Alike]:
	"""Posts of the last days that say what this ticket's first post says: one a person, newest first.

	``teams``: whose posts may be shown; None = all."""
	first = first_post(host, ticket)
	if first is None or not first.text.strip():
		return []
	recent = _recent(host, clock(), teams)
	found = [recent[number][0] for number in alike(first.text, [text for _name, text in recent])]
	networks: dict[str, str] = {}
	people: dict[tuple[str, str], Alike] = {}
	for row in sorted(_shown(host, found), key=lambda row: row["sent_at"]):
		author, name, channel = row.pop("author_id"), row.pop("author_name"), row["channel"]
		if row["ticket"] == ticket:
			continue
		if channel not in networks:
			networks[channel] = network_label(host, channel)
		row |= {"network": networks[channel], "handle": row["handle"] or name}
		people[networks[channel], author] = Alike(**row)
	return sorted(people.values(), key=lambda one: one.sent_at, reverse=True)


def first_post(host: Host, ticket: str) -> SocialMessage | None:
	"""The customer's first post of a ticket, unless it was taken back."""
	wanted = {"ticket": ticket, "fate": In((Fate.OPENED, Fate.JOINED)), "deleted_at": None}
	found = host.store.find(SocialMessage, wanted, order="sent_at,external_id", limit=1)
	return found[0] if found else None


def _recent(host: Host, now: datetime, teams: frozenset[str] | None) -> list[tuple[str, str]]:
	"""(name, text) of what people wrote; of fewer days where there is very much."""
	span = RECENT
	for _attempt in range(3):
		count = sum(host.store.tally(SocialMessage, (), {"sent_at": From(now - span)}).values())
		if count <= MOST_POSTS:
			break
		span *= 0.9 * MOST_POSTS / count
	where = {"sent_at": From(now - span), "is_own": False, "is_repost": False, "deleted_at": None}
	if teams is not None:
		where["team"] = In(tuple(sorted(teams)))
	return list(host.store.columns(SocialMessage, ("name", "text"), where))


def _shown(host: Host, names: list[str]) -> Iterator[dict]:
	for some in in_parts(names):
		for row in host.store.columns(SocialMessage, SHOWN, {"name": some}):
			yield dict(zip(SHOWN, row, strict=True))
