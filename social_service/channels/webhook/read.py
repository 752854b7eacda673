"""What the other tool says: posts, deletions and who it is. Pure; docs/channels.md has the format."""

from __future__ import annotations

from collections.abc import Mapping

from social_service.channels.errors import PayloadInvalid
from social_service.channels.reading import Broken, moment, read_items
from social_service.records import Account, Author, Kind, Message, Page, Visibility
from social_service.sentence import _

MOST_MEDIA = 20


def page_of(told: object, cursor: str | None = None) -> Page:
	"""``{"posts": […], "deleted": [ids], "next": …, "more": …}``. Raises PayloadInvalid."""
	posts = told.get("posts", []) if isinstance(told, Mapping) else None
	deleted = told.get("deleted", []) if isinstance(told, Mapping) else None
	if not isinstance(posts, list) or not isinstance(deleted, list):
		raise PayloadInvalid(
			_("The other tool did not send a list of posts. Compare what it sends with the documentation.")
		)
	messages, unreadable = read_items(posts, _message, lambda post: str(post["id"]))
	gone = tuple(str(one) for one in deleted if isinstance(one, (str, int)))
	return Page(messages, cursor, bool(told.get("more")), gone, unreadable)


def _message(post: Mapping) -> Message:
	author, external_id = post["author"], _text(post, "id")
	is_own = bool(post.get("own"))
	return Message(
		external_id=external_id,
		thread_id=str(post.get("thread") or external_id),
		kind=_word(Kind, post.get("kind") or Kind.POST),
		author=Author(
			_text(author, "id"),
			str(author.get("handle") or ""),
			str(author.get("name") or ""),
			_address(author.get("url")),
			is_bot=bool(author.get("bot")),
		),
		text=_text(post, "text"),
		sent_at=moment(post["sent_at"]),
		visibility=_word(Visibility, post.get("visibility") or Visibility.PUBLIC),
		parent_id=str(post.get("parent") or ""),
		url=_address(post.get("url")),
		language=str(post.get("language") or "")[:2].lower(),
		is_own=is_own,
		is_repost=bool(post.get("repost")),
		is_addressed=bool(post.get("addressed", True)) and not is_own,
		edited_at=moment(post["edited_at"]) if post.get("edited_at") else None,
		media=tuple(filter(None, map(_address, (post.get("media") or [])[:MOST_MEDIA]))),
		raw=post,
	)


def account_of(told: object) -> Account:
	"""``{"id": …, "handle": …, "name": …, "longest_answer": 500}``. Raises PayloadInvalid."""
	try:
		longest = int(told.get("longest_answer") or 0)
		return Account(
			_text(told, "id"),
			str(told.get("handle") or told["id"]),
			str(told.get("name") or ""),
			_address(told.get("url")),
			limits={"longest_answer": longest} if longest > 0 else {},
		)
	except (KeyError, TypeError, ValueError, AttributeError, Broken):
		raise PayloadInvalid(
			_(
				"The other tool did not say whose account this is. Compare what it sends with the documentation."
			)
		) from None


def _text(told: Mapping, key: str) -> str:
	"""A text or a number that must be there."""
	value = told[key]
	if isinstance(value, bool) or not isinstance(value, (str, int)) or value == "":
		raise Broken(_("The other tool sent a post without a usable “{0}”. Look at it there.", key))
	return str(value)


def _word(kind: type, value: object) -> Kind | Visibility:
	try:
		return kind(str(value))
	except ValueError:
		raise Broken(
			_("The other tool sent a post with the unknown word “{0}”. Look at it there.", str(value)[:60])
		) from None


def _address(told: object) -> str:
	return told if isinstance(told, str) and told.startswith(("https://", "http://")) else ""
