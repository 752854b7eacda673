"""The articles that an answer may carry: each source of the hook `social_article_sources` yields its own. Written here, too."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import frappe
from bs4 import BeautifulSoup
from frappe.utils.html_utils import sanitize_html

from social_service.hosts.frappe_article_sources import address_of, plain
from social_service.records import Article

PRIVATE = "/private/"
UNSAFE = [
	"script",
	"style",
	"link",
	"meta",
	"iframe",
	"object",
	"embed",
	"form",
	"input",
	"button",
	"svg",
	"math",
]


class Source(Protocol):
	"""One kind of articles. Its names begin with a prefix that no other source has."""

	def changed(self, since: datetime | None) -> Iterator[Article]:
		"""For the index, headings marked by ``## ``. Withdrawn ones included, with ``is_published`` False."""

	def named(self, names: Sequence[str]) -> Iterator[Article]:
		"""To be inserted: only published ones, only its own among ``names``."""


# --- all of them --------------------------------------------------------------------------------------------


def sources() -> list[Source]:
	return [frappe.get_attr(dotted)() for dotted in frappe.get_hooks("social_article_sources")]


def changed(since: datetime | None) -> Iterator[Article]:
	for source in sources():
		yield from source.changed(since)


def published(names: Sequence[str]) -> dict[str, Article]:
	return {article.name: article for source in sources() for article in source.named(names)}


@dataclass(frozen=True)
class Page:
	"""An article of Helpdesk as strangers read it; ``html`` is safe to show."""

	title: str
	text: str
	html: str
	url: str
	changed_on: datetime  # in the site's zone


def public(name: str) -> Page | None:
	"""A published one."""
	fields = ["name", "title", "content", "modified"]
	row = frappe.db.get_value("HD Article", {"name": name, "status": "Published"}, fields, as_dict=True)
	if not row:
		return None
	html = safe(row.content or "")
	return Page(row.title, plain(html), html, address_of(row.name), row.modified)


def synonyms() -> dict[str, list[str]]:
	"""HD Synonyms: a word and those that mean the same are one group, as Helpdesk's own search has it."""
	if not frappe.db.table_exists("HD Synonyms"):
		return {}
	found = defaultdict(set)
	rows = frappe.get_all("HD Synonym", {"parenttype": "HD Synonyms"}, ["parent", "synonym"])
	groups = defaultdict(set)
	for row in rows:
		groups[row.parent] |= {row.parent, row.synonym}
	for group in groups.values():
		for word in group:
			found[word] |= group - {word}
	return {word: sorted(others) for word, others in sorted(found.items())}


def safe(html: str) -> str:
	"""What strangers may see: no scripts and forms, and no files that only people of the helpdesk may open."""
	page = BeautifulSoup(html, "html.parser")
	for part in page.find_all(UNSAFE):
		part.decompose()
	for part in page.find_all(lambda one: any(PRIVATE in str(one.get(key, "")) for key in ("src", "srcset"))):
		part.decompose()
	for link in page.find_all("a", href=lambda href: href and PRIVATE in href):
		link.unwrap()
	return sanitize_html(str(page), always_sanitize=True)


# --- a new one ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Written:
	name: str
	url: str  # where agents go on writing


def insert_draft(title: str, html: str) -> Written:
	"""For the agent who asked for it, who must be allowed to write articles."""
	category = frappe.db.get_value("HD Article Category", {"category_name": "General"})
	values = {"title": title, "content": html, "status": "Draft", "category": category}
	name = frappe.get_doc({"doctype": "HD Article", **values}).insert().name
	return Written(name, f"/helpdesk/kb/articles/{name}")


def full_names(agents: Sequence[str]) -> list[str]:
	"""As agents sign their answers."""
	return frappe.get_all("User", {"name": ["in", list(agents)]}, pluck="full_name")
