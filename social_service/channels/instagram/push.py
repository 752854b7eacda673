"""Instagram's webhook calls. They carry no time, so each names what has to be fetched. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from social_service.channels.instagram.content import MENTION
from social_service.channels.meta.webhook import Gathered

COMMENT, COMMENTS, TAGS, MESSAGES = "comment:", "comments", "tagged", "messages"


def take_entry(entry: Mapping, found: Gathered) -> None:
	for change in entry.get("changes") or ():
		if isinstance(change, Mapping) and isinstance(change.get("value"), Mapping):
			_take_change(str(change.get("field")), change["value"], found)
	for event in entry.get("messaging") or ():
		_take_message(event, found)


def _take_change(field: str, value: Mapping, found: Gathered) -> None:
	if field == "comments":
		found.hint(f"{COMMENT}{value['id']}" if value.get("id") else COMMENTS)
	elif field == "mentions" and value.get("media_id"):
		found.hint(f"{MENTION}{value.get('comment_id') or ''}:{value['media_id']}")


def _take_message(event: object, found: Gathered) -> None:
	"""The call names nobody, the conversation does. What was taken back is told here alone."""
	message = event.get("message") if isinstance(event, Mapping) else None
	if not isinstance(message, Mapping):
		return
	if message.get("is_deleted") and message.get("mid"):
		found.delete(str(message["mid"]))
	else:
		found.hint(MESSAGES)
