"""The door for networks that push: over real HTTP, by strangers who know nothing and by a network that signs."""

from __future__ import annotations

import json
import secrets
from datetime import datetime, timedelta, timezone

import frappe
import pytest
import requests
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from social_service import tasks, webhooks
from social_service.account import account_row
from social_service.channels.errors import (
	NotSupported,
	PayloadInvalid,
	Rejected,
	SignatureInvalid,
	Unavailable,
)
from social_service.hosts.base import Busy
from social_service.hosts.frappe_store import replace_secrets
from social_service.ledger import Duty, SocialMessage, SocialStream
from social_service.listen import push
from social_service.sentence import _

SIGNED = "X-Telegram-Bot-Api-Secret-Token"
HOOK = "hook-secret-2718"
TEXT = "My order 4711 is broken, please help!"
COUNTED = ("Social Message", "Social Payload", "Social Stream", "Error Log")


class Pushed:
	"""A bot that is connected to the site, and the network's calls."""

	def __init__(self, stage) -> None:
		self.stage = stage
		values = {"title": "Pushed", "driver": "telegram", "base_url": "http://127.0.0.1:9"}
		self.channel = frappe.get_doc({"doctype": "Social Channel", **values}).insert().name
		replace_secrets(self.channel, {"access_token": "1:bot-token-1618", "webhook_secret": HOOK}, ())
		frappe.db.commit()
		an_hour_ago = datetime.now(timezone.utc) - timedelta(hours=1)
		row, facts = account_row(stage.host, self.channel), {"connected_at": an_hour_ago.isoformat()}
		with stage.host.transaction():
			stage.host.store.change(row, facts=facts)

	def call(self, body: object = None, channel: str = "", method: str = "POST", **headers: str):
		"""``body``: an update, or bytes that are none."""
		raw = body if isinstance(body, bytes) else json.dumps(body or update()).encode()
		answer = requests.request(
			method,
			f"{self.stage.url}/api/method/social_service.webhooks.receive",
			params={"channel": channel or self.channel},
			data=raw,
			headers={"Content-Type": "application/json", **headers},
			timeout=60,
		)
		self.stage.refresh()
		return answer

	def signed(self, body: object = None, **more: str):
		return self.call(body, **{SIGNED: HOOK}, **more)

	def stored(self) -> list[SocialMessage]:
		found = {"channel": self.channel}
		return self.stage.host.store.find(SocialMessage, found, order="sent_at", limit=100)


def update(number: int = 0, text: str = TEXT) -> dict:
	number = number or secrets.randbelow(10**6)
	person = {"id": 77, "is_bot": False, "first_name": "Maria", "username": "maria"}
	message = {
		"message_id": number,
		"from": person,
		"chat": {"id": 77, "type": "private", "first_name": "Maria"},
		"date": int(datetime.now(timezone.utc).timestamp()),
		"text": text,
	}
	return {"update_id": number, "message": message}


@pytest.fixture
def pushed(stage):
	return Pushed(stage)


def counts() -> list[int]:
	return [frappe.db.count(doctype) for doctype in COUNTED]


# --- who is heard -------------------------------------------------------------------------------------------


def test_a_signed_call_is_stored_once_and_decided_soon(pushed):
	one = update()
	for _time in range(2):
		answer = pushed.signed(one)
		assert (answer.status_code, answer.text) == (200, "ok")
		assert answer.headers["Content-Type"].startswith("text/plain")
	(message,) = pushed.stored()
	assert message.text == TEXT
	assert pushed.stage.queued(tasks.decide) == 1


def test_a_worker_makes_a_ticket_of_it(pushed):
	pushed.stage.site.worker()
	assert pushed.signed().ok
	pushed.stage.wait(lambda: pushed.stored()[0].fate)
	assert pushed.stored()[0].ticket


@pytest.mark.parametrize("site_asks_for_tokens", [True, False])
def test_a_stranger_needs_no_token_of_the_site(pushed, site_asks_for_tokens):
	pushed.stage.site.set_config("ignore_csrf", int(not site_asks_for_tokens))
	try:
		assert pushed.signed().ok
	finally:
		pushed.stage.site.set_config("ignore_csrf", 1)


@pytest.mark.parametrize("headers", [{}, {SIGNED: ""}, {SIGNED: HOOK[:-1]}, {SIGNED: HOOK.upper()}])
def test_who_does_not_sign_is_not_heard(pushed, headers):
	before = counts()
	answer = pushed.call(**headers)
	assert (answer.status_code, answer.text) == (403, "Forbidden")
	assert counts() == before
	assert not pushed.stage.queued(tasks.decide)


def test_a_signed_call_that_nobody_understands_is_refused(pushed):
	before = counts()
	for body in (b'{"no": "update"}', b"[]", b'{"update_id": "x"}'):
		assert pushed.signed(body).status_code == 400, body
	assert pushed.signed(b"not json", **{"Content-Type": "text/plain"}).status_code == 400
	assert counts() == before


@pytest.mark.parametrize("why", ["unknown", "no name", "disabled", "parked", "never pushes"])
def test_nobody_learns_which_channels_there_are(pushed, why):
	before = counts()
	values = {"disabled": {"enabled": 0}, "parked": {"parked": "Write us a mail"}}.get(why)
	if values:
		frappe.db.set_value("Social Channel", pushed.channel, values)
		frappe.db.commit()
	name = {"unknown": "there-is-none", "never pushes": pushed.stage.channel}.get(why, pushed.channel)
	answer = pushed.signed(channel=" " if why == "no name" else name)
	assert (answer.status_code, answer.text) == (404, "Not Found")
	assert counts() == before


def test_too_much_is_not_taken(pushed):
	before = counts()
	answer = pushed.signed(b"x" * (webhooks.MOST_BYTES + 1), **{"Content-Type": "text/plain"})
	assert answer.status_code == 413
	assert counts() == before
	padded = {**update(), "padding": "x" * (webhooks.MOST_BYTES - 1000)}
	assert pushed.signed(padded).status_code == 200


def test_a_body_can_not_choose_the_channel_or_the_method(pushed):
	other = Pushed(pushed.stage)
	answer = pushed.signed({**update(), "channel": other.channel, "data": "x", "args": {}})
	assert answer.ok
	assert len(pushed.stored()) == 1
	assert not other.stored()


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_other_methods_are_refused(pushed, method):
	assert pushed.call(method=method).status_code in (403, 405)


def test_a_network_that_asks_no_question_gets_no_answer(pushed):
	answer = requests.get(
		f"{pushed.stage.url}/api/method/social_service.webhooks.receive",
		params={"channel": pushed.channel, "hub.challenge": "<script>"},
		timeout=60,
	)
	assert (answer.status_code, answer.text) == (404, "Not Found")


def test_calls_that_come_at_once_store_everything_once(pushed):
	from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415

	updates = [update(number) for number in range(1, 21)] * 2
	frappe.db.commit()
	with ThreadPoolExecutor(8) as pool:
		url = f"{pushed.stage.url}/api/method/social_service.webhooks.receive"
		more = {"params": {"channel": pushed.channel}, "headers": {SIGNED: HOOK}, "timeout": 60}
		answers = list(pool.map(lambda one: requests.post(url, json=one, **more), updates))
	assert {answer.status_code for answer in answers} <= {200, 503}
	for answer, one in zip(answers, updates, strict=True):
		assert answer.ok or pushed.signed(one).ok, "the network calls again"
	pushed.stage.refresh()
	assert len(pushed.stored()) == 20


def test_a_network_that_asks_whether_the_address_is_ours_gets_its_answer(pushed):
	channel = (
		frappe.get_doc({"doctype": "Social Channel", "title": "Asked", "driver": "facebook"}).insert().name
	)
	replace_secrets(channel, {"access_token": "t", "app_secret": "a", "verify_token": "verify-1414"}, ())
	frappe.db.commit()
	before = counts()
	for told, status, text in (("verify-1414", 200, "1158201444"), ("other", 403, "Forbidden")):
		query = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": told}
		answer = requests.get(
			f"{pushed.stage.url}/api/method/social_service.webhooks.receive",
			params={"channel": channel, **query},
			timeout=60,
		)
		assert (answer.status_code, answer.text) == (status, text)
	pushed.stage.refresh()
	assert counts() == before


# --- in this process: what else may happen ------------------------------------------------------------------


@pytest.fixture
def call(host, monkeypatch):
	"""One call whose receiver answers or raises what it is told."""

	def call(outcome: object, query: str = "channel=c1", **more: object):
		def told(*_arguments: object) -> object:
			if isinstance(outcome, Exception):
				raise outcome
			return outcome

		monkeypatch.setattr(push, "receive", told)
		monkeypatch.setattr(push, "challenge", told)
		environ = EnvironBuilder(query_string=query, **{"method": "POST", "data": b"secret-body", **more})
		frappe.local.request = Request(environ.get_environ())
		frappe.local.request_ip = secrets.token_hex(4)
		try:
			return webhooks.receive()
		finally:
			frappe.local.request = None

	return call


def test_the_question_of_a_network_is_answered_exactly(call):
	answer = call("1158201444", "channel=c1&hub.challenge=1158201444", method="GET", data=None)
	assert (answer.status_code, answer.get_data(as_text=True)) == (200, "1158201444")
	assert answer.mimetype == "text/plain"
	assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
	("error", "status"),
	[
		(SignatureInvalid(_("No")), 403),
		(PayloadInvalid(_("What?"), raw="secret-raw"), 400),
		(push.TooMuch(), 413),
		(NotSupported(_("No")), 404),
		(Rejected("asleep", _("No")), 404),
		(Unavailable(_("Later")), 503),
		(Busy("busy"), 503),
		(frappe.QueryDeadlockError("deadlock"), 503),
		(frappe.QueryTimeoutError("lock wait"), 503),
		(KeyError("secret-value"), 500),
	],
)
def test_each_refusal_has_its_status_and_nothing_is_told(call, error, status):
	logs = frappe.db.count("Error Log")
	answer = call(error)
	assert answer.status_code == status
	assert "secret" not in answer.get_data(as_text=True)
	assert (answer.headers.get("Retry-After") is not None) == (status == 503)
	assert frappe.db.count("Error Log") - logs == (status == 500)
	frappe.db.rollback()


def test_what_nobody_foresaw_is_noted_without_what_came_with_it(call):
	call(KeyError("secret-value"), headers={"X-Signature": "secret-signature"})
	noted = frappe.get_last_doc("Error Log")
	assert "KeyError" in noted.method
	assert "webhooks.py" in noted.error
	assert "secret" not in noted.error.replace("hook-secret", "") and "secret" not in noted.method
	frappe.db.rollback()


def test_a_caller_that_never_stops_is_slowed_down(call, monkeypatch):
	monkeypatch.setattr(webhooks, "CALLS", 3)
	address = secrets.token_hex(4)
	environ = EnvironBuilder(query_string="channel=c1", method="POST").get_environ()
	monkeypatch.setattr(push, "receive", lambda *_arguments: 0)
	frappe.local.request_ip = address
	frappe.local.form_dict.cmd = f"rate-{address}"
	frappe.local.request = Request(environ)
	try:
		for _time in range(3):
			assert webhooks.receive().status_code == 200
		with pytest.raises(frappe.RateLimitExceededError):
			webhooks.receive()
	finally:
		frappe.local.request = None
		frappe.local.form_dict.pop("cmd")


def test_a_pushed_post_is_no_duty_of_the_dispatcher(pushed):
	assert pushed.signed().ok
	wanted = {"channel": pushed.channel, "duty": Duty.PUSH}
	(row,) = pushed.stage.host.store.find(SocialStream, wanted, order="name", limit=10)
	assert (row.label, row.next_at) == ("Webhook", None)
