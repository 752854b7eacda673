"""The jobs: what is due goes into the queue each minute; the database alone says what is still to be done.

RQ never runs a killed job again, and blocks its id for a while: so a job's id names the state it was made for. An error
that nobody foresaw is written to the Error Log by Frappe's own job runner, which is the edge.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timezone

import frappe

from social_service import (
	account,
	blind_sample,
	channel_view,
	engage,
	listen,
	miss_budget,
	site_model,
	ticket,
)
from social_service.decider import the_reader
from social_service.evaluate.site import HowWell, last_days
from social_service.hosts.base import Busy
from social_service.hosts.frappe_store import belongs_to_a_request, transaction
from social_service.hosts.helpdesk import HelpdeskHost
from social_service.hosts.helpdesk_promises import anybody_waits, open_tickets
from social_service.ledger import Duty, SocialReply, SocialSLAClock, SocialStream, digest
from social_service.sla.following import follow
from social_service.sla.watching import is_alarm_due, watch

QUEUE = "short"  # away from the host's notification jobs
MOST_SECONDS = 1500  # a flood of posts is decided in one go
SLOT_SECONDS = 600  # a dead job may block its id for that long
log = logging.getLogger(__name__)


def now() -> datetime:
	return datetime.now(timezone.utc)


# --- every minute -------------------------------------------------------------------------------------------


def dispatch() -> None:
	"""By the scheduler. Only looks and enqueues."""
	with _as_system("dispatch"):
		host = HelpdeskHost()
		for row in listen.due(host, now):
			_enqueue_stream(row)
		listen.watch(host, now)
		for reply in host.store.get(SocialReply, engage.sweep(host, now)).values():
			_enqueue(send, reply.name, (reply.state, reply.attempts, reply.lease_until, reply.next_try_at))
		if is_alarm_due(host, now()):
			job_id = f"social-watch-promises-{int(now().timestamp()) // 60}"
			frappe.enqueue(watch_promises, queue=QUEUE, timeout=MOST_SECONDS, job_id=job_id, deduplicate=True)


def at_night() -> None:
	"""By the scheduler. Each job looks itself whether there is anything to do."""
	for work in (learn, learn_miss_budget, draw_blind_sample):
		job_id = f"social-{work.__name__}"
		frappe.enqueue(work, queue=QUEUE, timeout=MOST_SECONDS, job_id=job_id, deduplicate=True)


def send_soon(reply: str) -> None:
	"""When the transaction that queued the reply is committed, and not if it is rolled back."""
	frappe.enqueue(send, queue=QUEUE, timeout=MOST_SECONDS, enqueue_after_commit=True, name=reply)


def decide_soon(channel: str) -> None:
	_enqueue_stream(account.duty_row(HelpdeskHost(), channel, Duty.DECIDE))


def deadlines_soon() -> None:
	"""After a promise has changed. Safe to run any number of times, so any number of them may wait."""
	if anybody_waits():
		frappe.enqueue(follow_promises, queue=QUEUE, timeout=MOST_SECONDS, enqueue_after_commit=True)


# --- the jobs: safe to run any number of times, because each claims its row first ---------------------------


def poll(name: str) -> None:
	with _as_system(f"poll {name}"):
		host = HelpdeskHost()
		if listen.poll(host, name, now):
			decide_soon(host.store.get(SocialStream, [name])[name].channel)


def fetch_once(name: str) -> None:
	with _as_system(f"fetch {name}"):
		host = HelpdeskHost()
		if listen.fetch_once(host, name, now):
			decide_soon(host.store.get(SocialStream, [name])[name].channel)


def scan(name: str) -> None:
	with _as_system(f"scan {name}"):
		host = HelpdeskHost()
		if listen.scan(host, name, now):
			decide_soon(host.store.get(SocialStream, [name])[name].channel)


def tend(name: str) -> None:
	with _as_system(f"tend {name}"):
		listen.tend(HelpdeskHost(), name, now)


def recheck(name: str) -> None:
	with _as_system(f"recheck {name}"):
		listen.recheck(HelpdeskHost(), name, now)


def decide(name: str) -> None:
	with _as_system(f"decide {name}"):
		ticket.decide(HelpdeskHost(), name, now)


def send(name: str) -> None:
	with _as_system(f"send {name}"):
		engage.send(HelpdeskHost(), name, now)


def follow_promises() -> None:
	"""Whatever runs follows the policy that fits now. What has ended stays as it was promised."""
	with _as_system("follow promises"):
		follow(HelpdeskHost(), open_tickets(), now)


def watch_promises() -> None:
	with _as_system("watch promises"):
		watch(HelpdeskHost(), now, _alone)


def learn() -> None:
	with _as_system("learn"):
		site_model.learn(HelpdeskHost(), now())


def learn_miss_budget() -> None:
	with _as_system("learn miss budget"):
		host = HelpdeskHost()
		miss_budget.learn(host, the_reader(host), now())


def draw_blind_sample() -> None:
	with _as_system("draw blind sample"):
		blind_sample.draw(HelpdeskHost(), now())


# --- asked by somebody who waits ----------------------------------------------------------------------------


def check(name: str) -> channel_view.Checked:
	with _as_system(f"check {name}"):
		return channel_view.check(HelpdeskHost(), name, now)


def preview(name: str) -> channel_view.Preview:
	with _as_system(f"preview {name}"):
		return channel_view.preview(HelpdeskHost(), name, now)


def how_well(days: int) -> HowWell:
	with _as_system(f"how well on {days} days"):
		return last_days(HelpdeskHost(), days, now())


# --- into the queue -----------------------------------------------------------------------------------------


JOBS = {
	Duty.POLL: poll,
	Duty.ONCE: fetch_once,
	Duty.SCAN: scan,
	Duty.RECHECK: recheck,
	Duty.DECIDE: decide,
	Duty.ACCOUNT: tend,
}


def _enqueue_stream(row: SocialStream) -> None:
	if row.duty in JOBS:
		_enqueue(JOBS[row.duty], row.name, (row.lease_until, row.next_at, row.cursor))


def _enqueue(work: Callable[[str], None], name: str, state: tuple) -> None:
	slot = int(now().timestamp()) // SLOT_SECONDS
	job_id = f"social-{work.__name__}-{name}-{digest(*map(str, state), str(slot))[:12]}"
	frappe.enqueue(
		work,
		queue=QUEUE,
		timeout=MOST_SECONDS,
		job_id=job_id,
		deduplicate=True,
		enqueue_after_commit=belongs_to_a_request(),  # what it is about is not committed yet
		name=name,
	)


@contextmanager
def _as_system(what: str) -> Iterator[None]:
	"""A job acts for the system, whoever enqueued it. If the database was busy, the next minute tries again."""
	frappe.set_user("Administrator")
	try:
		yield
	except Busy as busy:
		log.info("%s: %s", what, busy)


@contextmanager
def _alone(row: SocialSLAClock) -> Iterator[None]:
	"""What one alarm finds broken keeps no other from being raised."""
	try:
		yield
	except Exception:
		with transaction():
			frappe.log_error(f"The alarm of ticket {row.ticket} could not be raised")
