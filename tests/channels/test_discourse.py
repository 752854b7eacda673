"""The contracts, and what is Discourse's own about accounts and webhooks."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
import responses

from social_service.channels.base import Stream
from social_service.channels.errors import Rejected
from tests.channels.discourse_kit import HOST, DiscourseKit, denied, payload
from tests.kit.channel_contract import ChannelContract, SendContract, ids
from tests.kit.driving import ANYWHERE, Live
from tests.kit.receive_contract import BodySigned, Call, ReceiveContract

MESSAGES = Stream("messages")


class TestDiscourse(DiscourseKit, BodySigned, ChannelContract, SendContract, ReceiveContract):
	signature_header = "X-Discourse-Event-Signature"
	private_link = "https://network.example/new-message?username=heimwerk"

	def signed(self, body: bytes) -> Mapping[str, str]:
		secret = self.secrets["webhook_secret"].encode()
		digest = hmac.new(secret, body, hashlib.sha256).hexdigest()
		return {"X-Discourse-Event-Signature": f"sha256={digest}", "X-Discourse-Event": "post_created"}

	def calls(self) -> Sequence[Call]:
		def body(**changes: object) -> bytes:
			return json.dumps({"post": payload("webhook")["post"] | changes}).encode()

		stranger = {"cooked": "<p>nice weather</p>", "raw": "nice weather", "post_number": 2}
		return (
			Call("a mention", body(), ["1001"]),
			Call("an edit", body(version=2, updated_at="2026-05-04T08:10:00.000Z"), ["1001"]),
			Call("a keyword", body(**stranger | {"cooked": "<p>my Drill</p>"}), ["1001"]),
			Call("a new topic", body(**stranger | {"post_number": 1}), ["1001"]),
			Call("nothing for us", body(**stranger)),
			Call("a private message", body(topic_archetype="private_message"), due=["messages"]),
			Call("a deleted post", body(deleted_at="2026-05-04T08:10:00.000Z"), due=["post:1001"]),
			Call("deleted by its author", body(user_deleted=True), due=["post:1001"]),
			Call("a whisper", body(post_type=4)),
			Call("a ping", b'{"ping": "OK"}'),
		)

	# --- check ----------------------------------------------------------------------------------------------

	@responses.activate
	def test_check_reads_the_account_and_the_limits_of_the_forum(self):
		responses.get(f"{HOST}/u/heimwerk.json", json=payload("user"))
		responses.get(f"{HOST}/site/settings.json", json={"min_post_length": 8, "max_post_length": "many"})
		account = self.channel_class(self.connection(HOST, None)).check()
		assert (account.external_id, account.handle, account.url) == ("12", "heimwerk", f"{HOST}/u/heimwerk")
		assert account.limits["min_post_length"] == 8 and account.limits["max_post_length"] == 32_000
		assert account.limits["groups"] == ["support"]
		sent = responses.calls[0].request.headers
		assert (sent["Api-Key"], sent["Api-Username"]) == (self.secrets["api_key"], "heimwerk")

	@responses.activate
	def test_a_forum_that_hides_its_settings_has_those_of_the_delivery(self):
		responses.get(f"{HOST}/u/heimwerk.json", json=payload("user"))
		responses.get(ANYWHERE, status=404, json=denied("not_found"))
		assert self.offline().check().limits["min_post_length"] == 20

	@responses.activate
	def test_check_of_some_other_website_or_user(self):
		responses.get(ANYWHERE, status=404, body="<html>")
		with pytest.raises(Rejected) as raised:
			self.offline().check()
		assert raised.value.reason == "no user" and "network.example" in str(raised.value)

	def test_an_address_and_a_user_are_needed(self):
		driver = self.channel_class(self.connection("forum.example/", None))
		assert driver.api.base == "https://forum.example"
		for options, reason in (({"api_username": "a"}, "bad address"), ({"base_url": HOST}, "no user")):
			connection = replace(self.connection(HOST, None), options=options)
			with pytest.raises(Rejected) as raised:
				self.channel_class(connection).check()
			assert raised.value.reason == reason

	# --- webhooks ---------------------------------------------------------------------------------------------

	def test_a_deletion_that_is_hinted_at_is_looked_up(self, live: Live):
		posted, kept = live.mention("goes"), live.mention("stays")
		live.network.delete(posted)
		page = self.driver(live).fetch(Stream(f"post:{posted}"), None, None)
		assert page.deleted == (posted,) and page.cursor is None
		assert ids(self.driver(live).fetch(Stream(f"post:{kept}"), None, None)) == [kept]

	def test_the_calls_of_the_forum_are_understood(self, live: Live):
		before = len(live.network.pushes())
		posted = live.mention("it smokes")
		live.network.edit(posted, f"@{self.company} it burns")
		live.network.delete(posted)
		live.network.post("erika", "in private", direct_to=self.company)
		calls = live.network.pushes(before)
		pages = [self.driver(live).receive(one["body"].encode(), one["headers"]) for one in calls]
		assert [ids(page) for page in pages] == [[posted], [posted], [], []]
		assert [page.due for page in pages] == [(), (), (f"post:{posted}",), ("messages",)]

	def test_a_forged_name_of_the_event_deletes_nothing(self):
		body = json.dumps(payload("webhook")).encode()
		page = self.offline().receive(body, {**self.signed(body), "X-Discourse-Event": "post_destroyed"})
		assert (page.messages, page.deleted, page.due) == ((), (), ("post:1001",))
