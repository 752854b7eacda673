"""A Mastodon archive's ``outbox.json``: what the account itself wrote, as ActivityPub tells it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone

from social_service.archives.file import Archive, NotAHistory, Reading, read_time
from social_service.channels.html_text import plain_text
from social_service.records import Author, Kind, Message, Visibility
from social_service.sentence import Sentence, _

NETWORK = "Mastodon"
PUBLIC = frozenset({"https://www.w3.org/ns/activitystreams#Public", "as:Public", "Public"})
SNOWFLAKE = re.compile(r"/(\d{17,19})$")  # Mastodon's ids carry their time; those of other servers don't
LONGEST = timedelta(days=365)  # a longer wait speaks for an id that is no time


def read(name: str, text: str, reading: Reading) -> Archive:
	try:
		activities = json.loads(text)["orderedItems"]
	except json.JSONDecodeError as error:
		raise NotAHistory(_("{0} breaks off or is no JSON: see line {1}.", name, error.lineno)) from None
	posts: dict[str, Message] = {}
	broken: list[Sentence] = []
	for number, activity in enumerate(activities, start=1):
		try:
			message = _message(activity, reading)
		except (KeyError, TypeError, ValueError, AttributeError):
			broken.append(_("Entry {0} is no post that can be read.", number))
			continue
		posts.setdefault(message.external_id, message)
	ordered = tuple(sorted(posts.values(), key=lambda one: one.sent_at))
	return Archive({NETWORK: ordered}, tuple(broken), is_own=True, asked_at=_asked(ordered))


def _message(activity: Mapping, reading: Reading) -> Message:
	told, is_repost = activity["object"], activity["type"] == "Announce"
	post = {} if is_repost else told
	sent_at = read_time(post.get("published") or activity["published"], reading.zone)
	if sent_at is None or (not is_repost and post["content"] is None):
		raise ValueError("published or content")
	key = str(activity["id"] if is_repost else post["id"])
	parent = str(post.get("inReplyTo") or "")
	readers = {*_listed(activity.get("to")), *_listed(activity.get("cc"))}
	return Message(
		external_id=key,
		thread_id=parent or key,
		kind=Kind.POST,
		author=Author(str(activity["actor"]), str(activity["actor"]).rsplit("/", 1)[-1]),
		text="" if is_repost else _text(post),
		sent_at=sent_at,
		visibility=Visibility.PUBLIC if readers & PUBLIC else Visibility.PRIVATE,
		parent_id=parent,
		url=str(told if is_repost else post.get("url") or key),
		language=next(iter(post.get("contentMap") or ()), "")[:2],
		is_own=True,
		is_repost=is_repost,
	)


def _text(post: Mapping) -> str:
	warning = str(post.get("summary") or "")
	body = plain_text(str(post["content"]))
	return f"{warning}\n\n{body}".strip() if warning else body


def _listed(value: object) -> list[str]:
	return [value] if isinstance(value, str) else [one for one in value or () if isinstance(one, str)]


def _asked(posts: tuple[Message, ...]) -> dict[str, datetime]:
	own, asked = {one.external_id for one in posts}, {}
	for one in posts:
		found = SNOWFLAKE.search(one.parent_id)
		if found and one.parent_id not in own:
			moment = datetime.fromtimestamp((int(found.group(1)) >> 16) / 1000, timezone.utc)
			if timedelta(0) <= one.sent_at - moment <= LONGEST:
				asked[one.external_id] = moment
	return asked
