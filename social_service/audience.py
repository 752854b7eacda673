"""Audience: which post an answer from a ticket answers, and who will read it. Nobody more than its agent was told.

One ticket may hold what a person said in public and what they said in private. Changes nothing but the choice.
"""

from __future__ import annotations

from dataclasses import replace

from social_service.channels.base import Channel
from social_service.hosts.base import Host, In
from social_service.ledger import SocialMessage
from social_service.records import Fate, Permission, Visibility
from social_service.sentence import Refused, _

IN_THE_TICKET = In((Fate.OPENED, Fate.JOINED))


def newest_post(host: Host, ticket: str, **only: object) -> SocialMessage | None:
	"""Of the customer, as far as it is still there."""
	wanted = {"ticket": ticket, "fate": IN_THE_TICKET, "deleted_at": None, **only}
	found = host.store.find(SocialMessage, wanted, order="-sent_at,-external_id", limit=1)
	return found[0] if found else None


def answered_message(host: Host, ticket: str) -> SocialMessage | None:
	"""The post that an answer answers: the customer's newest, if its agent chose no other. Its ``visibility`` is the
	answer's, and ``answer_as`` tells what was chosen; both may differ from what is stored."""
	newest = newest_post(host, ticket)
	chosen = newest and newest.answer_as
	if not chosen:
		return newest
	if chosen is newest.visibility:
		return newest
	elsewhere = newest_post(host, ticket, visibility=chosen)
	if elsewhere:
		return replace(elsewhere, answer_as=None if chosen is Visibility.PRIVATE else chosen)
	narrowest = Visibility.PRIVATE  # one of the two is
	return replace(newest, visibility=narrowest, answer_as=chosen)


def is_private_to_public(answered: SocialMessage) -> bool:
	"""Its author alone reads the answer to what everybody can read."""
	return answered.visibility is Visibility.PRIVATE and answered.answer_as is Visibility.PRIVATE


def permission(driver: Channel, answered: SocialMessage) -> Permission:
	"""May this post be answered so?"""
	if is_private_to_public(answered):
		return driver.may_reply_privately(replace(answered, visibility=Visibility.PUBLIC).as_served())
	return driver.may_reply(answered.as_served())


def must_choose(host: Host, answered: SocialMessage) -> bool:
	"""Everybody would read the answer, and the ticket holds what was said in private: that takes a decision of its agent,
	whatever they saw when they began to write."""
	if answered.visibility is Visibility.PRIVATE or answered.answer_as:
		return False
	return any(
		host.store.find(
			SocialMessage, {"ticket": answered.ticket, column: Visibility.PRIVATE}, order="name", limit=1
		)
		for column in ("visibility", "answer_as")
	)


# --- choosing -------------------------------------------------------------------------------------------------


def choices(host: Host, driver: Channel | None, ticket: str) -> tuple[Visibility, ...]:
	"""Who an answer could be for; one or none: there is nothing to choose."""
	newest = newest_post(host, ticket)
	if newest is None:
		return ()
	if newest.visibility is Visibility.PRIVATE:
		other = newest_post(host, ticket, visibility=Visibility.PUBLIC)
		return (Visibility.PUBLIC, Visibility.PRIVATE) if other else (Visibility.PRIVATE,)
	private = newest_post(host, ticket, visibility=Visibility.PRIVATE) or (
		driver and driver.may_reply_privately(newest.as_served()).allowed
	)
	return (Visibility.PUBLIC, Visibility.PRIVATE) if private else (Visibility.PUBLIC,)


def choose(host: Host, driver: Channel | None, ticket: str, who: Visibility) -> None:
	"""Holds until the customer writes again. Raises Refused."""
	if who not in choices(host, driver, ticket):
		raise Refused(
			_(
				"This post can't be answered that way. Reload the page: the customer may have deleted something."
			)
		)
	newest = newest_post(host, ticket)
	is_usual = newest.visibility is who is Visibility.PRIVATE
	with host.transaction():
		host.store.change(newest, answer_as=None if is_usual else who)
