"""Posting a reply, and finding it again by where it stands, who wrote it, when, and its words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from social_service.channels.discourse.api import Api
from social_service.channels.discourse.post import url_of
from social_service.channels.discourse.text import is_same, said
from social_service.channels.errors import Ambiguous, ChannelError, PayloadInvalid, Rejected
from social_service.channels.reading import Broken, moment
from social_service.records import Length, Outgoing, Sent, Visibility
from social_service.sentence import _

BATCH = 50  # posts in one call
BATCHES = 10
CLOCK_SKEW = timedelta(minutes=5)  # between us and the forum


def refuse_length(length: Length, substance: int, shortest: int) -> None:
	"""A forum has a lower bound too, and for that it does not count everything."""
	if not length.used:
		raise Rejected("empty", _("The reply is empty. Write something first."))
	if not length.fits:
		told = _("The reply has {0} of {1} characters. Shorten it.", length.used, length.limit)
		raise Rejected("too long", told)
	if substance < shortest:
		told = _(
			"The forum wants {0} characters at least, the reply has {1}. Write a little more.",
			shortest,
			substance,
		)
		raise Rejected("too short", told)


def refuse_in_public(api: Api, reply: Outgoing) -> None:
	"""A moderator may have turned the private conversation into a public topic since."""
	if reply.to.visibility is Visibility.PUBLIC:
		told = _(
			"A public topic can't be answered in private. Answer in public, or write to them on the forum."
		)
		raise Rejected("not private", told)
	if api.record(f"/t/{_topic(reply)}.json").get("archetype") != "private_message":
		told = _("This conversation is public by now. Open it on the forum before you answer.")
		raise Rejected("not private", told)


def publish(api: Api, own_id: str, reply: Outgoing) -> Sent:
	hint = reply.to.reply_hint
	body = {"raw": reply.text.strip(), "topic_id": _topic(reply)}
	if hint.get("number"):
		body["reply_to_post_number"] = hint["number"]
	try:
		return sent_of(api, api.post("/posts.json", body))
	except Rejected as refusal:
		if refusal.status == 422 and reply.started_at and _may_be_there(api, own_id, reply):
			raise Rejected("duplicate", refusal.sentence, status=422)
		raise


def _topic(reply: Outgoing) -> int:
	return int(reply.to.reply_hint.get("topic") or reply.to.thread_id)


def _may_be_there(api: Api, own_id: str, reply: Outgoing) -> bool:
	"""A forum refuses the same words twice ("too similar"): ours may stand there from an attempt whose answer got lost."""
	try:
		return find_reply(api, own_id, reply) is not None
	except ChannelError:
		return True


def sent_of(api: Api, told: object) -> Sent:
	if isinstance(told, Mapping) and told.get("action") == "enqueued":
		raise Rejected(
			"awaits approval",
			_(
				"{0} holds the reply until a moderator approves it. Do not send it again; ask for an account whose"
				" posts need no approval.",
				api.host,
			),
		)
	try:
		at = moment(told["created_at"])
		return Sent(str(int(told["id"])), url_of(told, api.base), sent_at=at)
	except (Broken, KeyError, TypeError, ValueError):
		raise api.unconfirmed()


def find_reply(api: Api, own_id: str, reply: Outgoing) -> Sent | None:
	"""From the end of the topic back to when we first tried."""
	try:
		return _in_topic(api, own_id, reply)
	except (Broken, KeyError, TypeError, ValueError, AttributeError, PayloadInvalid):
		raise Ambiguous(_("We can't read the topic on {0}. Look there before you send again.", api.host))


def _in_topic(api: Api, own_id: str, reply: Outgoing) -> Sent | None:
	ids = _stream(api, reply)
	for _batch in range(BATCHES):
		if not ids:
			return None
		posts = read_posts(api, _topic(reply), ids[-BATCH:])
		for post in posts:
			if _is_ours(post, own_id, reply):
				return sent_of(api, post)
		if posts and min(moment(post["created_at"]) for post in posts) < _earliest(reply):
			return None
		ids = ids[:-BATCH]
	raise Ambiguous(
		_("Too much was written in this topic on {0}. Look there before you send again.", api.host)
	)


def _stream(api: Api, reply: Outgoing) -> list[int]:
	"""Our reply can only be younger than what it answers."""
	try:
		stream = api.record(f"/t/{_topic(reply)}.json")["post_stream"]["stream"]  # not told of huge topics
	except Rejected as refusal:
		if refusal.reason != "gone":
			raise
		return []  # and all that stood in it
	return sorted(one for one in stream if one > int(reply.to.external_id))


def _is_ours(post: Mapping, own_id: str, reply: Outgoing) -> bool:
	number = post.get("reply_to_post_number")
	is_answer = not number or number == reply.to.reply_hint.get("number", number)
	is_young = moment(post["created_at"]) >= _earliest(reply)
	if not (str(post["user_id"]) == own_id and is_answer and is_young):
		return False
	return any(is_same(words, reply.text) for words in (str(post.get("raw") or ""), said(post["cooked"])))


def _earliest(reply: Outgoing) -> datetime:
	return (reply.started_at or reply.to.sent_at) - CLOCK_SKEW


def read_posts(api: Api, topic: int, ids: Sequence[int]) -> list:
	params = [("post_ids[]", str(one)) for one in ids]
	told = api.record(f"/t/{topic}/posts.json", [*params, ("include_raw", "true")])
	stream = told.get("post_stream")
	if not isinstance(stream, Mapping) or not isinstance(stream.get("posts"), list):
		raise api.unexpected(told)
	return stream["posts"]
