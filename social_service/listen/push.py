"""Webhook calls: a body comes in; verified posts are stored, and what is only hinted at becomes due. Decides nothing.

Calls come twice, late and out of order, and some never come: polling stays as the net.
"""

from __future__ import annotations

from collections.abc import Mapping

from social_service.account import Clock, connect, connected_at, duty_row, the_channel
from social_service.channels.base import Channel
from social_service.channels.errors import Rejected
from social_service.hosts.base import Host
from social_service.ledger import Duty, SocialStream
from social_service.listen.intake import store_posts
from social_service.records import Page
from social_service.sentence import _
from social_service.settings import SocialChannel

MOST_ITEMS = 1000  # in one call, as the networks promise


class TooMuch(Exception):
	"""More than one call may bring. Nothing of it was stored."""


def receive(host: Host, channel_name: str, body: bytes, headers: Mapping[str, str], clock: Clock) -> int:
	"""How many posts are new. Raises SignatureInvalid, PayloadInvalid, NotSupported, Rejected (no such channel, or it
	sleeps) and TooMuch; then nothing was stored. All of the call in one transaction."""
	channel = _awake(host, channel_name)
	driver = connect(host, channel, clock)
	page = driver.receive(body, headers)
	if len(page.messages) + len(page.unreadable) + len(page.deleted) + len(page.due) > MOST_ITEMS:
		raise TooMuch
	began = connected_at(host, channel.name) or clock()
	row = duty_row(host, channel.name, Duty.PUSH, label="Webhook", began_at=began)
	hinted = _hinted(host, channel, driver, page)
	with host.transaction():
		new = store_posts(host, channel, row, page, clock())
		for one in hinted:
			host.store.change(one, next_at=clock())
		# the row has no lease, and so no counts: two calls may come at once
		host.store.change(row, last_tried_at=clock(), last_success_at=clock())
	return len(new)


def challenge(host: Host, channel_name: str, query: Mapping[str, str], clock: Clock) -> str:
	"""The answer to a network that asks whether the address is ours. Raises as ``receive`` does."""
	return connect(host, _awake(host, channel_name), clock).challenge(query)


def _awake(host: Host, name: str) -> SocialChannel:
	channel = the_channel(host, name)
	if not channel.is_awake:
		raise Rejected("asleep", _("The channel {0} is asleep.", channel.title))
	return channel


def _hinted(host: Host, channel: SocialChannel, driver: Channel, page: Page) -> list[SocialStream]:
	"""A known stream is polled at once; anything else is fetched once, under the key that the driver gave it."""
	known = {one.key: one.label for one in driver.streams()}
	return [
		duty_row(
			host, channel.name, Duty.POLL if key in known else Duty.ONCE, key=key, label=known.get(key, key)
		)
		for key in dict.fromkeys(page.due)
	]
