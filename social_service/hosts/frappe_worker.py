"""Has a worker do what a web request may not (renew a token durably, ask a network at length), and waits for its answer."""

from __future__ import annotations

import time
from collections.abc import Callable

import frappe
from rq.job import JobStatus

from social_service.sentence import _

WAIT_SECONDS, LOOK_SECONDS = 90, 0.2
OVER = (JobStatus.FINISHED, JobStatus.FAILED, JobStatus.STOPPED, JobStatus.CANCELED)


class NoWorker(Exception):
	sentence = _("No worker took the job. Are the workers of the queue “short” running on this bench?")


class WorkerFailed(Exception):
	sentence = _("That went wrong in a way that nobody foresaw. The Error Log says how.")


def ask_a_worker(work: Callable, **arguments: object) -> object:
	"""Its return value. Raises NoWorker or WorkerFailed."""
	job = frappe.enqueue(work, queue="short", timeout=WAIT_SECONDS, at_front=True, **arguments)
	until = time.monotonic() + WAIT_SECONDS
	while job.get_status() not in OVER:
		if time.monotonic() > until:
			job.cancel()
			raise NoWorker
		time.sleep(LOOK_SECONDS)
	if job.get_status() is not JobStatus.FINISHED:
		raise WorkerFailed
	return job.return_value()
