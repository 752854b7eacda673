"""Facebook's posts and comments read into our words. Pure: what can't be read raises, for that one item alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone

from social_service.channels.reading import Broken, moment
from social_service.records import Author, Kind, Message
from social_service.sentence import _

POST = "id,from,message,created_time,permalink_url,full_picture"
COMMENT = "id,from,message,created_time,permalink_url,parent{id,from},attachment,can_comment"
EITHER = "id,from,message,created_time,permalink_url"  # what posts and comments have in common
SITE = "https://www.facebook.com"


def parse_post(item: Mapping, own_id: str, kind: Kind) -> Message:
	"""On our Page, or naming it."""
	post_id = _id(item)
	author = _author(item, post_id)
	return Message(
		external_id=post_id,
		thread_id=post_id,
		kind=kind,
		author=author,
		text=_text(item),
		sent_at=moment(item["created_time"]),
		url=_url(item, post_id),
		is_own=author.external_id == own_id,
		is_addressed=author.external_id != own_id,
		media=_pictures(item.get("full_picture")),
		reply_hint={"top": post_id, "post": post_id},
		raw=item,
	)


def parse_comment(item: Mapping, own_id: str, post_id: str) -> Message:
	"""Below ``post_id``. Facebook knows two levels: whoever answers a reply stands below the same first comment."""
	comment_id, parent = _id(item), item.get("parent") or {}
	author, top = _author(item, comment_id), str(parent.get("id") or "")
	return Message(
		external_id=comment_id,
		thread_id=post_id,
		kind=Kind.COMMENT,
		author=author,
		text=_text(item),
		sent_at=moment(item["created_time"]),
		parent_id=top or post_id,
		url=_url(item, comment_id),
		is_own=author.external_id == own_id,
		is_addressed=author.external_id != own_id,
		media=_pictures(_picture_of(item.get("attachment"))),
		reply_hint={
			"top": top or comment_id,
			"post": post_id,
			"name": author.name if top else "",
			"is_comment": True,
			"closed": item.get("can_comment") is False,
		},
		raw=item,
	)


def parse_either(item: Mapping, own_id: str) -> Message:
	"""Read again by its id, which does not say what it is. ``thread_id`` is a guess where it is a comment: keep the
	stored one."""
	if _id(item).startswith(f"{own_id}_"):
		return parse_post(item, own_id, Kind.POST)
	return parse_comment(item, own_id, _id(item))


def written(seconds: object) -> datetime:
	"""A webhook's time: seconds since 1970, or milliseconds."""
	if isinstance(seconds, bool) or not isinstance(seconds, (int, float)):
		raise Broken(_("{0} is no time that we can read. Open the post on the network to see it.", seconds))
	return datetime.fromtimestamp(seconds / 1000 if seconds > 10**11 else seconds, timezone.utc)


def _id(item: Mapping) -> str:
	if not item.get("id"):
		raise Broken(_("This is no post that we can read. Look at what the network sent, below."))
	return str(item["id"])


def _author(item: Mapping, item_id: str) -> Author:
	"""Facebook hides who wrote where the person did not agree to it: nobody we know, and the same for the same post."""
	person = item.get("from")
	if person is None:
		return Author(f"unknown:{item_id}")
	return Author(str(person["id"]), str(person.get("username") or ""), str(person.get("name") or ""))


def _text(item: Mapping) -> str:
	text = item.get("message") or ""
	if not isinstance(text, str):
		raise Broken(_("This is no post that we can read. Look at what the network sent, below."))
	return text


def _url(item: Mapping, item_id: str) -> str:
	return str(item.get("permalink_url") or f"{SITE}/{item_id}")


def _picture_of(attachment: object) -> object:
	media = attachment.get("media") if isinstance(attachment, Mapping) else None
	image = media.get("image") if isinstance(media, Mapping) else None
	return image.get("src") if isinstance(image, Mapping) else None


def _pictures(*urls: object) -> tuple[str, ...]:
	return tuple(url for url in urls if isinstance(url, str) and url.startswith("https://"))
