"""The stage of the host tests: a simulated X, a channel on the site, people of the helpdesk, and jobs run by hand."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable
from datetime import datetime, timezone

import frappe
import requests
from frappe.utils.background_jobs import get_queue

from social_service import listen, tasks
from social_service.account import check
from social_service.hosts.frappe_store import replace_secrets
from social_service.hosts.helpdesk import HelpdeskHost
from social_service.ledger import Duty, SocialMessage, SocialReply, SocialStream
from social_service.rehearsal.network import Network
from tests.host.bench import Site

PASSWORD = "a-Long-pass-phrase-42"
ROUND_SECONDS = 6  # long enough for all streams to be read: a channel decides when nothing more arrives
TEAM, OTHER_TEAM = "Social Team", "Quiet Team"
PEOPLE = {
	"agent": ("agent@example.com", ["Agent"], TEAM),
	"restricted": ("restricted@example.com", ["Agent"], OTHER_TEAM),
	"manager": ("manager@example.com", ["Agent", "Agent Manager"], TEAM),
	"customer": ("customer@example.com", [], ""),
}
SIGNATURE = '<div class="ql-editor read-mode"><p>-- </p><p>Alex Agent<br>ACME Care</p></div>'


def make_people() -> None:
	"""Once per site; kept by the caller's commit."""
	for role, (user, roles, _team) in PEOPLE.items():
		if not frappe.db.exists("User", user):
			document = frappe.get_doc(
				{"doctype": "User", "email": user, "first_name": role.title(), "enabled": 1}
			)
			document.update({"send_welcome_email": 0, "new_password": PASSWORD, "email_signature": SIGNATURE})
			document.flags.no_welcome_mail = True
			document.insert(ignore_permissions=True)
			document.add_roles(*roles)
		if roles and not frappe.db.exists("HD Agent", {"user": user}):
			frappe.get_doc({"doctype": "HD Agent", "user": user, "agent_name": role.title()}).insert()
	for team in (TEAM, OTHER_TEAM):
		if not frappe.db.exists("HD Team", team):
			members = [{"user": user} for user, _roles, of in PEOPLE.values() if of == team]
			frappe.get_doc({"doctype": "HD Team", "team_name": team, "users": members}).insert()


class Person:
	"""Somebody at a browser. ``role`` "guest" does not log in."""

	def __init__(self, url: str, role: str) -> None:
		self.url, self.session = url, requests.Session()
		self.session.trust_env = False
		if role != "guest":
			form = {"usr": PEOPLE[role][0], "pwd": PASSWORD}
			answer = self.session.post(f"{url}/api/method/login", data=form, timeout=60)
			answer.raise_for_status()

	def call(self, path: str, **arguments: object) -> requests.Response:
		return self.session.post(f"{self.url}/api/method/{path}", json=arguments, timeout=60)

	def get(self, path: str, **arguments: object) -> requests.Response:
		return self.session.get(f"{self.url}/{path}", params=arguments, timeout=60)

	def reply(self, ticket: str, message: str, **more: object) -> requests.Response:
		"""The Reply button of the ticket view."""
		arguments = {"attachments": [], "to": self.author_of(ticket), "message": message, **more}
		return self.call(
			"run_doc_method", dt="HD Ticket", dn=ticket, method="reply_via_agent", args=json.dumps(arguments)
		)

	def author_of(self, ticket: str) -> str:
		return self.get(f"api/resource/HD Ticket/{ticket}").json()["data"]["raised_by"]


class Stage:
	def __init__(self, site: Site, url: str, network: Network, driver: str = "x") -> None:
		self.site, self.url, self.network, self.driver = site, url, network, driver
		self.token = secrets.token_hex(8)
		self.company = f"acme{secrets.token_hex(3)}"
		network.add_person(self.company, "ACME Care", token=self.token)
		self.secrets = {
			"access_token": self.token,
			"refresh_token": f"refresh-{self.token}",
			"client_id": "client",
		}
		self.channel = self._connect()
		self.people: dict[str, Person] = {}
		self.next_round = 0.0

	def _connect(self) -> str:
		self.silence_other_channels()
		frappe.db.set_single_value("Social Service Settings", "undo_seconds", 0)  # who wants some says so
		channel = frappe.get_doc(
			{
				"doctype": "Social Channel",
				"title": self.company,
				"driver": self.driver,
				"base_url": self.network.url,
				"team": TEAM,
			}
		).insert()
		replace_secrets(channel.name, self.secrets, ())
		frappe.db.commit()
		check(self.host, channel.name, tasks.now)
		self.now()
		return channel.name

	def silence_other_channels(self) -> None:
		"""What earlier tests left to do is not ours."""
		frappe.db.sql("update `tabSocial Channel` set enabled = 0")
		frappe.db.sql(
			"update `tabSocial Reply` set state = 'Cancelled' where state in ('Awaiting Approval', 'Queued', "
			"'Sending', 'Unknown')"
		)
		frappe.db.commit()

	@property
	def host(self) -> HelpdeskHost:
		return HelpdeskHost()

	def now(self) -> None:
		"""The network's clock shows the time that it is."""
		self.network.set_clock(datetime.now(timezone.utc))

	def person(self, role: str) -> Person:
		if role not in self.people:
			self.people[role] = Person(self.url, role)
		return self.people[role]

	# --- what happens outside -------------------------------------------------------------------------------

	def customer(self, name: str = "Maria") -> str:
		handle = f"{name.lower()}{secrets.token_hex(3)}"
		self.network.add_person(handle, name)
		return handle

	def mention(self, text: str = "my order is broken, please help!", by: str = "", **more: str) -> str:
		self.now()
		time.sleep(0.01)
		return self.network.post(by or self.customer(), f"@{self.company} {text}", **more)

	def published(self) -> list[dict]:
		return self.network.ledger()["published"]

	# --- jobs, run here in their order ----------------------------------------------------------------------

	def make_due(self) -> None:
		"""Instead of waiting for leases and intervals. Not while a worker works."""
		for doctype in ("Social Stream", "Social Reply"):
			frappe.db.sql(f"update `tab{doctype}` set lease_until_ms = 1 where lease_until_ms is not null")
		self.make_due_without_leases()

	def make_due_without_leases(self) -> None:
		frappe.db.sql("update `tabSocial Stream` set next_at_ms = 1 where next_at_ms is not null")
		frappe.db.sql("update `tabSocial Reply` set next_try_at_ms = 1 where next_try_at_ms is not null")
		frappe.db.commit()

	def minute_passes(self) -> None:
		"""While workers work: the dispatcher looks, and now and then everything is due again."""
		if time.monotonic() > self.next_round:
			self.next_round = time.monotonic() + ROUND_SECONDS
			self.make_due_without_leases()
		tasks.dispatch()

	def listen(self) -> None:
		self.make_due()
		for duty, work in ((Duty.POLL, tasks.poll), (Duty.DECIDE, tasks.decide)):
			for row in listen.due(self.host, tasks.now):
				if row.duty is duty:
					work(row.name)

	def publish(self) -> None:
		for reply in self.replies():
			tasks.send(reply.name)

	def ticket(self, text: str = "my order is broken, please help!", by: str = "", **more: str) -> str:
		post = self.mention(text, by, **more)
		self.listen()
		return self.message(post).ticket

	# --- what the site has ----------------------------------------------------------------------------------

	def message(self, post: str) -> SocialMessage:
		return self.messages()[post]

	def messages(self) -> dict[str, SocialMessage]:
		found = self.host.store.find(SocialMessage, {"channel": self.channel}, order="sent_at", limit=1000)
		return {one.external_id: one for one in found}

	def replies(self) -> list[SocialReply]:
		return self.host.store.find(SocialReply, {"channel": self.channel}, order="queued_at", limit=1000)

	def streams(self) -> list[SocialStream]:
		return self.host.store.find(SocialStream, {"channel": self.channel}, order="name", limit=1000)

	def communications(self, ticket: str, **filters: object) -> list[dict]:
		self.refresh()
		wanted = {"reference_doctype": "HD Ticket", "reference_name": ticket, **filters}
		return frappe.get_all("Communication", wanted, ["*"], order_by="creation")

	def tickets_of_this_channel(self) -> set[str]:
		self.refresh()
		return set(frappe.get_all("HD Ticket", {"social_channel": self.channel}, pluck="name"))

	def refresh(self) -> None:
		"""See what other connections have committed."""
		frappe.db.commit()

	def queued(self, work: Callable) -> int:
		"""How many jobs of this kind wait in the queue."""
		return sum(job.kwargs["method"] == work for job in get_queue("short").jobs)

	def empty_queue(self) -> None:
		for name in ("short", "default"):  # Helpdesk's notification jobs pile up in the latter
			get_queue(name).empty()

	def wait(self, is_so: Callable[[], object], seconds: float = 60) -> None:
		until = time.monotonic() + seconds
		while not is_so():
			if time.monotonic() > until:
				raise TimeoutError(f"still not so after {seconds} s")
			time.sleep(0.2)
			self.refresh()
