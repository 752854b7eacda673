"""What a bot does on the simulated Telegram: it sends, edits and deletes messages, and bans people from the group."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta

from social_service.rehearsal.simulated import Person, Post, Refused
from social_service.rehearsal.telegram_world import GROUP, message, units

PER_GROUP, MINUTE = 20, timedelta(minutes=1)  # messages that a bot may send into one group
CHANGED_WITHIN = timedelta(hours=48)


def refused(status: int, words: str, **parameters: object) -> Refused:
	body = {"ok": False, "error_code": status, "description": words}
	return Refused(status, {**body, "parameters": parameters} if parameters else body)


class TelegramWrites:
	"""A part of ``TelegramNetwork``."""

	now: datetime
	people: dict[str, Person]
	posts: dict[str, Post]
	blocked: set[str]
	chats: dict[int, dict]
	sent: deque[datetime]  # into the group
	_place: Callable[[Post, dict, Post | None], None]
	note_published: Callable[[Post, str], None]

	def send_message(self, bot: Person, told: dict) -> dict:
		text, reply = str(told.get("text", "")).strip(), told.get("reply_parameters") or {}
		if not text:
			raise refused(400, "Bad Request: message text is empty")
		if units(text) > 4096:
			raise refused(400, "Bad Request: message is too long")
		chat = self.chats.get(int(told["chat_id"]))
		if not chat:
			raise refused(400, "Bad Request: chat not found")
		answered = self.posts.get(f"{chat['id']}:{reply.get('message_id')}")
		is_there = answered and not answered.is_deleted
		if reply and not is_there and not reply.get("allow_sending_without_reply"):
			raise refused(400, "Bad Request: message to be replied not found")
		self._limit(chat)
		post = Post("", bot, text, self.now, reply_to=answered.id if is_there else "", facts={"by_api": True})
		self._place(post, chat, answered if is_there else None)
		self.note_published(post, "private" if chat["type"] == "private" else "public")
		return message(post, self.posts)

	def _limit(self, chat: dict) -> None:
		if chat["type"] == "private":
			return
		while self.sent and self.sent[0] <= self.now - MINUTE:
			self.sent.popleft()
		if len(self.sent) >= PER_GROUP:
			wait = max(1, round((self.sent[0] + MINUTE - self.now).total_seconds()))
			raise refused(429, f"Too Many Requests: retry after {wait}", retry_after=wait)
		self.sent.append(self.now)

	def delete_message(self, bot: Person, told: dict) -> bool:
		post = self.posts.get(f"{told['chat_id']}:{told['message_id']}")
		if not post or post.is_deleted:
			raise refused(400, "Bad Request: message to delete not found")
		is_admin = post.facts["chat"] is GROUP
		if not is_admin and (post.by is not bot or post.at < self.now - CHANGED_WITHIN):
			raise refused(400, "Bad Request: message can't be deleted for everyone")
		post.is_deleted = True
		return True

	def edit_message_text(self, bot: Person, told: dict) -> dict:
		post = self.posts.get(f"{told['chat_id']}:{told['message_id']}")
		text = str(told.get("text", "")).strip()
		if not post or post.is_deleted:
			raise refused(400, "Bad Request: message to edit not found")
		if post.by is not bot or post.at < self.now - CHANGED_WITHIN:
			raise refused(400, "Bad Request: message can't be edited")
		if text == post.text:
			raise refused(
				400, "Bad Request: message is not modified: specified new message content is the same"
			)
		post.text, post.edited_at = text, self.now
		return message(post, self.posts)

	def ban_chat_member(self, _bot: Person, told: dict) -> bool:
		self.blocked.add(self._member(told).handle)
		return True

	def unban_chat_member(self, _bot: Person, told: dict) -> bool:
		self.blocked.discard(self._member(told).handle)
		return True

	def _member(self, told: dict) -> Person:
		chat = self.chats.get(int(told["chat_id"]))
		if not chat or chat["type"] == "private":
			raise refused(400, "Bad Request: can't restrict members in a private chat")
		if chat is not GROUP:
			raise refused(400, "Bad Request: not enough rights to restrict/unrestrict chat member")
		found = [one for one in self.people.values() if one.id == str(told.get("user_id"))]
		if not found:
			raise refused(400, "Bad Request: PARTICIPANT_ID_INVALID")
		return found[0]
