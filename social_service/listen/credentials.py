"""Credentials: new ones are tried until the network has said whose they are; those that end are renewed at 80 % of their
lifetime, and from 90 % on the responsible person is asked to connect again."""

from __future__ import annotations

from datetime import datetime, timedelta

from social_service.account import Clock, account_row, check, connect, known_account, the_channel
from social_service.channels.base import Channel
from social_service.channels.errors import ChannelError
from social_service.hosts.base import Host
from social_service.ledger import SocialStream
from social_service.sentence import Sentence, _

RENEWED_FROM, WARNED_FROM = 0.8, 0.9
SIGN_IN_ENDS = "sign_in_ends"
LOOKED_AFTER = timedelta(minutes=10)


def tend(host: Host, stream_name: str, clock: Clock) -> None:
	"""The account row comes in. Its lease is the renewal's, so taking the next time stands for it here."""
	row = host.store.get(SocialStream, [stream_name]).get(stream_name)
	if row is None:
		return
	with host.transaction():
		mine = host.store.change(row, only_if={"next_at": row.next_at}, next_at=clock() + LOOKED_AFTER)
	if mine is None:
		return
	channel = the_channel(host, row.channel)
	try:
		if (
			known_account(host, channel.name) is None
		):  # without it some networks have no streams, and nobody else asks
			check(host, channel.name, clock)
		problem = _look(connect(host, channel, clock), clock())
	except ChannelError as error:
		problem = error.sentence
	_note(host, account_row(host, channel.name), problem)


def _look(driver: Channel, now: datetime) -> Sentence | None:
	"""What a person has to do, if anything."""
	signed_in = driver.sign_in()
	if signed_in is None or signed_in.spent(now) < RENEWED_FROM:
		return None
	problem = None
	try:
		driver.renew()
	except ChannelError as error:
		problem = error.sentence
	signed_in = driver.sign_in()
	if signed_in is None or signed_in.spent(now) < WARNED_FROM:
		return None
	left = max(round((signed_in.until - now).total_seconds() / 3600), 0)
	return _(
		"The sign-in ends in {0} hours and could not be renewed. Press Connect. {1}", left, problem or ""
	)


def _note(host: Host, row: SocialStream, problem: Sentence | None) -> None:
	"""An alarm of the account row, which ``silence.watch`` tells and ends. One that stands is not told again."""
	if bool(problem) == bool(row.facts.get(SIGN_IN_ENDS)):
		return
	values: dict[str, object] = {"alarm": problem} if problem else {}
	with host.transaction():
		host.store.change(row, facts={**row.facts, SIGN_IN_ENDS: bool(problem)}, **values)
