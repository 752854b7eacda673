"""Is our reply on the Mastodon server already? Found by what it answers, who wrote it, when, and its text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from urllib.parse import quote

from social_service.channels.errors import Ambiguous, Rejected
from social_service.channels.html_text import plain_text
from social_service.channels.mastodon.api import PAGE, Api
from social_service.channels.mastodon.status import Broken, narrower, parse_time
from social_service.channels.mastodon.text import is_same
from social_service.records import Outgoing, Sent, Visibility
from social_service.sentence import _

PAGES_READ_BACK = 10
CLOCK_SKEW = timedelta(minutes=5)  # between us and the server


def find_reply(api: Api, own_id: str, reply: Outgoing, text: str) -> Sent | None:
	"""``text`` as it was sent, handle included."""
	try:
		found = _among_ours(api, own_id, reply, text)
		if found is None and reply_width(reply) != "public":
			found = _below(api, own_id, reply, text)  # some servers list only what everybody may see
		return found
	except (Broken, TypeError, KeyError, AttributeError):
		raise Ambiguous(
			_("We can't read what {0} says of our posts. Look there before you send again.", api.host)
		)


def reply_width(reply: Outgoing) -> str:
	"""Never wider than the post that we answer. What an agent wants private only that one person may read, even where
	the post was for followers: ours are not theirs."""
	stored = reply.to.visibility is Visibility.PRIVATE and "direct"
	parent = str(reply.to.reply_hint.get("visibility") or stored or "public")
	return narrower(parent, "direct" if reply.visibility is Visibility.PRIVATE else "public")


def sent_of(status: Mapping) -> Sent:
	moment = parse_time(status["created_at"])
	return Sent(str(status["id"]), str(status.get("url") or status.get("uri") or ""), sent_at=moment)


def _among_ours(api: Api, own_id: str, reply: Outgoing, text: str) -> Sent | None:
	"""Newest first, back to when we first tried."""
	back: list[tuple[str, str]] = []
	for _page in range(PAGES_READ_BACK):
		params = [("limit", str(PAGE)), ("exclude_reblogs", "true"), *back]
		items, _answer = api.items(f"/api/v1/accounts/{quote(own_id, safe='')}/statuses", params)
		found = _ours(own_id, reply, text, items)
		if found or not items or parse_time(items[-1]["created_at"]) < _earliest(reply):
			return found
		back = [("max_id", str(items[-1]["id"]))]
	raise Ambiguous(
		_(
			"We posted too much to find this reply again on {0}. Look there before you send it again.",
			api.host,
		)
	)


def _below(api: Api, own_id: str, reply: Outgoing, text: str) -> Sent | None:
	try:
		context = api.record(f"/api/v1/statuses/{quote(reply.to.external_id, safe='')}/context")
	except Rejected:  # the post is gone, and all below it
		return None
	return _ours(own_id, reply, text, context.get("descendants") or ())


def _ours(own_id: str, reply: Outgoing, text: str, statuses: Sequence[Mapping]) -> Sent | None:
	for status in statuses:
		answers_it = str(status.get("in_reply_to_id") or "") == reply.to.external_id
		by_us = str((status.get("account") or {}).get("id")) == own_id
		if not (answers_it and by_us):
			continue
		sent = sent_of(status)
		contents = (plain_text(str(status.get("content") or "")), str(status.get("text") or ""))
		if sent.sent_at >= _earliest(reply) and is_same(text, contents):
			return sent
	return None


def _earliest(reply: Outgoing) -> datetime:
	return (reply.started_at or reply.to.sent_at) - CLOCK_SKEW
