"""The contracts, and what is Telegram's own about the account, the token and being pushed to."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence

import pytest
import responses

from social_service.channels.errors import Ambiguous, PayloadInvalid
from social_service.channels.http import guarded_session
from tests.channels.telegram_kit import HOOK_SECRET, METHODS, TOKEN, TelegramKit, parsed, payload
from tests.kit.channel_contract import ChannelContract, SendContract
from tests.kit.driving import Live, assert_speaks, ids
from tests.kit.receive_contract import Call, ReceiveContract

HEADER = "X-Telegram-Bot-Api-Secret-Token"


class TestTelegram(TelegramKit, ChannelContract, SendContract, ReceiveContract):
	signature_header = HEADER
	private_link = "https://t.me/heimwerk_bot"

	def signed(self, body: bytes) -> Mapping[str, str]:
		return {HEADER: HOOK_SECRET, "Content-Type": "application/json"}

	def calls(self) -> Sequence[Call]:
		brings = {name: [parsed(name).external_id] for name in ("private", "private_edited", "comment")}
		brings |= {"joined": []}
		return [Call(name, json.dumps(payload(name)).encode(), found) for name, found in brings.items()]

	# --- a bot can't read what it wrote ------------------------------------------------------------------

	def test_a_write_that_got_lost_on_the_way_back_is_found(self, live: Live):
		"""Not here: a person has to look, and until then it is not sent again."""
		reply = self.replying(live, "It was published and we did not hear of it.", key="k-2")
		live.network.fail("timeout_after_write", method="POST", path=self.write_path)
		for call in (self.driver(live).send, self.driver(live).reconcile):
			with pytest.raises(Ambiguous) as raised:
				call(reply)
			assert_speaks(raised.value)
		assert "Erika" in str(raised.value)
		assert len(self.published(live, reply)) == 1

	def test_a_write_that_never_arrived_is_not_found(self, live: Live):
		"""Nobody can know that it did not arrive, so nobody says so."""
		reply = self.replying(live, "This one did not arrive.", key="k-3")
		live.network.fail("html", method="POST", path=self.write_path)
		with pytest.raises(Ambiguous):
			self.driver(live).send(reply)
		with pytest.raises(Ambiguous):
			self.driver(live).reconcile(reply)
		assert self.published(live, reply) == []

	def test_a_reply_can_be_taken_back(self, live: Live):
		sent = self.driver(live).send(self.replying(live, "A mistake.", key="k-6"))
		for _time in range(2):
			self.driver(live).delete(sent.external_id)

	# --- check -------------------------------------------------------------------------------------------

	@responses.activate
	def test_check_says_whose_bot_it_is(self):
		responses.get(f"{METHODS}/getMe", json=payload("me"))
		account = self.channel_class(self.connection("network.example/", None)).check()
		assert (account.external_id, account.handle) == ("7001001001", "heimwerk_bot")
		assert account.url == "https://t.me/heimwerk_bot" and account.limits == {"reads_all_of_groups": False}

	@responses.activate
	def test_without_an_address_it_is_the_real_one(self):
		responses.get(f"https://api.telegram.org/bot{TOKEN}/getMe", json=payload("me"))
		assert self.channel_class(self.connection("", None)).check().handle == "heimwerk_bot"

	@responses.activate
	@pytest.mark.parametrize("told", [None, [], "bot", {}, {"id": "x", "username": "a", "first_name": "b"}])
	def test_check_of_what_is_not_telegram(self, told):
		responses.get(f"{METHODS}/getMe", json={"ok": True, "result": told})
		with pytest.raises(PayloadInvalid):
			self.offline().check()

	# --- the token stands in every address ---------------------------------------------------------------

	def test_the_token_is_in_no_log_of_a_real_call(self, live: Live, caplog):
		caplog.set_level(logging.DEBUG)
		self.driver(live).fetch(self.stream, None, live.since)
		self.driver(live).send(self.replying(live, "Which model is it?"))
		assert "/bot…/getUpdates" in caplog.text and "/bot…/sendMessage" in caplog.text
		assert TOKEN not in caplog.text and TOKEN.partition(":")[2] not in caplog.text

	def test_other_secrets_in_addresses_are_in_no_log(self, live: Live, caplog):
		caplog.set_level(logging.DEBUG)
		asked = {"access_token": "one-secret", "fields": "id", "client_secret": "two-secret"}
		guarded_session(["127.0.0.1"]).get(f"{live.network.url}/bottles", params=asked)
		assert "/bottles?access_token=…&fields=id&client_secret=…" in caplog.text

	# --- pushed to ---------------------------------------------------------------------------------------

	def test_what_the_network_pushes_is_what_asking_brings(self, live: Live):
		live.mention("asked")
		page = self.driver(live).fetch(self.stream, None, live.since)
		before = len(live.network.pushes())
		self.set_webhook(live, url="https://help.example/hook", secret_token=HOOK_SECRET)
		posted = live.mention("pushed")
		(push,) = live.network.pushes(before)
		assert ids(self.driver(live).receive(push["body"].encode(), push["headers"])) == [posted]
		idle = self.driver(live).fetch(self.stream, page.cursor)
		assert (idle.messages, idle.more) == ((), False)
		self.set_webhook(live)
		again = live.mention("asked again")
		page = self.driver(live).fetch(self.stream, idle.cursor)
		assert ids(page) == [again] and page.gap is None

	def set_webhook(self, live: Live, **told: str) -> None:
		name = "setWebhook" if told else "deleteWebhook"
		self.driver(live).api.write(name, told)

	def test_what_is_signed_and_no_update_is_said(self):
		for body in (b"{}", b"[]", b'{"update_id": "7"}', b'[{"update_id": 7}]'):
			with pytest.raises(PayloadInvalid):
				self.offline().receive(body, self.signed(body))

	def test_a_broken_message_in_a_call_is_kept(self):
		update = payload("private") | {"message": {"message_id": 5}}
		body = json.dumps(update).encode()
		(kept,) = self.offline().receive(body, self.signed(body)).unreadable
		assert kept.external_id == "update:100002" and kept.raw == update
