"""What the storm left in the outbox, counted from the networks' side, against the register of what people did."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from benchmarks.faults_stage import Stage
from benchmarks.outbox_play import WORD, Register
from social_service.ledger import SocialReply
from social_service.records import ReplyState

ON_THE_WAY = (ReplyState.AWAITING_APPROVAL, ReplyState.QUEUED, ReplyState.SENDING)
SHOWN = "SELECT `name`, `delivery` FROM `ticket_message` WHERE `is_reply` = 1"
RESPONDED = "SELECT `name` FROM `ticket` WHERE `first_response_ms` IS NOT NULL"


@dataclass(frozen=True)
class Found:
	"""Each is a list of sentences, so that a number that is not 0 can be followed."""

	double_posts: list[str]  # on a network more than once
	lost: list[str]  # neither there nor Failed, Unknown or taken back: or Sent as we say, and not there
	looks_sent_without_id: list[str]
	internal_published: list[
		str
	]  # notes; what was cancelled, returned, never approved; a text before it was edited
	denied: list[str]  # Failed as we say, and there
	published_while_stopped: list[str]
	published: int
	states: Counter
	failed: Counter  # faults of networks that happened, by effect


def count(stage: Stage, register: Register) -> Found:
	ledgers = [place.network.ledger() for place in stage.places]
	published = [entry["text"] for ledger in ledgers for entry in ledger["published"]]
	there = Counter(word for text in published for word in WORD.findall(text))
	rows = {row.name: row for row in _all_replies(stage)}
	return Found(
		double_posts=[f"{word} stands there {number} times" for word, number in there.items() if number > 1],
		lost=_lost(register, rows, there),
		looks_sent_without_id=_look_sent(stage, rows, there),
		internal_published=_internal(register, rows, there),
		denied=[
			f"{_word(row.text)}: {row.error}"
			for row in rows.values()
			if row.state is ReplyState.FAILED and there[_word(row.text)]
		],
		published_while_stopped=register.stopped,
		published=sum(there.values()),
		states=Counter(str(row.state) for row in rows.values()),
		failed=sum((Counter(ledger["failed"]) for ledger in ledgers), Counter()),
	)


def _all_replies(stage: Stage) -> list[SocialReply]:
	found: list[SocialReply] = []
	for state in ReplyState:
		found += stage.host.store.find(SocialReply, {"state": state}, order="name", limit=1000)
	return found


def _word(text: str) -> str:
	return WORD.findall(text)[0]


def _lost(register: Register, rows: dict[str, SocialReply], there: Counter) -> list[str]:
	lost = []
	for name, word in register.rows.items():
		row = rows.get(name)
		if row is None:
			lost.append(f"{word} is in no row")
		elif row.state in ON_THE_WAY or (row.state is ReplyState.UNKNOWN and row.next_try_at):
			lost.append(f"{word} is still {row.state}")
		elif row.state is ReplyState.SENT and not there[_word(row.text)]:
			lost.append(f"{word} is Sent, and not there")
		elif row.state is ReplyState.CANCELLED and not (row.stopped_by or row.decided_by or row.error):
			lost.append(f"{word} is Cancelled, and nobody wanted it")
		elif row.state is ReplyState.FAILED and not row.error:
			lost.append(f"{word} is Failed, and nobody knows why")
	return lost


def _look_sent(stage: Stage, rows: dict[str, SocialReply], there: Counter) -> list[str]:
	sent = {row.ticket_message: row for row in rows.values() if row.state is ReplyState.SENT}
	looks = [f"{_word(row.text)} is Sent without an id" for row in sent.values() if not row.external_id]
	for message, delivery in stage.host.connection.execute(SHOWN):
		row = sent.get(str(message))
		if delivery == "Sent" and not (row and row.external_id and there[_word(row.text)]):
			looks.append(f"message {message} shows Sent")
	answered = {row.ticket for row in sent.values()}
	for (ticket,) in stage.host.connection.execute(RESPONDED):
		if str(ticket) not in answered:
			looks.append(f"ticket {ticket} counts a first response, and nothing was sent")
	return looks


def _internal(register: Register, rows: dict[str, SocialReply], there: Counter) -> list[str]:
	told = [f"the note {word}" for word in there if word.startswith("secret")]
	told += [
		f"{word}, of which a person was told that it is not sent"
		for word in register.told_not_sent & set(there)
	]
	for row in rows.values():
		word = _word(row.text)
		if there[word] and row.state in (ReplyState.CANCELLED, ReplyState.AWAITING_APPROVAL):
			told.append(f"{word}, which is {row.state}")
		if row.drafted and there[_word(row.drafted)]:
			told.append(f"{_word(row.drafted)}, as it was before it was edited")
		if row.rule and there[word] and row.name not in register.asked_to_approve:
			told.append(f"{word}, which nobody approved")
	return told
