"""Three networks at once, read by several workers, beside a channel whose credentials are dead: each post is one ticket."""

from __future__ import annotations

import secrets
import time
from collections import Counter

import frappe
import pytest

from social_service.account import account_row
from social_service.hosts.frappe_store import replace_secrets
from social_service.ledger import Duty, SocialStream
from social_service.records import Fate
from tests.host.conftest import simulated
from tests.host.stage import Stage

WORKERS, POSTS = 3, 8
WRITTEN = "my order number {0} at {1} is broken, please help!"


@pytest.fixture(scope="module")
def telegram(site):
	with simulated("telegram") as network:
		yield network


@pytest.fixture
def three(stage, site, url, mastodon, telegram) -> list[Stage]:
	"""A company's accounts on three networks; all of them are on."""
	all_three = [
		stage,
		Stage(site, url, mastodon, "mastodon"),
		Stage(site, url, telegram, "telegram"),
	]
	for one in all_three:
		frappe.db.set_value("Social Channel", one.channel, "enabled", 1)
	frappe.db.commit()
	time.sleep(
		1.1
	)  # Telegram tells whole seconds: a post of this one would seem to be older than the channel
	return all_three


@pytest.fixture
def dead(three) -> str:
	"""A channel that was connected; then its token was revoked."""
	first = three[0]
	values = {
		"title": f"Dead {secrets.token_hex(3)}",
		"driver": first.driver,
		"base_url": first.network.url,
		"responsible": "manager@example.com",
	}
	channel = frappe.get_doc({"doctype": "Social Channel", **values}).insert().name
	replace_secrets(channel, {"access_token": "revoked"}, ())
	frappe.db.commit()
	return channel


def write(three: list[Stage]) -> dict[str, list[str]]:
	"""By channel: what strangers wrote, in turns on all networks."""
	texts: dict[str, list[str]] = {one.channel: [] for one in three}
	for number in range(POSTS):
		for one in three:
			text = WRITTEN.format(number, one.company)
			one.mention(text, by=one.customer(f"P{number}"))
			texts[one.channel].append(text)
	return texts


def work_through(three: list[Stage], texts: dict[str, list[str]]) -> None:
	for _number in range(WORKERS):
		three[0].site.worker()

	def all_decided() -> bool:
		three[0].minute_passes()
		found = [list(one.messages().values()) for one in three]
		return all(len(many) >= POSTS and all(one.fate for one in many) for many in found)

	three[0].wait(all_decided, seconds=120)
	three[0].minute_passes()  # once more: whatever would be stored twice has its chance


def test_each_post_on_each_network_becomes_one_ticket(three, dead):
	texts = write(three)
	work_through(three, texts)
	for one in three:
		messages = list(one.messages().values())
		written = [next(text for text in texts[one.channel] if text in post.text) for post in messages]
		assert Counter(written) == Counter(texts[one.channel]), f"{one.driver}: lost, or doubled"
		assert {post.fate for post in messages} == {Fate.OPENED}, one.driver
		tickets = {post.ticket for post in messages}
		assert len(tickets) == POSTS
		assert one.tickets_of_this_channel() == tickets
		for ticket in tickets:
			assert len(one.communications(ticket)) == 1
	says_what_is_wrong(three[0], dead)


def says_what_is_wrong(stage: Stage, dead: str) -> None:
	"""The dead one is known as such, its person was told, and it brought nothing."""
	rows = [row for row in streams_of(stage, dead) if row.duty is Duty.POLL]
	assert rows and all(row.failures and row.last_error and row.alarm for row in rows)
	assert not frappe.db.exists("Social Message", {"channel": dead})
	states = stage.person("manager").call("social_service.api_channels.channel_states").json()["message"]
	assert (states[dead]["label"], states[dead]["color"]) == ("Silent", "red")
	assert {
		states[one]["color"] for one in states if one != dead and states[one]["label"] == "Silent"
	} == set()
	told = frappe.get_all("HD Notification", {"user_to": "manager@example.com"}, pluck="message")
	title = frappe.db.get_value("Social Channel", dead, "title")
	assert 1 <= sum(title in message for message in told) <= len(rows), (
		"once a stream, however often it fails"
	)


def streams_of(stage: Stage, channel: str) -> list:
	stage.refresh()
	return stage.host.store.find(SocialStream, {"channel": channel}, order="name", limit=100)


def test_a_site_migrates_with_channels_that_can_not_work(stage, dead_and_gone):
	before = {name: stage.host.secret(name, "access_token") for name in dead_and_gone}
	frappe.db.commit()
	stage.site.command("migrate", "--skip-search-index")
	stage.refresh()
	assert {name: stage.host.secret(name, "access_token") for name in dead_and_gone} == before
	stage.mention("my order is broken, please help!")
	stage.listen()
	assert [one.fate for one in stage.messages().values()] == [Fate.OPENED], "and others go on"


@pytest.fixture
def dead_and_gone(stage):
	"""A token that was revoked, a secret that nobody can read any more, a network that is not here any more."""
	names = []
	for title in ("Revoked", "Unreadable", "Gone"):
		values = {"title": title, "driver": stage.driver, "base_url": stage.network.url}
		names.append(frappe.get_doc({"doctype": "Social Channel", **values}).insert().name)
		replace_secrets(names[-1], {"access_token": title.lower()}, ())
	frappe.db.sql(
		"update `__Auth` set password = 'nonsense' where doctype = 'Social Channel' and name = %s", names[1]
	)
	frappe.db.set_value("Social Channel", names[2], "driver", "myspace")
	frappe.db.commit()
	yield names
	frappe.db.rollback()
	for name in names:
		frappe.delete_doc("Social Channel", name, force=True)
	frappe.db.commit()


def test_what_is_stored_unreadably_is_as_if_it_was_not_there(stage, dead_and_gone):
	"""After a restore with another encryption key: Connect asks for it again."""
	_revoked, unreadable, gone = dead_and_gone
	told = (
		stage.person("manager")
		.call("social_service.api_channels.connection", channel=unreadable)
		.json()["message"]
	)
	assert told["stored"] == []
	assert account_row(stage.host, gone).facts == {}
	assert stage.person("manager").call("social_service.api_channels.channel_health", channel=gone).ok
