"""Facebook's webhook calls: comments and posts are complete, the rest only hints at a stream. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from social_service.channels.facebook.content import parse_comment, parse_post, written
from social_service.channels.meta.webhook import Gathered
from social_service.channels.reading import Broken
from social_service.records import Kind, Message, Unreadable
from social_service.sentence import _

POSTS, COMMENTS, TAGGED, MESSAGES = "posts", "comments", "tagged", "messages"
POST_ITEMS = frozenset({"post", "status", "photo", "video", "link", "share", "album"})
WRITTEN, EDITED, REMOVED = "add", frozenset({"edit", "edited"}), "remove"


@dataclass(frozen=True)
class Entry:
	"""One page's part of a call."""

	told: Mapping
	own_id: str
	found: Gathered

	def take(self) -> None:
		for change in self.told.get("changes") or ():
			self._take_change(change)
		if self.told.get("messaging") or self.told.get("standby"):
			self.found.hint(MESSAGES)  # the call names nobody, the conversation does

	def _take_change(self, change: object) -> None:
		field = change.get("field") if isinstance(change, Mapping) else None
		value = change.get("value") if field else None
		if field == "mention":
			self.found.hint(TAGGED)
		if field != "feed" or not isinstance(value, Mapping):
			return
		item, is_new = value.get("item"), value.get("verb") == WRITTEN
		if item == "comment":
			self._take_item(value, str(value.get("comment_id") or ""), COMMENTS)
		elif item in POST_ITEMS and not (is_new and _by(value) == self.own_id):
			self._take_item(value, str(value.get("post_id") or ""), POSTS)

	def _take_item(self, value: Mapping, known: str, stream: str) -> None:
		verb = value.get("verb")
		if verb == REMOVED and known:
			self.found.delete(known)
		if verb != WRITTEN and verb not in EDITED:
			return
		if not (known and value.get("message") and _by(value)):
			self.found.hint(stream)
			return
		try:
			self.found.add(self._message(value, stream))
		except (Broken, TypeError, KeyError, AttributeError, ValueError):
			told = _("The network sent a post that can't be read. Open it there to see it.")
			self.found.refuse(Unreadable(known, told, value))

	def _message(self, value: Mapping, stream: str) -> Message:
		message = _post(value, self.own_id) if stream == POSTS else _comment(value, self.own_id)
		is_edited = value["verb"] in EDITED
		return replace(message, raw=value, edited_at=written(self.told.get("time")) if is_edited else None)


def _post(value: Mapping, own_id: str) -> Message:
	item = {**_both(value), "id": value["post_id"], "permalink_url": value.get("permalink_url")}
	return parse_post(item, own_id, Kind.POST)


def _comment(value: Mapping, own_id: str) -> Message:
	post_id, parent = str(value["post_id"]), str(value.get("parent_id") or "")
	above = {"parent": {"id": parent}} if parent and parent != post_id else {}
	return parse_comment({**_both(value), "id": value["comment_id"], **above}, own_id, post_id)


def _both(value: Mapping) -> dict:
	when = written(value["created_time"]).isoformat()
	return {"from": value["from"], "message": value["message"], "created_time": when}


def _by(value: Mapping) -> str:
	person = value.get("from")
	return str(person.get("id") or "") if isinstance(person, Mapping) else ""
