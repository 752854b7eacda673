"""X's JSON → Messages. Pure: no network, no clock. Both spellings are read always (X renamed tweet to post in 2026)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from social_service.channels.errors import PayloadInvalid
from social_service.channels.x.cursor import id_time, read_time
from social_service.channels.x.errors import errors_of
from social_service.records import Account, Author, Kind, Message, Unreadable, Visibility
from social_service.sentence import _

DM = "dm:"  # before the ids of direct messages, which X looks up elsewhere than posts
OLD_LANGUAGES = {"in": "id", "iw": "he", "ji": "yi"}  # X still writes these three
MARKERS = {
	"und",
	"qme",
	"qam",
	"qct",
	"qht",
	"qst",
	"zxx",
	"art",
	"qid",
}  # not languages: no text, only tags …
SITE = "https://x.com"

Parse = Callable[[Mapping], Message]


class Broken(ValueError):
	"""One item lacks what it can't be read without."""


@dataclass(frozen=True)
class Includes:
	"""What X sent beside the items, by id."""

	users: Mapping[str, Mapping] = field(default_factory=dict)
	posts: Mapping[str, Mapping] = field(default_factory=dict)
	media: Mapping[str, Mapping] = field(default_factory=dict)


def read_includes(body: Mapping) -> Includes:
	included = body.get("includes")
	if not isinstance(included, Mapping):
		return Includes()
	return Includes(
		users=_by(included.get("users"), "id"),
		posts=_by(either(included, "posts", "tweets"), "id"),
		media=_by(included.get("media"), "media_key"),
	)


def _by(things: object, key: str) -> dict[str, Mapping]:
	found = things if isinstance(things, list) else []
	return {one[key]: one for one in found if isinstance(one, Mapping) and isinstance(one.get(key), str)}


def is_page(body: Mapping) -> bool:
	return "data" in body or isinstance(body.get("meta"), Mapping)


def require_page(body: Mapping) -> None:
	"""An answer without items and without a count is no empty page: the cursor must not move past it."""
	if not is_page(body):
		problem = next((str(one.get("title")) for one in errors_of(body)), "—")
		raise PayloadInvalid(
			_("X answered without a list of posts ({0}). We ask again by ourselves.", problem)
		)


def next_token(body: Mapping) -> str:
	meta = body.get("meta")
	return str(meta.get("next_token") or "") if isinstance(meta, Mapping) else ""


def either(item: Mapping, new: str, old: str) -> object:
	"""A field under its name since August 2026, else under the one before."""
	return item.get(new) if item.get(new) is not None else item.get(old)


def read_posts(body: Mapping, us: Account) -> tuple[list[Message], list[Unreadable]]:
	includes = read_includes(body)
	return _read_each(body, lambda item: parse_post(item, includes, us), f"{SITE}/i/status/", "")


def read_dms(body: Mapping, us: Account) -> tuple[list[Message], list[Unreadable]]:
	includes = read_includes(body)
	return _read_each(body, lambda item: parse_dm(item, includes, us), f"{SITE}/messages#", DM)


def _read_each(
	body: Mapping, parse: Parse, place: str, prefix: str
) -> tuple[list[Message], list[Unreadable]]:
	"""One broken item must not stop the others."""
	messages, broken = [], []
	for item in items_of(body):
		try:
			messages.append(parse(item))
		except (Broken, KeyError, TypeError, ValueError, AttributeError) as error:
			item_id = str(item.get("id") or "") if isinstance(item, Mapping) else ""
			missing = str(error) if isinstance(error, Broken) else type(error).__name__
			reason = _(
				"X sent an item that can't be read ({0}). Open {1} to see it.", missing, place + item_id
			)
			broken.append(Unreadable(prefix + (item_id or _digest(item)), reason, item))
	return messages, broken


def _digest(item: object) -> str:
	"""A name for what has none, the same each time it comes."""
	return "unnamed:" + hashlib.sha256(repr(item).encode()).hexdigest()[:24]


def items_of(body: Mapping) -> list:
	data = body.get("data")
	return data if isinstance(data, list) else [data] if isinstance(data, Mapping) else []


def parse_post(item: Mapping, includes: Includes, us: Account) -> Message:
	post_id = text_id(item, "id")
	author = parse_author(includes.users.get(text_id(item, "author_id")))
	references = {
		one["type"]: one["id"] for one in either(item, "referenced_posts", "referenced_tweets") or []
	}
	versions = either(item, "edit_history_post_ids", "edit_history_tweet_ids") or [post_id]
	created = read_time(item["created_at"])
	note = either(item, "note_post", "note_tweet") or {}
	mentioned = {one.get("id", ""): one.get("username", "") for one in _entities(item, note, "mentions")}
	names_us = us.external_id in mentioned or us.handle.casefold() in {
		n.casefold() for n in mentioned.values()
	}
	quotes_us = _quotes_us(item, note, references.get("quoted"), includes, us)
	is_own = author.external_id == us.external_id
	is_addressed = not is_own and (names_us or quotes_us or item.get("in_reply_to_user_id") == us.external_id)
	return Message(
		external_id=versions[0],
		thread_id=item.get("conversation_id") or versions[0],
		kind=Kind.MENTION if is_addressed else Kind.POST,
		author=author,
		text=plain_text(note.get("text") or item["text"], _entities(item, note, "urls")),
		sent_at=id_time(versions[0]) if len(versions) > 1 else created,
		edited_at=_edited_at(post_id, versions, created),
		parent_id=references.get("replied_to") or references.get("retweeted", ""),
		url=f"{SITE}/{author.handle}/status/{post_id}",
		language=language(item.get("lang")),
		is_own=is_own,
		is_repost="retweeted" in references,
		is_addressed=is_addressed,
		media=media_urls(item, includes),
		reply_hint={
			"post_id": versions[-1],
			"summoned": not is_own and (names_us or quotes_us),
			"others": sorted(
				one for one in mentioned if one and one not in (us.external_id, author.external_id)
			),
		},
		raw=item,
	)


def _edited_at(post_id: str, versions: list[str], created: datetime) -> datetime | None:
	if len(versions) < 2:
		return None
	return created if post_id == versions[-1] else id_time(versions[-1])


def _quotes_us(item: Mapping, note: Mapping, quoted: str | None, includes: Includes, us: Account) -> bool:
	"""X names only the quoted post's id; its author stands in the link that every quote carries, free of charge."""
	if not quoted:
		return False
	if quoted in includes.posts:
		return includes.posts[quoted].get("author_id") == us.external_id
	ours = f"/{us.handle.casefold()}/status/{quoted}"
	return any(ours in str(one.get("expanded_url", "")).casefold() for one in _entities(item, note, "urls"))


def _entities(item: Mapping, note: Mapping, kind: str) -> list[Mapping]:
	"""Those of the long text stand apart from those of its beginning."""
	return [one for part in (item, note) for one in (part.get("entities") or {}).get(kind) or []]


def parse_dm(item: Mapping, includes: Includes, us: Account) -> Message:
	event_id, sender = text_id(item, "id"), text_id(item, "sender_id")
	conversation = text_id(item, "dm_conversation_id")
	is_own = sender == us.external_id
	user = includes.users.get(sender)
	return Message(
		external_id=DM + event_id,
		thread_id=conversation,
		kind=Kind.DIRECT_MESSAGE,
		author=parse_author(user)
		if user or not is_own
		else Author(us.external_id, us.handle, us.name, us.url),
		text=plain_text(item.get("text") or "", _entities(item, {}, "urls")),
		sent_at=read_time(item["created_at"]),
		visibility=Visibility.PRIVATE,
		url=f"{SITE}/messages/{conversation}",
		is_own=is_own,
		is_addressed=not is_own,
		media=media_urls(item, includes),
		reply_hint={"dm_conversation_id": conversation, "participant_id": "" if is_own else sender},
		raw=item,
	)


def read_account(body: Mapping) -> Author:
	try:
		return parse_author(body.get("data"))
	except (Broken, KeyError, TypeError, AttributeError):
		raise PayloadInvalid(
			_("X did not say whose account this is. Check the address of the API.")
		) from None


def parse_author(user: Mapping | None) -> Author:
	if not user:
		raise Broken("author")
	handle = user["username"]
	return Author(
		external_id=text_id(user, "id"),
		handle=handle,
		name=user.get("name") or "",
		url=f"{SITE}/{handle}",
		avatar_url=user.get("profile_image_url") or "",
		followers=int((user.get("public_metrics") or {}).get("followers_count") or 0),
	)


def text_id(item: Mapping, name: str) -> str:
	"""Ids stay text: as numbers they would lose digits in JavaScript and their meaning in a Float."""
	value = item.get(name)
	if not isinstance(value, str) or not value:
		raise Broken(name)
	return value


def plain_text(text: str, links: list[Mapping]) -> str:
	"""X's text with its three escapes undone and its t.co links written out."""
	text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
	for link in links:
		if link.get("url") and link.get("expanded_url"):
			text = text.replace(link["url"], link["expanded_url"])
	return text


def language(said: str | None) -> str:
	"""ISO 639-1, "" where X could not tell."""
	short = (said or "").split("-")[0].casefold()
	return "" if short in MARKERS or len(short) != 2 else OLD_LANGUAGES.get(short, short)


def media_urls(item: Mapping, includes: Includes) -> tuple[str, ...]:
	keys = (item.get("attachments") or {}).get("media_keys") or []
	found = (_media_url(includes.media[key]) for key in keys if key in includes.media)
	return tuple(url for url in found if url.startswith("https://"))


def _media_url(media: Mapping) -> str:
	return media.get("url") or next(_by_quality(media), "") or media.get("preview_image_url") or ""


def _by_quality(media: Mapping) -> Iterator[str]:
	"""A video comes in several files, beside a playlist that has no bit rate."""
	files = [one for one in media.get("variants") or [] if "bit_rate" in one and one.get("url")]
	return (one["url"] for one in sorted(files, key=lambda one: one["bit_rate"], reverse=True))
