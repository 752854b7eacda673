"""Trial: a policy as it is typed and a post, stored or made up, come in; which policy applies, why, and until when go out.
Stores nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime

from social_service.hosts.base import Host, In
from social_service.ledger import SocialMessage
from social_service.records import Kind
from social_service.sentence import Sentence, _
from social_service.settings import Facts, SocialChannel, SocialSLAPolicy, visibility_of
from social_service.sla.choosing import enabled_policies, facts_of, terms_of
from social_service.sla.clocks import Event, Terms, What, clocks
from social_service.sla.policy import explain, policy_for

LAST = 50  # posts
MOST_TEXT = 80  # characters of each that are shown
MOST = 1000


@dataclass(frozen=True)
class Sample:
	"""A post of the last ones, with what is known of it."""

	post: str
	author: str
	text: str
	sent_at: datetime
	facts: Facts


@dataclass(frozen=True)
class Deadline:
	milestone: Sentence
	within_s: int
	warn_at: datetime | None
	due_at: datetime


@dataclass(frozen=True)
class Tried:
	policy: str  # its title; "" = none applies
	is_typed: bool
	reasons: list[Sentence]
	hours: Sentence | None
	deadlines: list[Deadline]


def last_posts(host: Host, teams: frozenset[str] | None) -> list[Sample]:
	"""``teams``: whose posts may be shown; None = all."""
	own = {"team": In(tuple(sorted(teams)))} if teams is not None else {}
	found = {"is_own": False, "is_repost": False, **own}
	posts = host.store.find(SocialMessage, found, order="-sent_at,name", limit=LAST)
	states = host.desk.tickets(sorted({post.ticket for post in posts if post.ticket}))
	return [
		Sample(
			post=post.name,
			author=post.author_name or post.handle,
			text=" ".join(post.text.split())[:MOST_TEXT],
			sent_at=post.sent_at,
			facts=facts_of(states[post.ticket]) if post.ticket in states else _facts(post),
		)
		for post in posts
	]


def _facts(post: SocialMessage) -> Facts:
	"""Of a ticket that it would open, as far as the post says."""
	known = {name: getattr(post, name) for name in ("channel", "kind", "topic", "language", "priority")}
	return Facts(visibility=visibility_of(post.kind), **known)


def facts_as_typed(values: Mapping[str, object]) -> Facts:
	told = {field.name: str(values.get(field.name) or "").strip() for field in fields(Facts)}
	kind = Kind(told["kind"]) if told["kind"] in [one.value for one in Kind] else None
	return Facts(**told | {"kind": kind, "visibility": kind and visibility_of(kind)})


def try_on(host: Host, typed: SocialSLAPolicy, facts: Facts, at: datetime) -> Tried:
	"""``typed`` stands for what is stored under its name."""
	policies = [typed, *(policy for policy in enabled_policies(host) if policy.name != typed.name)]
	channels = host.store.find(SocialChannel, {}, order="title,name", limit=MOST)
	reasons = explain(facts, policies, {channel.name: channel.title for channel in channels})
	policy = policy_for(facts, policies)
	if policy is None:
		return Tried("", False, reasons, None, [])
	terms = terms_of(host, policy)
	return Tried(policy.title, policy is typed, reasons, _hours(terms), _deadlines(terms, at))


def _hours(terms: Terms) -> Sentence:
	if terms.hours.spans is None and not terms.hours.holidays:
		return _("Counted around the clock.")
	return _("Counted in the service hours, by the clocks of {0}.", str(terms.hours.zone))


def _deadlines(terms: Terms, at: datetime) -> list[Deadline]:
	"""Of the ticket that this post opens; and of the next response, as if it had opened it before."""
	first, whole = clocks([Event(at, What.CUSTOMER)], terms)
	next_one, _whole = clocks([Event(at, What.CUSTOMER)], replace(terms, first=terms.next or terms.first))
	named = (
		(_("First response"), terms.first, first),
		(_("Next response, to a later post"), terms.next or terms.first, next_one),
		(_("Resolution"), terms.resolution, whole),
	)
	return [Deadline(name, within, clock.warn_at, clock.due_at) for name, within, clock in named]
