"""One update of the Bot API as our record: https://core.telegram.org/bots/api#update. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timezone

from social_service.channels.reading import Broken
from social_service.records import Account, Author, Kind, Message, Visibility
from social_service.sentence import _

SUPERGROUP = -1_000_000_000_000  # ids of supergroups and channels count down from here
# where the words of a message are, the first that is there
WORDS = (
	("text",),
	("caption",),
	("sticker", "emoji"),
	("poll", "question"),
	("dice", "emoji"),
	("venue", "address"),
	("contact", "phone_number"),
)


def external_id(chat_id: object, message_id: object) -> str:
	"""Messages are numbered within their chat."""
	return f"{int(chat_id)}:{int(message_id)}"


def parts_of(stored_id: str) -> tuple[int, int]:
	"""Chat and message of an ``external_id``."""
	chat_id, _colon, message_id = stored_id.rpartition(":")
	return int(chat_id), int(message_id)


def parse(message: Mapping, us: Account | None) -> Message:
	chat = message["chat"]
	is_private, is_own = chat["type"] == "private", _is_own(message, us)
	own_id = external_id(chat["id"], message["message_id"])
	answered, edited = message.get("reply_to_message"), message.get("edit_date")
	is_to_us = is_private or _answers_us(answered, us) or _names_us(message, us)
	return Message(
		external_id=own_id,
		thread_id=_thread_of(message, own_id),
		kind=_kind_of(message, is_to_us=is_to_us),
		author=_author(message.get("sender_chat") or message["from"]),
		text=_words(message),
		sent_at=moment_of(message["date"]),
		visibility=Visibility.PRIVATE if is_private else Visibility.PUBLIC,
		parent_id=external_id(chat["id"], answered["message_id"]) if answered else "",
		url=url_of(chat, message["message_id"]),
		is_own=is_own,
		is_repost=not is_private and _only_forwards(message),
		is_addressed=is_to_us and not is_own,
		edited_at=moment_of(edited) if edited else None,
		raw=message,
	)


def moment_of(told: object) -> datetime:
	if not isinstance(told, int) or told <= 0:
		raise Broken(_("Telegram sent a message without its time. Open the chat there to see it."))
	return datetime.fromtimestamp(told, timezone.utc)


def _author(told: Mapping) -> Author:
	"""A person, or the channel or group in whose name somebody wrote."""
	handle = str(told.get("username") or "")
	name = " ".join(filter(None, (told.get("first_name"), told.get("last_name")))) or told.get("title") or ""
	address = f"https://t.me/{handle}" if handle else ""
	return Author(str(int(told["id"])), handle, name, address, is_bot=bool(told.get("is_bot")))


def _words(message: Mapping) -> str:
	for path in WORDS:
		told: object = message
		for key in path:
			told = told.get(key) if isinstance(told, Mapping) else None
		if told:
			return str(told)
	return ""


def _is_own(message: Mapping, us: Account | None) -> bool:
	"""The bot; a channel of which it is an admin, also where its post opens the comments; its group's anonymous admins."""
	if us and str((message.get("from") or {}).get("id")) == us.external_id:
		return True
	speaks_for = message.get("sender_chat")
	if message.get("is_automatic_forward") or message["chat"]["type"] == "channel":
		return True
	return bool(speaks_for) and speaks_for["id"] in (message["chat"]["id"], _channel_above(message))


def _channel_above(message: Mapping) -> object:
	"""The channel whose post is answered here."""
	answered = message.get("reply_to_message") or {}
	return (answered.get("sender_chat") or {}).get("id") if answered.get("is_automatic_forward") else None


def _thread_of(message: Mapping, own_id: str) -> str:
	"""A private chat is one thread. Telegram names the first message of a chain of answers; in basic groups it does not."""
	chat = message["chat"]
	if chat["type"] == "private":
		return str(int(chat["id"]))
	answered = (message.get("reply_to_message") or {}).get("message_id")
	root = message.get("message_thread_id") or answered
	return external_id(chat["id"], root) if root else own_id


def _kind_of(message: Mapping, *, is_to_us: bool) -> Kind:
	if message["chat"]["type"] == "private":
		return Kind.DIRECT_MESSAGE
	if message["chat"]["type"] == "channel" or message.get("is_automatic_forward"):
		return Kind.POST
	if message.get("message_thread_id") or message.get("reply_to_message"):
		return Kind.COMMENT
	return Kind.MENTION if is_to_us else Kind.POST


def _only_forwards(message: Mapping) -> bool:
	"""Somebody else's words. What is handed to us in private is meant for us, whoever wrote it."""
	origin = message.get("forward_origin")
	if not origin or message.get("is_automatic_forward"):
		return False
	wrote = origin.get("sender_user") or origin.get("sender_chat") or origin.get("chat") or {}
	by = message.get("sender_chat") or message["from"]
	return wrote.get("id") != by["id"]


def _answers_us(answered: Mapping | None, us: Account | None) -> bool:
	"""The bot's message, or a post of the channel whose comments these are."""
	if not answered:
		return False
	by = str((answered.get("from") or {}).get("id"))
	return bool(answered.get("is_automatic_forward")) or (us is not None and by == us.external_id)


def _names_us(message: Mapping, us: Account | None) -> bool:
	"""@bot, /command@bot, or the bot named without a handle."""
	if us is None:
		return False
	name = f"@{us.handle}".lower()
	return any(
		word.lower() == name
		or (kind == "bot_command" and word.lower().endswith(name))
		or named == us.external_id
		for kind, word, named in _entities(message)
	)


def _entities(message: Mapping) -> Iterator[tuple[str, str, str]]:
	"""Kind, words, and the id of the person whom it names. Telegram counts in UTF-16."""
	written = "text" if "text" in message else "caption"
	told = message.get("entities" if written == "text" else "caption_entities") or ()
	units = str(message.get(written) or "").encode("utf-16-le", "surrogatepass") if told else b""
	for one in told:
		start, end = 2 * one["offset"], 2 * (one["offset"] + one["length"])
		named = str((one.get("user") or {}).get("id") or "")
		yield one["type"], units[start:end].decode("utf-16-le", "replace"), named


def url_of(chat: Mapping, message_id: object) -> str:
	"""'' in private chats and basic groups, which have no addresses."""
	if chat["type"] not in ("supergroup", "channel"):
		return ""
	place = chat.get("username") or f"c/{SUPERGROUP - int(chat['id'])}"
	return f"https://t.me/{place}/{int(message_id)}"
