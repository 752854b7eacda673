"""Hiding a reply below one of our own posts: the threadgate of that post lists what apps show behind a click only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from social_service.channels.bluesky.api import GATE, Api
from social_service.channels.bluesky.cursor import written
from social_service.channels.bluesky.post import split_uri
from social_service.channels.errors import Rejected
from social_service.records import Account, Message
from social_service.sentence import _

MOST_HIDDEN = 300  # by the lexicon


def hide_reply(api: Api, us: Account, message: Message, now: datetime) -> None:
	owner, rkey = split_uri(message.thread_id)
	if owner != us.external_id or message.is_own:
		raise Rejected("not ours", _("Only what others write below our own posts can be hidden on Bluesky."))
	gate, version = _gate(api, us, rkey)
	hidden = list(gate.get("hiddenReplies") or ())
	if message.external_id in hidden:
		return
	if len(hidden) >= MOST_HIDDEN:
		told = _("{0} replies are hidden in this thread already, more are not possible.", MOST_HIDDEN)
		raise Rejected("too many", told)
	usual = {"$type": GATE, "post": message.thread_id, "createdAt": written(now)}
	record = {**usual, **gate, "hiddenReplies": [*hidden, message.external_id]}
	place = {"repo": us.external_id, "collection": GATE, "rkey": rkey}
	# nobody else may have changed the gate since we read it
	api.post("com.atproto.repo.putRecord", {**place, "record": record, "swapRecord": version})


def _gate(api: Api, us: Account, rkey: str) -> tuple[Mapping, str | None]:
	"""What limits the thread already, and its version; None where nothing does."""
	params = [("repo", us.external_id), ("collection", GATE), ("rkey", rkey)]
	try:
		told = api.record("com.atproto.repo.getRecord", params)
	except Rejected as refusal:
		if refusal.reason != "gone":
			raise
		return {}, None
	return dict(told.get("value") or {}), str(told["cid"])
