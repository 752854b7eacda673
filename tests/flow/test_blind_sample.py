"""The blind sample: what is drawn, what a judgement changes, and how many requests were missed by that."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from social_service import blind_sample, corrections
from social_service.ledger import SocialBlindSample, SocialCorrection, SocialMessage, digest
from social_service.miss_rate import Day, missed_rate, told, wilson
from social_service.records import Fate, Kind, Need, Visibility
from social_service.sentence import Refused
from social_service.settings import SocialServiceSettings

BY = "ada@example.com"


def post(at: datetime, name: str, **more: object) -> SocialMessage:
	values = {
		"channel": "c",
		"external_id": name,
		"digest": digest("c", name),
		"post_digest": digest(name),
		"thread_id": name,
		"kind": Kind.MENTION,
		"visibility": Visibility.PUBLIC,
		"text": f"post {name}",
		"sent_at": at,
		"stored_at": at,
		"decided_at": at,
		"author_id": name,
		"fate": Fate.WATCHED,
		"need": Need.NONE,
		"decided_by": "words",
		"language": "de",
	}
	return SocialMessage(**{**values, **more})


def store(host, *posts: SocialMessage) -> list[SocialMessage]:
	with host.transaction():
		return [host.store.add(one)[0] for one in posts]


def many(host, clock, count: int, **more: object) -> list[SocialMessage]:
	day = clock().date().isoformat()
	return store(host, *(post(clock(), f"{day}-{number}", **more) for number in range(count)))


def drawn(host) -> list[SocialBlindSample]:
	return host.store.find(SocialBlindSample, {}, order="drawn_at,digest", limit=1000)


def set_size(host, size: int) -> None:
	settings = host.store.find(SocialServiceSettings, {}, order="name", limit=1)[0]
	with host.transaction():
		host.store.change(settings, sample_size=size)


def judge(host, clock, row: SocialBlindSample, answer: str):
	return blind_sample.judge(host, row, answer, BY, clock)


def look(host, clock, visible=set) -> blind_sample.Sheet:
	return blind_sample.look(host, visible, clock)


# --- drawing -------------------------------------------------------------------------------------------------


def test_a_day_is_drawn_once_and_as_many_as_is_set(host, clock):
	many(host, clock, 60)
	clock.forward(hours=1)
	assert (blind_sample.draw(host, clock()), blind_sample.draw(host, clock())) == (20, 0)
	rows = drawn(host)
	assert {(row.drawn, row.drawn_of, row.language, row.answer) for row in rows} == {(20, 60, "de", "")}
	assert len({row.message for row in rows}) == 20


def test_the_same_day_draws_the_same_posts_and_another_day_others(host, clock, tmp_path):
	many(host, clock, 60)
	posts = blind_sample._not_shown(host, clock())
	assert posts == sorted(posts), "else the draw depends on the order that the database happens to have"


@pytest.mark.parametrize(
	"more",
	[
		{"fate": Fate.OPENED},
		{"fate": None, "decided_at": None},
		{"decided_by": ""},
		{"decided_by": "agent"},
		{"is_own": True},
		{"is_repost": True},
		{"is_bot": True},
		{"deleted_at": datetime.fromisoformat("2026-11-01T00:00:00+00:00")},
	],
)
def test_only_what_the_machine_judged_and_nobody_was_shown(host, clock, more):
	many(host, clock, 3, **more)
	assert blind_sample.draw(host, clock()) == 0 and not drawn(host)


@pytest.mark.parametrize("decided_by", ["rule", "form", "words"])
@pytest.mark.parametrize("fate", [Fate.WATCHED, Fate.IGNORED])
def test_watched_and_ignored_ones_are_drawn(host, clock, decided_by, fate):
	many(host, clock, 3, decided_by=decided_by, fate=fate)
	assert blind_sample.draw(host, clock()) == 3


def test_yesterdays_posts_are_not_todays_and_none_is_drawn_twice(host, clock):
	many(host, clock, 10)
	clock.forward(hours=23)
	assert blind_sample.draw(host, clock()) == 10
	many(host, clock, 4)
	clock.forward(hours=23)
	assert blind_sample.draw(host, clock()) == 4
	clock.forward(hours=25)
	assert blind_sample.draw(host, clock()) == 0


def test_size_0_draws_nothing(host, clock):
	set_size(host, 0)
	many(host, clock, 10)
	assert blind_sample.draw(host, clock()) == 0


# --- judging -------------------------------------------------------------------------------------------------


@pytest.fixture
def watched(desk):
	"""A real post that the machine watches, drawn for judging."""
	desk.world.post(1, "Thanks, the new timetable is great")
	desk.round()
	with desk.host.transaction():
		desk.host.store.change(desk.message("p1"), decided_by="words")
	assert blind_sample.draw(desk.host, desk.clock()) == 1
	return desk


def test_the_page_shows_the_post_and_not_what_the_machine_said(watched):
	asked = look(watched.host, watched.clock).asked
	assert (asked.text, asked.number, asked.of) == ("Thanks, the new timetable is great", 1, 1)
	assert asked.network == "Memory" and asked.url == watched.message("p1").url
	assert not {"fate", "need", "reason", "tone", "confidence"} & set(vars(asked))


def test_what_needed_a_reply_gets_one(watched):
	(row,) = drawn(watched.host)
	told = judge(watched.host, watched.clock, row, "needed a reply")
	assert told.is_to_decide and told.channel == watched.channel.name
	watched.decide()
	assert watched.fates() == {"p1": "opened"}
	(said,) = watched.host.store.find(SocialCorrection, {}, order="name", limit=9)
	assert (said.via, said.need, said.said_by) == ("blind sample", "implicit", BY)
	(row,) = drawn(watched.host)
	assert (row.answer, row.judged_by, row.judged_at) == ("needed a reply", BY, watched.clock())
	assert look(watched.host, watched.clock).asked is None


@pytest.mark.parametrize("answer", ["needed none", "can't tell"])
def test_other_answers_change_nothing(watched, answer):
	(row,) = drawn(watched.host)
	assert judge(watched.host, watched.clock, row, answer) is None
	assert watched.fates() == {"p1": "watched"}
	assert not watched.host.store.find(SocialCorrection, {}, order="name", limit=9)


def test_the_first_judgement_counts(watched):
	(row,) = drawn(watched.host)
	judge(watched.host, watched.clock, row, "needed none")
	assert judge(watched.host, watched.clock, row, "needed a reply") is None
	assert drawn(watched.host)[0].answer == "needed none"
	assert watched.fates() == {"p1": "watched"}


def test_nonsense_is_refused(watched):
	(row,) = drawn(watched.host)
	with pytest.raises(Refused):
		judge(watched.host, watched.clock, row, "")
	with pytest.raises(Refused):
		blind_sample.sample_of(watched.host, "nobody")


def test_nobody_is_shown_what_they_may_not_see(host, clock):
	many(host, clock, 5, team="A")
	blind_sample.draw(host, clock())
	rows = drawn(host)
	seen = look(host, clock, lambda names: [one for one in names if one == rows[3].message]).asked
	assert (seen.sample, seen.number, seen.of) == (rows[3].name, 1, 1)
	assert look(host, clock, lambda names: []).asked is None


def test_the_newest_day_comes_first_and_old_ones_are_left(host, clock):
	many(host, clock, 3)
	blind_sample.draw(host, clock())
	clock.forward(days=1)
	newer = many(host, clock, 2)
	blind_sample.draw(host, clock())
	asked = []
	while (sheet := look(host, clock)).asked:
		asked.append((sheet.asked.number, sheet.asked.of))
		judge(host, clock, blind_sample.sample_of(host, sheet.asked.sample), "needed none")
	assert asked == [(1, 2), (2, 2), (1, 3), (2, 3), (3, 3)]
	assert {row.message for row in drawn(host)[3:]} == {one.name for one in newer}
	clock.forward(days=8)
	with host.transaction():
		host.store.change(drawn(host)[0], answer="")
	assert look(host, clock).asked is None


def test_what_was_deleted_meanwhile_is_not_shown(host, clock):
	(message,) = many(host, clock, 1)
	blind_sample.draw(host, clock())
	with host.transaction():
		host.store.change(message, deleted_at=clock())
	assert look(host, clock).asked is None


# --- counting ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
	("days", "found", "share", "least", "most"),
	[  # by hand: Wilson's interval of the share, times the posts, beside the requests that were found
		([Day(200, 20, 2)], 180, 0.1000, 0.0300, 0.2506),  # 10 % of 200: 20 of 20 + 180
		([Day(200, 20, 0)], 180, 0.0000, 0.0000, 0.1519),
		([Day(200, 20, 20)], 0, 1.0, 1.0, 1.0),
		([Day(100, 10, 1), Day(100, 10, 1)], 180, 0.1000, 0.0300, 0.2506),  # as one day of 200
		([Day(100, 10, 1), Day(300, 10, 0)], 90, 0.1000, 0.0096, 0.5074),  # 2.5 % of 400; worth 16 judgements
		(
			[Day(200, 20, 2), Day(200, 0, 0)],
			360,
			0.1000,
			0.0300,
			0.2506,
		),  # a day nobody judged is like the rest
		([Day(50, 50, 0)], 0, 0.0, 0.0, 1.0),  # of no request at all nobody knows
	],
)
def test_the_missed_rate(days, found, share, least, most):
	rate = missed_rate(days, found)
	assert (rate.share, rate.least, rate.most) == pytest.approx((share, least, most), abs=0.0005)


def test_without_a_judgement_there_is_no_rate():
	assert missed_rate([], 5) is None and missed_rate([Day(100, 0, 0)], 5) is None


@pytest.mark.parametrize(
	("share", "judged", "least", "most"),
	[(0.5, 10, 0.2366, 0.7634), (0.1, 20, 0.0279, 0.3010), (0.0, 20, 0.0, 0.1611), (1.0, 10, 0.7225, 1.0)],
)
def test_wilsons_interval(share, judged, least, most):
	assert wilson(share, judged) == pytest.approx((least, most), abs=0.0001)


def test_the_sentence():
	assert str(told(missed_rate([Day(200, 20, 2)], 180))) == "Not enough judged yet: 20 of 30 posts."
	assert str(told(None)) == "Not enough judged yet: 0 of 30 posts."
	assert str(told(missed_rate([Day(200, 40, 4)], 180))).startswith(
		"Of 100 requests we missed about 10 (95 %: 4 to"
	)


def test_rates_of_a_month(host, clock):
	"""40 posts a day in two languages, all drawn and judged; every tenth German one was a request."""
	set_size(host, 1000)
	for _day in range(3):
		many(host, clock, 30)
		store(host, *(post(clock(), f"en-{clock().date()}-{one}", language="en") for one in range(10)))
		opened = {"fate": Fate.OPENED, "need": Need.EXPLICIT, "decided_by": "rule"}
		store(host, *(post(clock(), f"o-{clock().date()}-{one}", **opened) for one in range(9)))
		assert blind_sample.draw(host, clock()) == 40
		clock.forward(days=1)
	for number, row in enumerate(one for one in drawn(host) if one.language == "de"):
		judge(host, clock, row, "needed a reply" if number % 10 == 0 else "needed none")
	for row in drawn(host):
		if row.language == "en":
			judge(host, clock, row, "can't tell" if row.digest < "2" else "needed none")
	rate, by_language = blind_sample.rates(host, clock() - timedelta(days=28))
	assert (rate.missed, set(by_language)) == (9, {"de"}), "of English fewer than 30 are judged"
	share_of_judged = rate.missed / rate.judged
	assert rate.share == pytest.approx(120 * share_of_judged / (120 * share_of_judged + 27), abs=0.01)
	assert by_language["de"].share == pytest.approx(rate.share), "all requests are German"


def test_what_people_found_was_missed(host, clock):
	"""The ticket that a judgement opened is no request that the machine found."""
	set_size(host, 1000)
	many(host, clock, 40)
	blind_sample.draw(host, clock())
	rows = drawn(host)
	for number, row in enumerate(rows):
		judge(host, clock, row, "needed a reply" if number < 4 else "needed none")
	for row in rows[:4]:
		message = host.store.get(SocialMessage, [row.message])[row.message]
		with host.transaction():
			host.store.change(message, fate=Fate.OPENED, need=Need.IMPLICIT, decided_by="agent")
	store(host, post(clock(), "found", fate=Fate.JOINED, need=Need.EXPLICIT, decided_by="words"))
	rate, _by_language = blind_sample.rates(host, clock() - timedelta(days=28))
	assert rate.share == pytest.approx(4 / 5)


def test_a_correction_in_the_list_leaves_the_sample_open(watched):
	"""The judgement is still asked for: left out, the misses that agents find themselves would be missing."""
	name = watched.message("p1").name
	opinion = corrections.Opinion(corrections.labels_of("needs_reply"), BY, "list")
	corrections.correct(watched.host, name, opinion, watched.clock)
	watched.decide()
	assert look(watched.host, watched.clock).asked.text == "Thanks, the new timetable is great"
