"""Suggested answers: what an agent sees of an article, puts into an answer, and says of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from social_service import account, offers, ticket_view
from social_service.drafts import Gauge, Way, draft, sentences_of
from social_service.ledger import SocialArticleSuggestion
from social_service.offers import Judgement
from social_service.records import Article
from social_service.sentence import Refused
from tests.kit.memory_channel import MORNING

URL = "https://kb/1"
TEXT = "It takes a day.\nHow do I get a refund?\nSend us the number! Then wait.\nElsewhere\nAsk there."
ARTICLE = Article("refund", "Refunds", TEXT, MORNING, url=URL)
BY = "agent@example.com"


def asked(desk, text="How do I get a refund?", **more):
	desk.world.post(1, text, **more)
	desk.round()
	return desk


def offered(desk, *articles):
	published = {one.name: one for one in articles or (ARTICLE,)}
	return ticket_view.offers_of(desk.host, "1", lambda _names: published, desk.clock)


def row_of(desk):
	return desk.host.store.find(SocialArticleSuggestion, {"article": "refund"}, order="name", limit=1)[0]


def taken(desk, way, limit, article=ARTICLE, sentence="How do I get a refund?"):
	desk.world.limit = limit
	driver = account.connect(desk.host, desk.channel, desk.clock)
	return draft(way, article, sentence, Gauge(driver, desk.message("p1")))


def test_an_offer_says_what_an_agent_wants_to_know_first(desk):
	(offer,) = offered(asked(desk))
	assert (offer.title, offer.language, offer.changed_at, offer.url) == ("Refunds", "en", MORNING, URL)
	assert offer.sentence == "How do I get a refund?"
	assert 0 < offer.score < 100


def test_what_is_no_longer_published_is_left_out(desk):
	assert ticket_view.look(asked(desk).host, "1", desk.clock).suggestions > 0
	assert ticket_view.offers_of(desk.host, "1", lambda _names: {}, desk.clock) == []


@pytest.mark.parametrize(
	("known", "text", "shown"),
	[
		("Send us the number!", TEXT, "Send us the number!"),  # as it was found
		(
			"Send us the number!",
			"A refund takes a week.",
			"A refund takes a week.",
		),  # the article has changed
		("Send us the number!", "Nothing of that.", ""),
		("Refunds", "Nothing of that.", ""),  # a title is no sentence
	],
)
def test_the_sentence_is_one_that_the_article_still_has(known, text, shown):
	assert offers.fitting_sentence(replace(ARTICLE, text=text), known, "How do I get a refund?") == shown


def test_an_article_is_suggested_once_with_its_best_score(desk):
	row = row_of(asked(desk))
	desk.host.store.add(replace(row, name="", message="another", digest="another", score=99))
	best = offers.suggested(desk.host, "1")
	assert [one.score for one in best if one.article == row.article] == [99]


# --- what goes into an answer ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
	("way", "limit", "text"),
	[
		(Way.TEXT, 10, ""),
		(Way.TEXT, 20, "It takes a day."),
		(Way.TEXT, 45, "It takes a day.\nHow do I get a refund?"),
		(
			Way.TEXT,
			82,
			"It takes a day.\nHow do I get a refund?\nSend us the number! Then wait.",
		),  # no heading last
		(Way.TEXT, 500, TEXT),
		(Way.LINK, 19, ""),
		(Way.LINK, 20, f"Refunds\n{URL}"),
		(Way.SHORT_ANSWER, 30, ""),
		(Way.SHORT_ANSWER, 60, f"How do I get a refund?\nSend us the number!\n{URL}"),
		(Way.SHORT_ANSWER, 500, f"How do I get a refund?\nSend us the number! Then wait.\n{URL}"),
	],
)
def test_as_much_of_an_article_goes_into_an_answer_as_the_network_takes(desk, way, limit, text):
	made = taken(asked(desk), way, limit)
	assert made.text == text
	assert bool(made.why_not) == (not text)
	if made.why_not:
		assert "too long for Memory" in str(made.why_not)


@pytest.mark.parametrize(
	("way", "article", "told"),
	[
		(Way.TEXT, replace(ARTICLE, text=""), "no text"),
		(Way.LINK, replace(ARTICLE, url=""), "no public address"),
		(Way.SHORT_ANSWER, replace(ARTICLE, url=""), "no public address"),
	],
)
def test_a_way_that_leads_nowhere_says_why(desk, way, article, told):
	assert told in str(taken(asked(desk), way, 500, article).why_not)


def test_a_link_costs_what_its_network_charges(desk):
	asked(desk)
	assert [taken(desk, way, 500).price for way in Way] == [0, 200, 200]


def test_a_short_answer_is_no_article(desk):
	long = replace(ARTICLE, text="How do I get a refund?\n" + "You wait for another day. " * 30)
	answer = taken(asked(desk), Way.SHORT_ANSWER, 5000, long).text
	assert 200 < len(answer) < 330


def test_a_ticket_whose_network_is_gone_still_offers(desk):
	asked(desk)
	desk.host.store.change(desk.channel, driver="nowhere")
	(offer,) = offered(desk)
	assert offer.drafts["text"].text == TEXT


def test_sentences_end_where_a_person_would_end_them():
	text = "Das geht, z. B. hier, mit Nr. 5 oder ca. 20 %. Dann warten Sie.\n\nFertig!"
	assert [*sentences_of(text)] == [
		("\n", "Das geht, z. B. hier, mit Nr. 5 oder ca. 20 %."),
		(" ", "Dann warten Sie."),
		("\n", "Fertig!"),
	]
	assert [one for _before, one in sentences_of("Es dauert 3 Tage. Dann kommt es an.")] == [
		"Es dauert 3 Tage.",
		"Dann kommt es an.",
	]


# --- what an agent made of it ---------------------------------------------------------------------------------


def test_what_was_inserted_is_kept(desk):
	offers.inserted(asked(desk).host, "1", "refund", Way.SHORT_ANSWER, by=BY, clock=desk.clock)
	row = row_of(desk)
	assert (row.inserted_as, row.judged_by, row.judged_at) == ("short answer", BY, desk.clock())
	assert offered(desk)[0].inserted_as == "short answer"


def test_the_newest_word_counts_and_the_same_again_takes_it_back(desk):
	asked(desk)
	said = []
	for word in (Judgement.HELPED, Judgement.WRONG, Judgement.WRONG, Judgement.HELPED):
		desk.clock.forward(minutes=1)
		said.append(offers.judge(desk.host, "1", "refund", word, by=BY, clock=desk.clock))
		assert (row_of(desk).verdict, row_of(desk).judged_at) == (said[-1], desk.clock())
	assert said == ["helped", "wrong", "", "helped"]
	assert offered(desk)[0].verdict == "helped"


def test_of_an_article_that_nobody_suggested_nothing_is_kept(desk):
	asked(desk)
	with pytest.raises(Refused, match="not suggested"):
		offers.judge(desk.host, "1", "another", Judgement.HELPED, by=BY, clock=desk.clock)
