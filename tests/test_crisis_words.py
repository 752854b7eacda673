"""The crisis words that a new site starts with: how often they are right on invented posts, and what they must (not) see."""

from __future__ import annotations

import pytest

from social_service.records import Need
from social_service.settings import SocialTriageRule
from social_service.triage import corpus
from social_service.triage.defaults import seeded_rules
from social_service.triage.rules import pattern

RULES = [rule for rule in seeded_rules() if rule.topic in ("safety", "legal", "press")]
POSTS = [
	row
	for folder in (corpus.FOLDER, corpus.HELD_OUT)
	for rows in corpus.posts(folder).values()
	for row in rows
]


def sees(rule: SocialTriageRule, text: str) -> bool:
	return pattern(rule.words).search(text) is not None


def alarms(text: str) -> set[str]:
	return {rule.topic for rule in RULES if sees(rule, text)}


ALARMING = (
	("In eurem Zug bekommt jemand keine Luft mehr!", "safety"),
	("Mein Sohn musste wegen eures Kinderwagens ins Krankenhaus", "safety"),
	("smoke in the carriage and nobody does anything", "safety"),
	("I don't want to live like this any more", "safety"),
	("Dann geht das am Montag zum Amtsgericht", "legal"),
	("My case goes to the county court", "legal"),
	("Der Artikel erscheint am Donnerstag, wir bitten um Antwort", "press"),
	("We are publishing a story about your fees", "press"),
)
HARMLESS = (
	"Ich lag drei Wochen im Krankenhaus und möchte die Karte anteilig erstattet haben",
	"Meine Abmahnung vom Chef kam pünktlich, euer Bus nicht",
	"Feuer und Flamme für euer neues Angebot",
	"This deal is fire, I'm dead",
	"Schlagzeile: neue Filiale eröffnet",
	"Press the button twice and it works",
)


@pytest.mark.parametrize(("text", "topic"), ALARMING)
def test_what_somebody_outside_the_service_must_know_at_once(text, topic):
	assert topic in alarms(text)


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_no_crisis(text):
	assert not alarms(text)


@pytest.mark.parametrize(
	("topic", "precision", "recall"), [("safety", 0.7, 0.25), ("legal", 0.7, 0.85), ("press", 0.9, 0.45)]
)
def test_how_often_they_are_right(topic, precision, recall):
	"""A false alarm costs a look, and hardly one is of a post that nobody need answer."""
	seen = [row for row in POSTS if topic in alarms(row["text"])]
	right = [row for row in seen if row["crisis"] == topic]
	known = [row for row in POSTS if row["crisis"] == topic]
	assert len(right) / len(seen) >= precision
	assert len(right) / len(known) >= recall
	idle = [row for row in seen if row["need"] == Need.NONE.value and not row["crisis"]]
	assert len(idle) / len(seen) < 0.2
