"""The webhook channel: the kit, the signature of Standard Webhooks, and a tool that only pushes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone

import pytest

from social_service.channels.base import Stream
from social_service.channels.errors import PayloadInvalid, SignatureInvalid
from social_service.channels.webhook import signature
from social_service.channels.webhook.driver import Webhook
from social_service.records import Account, Kind, Visibility
from social_service.rehearsal.network import Network
from tests.kit.channel_contract import ChannelContract
from tests.kit.driving import NOW, DriverKit, Live, ids
from tests.kit.receive_contract import BodySigned, Call, ReceiveContract
from tests.kit.send_contract import SendContract

SECRET = "whsec_cmVoZWFyc2FsLXNlY3JldA=="


class WebhookKit(DriverKit):
	channel_class = Webhook
	network_module = "social_service.rehearsal.webhook_network"
	secrets = {"access_token": "tok-very-5ecret", "webhook_secret": SECRET}
	account = Account("7", "heimwerk", "Heimwerk")
	stream = Stream("posts")

	@pytest.fixture(autouse=True)
	def stopped(self, monkeypatch) -> None:
		monkeypatch.setattr(signature, "now", lambda: NOW)

	def options(self, url: str) -> dict[str, str]:
		return {"base_url": url}

	def item(self, number: int, text: str) -> dict:
		return {
			"id": number,
			"author": {"id": 4711, "handle": "erika", "name": "Erika"},
			"text": text,
			"sent_at": "2026-05-04T08:00:00+00:00",
			"kind": "mention",
		}

	def answer(self, items: Sequence[object]) -> object:
		return {"posts": list(items), "next": "5", "more": False}

	def broken_items(self) -> Mapping[str, object]:
		good = self.item(1002, "hello")
		return {
			"no author": {**good, "author": None},
			"no time": {**good, "sent_at": "soon"},
			"a new kind": {**good, "kind": "scent"},
			"a list for a text": {**good, "text": ["a"]},
			"no post": "?",
		}

	def signed(self, body: bytes, at: datetime = NOW, secret: str = SECRET) -> dict[str, str]:
		time = str(int(at.timestamp()))
		return {
			"webhook-id": "msg_1",
			"webhook-timestamp": time,
			"webhook-signature": signature.signature(secret, "msg_1", time, body),
		}


class TestWebhook(WebhookKit, BodySigned, ChannelContract, SendContract, ReceiveContract):
	longest = 10_000
	lengths = (("hello", 5), ("Grüße", 5), (" a ", 1))
	write_path = "/answers"
	has_key = True
	answers_privately = True
	read_failures = ()
	write_failures = ()
	signature_header = "webhook-signature"

	def calls(self) -> Sequence[Call]:
		posts = {"posts": [self.item(1, "where is it?"), self.item(2, "and mine?")]}
		return (
			Call("two posts", json.dumps(posts).encode(), ("1", "2")),
			Call("a deletion", b'{"deleted": ["1", 2]}', deleted=("1", "2")),
		)


class TestSigning(WebhookKit):
	"""A table from the published specification's own example, and what must not pass."""

	def test_the_example_of_the_specification(self):
		made = signature.signature(
			"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
			"msg_p5jXN8AQM9LWM0D4loKWxJek",
			"1614265330",
			b'{"test": 2432232314}',
		)
		assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

	@pytest.mark.parametrize("minutes", [-6, 6, -100_000])
	def test_an_old_call_is_not_heard_again(self, minutes):
		body = b'{"posts": []}'
		with pytest.raises(SignatureInvalid):
			self.offline().receive(body, self.signed(body, NOW + timedelta(minutes=minutes)))

	@pytest.mark.parametrize("time", ["", "soon", "9" * 40, "-5", "1e9"])
	def test_a_time_that_is_none_is_refused(self, time):
		headers = {**self.signed(b"{}"), "webhook-timestamp": time}
		with pytest.raises(SignatureInvalid):
			self.offline().receive(b"{}", headers)

	def test_while_a_secret_changes_two_signatures_stand_in_the_header(self):
		headers = self.signed(b"{}")
		headers["webhook-signature"] = f"v1,AAAA {headers['webhook-signature']}"
		assert ids(self.offline().receive(b"{}", headers)) == []

	def test_a_secret_that_is_no_base64_is_taken_as_it_is(self):
		self.secrets = {"webhook_secret": "plain words"}
		assert ids(self.offline().receive(b"{}", self.signed(b"{}", secret="plain words"))) == []


class TestTheTool(WebhookKit):
	def test_a_post_is_read_whole(self):
		post = {
			**self.item(5, "half \ud83d pair"),
			"thread": "t1",
			"visibility": "private",
			"kind": "direct message",
			"parent": 4,
			"language": "DE-at",
			"url": "javascript:alert(1)",
			"media": ["https://a.example/1.png", "file:///etc/passwd"],
			"edited_at": "2026-05-04T10:00:00+02:00",
		}
		body = json.dumps({"posts": [post]}).encode()
		(found,) = self.offline().receive(body, self.signed(body)).messages
		assert (found.thread_id, found.parent_id, found.language, found.url) == ("t1", "4", "de", "")
		assert (found.kind, found.visibility) == (Kind.DIRECT_MESSAGE, Visibility.PRIVATE)
		assert found.media == ("https://a.example/1.png",)
		assert found.edited_at == datetime(2026, 5, 4, 8, 0, tzinfo=timezone.utc)

	@pytest.mark.parametrize("body", [b"[]", b'{"posts": {}}', b'{"deleted": "1"}'])
	def test_what_is_no_list_of_posts_is_said(self, body):
		with pytest.raises(PayloadInvalid):
			self.offline().receive(body, self.signed(body))

	def test_a_tool_without_an_address_only_pushes(self):
		driver = Webhook(self.connection("", None))
		assert driver.check().external_id == "webhook" and driver.streams() == ()
		body = json.dumps({"posts": [self.item(1, "hello")]}).encode()
		(post,) = driver.receive(body, self.signed(body)).messages
		assert not driver.may_reply(post).allowed and "answer there" in str(driver.may_reply(post).reason)

	def test_what_the_tool_pushes_is_what_it_tells_when_asked(self, monkeypatch):
		with Network(self.network_module, NOW) as network:
			network.add_person("heimwerk", "Heimwerk", token=self.company_token)
			network.add_person("erika", "Erika")
			post = network.post("erika", "where is my drill?")
			network.edit(post, "where is my saw?")
			network.delete(post)
			account = Webhook(self.connection(network.url, None, internal=["127.0.0.1"])).check()
			driver = self.driver(Live(network, NOW, account, "heimwerk"))
			pages = [driver.receive(one["body"].encode(), one["headers"]) for one in network.pushes()]
			assert [ids(page) for page in pages] == [[post], [post], []]
			assert pages[1].messages[0].text == "where is my saw?" and pages[2].deleted == (post,)
			asked = driver.fetch(self.stream, None, NOW.isoformat())
			assert set(asked.deleted) == {post}
