"""The frame of an answer on the way: whose language it speaks, for whom, and what the guard makes of a frame alone."""

from __future__ import annotations

import pytest

from social_service import audience, ticket_view
from social_service.records import Kind, Visibility
from social_service.sentence import Refused
from social_service.settings import SocialVoice
from social_service.site_settings import the_settings
from social_service.voice import Agent, Frame, frame_of

ALEX = Agent("Alex", "AA")
GERMAN = "Wo bleibt meine Erstattung? Ich warte seit drei Wochen darauf."
ENGLISH = "Where is my refund? I have been waiting for three weeks."
FRENCH = "Où est mon remboursement ? Je l'attends depuis trois semaines, aidez-moi."


@pytest.fixture
def speaking(desk):
	with desk.host.transaction():
		for row in (
			SocialVoice(sign_off="^{initials}"),
			SocialVoice(language="de", greeting="Hallo {name},"),
			SocialVoice(language="en", greeting="Hi {name},"),
			SocialVoice(language="de", visibility=Visibility.PRIVATE, sign_off="Viele Grüße, {agent}"),
		):
			desk.host.store.add(row)
	desk.world.limit = 1000
	return desk


def opened(desk, text: str, **more):
	desk.world.post(1, text, **more)
	desk.round()
	return frame_of(desk.host, "1", ALEX)


@pytest.mark.parametrize(
	("text", "more", "expected"),
	[
		(GERMAN, {}, Frame("Hallo Maria,", "^AA")),
		(ENGLISH, {}, Frame("Hi Maria,", "^AA")),
		(FRENCH, {}, Frame("Hallo Maria,", "^AA")),  # no language of the site's: its first
		(GERMAN, {"visibility": Visibility.PRIVATE}, Frame("Hallo Maria,", "Viele Grüße, Alex")),
	],
)
def test_an_answer_begins_and_ends_in_the_customers_language(speaking, text, more, expected):
	assert opened(speaking, text, **more) == expected


def test_another_language_speaks_where_the_site_knows_it(speaking):
	with speaking.host.transaction():
		speaking.host.store.add(SocialVoice(language="fr", greeting="Bonjour {name},"))
		speaking.host.store.change(the_settings(speaking.host), languages="de,en,fr")
	assert opened(speaking, FRENCH) == Frame("Bonjour Maria,", "^AA")


def test_who_reads_the_answer_decides_how_it_ends(speaking):
	speaking.world.answers_privately = True
	opened(speaking, GERMAN)
	driver = ticket_view.driver_of(speaking.host, "1", speaking.clock)
	audience.choose(speaking.host, driver, "1", Visibility.PRIVATE)
	assert frame_of(speaking.host, "1", ALEX).sign_off == "Viele Grüße, Alex"


def test_where_nothing_can_be_answered_nobody_is_greeted(speaking):
	opened(speaking, GERMAN)
	speaking.host.store.change(speaking.message("p1"), deleted_at=speaking.clock())
	assert frame_of(speaking.host, "1", ALEX) == Frame()


@pytest.mark.parametrize(
	("text", "told"),
	[
		("Hallo Maria,\n\n^AA", "nothing between the greeting and the sign-off"),
		("Hallo Maria,\n\nja.\n\n^AA", ""),
		("Hallo 1234567890abcdef@social.invalid, ja.", "no address of the customer"),
		("Hallo 1234567890abcdef@SOCIAL.invalid, ja.", "no address of the customer"),
	],
)
@pytest.mark.parametrize("visibility", Visibility)
def test_the_guard_stops_a_frame_alone_and_the_made_up_address(speaking, text, told, visibility):
	kind = Kind.DIRECT_MESSAGE if visibility is Visibility.PRIVATE else Kind.MENTION
	opened(speaking, GERMAN, visibility=visibility, kind=kind)
	if not told:
		assert speaking.reply("1", text).text == text
		return
	with pytest.raises(Refused, match=told):
		speaking.reply("1", text)
	assert speaking.replies() == []


def test_nothing_is_added_when_it_is_sent(speaking):
	opened(speaking, GERMAN)
	speaking.reply("1", "Ja, morgen.")
	speaking.publish(minutes=2)
	assert [one.text for one in speaking.world.answers] == ["Ja, morgen."]
