"""A simulated Telegram Bot API: ``python -m social_service.rehearsal.telegram_network --clock ISO``.

The bot is an admin of a channel and of the group where people comment; whoever writes to it has a private chat with it. What
the company posts by hand is a channel post, or an answer in the group in its name. Beside the common faults: conflict, refused.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from werkzeug.wrappers import Request, Response

from social_service.rehearsal.simulated import Person, Post, SimulatedNetwork, answer, serve
from social_service.rehearsal.telegram_world import CHANNEL, GROUP, message, private_chat, user
from social_service.rehearsal.telegram_writes import TelegramWrites, refused

CALL = re.compile(r"/bot([^/]+)/(\w+)")
KEPT = timedelta(hours=24)
AHEAD = 10  # an offset further in the future than that is taken for a mistake, and the queue is told from its head


@dataclass
class Update:
	number: int
	at: datetime
	told: dict
	post: Post


class TelegramNetwork(TelegramWrites, SimulatedNetwork):
	"""A simulated Telegram Bot API."""

	refusals = {
		"unauthorized": refused(401, "Unauthorized"),
		"forbidden": refused(403, "Forbidden: bot was blocked by the user"),
		"throttled": refused(429, "Too Many Requests: retry after 30", retry_after=30),
		"conflict": refused(409, "Conflict: terminated by other getUpdates request"),
		"refused": refused(400, "Bad Request: message to be replied not found"),
	}

	def __init__(self, now: datetime) -> None:
		super().__init__(now)
		self.queue: deque[Update] = deque()
		self.last_update = 100_000
		self.numbers: dict[int, int] = {}  # the last message of each chat
		self.chats: dict[int, dict] = {CHANNEL["id"]: CHANNEL, GROUP["id"]: GROUP}
		self.sent: deque[datetime] = deque()  # into the group
		self.webhook: dict = {}

	# --- what happens ---------------------------------------------------------------------------------------

	def posted(self, post: Post, told: Mapping[str, object]) -> None:
		answered = self.posts.get(post.reply_to)
		if answered and answered.facts.get("forward"):  # below a channel post people comment in the group
			answered = self.posts[answered.facts["forward"]]
			post.reply_to = answered.id
		self._place(post, self._chat_of(post, answered), answered)
		if post.by.token and post.facts["chat"] is CHANNEL:
			self._tell("channel_post", post)
			self._forward(post)
		elif not (post.by.token and post.facts["chat"]["type"] == "private"):
			self._tell("message", post)

	def _chat_of(self, post: Post, answered: Post | None) -> dict:
		if answered:
			return answered.facts["chat"]
		if post.by.token:
			return private_chat(self.people[post.direct_to]) if post.direct_to else CHANNEL
		return private_chat(post.by) if post.direct_to else GROUP

	def _place(self, post: Post, chat: dict, answered: Post | None) -> None:
		"""Its number in its chat, which is half of its id."""
		self.chats[chat["id"]] = chat
		number = self.numbers[chat["id"]] = self.numbers.get(chat["id"], 0) + 1
		self.posts.pop(post.id, None)
		post.id = f"{chat['id']}:{number}"
		self.posts[post.id] = post
		thread = answered and (answered.facts.get("thread") or answered.facts["number"])
		post.facts |= {"chat": chat, "number": number, "thread": thread if chat is GROUP else None}

	def _forward(self, post: Post) -> None:
		copy = Post("", post.by, post.text, self.now, facts={"origin": post.facts["number"]})
		self._place(copy, GROUP, None)
		post.facts["forward"] = copy.id
		self._tell("message", copy)

	def changed(self, post: Post) -> None:
		"""Nobody is told of what was deleted."""
		if not post.is_deleted and not post.facts.get("by_api"):
			self._tell("edited_channel_post" if post.facts["chat"] is CHANNEL else "edited_message", post)

	def _tell(self, kind: str, post: Post) -> None:
		self.last_update += 1
		told = {"update_id": self.last_update, kind: message(post, self.posts)}
		if self.webhook.get("url"):
			self.push(told, {"X-Telegram-Bot-Api-Secret-Token": self.webhook.get("secret_token", "")}, post)
		else:
			self.queue.append(Update(self.last_update, self.now, told, post))

	def expire(self) -> None:
		for person in self.people.values():
			person.token = ""

	# --- the API --------------------------------------------------------------------------------------------

	def api(self, request: Request) -> Response:
		called = CALL.fullmatch(request.path)
		if not called:
			raise refused(404, "Not Found")
		bot = self.company_of(called[1])
		method = METHODS.get(called[2].lower())
		if not method:
			raise refused(404, "Not Found: method not found")
		return answer({"ok": True, "result": method(self, bot, _parameters(request))})

	def get_me(self, bot: Person, _told: dict) -> dict:
		more = {"can_join_groups": True, "can_read_all_group_messages": False}
		return user(bot) | more | {"supports_inline_queries": False}

	def get_updates(self, _bot: Person, told: dict) -> list[dict]:
		if self.webhook.get("url"):
			raise refused(409, "Conflict: can't use getUpdates method while webhook is active")
		offset, limit = int(told.get("offset", 0)), int(told.get("limit", 100))
		self._forget(offset if offset <= self.last_update + AHEAD else 0)
		page = list(islice(self.queue, limit))
		self.note_served(*(one.post for one in page))
		return [one.told for one in page]

	def _forget(self, offset: int) -> None:
		while self.queue and (self.queue[0].number < offset or self.queue[0].at < self.now - KEPT):
			self.queue.popleft()

	def set_webhook(self, _bot: Person, told: dict) -> bool:
		self.webhook = told
		return True

	def delete_webhook(self, _bot: Person, _told: dict) -> bool:
		self.webhook = {}
		return True

	def get_webhook_info(self, _bot: Person, _told: dict) -> dict:
		told = {"url": self.webhook.get("url", ""), "has_custom_certificate": False}
		return told | {"pending_update_count": len(self.queue)}


METHODS = {
	"getme": TelegramNetwork.get_me,
	"getupdates": TelegramNetwork.get_updates,
	"sendmessage": TelegramNetwork.send_message,
	"deletemessage": TelegramNetwork.delete_message,
	"editmessagetext": TelegramNetwork.edit_message_text,
	"banchatmember": TelegramNetwork.ban_chat_member,
	"unbanchatmember": TelegramNetwork.unban_chat_member,
	"setwebhook": TelegramNetwork.set_webhook,
	"deletewebhook": TelegramNetwork.delete_webhook,
	"getwebhookinfo": TelegramNetwork.get_webhook_info,
}


def _parameters(request: Request) -> dict:
	"""A query, where what is not simple is JSON; or a JSON body."""
	body = request.get_json(silent=True)
	return {**request.args, **(body if isinstance(body, dict) else {})}


if __name__ == "__main__":
	serve(TelegramNetwork)
