"""Bluesky's JSON read into our words. Notifications and views of posts tell the author and the record alike. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from social_service.channels.bluesky.api import POST
from social_service.channels.bluesky.record_keys import time_of
from social_service.channels.bluesky.text import mentioned, names, whole_text
from social_service.channels.reading import Broken, moment
from social_service.records import Account, Author, Kind, Message
from social_service.sentence import _

PAGE = "https://bsky.app/profile/{}/post/{}"
PICTURE = "https://cdn.bsky.app/img/feed_fullsize/plain/{}/{}@jpeg"
CHANGED_AFTER = timedelta(minutes=2)  # no post needs so long to spread


def id_of(post: Mapping) -> str:
	return _text(post["uri"])


def _text(told: object) -> str:
	if not isinstance(told, str) or not told:
		raise ValueError(told)
	return told


def read_post(post: Mapping, us: Account | None) -> Message:
	record, author = post["record"], read_author(post["author"])
	uri, root = _text(post["uri"]), _root(post)
	is_own = us is not None and author.external_id == us.external_id
	is_addressed = us is not None and not is_own and addresses(record, us)
	return Message(
		external_id=uri,
		thread_id=root["uri"],
		kind=_kind(root["uri"], us, is_addressed=is_addressed),
		author=author,
		text=whole_text(record),
		sent_at=sent_at(post),
		parent_id=parent_of(record),
		url=page_of(uri),
		language=_language(record),
		is_own=is_own,
		is_addressed=is_addressed,
		edited_at=_edited_at(post),
		media=tuple(_pictures(post, author.external_id)),
		reply_hint={
			"cid": _text(post["cid"]),
			"root": root,
			"closed": (post.get("viewer") or {}).get("replyDisabled") is True,
		},
		raw=post,
	)


def read_author(told: Mapping) -> Author:
	did, handle = str(told["did"]), str(told["handle"])
	labels = told.get("labels")
	return Author(
		did,
		handle,
		str(told.get("displayName") or handle),
		f"https://bsky.app/profile/{did}",  # handles change
		str(told.get("avatar") or ""),
		is_bot=any(one.get("val") == "bot" for one in labels if isinstance(one, Mapping))
		if labels
		else False,
	)


def sent_at(post: Mapping) -> datetime:
	"""Authors write the time themselves. Nothing can be younger than the moment in which the network saw it."""
	claimed = moment(post["record"]["createdAt"])
	return min(claimed, moment(post["indexedAt"])) if post.get("indexedAt") else claimed


def _edited_at(post: Mapping) -> datetime | None:
	"""An edited post is indexed anew under its old key, and nothing else says that it was edited. The time that the author
	claims says nothing: who dates a post back has not edited it, and an edit may claim another one."""
	begun = time_of(split_uri(post["uri"])[1])
	if begun is None or not post.get("indexedAt"):
		return None
	indexed = moment(post["indexedAt"])
	return indexed if indexed - begun > CHANGED_AFTER else None


# --- whom it is for ------------------------------------------------------------------------------------------


def addresses(record: Mapping, us: Account) -> bool:
	"""Names, answers or quotes us."""
	ours = f"at://{us.external_id}/"
	linked = (parent_of(record), quoted_by(record))
	return (
		us.external_id in mentioned(record)
		or any(one.startswith(ours) for one in linked)
		or names(str(record["text"]), us.handle)
	)


def parent_of(record: Mapping) -> str:
	return str(record["reply"]["parent"]["uri"]) if record.get("reply") else ""


def quoted_by(record: Mapping) -> str:
	"""A quote stands alone, or beside pictures."""
	embed = record.get("embed")
	told = embed.get("record") if isinstance(embed, Mapping) else None
	inner = told.get("record", told) if isinstance(told, Mapping) else None
	return str(inner.get("uri") or "") if isinstance(inner, Mapping) else ""


def _root(post: Mapping) -> dict[str, str]:
	reply = post["record"].get("reply")
	told = reply["root"] if reply else post
	return {"uri": str(told["uri"]), "cid": str(told["cid"])}


def _kind(root: str, us: Account | None, *, is_addressed: bool) -> Kind:
	if is_addressed:
		return Kind.MENTION
	return Kind.COMMENT if us and root.startswith(f"at://{us.external_id}/") else Kind.POST


# --- the rest ------------------------------------------------------------------------------------------------


def split_uri(uri: str) -> tuple[str, str]:
	"""Whose repository, and under which key. Raises Broken for what is no post."""
	parts = uri.removeprefix("at://").split("/")
	if not uri.startswith("at://") or len(parts) != 3 or parts[1] != POST or not all(parts):
		raise Broken(_("{0} is no post of Bluesky. Look at what the network sent, below.", uri[:100]))
	return parts[0], parts[2]


def page_of(uri: str) -> str:
	return PAGE.format(*split_uri(uri))


def _language(record: Mapping) -> str:
	told = record.get("langs")
	code = str(told[0]).split("-")[0].lower() if isinstance(told, list) and told else ""
	return code if len(code) == 2 and code.isalpha() else ""


def _pictures(post: Mapping, did: str) -> Iterator[str]:
	"""A view tells their addresses, a record only what they are called."""
	view, embed = _media(post.get("embed")), _media(post["record"].get("embed"))
	for image in _list(view.get("images")):
		yield from _address(image.get("fullsize"))
	if not view:
		for image in _list(embed.get("images")):
			name = ((image.get("image") or {}).get("ref") or {}).get("$link")
			yield from _address(PICTURE.format(did, name) if name else None)
	yield from _address(view.get("thumbnail"))  # of a video


def _media(embed: object) -> Mapping:
	inner = embed.get("media", embed) if isinstance(embed, Mapping) else None
	return inner if isinstance(inner, Mapping) else {}


def _list(told: object) -> list[Mapping]:
	return [one for one in told if isinstance(one, Mapping)] if isinstance(told, list) else []


def _address(told: object) -> Iterator[str]:
	if isinstance(told, str) and told.startswith("https://"):
		yield told
