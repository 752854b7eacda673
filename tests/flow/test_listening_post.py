"""The listening post: budgets, alarms, scans, backfill, late posts, webhook calls, sign-ins that end, erased words."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from social_service import account, listen
from social_service.channels.base import SIGNED_IN_SINCE, SIGNED_IN_UNTIL, Stream
from social_service.channels.errors import (
	AuthFailed,
	AuthProblem,
	NotSupported,
	PayloadInvalid,
	Rejected,
	SignatureInvalid,
	Throttled,
	Unavailable,
)
from social_service.ledger import Duty, SocialMessage, SocialPayload, SocialStream
from social_service.listen import backfill, budget, figures, push
from social_service.records import Fate, Gap, Page, Rate
from social_service.sentence import _
from tests.kit.memory_channel import MORNING, Memory


def told(desk) -> list[str]:
	return [text for (text,) in desk.table("SELECT text FROM told")]


def alarms(desk) -> list[str]:
	return [one for one in told(desk) if "came late" not in one]


def row_of(desk, key: str = "mentions") -> SocialStream:
	digest = SocialStream.key(desk.channel.name, key)
	return desk.host.store.find(SocialStream, {"digest": digest}, order="name", limit=1)[0]


def change(desk, record, **values: object):
	with desk.host.transaction():
		return desk.host.store.change(record, **values)


def watch(desk) -> None:
	listen.watch(desk.host, desk.clock)


def minutes_of(desk, number: int, *, poll: bool = True) -> None:
	"""So many minutes pass as the dispatcher sees them."""
	for _minute in range(number):
		desk.clock.forward(minutes=1)
		if poll:
			desk.listen()
		watch(desk)


# --- silence -------------------------------------------------------------------------------------------------


def test_a_stream_without_success_calls_once_and_says_when_it_works_again(desk):
	desk.world.faults["fetch"] = [Unavailable("The network is down.")] * 40
	minutes_of(desk, 60)
	assert len(told(desk)) == 1
	assert "The network is down." in told(desk)[0] and "Check connection" in told(desk)[0]
	assert row_of(desk).alarm_at
	desk.world.faults["fetch"] = []
	minutes_of(desk, 70)
	assert told(desk)[1:] == ["Company works again: Mentions."]
	assert (row_of(desk).alarm, row_of(desk).alarm_at) == ("", None)


def test_the_alarm_comes_within_the_minutes_that_the_admin_chose(desk):
	desk.listen()
	change(desk, desk.channel, silence_minutes=30, poll_max_s=60)
	desk.world.faults["fetch"] = [Unavailable("down")] * 100
	minutes_of(desk, 30)
	assert told(desk) == []
	minutes_of(desk, 2)
	assert len(told(desk)) == 1


def test_workers_that_do_not_run_are_named_as_the_cause(desk):
	desk.listen()
	minutes_of(desk, 60, poll=False)
	assert len(told(desk)) == 1 and "no worker took the job" in told(desk)[0]


def test_streams_that_fail_together_are_one_notice(desk, monkeypatch):
	monkeypatch.setattr(
		Memory, "streams", lambda self: (Stream("mentions", "Mentions"), Stream("dms", "Private"))
	)
	desk.world.faults["fetch"] = [AuthFailed(AuthProblem.REVOKED, _("Connect again."))] * 9
	minutes_of(desk, 3)
	assert told(desk) == ["Company: Mentions: Connect again.\nPrivate: Connect again."]


def test_streams_that_stop_one_after_the_other_for_one_reason_are_one_notice(desk, monkeypatch):
	monkeypatch.setattr(Memory, "streams", lambda self: (Stream("a", "A"), Stream("b", "B")))
	for row in desk.rows(Duty.POLL):
		desk.world.faults["fetch"] = [AuthFailed(AuthProblem.REVOKED, _("Connect again."))]
		listen.poll(desk.host, row.name, desk.clock)
		watch(desk)
		desk.clock.forward(minutes=1)
	assert told(desk) == ["Company: A: Connect again."]
	assert row_of(desk, "b").alarm == "Connect again."


def test_a_channel_that_nobody_has_connected_yet_asks_nothing_and_alarms_nobody(desk):
	with desk.host.transaction():
		new, _new = desk.host.store.add(replace(desk.channel, title="New", name=""))
	desk.clock.forward(hours=9)
	watch(desk)
	assert {row.channel for row in listen.due(desk.host, desk.clock)} == {desk.channel.name}
	desk.host.keep_secrets(new.name, {"access_token": "t0ken"})
	assert {row.channel for row in listen.due(desk.host, desk.clock)} == {desk.channel.name, new.name}


def test_a_refused_reading_again_is_told_too_and_when_it_works(desk):
	desk.world.post(1, "Where is my refund?")
	desk.round()
	desk.world.faults["get"] = [AuthFailed(AuthProblem.PERMISSION, _("A permission is missing."))]
	for _time in range(2):
		desk.clock.forward(hours=1)
		desk.listen()
		for row in desk.rows(Duty.RECHECK):
			listen.recheck(desk.host, row.name, desk.clock)
		watch(desk)
	assert told(desk) == ["Company: recheck: A permission is missing.", "Company works again: recheck."]


def test_a_stream_quieter_than_its_own_history_calls_although_the_sign_in_works(desk):
	number = 0
	change(desk, desk.channel, poll_max_s=3600)
	for hour in range(24 * 21):
		for _post in range(2 if 6 <= hour % 24 < 20 else 0):
			number += 1
			desk.world.post(number, "Thanks, well done", minutes=hour * 60)
	desk.clock.now = MORNING + timedelta(hours=24 * 21)
	while desk.listen():
		desk.clock.forward(seconds=1)
	minutes_of(desk, 1)
	assert alarms(desk) == []
	for _hour in range(8):  # a usual night
		desk.clock.forward(hours=1)
		desk.listen()
		watch(desk)
	assert [one for one in alarms(desk) if "usual" in one] == []
	for _hour in range(10):
		desk.clock.forward(hours=1)
		desk.listen()
		watch(desk)
	calls = [one for one in alarms(desk) if "posts are usual in that time" in one]
	assert len(calls) == 1 and "Backfill" in calls[0]
	desk.world.post(
		number + 1, "Thanks, well done", minutes=int((desk.clock.now - MORNING).total_seconds() // 60)
	)
	desk.clock.forward(hours=1)
	desk.listen()
	watch(desk)
	assert alarms(desk)[-1] == "Company works again: Mentions."


def test_two_weeks_of_history_are_needed_to_call_a_silence(desk):
	for number in range(11 * 24):
		desk.world.post(number, "Thanks", minutes=number * 60)
	desk.clock.now = MORNING + timedelta(days=11)
	while desk.listen():
		desk.clock.forward(seconds=1)
	for _hour in range(30):
		desk.clock.forward(hours=1)
		desk.listen()
		watch(desk)
	assert alarms(desk) == []


def test_a_canary_that_does_not_sing_calls_and_its_posts_open_nothing(desk):
	change(desk, desk.channel, canary="@birdie")
	desk.world.post(1, "Where is my refund?", by="birdie")
	desk.round()
	assert desk.fates() == {"p1": "ignored"}
	for _hour in range(30):
		desk.clock.forward(hours=1)
		desk.listen()
		watch(desk)
	assert len(alarms(desk)) == 1 and "daily post of birdie" in alarms(desk)[0]
	desk.world.post(
		2, "Still here", by="birdie", minutes=int((desk.clock.now - MORNING).total_seconds() // 60)
	)
	desk.clock.forward(hours=1)
	desk.listen()
	watch(desk)
	assert "works again" in alarms(desk)[1]


def test_a_dead_stream_of_one_channel_says_nothing_of_another(desk):
	with desk.host.transaction():
		other, _new = desk.host.store.add(replace(desk.channel, title="Other", name=""))
	desk.host.keep_secrets(other.name, {"access_token": "t0ken"})
	account.check(desk.host, other.name, desk.clock)
	mine = {row.name for row in desk.rows(Duty.POLL) if row.channel == desk.channel.name}
	desk.world.faults["fetch"] = [Rejected("gone", _("This is closed."))]
	for name in sorted(mine):
		listen.poll(desk.host, name, desk.clock)
	desk.listen()
	watch(desk)
	assert alarms(desk) == ["Company: Mentions: This is closed."]


# --- money and rate ------------------------------------------------------------------------------------------


def spend(desk, micros: int) -> None:
	row = row_of(desk)
	change(desk, row, **row.cost_after(micros, desk.clock()))


def test_near_the_limit_the_interval_stretches_and_at_it_reading_stops(desk):
	desk.listen()
	change(desk, desk.channel, budget_usd=10)
	assert budget.of_channel(desk.host, the_channel(desk), desk.clock()).stretch == 1
	spend(desk, 9_000_000)
	money = budget.of_channel(desk.host, the_channel(desk), desk.clock())
	assert money.share == pytest.approx(0.9, abs=0.01) and money.stretch == pytest.approx(5.5, abs=0.1)
	desk.clock.forward(hours=1)
	desk.listen()
	row = row_of(desk)
	assert (row.next_at - desk.clock()).total_seconds() == pytest.approx(row.interval_s * 5.5, rel=0.05)
	spend(desk, 1_000_000)
	desk.clock.forward(hours=3)
	calls = len(desk.world.calls)
	assert desk.listen() == 0 and len(desk.world.calls) == calls
	assert "budget" in row_of(desk).last_error and row_of(desk).failures == 0
	watch(desk)
	assert told(desk) == []


def test_what_is_essential_is_read_and_answers_leave_when_the_money_is_spent(desk):
	desk.world.post(1, "Where is my refund?")
	desk.round()
	change(desk, desk.channel, budget_usd=1, essential="  mentions \n")
	spend(desk, 2_000_000)
	desk.world.post(2, "And mine?", by="otto", minutes=30)
	desk.round(hours=1)
	assert desk.fates() == {"p1": "opened", "p2": "opened"}
	change(desk, desk.channel, essential="")
	desk.reply("1", "It is on its way.")
	desk.publish()
	assert len(desk.world.answers) == 1


def test_the_money_of_last_month_does_not_count(desk):
	desk.listen()
	change(desk, desk.channel, budget_usd=1)
	spend(desk, 2_000_000)
	assert budget.of_channel(desk.host, the_channel(desk), desk.clock()).is_spent
	desk.clock.forward(days=31)
	assert not budget.of_channel(desk.host, the_channel(desk), desk.clock()).is_spent


def test_a_forecast_is_what_the_month_will_cost_at_this_pace(desk):
	desk.listen()
	desk.clock.now = MORNING.replace(day=11, hour=0)  # ten of 31 days
	spend(desk, 10_000_000)
	money = budget.of_channel(desk.host, the_channel(desk), desk.clock())
	assert money.forecast_micros == pytest.approx(31_000_000, rel=0.01)
	assert money.calls == 1 and money.cost_per_call_micros > 0


@pytest.mark.parametrize("buckets", [("", ""), ("reads", "reads"), ("reads", "dms")])
def test_streams_of_one_limit_wait_together_and_others_go_on(desk, monkeypatch, buckets):
	streams = tuple(Stream(key, key, bucket=bucket) for key, bucket in zip(("a", "b"), buckets, strict=True))
	monkeypatch.setattr(Memory, "streams", lambda self: streams)
	rows = {row.stream_key: row for row in desk.rows(Duty.POLL)}
	desk.world.faults["fetch"] = [Throttled(600)]
	for row in rows.values():
		change(desk, row, next_at=desk.clock())
	listen.poll(desk.host, rows["a"].name, desk.clock)
	waits = row_of(desk, "b").next_at - desk.clock()
	assert waits == timedelta(seconds=600 if len(set(buckets)) == 1 else 0)


def test_the_last_call_of_a_limit_is_left_for_answers(desk, monkeypatch):
	for number in range(9):
		desk.world.post(number, "Thanks")
	resets = desk.clock() + timedelta(minutes=12)
	real = Memory.fetch
	monkeypatch.setattr(Memory, "fetch", lambda self, *args: replace(real(self, *args), rate=Rate(1, resets)))
	assert desk.listen() == 2
	assert row_of(desk).next_at == resets and row_of(desk).rate_resets_at == resets


# --- scans, gaps, late posts ---------------------------------------------------------------------------------


def scanning(monkeypatch, hidden: list) -> None:
	"""Polling does not see the posts in ``hidden``; a scan does."""
	real = Memory.fetch

	def fetch(self, stream, cursor, since=None):
		if cursor is not None or not hidden:
			return real(self, stream, cursor, since)
		return Page(tuple(self.world.posts + hidden), "scanned")

	monkeypatch.setattr(Memory, "streams", lambda self: (Stream("mentions", "Mentions", scan_days=3),))
	monkeypatch.setattr(Memory, "fetch", fetch)


def test_the_nightly_scan_finds_what_polling_could_not_see(desk, monkeypatch):
	hidden = []
	scanning(monkeypatch, hidden)
	desk.world.post(1, "Where is my refund?")
	desk.round()
	scans = [row for row in listen.duties(desk.host, desk.channel, desk.clock) if row.duty is Duty.SCAN]
	assert [row.stream_key for row in scans] == ["scan:mentions"]
	assert desk.rows(Duty.SCAN) == []
	hidden.append(desk.world.post(2, "And my app is not working", by="otto"))
	desk.world.posts.pop()
	cursor = row_of(desk).cursor
	desk.clock.now = scans[0].next_at
	assert scans[0].next_at.hour in (2, 3)
	assert [listen.scan(desk.host, row.name, desk.clock) for row in desk.rows(Duty.SCAN)] == [1]
	desk.decide()
	assert desk.fates() == {"p1": "opened", "p2": "opened"}
	assert desk.message("p2").stream == "mentions" and desk.message("p2").is_late
	assert row_of(desk).cursor == cursor
	assert desk.rows(Duty.SCAN) == []
	assert figures.of_channel(desk.host, desk.channel, desk.clock())["mentions"].found_late == 1


def test_a_gap_shows_its_span_and_backfill_closes_it(desk, monkeypatch):
	desk.world.post(1, "Where is my refund?")
	desk.round()
	lost_since, lost_until = desk.clock() - timedelta(days=2), desk.clock() - timedelta(days=1)
	real, gaps = Memory.fetch, [Gap(lost_since, lost_until, _("The server forgot our place."))]

	def fetch(self, stream, cursor, since=None):
		asked.append(since)
		return replace(real(self, stream, cursor, since), gap=gaps.pop() if gaps else None)

	asked: list = []
	monkeypatch.setattr(Memory, "fetch", fetch)
	desk.round(hours=1)
	row = row_of(desk)
	assert (row.gap_since, row.gap_until, row.gap_reason) == (
		lost_since,
		lost_until,
		"The server forgot our place.",
	)
	backfill.ask(desk.host, desk.channel.name, "mentions", desk.clock)
	for one in desk.rows(Duty.SCAN):
		listen.scan(desk.host, one.name, desk.clock)
	assert asked[-1] == lost_since.isoformat()
	row = row_of(desk)
	assert (row.gap_since, row.gap_until, row.gap_reason) == (None, None, "")
	assert told(desk)[-1] == "Company: Mentions was read again. 0 posts were missing."


def test_a_scan_that_is_killed_goes_on_where_it_was(desk, monkeypatch):
	monkeypatch.setattr("social_service.listen.backfill.MAX_PAGES", 2)
	for number in range(9):
		desk.world.post(number, "Thanks")
	backfill.ask(desk.host, desk.channel.name, "mentions", desk.clock)
	found = []
	for _job in range(5):
		found += [listen.scan(desk.host, row.name, desk.clock) for row in desk.rows(Duty.SCAN)]
	assert found == [4, 4, 1]


def test_after_two_days_of_outage_every_post_comes_once_marked_late_with_one_notice(desk):
	desk.world.post(1, "Where is my refund?")
	desk.round()
	for number in range(2, 62):
		desk.world.post(number, "My app is not working", by=f"p{number}", minutes=number * 47)
	desk.clock.forward(hours=48)
	while desk.listen():
		desk.clock.forward(seconds=1)
	desk.decide()
	messages = desk.host.store.find(SocialMessage, {}, order="sent_at", limit=100)
	assert len(messages) == 61 and len({one.external_id for one in messages}) == 61
	late = [one for one in messages if one.is_late]
	assert len(late) == 58  # those of the last two hours came in time
	assert [one for one in told(desk) if "late" in one] == [
		"Company: 58 posts of Mentions came late, after an interruption. They are marked."
	]
	notes = [text for (text,) in desk.table("SELECT text FROM note")]
	assert sum("came late" in one for one in notes) == 58


def test_the_network_s_own_count_stands_beside_ours(desk, monkeypatch):
	monkeypatch.setattr(Memory, "count", lambda self, stream, since, until: 5, raising=False)
	for number in range(4):
		desk.world.post(number, "Thanks")
	desk.round(hours=3)
	backfill.ask(desk.host, desk.channel.name, "mentions", desk.clock)
	for row in desk.rows(Duty.SCAN):
		listen.scan(desk.host, row.name, desk.clock)
	found = figures.of_channel(desk.host, desk.channel, desk.clock())["mentions"]
	assert (found.counted, found.ours) == (5, 4)


def test_the_figures_of_a_stream_add_up(desk):
	desk.world.post(1, "Where is my refund?")
	desk.world.post(2, "Thanks", minutes=2)
	desk.world.post(3, "x" * 10, thread_id="t" * 300)
	desk.round(minutes=20)
	desk.world.post(4, "And mine?", by="otto", minutes=20)
	desk.clock.forward(minutes=20)
	desk.listen()
	found = figures.of_channel(desk.host, desk.channel, desk.clock())["mentions"]
	assert (found.seen, found.stored, found.decided, found.failed, found.waiting) == (4, 4, 2, 1, 1)
	assert found.stored_p50_s == 13 * 60 and found.stored_p95_s == 15 * 60


# --- webhook calls -------------------------------------------------------------------------------------------


@pytest.fixture
def pushed(desk, monkeypatch):
	"""The next call brings this page, or raises this error."""
	brings: list = []

	def receive(self, body, headers):
		one = brings.pop(0)
		if isinstance(one, Exception):
			raise one
		return one

	monkeypatch.setattr(Memory, "receive", receive)
	return brings


def call(desk) -> int:
	return push.receive(desk.host, desk.channel.name, b"{}", {}, desk.clock)


def test_a_pushed_post_becomes_a_ticket_and_polling_finds_nothing_new(desk, pushed):
	desk.listen()
	post = desk.world.post(1, "Where is my refund?")
	desk.clock.forward(minutes=1)
	pushed += [Page((post,), None), Page((post,), None)]
	assert [call(desk), call(desk)] == [1, 0]
	desk.decide()
	assert desk.fates() == {"p1": "opened"}
	desk.clock.forward(hours=1)
	assert desk.listen() == 0
	assert figures.of_channel(desk.host, desk.channel, desk.clock())["push"].stored == 1


def test_a_hint_makes_a_known_stream_due_at_once(desk, pushed):
	desk.listen()
	change(desk, row_of(desk), next_at=desk.clock() + timedelta(hours=1))
	pushed.append(Page((), None, due=("mentions",)))
	assert call(desk) == 0
	assert [row.stream_key for row in desk.rows(Duty.POLL)] == ["mentions"]


def test_a_hint_at_one_thing_is_fetched_once(desk, pushed, monkeypatch):
	post = desk.world.post(1, "Where is my refund?")
	desk.world.posts.clear()
	monkeypatch.setattr(
		Memory, "fetch", lambda self, stream, cursor, since=None: Page((post,), f"of {stream.key}")
	)
	pushed += [Page((), None, due=("comment:77",))] * 2
	call(desk)
	rows = desk.rows(Duty.ONCE)
	assert [row.stream_key for row in rows] == ["comment:77"]
	assert [listen.fetch_once(desk.host, row.name, desk.clock) for row in rows] == [1]
	assert desk.rows(Duty.ONCE) == []
	call(desk)  # the same hint again: asked again, and nothing is new
	assert [listen.fetch_once(desk.host, row.name, desk.clock) for row in desk.rows(Duty.ONCE)] == [0]


@pytest.mark.parametrize(
	"error",
	[SignatureInvalid("no"), PayloadInvalid(_("no")), NotSupported(_("no"))],
	ids=lambda one: type(one).__name__,
)
def test_a_call_that_is_refused_stores_nothing(desk, pushed, error):
	pushed.append(error)
	with pytest.raises(type(error)):
		call(desk)
	assert desk.fates() == {} and desk.rows(Duty.ONCE) == []


def test_more_than_a_thousand_items_in_one_call_are_refused_whole(desk, pushed):
	posts = tuple(desk.world.post(number, "x") for number in range(1001))
	pushed.append(Page(posts, None))
	with pytest.raises(push.TooMuch):
		call(desk)
	assert desk.fates() == {}


def test_a_channel_that_sleeps_takes_no_calls(desk, pushed):
	for values in ({"parked": "Write to help@example.com."}, {"enabled": False}):
		changed = change(desk, the_channel(desk), **values)
		with pytest.raises(Rejected):
			call(desk)
		change(desk, changed, enabled=True, parked="")


# --- sleep, sign-ins, edits, deletions -----------------------------------------------------------------------


def test_a_parked_channel_is_left_alone_and_its_tickets_say_how_to_answer(desk):
	desk.world.post(1, "Where is my refund?")
	desk.round()
	desk.reply("1", "It is on its way.")
	change(desk, desk.channel, parked="Answer from the app on the office phone.")
	calls = len(desk.world.calls)
	desk.publish()
	minutes_of(desk, 60)
	assert len(desk.world.calls) == calls and told(desk) == []
	assert listen.due(desk.host, desk.clock) == []
	assert "office phone" in desk.replies()[0].error


def signed_in(desk, since, until) -> None:
	times = {SIGNED_IN_SINCE: since.isoformat(), SIGNED_IN_UNTIL: until.isoformat()}
	desk.host.keep_secrets(desk.channel.name, times)


def tend(desk) -> None:
	for row in desk.rows(Duty.ACCOUNT):
		listen.tend(desk.host, row.name, desk.clock)


def test_a_sign_in_is_renewed_when_four_fifths_of_its_life_are_over(desk, monkeypatch):
	renewed = []
	monkeypatch.setattr(Memory, "renew", lambda self: renewed.append(desk.clock.now))
	start = desk.clock()
	signed_in(desk, start, start + timedelta(hours=10))
	for _step in range(47):
		desk.clock.forward(minutes=10)
		tend(desk)
	assert renewed == []
	while not renewed and desk.clock() < start + timedelta(hours=12):
		desk.clock.forward(minutes=10)
		tend(desk)
	assert renewed == [start + timedelta(hours=8)]


def test_a_sign_in_that_can_not_be_renewed_is_told_once_and_again_when_it_holds(desk):
	start = desk.clock()
	signed_in(desk, start, start + timedelta(hours=100))
	desk.clock.forward(hours=85)
	for _look in range(3):
		tend(desk)
		watch(desk)
		desk.clock.forward(minutes=11)
	assert [one for one in told(desk) if "sign-in" in one] == []
	desk.clock.forward(hours=6)
	for _look in range(3):
		tend(desk)
		watch(desk)
		desk.clock.forward(minutes=11)
	calls = [one for one in told(desk) if "sign-in ends in" in one]
	assert len(calls) == 1 and "Press Connect" in calls[0]
	signed_in(desk, desk.clock(), desk.clock() + timedelta(hours=100))
	tend(desk)
	watch(desk)
	assert any("works again" in one for one in told(desk))


def test_every_edit_is_a_revision_and_what_was_ignored_is_judged_again(desk):
	first = desk.world.post(1, "Where is my train?")
	desk.world.post(2, "Thank you, well done", by="otto")
	desk.round()
	for number, text in enumerate(("Where is my bus?", "Where is my tram?"), start=1):
		desk.clock.forward(minutes=30)
		desk.world.posts.append(replace(first, text=text, edited_at=desk.clock()))
		desk.listen()
		assert desk.message("p1").revision == number
	raw = desk.host.store.find(SocialPayload, {"external_id": "p1"}, order="name", limit=9)
	assert len(raw) == 3


@pytest.fixture
def forgetful(monkeypatch):
	terms = replace(Memory.capabilities, forgets_deleted=True)
	monkeypatch.setattr(Memory, "capabilities", terms)


def test_where_the_terms_want_it_the_words_go_and_the_figures_stay(desk, forgetful):
	secret = "My address is Lindenweg 7, where is my refund?"
	first = desk.world.post(1, secret, thread_id="t")
	desk.round()
	edited = secret.replace("7", "8")
	for text in (edited, secret.replace("7", "9")):
		desk.clock.forward(minutes=20)
		desk.world.posts.append(replace(first, text=text, edited_at=desk.clock()))
		desk.listen()
	desk.world.post(2, "I wait too, where is mine?", by="otto", thread_id="t", parent_id="p1", minutes=90)
	desk.round(hours=2)
	before = figures.of_channel(desk.host, desk.channel, desk.clock())["mentions"]
	desk.world.gone.add("p1")
	desk.clock.forward(minutes=31)
	for row in desk.rows(Duty.RECHECK):
		listen.recheck(desk.host, row.name, desk.clock)
	message = desk.message("p1")
	assert (message.text, message.fate, message.deleted_at) == ("", Fate.OPENED, desk.clock())
	for table in ("ticket", "ticket_message", "note", "`tabSocial Message`", "`tabSocial Payload`"):
		kept = [row for row in desk.table(f"SELECT * FROM {table}") if "Lindenweg" in str(row)]
		assert kept == [], table
	after = figures.of_channel(desk.host, desk.channel, desk.clock())["mentions"]
	assert (after.stored, after.decided) == (before.stored, before.decided)


def test_where_the_terms_do_not_the_words_stay_with_a_tombstone(desk):
	desk.world.post(1, "Where is my refund?")
	desk.round()
	desk.world.gone.add("p1")
	desk.clock.forward(minutes=31)
	for row in desk.rows(Duty.RECHECK):
		listen.recheck(desk.host, row.name, desk.clock)
	assert desk.message("p1").text == "Where is my refund?" and desk.message("p1").deleted_at


def test_reposts_are_reach_and_never_tickets(desk):
	desk.world.post(1, "Where is my refund?")
	for number in range(2, 52):
		desk.world.post(
			number, "Where is my refund?", by=f"p{number}", is_repost=True, parent_id="p1", minutes=1
		)
	desk.clock.forward(hours=1)
	while desk.listen():
		desk.clock.forward(seconds=1)
	desk.decide()
	assert len(desk.table("SELECT name FROM ticket")) == 1
	reach = desk.host.store.tally(SocialMessage, ("parent_id",), {"is_repost": True})
	assert reach == {("p1",): 50}


def the_channel(desk):
	return account.the_channel(desk.host, desk.channel.name)
