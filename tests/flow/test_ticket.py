"""Ticket: one fate for each post, one conversation for each person, and reasons that people understand."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from social_service import account, decider, ticket
from social_service.conversation import ticket_merged, ticket_split
from social_service.hosts.base import Busy
from social_service.ledger import SocialArticleSuggestion, SocialConversation, SocialMessage
from social_service.records import Author, Fate, Kind, Visibility
from social_service.sentence import Refused
from social_service.settings import SocialChannel
from social_service.ticket import deciding, opening
from tests.kit.memory_channel import MORNING


def test_a_question_opens_a_ticket_whose_clock_starts_at_the_post(desk):
	desk.world.post(3, "Where is my refund?")
	desk.round(hours=2)
	message = desk.message("p3")
	assert (message.fate, message.need.value) == (Fate.OPENED, "explicit")
	started, subject, raised_by = desk.table("SELECT started_ms, subject, raised_by FROM ticket")[0]
	assert started == int((MORNING + timedelta(minutes=3)).timestamp() * 1000)
	assert subject == "Maria: Where is my refund?"
	assert raised_by.endswith("@social.invalid") and "maria" not in raised_by


@pytest.mark.parametrize(
	("text", "more", "fate"),
	[
		("Thanks, great service!", {}, "watched"),
		("Danke, hat geklappt", {}, "watched"),
		("free crypto airdrop for you", {}, "ignored"),
		("RT @company: Where?", {"is_repost": True}, "ignored"),
		("Our new timetable?", {"is_own": True}, "ignored"),
		("🎉🎉", {}, "watched"),
		("Die App lädt nicht", {"kind": Kind.POST, "is_addressed": False}, "opened"),
		("hello", {"kind": Kind.DIRECT_MESSAGE, "visibility": Visibility.PRIVATE}, "opened"),
		("beep?", {"author": Author("b", "bot", "Bot", is_bot=True), "is_addressed": False}, "ignored"),
		("Where?", {"author": Author("")}, "failed"),
		("<script>alert('x')</script> help me", {}, "opened"),
	],
)
def test_fates(desk, text, more, fate):
	desk.world.post(1, text, **more)
	desk.round()
	message = desk.message("p1")
	assert message.fate.value == fate
	assert message.fate_reason and message.decided_at


def test_five_people_under_one_post_are_five_conversations(desk):
	for number, name in enumerate(["ada", "bob", "cem", "dana", "eve"]):
		desk.world.post(number, "My app is not working either", by=name, thread_id="viral")
	desk.round()
	assert set(desk.fates().values()) == {"opened"}
	assert len(desk.table("SELECT DISTINCT raised_by FROM ticket")) == 5


def test_the_same_person_joins_and_others_posts_are_context(desk):
	desk.world.post(1, "My app is not working", by="ada", thread_id="t")
	desk.world.post(2, "Mine neither, help please", by="bob", thread_id="t", parent_id="p1")
	desk.world.post(3, "It says error 7", by="ada", thread_id="t", parent_id="p1")
	desk.round()
	assert desk.fates() == {"p1": "opened", "p2": "opened", "p3": "joined"}
	notes = desk.table("SELECT ticket, text FROM note")
	assert notes == [(2, "Earlier in this thread:\nAda: My app is not working")]


def test_no_persons_post_ever_lands_in_anothers_ticket(desk):
	"""Two hundred posts of eight people in five threads, in any order of arrival."""
	chance = random.Random(7)
	for number in range(200):
		who, thread = chance.choice("abcdefgh"), chance.choice(["t1", "t2", "t3", "t4", "t5"])
		desk.world.post(number, "help me please", by=who, thread_id=thread, minutes=chance.randrange(300))
	for _round in range(8):
		desk.round(hours=6)
	tickets: dict[str, set] = {}
	for message in desk.host.store.find(SocialMessage, {}, order="name", limit=1000):
		tickets.setdefault(message.ticket, set()).add((message.author_id, message.thread_id))
	assert all(len(people) == 1 for people in tickets.values())
	assert len(tickets) == len({(post.author, post.thread_id) for post in desk.world.posts})


@pytest.mark.parametrize(
	("days", "text", "fates", "tickets"),
	[
		(3, "It still does not work, help me", ["opened", "joined"], 1),
		(9, "It still does not work, help me", ["opened", "opened"], 2),
		(3, "Thank you!", ["opened", "joined"], 1),
		(9, "Thank you!", ["opened", "watched"], 1),
	],
)
def test_a_closed_ticket_reopens_within_days_and_later_a_new_one_follows(desk, days, text, fates, tickets):
	desk.world.post(1, "My app is not working", thread_id="t")
	desk.round()
	with desk.host.transaction():
		desk.host.desk.close("1", desk.clock())
	desk.world.post(2, text, thread_id="t", minutes=days * 24 * 60)
	desk.round(days=days + 1)
	assert list(desk.fates().values()) == fates
	assert len(desk.table("SELECT name FROM ticket")) == tickets
	if tickets == 2:
		assert desk.table("SELECT follows FROM ticket WHERE name = 2") == [("1",)]
		assert ("The same conversation had ticket 1 before.",) in desk.table("SELECT text FROM note")


@pytest.mark.parametrize(("text", "is_open"), [("The number is MB-02", 1), ("Thank you!", 0)])
def test_what_may_matter_reopens_and_thanks_do_not(desk, text, is_open):
	desk.world.post(1, "My app is not working", thread_id="t")
	desk.round()
	with desk.host.transaction():
		desk.host.desk.close("1", desk.clock())
	desk.world.post(2, text, thread_id="t", parent_id="p1", minutes=30)
	desk.round()
	assert desk.table("SELECT is_open FROM ticket") == [(is_open,)]


def test_thanks_in_an_open_ticket_join_it(desk):
	desk.world.post(1, "My app is not working", thread_id="t")
	desk.world.post(2, "Thank you!", thread_id="t")
	desk.round()
	assert desk.fates() == {"p1": "opened", "p2": "joined"}


def test_what_was_written_before_we_connected_is_watched(desk):
	desk.world.post(1, "Where is my refund?", minutes=-60)
	desk.round()
	assert desk.fates() == {"p1": "watched"}
	assert "before we listened here" in desk.message("p1").fate_reason


def test_dry_run_opens_nothing_and_says_what_it_would(desk):
	with desk.host.transaction():
		desk.host.store.change(desk.channel, dry_run=True)
	desk.world.post(1, "Where is my refund?")
	desk.round()
	assert desk.fates() == {"p1": "watched"}
	assert desk.message("p1").fate_reason.startswith("Dry run: it would have opened a ticket")
	assert desk.table("SELECT name FROM ticket") == []


def test_a_poison_message_fails_alone_and_can_be_retried(desk, monkeypatch):
	for number in range(3):
		desk.world.post(number, "Where is my refund?", by=f"p{number}")
	real = decider.judge

	def judge(message, *rest, **more):
		if message.external_id == "p1":
			raise ValueError("poison")
		return real(message, *rest)

	monkeypatch.setattr(decider, "judge", judge)
	desk.round()
	assert desk.fates() == {"p0": "opened", "p1": "failed", "p2": "opened"}
	assert "ValueError" in desk.message("p1").fate_reason
	monkeypatch.setattr(decider, "judge", real)
	ticket.retry(desk.host, desk.message("p1").name, desk.clock)
	desk.round()
	assert desk.fates()["p1"] == "opened"
	assert len(desk.table("SELECT name FROM ticket")) == 3


def test_a_failure_half_way_leaves_no_ticket_behind(desk, monkeypatch):
	monkeypatch.setattr(opening, "_suggest", lambda *_a: 1 / 0)
	desk.world.post(1, "Where is my refund?")
	desk.round()
	assert desk.fates() == {"p1": "failed"}
	assert desk.table("SELECT name FROM ticket") == [] == desk.table("SELECT name FROM ticket_message")


def test_a_busy_database_leaves_the_message_for_the_next_round(desk, monkeypatch):
	def busy(*_a):
		raise Busy

	monkeypatch.setattr(deciding, "settle", busy)
	desk.world.post(1, "Where is my refund?")
	desk.clock.forward(minutes=30)
	desk.listen()
	assert desk.decide() == 0
	assert desk.message("p1").fate is None


def test_one_post_that_names_two_accounts_has_two_fates_and_one_ticket(desk):
	with desk.host.transaction():
		other, _ = desk.host.store.add(SocialChannel(title="Other", driver="memory"))
	desk.host.keep_secrets(other.name, {"access_token": "t0ken"})
	account.check(desk.host, other.name, desk.clock)
	desk.world.post(1, "@one @two where is my refund?")
	desk.round()
	fates = sorted(one.fate.value for one in desk.host.store.find(SocialMessage, {}, order="name", limit=10))
	assert fates == ["joined", "opened"]
	assert len(desk.table("SELECT name FROM ticket")) == 1


def test_suggestions_are_stored_and_an_edited_article_counts_at_once(desk):
	desk.world.post(1, "I can not log in to the app, help me")
	desk.round()
	rows = desk.host.store.find(SocialArticleSuggestion, {"ticket": "1"}, order="rank", limit=5)
	assert rows[0].article == "login" and 0 < rows[0].score <= 100
	with desk.host.transaction():
		desk.table("UPDATE article SET is_published = 0, changed_ms = changed_ms + 1 WHERE name = 'login'")
	desk.world.post(2, "I can not log in to the app, help me", by="bob")
	desk.round()
	assert not [
		one
		for one in desk.host.store.find(SocialArticleSuggestion, {"ticket": "2"}, order="rank", limit=5)
		if one.article == "login"
	]


def test_a_split_follows_the_newest_message_and_a_merge_takes_all(desk):
	desk.world.post(1, "My app is not working", thread_id="t")
	desk.world.post(2, "And where is my refund?", thread_id="t")
	desk.round()
	moved = desk.message("p2").ticket_message
	with desk.host.transaction():
		ticket_split(desk.host, "1", "77", [moved], desk.clock())
	assert (desk.message("p1").ticket, desk.message("p2").ticket) == ("1", "77")
	assert desk.host.store.find(SocialConversation, {}, order="name", limit=1)[0].ticket == "77"
	with desk.host.transaction():
		ticket_merged(desk.host, "77", "1", desk.clock())
	assert desk.message("p2").ticket == "1"
	assert desk.host.store.find(SocialConversation, {}, order="name", limit=1)[0].ticket == "1"


def test_a_post_for_a_merged_ticket_joins_the_one_it_was_merged_into(desk):
	desk.world.post(1, "My app is not working", thread_id="t")
	desk.world.post(2, "My bus is late, help me", thread_id="u")
	desk.round()
	with desk.host.transaction():
		desk.table("UPDATE ticket SET merged_into = '2', is_open = 0 WHERE name = 1")
	desk.world.post(3, "any update?", thread_id="t")
	desk.round()
	assert desk.message("p3").ticket == "2"


def test_a_subject_is_one_short_line():
	assert opening.subject_of("a\n\nb", "Maria") == "Maria: a b"
	assert len(opening.subject_of("word " * 100, "Maria")) <= 120
	assert opening.subject_of("", "Maria") == "Maria"


def test_a_message_that_another_worker_decided_meanwhile_gets_no_second_ticket(desk, monkeypatch):
	real = deciding.settle

	def settle(decider, message):
		decider.host.store.change(message, fate=Fate.WATCHED)  # the other worker was faster
		real(decider, message)

	monkeypatch.setattr(deciding, "settle", settle)
	desk.world.post(1, "Where is my refund?")
	desk.clock.forward(minutes=30)
	desk.listen()
	desk.decide()
	assert desk.table("SELECT name FROM ticket") == []


def test_a_post_that_was_never_read_can_not_be_retried(desk):
	desk.world.post(1, "Where?", author=Author(""))
	desk.round()
	with pytest.raises(Refused, match="nothing to decide"):
		ticket.retry(desk.host, desk.message("p1").name, desk.clock)


def test_what_concerns_no_ticket_is_decided_in_one_transaction(desk, monkeypatch):
	for number in range(30):
		desk.world.post(number, "free crypto airdrop for you", by=f"p{number}")
	desk.clock.forward(minutes=60)
	desk.listen()
	opened = []
	real = desk.host.transaction
	monkeypatch.setattr(desk.host, "transaction", lambda: opened.append(1) or real())
	desk.decide()
	assert set(desk.fates().values()) == {"ignored"}
	assert len(opened) <= 5


def test_a_few_words_are_in_the_language_in_which_their_author_wrote_before(desk):
	desk.world.post(1, "My app has not been working since yesterday, please help me", thread_id="t")
	desk.round()
	desk.world.post(2, "ok", thread_id="t", parent_id="p1")
	desk.world.post(3, "ok", by="john", thread_id="t", parent_id="p1")
	desk.round()
	assert [desk.message(f"p{number}").language for number in (1, 2, 3)] == ["en", "en", ""]
