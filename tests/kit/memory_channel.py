"""A network in this process, for tests of the flow: a list of posts, a list of answers, and faults on demand."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from social_service.channels.base import Capabilities, Channel, Setting, Stream
from social_service.records import (
	Account,
	Author,
	Kind,
	Length,
	Message,
	NotSent,
	Outgoing,
	Page,
	Permission,
	Sent,
)
from social_service.sentence import _

MORNING = datetime(2026, 3, 3, 6, 0, tzinfo=timezone.utc)
PAGE = 2


class World:
	"""What the network holds. One for each test."""

	def __init__(self) -> None:
		self.posts: list[Message] = []
		self.answers: list[Outgoing] = []
		self.gone: set[str] = set()
		self.faults: dict[str, list[Exception]] = {}  # by call: raised by the next ones
		self.faults_after_write: list[Exception] = []  # raised by the next sends, after the answer is there
		self.calls: list[str] = []
		self.before_call = lambda: None
		self.limit = 100
		self.private_link = ""  # where customers can write in private
		self.answers_privately = False  # a public post, too
		self.sent_at: datetime | None = None  # by its own clock

	def post(
		self, number: int, text: str, *, by: str = "maria", minutes: int | None = None, **more
	) -> Message:
		sent_at = MORNING + timedelta(minutes=number if minutes is None else minutes)
		values = {"thread_id": f"t{number}", "kind": Kind.MENTION, "is_addressed": True} | more
		values.setdefault("author", Author(f"id-{by}", by, by.title()))
		message = Message(external_id=f"p{number}", text=text, sent_at=sent_at, raw={"text": text}, **values)
		self.posts.append(message)
		return message


class Memory(Channel):
	code = "memory"
	label = "Memory"
	capabilities = Capabilities(public_reply=True, private_reply=True, reads_single=True, recheck_minutes=30)
	settings = (Setting("access_token", "Access token", secret=True),)

	world: World  # set by the test's fixture: a driver is made anew for every job

	def _call(self, name: str) -> None:
		self.world.before_call()
		self.world.calls.append(name)
		if self.world.faults.get(name):
			raise self.world.faults[name].pop(0)

	def check(self) -> Account:
		self._call("check")
		return Account("me", "company", "Company")

	def streams(self) -> tuple[Stream, ...]:
		return (Stream("mentions", "Mentions"),)

	def fetch(self, stream: Stream, cursor: str | None, since: str | None = None) -> Page:
		self._call("fetch")
		start = int(cursor or 0)
		found = tuple(self.world.posts[start : start + PAGE])
		end = start + len(found)
		return Page(found, str(end), more=end < len(self.world.posts), cost=1000)

	def measure(self, text: str, to: Message | None = None) -> Length:
		return Length(len(text), self.world.limit)

	def price(self, text: str, to: Message | None = None) -> int:
		return 200 if "http" in text else 0

	def may_reply(self, message: Message) -> Permission:
		if message.reply_hint.get("closed"):
			return Permission(False, _("The window to answer is closed. Answer on the network itself."))
		return Permission(True)

	def may_reply_privately(self, message: Message) -> Permission:
		return Permission(self.world.answers_privately)

	def private_link(self, message: Message) -> str:
		return self.world.private_link

	def send(self, reply: Outgoing) -> Sent:
		self._call("send")
		self.world.answers.append(reply)
		if self.world.faults_after_write:
			raise self.world.faults_after_write.pop(0)
		return Sent(f"a{len(self.world.answers)}", cost=15_000, sent_at=self.world.sent_at)

	def reconcile(self, reply: Outgoing) -> Sent | NotSent:
		self._call("reconcile")
		for number, answer in enumerate(self.world.answers, start=1):
			if answer.key == reply.key:
				return Sent(f"a{number}")
		return NotSent()

	def get(self, external_ids) -> dict[str, Message | None]:
		self._call("get")
		known = {post.external_id: post for post in self.world.posts}
		return {one: None if one in self.world.gone else known.get(one) for one in external_ids}
