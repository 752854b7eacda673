"""Clocks on the whole way: a post starts one, an answer that the network took stops it, and nobody is told twice or wrongly."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from social_service import history
from social_service.channels.errors import Rejected, Unavailable
from social_service.conversation import ticket_merged, ticket_split
from social_service.history import Happened
from social_service.ledger import SocialSLAClock, SocialTicketEvent
from social_service.listen.revisions import mark_deleted
from social_service.records import Author, ClockState, Happening, Kind, Milestone, Visibility
from social_service.sentence import Refused, Sentence, _
from social_service.settings import SocialSLAPolicy
from social_service.sla.following import follow
from social_service.sla.handing_over import HandOver, hand_back, hand_over
from social_service.sla.keeping import changed, clocks_of, keep
from social_service.sla.showing import show
from social_service.sla.stages import stages
from social_service.sla.watching import is_alarm_due, raise_alarm, watch
from tests.kit.memory_channel import MORNING

MINUTE, HOUR = 60, 3600
FIRST, NEXT, WHOLE = Milestone.FIRST, Milestone.NEXT, Milestone.RESOLUTION
TEAM, MANAGER, SECOND = "Care", "boss@example.com", "second@example.com"


def at(minutes: float) -> datetime:
	return MORNING + timedelta(minutes=minutes)


def policy(**values: object) -> SocialSLAPolicy:
	defaults = {
		"title": "All",
		"first_response": 60 * MINUTE,
		"next_response": 30 * MINUTE,
		"resolution": 8 * HOUR,
	}
	return SocialSLAPolicy(**defaults | {"warn_user": MANAGER} | values)


class Promised:
	"""A desk that promises something, its tickets and what is told of them."""

	def __init__(self, desk) -> None:
		self.desk, self.host, self.clock = desk, desk.host, desk.clock
		self.policy = self.add()
		for user in ("anna@example.com", "ben@example.com"):
			self.host.desk.put_member(TEAM, user)
		self.host.desk.put_member("Back office", "bo@example.com")
		with self.host.transaction():
			self.host.store.change(desk.channel, team=TEAM)
		desk.channel = replace(desk.channel, team=TEAM)

	def add(self, **values: object) -> SocialSLAPolicy:
		with self.host.transaction():
			return self.host.store.add(policy(**values))[0]

	def change(self, **values: object) -> None:
		with self.host.transaction():
			self.policy = self.host.store.change(self.policy, **values)

	def ticket(self, text: str = "Where is my refund?", number: int = 1, **more: object) -> str:
		self.desk.world.post(number, text, **more)
		self.desk.round()
		return self.desk.message(f"p{number}").ticket

	def rows(self, ticket: str = "1") -> dict[Milestone, SocialSLAClock]:
		"""The newest of each; one that counts before one that does not."""
		rows = sorted(clocks_of(self.host, ticket), key=lambda row: row.state is not ClockState.VOID)
		return {row.milestone: row for row in rows}

	def happens(self, what: Happening, ticket: str = "1", **more: str) -> None:
		with self.host.transaction():
			if what is Happening.RESOLVED:
				self.host.desk.close(ticket, self.clock())
			changed(self.host, [Happened(ticket, what, self.clock(), **more)], self.clock())

	def watch(self, **later: float) -> int:
		self.clock.forward(**later)
		return watch(self.host, self.clock)

	def told(self) -> list[tuple[str, str]]:
		return self.desk.table("SELECT whom, text FROM told")

	def happened(self, ticket: str = "1") -> list[Happening]:
		return [one.what for one in history.of_ticket(self.host, ticket)]


@pytest.fixture
def promised(desk) -> Promised:
	return Promised(desk)


# --- it starts and stops ------------------------------------------------------------------------------------


def test_a_clock_starts_at_the_posts_own_time_and_knows_when_we_had_it(promised):
	promised.ticket()
	first, whole = promised.rows()[FIRST], promised.rows()[WHOLE]
	assert (first.started_at, first.fetched_at, first.state) == (at(1), at(15), ClockState.RUNNING)
	assert (first.due_at, first.warn_at, first.next_alarm_at) == (at(61), at(46), at(46))
	assert (first.until_fetched, first.with_us, first.team, first.channel) == (
		14 * MINUTE,
		None,
		TEAM,
		promised.desk.channel.name,
	)
	assert (whole.started_at, whole.due_at) == (at(1), at(481))
	assert promised.desk.table("SELECT response_by_ms, resolution_by_ms FROM ticket") == [
		tuple(int(moment.timestamp() * 1000) for moment in (at(61), at(481)))
	]


def test_it_stops_when_the_network_took_the_answer_and_not_before(promised):
	promised.ticket()
	promised.desk.reply("1", "On its way.")
	assert promised.rows()[FIRST].stopped_at is None, "a draft answers nobody"
	promised.desk.world.faults["send"] = [Unavailable("down"), Rejected("closed", _("Closed"))]
	promised.desk.publish(minutes=1)
	promised.desk.publish(minutes=10)
	assert promised.desk.replies()[0].state.value == "Failed"
	assert promised.rows()[FIRST].stopped_at is None, "what failed answers nobody"
	promised.desk.reply("1", "It is on its way.")
	written = promised.clock()
	promised.desk.publish(minutes=2)
	first = promised.rows()[FIRST]
	assert (first.stopped_at, first.written_at, first.state) == (promised.clock(), written, ClockState.MET)
	assert (first.agent, first.next_alarm_at) == ("agent@example.com", None)
	assert first.with_us == (promised.clock() - first.fetched_at).total_seconds()


@pytest.mark.parametrize(
	("author", "stops"), [(Author("me", "company"), True), (Author("me", is_bot=True), False)]
)
def test_an_answer_on_the_network_itself_counts_if_a_human_gave_it(promised, author, stops):
	promised.ticket()
	promised.desk.world.post(9, "We sent it.", author=author, is_own=True, parent_id="p1", minutes=20)
	promised.desk.round()
	first = promised.rows()[FIRST]
	assert first.stopped_at == (at(20) if stops else None)
	assert (Happening.ANSWERED_THERE in promised.happened()) == stops
	assert first.written_at is None


def test_a_burst_counts_once_and_the_next_turn_has_its_own_clock(promised):
	promised.ticket(thread_id="t")
	promised.ticket("Hello? Is anybody there?", 25, thread_id="t")
	assert promised.rows()[FIRST].started_at == at(1) and NEXT not in promised.rows()
	promised.desk.reply("1", "On its way.")
	promised.desk.publish(minutes=1)
	promised.ticket("And where is the other one?", 50, thread_id="t")
	following = promised.rows()[NEXT]
	assert (following.started_at, following.due_at, following.state) == (at(50), at(80), ClockState.RUNNING)
	assert promised.rows()[FIRST].state is ClockState.MET
	promised.desk.reply("1", "That one is on its way, too.")
	promised.desk.publish(minutes=2)
	assert promised.rows()[NEXT].stopped_at == promised.clock()
	shown = promised.desk.table("SELECT response_by_ms, first_response_ms FROM ticket")[0]
	first = promised.rows()[FIRST]
	assert shown == tuple(int(one.timestamp() * 1000) for one in (first.due_at, first.stopped_at))


def test_thanks_start_no_clock(promised):
	promised.ticket(thread_id="t")
	promised.desk.reply("1", "On its way.")
	promised.desk.publish(minutes=1)
	promised.ticket("Thank you so much!", 30, thread_id="t")
	assert promised.desk.message("p30").ticket == "1" and NEXT not in promised.rows()


def test_what_is_worked_out_again_is_not_written_again(promised):
	promised.ticket()
	promised.desk.reply("1", "On its way.")
	promised.desk.publish(minutes=1)
	run, wrote = promised.host.store._run, []
	promised.host.store._run = lambda statement, values: (wrote.append(statement), run(statement, values))[1]
	with promised.host.transaction():
		keep(promised.host, "1", promised.clock())
	assert not [one for one in wrote if not one.startswith("SELECT")]


# --- what came late -----------------------------------------------------------------------------------------


def test_what_was_late_before_we_had_it_is_missed_and_alarms_nobody(promised):
	promised.desk.world.post(1, "Where is my refund?")
	promised.desk.round(hours=3)
	first = promised.rows()[FIRST]
	assert (first.state, first.missed_at, first.next_alarm_at, first.told_at) == (
		ClockState.MISSED,
		at(61),
		None,
		None,
	)
	assert promised.watch(minutes=1) == 0
	assert not [text for _whom, text in promised.told() if "Ticket" in text]
	assert Happening.MISSED in promised.happened()
	promised.desk.reply("1", "On its way.")
	promised.desk.publish(minutes=1)
	answered = promised.rows()[FIRST]
	assert answered.state is ClockState.MISSED and answered.until_fetched == (174 * MINUTE)
	assert answered.with_us == 2 * MINUTE


def test_a_post_that_nearly_was_late_is_warned_of_at_once(promised):
	promised.desk.world.post(1, "Where is my refund?")
	promised.desk.round(minutes=60)
	assert promised.watch() == 1
	assert promised.rows()[FIRST].next_alarm_at > at(61)


# --- warnings and breaches ----------------------------------------------------------------------------------


def test_people_are_warned_once_and_told_once_that_it_is_late(promised):
	promised.ticket()
	promised.host.desk.assign("1", "anna@example.com")
	assert promised.watch(minutes=30) == 0 and not is_alarm_due(promised.host, promised.clock())
	promised.clock.forward(minutes=1)
	assert is_alarm_due(promised.host, promised.clock())
	assert [promised.watch(), promised.watch()] == [1, 0]
	assert promised.told() == [
		("anna@example.com", "Ticket 1: the first response is due at 07:01, in 15 minutes."),
		(MANAGER, "Ticket 1: the first response is due at 07:01, in 15 minutes."),
	]
	assert promised.watch(minutes=15) == 0, "in time until then"
	assert [promised.watch(minutes=1), promised.watch(minutes=1)] == [1, 0]
	late = "Ticket 1: the first response was due at 07:01 and is late."
	assert promised.told()[2:] == [("anna@example.com", late), (MANAGER, late)]
	assert promised.happened().count(Happening.WARNED) == promised.happened().count(Happening.MISSED) == 1
	assert promised.desk.table("SELECT text FROM note WHERE text LIKE 'Missed%'") == [
		("Missed: the first response was due at 07:01.",)
	]
	row = promised.rows()[FIRST]
	assert (row.state, row.missed_at, row.told_at) == (ClockState.MISSED, at(61), at(62))
	assert promised.desk.table("SELECT is_missed FROM ticket") == [(1,)]


@pytest.mark.parametrize(
	("settings", "assigned", "whom"),
	[
		({}, "", {"anna@example.com", "ben@example.com", MANAGER}),  # nobody has it: the team's
		({}, "ben@example.com", {"ben@example.com", MANAGER}),
		({"warn_team": True, "warn_user": ""}, "ben@example.com", {"anna@example.com", "ben@example.com"}),
		({"warn_agent": False}, "ben@example.com", {MANAGER}),
		({"warn_agent": False, "warn_user": ""}, "", set()),
	],
)
def test_who_is_warned(promised, settings, assigned, whom):
	promised.change(**settings)
	promised.ticket()
	promised.host.desk.assign("1", assigned)
	assert promised.watch(minutes=31) == 1
	assert {one for one, _text in promised.told()} == whom


def test_without_a_warning_only_the_breach_is_told(promised):
	promised.change(warn_percent=0)
	promised.ticket()
	assert promised.watch(minutes=46) == 0 and promised.watch(minutes=1) == 1


def test_two_workers_tell_once(promised):
	promised.ticket()
	promised.clock.forward(minutes=31)
	row = promised.rows()[FIRST]
	assert [raise_alarm(promised.host, row, promised.clock()) for _worker in range(2)] == [True, False]
	assert len(promised.told()) == 3


def test_an_alarm_looks_at_what_is_stored_before_it_tells(promised):
	"""The answer is there, whatever the row says."""
	promised.ticket()
	promised.desk.reply("1", "On its way.")
	promised.desk.publish(minutes=1)
	with promised.host.transaction():
		promised.host.store.change(promised.rows()[FIRST], next_alarm_at=at(16), stopped_at=None)
	assert promised.watch(hours=2) == 0 and promised.told() == []
	assert promised.rows()[FIRST].state is ClockState.MET


def test_a_breach_escalates_and_the_promise_stays_the_one_that_was_missed(promised):
	promised.add(title="Crisis", priority="Urgent", first_response=15 * MINUTE, sort_order=1)
	promised.change(escalate_priority="Urgent", escalate_team="Back office", escalate_user=SECOND)
	promised.ticket()
	promised.watch(minutes=31)
	promised.watch(minutes=16)
	assert promised.desk.table("SELECT team, priority FROM ticket") == [("Back office", "Urgent")]
	assert SECOND in {one for one, _text in promised.told()}
	assert promised.rows()[FIRST].escalated_at == promised.clock()
	events = promised.host.store.find(SocialTicketEvent, {"ticket": "1"}, order="at", limit=50)
	assert [one.detail for one in events if one.what is Happening.ESCALATED] == [
		f"Urgent · Back office · {SECOND}"
	]
	with promised.host.transaction():
		keep(promised.host, "1", promised.clock())
	assert {row.policy for row in clocks_of(promised.host, "1")} == {promised.policy.name}
	assert promised.rows()[FIRST].due_at == at(61)
	assert promised.watch(minutes=30) == 0, "nobody is told again"


def test_a_priority_is_never_lowered(promised):
	promised.change(escalate_priority="Low")
	promised.ticket("Mein Akku brennt, bitte um Hilfe!")
	assert promised.desk.table("SELECT priority FROM ticket") == [("Urgent",)]
	promised.watch(minutes=31)
	promised.watch(minutes=16)
	assert promised.desk.table("SELECT priority FROM ticket") == [("Urgent",)]


def test_what_breaks_stops_no_other_alarm(promised, monkeypatch):
	for number in (1, 2):
		promised.ticket(number=number, by=f"person{number}", minutes=1)
	tell = promised.host.desk.tell

	def breaks(whom: str, text: Sentence, ticket: str | None = None) -> None:
		assert ticket != "1", "broken"
		tell(whom, text, ticket)

	promised.clock.forward(minutes=20)
	with monkeypatch.context() as broken:
		broken.setattr(promised.host.desk, "tell", breaks)
		assert watch(promised.host, promised.clock, lambda _row: suppress(AssertionError)) == 1
	assert watch(promised.host, promised.clock) == 1, "the broken one is tried again"


# --- hold, resolve, reopen ----------------------------------------------------------------------------------


def test_the_resolution_does_not_run_while_the_customer_has_the_ball(promised):
	promised.ticket()
	promised.desk.reply("1", "Which order is it?")
	promised.desk.publish(minutes=1)
	promised.happens(Happening.ON_HOLD)
	since = promised.clock()
	whole = promised.rows()[WHOLE]
	assert (whole.state, whole.on_hold_since, whole.next_alarm_at) == (ClockState.ON_HOLD, since, None)
	assert promised.watch(hours=20) == 0
	promised.happens(Happening.RESUMED)
	whole = promised.rows()[WHOLE]
	assert whole.state is ClockState.RUNNING
	assert whole.due_at == at(481) + timedelta(hours=20) and whole.held_s == 20 * HOUR


def test_resolved_without_an_answer_drops_the_turn_and_a_new_post_starts_another(promised):
	promised.ticket(thread_id="t")
	promised.clock.forward(minutes=1)
	promised.happens(Happening.RESOLVED)
	first, whole = promised.rows()[FIRST], promised.rows()[WHOLE]
	assert (first.state, first.dropped_at, first.stopped_at) == (ClockState.DROPPED, promised.clock(), None)
	assert whole.state is ClockState.MET and promised.watch(hours=9) == 0
	promised.ticket("It still does not work, help me", 600, thread_id="t")
	assert Happening.REOPENED in promised.happened()
	assert promised.rows()[WHOLE].stopped_at is None
	assert promised.rows()[NEXT].started_at == at(600)
	assert promised.rows()[FIRST].state is ClockState.DROPPED


def test_a_post_that_its_author_deleted_alarms_nobody(promised):
	promised.ticket()
	with promised.host.transaction():
		mark_deleted(promised.host, promised.desk.channel, "p1", promised.clock())
	assert promised.rows()[FIRST].dropped_at == promised.clock()
	assert promised.watch(minutes=50) == 0


# --- which promise ------------------------------------------------------------------------------------------


@pytest.fixture
def two_promises(promised):
	promised.change(visibility=Visibility.PUBLIC, sort_order=900)
	promised.private = promised.add(
		title="Private", visibility=Visibility.PRIVATE, first_response=10 * MINUTE
	)
	return promised


def test_each_post_has_the_promise_that_fits(two_promises):
	public = two_promises.ticket()
	more = {"kind": Kind.DIRECT_MESSAGE, "visibility": Visibility.PRIVATE, "by": "ben"}
	private = two_promises.ticket("hello", 2, **more)
	assert two_promises.rows(public)[FIRST].policy == two_promises.policy.name
	row = two_promises.rows(private)[FIRST]
	assert (row.policy, row.due_at) == (two_promises.private.name, at(12))
	assert "visibility: private" in row.facts


def test_a_crisis_in_a_later_post_raises_the_priority_and_has_the_promise_of_a_crisis(promised):
	promised.add(title="Crisis", priority="Urgent", first_response=15 * MINUTE, sort_order=1)
	promised.ticket(thread_id="t")
	assert promised.rows()[FIRST].due_at == at(61)
	promised.ticket("Mein Akku brennt, bitte um Hilfe!", 17, thread_id="t")
	assert promised.desk.table("SELECT priority FROM ticket") == [("Urgent",)]
	assert promised.rows()[FIRST].due_at == at(16), "the whole burst is urgent"


def test_what_runs_follows_a_changed_policy_and_what_has_ended_does_not(promised):
	answered = promised.ticket()
	promised.desk.reply(answered, "On its way.")
	promised.desk.publish(minutes=1)
	waiting = promised.ticket(number=20, by="ben")
	promised.change(first_response=90 * MINUTE)
	follow(promised.host, [answered, waiting], promised.clock)
	assert promised.rows(answered)[FIRST].due_at == at(61)
	assert promised.rows(waiting)[FIRST].due_at == at(110)


def test_what_was_missed_stays_missed_whatever_an_agent_makes_of_it_but_an_admin_may_mend_a_policy(promised):
	promised.add(title="Calm", priority="Low", first_response=3 * HOUR, sort_order=1)
	promised.ticket()
	promised.watch(minutes=31)
	promised.watch(minutes=20)
	promised.desk.host.connection.execute("UPDATE ticket SET priority = 'Low'")
	with promised.host.transaction():
		keep(promised.host, "1", promised.clock())
	assert promised.rows()[FIRST].due_at == at(61)
	promised.change(priority="Low", sort_order=0, first_response=2 * HOUR)
	follow(promised.host, ["1"], promised.clock)
	row = promised.rows()[FIRST]
	assert (row.due_at, row.state, row.told_at) == (at(121), ClockState.RUNNING, None)


def test_a_ticket_that_is_older_than_the_clocks_gets_them_without_an_alarm(promised):
	promised.change(enabled=False)
	promised.ticket()
	assert promised.rows() == {}
	promised.clock.forward(hours=3)
	promised.change(enabled=True)
	follow(promised.host, ["1"], promised.clock)
	assert promised.rows()[FIRST].state is ClockState.MISSED
	assert promised.watch() == 0


def test_a_ticket_that_was_closed_before_its_history_was_kept_is_closed(promised):
	promised.change(enabled=False)
	promised.ticket()
	promised.clock.forward(minutes=5)
	promised.host.desk.close("1", promised.clock())
	promised.change(enabled=True)
	follow(promised.host, ["1"], promised.clock)
	assert promised.rows()[WHOLE].stopped_at == promised.rows()[FIRST].dropped_at == promised.clock()


def test_without_a_policy_nothing_runs_any_more(promised):
	promised.ticket()
	promised.change(enabled=False)
	follow(promised.host, ["1"], promised.clock)
	assert {row.state for row in clocks_of(promised.host, "1")} == {ClockState.VOID}
	assert promised.watch(hours=9) == 0 and show(promised.host, "1", promised.clock()) is None


# --- merge and split ----------------------------------------------------------------------------------------


def turns(promised: Promised, ticket: str) -> list[tuple[str, datetime | None]]:
	"""(post, when it was answered)"""
	names = {promised.desk.message(post).name: post for post in promised.desk.fates()}
	rows = clocks_of(promised.host, ticket)
	return [
		(names[row.message], row.stopped_at)
		for row in rows
		if row.milestone in (FIRST, NEXT) and row.state is not ClockState.VOID
	]


def test_a_merge_takes_posts_and_answers_along(promised):
	source, target = promised.ticket(), promised.ticket(number=2, thread_id="other", minutes=20)
	promised.desk.world.post(9, "We sent it.", is_own=True, parent_id="p1", minutes=40)
	promised.desk.round(minutes=10)
	with promised.host.transaction():
		ticket_merged(promised.host, source, target, promised.clock())
	assert turns(promised, source) == [] and turns(promised, target) == [("p1", at(40))]
	assert not [row for row in clocks_of(promised.host, source) if row.next_alarm_at]
	assert Happening.MERGED in promised.happened(source)


def test_nobody_is_told_the_same_again_after_a_merge(promised):
	source, target = promised.ticket(), promised.ticket(number=2, thread_id="other", minutes=30)
	assert promised.watch(minutes=12) == 1  # the first one is warned of
	with promised.host.transaction():
		ticket_merged(promised.host, source, target, promised.clock())
	assert turns(promised, target) == [("p1", None)]
	assert promised.rows(target)[FIRST].warned_at and promised.watch(minutes=1) == 0
	assert promised.watch(minutes=15) == 1, "that it is late is new"


def test_a_split_takes_the_turn_along(promised):
	ticket = promised.ticket(thread_id="t")
	promised.desk.reply(ticket, "On its way.")
	promised.desk.publish(minutes=1)
	answered_at = promised.clock()
	promised.ticket("And where is the other one?", 30, thread_id="t")
	other, moved = promised.ticket("Please help", 31, by="ben"), promised.desk.message("p30")
	with promised.host.transaction():
		ticket_split(promised.host, ticket, other, [moved.ticket_message], promised.clock())
	assert turns(promised, ticket) == [("p1", answered_at)]
	assert turns(promised, other) == [("p30", None)], "of the burst, the one that we read first"


# --- second level -------------------------------------------------------------------------------------------


def asked(**values: object) -> HandOver:
	usual = {"ticket": "1", "team": "Back office", "reason": "Is the parcel lost?", "within_s": HOUR}
	return HandOver(**usual | {"by": "anna@example.com"} | values)


def test_a_hand_over_has_a_clock_of_its_own_and_the_customers_keeps_running(promised):
	promised.ticket()
	row = hand_over(promised.host, asked(), promised.clock)
	assert (row.team, row.back_to, row.due_at) == ("Back office", TEAM, promised.clock() + timedelta(hours=1))
	assert promised.desk.table("SELECT team FROM ticket") == [("Back office",)]
	assert promised.rows()[FIRST].state is ClockState.RUNNING
	assert "bo@example.com" in {one for one, _text in promised.told()}
	assert Happening.HANDED_OVER in promised.happened()
	assert promised.watch(minutes=50) == 2  # the customer's is late, this one is close
	assert promised.watch(minutes=15) == 1
	assert promised.rows()[Milestone.HAND_OVER].state is ClockState.MISSED
	assert (
		"anna@example.com",
		"Ticket 1: what was asked of the team was due at 07:15 and is late.",
	) in promised.told()


def test_it_ends_when_it_comes_back_or_the_customer_is_answered(promised):
	promised.ticket()
	hand_over(promised.host, asked(), promised.clock)
	promised.clock.forward(minutes=10)
	hand_back(promised.host, "1", "It is found.", "bo@example.com", promised.clock)
	row = promised.rows()[Milestone.HAND_OVER]
	assert (row.state, row.stopped_at) == (ClockState.MET, promised.clock())
	assert promised.desk.table("SELECT team FROM ticket") == [(TEAM,)]
	assert ("anna@example.com", "Ticket 1 came back: It is found.") in promised.told()
	hand_over(promised.host, asked(reason="And the invoice?"), promised.clock)
	promised.desk.reply("1", "It is found.")
	promised.desk.publish(minutes=1)
	assert promised.rows()[Milestone.HAND_OVER].stopped_at == promised.clock()
	assert promised.rows()[FIRST].state is ClockState.MET


def test_handed_on_to_a_third_team_the_second_has_done_its_part(promised):
	promised.ticket()
	promised.host.desk.put_member("Legal", "lea@example.com")
	hand_over(promised.host, asked(), promised.clock)
	promised.clock.forward(minutes=5)
	hand_over(promised.host, asked(team="Legal", by="bo@example.com"), promised.clock)
	over = [row for row in clocks_of(promised.host, "1") if row.milestone is Milestone.HAND_OVER]
	assert [(row.team, row.back_to, bool(row.stopped_at)) for row in over] == [
		("Back office", TEAM, True),
		("Legal", "Back office", False),
	]


def test_whoever_moves_the_ticket_on_by_hand_ends_it_too(promised):
	promised.ticket()
	hand_over(promised.host, asked(), promised.clock)
	promised.host.desk.route("1", team=TEAM, priority="")
	promised.happens(Happening.HANDED_OVER, detail=TEAM)
	assert promised.rows()[Milestone.HAND_OVER].stopped_at == promised.clock()


@pytest.mark.parametrize(
	("values", "said"),
	[
		({"team": TEAM}, "has this ticket already"),
		({"team": "Nobody's"}, "has no members"),
		({"reason": " "}, "what the other team should do"),
		({"within_s": 0}, "in which time"),
		({"ticket": "99"}, "did not come from a network"),
	],
)
def test_what_can_not_be_handed_over(promised, values, said):
	promised.ticket()
	with pytest.raises(Refused, match=said):
		hand_over(promised.host, asked(**values), promised.clock)
	assert Milestone.HAND_OVER not in promised.rows() and Happening.HANDED_OVER not in promised.happened()


def test_only_what_was_handed_over_comes_back(promised):
	promised.ticket()
	with pytest.raises(Refused, match="not handed over"):
		hand_back(promised.host, "1", "Here.", "bo@example.com", promised.clock)


# --- where the minutes went ---------------------------------------------------------------------------------


def named(row: SocialSLAClock, now: datetime) -> list[tuple[str, int, bool]]:
	return [(str(stage.name), stage.seconds // MINUTE, stage.is_over) for stage in stages(row, now)]


def test_where_the_minutes_went(promised):
	promised.ticket()
	promised.clock.forward(minutes=3)
	assert named(promised.rows()[FIRST], promised.clock()) == [
		("fetched", 14, True),
		("decided", 0, True),
		("assigned", 3, False),
	]
	promised.happens(Happening.ASSIGNED, detail="anna@example.com")
	promised.clock.forward(minutes=7)
	promised.desk.reply("1", "On its way.")
	promised.desk.publish(minutes=2)
	assert named(promised.rows()[FIRST], promised.clock()) == [
		("fetched", 14, True),
		("decided", 0, True),
		("assigned", 3, True),
		("written", 7, True),
		("accepted", 2, True),
	]
	seen = show(promised.host, "1", promised.clock())
	assert [str(one.called) for one in seen.turns] == ["First response"]
	assert [str(one.called) for one in seen.running] == ["Resolution"]
	assert (seen.policy, seen.turns[0].took) == ("All", 26 * MINUTE)


def test_an_answer_before_anybody_was_assigned_leaves_that_out(promised):
	promised.ticket()
	promised.desk.reply("1", "On its way.")
	promised.desk.publish(minutes=2)
	promised.happens(Happening.ASSIGNED, detail="anna@example.com")
	told = [name for name, _minutes, _is_over in named(promised.rows()[FIRST], promised.clock())]
	assert told == ["fetched", "decided", "written", "accepted"]


def test_a_network_whose_clock_is_behind_has_taken_the_answer_all_the_same(promised):
	promised.ticket()
	promised.desk.reply("1", "On its way.")
	written = promised.clock()
	promised.desk.world.sent_at = at(2)
	promised.desk.publish(minutes=1)
	assert promised.rows()[FIRST].stopped_at == written
