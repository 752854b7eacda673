"""Mastodon's JSON read into our words. Pure: what can't be read raises Broken, for that one item alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timezone

from social_service.channels.html_text import plain_text
from social_service.channels.reading import Broken
from social_service.records import Author, Kind, Message, Visibility
from social_service.sentence import _

Root = Callable[[Mapping], str]  # the first post of the thread that a status stands in

# From everybody to one person. Whatever is not in here (GoToSocial has its own words) is treated as the narrowest.
WIDTHS = ("public", "unlisted", "private", "direct")


def own_root(status: Mapping) -> str:
	"""As much of a thread as a status tells by itself."""
	return str(status.get("in_reply_to_id") or status["id"])


def parse_status(status: object, own_id: str, root: Root = own_root) -> Message:
	"""Raises Broken and nothing else of its own."""
	try:
		return _parse(status, own_id, root)
	except (TypeError, ValueError, KeyError, AttributeError):
		raise Broken(
			_("This post does not look as Mastodon describes posts. Open it on the network to see it.")
		)


def _parse(status: object, own_id: str, root: Root) -> Message:
	if not isinstance(status, Mapping) or not status.get("id"):
		raise Broken(_("This is no post that we can read. Look at what the network sent, below."))
	author = parse_author(status.get("account"))
	told = status.get("reblog") or status  # a repost has no words of its own
	visibility = width(status)
	return Message(
		external_id=str(status["id"]),
		thread_id=_thread(status, author, own_id, root),
		kind=_kind(status, own_id),
		author=author,
		text=_text(told),
		sent_at=parse_time(status.get("created_at")),
		visibility=Visibility.PUBLIC if visibility in ("public", "unlisted") else Visibility.PRIVATE,
		parent_id=str(status.get("in_reply_to_id") or ""),
		url=str(status.get("url") or status.get("uri") or ""),
		language=_language(told),
		is_own=author.external_id == own_id,
		is_repost=bool(status.get("reblog")),
		is_addressed=is_addressed(status, own_id),
		edited_at=parse_time(status["edited_at"]) if status.get("edited_at") else None,
		media=_media(told),
		reply_hint={"visibility": visibility, "acct": author.handle},
		raw=status,
	)


def parse_author(account: object) -> Author:
	if not isinstance(account, Mapping) or not account.get("id"):
		raise Broken(_("The network does not say who wrote this. Open the post on the network to see it."))
	return Author(
		external_id=str(account["id"]),
		handle=str(account.get("acct") or account.get("username") or ""),
		name=str(account.get("display_name") or ""),
		url=str(account.get("url") or ""),
		avatar_url=str(account.get("avatar") or ""),
		followers=_whole(account.get("followers_count")),
		is_bot=account.get("bot") is True,
	)


def parse_time(text: object) -> datetime:
	try:
		moment = datetime.fromisoformat(str(text).replace("Z", "+00:00"))
	except ValueError:
		raise Broken(_("{0} is no time that we can read. Open the post on the network to see it.", text))
	return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


def width(status: Mapping) -> str:
	visibility = status.get("visibility")
	return visibility if visibility in WIDTHS else WIDTHS[-1]


def narrower(one: str, other: str) -> str:
	return max(one, other, key=WIDTHS.index)


def is_addressed(status: Mapping, own_id: str) -> bool:
	"""Names, answers or quotes us."""
	if not own_id:
		return False
	quoted = ((status.get("quote") or {}).get("quoted_status") or {}).get("account") or {}
	ids = [one.get("id") for one in status.get("mentions") or ()]
	return own_id in {str(one) for one in (*ids, status.get("in_reply_to_account_id"), quoted.get("id"))}


def _kind(status: Mapping, own_id: str) -> Kind:
	if width(status) == "direct":
		return Kind.DIRECT_MESSAGE
	return Kind.MENTION if is_addressed(status, own_id) else Kind.POST


def _thread(status: Mapping, author: Author, own_id: str, root: Root) -> str:
	"""Direct messages are one thread with one person, as people see them: a new one rarely answers an old one, and a
	public thread must never take a private text in."""
	if width(status) != "direct":
		return root(status)
	if author.external_id != own_id:
		return f"direct:{author.external_id}"
	others = [str(one["id"]) for one in status.get("mentions") or () if str(one["id"]) != own_id]
	return f"direct:{others[0] if others else own_id}"


def _text(status: Mapping) -> str:
	"""The content warning is part of what was said. GoToSocial gives the source too, where it has it."""
	body = plain_text(str(status.get("content") or "")) or str(status.get("text") or "")
	warning = str(status.get("spoiler_text") or "")
	return f"{warning}\n\n{body}".strip() if warning else body


def _language(status: Mapping) -> str:
	code = str(status.get("language") or "").split("-")[0].lower()
	return code if len(code) == 2 and code.isalpha() else ""


def _media(status: Mapping) -> tuple[str, ...]:
	found = (one.get("url") or one.get("remote_url") for one in status.get("media_attachments") or ())
	return tuple(url for url in found if isinstance(url, str) and url.startswith("https://"))


def _whole(value: object) -> int:
	return value if isinstance(value, int) and value > 0 else 0
