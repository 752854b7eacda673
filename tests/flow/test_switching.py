"""Switching: what began in public goes on in private in the same ticket; visibility never widens; nobody meets another's ticket."""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import timedelta

import pytest

from social_service import audience, history, switching, ticket_view
from social_service.channels.errors import Rejected
from social_service.ledger import SocialConversation, SocialMessage, SocialReply
from social_service.records import Author, Fate, Happening, Kind, ReplyState, Visibility
from social_service.sentence import Refused, _
from social_service.voice import SEEDED
from tests.kit.memory_channel import MORNING

ASKS = "Where is my refund? Please help!"
LINK = "https://memory.example/write?to=company"
PRIVATE = {"visibility": Visibility.PRIVATE, "kind": Kind.DIRECT_MESSAGE}


@pytest.fixture
def asking(desk):
	"""Memory has an address for private messages, and sentences are prepared."""
	desk.world.private_link, desk.world.limit = LINK, 1000
	with desk.host.transaction():
		for row in SEEDED:
			desk.host.store.add(row)
	return desk


def says(desk, number: int, text: str = ASKS, *, by: str = "maria", **more):
	"""Now."""
	more.setdefault("thread_id", f"t-{by}")
	minutes = (desk.clock.now - MORNING) // timedelta(minutes=1)
	return desk.world.post(number, text, by=by, minutes=minutes, **more)


def whispers(desk, number: int, text: str = "It is order 4711.", *, by: str = "maria", **more):
	return says(desk, number, text, by=by, **{"thread_id": f"dm-{by}", **PRIVATE, **more})


def answer(desk, ticket: str, text: str) -> SocialReply:
	reply = desk.reply(ticket, text)
	desk.publish(minutes=2)
	return desk.host.store.get(SocialReply, [reply.name])[reply.name]


def ask_for_private(desk, ticket: str) -> str:
	text = switching.private_request(desk.host, ticket, desk.clock)
	assert answer(desk, ticket, text).state is ReplyState.SENT
	return text


def events(desk, ticket: str) -> list[tuple[str, str]]:
	switches = (Happening.ASKED_FOR_PRIVATE, Happening.MOVED_TO_PRIVATE, Happening.MOVED_TO_PUBLIC)
	found = history.of_ticket(desk.host, ticket)
	return [(one.what.value, one.detail) for one in found if one.what in switches]


def talk_of(desk, external_id: str) -> SocialConversation:
	name = desk.message(external_id).conversation
	return desk.host.store.get(SocialConversation, [name])[name]


def notes(desk, ticket: str) -> str:
	return "\n".join(text for (text,) in desk.table(f"SELECT text FROM note WHERE ticket = {ticket}"))


def close(desk, ticket: str) -> None:
	with desk.host.transaction():
		desk.host.desk.close(ticket, desk.clock())


# --- we asked -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
	("text", "told"),
	[
		(ASKS, "please send us the details in a private message"),
		(
			"Wo bleibt meine Erstattung? Ich warte seit drei Wochen darauf.",
			"schreiben Sie uns die Einzelheiten",
		),
		(
			"Où est mon remboursement ? Je l'attends depuis trois semaines.",
			"schreiben Sie uns die Einzelheiten",
		),
	],
)
def test_a_private_message_is_asked_for_in_the_customers_language_or_the_sites(asking, text, told):
	says(asking, 1, text)
	asking.round()
	request = switching.private_request(asking.host, "1", asking.clock)
	assert told in request and request.endswith(LINK)


def test_whom_we_asked_joins_the_same_ticket_and_the_history_says_so(asking):
	says(asking, 1)
	asking.round()
	ask_for_private(asking, "1")
	assert talk_of(asking, "p1").switch_asked_at == asking.replies()[0].sent_at
	asking.clock.forward(days=20)
	whispers(asking, 2)
	asking.round()
	message = asking.message("p2")
	assert (message.fate, message.ticket) == (Fate.JOINED, "1")
	assert "now in private" in message.fate_reason
	assert events(asking, "1") == [("asked for private", ""), ("moved to private", "we asked")]
	(asked, moved) = history.of_ticket(asking.host, "1")[-2:]
	assert (asked.by, moved.by) == ("agent@example.com", "")
	assert talk_of(asking, "p1").switch_asked_at is None, "it came"
	assert "Maria goes on in private (we asked)" in notes(asking, "1")
	assert asking.table("SELECT visibility FROM ticket_message WHERE NOT is_reply ORDER BY name") == [
		("public",),
		("private",),
	]


def test_what_they_write_next_stays_there_without_another_switch(asking):
	says(asking, 1)
	asking.round()
	ask_for_private(asking, "1")
	for number in (2, 3):
		whispers(asking, number)
		asking.round()
	assert [asking.message(one).ticket for one in ("p2", "p3")] == ["1", "1"]
	assert len(events(asking, "1")) == 2


def test_a_link_typed_by_hand_asks_as_well_and_an_answer_without_one_does_not(asking):
	says(asking, 1)
	asking.round()
	answer(asking, "1", "We look into it.")
	assert events(asking, "1") == []
	answer(asking, "1", f"Tell us more: {LINK}")
	assert events(asking, "1") == [("asked for private", "")]


def test_our_own_address_is_no_card_number(asking):
	asking.world.private_link = "https://memory.example/write?to=4111111111111111"
	says(asking, 1)
	asking.round()
	ask_for_private(asking, "1")
	with pytest.raises(Refused, match="a card number"):
		asking.reply("1", f"Yours is 4111111111111111, write to {asking.world.private_link}")


def test_an_answer_that_failed_asked_for_nothing(asking):
	says(asking, 1)
	asking.round()
	asking.world.faults["send"] = [Rejected("no", _("No."))]
	reply = asking.reply("1", f"Tell us more: {LINK}")
	asking.publish(minutes=2)
	assert asking.host.store.get(SocialReply, [reply.name])[reply.name].state is ReplyState.FAILED
	assert events(asking, "1") == [] and talk_of(asking, "p1").switch_asked_at is None


@pytest.mark.parametrize(("days", "ticket"), [(29, "1"), (31, "2")])
def test_we_wait_for_whom_we_asked_as_long_as_a_private_ticket_reopens(asking, days, ticket):
	says(asking, 1)
	asking.round()
	ask_for_private(asking, "1")
	close(asking, "1")
	asking.clock.forward(days=days)
	whispers(asking, 2)
	asking.round()
	assert asking.message("p2").ticket == ticket


def test_asking_leads_away_from_an_older_private_ticket(asking):
	whispers(asking, 1, "My ticket of last week?")
	asking.round()
	says(asking, 2)
	asking.round()
	assert [asking.message(one).ticket for one in ("p1", "p2")] == ["1", "2"]
	ask_for_private(asking, "2")
	whispers(asking, 3)
	asking.round()
	assert asking.message("p3").ticket == "2"


def test_a_message_from_before_we_asked_does_not_answer_it(asking):
	says(asking, 1)
	asking.round()
	before = whispers(asking, 2)
	asking.world.posts.remove(before)  # it comes late
	close(asking, "1")
	ask_for_private(asking, "1")
	asking.world.posts.append(before)
	asking.round()
	assert talk_of(asking, "p1").switch_asked_at is not None


def test_a_merged_ticket_is_where_they_go_on(asking):
	says(asking, 1)
	says(asking, 2, thread_id="another")
	asking.round()
	ask_for_private(asking, "1")
	with asking.host.transaction():
		asking.host.connection.execute("UPDATE ticket SET merged_into = '2' WHERE name = 1")
	whispers(asking, 3)
	asking.round()
	assert asking.message("p3").ticket == "2"


# --- the customer did -----------------------------------------------------------------------------------------


def test_who_writes_privately_on_their_own_joins_the_open_ticket(desk):
	says(desk, 1)
	desk.round()
	whispers(desk, 2)
	desk.round()
	assert desk.message("p2").ticket == "1"
	assert events(desk, "1") == [("moved to private", "the customer did")]


@pytest.mark.parametrize(
	"why", ["49 hours later", "closed", "another person", "another account of that name"]
)
def test_who_writes_privately_opens_a_ticket_of_their_own_when(desk, why):
	says(desk, 1)
	desk.round()
	more = {}
	if why == "closed":
		close(desk, "1")
	elif why == "49 hours later":
		desk.clock.forward(hours=49)
	elif why == "another person":
		more = {"by": "otto"}
	else:
		more = {"author": Author("id-another", "maria", "Maria"), "thread_id": "dm-another"}
	whispers(desk, 2, "Where is my refund?", **more)
	desk.round()
	assert desk.message("p2").ticket == "2"
	assert events(desk, "1") == events(desk, "2") == []


def test_our_last_word_keeps_a_talk_going(desk):
	says(desk, 1)
	desk.round()
	desk.clock.forward(hours=40)
	answer(desk, "1", "We look into it.")
	desk.clock.forward(hours=40)
	whispers(desk, 2)
	desk.round()
	assert desk.message("p2").ticket == "1"


def test_an_open_private_ticket_keeps_its_thread(desk):
	whispers(desk, 1, "Where is my refund?")
	desk.round()
	says(desk, 2, "And my luggage? Please help!")
	desk.round()
	whispers(desk, 3, "Still waiting for that refund.")
	desk.round()
	assert [desk.message(one).ticket for one in ("p1", "p2", "p3")] == ["1", "2", "1"]


def test_a_dry_run_moves_nobody(desk):
	says(desk, 1)
	desk.round()
	with desk.host.transaction():
		desk.host.store.change(desk.channel, dry_run=True)
	whispers(desk, 2)
	desk.round()
	assert (desk.message("p2").fate, desk.message("p2").ticket) == (Fate.WATCHED, "")


# --- never the other way --------------------------------------------------------------------------------------


def test_a_public_post_of_somebody_who_writes_privately_opens_its_own_ticket_and_both_say_so(desk):
	whispers(desk, 1, "Where is my refund? My account is DE89 3704.")
	desk.round()
	says(desk, 2)
	desk.round()
	assert [desk.message(one).ticket for one in ("p1", "p2")] == ["1", "2"]
	assert events(desk, "1") == [("moved to public", "the customer did")] and events(desk, "2") == []
	assert "wrote in public, too: ticket 2" in notes(desk, "1")
	assert "in private, too: ticket 1" in notes(desk, "2")
	assert "DE89" not in notes(desk, "2")


def test_an_answer_from_a_ticket_that_went_private_is_read_by_the_customer_alone(desk):
	says(desk, 1)
	desk.round()
	whispers(desk, 2)
	desk.round()
	reply = answer(desk, "1", "It went to DE89 3704 0044 0532 0130 00.")
	(sent,) = desk.world.answers
	assert reply.visibility is sent.visibility is Visibility.PRIVATE and sent.to.external_id == "p2"


def test_back_in_public_the_agent_must_say_who_reads_the_answer(desk):
	says(desk, 1)
	desk.round()
	whispers(desk, 2)
	desk.round()
	says(desk, 3, "Nobody answers me here!")
	desk.round()
	view = ticket_view.look(desk.host, "1", desk.clock)
	assert "choose who reads your answer" in str(view.audience)
	assert [(one.who.value, one.is_made) for one in view.choices] == [("public", False), ("private", False)]
	with pytest.raises(Refused, match="Choose above the answer who reads it"):
		desk.reply("1", "We are on it.")
	assert desk.replies() == []
	audience.choose(desk.host, None, "1", Visibility.PUBLIC)
	assert answer(desk, "1", "We wrote to you.").visibility is Visibility.PUBLIC
	audience.choose(desk.host, None, "1", Visibility.PRIVATE)
	assert answer(desk, "1", "Your number is 7.").visibility is Visibility.PRIVATE
	assert [(one.to.external_id, one.visibility.value) for one in desk.world.answers] == [
		("p3", "public"),
		("p2", "private"),
	]


def test_a_choice_holds_until_the_customer_writes_again(desk):
	says(desk, 1)
	desk.round()
	whispers(desk, 2)
	desk.round()
	says(desk, 3, "Nobody answers me here!")
	desk.round()
	audience.choose(desk.host, None, "1", Visibility.PUBLIC)
	says(desk, 4, "Hello? Anybody?")
	desk.round()
	with pytest.raises(Refused, match="Choose above"):
		desk.reply("1", "We are on it.")


def test_the_older_public_post_can_be_answered_from_a_private_turn(desk):
	says(desk, 1)
	desk.round()
	whispers(desk, 2)
	desk.round()
	audience.choose(desk.host, None, "1", Visibility.PUBLIC)
	answer(desk, "1", "Thank you, we go on in private.")
	assert [(one.to.external_id, one.visibility.value) for one in desk.world.answers] == [("p1", "public")]
	audience.choose(desk.host, None, "1", Visibility.PRIVATE)
	assert not audience.is_private_to_public(audience.answered_message(desk.host, "1"))
	answer(desk, "1", "It is on its way.")
	assert desk.world.answers[-1].to.external_id == "p2"


def test_what_was_said_in_private_can_not_be_answered_in_public(desk):
	whispers(desk, 1, ASKS)
	desk.round()
	with pytest.raises(Refused, match="can't be answered that way"):
		audience.choose(desk.host, None, "1", Visibility.PUBLIC)
	with desk.host.transaction():  # whatever is stored
		desk.host.store.change(desk.message("p1"), answer_as=Visibility.PUBLIC)
	assert audience.answered_message(desk.host, "1").visibility is Visibility.PRIVATE
	assert answer(desk, "1", "Yes.").visibility is Visibility.PRIVATE
	assert desk.world.answers[0].visibility is Visibility.PRIVATE


# --- a private answer to a public post ------------------------------------------------------------------------


@pytest.fixture
def answering_privately(asking):
	asking.world.answers_privately = True
	says(asking, 1)
	asking.round()
	return asking


def chosen_private(desk):
	driver = ticket_view.driver_of(desk.host, "1", desk.clock)
	audience.choose(desk.host, driver, "1", Visibility.PRIVATE)
	return desk


def test_where_the_network_has_it_a_public_post_is_answered_in_private(answering_privately):
	desk = chosen_private(answering_privately)
	view = ticket_view.look(desk.host, "1", desk.clock)
	assert "only they read it" in str(view.audience) and not view.asks
	reply = answer(desk, "1", "Your IBAN DE89 3704 0044 0532 0130 00 is wrong.")
	(sent,) = desk.world.answers
	assert (sent.to.external_id, sent.to.visibility) == ("p1", Visibility.PUBLIC)
	assert reply.visibility is sent.visibility is Visibility.PRIVATE
	assert events(desk, "1") == [("asked for private", "")]


def test_it_moves_the_customer_as_a_link_would(answering_privately):
	desk = chosen_private(answering_privately)
	answer(desk, "1", "Which number is it?")
	desk.clock.forward(days=9)
	whispers(desk, 2)
	desk.round()
	assert desk.message("p2").ticket == "1"
	assert events(desk, "1")[-1] == ("moved to private", "we asked")


def test_after_it_a_public_answer_takes_a_decision(answering_privately):
	desk = chosen_private(answering_privately)
	answer(desk, "1", "Which number is it?")
	says(desk, 2, "I do not write to you in private!")
	desk.round()
	with pytest.raises(Refused, match="Choose above"):
		desk.reply("1", "As you like.")


@pytest.mark.parametrize("who", ["a network without", "a network that changed its mind"])
def test_where_the_network_has_it_not_nothing_leaves(answering_privately, who):
	desk = answering_privately
	if who == "a network without":
		desk.world.answers_privately = False
		with pytest.raises(Refused, match="can't be answered that way"):
			chosen_private(desk)
		assert ticket_view.look(desk.host, "1", desk.clock).choices == ()
		return
	chosen_private(desk)
	desk.world.answers_privately = False
	with pytest.raises(Refused, match="does not let us answer"):
		desk.reply("1", "Which number is it?")


def test_a_network_without_an_address_asks_for_nothing(desk):
	says(desk, 1)
	desk.round()
	assert not ticket_view.look(desk.host, "1", desk.clock).asks
	with pytest.raises(Refused, match="no address to give"):
		switching.private_request(desk.host, "1", desk.clock)


# --- whoever it is --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(12))
def test_whatever_happens_nobody_lands_in_another_persons_ticket_and_nothing_widens(asking, seed):
	"""Six people of two names write in public and in private, agents answer, ask, choose, close and merge; at random."""
	desk, rng = asking, random.Random(seed)
	desk.world.answers_privately = rng.random() < 0.5
	Life(desk, rng).go_on(90)
	found = desk.host.store.find(SocialMessage, {}, order="sent_at", limit=1000)
	owners: dict[str, set[str]] = {}
	for one in found:
		assert one.fate, one.external_id
		if one.ticket:
			owners.setdefault(one.ticket, set()).add(one.author_id)
	assert len(owners) > 5 and all(len(who) == 1 for who in owners.values())
	assert any("now in private" in one.fate_reason for one in found), "nobody switched"
	for one in desk.world.answers:
		name = one.text.split("/")[0]
		assert owners[name] == {one.to.author.external_id}, "an answer went to somebody else"
		assert not (one.to.visibility is Visibility.PRIVATE and one.visibility is Visibility.PUBLIC)
		assert one.visibility is Visibility.PRIVATE or "secret" not in one.text
	public = [one for one in found if one.ticket and one.visibility is Visibility.PUBLIC]
	threads = {(one.ticket, one.thread_id) for one in public}
	assert len(threads) == len({ticket for ticket, _thread in threads}), "a public post left its conversation"
	private = {
		one.ticket for one in found if one.fate is Fate.OPENED and one.visibility is Visibility.PRIVATE
	}
	assert not private & {one.ticket for one in public}, "a public post came into a private talk"


class Life:
	PEOPLE = ("ada", "bo", "cem", "ada2", "bo2", "cem2")

	def __init__(self, desk, rng: random.Random) -> None:
		self.desk, self.rng, self.number = desk, rng, 0

	def go_on(self, steps: int) -> None:
		for _step in range(steps):
			self.desk.clock.forward(minutes=self.rng.choice((1, 7, 90, 1500)))
			self.rng.choice((self.speaks, self.speaks, self.whispers, self.answers, self.asks, self.closes))()
			if self.rng.random() < 0.7:
				self.desk.round(minutes=self.rng.choice((1, 5)))
		for _round in range(40):
			self.desk.round(minutes=20)

	def author(self) -> dict:
		who = self.rng.choice(self.PEOPLE)
		name = who.rstrip("2")  # two people of the same handle and name
		return {"by": who, "author": Author(f"id-{who}", name, name.title())}

	def speaks(self) -> None:
		self.number += 1
		says(self.desk, self.number, thread_id=self.rng.choice(("one", "two", "three")), **self.author())

	def whispers(self) -> None:
		self.number += 1
		author = self.author()
		whispers(self.desk, self.number, "It is a secret.", thread_id=f"dm-{author['by']}", **author)

	def ticket(self) -> str:
		names = [str(name) for (name,) in self.desk.table("SELECT name FROM ticket")]
		return self.rng.choice(names) if names else ""

	def answers(self) -> None:
		self.send(f"{{0}}/{self.number} {self.rng.choice(('secret', 'plain'))} {self.rng.random()}")

	def asks(self) -> None:
		self.send(f"{{0}}/{self.rng.random()} {LINK}")

	def send(self, text: str) -> None:
		ticket = self.ticket()
		post = ticket and audience.answered_message(self.desk.host, ticket)
		if not post:
			return
		driver = ticket_view.driver_of(self.desk.host, ticket, self.desk.clock)
		if self.rng.random() < 0.5:
			self.choose(driver, ticket)
		seen = audience.answered_message(self.desk.host, ticket)
		if "secret" in text and seen.visibility is Visibility.PUBLIC:
			return  # no agent tells a secret while the bar says that everybody reads it
		if self.rng.random() < 0.4:  # the customer writes while the agent does
			self.rng.choice((self.speaks, self.whispers))()
			self.desk.round(minutes=1)
		try:
			self.desk.reply(ticket, text.format(ticket))
		except Refused:
			return
		self.desk.publish(minutes=2)

	def choose(self, driver, ticket: str) -> None:
		with suppress(Refused):
			audience.choose(self.desk.host, driver, ticket, self.rng.choice(tuple(Visibility)))

	def closes(self) -> None:
		if ticket := self.ticket():
			close(self.desk, ticket)
