"""What would the last posts become? Judged as on the site; the site keeps every byte as it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from social_service import preview
from social_service.channels.errors import AuthFailed, Unavailable
from social_service.records import Fate, Page
from social_service.sentence import _
from social_service.settings import Outcome, SocialChannel, SocialServiceSettings, SocialTriageRule
from social_service.site_settings import the_settings
from tests.flow import conftest
from tests.kit.memory_channel import MORNING, Memory

world, clock, host, desk = conftest.world, conftest.clock, conftest.host, conftest.desk


def contents(host) -> list[tuple]:
	tables = host.connection.execute(
		"SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
	).fetchall()
	return [(name, host.connection.execute(f"SELECT * FROM `{name}`").fetchall()) for (name,) in tables]


def looked(desk, limit: int = preview.LIMIT) -> list[preview.Previewed]:
	return preview.preview(desk.host, desk.channel, desk.clock, limit)


def fates(posts) -> dict[str, Fate]:
	return {post.external_id: post.fate for post in posts}


@pytest.fixture
def busy(desk, world):
	world.post(1, "@company Where is my refund?", thread_id="t1")
	world.post(2, "@company And how long does it take?", thread_id="t1", parent_id="p1")
	world.post(3, "@company thanks, all good", by="joe")
	world.post(4, "airdrop for all", by="coins")
	world.post(5, "We are sorry", is_own=True)
	desk.clock.forward(hours=1)
	return desk


def test_every_post_gets_its_fate_and_the_reason(busy):
	posts = looked(busy)
	assert fates(posts) == {
		"p1": Fate.OPENED,
		"p2": Fate.JOINED,
		"p3": Fate.WATCHED,
		"p4": Fate.IGNORED,
		"p5": Fate.IGNORED,
	}
	assert [post.external_id for post in posts] == ["p5", "p4", "p3", "p2", "p1"], "newest first"
	assert all(post.reason and post.network == "Memory" for post in posts)
	assert posts[-1].ticket == posts[-2].ticket != ""


def test_nothing_is_written_anywhere(busy):
	before = contents(busy.host)
	looked(busy)
	assert contents(busy.host) == before and not busy.host.in_transaction
	assert "send" not in busy.world.calls
	assert busy.listen() == 5, "the channel's own cursor stands where it stood"


def test_it_is_what_the_flow_then_does(busy):
	expected = {key: str(fate) for key, fate in fates(looked(busy)).items()}
	busy.round()
	busy.round()
	assert len(expected) == 5
	late = {key for key, told in busy.fates().items() if told != expected[key]}
	assert not late


def test_a_channel_that_was_never_connected_is_asked_whose_it_is_and_forgets_it(busy):
	fresh = SocialChannel(title="New", driver="memory")
	with busy.host.transaction():
		fresh, _is_new = busy.host.store.add(fresh)
	before = contents(busy.host)
	assert len(preview.preview(busy.host, fresh, busy.clock)) == 5
	assert busy.world.calls.count("check") == 2 and contents(busy.host) == before


def test_dry_run_is_no_fate_of_a_preview(busy):
	busy.channel = replace(busy.channel, dry_run=True)
	assert fates(looked(busy))["p1"] is Fate.OPENED


def test_rules_of_the_site_decide(busy):
	with busy.host.transaction():
		rule = SocialTriageRule("Refunds", Outcome.FOREIGN, "refund", sort_order=1, channel=busy.channel.name)
		busy.host.store.add(rule)
		busy.host.store.add(SocialTriageRule("Off", Outcome.SPAM, "thanks", sort_order=2, enabled=False))
		settings = busy.host.store.find(SocialServiceSettings, {}, order="name", limit=1)[0]
		busy.host.store.change(settings, languages="fr")
	posts = {post.external_id: post for post in looked(busy)}
	assert posts["p1"].fate is Fate.IGNORED and "Refunds" in posts["p1"].reason
	assert posts["p2"].fate is Fate.OPENED, "nothing to join any more"
	assert posts["p3"].fate is Fate.WATCHED


def test_the_miss_budget_of_the_site_decides(desk, world):
	world.post(1, "Two weeks and my parcel is still sitting in your depot", is_addressed=False)
	desk.clock.forward(hours=1)
	assert fates(looked(desk)) == {"p1": Fate.OPENED}
	settings = the_settings(desk.host)
	with desk.host.transaction():
		desk.host.store.change(settings, miss_budget=100)
	assert fates(looked(desk)) == {"p1": Fate.WATCHED}


def test_the_newest_posts_of_many_are_shown(desk, world):
	for number in range(10):  # as many as five pages hold
		world.post(number, f"@company Question {number}?", by=f"person{number}")
	desk.clock.forward(hours=1)
	assert [post.external_id for post in looked(desk, limit=4)] == ["p9", "p8", "p7", "p6"]


def test_what_the_network_says_goes_on_to_the_door(desk, world):
	world.faults["fetch"] = [Unavailable(_("The network does not answer."))]
	with pytest.raises(Unavailable):
		looked(desk)
	assert not desk.host.in_transaction


def test_a_preview_never_renews_a_sign_in(desk):
	driver = preview._fresh_driver(desk.host, desk.channel, desk.clock)
	assert driver.connection.vault.get("access_token") == "s3cret-t0ken"
	with pytest.raises(AuthFailed, match="renews nothing"):
		driver.connection.vault.renew("access_token", "s3cret-t0ken", lambda: pytest.fail("exchanged"))
	assert "s3cret" not in repr(driver.connection.vault)


# --- how far it looks ----------------------------------------------------------------------------------------


class Timeline(Memory):
	"""Ten posts a day, served in pages of ten from one end or the other."""

	newest_first = False
	asked: list[str]

	def fetch(self, stream, cursor, since=None) -> Page:
		self.asked.append(since)
		found = [post for post in self.world.posts if post.sent_at.isoformat() >= since]
		found = sorted(found, key=lambda post: post.sent_at, reverse=self.newest_first)
		start = int(cursor or 0)
		page = tuple(found[start : start + 10])
		return Page(page, str(start + 10), more=start + 10 < len(found))


@pytest.mark.parametrize(("newest_first", "calls"), [(True, 4), (False, 6)])
def test_it_looks_no_farther_back_and_reads_no_more_than_it_needs(desk, world, newest_first, calls):
	for number in range(40):
		world.post(number, "?", minutes=-144 * number)
	driver = preview._fresh_driver(desk.host, desk.channel, desk.clock)
	driver.__class__, driver.newest_first, driver.asked = Timeline, newest_first, []
	page = preview.last_posts(driver, MORNING + timedelta(minutes=1), 15)
	assert [post.external_id for post in page.messages] == [f"p{number}" for number in range(14, -1, -1)]
	assert len(driver.asked) == calls and len(set(driver.asked)) == 3


def test_one_post_in_two_streams_is_one(desk, world):
	world.post(1, "?")
	driver = preview._fresh_driver(desk.host, desk.channel, desk.clock)
	driver.streams = lambda: Memory.streams(driver) * 2
	assert len(preview.last_posts(driver, MORNING + timedelta(hours=1), 50).messages) == 1
