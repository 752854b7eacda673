"""What drivers need to read what comes in: times, webhook bodies, and an item that can't be read. Pure."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable
from datetime import datetime, timezone

from social_service.channels.errors import PayloadInvalid
from social_service.records import Message, Unreadable
from social_service.sentence import Sentence, _

FRACTION = re.compile(r"\.(\d+)")  # Python 3.10 reads three or six digits only


class Broken(Exception):
	"""This item can't be read; the sentence says what is wrong with it."""

	def __init__(self, sentence: Sentence) -> None:
		self.sentence = sentence
		super().__init__(str(sentence))


def moment(told: object) -> datetime:
	"""ISO 8601 in any of its spellings, with or without a colon in the offset; UTC where none is told."""
	text = FRACTION.sub(lambda found: f".{found[1][:6]:0<6}", str(told).strip().replace("Z", "+00:00"))
	for read in (datetime.fromisoformat, lambda one: datetime.strptime(one, "%Y-%m-%dT%H:%M:%S%z")):
		try:
			time = read(text)
		except ValueError:
			continue
		return (time if time.tzinfo else time.replace(tzinfo=timezone.utc)).astimezone(timezone.utc)
	raise Broken(
		_("{0} is no time that we can read. Open the post on the network to see it.", str(told)[:60])
	)


def read_items(
	items: Iterable[object], parse: Callable[[object], Message], id_of: Callable[[object], str]
) -> tuple[tuple[Message, ...], tuple[Unreadable, ...]]:
	"""A broken item stops no other. ``parse`` raises Broken, or what Python raises at a shape that it does not expect."""
	messages, unreadable = [], []
	for item in items:
		try:
			messages.append(parse(item))
		except Broken as broken:
			unreadable.append(Unreadable(_name(item, id_of), broken.sentence, item))
		except (TypeError, ValueError, KeyError, AttributeError, IndexError):
			reason = _("The network sent a post that can't be read. Open it there to see it.")
			unreadable.append(Unreadable(_name(item, id_of), reason, item))
	return tuple(messages), tuple(unreadable)


def _name(item: object, id_of: Callable[[object], str]) -> str:
	"""The post's id, so that it stays one item whichever stream brings it; else something that is always the same."""
	try:
		known = id_of(item)
	except (Broken, TypeError, ValueError, KeyError, AttributeError, IndexError):
		known = ""
	return known or hashlib.sha256(json.dumps(item, sort_keys=True, default=str).encode()).hexdigest()[:32]


def json_of(body: bytes) -> object:
	"""The body of a webhook call. Raises PayloadInvalid."""
	try:
		told = json.loads(body)
	except (ValueError, RecursionError):
		told = None
	if not isinstance(told, (dict, list)):
		raise PayloadInvalid(
			_("The call is signed, and its body can't be read. Look at what the network sends.")
		)
	return told
