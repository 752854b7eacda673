"""A forum's post as a message. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from social_service.channels.discourse.text import names, pictures, said
from social_service.channels.reading import moment
from social_service.records import Account, Author, Kind, Message, Visibility

WRITTEN_BY_PEOPLE = (1, 2)  # post types: regular, and a moderator's; not small actions, never whispers
AVATAR = 120  # pixels


def is_post(told: object) -> bool:
	"""Something that a person wrote, and that can be read by those whom it is for."""
	if not isinstance(told, Mapping) or told.get("hidden"):
		return not isinstance(told, Mapping)  # what is no post at all must be seen as unreadable
	return told.get("post_type", 1) in WRITTEN_BY_PEOPLE


def is_gone(post: Mapping) -> bool:
	"""Deleted by its author it stays for a day, with other words in it."""
	return bool(post.get("deleted_at") or post.get("user_deleted"))


def id_of(post: Mapping) -> str:
	"""The id belongs to the whole forum, and stays when a moderator moves the post to another topic."""
	return str(_whole(post["id"]))


def _whole(told: object) -> int:
	if isinstance(told, bool) or not isinstance(told, int):
		raise ValueError(told)
	return told


def read_post(
	post: Mapping, us: Account | None, base: str, *, is_private: bool, in_our_topic: bool = False
) -> Message:
	author, cooked = _author(post, base), post["cooked"]
	is_own = us is not None and author.external_id == us.external_id
	is_ours = in_our_topic or answers(post, us) or is_private
	return Message(
		external_id=id_of(post),
		thread_id=str(int(post["topic_id"])),
		kind=_kind(post, us, is_private, is_ours),
		author=author,
		text=_text(post, cooked),
		sent_at=moment(post["created_at"]),
		visibility=Visibility.PRIVATE if is_private else Visibility.PUBLIC,
		parent_id=_parent(post),
		url=url_of(post, base),
		is_own=is_own,
		is_addressed=not is_own and (is_ours or is_named(post, us)),
		edited_at=_edited_at(post),
		media=pictures(cooked),
		reply_hint={"topic": int(post["topic_id"]), "number": int(post["post_number"])},
		raw=post,
	)


def url_of(post: Mapping, base: str) -> str:
	"""Inside of a topic posts do not tell their address."""
	place = f"/t/{post.get('topic_slug') or '-'}/{post['topic_id']}/{post['post_number']}"
	return base + str(post.get("post_url") or place)


def _author(post: Mapping, base: str) -> Author:
	handle = str(post["username"])
	avatar = str(post.get("avatar_template") or "").replace("{size}", str(AVATAR))
	return Author(
		str(_whole(post["user_id"])),
		handle,
		str(post.get("name") or handle),
		f"{base}/u/{handle}",
		base + avatar if avatar.startswith("/") and not avatar.startswith("//") else avatar,
		is_bot=post["user_id"] < 0,  # the system itself, and the forum's own bot
	)


def _text(post: Mapping, cooked: str) -> str:
	"""People put half of what they want into the title of a new topic."""
	title = str(post.get("topic_title") or "") if post["post_number"] == 1 else ""
	body = said(cooked)
	return f"{title}\n\n{body}".strip() if title else body


def _kind(post: Mapping, us: Account | None, is_private: bool, is_ours: bool) -> Kind:
	if is_private:
		return Kind.DIRECT_MESSAGE
	if is_named(post, us):
		return Kind.MENTION
	return Kind.COMMENT if is_ours or post["post_number"] != 1 else Kind.POST


def _parent(post: Mapping) -> str:
	"""Forums tell the number in the topic, not the id; it is enough to show that something came before."""
	number = post.get("reply_to_post_number")
	return f"{post['topic_id']}/{number}" if number else ""


def _edited_at(post: Mapping) -> datetime | None:
	version = post.get("version")
	return moment(post["updated_at"]) if isinstance(version, int) and version > 1 else None


def answers(post: Mapping, us: Account | None) -> bool:
	answered = post.get("reply_to_user")
	told = str(answered.get("username") or "") if isinstance(answered, Mapping) else ""
	return us is not None and told.casefold() == us.handle.casefold()


def is_named(post: Mapping, us: Account | None) -> bool:
	return us is not None and names(str(post["cooked"]), us.handle)
