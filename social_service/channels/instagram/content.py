"""Instagram's comments, mentions and tags read into our words. Pure: what can't be read raises, for that one item alone.

Ids say what may be done: a comment below our own posts stands under its id; what others wrote elsewhere under
``mention:<comment>:<post>`` and ``tag:<post>``, because Instagram lets us read and answer those in their own ways only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from social_service.channels.reading import Broken, moment
from social_service.records import Account, Author, Kind, Message
from social_service.sentence import _

MEDIA = "id,permalink"
REPLY = f"id,text,timestamp,username,from,hidden,parent_id,media{{{MEDIA}}}"
REPLIES = 50  # that come along with their comment
COMMENT = f"{REPLY},replies.limit({REPLIES}){{{REPLY}}}"
TAG = "id,caption,media_type,media_url,permalink,timestamp,username"
MENTIONED_COMMENT = "id,text,timestamp,username,media{id,permalink,username,owner}"
MENTIONED_MEDIA = "id,caption,media_type,media_url,permalink,timestamp,username"
MENTION, TAGGED = "mention:", "tag:"
SITE = "https://www.instagram.com"


def parse_comment(item: Mapping, us: Account, media_id: str = "") -> Message:
	"""Below a post of ours. Two levels, as on Facebook. Without ``media_id`` the item must say below which."""
	comment_id, media = _id(item), item.get("media") or {}
	post_id, parent = media_id or str(media["id"]), str(item.get("parent_id") or "")
	author = _author(item, comment_id)
	is_own = _is_ours(author, us)
	return Message(
		external_id=comment_id,
		thread_id=post_id,
		kind=Kind.COMMENT,
		author=author,
		text=_text(item, "text"),
		sent_at=moment(item["timestamp"]),
		parent_id=parent or post_id,
		url=str(media.get("permalink") or ""),
		is_own=is_own,
		is_addressed=not is_own,
		reply_hint={
			"top": parent or comment_id,
			"name": author.handle if parent else "",
			"hidden": item.get("hidden") is True,
		},
		raw={key: value for key, value in item.items() if key != "replies"},
	)


def parse_mentioned_comment(item: Mapping, us: Account) -> Message:
	"""In a comment below somebody else's post."""
	media = item["media"]
	hint = {"media_id": str(media["id"]), "comment_id": _id(item)}
	name = f"{MENTION}{hint['comment_id']}:{hint['media_id']}"
	return replace(_elsewhere(item, us, name, hint), url=str(media.get("permalink") or ""))


def parse_mentioned_media(item: Mapping, us: Account) -> Message:
	"""In the caption of somebody else's post."""
	return _elsewhere(item, us, f"{MENTION}:{_id(item)}", {"media_id": str(item["id"])})


def parse_tag(item: Mapping, us: Account) -> Message:
	"""On a picture of somebody else. Instagram takes no comment of ours there."""
	return _elsewhere(item, us, f"{TAGGED}{_id(item)}", {"media_id": str(item["id"])})


def is_ours(media: object, us: Account) -> bool:
	"""Instagram tells the owner's id of our own posts alone; of others a name at most."""
	if not isinstance(media, Mapping):
		return False
	return bool(media.get("owner")) or bool(us.handle and media.get("username") == us.handle)


def _elsewhere(item: Mapping, us: Account, name: str, hint: Mapping[str, str]) -> Message:
	"""Comments have a text, posts a caption."""
	author = _author(item, name)
	is_own = _is_ours(author, us)
	return Message(
		external_id=name,
		thread_id=hint["media_id"],
		kind=Kind.MENTION,
		author=author,
		text=_text(item, "text" if "text" in item else "caption"),
		sent_at=moment(item["timestamp"]),
		url=str(item.get("permalink") or ""),
		is_own=is_own,
		is_addressed=not is_own,
		media=_pictures(item.get("media_url")),
		reply_hint=hint,
		raw=item,
	)


def _id(item: Mapping) -> str:
	if not item.get("id"):
		raise Broken(_("This is no post that we can read. Look at what the network sent, below."))
	return str(item["id"])


def _author(item: Mapping, item_id: str) -> Author:
	"""Below our own posts with an id, elsewhere by name only. Who restricts apps is unknown: the same for the same post."""
	person = item.get("from") or {}
	handle = str(person.get("username") or item.get("username") or "")
	known = str(person.get("id") or "") or (f"@{handle}" if handle else f"unknown:{item_id}")
	return Author(known, handle, url=f"{SITE}/{handle}/" if handle else "")


def _is_ours(author: Author, us: Account) -> bool:
	return author.external_id == us.external_id or bool(author.handle and author.handle == us.handle)


def _text(item: Mapping, field: str) -> str:
	text = item.get(field) or ""
	if not isinstance(text, str):
		raise Broken(_("This is no post that we can read. Look at what the network sent, below."))
	return text


def _pictures(*urls: object) -> tuple[str, ...]:
	return tuple(url for url in urls if isinstance(url, str) and url.startswith("https://"))
