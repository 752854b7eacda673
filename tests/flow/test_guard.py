"""The guard: a table of texts and of what happened meanwhile, and what stops the answer or must be known first."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from social_service import engage, guard, writing
from social_service.guard.wording import dollars
from social_service.hosts.embedded import EmbeddedHost
from social_service.ledger import SocialConversation, SocialTicketEvent
from social_service.records import AgentReplied, Author, Happening, ReplyState, Visibility
from social_service.sentence import Refused
from social_service.settings import SocialServiceSettings
from tests.kit.memory_channel import Memory

ALEX, BEN = "alex@example.com", "ben@example.com"
NAMES = {ALEX: "Alex Agent", BEN: "Ben Berg"}
QUESTION = "Hello, where is my refund? I have been waiting for three weeks now."
FRAGE = "Guten Tag, wo bleibt meine Erstattung? Ich warte jetzt schon seit drei Wochen."
TEXT = "Your refund is on its way, it should arrive by Friday."
ANTWORT = "Ihre Erstattung ist unterwegs und sollte bis Freitag bei Ihnen sein."
IBAN = "DE02 1203 0000 0000 2020 51"


def said(agent: str, text: str, message: str = "") -> AgentReplied:
	return AgentReplied("1", message, agent, text)


def types(desk, text: str, agent: str = ALEX) -> writing.Seen:
	return writing.typed(desk.host, said(agent, text), NAMES[agent], desk.clock)


def look(desk, text: str, agent: str = ALEX) -> guard.Looked:
	return guard.look(desk.host, said(agent, text), desk.clock)


def sends(desk, text: str, agent: str = ALEX) -> None:
	with desk.host.transaction():
		message = desk.host.desk.reply("1", text, desk.clock())
		engage.queue_reply(desk.host, said(agent, text, message), desk.clock)


def settings(desk, **values: object) -> None:
	(row,) = desk.host.store.find(SocialServiceSettings, {}, order="name", limit=1)
	with desk.host.transaction():
		desk.host.store.change(row, **values)


def keys(objections) -> list[str]:
	"""What they are about, without which one."""
	return [one.key.split(":")[0] for one in objections]


@pytest.fixture
def opened(desk):
	desk.world.limit = 280
	desk.world.post(1, QUESTION, thread_id="t")
	desk.round()
	return desk


# --- what happened before it is sent -------------------------------------------------------------------------


def nothing(desk) -> None:
	pass


def draft(desk) -> None:
	types(desk, TEXT)
	desk.clock.forward(minutes=1)


def edited(desk) -> None:
	draft(desk)
	first = desk.world.posts[0]
	desk.world.posts.append(replace(first, text="Where is my new card?", edited_at=desk.clock()))
	desk.round()


def wrote_again(desk) -> None:
	draft(desk)
	desk.world.post(2, "It is urgent, please help!", thread_id="t", parent_id="p1", minutes=5)
	desk.round()


def wrote_again_in_public(desk) -> None:
	"""A ticket that was merged holds both."""
	with desk.host.transaction():
		desk.host.store.change(desk.message("p1"), visibility=Visibility.PRIVATE)
	wrote_again(desk)


def deleted_with_one_left(desk) -> None:
	desk.world.post(2, "It is urgent, please help!", thread_id="t", parent_id="p1", minutes=5)
	desk.round()
	draft(desk)
	with desk.host.transaction():
		desk.host.store.change(desk.message("p2"), deleted_at=desk.clock())


def deleted(desk) -> None:
	draft(desk)
	with desk.host.transaction():
		desk.host.store.change(desk.message("p1"), deleted_at=desk.clock())


def began_yesterday(desk) -> None:
	edited(desk)
	desk.clock.forward(days=1)


def colleague_answered(desk) -> None:
	draft(desk)
	desk.clock.forward(minutes=3)
	types(desk, "We paid it back this morning.", BEN)
	sends(desk, "We paid it back this morning.", BEN)


def colleague_failed(desk) -> None:
	colleague_answered(desk)
	with desk.host.transaction():
		desk.host.store.change(desk.replies()[0], state=ReplyState.FAILED)


def colleague_answered_the_post_before(desk) -> None:
	sends(desk, "We paid it back this morning.", BEN)
	desk.publish(minutes=1)
	desk.world.post(2, "It did not arrive, please help!", thread_id="t", parent_id="p1", minutes=60)
	desk.round(hours=1)


def i_answered(desk) -> None:
	sends(desk, "Hello Maria, we look it up for you.")
	desk.publish(minutes=1)


def answered_on_the_network(desk) -> None:
	draft(desk)
	more = {"by": "company", "is_own": True, "parent_id": "p1", "thread_id": "t", "minutes": 10}
	desk.world.post(2, "Done, it arrives tomorrow.", **more)
	desk.round()


def colleague_writes(desk) -> None:
	types(desk, "We are", BEN)
	desk.clock.forward(minutes=2)
	types(desk, TEXT)


def colleague_wrote_a_while_ago(desk) -> None:
	types(desk, "We are", BEN)
	desk.clock.forward(minutes=3, seconds=1)


def colleague_writes_too(desk) -> None:
	draft(desk)
	types(desk, "We are", BEN)


def colleague_threw_it_away(desk) -> None:
	types(desk, "We are", BEN)
	types(desk, "", BEN)


def others_in_the_thread(desk) -> None:
	author = Author("id-peter", "peter_p", "Peter Pan")
	desk.world.post(2, "Mine, too! @lisa", author=author, thread_id="t", parent_id="p1")
	namesake = Author("id-maria2", "maria_m", "Maria Muster")
	desk.world.post(3, "And mine!", author=namesake, thread_id="t", parent_id="p1")
	desk.round()


def german_customer(desk) -> None:
	desk.world.post(2, FRAGE, thread_id="t", parent_id="p1", minutes=5)
	with desk.host.transaction():
		desk.host.store.change(desk.message("p1"), text="")
	desk.round()


def foreign_customer(desk) -> None:
	text = "Bonjour, où est mon remboursement ? J'attends depuis trois semaines déjà."
	with desk.host.transaction():
		desk.host.store.change(desk.message("p1"), text=text)


def link_is_dear(desk) -> None:
	price = {True: 200_000, False: 15_000}
	Memory.price = lambda self, text, to=None: price["example.org" in text]


def asleep(desk) -> None:
	with desk.host.transaction():
		desk.host.store.change(desk.channel, parked="Write to help@example.com")


def window_closed(desk) -> None:
	with desk.host.transaction():
		desk.host.store.change(desk.message("p1"), reply_hint={"closed": True})


def private(desk) -> None:
	with desk.host.transaction():
		desk.host.store.change(desk.message("p1"), visibility=Visibility.PRIVATE)


def company_numbers(desk) -> None:
	settings(desk, private_patterns="KM-#######", public_contacts=f"{IBAN}\n@partner")


LINKED = "Your refund is on its way: https://example.org/refund"
CASES: dict[str, tuple[Callable, str, list[str], list[str]]] = {
	# what happened, text, stops, warnings
	"an ordinary answer": (nothing, TEXT, [], []),
	"an ordinary answer after a while": (draft, TEXT, [], []),
	"no text": (nothing, "  ", ["empty"], []),
	"too long": (nothing, "x" * 281, ["length"], []),
	"asleep": (asleep, TEXT, ["asleep"], []),
	"the window is closed": (window_closed, TEXT, ["window"], []),
	"asleep, closed, empty": (
		lambda desk: (asleep(desk), window_closed(desk)),
		"",
		["asleep", "empty", "window"],
		[],
	),
	"nothing to answer": (deleted, TEXT, ["gone"], []),
	"an account number": (nothing, f"We pay it to {IBAN}.", ["personal"], []),
	"two at once": (nothing, f"{IBAN}, maria@example.org", ["personal", "personal"], []),
	"an account number in private": (private, f"We pay it to {IBAN}.", [], []),
	"an order's number": (company_numbers, "It is order km-1234567.", ["personal"], []),
	"the company's own account": (company_numbers, f"Please pay to {IBAN}.", [], []),
	"the same answer a moment ago": (i_answered, "Hello  Maria, we look it up for you. ", ["said"], []),
	"one more answer of one's own": (i_answered, TEXT, [], []),
	"the customer edited": (edited, TEXT, [], ["edited"]),
	"it was begun the day before": (began_yesterday, TEXT, [], []),
	"the customer wrote again": (wrote_again, TEXT, [], ["post"]),
	"and everybody can read it now": (wrote_again_in_public, TEXT, ["audience"], ["post"]),
	"the customer deleted the newest of two": (deleted_with_one_left, TEXT, [], ["post"]),
	"a colleague answered": (colleague_answered, TEXT, [], ["answered"]),
	"a colleague's answer failed": (colleague_failed, TEXT, [], []),
	"a colleague answered what was before": (colleague_answered_the_post_before, TEXT, [], []),
	"somebody answered on the network": (answered_on_the_network, TEXT, [], ["native"]),
	"a colleague writes": (colleague_writes, TEXT, [], ["writing"]),
	"a colleague writes, before a word of mine": (colleague_writes, "", ["empty"], ["writing"]),
	"a colleague wrote four minutes ago": (colleague_wrote_a_while_ago, TEXT, [], []),
	"a colleague began after me": (colleague_writes_too, TEXT, [], []),
	"a colleague thought better of it": (colleague_threw_it_away, TEXT, [], []),
	"German to an English post": (nothing, ANTWORT, [], ["language"]),
	"English to a German post": (german_customer, TEXT, [], ["language"]),
	"German to a German post": (german_customer, ANTWORT, [], []),
	"too short to tell": (nothing, "Guten Morgen!", [], []),
	"a French customer": (foreign_customer, TEXT, [], []),
	"Spanish, which the company does not speak": (
		nothing,
		"Su dinero está en camino y llega el viernes.",
		[],
		[],
	),
	"nobody wants to hear of languages": (lambda desk: settings(desk, warn_language=False), ANTWORT, [], []),
	"the customer's handle": (nothing, f"@maria {TEXT}", [], []),
	"the customer's handle elsewhere": (nothing, f"@Maria@fedi.example {TEXT}", [], []),
	"a stranger's handle": (nothing, f"{TEXT} Ask @otto.", [], ["handle"]),
	"a handle of the thread": (others_in_the_thread, f"{TEXT} As @peter_p and @lisa say.", [], []),
	"our own account": (nothing, f"{TEXT} Write to @company", [], []),
	"a handle that an admin allows": (company_numbers, f"{TEXT} Ask @partner.", [], []),
	"a mail address has no handle": (private, f"{TEXT} maria@post.example", [], []),
	"greets the customer, who has a namesake there": (others_in_the_thread, f"Hi Maria, {TEXT}", [], []),
	"greets somebody else by name": (others_in_the_thread, f"Dear Peter, {TEXT}", [], ["speaks"]),
	"greets somebody else by handle": (others_in_the_thread, f"@peter_p {TEXT}", [], ["speaks"]),
	"greets nobody": (others_in_the_thread, f"Good morning, {TEXT}", [], []),
	"names somebody later": (others_in_the_thread, f"{TEXT} Peter, too, gets his.", [], []),
	"a dear link": (link_is_dear, LINKED, [], ["price"]),
	"a cheap answer": (link_is_dear, TEXT, [], []),
	"a dear link, and nobody minds": (
		lambda desk: (link_is_dear(desk), settings(desk, warn_price_cents=0)),
		LINKED,
		[],
		[],
	),
	"several": (colleague_answered, f"Ask @otto. {ANTWORT}", [], ["answered", "handle", "language"]),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_said_of_an_answer(opened, monkeypatch, case):
	monkeypatch.setattr(Memory, "price", Memory.price)  # what a case does to it is undone
	happened, text, stops, warnings = CASES[case]
	happened(opened)
	looked = look(opened, text)
	assert (keys(looked.stops), keys(looked.warnings)) == (stops, warnings)


@pytest.mark.parametrize(
	("happened", "text", "says"),
	[
		(edited, TEXT, "edited the post after you began to write. Read it again: “Where is my new card?”"),
		(wrote_again, TEXT, "stand below the new post: “It is urgent, please help!”"),
		(deleted_with_one_left, TEXT, "is gone. Your answer would stand below an older one: “Hello, where"),
		(colleague_answered, TEXT, "Ben Berg has answered this post: “We paid it back this morning.”"),
		(answered_on_the_network, TEXT, "answered on Memory itself: “Done, it arrives tomorrow.”"),
		(colleague_writes, TEXT, "Ben Berg is writing an answer here."),
		(nothing, ANTWORT, "Your answer is in German, the customer writes in English."),
		(
			nothing,
			f"{TEXT} Ask @otto.",
			"names @otto, who is not in this conversation. The customer is @maria.",
		),
		(others_in_the_thread, f"Dear Peter, {TEXT}", "speaks to peter, but who reads it is @maria."),
		(
			link_is_dear,
			LINKED,
			"Memory charges about 0.20 US$ for this answer, and 0.015 US$ without the link.",
		),
	],
)
def test_a_warning_says_what_it_is_about(opened, monkeypatch, happened, text, says):
	monkeypatch.setattr(Memory, "price", Memory.price)
	happened(opened)
	assert says in str(look(opened, text).warnings[0].sentence)


def test_whoever_may_not_read_a_number_is_told_two_ways_on(opened):
	told = str(look(opened, f"We pay it to {IBAN}.").stops[0].sentence)
	assert IBAN in told and "“Ask for a private message”" in told and "Social Service Settings" in told


@pytest.mark.parametrize(
	("micros", "told"), [(200_000, "0.20 US$"), (15_000, "0.015 US$"), (1_250_000, "1.25 US$")]
)
def test_a_price_is_told_as_people_write_it(micros, told):
	assert str(dollars(micros)) == told


def test_looking_changes_nothing(opened):
	colleague_writes(opened)
	before = list(opened.host.connection.iterdump())
	look(opened, TEXT)
	assert list(opened.host.connection.iterdump()) == before


# --- send anyway ---------------------------------------------------------------------------------------------


def ticks(desk, text: str, *shown: str) -> writing.Seen:
	return writing.acknowledge(desk.host, said(ALEX, text), NAMES[ALEX], shown, desk.clock)


def warned(desk, text: str = TEXT) -> list[str]:
	return [one.key for one in look(desk, text).warnings]


def test_a_warning_holds_the_answer_until_its_agent_says_so(opened):
	colleague_answered(opened)
	with pytest.raises(Refused, match=r"Ben Berg has answered.*Tick “Send anyway” above your answer"):
		sends(opened, TEXT)
	assert len(opened.replies()) == 1
	assert not types(opened, TEXT).is_acknowledged
	assert ticks(opened, TEXT, *warned(opened)).is_acknowledged
	assert types(opened, TEXT).is_acknowledged
	sends(opened, TEXT)
	assert len(opened.replies()) == 2
	(event,) = opened.host.store.find(SocialTicketEvent, {"what": Happening.WARNED}, order="name", limit=5)
	assert event.by == ALEX and event.detail.startswith("Sent anyway: Ben Berg has answered")


OTHER = "Your refund is on its way, it should arrive by Monday."


@pytest.mark.parametrize(
	("then", "text"),
	[
		(nothing, OTHER),
		(lambda desk: desk.clock.forward(minutes=10), TEXT),
		(lambda desk: types(desk, "And I add", BEN) and desk.clock.forward(minutes=11), TEXT),
		(lambda desk: ticks(desk, TEXT), TEXT),
		(lambda desk: ticks(desk, TEXT, "answered:another"), TEXT),
	],
	ids=["another text", "ten minutes later", "long after", "taken back", "what was not shown"],
)
def test_what_was_acknowledged_holds_for_this_text_and_not_for_long(opened, then, text):
	colleague_answered(opened)
	assert ticks(opened, TEXT, *warned(opened)).is_acknowledged
	then(opened)
	with pytest.raises(Refused, match="Send anyway"):
		sends(opened, text)


def test_a_new_warning_is_none_that_was_acknowledged(opened):
	colleague_answered(opened)
	ticks(opened, TEXT, *warned(opened))
	with opened.host.transaction():
		opened.host.store.change(opened.message("p1"), revision=1)
	with pytest.raises(Refused, match="edited the post"):
		sends(opened, TEXT)


def test_a_tick_helps_against_no_stop(opened):
	ticks(opened, f"We pay it to {IBAN}.", "personal")
	with pytest.raises(Refused, match="Everybody would read"):
		sends(opened, f"We pay it to {IBAN}.")


def test_blanks_and_lines_make_no_other_text(opened):
	colleague_answered(opened)
	ticks(opened, TEXT, *warned(opened))
	sends(opened, f" {TEXT.replace(' ', '  ')}\n")
	assert len(opened.replies()) == 2


# --- two at once ---------------------------------------------------------------------------------------------


def test_of_two_answers_at_the_same_moment_one_goes_and_the_other_is_told(opened, tmp_path):
	"""Two requests, each with a connection of its own, that begin together: again and again."""
	for number in range(8):
		opened.world.post(10 + number, QUESTION, thread_id=f"two{number}", by=f"person{number}")
	opened.round(hours=1)
	tickets = [row[0] for row in opened.table("SELECT name FROM ticket ORDER BY name")][1:]
	assert len(tickets) == 8
	for ticket in tickets:
		start, told = threading.Barrier(2), []

		def request(agent: str, ticket: str = str(ticket), start=start, told=told) -> None:
			host = EmbeddedHost(tmp_path / "desk.sqlite")
			start.wait()
			try:
				with host.transaction():
					message = host.desk.reply(ticket, f"{TEXT} {agent[:3]}", opened.clock())
					replied = AgentReplied(ticket, message, agent, f"{TEXT} {agent[:3]}")
					engage.queue_reply(host, replied, opened.clock)
			except Refused as refused:
				told.append(str(refused.sentence))
			finally:
				host.close()

		both = [threading.Thread(target=request, args=(agent,)) for agent in (ALEX, BEN)]
		for one in both:
			one.start()
		for one in both:
			one.join()
		assert len([one for one in opened.replies() if one.ticket == str(ticket)]) == 1
		assert len(told) == 1 and "has answered this post" in told[0]


def test_who_counts_on_from_an_old_number_comes_second(opened, monkeypatch):
	"""What MariaDB shows a transaction that began before a colleague's ended: the conversation as it was."""
	(old,) = opened.host.store.find(SocialConversation, {}, order="name", limit=1)
	sends(opened, "We paid it back this morning.", BEN)
	get = opened.host.store.get
	monkeypatch.setattr(
		opened.host.store,
		"get",
		lambda kind, names: {old.name: old} if kind is type(old) else get(kind, names),
	)
	monkeypatch.setattr(guard.checks, "WARNINGS", ())
	with pytest.raises(Refused, match="At this very moment"):
		sends(opened, TEXT)
	assert len(opened.replies()) == 1


def test_an_answer_that_is_queued_twice_under_one_message_is_one(opened):
	with opened.host.transaction():
		message = opened.host.desk.reply("1", TEXT, opened.clock())
		first = engage.queue_reply(opened.host, said(ALEX, TEXT, message), opened.clock)
		assert engage.queue_reply(opened.host, said(ALEX, TEXT, message), opened.clock).name == first.name
	assert len(opened.replies()) == 1
