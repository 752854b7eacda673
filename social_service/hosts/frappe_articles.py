"""The articles of the knowledge base that an answer may carry, by name. Only published ones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timezone

import frappe
from bs4 import BeautifulSoup
from frappe.utils import get_url

from social_service.hosts.frappe_store import from_site_time
from social_service.records import Article

FIELDS = ["name", "title", "content", "modified", "status"]


def published(names: Sequence[str]) -> dict[str, Article]:
	wanted = {"name": ["in", list(names)], "status": "Published"}
	return {row.name: as_article(row) for row in frappe.get_all("HD Article", wanted, FIELDS)}


def as_article(row: frappe._dict) -> Article:
	"""From the columns of FIELDS."""
	text = BeautifulSoup(row.content or "", "html.parser").get_text("\n", strip=True)
	url = get_url(f"/helpdesk/kb-public/articles/{row.name}")
	return Article(
		row.name, row.title, text, not_later_than_now(row.modified), row.status == "Published", url
	)


def with_headings(row: frappe._dict) -> Article:
	"""As `as_article`, with each heading marked by ``## ``: a heading is often the customer's question."""
	page = BeautifulSoup(row.content or "", "html.parser")
	for heading in page.find_all(["h1", "h2", "h3", "h4", "h5", "h6"]):
		heading.string = f"## {heading.get_text(' ', strip=True)}"
	return as_article(frappe._dict(row, content=str(page)))


def not_later_than_now(site_time: datetime) -> datetime:
	"""A row of the future (made before the site's zone was set) would hide what is changed until then."""
	return min(from_site_time(site_time), datetime.now(timezone.utc))
