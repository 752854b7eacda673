"""An X archive's ``tweets.js``: what the account itself wrote. The ids of posts carry their time, so answers tell how long
the other side had waited, though its posts are not in the archive."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime

from social_service.archives.file import Archive, NotAHistory, Reading, read_time
from social_service.channels.x.cursor import id_time
from social_service.channels.x.read import language, plain_text
from social_service.records import Author, Kind, Message
from social_service.sentence import Sentence, _

NETWORK = "X"
ITEM = re.compile(r'\{\s*"tweet"\s*:')
FIRST_TIMED_ID = 29_700_859_247  # older ids (before November 2010) were simply counted
OWN = "own"


def read(name: str, text: str, reading: Reading) -> Archive:
	posts: dict[str, Message] = {}
	broken: list[Sentence] = []
	for line, item in _items(name, text):
		try:
			message = _message(item, reading)
		except (KeyError, TypeError, ValueError, AttributeError):
			broken.append(_("Line {0} begins a post that can't be read.", line))
			continue
		posts.setdefault(message.external_id, message)
	ordered = tuple(sorted(posts.values(), key=lambda one: one.sent_at))
	return Archive({NETWORK: ordered}, tuple(broken), is_own=True, asked_at=_asked(ordered))


def _items(name: str, text: str) -> Iterator[tuple[int, object]]:
	"""(line, post). Each post is read by itself, so that a broken one costs only itself."""
	decoder, line, at = json.JSONDecoder(), 1, 0
	starts = [found.start() for found in ITEM.finditer(text)]
	for start in starts:
		line, at = line + text.count("\n", at, start), start
		try:
			yield line, decoder.raw_decode(text, start)[0]["tweet"]
		except (ValueError, RecursionError):
			yield line, None
	if not starts:
		yield from _old_items(name, text)


def _old_items(name: str, text: str) -> Iterator[tuple[int, object]]:
	"""Before 2020 the posts stood in the list without a wrapper."""
	try:
		found = json.loads(text[text.index("[") :])
	except ValueError as error:
		line = getattr(error, "lineno", 1)
		raise NotAHistory(_("{0} breaks off or is no JSON: see line {1}.", name, line)) from None
	yield from enumerate(found, start=1)


def _message(item: Mapping, reading: Reading) -> Message:
	post_id, text = str(item["id_str"]), str(item.get("full_text") or item["text"])
	sent_at = read_time(item["created_at"], reading.zone)
	if sent_at is None:
		raise ValueError("created_at")
	parent = str(item.get("in_reply_to_status_id_str") or "")
	return Message(
		external_id=post_id,
		thread_id=parent or post_id,
		kind=Kind.POST,
		author=Author(OWN, reading.account),
		text=plain_text(text, (item.get("entities") or {}).get("urls") or []),
		sent_at=sent_at,
		parent_id=parent,
		url=f"https://x.com/i/status/{post_id}",
		language=language(item.get("lang")),
		is_own=True,
		is_repost=text.startswith("RT @"),
	)


def _asked(posts: tuple[Message, ...]) -> dict[str, datetime]:
	own = {one.external_id for one in posts}
	answers = [one for one in posts if one.parent_id.isdigit() and one.parent_id not in own]
	timed = [one for one in answers if int(one.parent_id) >= FIRST_TIMED_ID]
	asked = {one.external_id: id_time(one.parent_id) for one in timed}
	return {one.external_id: asked[one.external_id] for one in timed if asked[one.external_id] <= one.sent_at}
