"""Corrections: one click of an agent is kept, changes what happens to the post, and holds for the same words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from social_service import corrections
from social_service.heard import heard_of
from social_service.ledger import SocialCorrection
from social_service.records import Fate, Kind, Visibility
from social_service.sentence import Refused

BY = "ada@example.com"


def correct(desk, post: str, word: str, by: str = BY) -> corrections.Corrected:
	return say(desk, desk.message(post).name, corrections.labels_of(word), by)


def say(desk, name: str, labels: dict, by: str = BY) -> corrections.Corrected:
	return corrections.correct(desk.host, name, corrections.Opinion(labels, by, "list"), desk.clock)


def kept(desk) -> list[SocialCorrection]:
	return desk.host.store.find(SocialCorrection, {}, order="said_at", limit=100)


def notes(desk) -> list[str]:
	return [text for (text,) in desk.table("SELECT text FROM note")]


@pytest.fixture
def praised(desk):
	desk.world.post(1, "Thanks, the new timetable is great")
	desk.round()
	assert desk.fates() == {"p1": "watched"}
	return desk


def test_what_needs_a_reply_after_all_waits_again(praised):
	told = correct(praised, "p1", "needs_reply")
	assert told == corrections.Corrected(praised.channel.name, True)
	message = praised.message("p1")
	assert (message.fate, message.decided_at) == (None, None)
	(said,) = kept(praised)
	assert (said.said_by, said.via, said.was, said.digest) == (BY, "list", "watched · none", message.digest)
	assert said.labels == {"concerns": "yes", "need": "implicit", "spam": "no"}


@pytest.mark.parametrize(
	("word", "again"),
	[("no_reply", False), ("urgent", False), ("not_about_us", True), ("spam", True), ("needs_reply", True)],
)
def test_only_what_changes_the_fate_is_decided_again(praised, word, again):
	assert correct(praised, "p1", word).is_to_decide is again
	assert (praised.message("p1").fate is None) is again


def test_the_newest_word_counts_and_other_questions_stand(praised):
	for word in ("urgent", "spam", "needs_reply", "no_reply"):
		correct(praised, "p1", word, by=f"{word}@example.com")
	(said,) = kept(praised)
	assert said.labels == {"need": "none", "urgent": "yes"}
	assert said.said_by == "no_reply@example.com"
	assert said.was == "watched · none", "what the machine said, not what the last agent said"


@pytest.mark.parametrize(
	("word", "told"),
	[("no_reply", "needs no reply"), ("spam", "is spam"), ("not_about_us", "not about us"), ("urgent", "")],
)
def test_a_ticket_hears_it_and_stays_open(desk, word, told):
	desk.world.post(1, "Where is my refund?")
	desk.round()
	for _twice in range(2):
		assert not correct(desk, "p1", word).is_to_decide
	assert len(notes(desk)) == bool(told)
	assert all(BY in note and told in note for note in notes(desk))
	assert desk.table("SELECT is_open FROM ticket") == [(1,)]
	assert desk.message("p1").fate is Fate.OPENED


@pytest.mark.parametrize("more", [{"is_own": True}, {"is_repost": True}])
def test_own_posts_and_reposts_can_not_be_corrected(desk, more):
	desk.world.post(1, "Our new timetable", **more)
	desk.round()
	with pytest.raises(Refused, match="nothing to correct"):
		correct(desk, "p1", "needs_reply")
	assert not kept(desk) and desk.message("p1").fate is Fate.IGNORED


def test_a_deleted_post_teaches_but_opens_nothing(praised):
	message = praised.message("p1")
	with praised.host.transaction():
		praised.host.store.change(message, deleted_at=praised.clock())
	assert not correct(praised, "p1", "needs_reply").is_to_decide
	assert kept(praised)


@pytest.mark.parametrize("labels", [{"need": "maybe"}, {"mood": "yes"}, {}, {"urgent": ""}])
def test_only_known_values_are_taken(praised, labels):
	name = praised.message("p1").name
	with pytest.raises(Refused):
		say(praised, name, labels)
	assert not kept(praised)


def test_unknown_words_and_posts_are_refused(praised):
	with pytest.raises(Refused, match="needs_reply"):
		corrections.labels_of("nonsense")
	with pytest.raises(Refused, match="does not exist"):
		say(praised, "nobody", {"spam": "yes"})


@pytest.mark.parametrize(
	("text", "other", "same"),
	[
		("Free tickets for everybody", "@maria everybody FREE: tickets for https://x.example/1", True),
		("Straße ist gesperrt", "STRASSE ist gesperrt!!", True),
		("This is great stuff", "This is great stuff?", False),
		("Das ist nicht gut", "Das ist gut", False),
		("Train 17 is late", "Train 231 is late", True),
		("so late", "so late", None),
		("@a @b @c https://x.example/a", "@a @b @c https://x.example/a", None),
	],
)
def test_the_same_words(praised, text, other, same):
	"""None: too few to say anything."""
	first, second = (corrections.words_of(_with(praised, one)) for one in (text, other))
	assert (first == second) is (same is not False)
	assert bool(first) is (same is not None)


def test_words_of_a_direct_message_speak_for_no_other_post(praised):
	private = {"kind": Kind.DIRECT_MESSAGE, "visibility": Visibility.PRIVATE}
	assert corrections.words_of(_with(praised, "This is great stuff", **private)) == ""


def _with(desk, text: str, **more: object):
	return replace(desk.message("p1"), text=text, **more)


# --- what agents said is heard when posts are decided ---------------------------------------------------------


def test_a_corrected_post_opens_its_ticket_and_says_who_wanted_it(praised):
	correct(praised, "p1", "needs_reply")
	praised.decide()
	message = praised.message("p1")
	assert (message.fate, message.need.value, message.decided_by) == (Fate.OPENED, "implicit", "agent")
	assert message.fate_reason == f"{BY} said so of this post"
	assert message.confidence == ""
	assert len(praised.table("SELECT name FROM ticket")) == 1


@pytest.mark.parametrize("word", ["spam", "not_about_us"])
def test_what_is_spam_or_foreign_is_ignored_then(praised, word):
	correct(praised, "p1", word)
	praised.decide()
	assert praised.message("p1").fate is Fate.IGNORED
	assert BY in praised.message("p1").fate_reason


def test_an_agent_goes_before_a_rule_for_this_post_only(desk):
	desk.world.post(1, "free crypto airdrop for you all", by="ada")
	desk.round()
	assert desk.fates() == {"p1": "ignored"}
	correct(desk, "p1", "needs_reply")
	desk.world.post(2, "free crypto airdrop for you all", by="bob", minutes=30)
	desk.round()
	assert desk.fates() == {"p1": "opened", "p2": "ignored"}


def test_a_post_from_before_we_listened_is_answered_if_an_agent_says_so(desk):
	desk.world.post(1, "The kettle leaks since yesterday", minutes=-60)
	desk.round()
	assert desk.fates() == {"p1": "watched"}
	correct(desk, "p1", "needs_reply")
	desk.decide()
	assert desk.fates() == {"p1": "opened"}


def test_the_same_words_are_judged_the_same_way(desk):
	desk.world.post(1, "Could the kettle be any slower?", by="ada")
	desk.round()
	correct(desk, "p1", "no_reply")
	desk.world.post(2, "could the kettle be any SLOWER? @company", by="bob", minutes=30)
	desk.world.post(3, "Could the kettle be any faster?", by="cem", minutes=30)
	desk.world.post(4, "Could the kettle be any slower?", by="eve", minutes=30, kind=Kind.DIRECT_MESSAGE)
	desk.round()
	assert desk.fates() == {"p1": "opened", "p2": "watched", "p3": "opened", "p4": "opened"}
	day = desk.clock().date().isoformat()
	assert desk.message("p2").fate_reason == f"An agent said so of the same words on {day}"


def test_of_several_words_on_the_same_words_the_newest_counts(desk):
	for number, word in enumerate(["no_reply", "needs_reply", "spam"]):
		desk.world.post(number, "Could the kettle be any slower?", by=f"p{number}", minutes=number * 30)
		desk.round()
		correct(desk, f"p{number}", word)
	desk.world.post(9, "Could the kettle be any slower?", by="eve", minutes=120)
	desk.round()
	assert desk.message("p9").fate is Fate.IGNORED


def test_thanks_by_an_agents_word_do_not_reopen(desk):
	desk.world.post(1, "Gern geschehen liebe Leute ihr", by="ada")
	desk.world.post(2, "My app is not working", by="bob", thread_id="t")
	desk.round()
	correct(desk, "p1", "no_reply")
	with desk.host.transaction():
		desk.host.desk.close("1", desk.clock())
		desk.host.desk.close("2", desk.clock())
	desk.world.post(3, "Gern geschehen liebe Leute ihr", by="bob", thread_id="t", minutes=30)
	desk.round()
	assert desk.message("p3").fate is Fate.JOINED
	assert set(desk.table("SELECT is_open FROM ticket")) == {(0,)}


def test_urgent_changes_nothing_else(praised):
	name = praised.message("p1").name
	said = say(praised, name, {"urgent": "yes", "topic": "billing", "tone": "negative"})
	assert not said.is_to_decide
	with praised.host.transaction():
		praised.host.store.change(praised.message("p1"), fate=None)
	praised.decide()
	message = praised.message("p1")
	assert (message.fate, message.is_urgent, message.topic) == (Fate.WATCHED, True, "Billing")
	assert (message.tone, message.decided_by) == ("negative", "words")


def test_a_batch_costs_two_statements_however_many_posts_it_has(desk):
	counted = {}
	for number in (10, 50):
		posts = [
			replace(_any(desk), name=str(one), digest=str(one), text=f"word one {one}")
			for one in range(number)
		]
		before = desk.host.store.statements
		heard_of(desk.host, posts)
		counted[number] = desk.host.store.statements - before
	assert counted == {10: 2, 50: 2}


def _any(desk):
	desk.world.post(77, "Where is my refund?")
	desk.round()
	return desk.message("p77")
