"""Pains and strangers that only a real site can prove: ids in a form, an upgrade without a sign-in, the door's answers."""

from __future__ import annotations

import json
import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone

import frappe
import pytest
import requests

from social_service import tasks, webhooks
from social_service.account import account_row
from social_service.channels import drivers
from social_service.hosts.frappe_store import replace_secrets
from social_service.ledger import SocialMessage, SocialReply
from social_service.records import ReplyState
from tests.host.bench import Site
from tests.host.conftest import connect, disconnect

LONG_ID = "1170020461641641990"  # in a browser's numbers: 1170020461641642000
HOOK, HEADER = "hook-secret-3141", "X-Telegram-Bot-Api-Secret-Token"
COUNTED = ("Social Message", "Social Payload", "Social Stream", "HD Ticket", "Communication")
RUNS, ALBUM = 5, 20


# --- 4: ids -------------------------------------------------------------------------------------------------


def test_pain_04_a_form_that_was_saved_in_a_browser_keeps_every_long_id(stage):
	post = stage.mention()
	stage.listen()
	row = account_row(stage.host, stage.channel)
	account = {**row.facts["account"], "external_id": LONG_ID}
	with stage.host.transaction():
		stage.host.store.change(row, facts={**row.facts, "account": account})
	message = stage.message(post)
	frappe.db.set_value("Social Message", message.name, {"author_id": LONG_ID, "thread_id": LONG_ID})
	frappe.db.commit()
	manager = stage.person("manager")
	for doctype, name in (("Social Channel", stage.channel), ("Social Message", message.name)):
		told = manager.get(f"api/resource/{doctype}/{name}").text
		form = json.loads(told, parse_int=lambda digits: int(float(digits)))["data"]
		assert form == json.loads(told)["data"], "a number in it is too long for a browser"
		if doctype == "Social Channel":
			saved = manager.call("frappe.client.save", doc={**form, "keywords": "acme"})
			assert saved.ok, saved.text
	stage.refresh()
	assert account_row(stage.host, stage.channel).facts["account"]["external_id"] == LONG_ID
	kept = stage.message(post)
	assert (kept.external_id, kept.author_id, kept.thread_id) == (post, LONG_ID, LONG_ID)


def test_pain_04_mentions_and_direct_messages_still_arrive_after_the_save(stage):
	form = stage.person("manager").get(f"api/resource/Social Channel/{stage.channel}").json()["data"]
	assert stage.person("manager").call("frappe.client.save", doc=form).ok
	stage.refresh()
	mention = stage.mention()
	stage.now()
	stage.network.post(stage.customer(), "my order is broken, please help!", direct_to=stage.company)
	stage.listen()
	found = stage.messages()
	assert mention in found and found[mention].ticket
	assert {str(one.visibility) for one in found.values()} == {"public", "private"}


def test_pain_04_no_id_of_a_network_is_kept_as_a_number(site, host):
	for doctype in (
		"Social Message",
		"Social Profile",
		"Social Conversation",
		"Social Reply",
		"Social Payload",
	):
		for field in frappe.get_meta(doctype).fields:
			if field.fieldname.endswith("_id"):
				assert field.fieldtype in ("Data", "Small Text"), f"{doctype}.{field.fieldname}"


# --- 5: an upgrade -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def upgraded(site):
	"""A site of its own, because its channels are all broken."""
	fresh = Site(site.bench, f"upgrade-{site.name}")
	fresh.make()
	fresh.install("social_service")
	connect(fresh)
	yield fresh
	disconnect()
	fresh.drop()


def test_the_key_of_all_credentials_is_made_by_the_installation(upgraded):
	"""Frappe's processes remember for a minute that there is none: each would make its own when it needs one."""
	config = json.loads((upgraded.bench.sites / upgraded.name / "site_config.json").read_text())
	assert config.get("encryption_key")


def test_pain_05_an_upgrade_goes_through_with_every_credential_invalid(upgraded):
	names = []
	for code, driver in drivers().items():
		values = {
			"title": code,
			"driver": code,
			"base_url": "http://127.0.0.1:9",
			"responsible": "Administrator",
		}
		channel = frappe.get_doc({"doctype": "Social Channel", **values}).insert()
		wrong = {one.key: f"revoked-{code}" for one in driver.settings if one.secret}
		replace_secrets(channel.name, wrong, ())
		names.append(channel.name)
	frappe.db.sql("update `__Auth` set password = 'not even encrypted' where name = %s", names[0])
	frappe.db.commit()
	upgraded.command("migrate", "--skip-search-index")
	connect(upgraded)
	assert set(names) <= set(frappe.get_all("Social Channel", {"enabled": 1}, pluck="name"))
	tasks.dispatch()  # and the next minute goes on
	assert frappe.get_all("Social Stream", {"channel": names[1]})


# --- 18: an album, over HTTP and with workers ----------------------------------------------------------------


class Bot:
	"""A bot that is connected to the site, and calls to its door."""

	def __init__(self, stage) -> None:
		self.stage = stage
		self.url = f"{stage.url}/api/method/social_service.webhooks.receive"
		values = {"title": "Pushed", "driver": "telegram", "base_url": "http://127.0.0.1:9"}
		self.channel = frappe.get_doc({"doctype": "Social Channel", **values}).insert().name
		replace_secrets(self.channel, {"access_token": "1:bot-token-2718", "webhook_secret": HOOK}, ())
		frappe.db.commit()
		an_hour_ago = datetime.now(timezone.utc) - timedelta(hours=1)
		row, facts = account_row(stage.host, self.channel), {"connected_at": an_hour_ago.isoformat()}
		with stage.host.transaction():
			stage.host.store.change(row, facts=facts)

	def post(self, body: bytes, **headers: str) -> requests.Response:
		more = {"Content-Type": "application/json", **headers}
		answer = requests.post(
			self.url, params={"channel": self.channel}, data=body, headers=more, timeout=120
		)
		self.stage.refresh()
		return answer

	def stored(self) -> list[SocialMessage]:
		wanted = {"channel": self.channel}
		return self.stage.host.store.find(SocialMessage, wanted, order="external_id", limit=1000)


def update(number: int, by: int = 77, text: str = "My order 4711 is broken, please help!") -> dict:
	person = {"id": by, "is_bot": False, "first_name": f"Maria {by}", "username": f"maria{by}"}
	now = int(datetime.now(timezone.utc).timestamp())
	chat = {"id": by, "type": "private", "first_name": person["first_name"]}
	return {
		"update_id": number,
		"message": {"message_id": number, "from": person, "chat": chat, "date": now, "text": text},
	}


@pytest.fixture
def bot(stage) -> Bot:
	return Bot(stage)


def test_pain_18_an_album_pushed_at_once_is_one_ticket_while_workers_decide(bot):
	stage = bot.stage
	for _worker in range(2):
		stage.site.worker()
	for run in range(RUNS):
		by = secrets.randbelow(10**9)
		calls = [json.dumps(update(run * ALBUM + number, by)).encode() for number in range(1, ALBUM + 1)]
		with ThreadPoolExecutor(8) as pool:
			answers = list(pool.map(lambda call: _until_taken(bot, call), calls))
		assert set(answers) == {200}
		stage.wait(lambda by=by: _decided(bot, by) == ALBUM, seconds=120)
		mine = [one for one in bot.stored() if one.author_id == str(by)]
		assert len(mine) == ALBUM
		assert len({one.ticket for one in mine}) == 1
		said = {"reference_name": mine[0].ticket, "sent_or_received": "Received"}
		assert frappe.db.count("Communication", {"reference_doctype": "HD Ticket", **said}) == ALBUM


def _until_taken(bot: Bot, call: bytes) -> int:
	"""A network calls again when the site was busy. A thread has no connection to look with."""
	for _time in range(20):
		more = {"Content-Type": "application/json", HEADER: HOOK}
		answer = requests.post(bot.url, params={"channel": bot.channel}, data=call, headers=more, timeout=120)
		if answer.status_code != 503:
			break
		time.sleep(0.2)
	return answer.status_code


def _decided(bot: Bot, by: int) -> int:
	bot.stage.refresh()
	tasks.decide_soon(bot.channel)
	return sum(bool(one.fate) and one.author_id == str(by) for one in bot.stored())


# --- 1, 20, 21: our own voice on a real site -----------------------------------------------------------------


def test_pain_01_and_20_the_echo_of_an_agents_reply_is_no_ticket(stage):
	ticket = stage.ticket()
	before = stage.tickets_of_this_channel()
	assert stage.person("agent").reply(ticket, "<p>We are looking into it.</p>").ok
	stage.refresh()
	stage.publish()
	for _round in range(3):
		stage.listen()
	assert stage.tickets_of_this_channel() == before == {ticket}
	(reply,) = stage.replies()
	assert reply.state is ReplyState.SENT and reply.external_id
	assert len([one for one in stage.published() if one["id"] == reply.external_id]) == 1


def test_pain_21_what_the_network_refuses_does_not_look_sent_in_the_ticket(stage):
	ticket = stage.ticket()
	stage.network.fail("html_ok", method="POST", path="/2/tweets", count=50)
	assert stage.person("agent").reply(ticket, "<p>We are looking into it.</p>").ok
	stage.refresh()
	for _time in range(3):
		stage.make_due()
		stage.publish()
	stage.network.recover()
	(reply,) = stage.host.store.find(SocialReply, {"ticket": ticket}, order="name", limit=9)
	published = [
		one for one in stage.published() if "looking into it" in one["text"] and one["by"] == stage.company
	]
	assert (reply.state is ReplyState.SENT) == bool(reply.external_id)
	assert len(published) <= 1
	if reply.state is ReplyState.SENT:
		assert [one["id"] for one in published] == [reply.external_id]


# --- strangers at the door -----------------------------------------------------------------------------------


def counts() -> list[int]:
	return [frappe.db.count(doctype) for doctype in COUNTED]


def logs() -> str:
	frappe.db.commit()
	rows = frappe.get_all("Error Log", ["method", "error"], order_by="creation desc", limit=50)
	return "\n".join(f"{row.method} {row.error}" for row in rows)


NESTED = b'{"a":' * 100_000 + b"1" + b"}" * 100_000
STRANGERS = (
	("no signature", b"{}", {}, 403),
	("a wrong signature", b"{}", {HEADER: "x" * 16}, 403),
	("a signature with a NUL", b"{}", {HEADER: "hook\\x00"}, 403),
	("a header of 60 kB", b"{}", {HEADER: "x" * 60_000}, 403),
	("ten megabytes", b"x" * (10 * 1024 * 1024), {HEADER: HOOK, "Content-Type": "text/plain"}, 413),
	("ten megabytes of a stranger", b"x" * (10 * 1024 * 1024), {"Content-Type": "text/plain"}, 413),
	("ten megabytes of JSON", b'{"a": "' + b"x" * (10 * 1024 * 1024) + b'"}', {HEADER: HOOK}, 413),
	("nested, signed", NESTED, {HEADER: HOOK, "Content-Type": "text/plain"}, 400),
	("nested, not signed", NESTED, {"Content-Type": "text/plain"}, 403),
	("no JSON", b"\xff\xfe\x00", {HEADER: HOOK, "Content-Type": "application/octet-stream"}, 400),
)


@pytest.mark.parametrize(
	("body", "headers", "status"), [row[1:] for row in STRANGERS], ids=[row[0] for row in STRANGERS]
)
def test_a_stranger_gets_a_number_and_leaves_nothing(bot, body, headers, status):
	before = counts()
	answer = bot.post(body, **headers)
	assert answer.status_code == status, answer.text[:300]
	assert len(answer.content) < 200 and "Traceback" not in answer.text
	assert counts() == before
	assert HOOK not in logs() and "bot-token" not in logs()


@pytest.mark.parametrize(
	"text", [NESTED, b'{"update_id": 5, "message": "half \\ud83d pair"}'], ids=["nested", "half"]
)
@pytest.mark.parametrize("signed", [True, False])
def test_what_frappe_itself_can_not_read_leaves_nothing(bot, signed, text):
	"""Frappe reads a body of JSON before the door does, and answers 500 to what its reader refuses."""
	before = counts()
	answer = bot.post(text, **({HEADER: HOOK} if signed else {}))
	assert answer.status_code in (400, 403, 500), answer.text[:300]
	assert "Traceback" not in answer.text and len(answer.content) < 200
	assert counts() == before
	assert HOOK not in logs()


def test_a_body_without_a_length_is_not_read_to_its_end(bot):
	"""Sent in pieces, so that no header tells how long it is."""
	before = counts()

	def pieces():
		for _piece in range(20):
			yield b"x" * 1024 * 1024

	try:
		answer = bot.post(pieces(), **{HEADER: HOOK, "Content-Type": "text/plain"})
		assert answer.status_code in (400, 403, 411, 413), answer.text[:300]
	except requests.ConnectionError:
		pass  # the server hung up, which is right too
	assert counts() == before


def test_a_replayed_call_changes_nothing(bot):
	one = json.dumps(update(4)).encode()
	assert bot.post(one, **{HEADER: HOOK}).status_code == 200
	before = counts()
	assert {bot.post(one, **{HEADER: HOOK}).status_code for _time in range(3)} == {200}
	assert counts() == before


def test_a_nul_and_half_a_pair_become_a_ticket(bot):
	text = "My order is broken, please help! NUL \x00 half \ud83d pair \u202e 😤"
	body, plain = json.dumps(update(5, text=text)).encode(), {"Content-Type": "text/plain"}
	assert bot.post(body, **{HEADER: HOOK}, **plain).status_code == 200
	bot.stage.silence_other_channels()
	frappe.db.set_value("Social Channel", bot.channel, "enabled", 1)
	frappe.db.commit()
	bot.stage.listen()
	bot.stage.refresh()
	(message,) = bot.stored()
	assert message.ticket, message.fate_reason
	assert "😤" in message.text and "half" in message.text


def test_more_than_one_megabyte_is_the_doors_limit():
	assert webhooks.MOST_BYTES == 1024 * 1024
