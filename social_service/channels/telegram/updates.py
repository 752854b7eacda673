"""Updates of a bot: which of them are words of somebody, and these as our records. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from social_service.channels.reading import read_items
from social_service.channels.telegram.message import external_id, parse
from social_service.records import Account, Message, Unreadable

UPDATES = ("message", "edited_message", "channel_post", "edited_channel_post")
# what only happened in a chat; nobody said anything
SERVICE = frozenset(
	[
		"new_chat_members",
		"left_chat_member",
		"new_chat_title",
		"new_chat_photo",
		"delete_chat_photo",
		"group_chat_created",
		"supergroup_chat_created",
		"channel_chat_created",
		"message_auto_delete_timer_changed",
		"migrate_to_chat_id",
		"migrate_from_chat_id",
		"pinned_message",
		"successful_payment",
		"refunded_payment",
		"users_shared",
		"chat_shared",
		"connected_website",
		"write_access_allowed",
		"passport_data",
		"proximity_alert_triggered",
		"boost_added",
		"chat_background_set",
		"forum_topic_created",
		"forum_topic_edited",
		"forum_topic_closed",
		"forum_topic_reopened",
		"general_forum_topic_hidden",
		"general_forum_topic_unhidden",
		"giveaway_created",
		"giveaway_completed",
		"video_chat_scheduled",
		"video_chat_started",
		"video_chat_ended",
		"video_chat_participants_invited",
	]
)


def read_updates(
	updates: Sequence[object], us: Account | None
) -> tuple[tuple[Message, ...], tuple[Unreadable, ...]]:
	"""Oldest first, whatever their order was."""
	said = [
		one
		for one in sorted(updates, key=_number)
		if not isinstance(one, Mapping) or _content(one) is not None
	]
	return read_items(said, lambda one: parse(_content(one), us), _id_of)


def is_update(one: object) -> bool:
	return isinstance(one, Mapping) and isinstance(one.get("update_id"), int)


def _content(update: Mapping) -> Mapping | None:
	"""The message of an update; None where nobody said anything."""
	told = next((update[name] for name in UPDATES if name in update), None)
	return None if told is None or (isinstance(told, Mapping) and SERVICE & told.keys()) else told


def _number(one: object) -> int:
	return one["update_id"] if is_update(one) else 0


def _id_of(update: Mapping) -> str:
	"""The message's id if it is told; else the update's own, which never comes twice."""
	told = _content(update) or {}
	try:
		return external_id(told["chat"]["id"], told["message_id"])
	except (KeyError, TypeError, ValueError):
		return f"update:{int(update['update_id'])}"
