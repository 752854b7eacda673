"""The articles of the knowledge base that an answer may carry, by name. Only published ones."""

from __future__ import annotations

from collections.abc import Sequence

import frappe
from bs4 import BeautifulSoup
from frappe.utils import get_url

from social_service.hosts.frappe_store import from_site_time
from social_service.records import Article


def published(names: Sequence[str]) -> dict[str, Article]:
	wanted = {"name": ["in", list(names)], "status": "Published"}
	rows = frappe.get_all("HD Article", wanted, ["name", "title", "content", "modified"])
	return {row.name: _article(row) for row in rows}


def _article(row: frappe._dict) -> Article:
	text = BeautifulSoup(row.content or "", "html.parser").get_text("\n", strip=True)
	url = get_url(f"/helpdesk/kb-public/articles/{row.name}")
	return Article(row.name, row.title, text, from_site_time(row.modified), url=url)
