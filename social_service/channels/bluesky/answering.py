"""Publishing a reply under a record key of our own, so that the same reply sent again is the same post."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime

from social_service.channels.bluesky.api import POST, Api
from social_service.channels.bluesky.cursor import EPOCH, written
from social_service.channels.bluesky.post import page_of, split_uri
from social_service.channels.bluesky.record_keys import CLOCKS, write_tid
from social_service.channels.bluesky.text import facets
from social_service.channels.errors import Ambiguous, ChannelError, PayloadInvalid, Rejected, Unavailable
from social_service.channels.reading import Broken
from social_service.records import Account, Length, NotSent, Outgoing, Sent, Visibility
from social_service.sentence import _


def record_key(reply: Outgoing) -> str:
	"""The second is that of the first attempt; all below it comes from the reply's key."""
	digest = int.from_bytes(hashlib.sha256(reply.key.encode()).digest()[:8], "big")
	seconds = int((began(reply) - EPOCH).total_seconds())
	return write_tid(seconds * 1_000_000 + digest % 1_000_000, (digest >> 32) % CLOCKS)


def began(reply: Outgoing) -> datetime:
	"""Whole seconds: the same, however exactly it was stored."""
	return (reply.started_at or reply.to.sent_at).replace(microsecond=0)


# --- before ----------------------------------------------------------------------------------------------------


def refuse_unfit(reply: Outgoing, length: Length) -> None:
	if reply.visibility is Visibility.PRIVATE:
		told = _("Bluesky shows every answer to everybody. Answer in public, or write to them in its app.")
		raise Rejected("not private", told)
	if not length.used:
		raise Rejected("empty", _("The reply is empty. Write something first."))
	if not length.fits:
		if length.unit == "bytes":
			told = _(
				"The reply has {0} of {1} bytes; an emoji has many. Shorten it.", length.used, length.limit
			)
		else:
			told = _("The reply has {0} of {1} characters. Shorten it.", length.used, length.limit)
		raise Rejected("too long", told)


def refuse_where_closed(api: Api, reply: Outgoing) -> None:
	"""The network takes an answer that its author does not allow, and shows it to nobody."""
	params = [("uri", reply.to.external_id), ("depth", "0"), ("parentHeight", "0")]
	try:
		thread = api.record("app.bsky.feed.getPostThread", params).get("thread")
	except PayloadInvalid as error:
		raise Unavailable(error.sentence, status=error.status) from None
	if not isinstance(thread, Mapping):
		raise Unavailable(_("{0} did not say whether we may answer. We try again by ourselves.", api.host))
	if thread.get("notFound"):
		raise Rejected("gone", _("The post is no longer on Bluesky, so it can't be answered there."))
	post = thread.get("post") or {}
	_refuse_blocked(thread, post.get("author") or thread.get("author") or {}, reply.to.author.handle)
	if (post.get("viewer") or {}).get("replyDisabled") is True:
		told = _(
			"The author of this thread limits who can reply, and we can not. Write to them in another way."
		)
		raise Rejected("not allowed", told)


def _refuse_blocked(thread: Mapping, author: Mapping, handle: str) -> None:
	viewer = author.get("viewer") or {}
	if viewer.get("blockedBy"):
		raise Rejected("blocked", _("@{0} has blocked this account, so no answer can reach them.", handle))
	if viewer.get("blocking") or viewer.get("blockingByList") or thread.get("blocked"):
		told = _("This account blocks @{0}. Unblock them on Bluesky before you answer.", handle)
		raise Rejected("blocked", told)


# --- publishing ------------------------------------------------------------------------------------------------


def publish(api: Api, us: Account, reply: Outgoing) -> Sent:
	body = {
		"repo": us.external_id,
		"collection": POST,
		"rkey": record_key(reply),
		"record": _record(api, us, reply),
	}
	return _sent(api, api.post("com.atproto.repo.putRecord", body), reply)


def _record(api: Api, us: Account, reply: Outgoing) -> dict:
	"""Always the same for the same reply: then a repetition changes nothing."""
	hint, text = reply.to.reply_hint, reply.text.strip()
	parent = {"uri": reply.to.external_id, "cid": str(hint.get("cid") or "")}
	record = {
		"$type": POST,
		"text": text,
		"createdAt": written(began(reply)),
		"reply": {"root": dict(hint.get("root") or parent), "parent": parent},
	}
	people = {us.handle.lower(): us.external_id, reply.to.author.handle.lower(): reply.to.author.external_id}
	marked = facets(text, lambda handle: people.get(handle) or _did_of(api, handle))
	return {**record, "facets": marked} if marked else record


def _did_of(api: Api, handle: str) -> str:
	"""An @name that belongs to nobody stays plain text."""
	try:
		return str(api.record("com.atproto.identity.resolveHandle", [("handle", handle)]).get("did") or "")
	except ChannelError:
		return ""


def _sent(api: Api, told: object, reply: Outgoing) -> Sent:
	try:
		uri = str(told["uri"])
		return Sent(uri, page_of(uri), sent_at=began(reply))
	except (Broken, KeyError, TypeError):
		raise Ambiguous(_("{0} did not confirm our reply; we look whether it is there.", api.host))


def find_reply(api: Api, us: Account, reply: Outgoing) -> Sent | NotSent:
	"""It can stand under one key only, and our own server knows whether it does."""
	params = [("repo", us.external_id), ("collection", POST), ("rkey", record_key(reply))]
	try:
		return _sent(api, api.record("com.atproto.repo.getRecord", params), reply)
	except Rejected as refusal:
		if refusal.reason != "gone":
			raise
		return NotSent()


def delete_post(api: Api, us: Account, uri: str) -> None:
	try:
		did, rkey = split_uri(uri)
	except Broken as broken:
		raise Rejected("not ours", broken.sentence) from None
	if did != us.external_id:
		raise Rejected("not ours", _("Only our own posts can be deleted from here."))
	api.post("com.atproto.repo.deleteRecord", {"repo": did, "collection": POST, "rkey": rkey})
