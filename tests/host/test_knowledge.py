"""The knowledge base on a site: strangers read it, edits and clicks reach every worker, gaps and drafts respect people."""

from __future__ import annotations

import time

import frappe
import pytest
import requests

from social_service.hosts import frappe_articles
from social_service.hosts.frappe_store import say
from social_service.ledger import SocialArticleSuggestion
from social_service.lessons import index_of
from social_service.sentence import _
from social_service.tasks import now
from tests.host import browser, test_browser
from tests.host.stage import OTHER_TEAM, TEAM
from tests.host.test_browser import languages

knowledge, sit_down = test_browser.knowledge, test_browser.sit_down

PRIVATE = "/private/files/invoice.png"
CONTENT = f"""<h2>Wann bekomme ich Geld zurück?</h2><p>Ab 60 Minuten erstatten wir 25 % des Preises.</p>
<p><img src="{PRIVATE}"><img src="/files/map.png"> <a href="{PRIVATE}">Beleg</a></p><script>alert(1)</script>
<p onclick="alert(2)">Die Zahlung dauert zwei Wochen.</p>"""
ASKED = "Wie bekomme ich eine Entschädigung bei Verspätung? Bitte helft mir, Kohle retour fürs Bummeln"
OTHER_WORDS = "Kohle retour fürs Bummeln, wo gibt es die?"  # nothing of it stands in the article


@pytest.fixture
def articles(site):
	"""Makes articles, and takes them away afterwards: other tests have their own."""
	made = []

	def make(title: str, content: str = CONTENT, status: str = "Published", **more: object) -> str:
		values = {"doctype": "HD Article", "title": title, "content": content, "status": status}
		made.append(frappe.get_doc({**values, **more}).insert(ignore_permissions=True))
		frappe.db.commit()
		return made[-1].name

	yield make
	for one in made:
		frappe.delete_doc(one.doctype, one.name, force=True)
	frappe.db.commit()


def suggested(stage, ticket: str) -> dict[str, SocialArticleSuggestion]:
	stage.refresh()
	found = stage.host.store.find(SocialArticleSuggestion, {"ticket": ticket}, order="rank", limit=10)
	return {one.article: one for one in found}


def get(stage, path: str) -> requests.Response:
	return requests.get(f"{stage.url}{path}", allow_redirects=False, timeout=60)


# --- strangers ----------------------------------------------------------------------------------------------


def test_a_stranger_reads_a_published_article_and_no_other(stage, articles):
	name, draft = articles("Entschädigung bei Verspätung"), articles("Entwurf", status="Draft")
	frappe.db.set_value("HD Article", name, "content", CONTENT)  # as an import may leave it
	frappe.db.commit()
	url = frappe_articles.published([name])[name].url
	assert url.endswith(f"/help/{name}")
	page, url = get(stage, f"/help/{name}"), f"{stage.url}/help/{name}"
	assert page.status_code == 200
	for shown in (
		*("<h1>Entschädigung bei Verspätung</h1>", "Ab 60 Minuten", 'src="/files/map.png"', "Beleg"),
		*(f'<link rel="canonical" href="{url}">', '<html lang="de"', "Zuletzt geändert am"),
		*(
			'property="og:title" content="Entschädigung',
			f'property="og:url" content="{url}"',
			"width=device-width",
		),
	):
		assert shown in " ".join(page.text.split()), shown
	for hidden in (PRIVATE, "alert(", "onclick"):
		assert hidden not in page.text, hidden
	for path in (draft, "nowhere", "article", "%3Cscript%3E"):
		answer = get(stage, f"/help/{path}")
		assert answer.status_code == 404 and "Entwurf" not in answer.text
		assert "noindex" in answer.text and "<script>alert" not in answer.text
	frappe.db.set_value("HD Article", draft, "status", "Published")
	frappe.db.set_value("HD Article", name, "status", "Archived")
	frappe.db.commit()
	assert get(stage, f"/help/{draft}").status_code == 200, "nobody remembers that it was not there"
	assert get(stage, f"/help/{name}").status_code == 404


def test_an_address_of_the_company_stands_in_the_answers(stage, articles):
	name, settings = articles("Entschädigung bei Verspätung"), frappe.get_doc("Social Service Settings")
	settings.update({"articles_address": "https://hilfe.example/"}).save()
	assert frappe_articles.published([name])[name].url == f"https://hilfe.example/help/{name}"
	settings.update({"articles_address": ""}).save()


# --- what the index learns ----------------------------------------------------------------------------------


def test_an_edit_reaches_every_worker_within_a_minute(stage, another_stage, articles):
	name = articles("Entschädigung bei Verspätung")
	stages = (stage, another_stage())
	frappe.db.set_value("Social Channel", stage.channel, "enabled", 1)
	frappe.db.commit()
	stage.site.worker(), stage.site.worker()

	def sentences(posts: list[str]) -> list[str]:
		"""What each stage's ticket is offered of the article, once both are there."""
		found = []
		for one, post in zip(stages, posts, strict=True):
			one.minute_passes()
			message = one.messages().get(post)
			rows = suggested(one, message.ticket) if message and message.ticket else {}
			found += [rows[name].sentence] if name in rows else []
		return found

	first = [one.mention(ASKED) for one in stages]
	stage.wait(lambda: len(sentences(first)) == 2, seconds=120)
	assert all("Geld zurück" in one for one in sentences(first))
	began = time.monotonic()
	edited = {"content": "<p>Für die Entschädigung bei Verspätung gibt es jetzt ein Formular.</p>"}
	answer = stage.person("manager").session.put(f"{stage.url}/api/resource/HD Article/{name}", json=edited)
	assert answer.ok
	second = [one.mention(ASKED) for one in stages]
	stage.wait(lambda: len(sentences(second)) == 2, seconds=60)
	assert all("Formular" in one for one in sentences(second))
	assert time.monotonic() - began < 60


def test_a_click_teaches_the_next_post_and_wrong_keeps_the_article_away(stage, articles):
	name = articles("Entschädigung bei Verspätung")
	assert name not in suggested(stage, stage.ticket(OTHER_WORDS))
	ticket, agent = stage.ticket(ASKED), stage.person("agent")
	assert name in suggested(stage, ticket)

	def judge(verdict: str) -> None:
		answer = agent.call(
			"social_service.api.judge_suggestion", ticket=ticket, article=name, verdict=verdict
		)
		assert answer.ok, answer.text
		stage.refresh()

	judge("helped")
	assert name in suggested(stage, stage.ticket(OTHER_WORDS))
	judge("wrong")
	assert name not in suggested(stage, stage.ticket(OTHER_WORDS))
	assert name not in suggested(stage, stage.ticket(ASKED))


def test_synonyms_of_the_helpdesk_are_understood(stage, articles):
	name, question = articles("Entschädigung bei Verspätung"), "Bummelbonus?"
	assert name not in suggested(stage, stage.ticket(question))
	group = {"word": "Entschädigung", "synonyms": [{"synonym": "Bummelbonus"}]}
	known = articles("", doctype="HD Synonyms", **group)
	assert name in suggested(stage, stage.ticket(question))
	frappe.delete_doc("HD Synonyms", known)
	frappe.db.commit()
	assert name not in suggested(stage, stage.ticket(question))


def test_other_sources_are_suggested_and_withdrawn(stage, articles, site):
	reply = "HD Saved Reply/" + articles(
		"Gutscheine einlösen",
		doctype="HD Saved Reply",
		message="<p>Hallo {{ contact }},</p><p>Gutscheine lösen Sie im Warenkorb ein.</p>",
		scope="Global",
	)
	page = "Help Article/" + articles(
		*("Haustiere mitnehmen", "<p>Haustiere reisen kostenlos mit.</p>"),
		doctype="Help Article",
		published=1,
		category=category().name,
	)
	hidden = articles("Geheim", doctype="HD Saved Reply", message="<p>Nur für uns.</p>", scope="Personal")
	found = frappe_articles.published([reply, page, f"HD Saved Reply/{hidden}"])
	assert set(found) == {reply, page}
	assert found[reply].text == "Gutscheine lösen Sie im Warenkorb ein." and not found[reply].url
	assert found[page].url.startswith("http") and "/kb/" in found[page].url
	assert reply in suggested(stage, stage.ticket("Wie kann ich Gutscheine einlösen? Bitte helft mir"))
	assert page in suggested(stage, stage.ticket("Kann ich Haustiere mitnehmen? Bitte helft mir"))
	assert f"HD Saved Reply/{hidden}" not in index_of(stage.host, now()).entries
	frappe.db.set_value("HD Saved Reply", reply.split("/", 1)[1], "scope", "Personal")
	frappe.db.commit()
	assert reply not in index_of(stage.host, now()).entries


def category() -> frappe.model.document.Document:
	known = frappe.db.exists("Help Category", {"category_name": "Reisen"})
	values = {"doctype": "Help Category", "category_name": "Reisen", "published": 1}
	return frappe.get_doc("Help Category", known) if known else frappe.get_doc(values).insert()


# --- what is missing, and what a ticket teaches -------------------------------------------------------------


def report(stage, role: str, **filters: str) -> dict:
	answer = stage.person(role).call(
		"frappe.desk.query_report.run",
		report_name="Social Knowledge Gaps",
		filters={"channel": stage.channel, **filters},
	)
	assert answer.ok, answer.text
	return answer.json()["message"]


@pytest.fixture
def restricted(site):
	settings = frappe.get_doc("HD Settings")
	settings.db_set({"restrict_tickets_by_agent_group": 1})
	frappe.clear_document_cache("HD Settings")
	frappe.db.commit()
	yield
	settings.db_set("restrict_tickets_by_agent_group", 0)
	frappe.clear_document_cache("HD Settings")
	frappe.db.commit()


def test_what_to_write_next_is_told_of_the_posts_that_one_may_see(stage, restricted):
	for what in ("Ahorn", "Kiefer", "Bambus"):
		assert stage.ticket(f"Stimmt ihr mein Xylophon aus {what}? Bitte helft mir")
	stage.refresh()
	found = report(stage, "agent")
	(row,) = [one for one in found["result"] if "Xylophon" in one["question"]]
	assert row["count"] == len(row["messages"]) == 3 and row["languages"] == "de"
	assert "xylophon" in row["words"]
	assert found["report_summary"][1]["value"] == 3
	for role, filters, count in (
		("restricted", {}, 0),
		("restricted", {"team": TEAM}, 0),
		("manager", {"team": TEAM}, 1),
		("agent", {"team": OTHER_TEAM}, 0),
		("agent", {"language": "en"}, 0),
		("agent", {"from_date": "2020-01-01", "to_date": "2020-02-01"}, 0),
	):
		assert len(report(stage, role, **filters)["result"]) == count, (role, filters)


@pytest.mark.skipif(bool(browser.what_is_missing()), reason=browser.what_is_missing())
@languages
def test_an_agent_sees_what_to_write_next_and_the_posts_behind_it(stage, sit_down, language):
	what = "Akkordeon" if language == "de" else "Hackbrett"
	for wood in ("Ahorn", "Kiefer"):
		stage.ticket(f"Stimmt ihr mein {what} aus {wood}? Bitte helft mir")
	stage.ticket("Wo gibt es <b>Kupons</b>? <img src=x onerror=alert(1)> Bitte helft mir")
	page = sit_down("agent")
	page.open(f"/app/query-report/Social Knowledge Gaps?channel={stage.channel}")
	page.wait(".dt-cell__content", say(_("Write this next"), language))
	page.driver.execute_script(
		"frappe.query_report.refresh()"
	)  # Frappe's first run comes before the link of the address
	page.until(lambda: len(page.find(".dt-scrollable .dt-row")) == 2, "the questions of this channel")
	assert page.wait(".dt-cell__content", what).text.startswith("Stimmt ihr")
	assert "<b>Kupons</b>? <img src=x" in page.wait(".dt-cell__content", "Kupons").text
	page.click(".dt-cell__content a", "2")
	page.wait(".list-row", what)
	page.until(lambda: len(page.find(".list-row")) == 2, "both posts and no other")


def test_a_draft_of_an_answered_ticket_has_nobody_in_it(stage):
	customer = stage.customer("Rosalinde")
	ticket = stage.ticket(
		"Hallo, Bestellung 4711-0815-22 ist kaputt. Was kann ich tun? Rosalinde", by=customer
	)
	agent = stage.person("agent")
	refused = agent.call("social_service.api.draft_article", ticket=ticket)
	assert refused.status_code == 417 and "Nothing was answered" in refused.text
	assert agent.reply(ticket, "<p>Hallo Rosalinde, schick sie uns zurück. Viele Grüße, Agent</p>").ok
	stage.refresh()
	stage.publish()
	told = agent.call("social_service.api.draft_article", ticket=ticket).json()["message"]
	stage.refresh()
	article = frappe.get_doc("HD Article", told["name"])
	assert told["url"] == f"/helpdesk/kb/articles/{article.name}"
	assert (article.status, article.title, article.author) == (
		"Draft",
		"Was kann ich tun?",
		"agent@example.com",
	)
	assert "schick sie uns zurück." in article.content and "ist kaputt" in article.content
	for gone in ("Rosalinde", "rosalinde", customer, "4711", "Agent", stage.company, "Grüße"):
		assert gone not in article.content, gone
	assert article.name not in index_of(stage.host, now()).entries
	article.delete()
	frappe.db.commit()
