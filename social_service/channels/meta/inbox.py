"""Direct messages of Messenger and Instagram: both are conversations of a Page, behind the same addresses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from social_service.channels.errors import Ambiguous, Rejected
from social_service.channels.meta.api import PAGE, Graph, next_of
from social_service.channels.meta.cursor import id_of
from social_service.channels.reading import Broken, moment
from social_service.records import (
	Author,
	Kind,
	Message,
	NotSent,
	Outgoing,
	Permission,
	Sent,
	Visibility,
)
from social_service.sentence import _

ANSWER_WITHIN = timedelta(hours=24)
PEOPLE_ANSWER_WITHIN = timedelta(days=7)  # with the tag that says that a person writes
CLOCK_SKEW = timedelta(minutes=5)  # between us and the network
PAGES_READ_BACK = 10
MESSAGE = "id,created_time,from,to,message,attachments"
ESSENCE = "id,created_time,from,to,message"


def now() -> datetime:
	return datetime.now(timezone.utc)


@dataclass(frozen=True)
class Inbox:
	"""``own_id``: the account's id as it stands in messages. ``platform``: messenger or instagram."""

	graph: Graph
	page_id: str
	own_id: str
	platform: str
	needs: str
	own_handle: str = ""

	@property
	def url(self) -> str:
		return f"https://business.facebook.com/latest/inbox/{self.platform}?asset_id={self.page_id}"

	def parse(self, item: object) -> Message:
		sender, texts = item["from"], item.get("message") or ""
		is_own = self._is_us(sender)
		other = item["to"]["data"][0] if is_own else sender
		if not (isinstance(texts, str) and item.get("id") and other["id"]):
			raise Broken(_("This is no message that we can read. Open the inbox on the network to see it."))
		return Message(
			external_id=str(item["id"]),
			thread_id=self.thread_of(str(other["id"])),
			kind=Kind.DIRECT_MESSAGE,
			author=_author(sender),
			text=texts,
			sent_at=moment(item["created_time"]),
			visibility=Visibility.PRIVATE,
			url=self.url,
			is_own=is_own,
			is_addressed=not is_own,
			media=tuple(_media(item.get("attachments"))),
			reply_hint={"recipient": str(other["id"])},
			raw=item,
		)

	def _is_us(self, person: Mapping) -> bool:
		return str(person["id"]) == self.own_id or bool(
			self.own_handle and person.get("username") == self.own_handle
		)

	def thread_of(self, person_id: str) -> str:
		"""The person, not the conversation's id: a webhook call knows no other."""
		return f"{self.platform}:{person_id}"

	# --- answering ------------------------------------------------------------------------------------------

	def may_reply(self, message: Message) -> Permission:
		until = message.sent_at + PEOPLE_ANSWER_WITHIN
		if now() <= until:
			return Permission(True, until=until)
		told = _(
			"{0} lets us answer a message for 7 days. Wait until the customer writes again.",
			self.graph.network,
		)
		return Permission(False, told, until)

	def send(self, reply: Outgoing) -> Sent:
		age = now() - reply.to.sent_at
		if age > PEOPLE_ANSWER_WITHIN:
			raise Rejected("window closed", self.may_reply(reply.to).reason)
		how = {"messaging_type": "RESPONSE"}
		if age > ANSWER_WITHIN:  # a person wrote it: agents answer, no bot
			how = {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
		return self.publish({"id": str(reply.to.reply_hint.get("recipient") or "")}, reply.text, how)

	def publish(self, recipient: Mapping[str, str], text: str, how: Mapping[str, str] = {}) -> Sent:
		if not all(recipient.values()):
			told = _("We can't tell whom this would reach. Open the post on the network and answer it there.")
			raise Rejected("no person", told)
		body = {"recipient": dict(recipient), "message": {"text": text.strip()}, **how}
		told = self.graph.post(f"{self.page_id}/messages", body, self.needs)
		if not told.get("message_id"):
			raise Ambiguous(
				_("{0} did not confirm our reply; we look whether it is there.", self.graph.network)
			)
		return Sent(str(told["message_id"]), self.url)

	def find(self, reply: Outgoing) -> Sent | NotSent:
		conversation = self.conversation_with(str(reply.to.reply_hint.get("recipient") or ""))
		if not conversation:  # they wrote to us, so there is one
			raise Ambiguous(
				_(
					"{0} does not show us this conversation. Look there before you send again.",
					self.graph.network,
				)
			)
		return self.find_in(conversation, reply)

	def conversation_with(self, person_id: str) -> str:
		"""Its id; "" if there is none."""
		path = f"{self.page_id}/conversations"
		told = self.graph.items(path, self.needs, platform=self.platform, user_id=person_id, fields="id")
		return id_of(told.json["data"][0]) if told.json["data"] else ""

	def find_in(self, conversation: str, reply: Outgoing) -> Sent | NotSent:
		"""Newest first, back to when we first tried."""
		after, earliest = "", (reply.started_at or reply.to.sent_at) - CLOCK_SKEW
		for _page in range(PAGES_READ_BACK):
			answer = self.graph.items(
				f"{conversation}/messages", self.needs, fields=ESSENCE, limit=PAGE, after=after
			)
			for item in answer.json["data"]:
				message = self._readable(item)
				if message.sent_at < earliest:
					return NotSent()
				if message.is_own and is_same(message.text, reply.text):
					return Sent(message.external_id, self.url, sent_at=message.sent_at)
			after = next_of(answer)
			if not after:
				return NotSent()
		raise too_much(self.graph.network)

	def _readable(self, item: object) -> Message:
		try:
			return self.parse(item)
		except (Broken, TypeError, KeyError, IndexError, AttributeError, ValueError):
			raise unreadable(self.graph.network)


def is_same(text: str, other: str) -> bool:
	"""Blanks at the ends and doubled ones are the network's to change."""
	return " ".join(text.split()) == " ".join(other.split())


def too_much(network: str) -> Ambiguous:
	return Ambiguous(
		_("There is too much to find this reply again on {0}. Look there before you send it again.", network)
	)


def not_shown(network: str) -> Ambiguous:
	return Ambiguous(
		_("{0} does not show whether our reply is there. Look there before you send again.", network)
	)


def unreadable(network: str) -> Ambiguous:
	return Ambiguous(
		_("We can't read what {0} says of our posts. Look there before you send again.", network)
	)


def _author(person: Mapping) -> Author:
	return Author(str(person["id"]), str(person.get("username") or ""), str(person.get("name") or ""))


def _media(attachments: object) -> list[str]:
	rows = attachments.get("data") if isinstance(attachments, Mapping) else None
	found = []
	for one in rows or ():
		for place in ("image_data", "video_data"):
			found.append((one.get(place) or {}).get("url"))
		found.append(one.get("file_url"))
	return [url for url in found if isinstance(url, str) and url.startswith("https://")]
