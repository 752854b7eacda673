"""Answering on Mastodon: who sees it, whom it names, and is it there already."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest
import responses

from social_service.channels.errors import (
	Ambiguous,
	AuthFailed,
	Rejected,
)
from social_service.channels.mastodon.status import parse_status
from social_service.records import Author, NotSent, Sent, Visibility
from tests.channels.mastodon_kit import HOST, LIMITS, OWN_ID, MastodonKit, parsed, payload
from tests.kit.driving import ANYWHERE, NOW


class TestReplies(MastodonKit):
	# --- answering ---------------------------------------------------------------------------------------

	def test_a_reply_is_never_wider_than_its_post(self):
		widths = {
			("public", Visibility.PUBLIC): "public",
			("public", Visibility.PRIVATE): "direct",
			("unlisted", Visibility.PUBLIC): "unlisted",
			("private", Visibility.PUBLIC): "direct",  # our followers are not theirs
			("private", Visibility.PRIVATE): "direct",
			("direct", Visibility.PUBLIC): "direct",
			("direct", Visibility.PRIVATE): "direct",
			("local", Visibility.PUBLIC): "direct",  # a word that we do not know
		}
		for (parent, asked), expected in widths.items():
			to = parse_status(payload("mention") | {"visibility": parent}, OWN_ID)
			assert self.body_of(replace(self.reply(), to=to, visibility=asked))["visibility"] == expected, (
				parent,
				asked,
			)
		stored = replace(parsed("direct"), reply_hint={})
		assert self.body_of(replace(self.reply(), to=stored))["visibility"] == "direct"

	def test_what_is_sent(self):
		reply = replace(self.reply("Welches Modell?"), to=parsed("mention"), key="outbox-7")
		with responses.RequestsMock() as mock:
			mock.post(
				ANYWHERE,
				json={
					"id": "77",
					"url": "https://fedi.example/@heimwerk/77",
					"created_at": "2026-05-04T08:00:00Z",
				},
			)
			sent = self.offline().send(reply)
			request = mock.calls[0].request
		assert sent == Sent("77", "https://fedi.example/@heimwerk/77", sent_at=NOW)
		assert request.headers["Idempotency-Key"] == "outbox-7"
		assert json.loads(request.body) == {
			"status": "@jonas@werkstatt.example Welches Modell?",
			"in_reply_to_id": "116514830000000001",
			"visibility": "public",
			"language": "de",
		}

	def test_the_handle_is_added_once_and_counted(self):
		to, driver = parsed("mention"), self.offline()
		assert driver.measure("hi", to).used == len("@jonas hi")
		for text in ("hi @jonas@werkstatt.example", "@Jonas@Werkstatt.example hi"):
			assert self.body_of(replace(self.reply(text), to=to))["status"] == text
		assert (
			self.body_of(replace(self.reply("hi @jonas"), to=to))["status"]
			== "@jonas@werkstatt.example hi @jonas"
		)
		assert not driver.measure("x" * 495, to).fits and driver.measure("x" * 493, to).fits

	@responses.activate
	def test_a_direct_reply_names_nobody_else(self):
		to = parsed("direct")
		for text in (
			"ask @mira",
			"ask @mira@klein.example",
			"(@mira)",
			".@mira",
			"see https://x.example,@mira",
			"ask @jonas",
		):
			with pytest.raises(Rejected) as raised:
				self.offline().send(replace(self.reply(text), to=to))
			assert raised.value.reason == "third person" and "@" in str(raised.value), text
		for nobody in (replace(to, author=Author("1")), replace(to, is_own=True)):
			with pytest.raises(Rejected) as raised:
				self.offline().send(replace(self.reply("hi"), to=nobody))
			assert raised.value.reason == "no handle"
		assert len(responses.calls) == 0

	def test_a_direct_reply_may_name_the_customer_us_and_an_address(self):
		for text in (
			"@jonas@werkstatt.example hi",
			"we are @heimwerk",
			"@heimwerk@fedi.example",
			"mail a@b.example",
			"https://x.example/@mira",
		):
			assert (
				"@jonas@werkstatt.example"
				in self.body_of(replace(self.reply(text), to=parsed("direct")))["status"]
			)

	def body_of(self, reply: object) -> dict:
		with responses.RequestsMock() as mock:
			mock.post(ANYWHERE, json={"id": "77", "created_at": "2026-05-04T08:00:00Z"})
			self.offline().send(reply)
			return json.loads(mock.calls[0].request.body)

	def test_a_403_is_the_tokens_fault_unless_we_know_better(self):
		account = replace(self.account, limits=LIMITS | {"may_write": False})
		with self.answering("POST", 403, '{"error": "?"}'), pytest.raises(AuthFailed) as raised:
			self.channel_class(self.connection(HOST, account)).send(self.reply())
		assert raised.value.permission == "write:statuses"

	def test_a_repost_is_not_answered(self):
		assert not self.offline().may_reply(parsed("reblog")).allowed
		assert not self.offline().may_reply(replace(parsed("direct"), is_own=True)).allowed
		assert self.offline().may_reply(parsed("mention")).allowed

	@pytest.mark.parametrize("visibility", ["public", "private"])
	def test_looking_back_finds_only_this_reply(self, visibility: str):
		"""GoToSocial ignores the key, so this is what keeps a reply from appearing twice."""
		to = parsed("mention") if visibility == "public" else parsed("direct")
		reply = replace(
			self.reply("Was für ein *Modell*? https://heimwerk.example/a?b=1&c=2"), to=to, started_at=NOW
		)
		rendered = (
			'<p><a href="https://werkstatt.example/@jonas" class="mention">@<span>jonas</span></a> Was für ein <em>Modell</em>? '
			'<a href="https://heimwerk.example/a?b=1&amp;c=2"><span class="invisible">https://</span>heimwerk.example/a</a></p>'
		)
		right = {"id": "2", "in_reply_to_id": to.external_id, "content": rendered, "account": {"id": OWN_ID}}
		right["created_at"] = (NOW + timedelta(seconds=3)).isoformat()
		wrong = (
			{"in_reply_to_id": "1"},
			{"in_reply_to_id": None},
			{"content": "<p>Welches Modell?</p>"},
			{"created_at": (NOW - timedelta(hours=1)).isoformat()},
			{"account": {"id": "5"}},
		)
		for change in wrong:
			assert self.looked_back(reply, [right | change]) == NotSent(), change
		assert self.looked_back(reply, [right | wrong[2] | {"id": "3"}, right]).external_id == "2"

	def looked_back(self, reply: object, ours: list) -> Sent | NotSent:
		"""In a server that lists only what is public, the context has the rest."""
		public = reply.to.visibility is Visibility.PUBLIC
		with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
			mock.get(re.compile(f".*/accounts/{OWN_ID}/statuses.*max_id"), json=[])
			mock.get(re.compile(f".*/accounts/{OWN_ID}/statuses"), json=ours if public else [])
			mock.get(re.compile(".*/context"), json={"ancestors": [], "descendants": ours})
			return self.offline().reconcile(reply)

	@responses.activate
	def test_looking_back_without_end_is_left_to_a_person(self):
		busy = payload("mention") | {"created_at": "2026-05-04T09:00:00Z"}
		responses.get(ANYWHERE, json=[busy] * 40)
		with pytest.raises(Ambiguous):
			self.offline().reconcile(self.reply(started_at=NOW))
		assert len(responses.calls) == 10

	@pytest.mark.parametrize("odd", [[{}], [7], [{"created_at": "x"}]])
	def test_looking_back_at_nonsense_is_ambiguous(self, odd: list):
		with self.answering("GET", 200, json.dumps(odd)), pytest.raises(Ambiguous):
			self.offline().reconcile(self.reply(started_at=NOW))
