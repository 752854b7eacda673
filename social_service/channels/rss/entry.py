"""An entry of a feed as a message. Pure."""

from __future__ import annotations

import calendar
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from social_service.channels.html_text import plain_text
from social_service.channels.http import host_of
from social_service.channels.reading import Broken
from social_service.records import Author, Kind, Message
from social_service.sentence import _

LONGEST_ID = 120
GLOBAL_ID = re.compile(r"(?:https?|tag|urn|yt|oai):", re.IGNORECASE)
AHEAD = timedelta(days=1)  # a date further in the future than that is a mistake, or an announcement
MAIL = re.compile(r"[^\s()<>]+@[^\s()<>]+")
MARKUP = re.compile(r"</?[a-zA-Z][^>]*>|&(?:#\w+|\w+);")
KEPT_RAW = ("id", "link", "title", "published", "updated", "summary")
LONGEST_RAW = 2000


@dataclass(frozen=True)
class Place:
	"""Where the entry stands. ``told_at``: when the server answered, for entries without a date."""

	host: str
	language: str
	told_at: datetime | None
	below: str = ""  # of a comment: the id of the entry it belongs to


def id_of(entry: Mapping, host: str) -> str:
	"""Of the network where it can be; else of what never changes in it. '' for an entry that has neither."""
	told = str(entry.get("id") or entry.get("link") or "").strip()
	if not told:
		parts = [str(entry.get(key) or "") for key in ("title", "published", "summary")]
		told = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32] if any(parts) else ""
	if told and not GLOBAL_ID.match(told):
		told = f"{host}:{told}"  # a bare number means something within its own site only
	return (
		told if len(told) <= LONGEST_ID else f"{host[:60]}:{hashlib.sha256(told.encode()).hexdigest()[:32]}"
	)


def read_entry(entry: Mapping, place: Place) -> Message:
	text = text_of(entry)
	external_id = id_of(entry, place.host)
	if not external_id or not (text or _web(entry.get("link"))):
		raise Broken(_("The feed holds an entry without text and link. Look at the feed itself."))
	sent_at = time_of(entry, place)
	return Message(
		external_id=external_id,
		thread_id=place.below or _answered(entry, place.host) or external_id,
		kind=Kind.COMMENT if place.below else Kind.POST,
		author=_author(entry, place.host),
		text=text,
		sent_at=sent_at,
		parent_id=_answered(entry, place.host) or place.below,
		url=_web(entry.get("link")),
		language=_language(entry, place),
		edited_at=edited_at(entry, sent_at),
		media=_media(entry),
		raw={key: str(entry[key])[:LONGEST_RAW] for key in KEPT_RAW if entry.get(key)},
	)


def text_of(entry: Mapping) -> str:
	title = _plain(entry.get("title"), entry.get("title_detail"))
	whole = (entry.get("content") or [None])[0]
	if isinstance(whole, Mapping):
		body = _plain(whole.get("value"), whole)
	else:
		body = _plain(entry.get("summary"), entry.get("summary_detail"))
	return body if not title or body.startswith(title.rstrip("….")) else f"{title}\n\n{body}".strip()


def _plain(value: object, detail: object) -> str:
	text = str(value or "")
	kind = str(detail.get("type") or "") if isinstance(detail, Mapping) else ""
	# feeds often call plain what is HTML
	return plain_text(text) if "html" in kind or MARKUP.search(text) else text.strip()


def time_of(entry: Mapping, place: Place) -> datetime:
	"""Never by our clock: the entry's own time, else that of the answer."""
	own = _moment(entry.get("published_parsed")) or _moment(entry.get("updated_parsed"))
	own = own or _moment(entry.get("created_parsed"))
	if own and not (place.told_at and own > place.told_at + AHEAD):
		return own
	if place.told_at:
		return place.told_at
	raise Broken(_("Neither the entry nor the server says when it was written. Open the post there."))


def is_dated(entry: Mapping) -> bool:
	return any(entry.get(f"{name}_parsed") for name in ("published", "updated", "created"))


def edited_at(entry: Mapping, sent_at: datetime) -> datetime | None:
	changed = _moment(entry.get("updated_parsed")) if entry.get("published_parsed") else None
	return changed if changed and changed > sent_at else None


def _moment(told: object) -> datetime | None:
	try:
		return datetime.fromtimestamp(calendar.timegm(told), timezone.utc) if told else None
	except (TypeError, ValueError, OverflowError, OSError):
		return None


def _author(entry: Mapping, host: str) -> Author:
	"""Feeds know names, seldom ids. An address of mail is not kept."""
	detail = entry.get("author_detail")
	detail = detail if isinstance(detail, Mapping) else {}
	told = str(entry.get("author") or detail.get("name") or "")
	name = MAIL.sub("", told).strip(" ()<>,") if "@" in told else told.strip()
	url = _web(detail.get("href"))
	mail = "".join(MAIL.findall(told)[:1]).casefold()
	known = url or (name and f"{host}:{name.casefold()}")
	known = known or (mail and f"{host}:{hashlib.sha256(mail.encode()).hexdigest()[:16]}") or host
	if len(known) > LONGEST_ID:
		known = f"{host[:60]}:{hashlib.sha256(known.encode()).hexdigest()[:32]}"
	handle = name.removeprefix("/u/").removeprefix("u/") or host
	return Author(known, handle, name or host, url)


def _answered(entry: Mapping, host: str) -> str:
	"""Atom's threading extension."""
	told = entry.get("thr_in-reply-to") or entry.get("in-reply-to")
	ref = told.get("ref") if isinstance(told, Mapping) else None
	return id_of({"id": ref}, host) if ref else ""


def _language(entry: Mapping, place: Place) -> str:
	detail = (entry.get("content") or [entry.get("summary_detail")])[0]
	told = str((isinstance(detail, Mapping) and detail.get("language")) or place.language)
	code = told.replace("_", "-").split("-")[0].lower()
	return code if len(code) == 2 and code.isalpha() else ""


def _media(entry: Mapping) -> tuple[str, ...]:
	found = [one.get("href") for one in entry.get("enclosures") or () if _is_picture(one)]
	found += [one.get("url") for one in entry.get("media_content") or () if _is_picture(one)]
	found += [one.get("url") for one in entry.get("media_thumbnail") or ()]
	return tuple(dict.fromkeys(url for url in found if isinstance(url, str) and url.startswith("https://")))


def _is_picture(one: Mapping) -> bool:
	kinds = str(one.get("type") or ""), str(one.get("medium") or "")
	return any(kind.startswith(("image", "video")) for kind in kinds)


def _web(told: object) -> str:
	text = str(told or "")
	return text if text.startswith(("http://", "https://")) and host_of(text) else ""
