"""What a post costs on a real site, in units of what Helpdesk itself needs for a bare HD Ticket plus Communication.

``over_floor`` makes a throw-away site on the bench and runs this module there with the bench's own Python.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from statistics import median

ROUNDS, NUMBER = 7, 50
ROOT = Path(__file__).parent.parent


def over_floor(bench_path: Path) -> dict[str, float]:
	from tests.host.bench import Bench, Site  # noqa: PLC0415 the harness of the host tests

	os.environ["PYTHONPATH"] = str(ROOT)
	bench = Bench(bench_path)
	site = Site(bench, f"benchmark-{os.getpid()}.localhost")
	site.make()
	try:
		site.install("social_service")
		told = bench.run([f"{bench.path}/env/bin/python", "-m", "benchmarks.on_site", site.name])
		return json.loads(told.splitlines()[-1])
	finally:
		site.drop()


def main(site: str) -> None:
	import frappe  # noqa: PLC0415 only the bench's Python has it

	from benchmarks.ingest import connect, cost_of  # noqa: PLC0415
	from social_service.hosts.helpdesk import HelpdeskHost  # noqa: PLC0415
	from social_service.records import Fate  # noqa: PLC0415

	frappe.init(site)
	frappe.connect()
	host = HelpdeskHost()
	channel = connect(host)
	floor, ticketed, ignored = [], [], []
	for one in range(
		-1, ROUNDS
	):  # interleaved, so that a busy machine slows all alike; the first round only warms
		start = (one + 2) * NUMBER
		costs = (
			bare_tickets(NUMBER),
			cost_of(host, channel, Fate.OPENED, NUMBER, start),
			cost_of(host, channel, Fate.IGNORED, NUMBER, start),
		)
		if one >= 0:
			for kept, cost in zip((floor, ticketed, ignored), costs, strict=True):
				kept.append(cost)
	figures = {
		"ticketed_over_floor": round(median(ticketed) / median(floor), 3),
		"ignored_over_floor": round(median(ignored) / median(floor), 3),
		"floor_ms": round(median(floor) * 1000, 2),
	}
	frappe.destroy()
	print(json.dumps(figures))


def bare_tickets(number: int) -> float:
	"""Seconds for one HD Ticket and the Communication that Helpdesk makes of a mail, committed."""
	import frappe  # noqa: PLC0415

	began = time.perf_counter()
	for one in range(number):
		ticket = frappe.get_doc(
			{"doctype": "HD Ticket", "subject": f"Where is order {one}?", "raised_by": "a@example.com"}
		)
		ticket.insert(ignore_permissions=True)
		communication = {
			"doctype": "Communication",
			"communication_type": "Communication",
			"communication_medium": "Email",
			"sent_or_received": "Received",
			"sender": "a@example.com",
			"subject": ticket.subject,
			"content": "<p>Where is my refund? I have been waiting for weeks</p>",
			"reference_doctype": "HD Ticket",
			"reference_name": ticket.name,
		}
		frappe.get_doc(communication).insert(ignore_permissions=True)
		frappe.db.commit()
	return (time.perf_counter() - began) / number


if __name__ == "__main__":
	main(sys.argv[1])
