"""The page /help/<article>: a published article for whoever follows a link to it, without login. Anything else is not there."""

from __future__ import annotations

import frappe
from babel.dates import format_date

from social_service.hosts import frappe_articles
from social_service.settings import languages_of
from social_service.triage.language import Hints, language_of

no_cache = 1  # one template shows all articles; and Frappe would go on showing what was withdrawn
DESCRIPTION = 200  # characters, as search engines and networks show them


def get_context(context: frappe._dict) -> None:
	article = frappe_articles.public(frappe.form_dict.get("article") or "")
	context.article = article
	if article is None:
		# not Frappe's own error: it would remember that there is nothing here, and the article may be published soon
		context.http_status_code = 404
		context.title = frappe._("There is no such article")
		context.metatags = {"robots": "noindex"}
		return
	language = _language_of(f"{article.title}\n{article.text}")
	context.title, context.language = article.title, language
	context.changed = frappe._("Last changed on {0}", lang=language).format(
		format_date(article.changed_on, "long", locale=language)
	)
	_name_language(context, language)
	context.metatags = {
		"title": article.title,
		"description": " ".join(article.text.split())[:DESCRIPTION],
		"og:type": "article",
		"og:url": article.url,
		"og:locale": language,
		"article:modified_time": article.changed_on.isoformat(),
	}


def _language_of(text: str) -> str:
	"""Of the article; the visitor's where that can't be said."""
	languages = languages_of(frappe.get_cached_doc("Social Service Settings"))
	return language_of(text, Hints(), languages).language or frappe.local.lang or "en"


def _name_language(context: frappe._dict, language: str) -> None:
	"""Screen readers pronounce the page by it."""
	if context.get("boot"):
		context.boot["lang"] = language
