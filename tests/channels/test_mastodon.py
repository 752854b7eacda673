"""The contracts, and what is Mastodon's own about accounts, threads and single posts."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
import responses

from social_service.channels.errors import (
	Rejected,
)
from social_service.records import Kind, Visibility
from tests.channels.mastodon_kit import HOST, OWN_ID, MastodonKit, parsed, payload
from tests.kit.channel_contract import ChannelContract, SendContract
from tests.kit.driving import ANYWHERE, Live


class TestMastodon(MastodonKit, ChannelContract, SendContract):
	answers_privately = True

	# --- check -------------------------------------------------------------------------------------------

	@responses.activate
	def test_check_reads_limits_and_what_the_token_lacks(self):
		told = payload("mention")["account"] | {"id": OWN_ID, "acct": "heimwerk"}
		responses.get(f"{HOST}/api/v1/accounts/verify_credentials", json=told)
		responses.get(f"{HOST}/api/v2/instance", json=payload("gotosocial_instance"))
		responses.get(f"{HOST}/api/v1/apps/verify_credentials", json={"scopes": ["read", "write:media"]})
		account = self.channel_class(self.connection(HOST, None)).check()
		assert (account.external_id, account.missing) == (OWN_ID, ("write:statuses",))
		assert (
			account.limits["max_characters"] == 5000 and account.limits["characters_reserved_per_url"] == 25
		)
		assert account.limits["domain"] == "klein.example" and account.limits["may_write"] is False
		driver = self.channel_class(self.connection(HOST, account))
		assert "write:statuses" in str(driver.may_reply(parsed("mention")).reason)

	@responses.activate
	def test_check_falls_back_where_the_server_is_old_or_silent(self):
		told = payload("mention")["account"] | {"id": OWN_ID, "acct": "heimwerk"}
		responses.get(f"{HOST}/api/v1/accounts/verify_credentials", json=told)
		responses.get(ANYWHERE, status=404, json={"error": "Not found"})
		account = self.channel_class(self.connection(HOST, None)).check()
		assert account.limits["max_characters"] == 500 and account.missing == ()

	@responses.activate
	def test_check_of_some_other_website(self):
		responses.get(ANYWHERE, status=404, body="<html>")
		with pytest.raises(Rejected) as raised:
			self.offline().check()
		assert raised.value.reason == "not mastodon" and "network.example" in str(raised.value)

	def test_an_address_is_needed_and_may_lack_its_scheme(self):
		assert self.channel_class(self.connection("fedi.example/", None)).api.base == "https://fedi.example"
		with pytest.raises(Rejected) as raised:
			self.channel_class(self.connection("", None)).check()
		assert raised.value.reason == "bad address"

	# --- threads -----------------------------------------------------------------------------------------

	def test_a_thread_is_named_after_its_first_post(self, live: Live):
		first = live.mention("it smokes")
		second = live.network.post("erika", "and smells", reply_to=first)
		third = live.network.post("erika", f"@{self.company} still", reply_to=second)
		messages = self.driver(live).fetch(self.stream, None, live.since).messages
		assert {one.external_id: one.thread_id for one in messages} == {first: first, third: first}
		before = self.driver(live).thread(messages[-1])
		assert [one.external_id for one in before] == [first, second]
		assert {one.thread_id for one in before} == {first}

	def test_replies_to_one_post_ask_for_its_root_once(self):
		items = [self.item(number, "me too") for number in (1003, 1002, 1001)]
		for item in items:
			item["status"]["in_reply_to_id"] = "990"
		cursor = self.cursor()
		with responses.RequestsMock() as mock:
			mock.get(re.compile(".*/notifications.*"), json=items)
			asked = mock.get(
				re.compile(".*/context"),
				json={"ancestors": [{"id": "980"}, {"id": "990"}], "descendants": []},
			)
			page = self.offline().fetch(self.stream, cursor)
			assert {one.thread_id for one in page.messages} == {"980"} and asked.call_count == 1

	def test_a_reply_to_what_we_just_read_needs_no_question(self):
		items = [self.item(1002, "and"), self.item(1001, "first")]
		items[0]["status"]["in_reply_to_id"] = "1001"
		assert {one.thread_id for one in self.page_of(items).messages} == {"1001"}

	def test_a_reply_to_something_deleted_is_named_after_it(self):
		item = self.item(1001, "me too")
		item["status"]["in_reply_to_id"] = "990"
		cursor = self.cursor()
		with responses.RequestsMock() as mock:
			mock.get(re.compile(".*/notifications.*"), json=[item])
			mock.get(re.compile(".*/context"), status=404, json={"error": "Record not found"})
			assert self.offline().fetch(self.stream, cursor).messages[0].thread_id == "990"

	def test_direct_messages_are_one_thread_with_one_person(self, live: Live):
		for text in ("my number is 1", "or 2"):
			live.network.post("erika", text, direct_to=self.company)
		one, two = self.driver(live).fetch(self.stream, None, live.since).messages
		assert one.thread_id == two.thread_id == f"direct:{one.author.external_id}"
		assert (one.kind, one.visibility) == (Kind.DIRECT_MESSAGE, Visibility.PRIVATE)
		sent = self.driver(live).send(
			replace(self.reply("Thank you.", visibility=Visibility.PRIVATE), to=two, key="d-1")
		)
		ours = self.driver(live).get([sent.external_id])[sent.external_id]
		assert ours.thread_id == one.thread_id and ours.is_own

	# --- single posts ------------------------------------------------------------------------------------

	def test_an_edit_is_seen(self, live: Live):
		posted = live.mention("it smokes")
		live.network.edit(posted, f"@{self.company} it burns")
		message = self.driver(live).get([posted])[posted]
		assert message.text.endswith("it burns") and message.edited_at == live.now

	@responses.activate
	def test_servers_without_batches_are_asked_one_by_one(self):
		responses.get(f"{HOST}/api/v1/statuses", status=404, body="<html>")
		responses.get(f"{HOST}/api/v1/statuses/1", json=payload("mention") | {"id": "1"})
		responses.get(f"{HOST}/api/v1/statuses/2", status=404, json={"error": "Record not found"})
		responses.get(f"{HOST}/api/v1/statuses/3", json={"id": "3"})
		found = self.offline().get(["1", "2", "3"])
		assert found["1"].external_id == "1" and found["2"] is None and "3" not in found

	@responses.activate
	def test_many_are_asked_in_small_batches(self):
		batch = responses.get(f"{HOST}/api/v1/statuses", json=[])
		assert len(self.offline().get([str(one) for one in range(45)])) == 45
		assert batch.call_count == 3
