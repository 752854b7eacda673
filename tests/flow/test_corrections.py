"""Corrections: one click of an agent is kept, changes what happens to the post, and holds for the same words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from social_service import corrections
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
