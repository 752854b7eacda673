"""What every Store keeps, shown with the values that break databases. Run on the embedded host and on a Frappe site."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from dataclasses import MISSING, fields, replace
from datetime import datetime, timedelta, timezone

import pytest

from social_service import records
from social_service.hosts.base import Before, From, In, TooLong
from social_service.ledger import (
	LEDGER,
	Duty,
	SocialMessage,
	SocialPayload,
	SocialReply,
	SocialStream,
)
from social_service.records import Fate, Kind, Need, Visibility
from social_service.sentence import _
from social_service.settings import SocialServiceSettings

NOON = datetime(2026, 6, 1, 12, 0, tzinfo=timezone.utc)
LOOKALIKES = ("AbC", "aBc", "ABC", "abc", "abc ", " abc", "äbc", "abc\u200b", "abc\x00", "ａｂｃ", "ß", "ss")
TEXTS = (
	"",
	" ",
	"trailing blank ",
	"zero\u200bwidth",
	"NUL \x00 inside",
	"<5 € & <script>alert(1)</script>",
	"100 % of %s and {0} and \\ and ' and \" and `",
	"line\nbreak\r\nand\ttab",
	"👩‍👩‍👧 Grüße 你好 مرحبا",
	"x" * 100_000,
)
CLOCK_CHANGE = tuple(
	datetime(2026, 10, 25, 0, 30, 0, 123000, tzinfo=timezone.utc) + timedelta(minutes=30 * step)
	for step in range(4)
)  # in Berlin: 2:30, 3:00 → 2:00 again, 2:30 again, 3:00


def a_message(channel: str, external_id: str = "1", **more: object) -> SocialMessage:
	values = {
		"channel": channel,
		"external_id": external_id,
		"digest": SocialMessage.key(channel, external_id),
		"post_digest": SocialMessage.key("any", external_id),
		"thread_id": "t",
		"kind": Kind.MENTION,
		"visibility": Visibility.PUBLIC,
		"text": "hello",
		"sent_at": NOON,
		"stored_at": NOON,
	}
	return SocialMessage(**{**values, **more})


def a_stream(channel: str, **more: object) -> SocialStream:
	key = SocialStream.key(channel, "mentions")
	return SocialStream(
		**{"channel": channel, "stream_key": "mentions", "digest": key, "duty": Duty.POLL, **more}
	)


class StoreContract:
	"""Needs a fixture ``host`` and a method ``elsewhere``: run a function with a host of another connection."""

	def elsewhere(self, host, work: Callable) -> object:
		raise NotImplementedError

	@pytest.fixture
	def channel(self) -> str:
		return secrets.token_hex(5)

	# --- values ---------------------------------------------------------------------------------------------

	@pytest.mark.parametrize("text", TEXTS, ids=lambda text: ascii(text[:20]))
	def test_a_text_comes_back_as_it_was_stored(self, host, channel, text):
		stored, is_new = host.store.add(a_message(channel, text=text))
		assert is_new
		assert host.store.get(SocialMessage, [stored.name])[stored.name] == stored
		assert stored.text == text

	def test_network_ids_that_look_alike_stay_apart(self, host, channel):
		for external_id in LOOKALIKES:
			_stored, is_new = host.store.add(a_message(channel, external_id))
			assert is_new, ascii(external_id)
		for external_id in LOOKALIKES:
			stored, is_new = host.store.add(a_message(channel, external_id))
			assert not is_new
			assert stored.external_id == external_id
		assert host.store.tally(SocialMessage, ["external_id"], {"channel": channel}) == {
			(one,): 1 for one in LOOKALIKES
		}

	@pytest.mark.parametrize("external_id", LOOKALIKES, ids=ascii)
	def test_a_filter_finds_exactly_what_it_names(self, host, channel, external_id):
		for one in LOOKALIKES:
			host.store.add(a_message(channel, one))
		for wanted in (external_id, In((external_id, "not there"))):
			found = host.store.find(
				SocialMessage, {"channel": channel, "external_id": wanted}, order="name", limit=99
			)
			assert [one.external_id for one in found] == [external_id]

	def test_what_does_not_fit_is_refused_whole(self, host, channel):
		for more in (
			{"handle": "h" * 141},
			{"thread_id": "t" * 256},
			{"handle": "ä" * 141},
			{"url": "u" * 65_536},
		):
			with pytest.raises(TooLong):
				host.store.add(a_message(channel, **more))
		assert host.store.tally(SocialMessage, (), {"channel": channel}) == {(): 0}
		stored, _new = host.store.add(a_message(channel, handle="ä" * 140, thread_id="t" * 255))
		assert host.store.get(SocialMessage, [stored.name])[stored.name].handle == "ä" * 140
		with pytest.raises(TooLong):
			host.store.change(stored, handle="h" * 141)

	@pytest.mark.parametrize("kind", LEDGER, ids=lambda kind: kind.__name__)
	def test_nothing_stays_nothing(self, host, channel, kind):
		"""None in every optional field: an unanswered post must not look answered at once."""
		stored, _new = host.store.add(a_record(kind, channel))
		found = host.store.get(kind, [stored.name])[stored.name]
		assert found == stored
		optional = [field.name for field in fields(kind) if field.default is None]
		assert all(getattr(found, name) is None for name in optional)

	def test_every_kind_of_value_comes_back_in_its_type(self, host, channel):
		more = {
			"media": ("https://a.example/1.png", "ünï"),
			"reply_hint": {"uri": "at://x", "depth": 2, "nested": {"ä": [1, None]}},
			"is_bot": True,
			"followers": 2_000_000_000,
			"fate": Fate.OPENED,
			"need": Need.NONE,
			"fate_reason": _("because of {0}", "<5 €"),
		}
		stored, _new = host.store.add(a_message(channel, **more))
		found = host.store.get(SocialMessage, [stored.name])[stored.name]
		assert found == stored
		assert found.fate is Fate.OPENED
		assert found.is_bot is True
		assert found.fate_reason == "because of <5 €"

	def test_the_hour_of_the_clock_change_keeps_its_order(self, host, channel):
		for number, moment in enumerate(CLOCK_CHANGE):
			host.store.add(a_message(channel, str(number), sent_at=moment))
		found = host.store.find(SocialMessage, {"channel": channel}, order="-sent_at", limit=9)
		assert [one.sent_at for one in found] == list(reversed(CLOCK_CHANGE))
		before = host.store.find(
			SocialMessage, {"channel": channel, "sent_at": Before(CLOCK_CHANGE[2])}, order="sent_at", limit=9
		)
		assert [one.external_id for one in before] == ["0", "1"]

	def test_an_unset_time_is_neither_before_nor_after(self, host, channel):
		host.store.add(a_message(channel))
		for wanted in (Before(NOON), From(NOON)):
			assert host.store.tally(SocialMessage, (), {"channel": channel, "decided_at": wanted}) == {(): 0}
		assert host.store.tally(
			SocialMessage, (), {"channel": channel, "decided_at": None, "fate": None}
		) == {(): 1}

	# --- change and claim -----------------------------------------------------------------------------------

	def test_a_change_to_the_same_value_is_not_lost(self, host, channel):
		stored, _new = host.store.add(a_message(channel, fate=Fate.WATCHED))
		again = host.store.change(stored, only_if={"fate": Fate.WATCHED}, fate=Fate.WATCHED)
		assert again == stored

	def test_a_change_writes_the_named_columns_only(self, host, channel):
		stored, _new = host.store.add(a_message(channel))
		host.store.change(stored, handle="new")
		changed = host.store.change(stored, language="de")  # `stored` still has the old handle
		assert changed.language == "de"
		assert host.store.get(SocialMessage, [stored.name])[stored.name] == replace(
			stored, handle="new", language="de"
		)

	def test_a_change_that_is_no_longer_ours_writes_nothing(self, host, channel):
		stored, _new = host.store.add(a_message(channel, fate=Fate.FAILED))
		assert host.store.change(stored, only_if={"fate": None}, fate=Fate.OPENED) is None
		assert host.store.change(stored, only_if={"decided_at": NOON}, fate=Fate.OPENED) is None
		assert host.store.get(SocialMessage, [stored.name])[stored.name] == stored

	def test_a_lease_keeps_the_second_worker_out_until_it_ends(self, host, channel):
		row, _new = host.store.add(a_stream(channel))
		leased = host.store.claim(row, seconds=60, now=NOON)
		assert leased.lease_until == NOON + timedelta(seconds=60)
		late = NOON + timedelta(seconds=59)
		assert self.elsewhere(host, lambda other: other.store.claim(row, seconds=60, now=late)) is None
		taken = self.elsewhere(
			host, lambda other: other.store.claim(row, seconds=60, now=late + timedelta(seconds=1))
		)
		assert taken is not None
		assert host.store.change(leased, only_if={"lease_until": leased.lease_until}, failures=1) is None

	def test_a_claim_brings_the_row_as_it_is_now(self, host, channel):
		row, _new = host.store.add(a_stream(channel))
		self.elsewhere(host, lambda other: other.store.change(row, cursor="moved"))
		assert host.store.claim(row, seconds=60, now=NOON).cursor == "moved"

	def test_a_claim_inside_a_transaction_is_refused(self, host, channel):
		row, _new = host.store.add(a_stream(channel))
		with pytest.raises(RuntimeError), host.transaction():
			host.store.claim(row, seconds=60, now=NOON)
		assert host.store.claim(row, seconds=60, now=NOON)

	# --- transactions ---------------------------------------------------------------------------------------

	def test_an_error_undoes_all_of_a_transaction(self, host, channel):
		with pytest.raises(ZeroDivisionError), host.transaction():
			host.store.add(a_message(channel))
			raise ZeroDivisionError
		assert host.store.tally(SocialMessage, (), {"channel": channel}) == {(): 0}

	def test_a_transaction_inside_another_is_an_error(self, host):
		with pytest.raises(RuntimeError), host.transaction(), host.transaction():
			pass
		with host.transaction():
			pass

	def test_a_transaction_is_seen_by_others_when_it_ends(self, host, channel):
		with host.transaction():
			host.store.add(a_message(channel))
		host.store.add(a_message(channel, "2"))  # a statement alone is a transaction of its own
		seen = self.elsewhere(host, lambda other: other.store.tally(SocialMessage, (), {"channel": channel}))
		assert seen == {(): 2}

	def test_a_duplicate_does_not_harm_its_transaction(self, host, channel):
		host.store.add(a_message(channel))
		with host.transaction():
			host.store.add(a_message(channel, "2"))
			stored, is_new = host.store.add(a_message(channel, text="another text"))
			host.store.add(a_message(channel, "3"))
		assert not is_new
		assert stored.text == "hello"
		assert host.store.tally(SocialMessage, (), {"channel": channel}) == {(): 3}

	def test_two_connections_that_add_the_same_row_get_the_same_row(self, host, channel):
		start, results = threading.Barrier(2), []

		def work(one) -> list[tuple[str, bool]]:
			start.wait(10)
			added = [one.store.add(a_message(channel, str(number))) for number in range(30)]
			return [(stored.name, is_new) for stored, is_new in added]

		other = threading.Thread(target=lambda: results.append(self.elsewhere(host, work)))
		other.start()
		ours = work(host)
		other.join(60)
		theirs = results[0]
		assert [name for name, _new in ours] == [name for name, _new in theirs]
		assert all(mine != yours for (_a, mine), (_b, yours) in zip(ours, theirs, strict=True))

	# --- reading --------------------------------------------------------------------------------------------

	def test_reading_takes_an_order_and_a_limit(self, host, channel):
		for number in range(5):
			host.store.add(a_message(channel, str(number), sent_at=NOON + timedelta(seconds=number % 2)))
		found = host.store.find(SocialMessage, {"channel": channel}, order="-sent_at,external_id", limit=3)
		assert [one.external_id for one in found] == ["1", "3", "0"]
		for limit in (0, 1001):
			with pytest.raises(ValueError, match="limit"):
				host.store.find(SocialMessage, {}, order="name", limit=limit)
		assert host.store.find(SocialMessage, {"channel": In(())}, order="name", limit=1) == []

	def test_more_names_than_one_statement_takes(self, host, channel):
		with host.transaction():
			names = [host.store.add(a_message(channel, str(number)))[0].name for number in range(1100)]
		assert set(host.store.get(SocialMessage, [*names, "not there", names[0]])) == set(names)

	def test_counting_and_columns(self, host, channel):
		for number, fate in enumerate((Fate.OPENED, Fate.OPENED, None)):
			host.store.add(a_message(channel, str(number), fate=fate, decided_at=NOON if fate else None))
		assert host.store.tally(SocialMessage, ["fate"], {"channel": channel}) == {
			(Fate.OPENED,): 2,
			(None,): 1,
		}
		rows = host.store.columns(SocialMessage, ["external_id", "decided_at", "fate"], {"channel": channel})
		assert sorted(rows) == [("0", NOON, Fate.OPENED), ("1", NOON, Fate.OPENED), ("2", None, None)]

	def test_settings_have_their_defaults(self, host):
		found = host.store.find(SocialServiceSettings, {}, order="name", limit=1)
		assert found == [SocialServiceSettings()]

	# --- secrets --------------------------------------------------------------------------------------------

	def test_secrets_are_kept_all_at_once_and_for_others_to_see(self, host, channel):
		assert host.secret(channel, "access_token") == ""
		host.keep_secrets(channel, {"access_token": "ä-1", "refresh_token": "r-1"})
		seen = self.elsewhere(
			host, lambda other: [other.secret(channel, key) for key in ("access_token", "refresh_token")]
		)
		assert seen == ["ä-1", "r-1"]

	def test_secrets_are_not_kept_inside_a_transaction(self, host, channel):
		with pytest.raises(RuntimeError), host.transaction():
			host.keep_secrets(channel, {"access_token": "no"})
		assert host.secret(channel, "access_token") == ""


def a_record(kind: type, channel: str):
	"""The least that a record of this kind needs."""
	required = {
		SocialMessage: a_message(channel),
		SocialStream: a_stream(channel),
		SocialPayload: SocialPayload("m", channel, "1", "{}", NOON),
		SocialReply: SocialReply(
			channel,
			"c",
			"m",
			"1",
			"k",
			SocialStream.key(channel, "r"),
			"a",
			"t",
			Visibility.PUBLIC,
			"Queued",
			NOON,
		),
	}
	if kind in required:
		return required[kind]
	values = {
		field.name: _filler(field.type, channel)
		for field in fields(kind)
		if field.default is MISSING and field.default_factory is MISSING
	}
	return kind(**values)


def _filler(declared: str, channel: str) -> object:
	fillers = {"int": 7, "str": channel, "datetime": NOON, "Visibility": Visibility.PUBLIC}
	return fillers.get(declared) or next(iter(getattr(records, declared)))  # of a fixed vocabulary
