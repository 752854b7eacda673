"""Hiding a reply below one of our own posts: the threadgate of that post lists what apps show behind a click only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from social_service.channels.bluesky.api import GATE, Api
from social_service.channels.bluesky.cursor import written
from social_service.channels.bluesky.post import split_uri
from social_service.channels.errors import Rejected
from social_service.records import Account, Message
from social_service.sentence import _

MOST_HIDDEN = 300  # by the lexicon


def is_below_ours(us: Account | None, message: Message) -> bool:
	is_reply = message.thread_id != message.external_id
	return us is not None and is_reply and message.thread_id.startswith(f"at://{us.external_id}/")


def hide_reply(api: Api, us: Account, message: Message, now: datetime) -> None:
	gate = _gate(api, us, message)
	if message.external_id in gate.hidden:
		return
	if len(gate.hidden) >= MOST_HIDDEN:
		told = _("{0} replies are hidden in this thread already, more are not possible.", MOST_HIDDEN)
		raise Rejected("too many", told)
	usual = {"$type": GATE, "post": message.thread_id, "createdAt": written(now)}
	_put(api, us, gate, {**usual, **gate.record}, [*gate.hidden, message.external_id])


def show_reply(api: Api, us: Account, message: Message) -> None:
	gate = _gate(api, us, message)
	if message.external_id in gate.hidden:
		_put(api, us, gate, gate.record, [one for one in gate.hidden if one != message.external_id])


@dataclass(frozen=True)
class _Gate:
	"""What limits the thread already, and its version; None where nothing does."""

	rkey: str
	record: Mapping
	version: str | None

	@property
	def hidden(self) -> list[str]:
		return list(self.record.get("hiddenReplies") or ())


def _gate(api: Api, us: Account, message: Message) -> _Gate:
	if message.is_own or not is_below_ours(us, message):
		raise Rejected("not ours", _("Only what others write below our own posts can be hidden on Bluesky."))
	rkey = split_uri(message.thread_id)[1]
	params = [("repo", us.external_id), ("collection", GATE), ("rkey", rkey)]
	try:
		told = api.record("com.atproto.repo.getRecord", params)
	except Rejected as refusal:
		if refusal.reason != "gone":
			raise
		return _Gate(rkey, {}, None)
	return _Gate(rkey, dict(told.get("value") or {}), str(told["cid"]))


def _put(api: Api, us: Account, gate: _Gate, record: Mapping, hidden: Sequence[str]) -> None:
	place = {"repo": us.external_id, "collection": GATE, "rkey": gate.rkey}
	body = {**place, "record": {**record, "hiddenReplies": list(hidden)}, "swapRecord": gate.version}
	api.post("com.atproto.repo.putRecord", body)  # nobody else may have changed the gate since we read it
