"""What the world gets wrong, end to end: real drivers, simulated networks behind real HTTP, the whole way to the ticket.

Each fault leaves a sentence that a person can act on, on the stream or on the message, and none stops the other posts.
"""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone

import pytest

from social_service import hooks, listen, ticket
from social_service.channels import session
from social_service.hosts.embedded import EmbeddedHost
from social_service.ledger import Duty, SocialMessage, SocialPayload, SocialStream
from social_service.rehearsal.network import Network
from social_service.settings import SocialChannel, refuse_channel
from social_service.triage.defaults import seeded_rules
from tests.kit.driving import closed_address, with_unknown_fields

MODULES = {
	"x": "social_service.rehearsal.x_network",
	"mastodon": "social_service.rehearsal.mastodon_network",
}
FIRST_DAY = datetime(2026, 5, 4, 8, 0, tzinfo=timezone.utc)
TOKEN, WRONG = "tok-5ecret-77", "tok-wr0ng-78"
HERE = frozenset({"127.0.0.1"})
COMPANY, CUSTOMER = "heimwerk", "erika"
MENTIONS = {"x": "mentions", "mastodon": "notifications"}  # part of the path of the call
POISON, LONG = "this one is broken", "LONG_TEXT"
MAKE_NEW = "([Cc]onnect the channel again|and enter it)"  # as each network does it

networks_in_turn = pytest.mark.parametrize("faulty", MODULES)


@pytest.fixture(scope="module")
def networks() -> Iterator[dict[str, Network]]:
	started = {code: Network(module, FIRST_DAY) for code, module in MODULES.items()}
	for network in started.values():
		network.add_person(COMPANY, "Heimwerk", token=TOKEN)
		network.add_person(CUSTOMER, "Erika")
	yield started
	for network in started.values():
		network.stop()


class Stage:
	"""Both networks on one desk; one of them has the fault."""

	days = 0

	def __init__(self, host: EmbeddedHost, networks: dict[str, Network]) -> None:
		Stage.days += 3  # no test sees the posts of another
		self.host, self.networks, self.now = host, networks, FIRST_DAY + timedelta(days=Stage.days)
		self.channels: dict[str, SocialChannel] = {}
		self.forward(minutes=0)
		with host.transaction():
			for rule in seeded_rules():
				host.store.add(rule)

	def clock(self) -> datetime:
		return self.now

	def forward(self, **span: float) -> None:
		self.now += timedelta(**span)
		for network in self.networks.values():
			network.set_clock(self.now)

	def connect(self, code: str, *, url: str = "", token: str = TOKEN) -> None:
		new = SocialChannel(
			title=code, driver=code, base_url=url or self.networks[code].url, responsible="boss@example.com"
		)
		with self.host.transaction():
			self.channels[code], _ = self.host.store.add(new)
		self.host.keep_secrets(self.channels[code].name, {"access_token": token})

	def mend(self, code: str) -> None:
		self.host.keep_secrets(self.channels[code].name, {"access_token": TOKEN})
		with self.host.transaction():
			self.host.store.change(self.channels[code], base_url=self.networks[code].url)

	def says(self, code: str, text: str) -> str:
		self.forward(seconds=5)
		return self.networks[code].post(CUSTOMER, f"@{COMPANY} {text}")

	def round(self, **later: float) -> None:
		self.forward(**(later or {"minutes": 20}))
		for duty, job in ((Duty.POLL, listen.poll), (Duty.DECIDE, ticket.decide)):
			for row in listen.due(self.host, self.clock):
				if row.duty is duty:
					job(self.host, row.name, self.clock)

	def message(self, code: str, external_id: str) -> SocialMessage | None:
		key = SocialMessage.key(self.channels[code].name, external_id)
		return next(iter(self.host.store.find(SocialMessage, {"digest": key}, order="name", limit=1)), None)

	def fate(self, code: str, external_id: str) -> str:
		found = self.message(code, external_id)
		return str(found.fate) if found else "not there"

	def streams(self, code: str) -> list[SocialStream]:
		wanted = {"channel": self.channels[code].name, "duty": Duty.POLL}
		return self.host.store.find(SocialStream, wanted, order="name", limit=20)

	def errors(self, code: str) -> list[str]:
		return [row.last_error for row in self.streams(code) if row.last_error]

	def table(self, statement: str) -> list[tuple]:
		return self.host.connection.execute(statement).fetchall()


@pytest.fixture
def stage(tmp_path, networks) -> Iterator[Stage]:
	host = EmbeddedHost(tmp_path / "desk.sqlite", allow_internal=HERE)
	yield Stage(host, networks)
	host.close()


def other(code: str) -> str:
	return next(one for one in MODULES if one != code)


def on_the_way(monkeypatch: pytest.MonkeyPatch, change: Callable[[object], object]) -> None:
	"""Every answer's JSON is changed before a driver sees it."""
	read = session._read_limited

	def changed(response):
		body = read(response)
		is_json = "json" in response.headers.get("Content-Type", "") and body
		return json.dumps(change(json.loads(body))).encode() if is_json else body

	monkeypatch.setattr(session, "_read_limited", changed)


def assert_a_person_can_act_on(sentence: str) -> None:
	assert len(sentence) > 20 and sentence[-1] in ".!?)" and "{" not in sentence, sentence
	assert not [leak for leak in (TOKEN, WRONG, "Traceback", "Errno", "object at 0x") if leak in sentence], (
		sentence
	)


# --- the connection is wrong ---------------------------------------------------------------------------------


def internal(stage: Stage, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
	look_up = socket.getaddrinfo

	def leads_inside(name, port, *rest, **more):
		if name == "social.example":
			return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.7", port))]
		return look_up(name, port, *rest, **more)

	monkeypatch.setattr(socket, "getaddrinfo", leads_inside)
	stage.connect(code, url="https://social.example")


CONNECTIONS: dict[str, tuple[Callable, str]] = {
	"a wrong token": (
		lambda stage, code, _patch: stage.connect(code, token=WRONG),
		MAKE_NEW,
	),
	"no token": (lambda stage, code, _patch: stage.connect(code, token=""), MAKE_NEW),
	"an unreachable instance": (
		lambda stage, code, _patch: stage.connect(code, url=closed_address()),
		r"can't be reached\. We try again by ourselves\.",
	),
	"a name that leads inside": (internal, "social.example is an address inside your own network"),
	"no address": (
		lambda stage, code, _patch: stage.connect(code, url="https://["),
		"(is no web address|[Ee]nter the address)",
	),
}


@networks_in_turn
@pytest.mark.parametrize("fault", CONNECTIONS)
def test_a_connection_that_can_not_work_says_why_and_works_when_mended(stage, monkeypatch, faulty, fault):
	connect, says = CONNECTIONS[fault]
	connect(stage, faulty, monkeypatch)
	stage.connect(other(faulty))
	stage.round(minutes=1)
	healthy = stage.says(other(faulty), "where is my refund?")
	stage.round()
	assert stage.fate(other(faulty), healthy) == "opened", "the fault of one network stopped the other"
	assert stage.errors(other(faulty)) == []
	told = stage.errors(faulty)
	assert len(told) == len(stage.streams(faulty)), "a stream is silent about it"
	for sentence in told:
		assert_a_person_can_act_on(sentence)
		assert re.search(says, sentence), sentence
	stage.mend(faulty)
	stage.round(hours=2)
	late = stage.says(faulty, "where is my refund?")
	stage.round(hours=2)
	assert stage.errors(faulty) == []
	assert stage.fate(faulty, late) == "opened"


@pytest.mark.parametrize(
	("values", "says"),
	[
		({"base_url": "https://["}, "is no web address"),
		({"base_url": "https://"}, "is no web address"),
		({"base_url": "mastodon.example"}, "is no web address"),
		({"base_url": "ftp://mastodon.example"}, "is no web address"),
		({"driver": "vine"}, "no network called vine. Choose one of: "),
		({"poll_min_s": 5}, "30 or more"),
		({"poll_min_s": 600, "poll_max_s": 60}, "must not be shorter"),
		({"base_url": "https://mastodon.example"}, ""),
		({"base_url": ""}, ""),
	],
)
def test_a_channel_that_can_not_work_is_not_saved(values, says):
	refusal = refuse_channel(SocialChannel(**{"title": "Us", "driver": "x", **values}), hooks.social_channels)
	assert bool(refusal) == bool(says) and says in str(refusal)


# --- the answer is wrong -------------------------------------------------------------------------------------

ANSWERS = {
	"malformed": "did not answer as this kind of network does\\. Check the address\\.",
	"html_ok": "did not answer as this kind of network does\\. Check the address\\.",
	"html": "has a problem of its own \\(503\\).",
	"unauthorized": MAKE_NEW,
	"forbidden": MAKE_NEW,
	"throttled": "asks us to wait",
}


@networks_in_turn
@pytest.mark.parametrize("effect", ANSWERS)
def test_a_wrong_answer_is_written_down_and_loses_no_post(stage, faulty, effect):
	for code in MODULES:
		stage.connect(code)
	stage.round(minutes=1)
	posted = {code: stage.says(code, "where is my refund?") for code in MODULES}
	stage.networks[faulty].fail(effect, path=MENTIONS[faulty])
	stage.round()
	(told,) = stage.errors(faulty)
	assert_a_person_can_act_on(told)
	assert re.search(ANSWERS[effect], told), told
	assert stage.fate(other(faulty), posted[other(faulty)]) == "opened"
	assert stage.fate(faulty, posted[faulty]) == "not there"
	stage.round(hours=2)
	assert stage.fate(faulty, posted[faulty]) == "opened"
	assert stage.errors(faulty) == []


# --- the post is odd ------------------------------------------------------------------------------------------

SCRIPT = "<script>alert('x')</script> help me <b>please</b> & <5 €"
POSTS = {
	"100 kB": (f"Where? {LONG}", "opened"),
	"only emoji": ("😤🔥👨‍👩‍👧‍👦", "watched"),
	"script tags": (SCRIPT, "opened"),
	"right to left": ("איפה ההחזר שלי?", "opened"),
	"braces": ("{0} {name} %s help me", "opened"),
}


@networks_in_turn
@pytest.mark.parametrize("odd", POSTS)
def test_an_odd_post_has_its_fate_and_so_have_the_posts_around_it(stage, monkeypatch, faulty, odd):
	"""The simulated servers take no 100 kB themselves: it grows on the way."""
	text, fate = POSTS[odd]
	on_the_way(monkeypatch, lambda told: json.loads(json.dumps(told).replace(LONG, "a" * 100_000)))
	stage.connect(faulty)
	stage.round(minutes=1)
	before, posted, after = (
		stage.says(faulty, one) for one in ("help me with the drill", text, "help me with the saw")
	)
	stage.round()
	assert stage.fate(faulty, before) == "opened"
	assert stage.fate(faulty, after) in ("opened", "joined")
	message, text = stage.message(faulty, posted), text.replace(LONG, "a" * 100_000)
	assert message.fate.value == fate
	assert len(message.fate_reason) > 10 and message.decided_at
	assert message.text.removeprefix(f"@{COMPANY} ") == text, "the text is kept as it was written"
	if message.ticket:
		((kept,),) = stage.table(f"SELECT text FROM ticket_message WHERE name = {message.ticket_message}")
		assert text in kept
		((subject,),) = stage.table(f"SELECT subject FROM ticket WHERE name = {message.ticket}")
		assert len(subject) <= 120 and "\n" not in subject


# --- an item is broken ---------------------------------------------------------------------------------------


def without_author(told: object) -> object:
	"""In the posts that say POISON: an author that is null."""
	if isinstance(told, list):
		return [without_author(one) for one in told]
	if not isinstance(told, dict):
		return told
	is_poison = POISON in f"{told.get('text', '')}{told.get('content', '')}"
	gone = {"author_id": None, "account": None} if is_poison else {}
	return {
		key: gone.get(key, without_author(value)) if key in gone else without_author(value)
		for key, value in told.items()
	}


@networks_in_turn
def test_a_null_author_fails_alone_and_keeps_its_raw_body(stage, monkeypatch, faulty):
	stage.connect(faulty)
	stage.round(minutes=1)
	before, broken, after = (
		stage.says(faulty, one) for one in ("help me", f"{POISON}, help me", "help me again")
	)
	on_the_way(monkeypatch, without_author)
	stage.round()
	assert [stage.fate(faulty, one) for one in (before, broken)] == ["opened", "failed"]
	assert stage.fate(faulty, after) in ("opened", "joined")
	message = stage.message(faulty, broken)
	assert_a_person_can_act_on(message.fate_reason)
	(payload,) = stage.host.store.find(SocialPayload, {"message": message.name}, order="name", limit=5)
	assert POISON in payload.raw
	assert stage.errors(faulty) == []


@networks_in_turn
def test_fields_of_tomorrow_change_nothing(stage, monkeypatch, faulty):
	stage.connect(faulty)
	on_the_way(monkeypatch, with_unknown_fields)
	stage.round(minutes=1)
	posted = stage.says(faulty, "where is my refund?")
	stage.round()
	message = stage.message(faulty, posted)
	assert (message.fate.value, message.handle, message.is_addressed) == ("opened", CUSTOMER, True)
	assert stage.errors(faulty) == []


@networks_in_turn
def test_no_fault_leaves_a_secret_anywhere_in_the_database(stage, faulty):
	for code in MODULES:
		stage.connect(code)
	stage.round(minutes=1)
	for effect in ANSWERS:
		stage.networks[faulty].fail(effect, path=MENTIONS[faulty])
		stage.says(faulty, "where is my refund?")
		stage.round(hours=2)
	stage.round(hours=2)
	dump = "\n".join(line for line in stage.host.connection.iterdump() if 'INTO "secret"' not in line)
	assert TOKEN not in dump
	assert dump.count("where is my refund?") >= len(ANSWERS), "nothing was stored"
