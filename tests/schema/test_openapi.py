"""Our recorded payloads of Mastodon and Discourse, and what the simulated forum answers, are as the networks document them.

The documents are not ours to hand on. Get ``dist/schema.json`` of abraham/mastodon-openapi and ``openapi.json`` of
discourse/discourse_api_docs, and name them in MASTODON_OPENAPI and DISCOURSE_OPENAPI.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from tests.channels.discourse_kit import DiscourseKit
from tests.kit.driving import Live
from tests.schema.openapi import Difference, Document

PAYLOADS = Path(__file__).parent.parent / "payloads"
MASTODON = {
	"content_warning": "Status",
	"direct": "Status",
	"gotosocial_instance": "Instance",
	"gotosocial_notification": "Notification",
	"gotosocial_status": "Status",
	"hashtag": "Status",
	"mention": "Status",
	"notification_of_deleted": "Notification",
	"quote": "Status",
	"reblog": "Status",
}
# GoToSocial's own
MASTODON_DOES_NOT_TELL = {
	("account_domain", "additionalProperties"),
	("supported_mime_types", "additionalProperties"),
	("interaction_policy", "additionalProperties"),
	("followers_count", "type"),  # of people who hide it
}
DISCOURSE = {
	"latest_posts": ("GET", "/posts.json"),
	"post": ("GET", "/posts/1001.json"),
	"sent": ("POST", "/posts.json"),
	"topic": ("GET", "/t/31.json"),
	"topic_posts": ("GET", "/t/31/posts.json"),
	"user": ("GET", "/u/heimwerk.json"),
}
# the document is made of answers in which these were null or absent, so it knows no better
DISCOURSE_DOES_NOT_TELL = {
	("reply_to_post_number", "type"),
	("reply_to_user", "additionalProperties"),
	("raw", "additionalProperties"),
	("bookmarked", "additionalProperties"),
	("allowed_users", "additionalProperties"),
}
# calls that the document leaves out, with what else is asked for
DISCOURSE_UNDOCUMENTED = {"/private-posts.json", "/site/settings.json", "/topics/created-by/heimwerk.json"}
DISCOURSE_UNDOCUMENTED_CHANGES = {"unhide.json", "unsuspend.json"}
DISCOURSE_UNDOCUMENTED_FIELDS = {("take_action", "additionalProperties")}


@pytest.fixture(scope="module")
def mastodon() -> Document:
	return Document.named_by("MASTODON_OPENAPI")


@pytest.fixture(scope="module")
def discourse() -> Document:
	return Document.named_by("DISCOURSE_OPENAPI")


def body(network: str, name: str) -> object:
	return json.loads((PAYLOADS / network / f"{name}.json").read_text(encoding="utf-8"))


def test_every_payload_is_held_against_something():
	for network, names, others in (("mastodon", MASTODON, set()), ("discourse", DISCOURSE, {"webhook"})):
		assert {one.stem for one in (PAYLOADS / network).glob("*.json")} == set(names) | others


@pytest.mark.parametrize("name", MASTODON)
def test_what_our_mastodon_payloads_say_is_documented(mastodon: Document, name: str):
	found = mastodon.differences(mastodon.schema(MASTODON[name]), body("mastodon", name))
	known = MASTODON_DOES_NOT_TELL if name.startswith("gotosocial") else set()
	# payloads are cut down to what some driver reads, so what is missing says nothing
	assert not [str(one) for one in found if one.rule != "required" and not _is_known(one, known)]


@pytest.mark.parametrize("name", DISCOURSE)
def test_our_discourse_payloads_are_as_documented(discourse: Document, name: str):
	found = discourse.differences(discourse.answer(*DISCOURSE[name]), body("discourse", name))
	assert not [str(one) for one in found if not _is_known(one, DISCOURSE_DOES_NOT_TELL)]


def _is_known(one: Difference, known: set[tuple[str, str]]) -> bool:
	"""A word of the message that is a name is in quotes."""
	names = {one.place.rpartition("/")[2]} if one.rule == "type" else set(re.findall(r"'(\w+)'", one.words))
	return all((name, one.rule) in known for name in names)


class TestTheSimulatedForum(DiscourseKit):
	@pytest.fixture
	def calls(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[requests.Response]]:
		made: list[requests.Response] = []
		send = requests.Session.send

		def noted(session: requests.Session, request: requests.PreparedRequest, **more: object):
			response = send(session, request, **more)
			if "/_rehearsal/" not in request.url:
				made.append(response)
			return response

		monkeypatch.setattr(requests.Session, "send", noted)
		yield made

	def test_what_the_driver_asks_and_is_told_is_documented(
		self, discourse: Document, live: Live, calls: list[requests.Response]
	):
		message = self.received(live)
		live.network.post("erika", "and it smells", reply_to=message.external_id)
		driver = self.driver(live)
		driver.check()
		sent = driver.send(self.reply("Which model is it, please?", to=message, started_at=live.now))
		driver.reconcile(self.reply("Which model is it, please?", to=message, started_at=live.now))
		driver.thread(driver.get([sent.external_id])[sent.external_id])
		driver.fetch(driver.streams()[1], None, live.since)
		driver.get([str(int(sent.external_id) + 50)])
		driver.edit(sent.external_id, self.reply("Which model is it, please? Thank you.", to=message))
		driver.delete(sent.external_id)
		live.network.set_person(live.company, is_moderator=True)
		for call in (driver.hide, driver.show, driver.block, driver.unblock, driver.remove):
			call(message)
		found = [(one.request.method, urlsplit(one.url).path) for one in calls]
		unknown = {path for method, path in found if not discourse.operation(method, path)}
		changes = {path for path in unknown if path.rpartition("/")[2] in DISCOURSE_UNDOCUMENTED_CHANGES}
		assert len(calls) > 10 and unknown - changes == DISCOURSE_UNDOCUMENTED and len(changes) == 2
		for response, (method, path) in zip(calls, found, strict=True):
			if path not in unknown and response.ok and response.content:
				self._require(discourse, method, path, response)

	def _require(self, discourse: Document, method: str, path: str, response: requests.Response) -> None:
		differences = discourse.differences(discourse.answer(method, path), response.json())
		wrong = [
			one
			for one in differences
			if one.rule != "required" and not _is_known(one, DISCOURSE_DOES_NOT_TELL)
		]
		assert not wrong, f"{method} {path}: {[str(one) for one in wrong]}"
		if method == "POST":
			asked = discourse.operation(method, path)["requestBody"]["content"]["application/json"]["schema"]
			found = discourse.differences(asked, json.loads(response.request.body))
			assert not [str(one) for one in found if not _is_known(one, DISCOURSE_UNDOCUMENTED_FIELDS)]
