"""Histories worked out by hand: what happened, and the waits that result. A Story plays one through the whole flow."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from social_service import engage, listen
from social_service.channels.errors import Rejected, Unavailable
from social_service.ledger import Duty, SocialMessage, SocialStream
from social_service.records import AgentReplied, Author, Visibility
from social_service.rehearsal.agents import send_anyway
from social_service.sentence import _

BERLIN = ZoneInfo("Europe/Berlin")
DAY = "03-03"  # the channel is connected on that day at 06:55
PROMISED = {Visibility.PUBLIC: 3600, Visibility.PRIVATE: 1800}
NO_CONNECTION = Unavailable(_("No connection"))

# what happened (times in Berlin, "+n" days later, "b" the second time the hour strikes) and the waits that result:
# day of the post, minutes, and: in time, late, waiting (in time so far), overdue
HISTORIES = {
	"answered in time": (DAY, "09:00 maria asks; 09:01 read; 09:20 answer maria; 12:00 look", ["03 20 in"]),
	"to the minute": (DAY, "09:00 maria asks; 09:01 read; 10:00 answer maria; 12:00 look", ["03 60 in"]),
	"a minute late": (DAY, "09:00 maria asks; 09:01 read; 10:01 answer maria; 12:00 look", ["03 61 late"]),
	"the private promise is shorter": (
		DAY,
		"09:00 maria whispers; 09:01 read; 09:31 answer maria; 12:00 look",
		["03 31 late"],
	),
	"private, in time": (
		DAY,
		"09:00 maria whispers; 09:01 read; 09:30 answer maria; 12:00 look",
		["03 30 in"],
	),
	"waiting, in time so far": (DAY, "09:00 maria asks; 09:01 read; 09:59 look", ["03 59 waiting"]),
	"waiting too long": (DAY, "09:00 maria asks; 09:01 read; 10:01 look", ["03 61 overdue"]),
	"waiting for days": (DAY, "09:00 maria asks; 09:01 read; +2 09:00 look", ["03 2880 overdue"]),
	"closed without an answer still waits": (
		DAY,
		"09:00 maria asks; 09:01 read; 09:10 close maria; 11:00 look",
		["03 120 overdue"],
	),
	"deleted by its author still waits": (
		DAY,
		"09:00 maria asks; 09:01 read; 09:10 maria deletes; 11:00 look",
		["03 120 overdue"],
	),
	"fetched late: the customer waited all the same": (
		DAY,
		"09:00 maria asks; 11:00 read; 11:05 answer maria; 12:00 look",
		["03 125 late"],
	),
	"not fetched yet: nobody can know": (DAY, "09:00 maria asks; 10:00 look", []),
	"answered on the network itself": (
		DAY,
		"09:00 maria asks; 09:01 read; 09:15 native maria; 09:40 read; 12:00 look",
		["03 15 in"],
	),
	"on the network first, then from the ticket": (
		DAY,
		"09:00 maria asks; 09:01 read; 09:15 native maria; 09:20 read; 09:50 answer maria; 12:00 look",
		["03 15 in"],
	),
	"a bot's answer stops nothing": (
		DAY,
		"09:00 maria asks; 09:01 read; 09:02 bot maria; 09:03 read; 10:30 look",
		["03 90 overdue"],
	),
	"another customer's answer stops nothing": (
		DAY,
		"09:00 maria asks; 09:01 read; 09:02 peter joins maria; 09:03 read; 09:30 look",
		["03 28 waiting", "03 30 waiting"],
	),
	"a pressed button is no answer": (
		DAY,
		"09:00 maria asks; 09:01 read; 09:10 press maria; 10:30 look",
		["03 90 overdue"],
	),
	"it counts when the network took it": (
		DAY,
		"09:00 maria asks; 09:01 read; 09:10 press maria; 09:40 send; 12:00 look",
		["03 40 in"],
	),
	"refused by the network": (
		DAY,
		"09:00 maria asks; 09:01 read; 09:10 refused maria; 11:00 look",
		["03 120 overdue"],
	),
	"two answers, the first counts": (
		DAY,
		"09:00 maria asks; 09:01 read; 09:20 answer maria; 09:50 answer maria; 12:00 look",
		["03 20 in"],
	),
	"two posts before the answer are one wait, from the first": (
		DAY,
		"09:00 maria asks; 09:05 maria asks; 09:06 read; 09:30 answer maria; 12:00 look",
		["03 30 in"],
	),
	"asked again after the answer, in the same ticket": (
		DAY,
		"09:00 maria asks; 09:01 read; 09:20 answer maria; 10:00 maria asks; 10:01 read; 12:00 look",
		["03 20 in"],
	),
	"reopened within days keeps its answer": (
		DAY,
		"09:00 maria asks; 09:01 read; 09:20 answer maria; 09:30 close maria; +3 09:00 maria asks; +3 09:01 read; "
		"+3 12:00 look",
		["03 20 in"],
	),
	"a new ticket of an old conversation waits anew": (
		DAY,
		"09:00 maria asks; 09:01 read; 09:20 answer maria; 09:30 close maria; +9 09:00 maria asks; +9 09:01 read; "
		"+9 09:30 look",
		["12 30 waiting"],
	),
	"thanks ask for nothing": (DAY, "09:00 maria thanks; 09:01 read; 12:00 look", []),
	"a dry run promises nothing": (DAY, "08:00 dry; 09:00 maria asks; 09:01 read; 12:00 look", []),
	"written before the channel was connected": (DAY, "06:00 maria asks; 07:00 read; 12:00 look", []),
	"over midnight it belongs to the day of the post": (
		DAY,
		"23:50 maria asks; 23:51 read; +1 00:10 answer maria; +1 12:00 look",
		["03 20 in"],
	),
	"the night in which an hour is missing": (
		"03-29",
		"01:50 maria asks; 01:51 read; 03:10 answer maria; 12:00 look",
		["29 20 in"],
	),
	"waiting through the short night": (
		"03-28",
		"23:00 maria asks; 23:01 read; +1 05:00 look",
		["28 300 overdue"],
	),
	"the night in which an hour comes twice": (
		"10-25",
		"02:50 maria asks; 02:51 read; 02:10b answer maria; 12:00 look",
		["25 20 in"],
	),
	"waiting through the long night": (
		"10-24",
		"23:00 maria asks; 23:01 read; +1 05:00 look",
		["24 420 overdue"],
	),
	"late on the long day it is still that day": (
		"10-25",
		"23:30 maria asks; 23:31 read; +1 00:15 answer maria; +1 01:00 look",
		["25 45 in"],
	),
}


class Story:
	"""Plays a history on the flow's desk, at the times it says."""

	def __init__(self, desk, day: str) -> None:
		self.desk, self.day = desk, datetime.strptime(f"2026-{day}", "%Y-%m-%d").date()
		self.posts: dict[str, list] = {}

	def play(self, text: str) -> None:
		for event in text.split("; "):
			later, clock, second, what = re.fullmatch(r"(?:\+(\d) )?(\d\d:\d\d)(b?) (.+)", event).groups()
			day = self.day + timedelta(days=int(later or 0))
			local = datetime.combine(day, datetime.strptime(clock, "%H:%M").time(), BERLIN)
			self.desk.clock.now = local.replace(fold=int(bool(second))).astimezone(timezone.utc)
			words = what.split()
			verb, subject = (words[1], words[0]) if words[0] in ("maria", "peter") else (words[0], words[-1])
			getattr(self, verb)(subject)

	# --- what customers and networks do

	def asks(self, who: str) -> None:
		self._says(who, "My app is not working, please help")

	def whispers(self, who: str) -> None:
		self._says(who, "My app is not working", visibility=Visibility.PRIVATE)

	def joins(self, who: str) -> None:
		self._says(
			who, "Mine neither, please help", thread_id="maria", parent_id=self.posts["maria"][0].external_id
		)

	def thanks(self, who: str) -> None:
		self._says(who, "Thank you!")

	def native(self, to: str) -> None:
		self._says("company", "We sent a new one.", is_own=True, parent_id=self.posts[to][-1].external_id)

	def bot(self, to: str) -> None:
		robot = Author("id-bot", "bot", "Bot", is_bot=True)
		more = {"parent_id": self.posts[to][-1].external_id, "thread_id": to, "is_addressed": False}
		self._says("bot", "Beep! Have you tried to restart it?", author=robot, **more)

	def deletes(self, who: str) -> None:
		with self.desk.host.transaction():
			self.desk.host.store.change(self._message(who), deleted_at=self.desk.clock())

	def _says(self, who: str, text: str, **more) -> None:
		minutes = (self.desk.clock.now - datetime(2026, 3, 3, 6, tzinfo=timezone.utc)) // timedelta(minutes=1)
		number = len(self.desk.world.posts) + 1
		more.setdefault("thread_id", who)
		post = self.desk.world.post(number, text, by=who, minutes=minutes, **more)
		self.posts.setdefault(who, []).append(post)

	# --- what we do

	def read(self, _subject: str) -> None:
		for row in self.desk.host.store.columns(SocialStream, ["name"], {"duty": Duty.POLL}):
			listen.poll(self.desk.host, row[0], self.desk.clock)
		self.desk.listen()
		self.desk.clock.now += timedelta(seconds=40)  # until nothing more arrives
		self.desk.decide()

	def answer(self, to: str) -> None:
		self.press(to, fault=None)
		self.send(to)

	def press(self, to: str, fault: Exception | None = NO_CONNECTION) -> None:
		self.desk.world.faults["send"] = [fault] if fault else []
		ticket, text = self._message(to).ticket, "We are on it."
		send_anyway(self.desk.host, AgentReplied(ticket, "", "agent@example.com", text), self.desk.clock)
		self.desk.reply(ticket, text)
		if fault:
			self.desk.publish(seconds=0)

	def refused(self, to: str) -> None:
		self.press(to, fault=Rejected("closed", _("The window is closed.")))

	def send(self, _subject: str) -> None:
		for name in engage.sweep(self.desk.host, self.desk.clock):
			engage.send(self.desk.host, name, self.desk.clock)

	def close(self, who: str) -> None:
		with self.desk.host.transaction():
			self.desk.host.desk.close(self._message(who).ticket, self.desk.clock())

	def dry(self, _subject: str) -> None:
		with self.desk.host.transaction():
			self.desk.host.store.change(self.desk.channel, dry_run=True)

	def look(self, _subject: str) -> None:
		"""Only the time matters."""

	def _message(self, who: str) -> SocialMessage:
		return self.desk.message(self.posts[who][-1].external_id)
