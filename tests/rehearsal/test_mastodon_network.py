"""The simulated Mastodon server keeps the rehearsal's promises: our clock, our people, our faults, a ledger."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

import pytest
import requests

from social_service.channels.mastodon.cursor import id_at
from social_service.rehearsal.network import Network

NOW = datetime(2026, 5, 4, 8, 0, tzinfo=timezone.utc)
MODULE = "social_service.rehearsal.mastodon_network"
AUTH = {"Authorization": "Bearer tok"}


@pytest.fixture(scope="module")
def process() -> Iterator[Network]:
	with Network(MODULE, NOW) as network:
		network.add_person("heimwerk", "Heimwerk", token="tok")
		network.add_person("erika", "Erika", followers=1200)
		network.add_person("jonas@far.example", "Jonas", is_bot=True)
		yield network


@pytest.fixture
def network(process: Network) -> Network:
	process.set_clock(NOW)
	return process


def get(network: Network, path: str, **params: object) -> requests.Response:
	return requests.get(network.url + path, headers=AUTH, params=params, timeout=10)


def notifications(network: Network, **params: object) -> list[dict]:
	return get(network, "/api/v1/notifications", **params).json()


def test_times_and_ids_follow_the_days_clock(network: Network):
	for hours in (0, 5):
		now = NOW + timedelta(hours=hours)
		network.set_clock(now)
		post = network.post("erika", "@heimwerk hello")
		status = get(network, f"/api/v1/statuses/{post}").json()
		assert datetime.fromisoformat(status["created_at"]) == now
		assert id_at(now, post, now) is not None
		assert notifications(network)[0]["created_at"] == status["created_at"]
	assert get(network, "/api/v1/instance").headers["Date"] == "Mon, 04 May 2026 13:00:00 GMT"


def test_people_have_followers_and_live_elsewhere(network: Network):
	network.post("erika", "@heimwerk one")
	network.post("jonas@far.example", "@heimwerk two")
	jonas, erika = (one["account"] for one in notifications(network, limit=2))
	assert (erika["followers_count"], erika["bot"]) == (1200, False)
	assert (jonas["acct"], jonas["bot"]) == ("jonas@far.example", True)
	(tagged,) = [network.post("erika", "about #bohrer")]
	(status,) = get(network, "/api/v1/timelines/tag/bohrer").json()
	assert status["id"] == tagged and status["account"]["followers_count"] == 1200


def test_an_answer_names_whom_it_answers(network: Network):
	first = network.post("heimwerk", "News!")
	answer = network.post("erika", "nice", reply_to=first, lang="en")
	status = notifications(network, limit=1)[0]["status"]
	assert (status["id"], status["in_reply_to_id"], status["language"]) == (answer, first, "en")
	assert "@heimwerk nice" in status["content"]


def test_direct_messages_stay_direct(network: Network):
	first = network.post("erika", "my number is 7", direct_to="heimwerk")
	second = network.post("erika", "and 8", reply_to=first)
	for post in (first, second):
		assert get(network, f"/api/v1/statuses/{post}").json()["visibility"] == "direct"


def test_quotes_reposts_edits_and_deletions(network: Network):
	ours = network.post("heimwerk", "Our new drill")
	quote = network.post("erika", "smokes", quote_of=ours)
	newest = notifications(network, limit=1)[0]
	assert (newest["type"], newest["status"]["id"]) == ("quote", quote)
	assert newest["status"]["quote"]["quoted_status"]["id"] == ours
	repost = network.post("erika", "", repost_of=ours)
	assert get(network, f"/api/v1/statuses/{repost}").json()["reblog"]["id"] == ours
	network.set_clock(NOW + timedelta(minutes=3))
	assert network.edit(quote, "burns") == quote
	edited = get(network, f"/api/v1/statuses/{quote}").json()
	assert "burns" in edited["content"] and edited["edited_at"].startswith("2026-05-04T08:03")
	network.delete(quote)
	assert get(network, f"/api/v1/statuses/{quote}").status_code == 404
	assert quote not in {(one["status"] or {}).get("id") for one in notifications(network)}


def test_the_ledger_knows_what_was_shown_and_what_was_published(network: Network):
	shown = network.post("erika", "@heimwerk see this")
	hidden = network.post("erika", "nothing about you")
	notifications(network, limit=1)
	network.fail("html", path="/timelines/")
	unseen = network.post("erika", "#bohren")
	get(network, "/api/v1/timelines/tag/bohren")
	body = {"status": "@erika sorry", "in_reply_to_id": shown, "visibility": "unlisted"}
	url = f"{network.url}/api/v1/statuses"
	sent = requests.post(url, json=body, headers=AUTH, timeout=10).json()["id"]
	network.delete(sent)
	ledger = network.ledger()
	assert shown in ledger["served"] and not {hidden, unseen} & set(ledger["served"])
	expected = {
		"id": sent,
		"by": "heimwerk",
		"text": "@erika sorry",
		"reply_to": shown,
		"visibility": "unlisted",
	}
	assert expected in ledger["published"]


@pytest.mark.parametrize(
	("effect", "status", "kind"),
	[
		("unauthorized", 401, "json"),
		("forbidden", 403, "json"),
		("throttled", 429, "json"),
		("html", 503, "html"),
		("html_ok", 200, "html"),
		("malformed", 200, "json"),
	],
)
def test_faults_happen_as_often_as_asked(network: Network, effect: str, status: int, kind: str):
	network.fail(effect, path="/notifications", count=2)
	assert get(network, "/api/v1/instance").status_code == 200
	for _time in range(2):
		answer = get(network, "/api/v1/notifications")
		assert answer.status_code == status and kind in answer.headers["content-type"]
	assert notifications(network) is not None


def test_a_throttle_ends_by_the_days_clock(network: Network):
	network.fail("throttled", seconds=300)
	assert get(network, "/api/v1/notifications").headers["X-RateLimit-Reset"] == "2026-05-04T08:05:00Z"


def test_a_write_can_get_lost_on_the_way_back(network: Network):
	network.fail("timeout_after_write", method="POST", path="/statuses")
	before = len(network.ledger()["published"])
	with pytest.raises(requests.RequestException):
		requests.post(f"{network.url}/api/v1/statuses", json={"status": "hi"}, headers=AUTH, timeout=10)
	assert len(network.ledger()["published"]) == before + 1


def test_slow_is_slow(network: Network):
	network.fail("slow", seconds=0.3)
	start = time.monotonic()
	assert get(network, "/api/v1/instance").status_code == 200
	assert time.monotonic() - start >= 0.3


def test_what_makes_no_sense_is_refused(network: Network):
	for call in (
		lambda: network.post("nobody", "hi"),
		lambda: network.fail("earthquake"),
		lambda: network.delete("1"),
	):
		with pytest.raises(requests.HTTPError):
			call()
