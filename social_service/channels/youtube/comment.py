"""A comment as our record. YouTube knows two levels: comments below a video, and replies to them. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from social_service.channels.reading import moment
from social_service.records import Account, Author, Kind, Message

WATCH = "https://www.youtube.com/watch?v="


@dataclass(frozen=True)
class Thread:
	"""What a reply alone does not tell."""

	id: str
	video: str = ""
	by: str = ""  # who began it


def thread_of(told: Mapping) -> Thread:
	snippet = told["snippet"]
	top = snippet["topLevelComment"]["snippet"]
	return Thread(str(told["id"]), str(snippet.get("videoId") or top.get("videoId") or ""), author_id(top))


def parse(comment: Mapping, us: Account | None, thread: Thread | None = None) -> Message:
	snippet, own_id = comment["snippet"], str(comment["id"])
	if not own_id or comment["id"] is None:
		raise ValueError("a comment without id")
	parent = str(snippet.get("parentId") or "")
	written, changed = moment(snippet["publishedAt"]), moment(snippet["updatedAt"])
	author = _author(snippet)
	text = text_of(snippet)
	is_own = us is not None and author.external_id == us.external_id
	return Message(
		external_id=own_id,
		thread_id=parent or own_id,
		kind=Kind.COMMENT,
		author=author,
		text=text,
		sent_at=written,
		parent_id=parent,
		url=url_of(str(snippet.get("videoId") or (thread.video if thread else "")), own_id),
		is_own=is_own,
		is_addressed=not is_own and (not parent or _is_to_us(text, author, us, thread)),
		edited_at=changed if changed > written else None,
		raw=comment,
	)


def text_of(snippet: Mapping) -> str:
	"""The original is told only to who wrote it; what is displayed was asked for as plain text."""
	told = snippet.get("textOriginal", snippet["textDisplay"])
	if not isinstance(told, str):
		raise TypeError("a text that is none")
	return told


def author_id(snippet: Mapping) -> str:
	"""An account that was deleted has no channel any more, only a name."""
	return str((snippet.get("authorChannelId") or {}).get("value") or "")


def _author(snippet: Mapping) -> Author:
	name = str(snippet["authorDisplayName"] or "")
	external_id = author_id(snippet) or f"name:{name}"
	handle = name.removeprefix("@") if name.startswith("@") else ""
	url, avatar = str(snippet.get("authorChannelUrl") or ""), str(snippet.get("authorProfileImageUrl") or "")
	return Author(external_id, handle, name, url.replace("http://", "https://", 1), avatar)


def _is_to_us(text: str, author: Author, us: Account | None, thread: Thread | None) -> bool:
	"""It names us, answers our comment, or goes on with what its author began below our video."""
	if thread and thread.by and thread.by in (author.external_id, us and us.external_id):
		return True
	return us is not None and names(text, us.handle)


def names(text: str, handle: str) -> bool:
	return bool(handle) and bool(
		re.search(rf"(?<![\w@])@{re.escape(handle.lstrip('@'))}(?![\w.-])", text, re.I)
	)


def url_of(video: str, comment_id: str) -> str:
	return f"{WATCH}{video}&lc={comment_id}" if video else ""


def video_of(url: str) -> str:
	return url.removeprefix(WATCH).partition("&")[0] if url.startswith(WATCH) else ""
