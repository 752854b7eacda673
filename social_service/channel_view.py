"""The channel form and its list: how each channel is, a check, a preview. Reads; only those two ask the network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from social_service import account
from social_service.account import Clock
from social_service.channels.errors import ChannelError
from social_service.hosts.base import Host
from social_service.ledger import Duty, SocialStream
from social_service.preview import Previewed
from social_service.preview import preview as preview_of
from social_service.records import Account, Fate
from social_service.sentence import Sentence, _
from social_service.settings import SocialChannel

RED_FROM = 3  # failures in a row; fewer may pass by themselves
FATES = {
	Fate.OPENED: (_("Opens a ticket"), "blue"),
	Fate.JOINED: (_("Joins a ticket"), "light-blue"),
	Fate.FOLDED: (_("Folded into an incident"), "purple"),
	Fate.WATCHED: (_("Watched"), "gray"),
	Fate.IGNORED: (_("Ignored"), "gray"),
	Fate.FAILED: (_("Failed"), "red"),
}


@dataclass(frozen=True)
class State:
	"""How a channel or a stream is, in a word and a colour."""

	label: Sentence
	color: str


PAUSED = State(_("Paused"), "gray")
PARKED = State(_("Parked"), "gray")
NEW = State(_("Not read yet"), "gray")
SILENT = State(_("Silent"), "red")
FAILING = State(_("Failing"), "red")
TROUBLE = State(_("Trouble"), "orange")
LISTENING = State(_("Listening"), "green")


@dataclass(frozen=True)
class Checked:
	"""``account`` as far as the network told; ``problem`` is what a person has to mend."""

	account: Account | None
	problem: Sentence | None


@dataclass(frozen=True)
class Post:
	author: str
	url: str
	text: str
	sent_at: datetime
	fate: Sentence
	color: str
	reason: str


@dataclass(frozen=True)
class Preview:
	posts: tuple[Post, ...]
	problem: Sentence | None


# --- asking the network -------------------------------------------------------------------------------------


def check(host: Host, channel: str, clock: Clock) -> Checked:
	"""Whose account is it, and what does it lack?"""
	try:
		found = account.check(host, channel, clock)
	except ChannelError as error:
		return Checked(None, error.sentence)
	if found.missing:
		lacks = ", ".join(found.missing)
		return Checked(found, _("The credentials lack a permission: {0}. Make new ones with it.", lacks))
	return Checked(found, None)


def preview(host: Host, channel: str, clock: Clock) -> Preview:
	"""The newest posts with the fate that each would get. Nothing is stored."""
	try:
		found = preview_of(host, account.the_channel(host, channel), clock)
	except ChannelError as error:
		return Preview((), error.sentence)
	return Preview(tuple(_post(one) for one in found), None)


def _post(one: Previewed) -> Post:
	label, color = FATES[one.fate]
	return Post(one.author, one.url, one.text, one.sent_at, label, color, one.reason)


# --- at a glance --------------------------------------------------------------------------------------------


def states(host: Host) -> Mapping[str, State]:
	"""Of all channels, by two grouped queries."""
	failures: dict[str, int] = {}
	for channel, count in host.store.tally(SocialStream, ("channel", "failures"), {"duty": Duty.POLL}):
		failures[channel] = max(count, failures.get(channel, 0))
	alarms = {channel for channel, text in host.store.tally(SocialStream, ("channel", "alarm"), {}) if text}
	channels = host.store.find(SocialChannel, {}, order="name", limit=1000)
	return {one.name: _state(one, one.name in alarms, failures.get(one.name)) for one in channels}


def _state(channel: SocialChannel, has_alarm: bool, failures: int | None) -> State:
	if not channel.enabled:
		return PAUSED
	if not channel.is_awake:
		return PARKED
	if has_alarm:
		return SILENT
	return NEW if failures is None else state_after(failures)


def state_after(failures: int) -> State:
	if failures >= RED_FROM:
		return FAILING
	return TROUBLE if failures else LISTENING
