"""The doctypes whose rows are articles: Helpdesk's knowledge base, Frappe's own, and agents' saved replies."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta, timezone

import frappe
from bs4 import BeautifulSoup
from frappe.utils import get_url

from social_service.hosts.frappe_store import from_site_time, to_site_time
from social_service.records import Article

HEADINGS = ["h1", "h2", "h3", "h4", "h5", "h6"]
LONG_AGO = datetime(2000, 1, 1)
MOST = 500  # articles read at once: their content is long


class Rows:
	"""A row is an article. Read for the system: what is published, anybody may be sent."""

	doctype: str
	prefix = ""
	fields: tuple[str, ...] = ()
	content = "content"

	def is_published(self, row: frappe._dict) -> bool: ...

	def address(self, row: frappe._dict) -> str:
		return ""

	def words(self, row: frappe._dict) -> str:
		"""HTML"""
		return row[self.content] or ""

	def changed(self, since: datetime | None) -> Iterator[Article]:
		if not frappe.db.table_exists(self.doctype):
			return
		begin = _earliest_site_time(since) if since else LONG_AGO
		names = frappe.get_all(self.doctype, {"modified": [">=", begin]}, pluck="name")
		for start in range(0, len(names), MOST):
			for row in self._rows(names[start : start + MOST]):
				yield self._article(row, with_headings)
		gone = {"deleted_doctype": self.doctype, "creation": [">=", begin]}
		for row in frappe.get_all("Deleted Document", gone, ["deleted_name", "creation"]):
			name, at = f"{self.prefix}{row.deleted_name}", not_later_than_now(row.creation)
			if not frappe.db.exists(self.doctype, row.deleted_name):  # made again under its name
				yield Article(name, "", "", at, is_published=False)

	def named(self, names: Sequence[str]) -> Iterator[Article]:
		own = [name.removeprefix(self.prefix) for name in names if name.startswith(self.prefix)]
		if own and frappe.db.table_exists(self.doctype):
			articles = (self._article(row, plain) for row in self._rows(own))
			yield from (article for article in articles if article.is_published)

	def _rows(self, names: Sequence[str]) -> list[frappe._dict]:
		fields = ["name", "title", self.content, "modified", *self.fields]
		return frappe.get_all(self.doctype, {"name": ["in", list(names)]}, fields)

	def _article(self, row: frappe._dict, read: Callable[[str], str]) -> Article:
		return Article(
			name=f"{self.prefix}{row.name}",
			title=row.title,
			text=read(self.words(row)),
			changed_at=not_later_than_now(row.modified),
			is_published=self.is_published(row),
			url=self.address(row),
		)


class HDArticles(Rows):
	"""Helpdesk's knowledge base. Strangers read it at /help: its own page asks them to log in."""

	doctype = "HD Article"
	fields = ("status",)

	def is_published(self, row: frappe._dict) -> bool:
		return row.status == "Published"

	def address(self, row: frappe._dict) -> str:
		return address_of(row.name)


class HelpArticles(Rows):
	"""Frappe's and ERPNext's own knowledge base."""

	doctype = "Help Article"
	prefix = "Help Article/"
	fields = ("published", "route")

	def is_published(self, row: frappe._dict) -> bool:
		return bool(row.published)

	def address(self, row: frappe._dict) -> str:
		return get_url(f"/{row.route}") if row.route else ""


class SavedReplies(Rows):
	"""Answers that agents keep for everybody: a text, no page."""

	doctype = "HD Saved Reply"
	prefix = "HD Saved Reply/"
	fields = ("scope",)
	content = "message"

	def is_published(self, row: frappe._dict) -> bool:
		if row.scope != "Global" or not self.words(row):
			return False
		return not frappe.get_cached_doc("HD Settings").get("disable_saved_replies_global_scope")

	def words(self, row: frappe._dict) -> str:
		"""Without the paragraphs that a ticket's values are filled into: mostly the greeting. Nothing if more depends on it."""
		page = BeautifulSoup(row.message or "", "html.parser")
		for part in page.find_all(lambda one: "{{" in one.text and not one.find(["p", "div", "li"])):
			part.decompose()
		return "" if "{{" in page.text or "{%" in page.text else str(page)


# --- texts, times and addresses -----------------------------------------------------------------------------


def plain(html: str) -> str:
	return BeautifulSoup(html, "html.parser").get_text("\n", strip=True)


def with_headings(html: str) -> str:
	"""As `plain`, with each heading marked by ``## ``: a heading is often the customer's question."""
	page = BeautifulSoup(html, "html.parser")
	for heading in page.find_all(HEADINGS):
		heading.string = f"## {heading.get_text(' ', strip=True)}"
	return plain(str(page))


def address_of(article: str) -> str:
	"""Where a stranger reads an article of Helpdesk: at an address of the company's, if it has one for that."""
	base = frappe.get_cached_doc("Social Service Settings").articles_address
	return f"{(base or get_url()).strip().rstrip('/')}/help/{article}"


def not_later_than_now(site_time: datetime) -> datetime:
	"""A row of the future (made before the site's zone was set) would hide what is changed until then."""
	return min(from_site_time(site_time), datetime.now(timezone.utc))


def _earliest_site_time(moment: datetime) -> datetime:
	"""What a site's clock may show from this moment on: in the hour that is repeated in autumn, it goes back."""
	hour = timedelta(hours=1)
	is_repeated = to_site_time(moment + hour) - to_site_time(moment) < hour
	return to_site_time(moment) - hour if is_repeated else to_site_time(moment)
