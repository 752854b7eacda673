"""The words of reports in English and German. The English text is the key, as in Frappe's translations; numbers too."""

from __future__ import annotations

import re
from functools import cache

from social_service.sentence import Sentence, fill

LANGUAGES = ("en", "de")

# What the flow writes beside a post. A stored reason is a finished English text, so it is found again by its pattern.
REASONS = {
	"Our own post": "Unser eigener Beitrag",
	"The canary of this channel: it shows that posts arrive": "Der Kanarienvogel dieses Kanals: Er zeigt, dass Beiträge ankommen",
	"A repost says nothing new": "Ein geteilter Beitrag sagt nichts Neues",
	"Its author deleted it before we read it": "Gelöscht, bevor wir ihn gelesen haben",
	"The network did not say who wrote this post. Open it there: {0}": "Das Netzwerk nennt keinen Verfasser. Dort ansehen: {0}",
	"Written by a bot that does not speak to us": "Von einem Bot, der nicht mit uns spricht",
	"Written before the channel was connected": "Geschrieben, bevor der Kanal verbunden war",
	"Written before we listened here": "Geschrieben, bevor wir hier mitgelesen haben",
	"Dry run: it would have opened a ticket. {0}": "Probelauf: Hätte ein Ticket eröffnet. {0}",
	"Same person, same thread. {0}": "Dieselbe Person im selben Gespräch. {0}",
	"Same person, now in private. {0}": "Dieselbe Person, jetzt privat. {0}",
	"Could not be decided: {0}. Press Retry when the cause is mended.": (
		"Keine Entscheidung möglich: {0}. „Wiederholen“ drücken, wenn die Ursache behoben ist."
	),
	"The network sent an id or an address that is too long to keep. Open the post there: {0}": (
		"Kennung oder Adresse vom Netzwerk ist zu lang zum Speichern. Dort ansehen: {0}"
	),
	"A direct message is meant for us": "Eine Direktnachricht ist für uns bestimmt",
	"It asks a question": "Stellt eine Frage",
	"No words in it": "Enthält keine Worte",
	"It speaks to us and no rule knows better": "Spricht uns an, und keine Regel weiß es besser",
	"It asks for nothing that a rule knows, and its language is not one that the model learned": (
		"Bittet um nichts, was eine Regel kennt; seine Sprache hat das Modell nicht gelernt"
	),
	"It asks for nothing: {0} of 100 such posts are a request": (
		"Bittet um nichts: {0} von 100 solchen Beiträgen sind ein Anliegen"
	),
	"It may be a request: {0} of 100 such posts are one (“{1}”)": (
		"Vielleicht ein Anliegen: {0} von 100 solchen sind eines („{1}“)"
	),
	"It is about somebody else (“{0}”)": "Betrifft jemand anderen („{0}“)",
	"It reads like spam (“{0}”)": "Liest sich wie Spam („{0}“)",
	"Rule “{0}” says {1} (“{2}”)": "Regel „{0}“: {1} („{2}“)",
	"Rule “{0}” says {1}": "Regel „{0}“: {1}",
	"Rule “{0}”": "Regel „{0}“",
	"needs a reply": "braucht eine Antwort",
	"may need a reply": "braucht vielleicht eine Antwort",
	"no reply needed": "keine Antwort nötig",
	"not about us": "betrifft uns nicht",
	"spam": "Spam",
	"ignore": "nicht beachten",
	"Spam and bait": "Spam und Köder",
	"Danger to people (German)": "Gefahr für Menschen (deutsch)",
	"Danger to people (English)": "Gefahr für Menschen (englisch)",
	"Lawyers and authorities (German)": "Anwälte und Behörden (deutsch)",
	"Lawyers and authorities (English)": "Anwälte und Behörden (englisch)",
	"Press and television (German)": "Presse und Fernsehen (deutsch)",
	"Press and television (English)": "Presse und Fernsehen (englisch)",
	"Vacancies and press work": "Stellen und Pressearbeit",
	"Asks for help (German)": "Bittet um Hilfe (deutsch)",
	"Asks for help (English)": "Bittet um Hilfe (englisch)",
	"Something does not work (German)": "Etwas geht nicht (deutsch)",
	"Something does not work (English)": "Etwas geht nicht (englisch)",
}
PAGE = {
	"opened": "eröffnet",
	"joined": "angehängt",
	"folded": "gebündelt",
	"watched": "beobachtet",
	"ignored": "ignoriert",
	"failed": "gescheitert",
	"5 min": "5 Min.",
	"15 min": "15 Min.",
	"1 h": "1 Std.",
	"4 h": "4 Std.",
	"1 day": "1 Tag",
	"no answer": "keine Antwort",
	"{0} posts": "{0} Beiträge",
	"posts read": "Beiträge gelesen",
	"of them answers to others": "davon Antworten an andere",
	"tickets opened": "eröffnete Tickets",
	"other posts": "andere Beiträge",
	"answers to others": "Antworten an andere",
	"needed nobody": "brauchten niemanden",
	"median until the first answer": "mittlere Zeit bis zur ersten Antwort (Median)",
	"within this for nine of ten": "höchstens so lange bei neun von zehn",
	"Needed nobody: of the posts of others, those that were watched or ignored.": (
		"Brauchten niemanden: von den Beiträgen anderer die, die beobachtet oder ignoriert wurden."
	),
	"Network": "Netzwerk",
	"Posts": "Beiträge",
	"What became of every post": "Was aus jedem Beitrag wurde",
	"Every post has exactly one fate. Opened: a new ticket. Joined: it went into the ticket of the same person in the same thread. Watched: kept without a ticket. Ignored: not for us, spam, a repost, or our own. Failed: could not be decided, and waits for a person.": (
		"Jeder Beitrag hat genau ein Schicksal. Eröffnet: ein neues Ticket. Angehängt: kam in das Ticket derselben Person im "
		"selben Gespräch. Beobachtet: aufbewahrt, ohne Ticket. Ignoriert: nicht für uns, Spam, geteilt oder von uns selbst. "
		"Gescheitert: keine Entscheidung möglich, wartet auf einen Menschen."
	),
	"Posts by hour of the day": "Beiträge nach Tageszeit",
	"the time zone of this machine": "Zeitzone dieses Rechners",
	"All days together, by the hour in which the post was written ({0}).": (
		"Alle Tage zusammen, nach der Stunde, in der der Beitrag geschrieben wurde ({0})."
	),
	"How long people waited": "Wie lange gewartet wurde",
	"From the post that you answered to your answer. Answers whose time the archive does not tell are left out, in the median too.": (
		"Vom Beitrag, auf den Sie geantwortet haben, bis zu Ihrer Antwort. Wo das Archiv die Zeit nicht verrät, zählt die "
		"Antwort nicht mit, auch nicht im Median."
	),
	"From the customer's first post that opened a ticket to the time at which the network took our first answer, one for each conversation. Conversations without an answer have a line of their own; the median is of the others.": (
		"Vom ersten Beitrag, der ein Ticket eröffnet hat, bis das Netzwerk unsere erste Antwort angenommen hat, einmal je "
		"Gespräch. Gespräche ohne Antwort haben eine eigene Zeile; der Median gilt für die anderen."
	),
	"Why": "Warum",
	"The most frequent reasons, as each post shows its own. Rules are rows that you can change.": (
		"Die häufigsten Gründe; jeder Beitrag zeigt seinen eigenen. Regeln sind Einträge, die Sie ändern können."
	),
	"Articles that were suggested most": "Am häufigsten vorgeschlagene Artikel",
	"How often the article came first among the suggestions for a ticket. Where nothing fits, nothing is suggested.": (
		"Wie oft der Artikel der erste Vorschlag für ein Ticket war. Wo nichts passt, wird nichts vorgeschlagen."
	),
	"Examples": "Beispiele",
	"A few posts of each kind, spread over the time, with the reason that the post keeps.": (
		"Einige Beiträge je Art, über die Zeit verteilt, mit dem Grund, der am Beitrag steht."
	),
	"What could not be read": "Was nicht gelesen werden konnte",
	"Lines or entries that could not be read: {0}": "Nicht lesbare Zeilen oder Einträge: {0}",
	"and {0} more": "und {0} weitere",
	"Made by social_service on this machine. The page loads nothing and sends nothing.": (
		"Erstellt von social_service auf diesem Rechner. Die Seite lädt nichts nach und sendet nichts."
	),
	"What your history would have become": "Was aus Ihren bisherigen Beiträgen geworden wäre",
	"A day at {0}": "Ein Tag bei {0}",
	"What this channel would open": "Was dieser Kanal eröffnen würde",
	"An invented company. The posts came over real HTTP from simulated networks, and scripted agents answered.": (
		"Eine erfundene Firma. Die Beiträge kamen über echtes HTTP von simulierten Netzwerken, geantwortet haben Agenten nach "
		"Drehbuch."
	),
	"The newest posts that the channel's streams gave. Nothing was stored, opened or answered.": (
		"Die neuesten Beiträge, die der Kanal hergab. Nichts wurde gespeichert, eröffnet oder beantwortet."
	),
	"This is the account's own archive: it has what the account wrote, and not what customers wrote. So no ticket opens here. It shows how you answer: how much, when, and how long the other side had waited.": (
		"Das ist das eigene Archiv des Kontos: Es enthält, was das Konto schrieb, nicht was Kunden schrieben. Deshalb "
		"eröffnet hier nichts ein Ticket. Es zeigt, wie Sie antworten: wie viel, wann, und wie lange die andere Seite wartete."
	),
	"How long they waited comes from the number of the post that you answered: it carries its time.": (
		"Wie lange gewartet wurde, steht in der Nummer des Beitrags, auf den Sie geantwortet haben: Sie trägt seine Zeit."
	),
	"Nothing in the file says which account is yours. So every post counts as written to you, and there are no response times. If the file holds your answers, name your account with --account.": (
		"Die Datei verrät nicht, welches Konto Ihres ist. Deshalb gilt jeder Beitrag als an Sie gerichtet, und es gibt keine "
		"Antwortzeiten. Enthält sie Ihre Antworten, nennen Sie Ihr Konto mit --account."
	),
	"{0} lines repeat the id of another post and were taken once.": (
		"{0} Zeilen wiederholen die Kennung eines anderen Beitrags und zählen einmal."
	),
	"The file has no times that we can read, so nothing is shown by hour.": (
		"Die Datei enthält keine lesbaren Zeiten, daher fehlt die Verteilung nach Tageszeit."
	),
	"{0} posts have no time that we can read. They stand right after the post before them.": (
		"{0} Beiträge haben keine lesbare Zeit. Sie stehen gleich hinter dem Beitrag vor ihnen."
	),
	"Line {0} is no JSON object.": "Zeile {0} ist kein JSON-Objekt.",
	"Entry {0} is no JSON object.": "Eintrag {0} ist kein JSON-Objekt.",
	"Line {0} can't be read as CSV: look at its quotes.": "Zeile {0} ist kein lesbares CSV: Prüfen Sie die Anführungszeichen.",
	"Line {0} has no text.": "Zeile {0} hat keinen Text.",
	"Line {0} begins a post that can't be read.": "In Zeile {0} beginnt ein Beitrag, der nicht lesbar ist.",
	"Entry {0} is no post that can be read.": "Eintrag {0} ist kein lesbarer Beitrag.",
}
GERMAN = REASONS | PAGE


def say(what: Sentence | str, language: str) -> str:
	"""A sentence, or a reason as it is stored. What has no German stays English rather than nothing."""
	if language == "en":
		return str(what)
	if isinstance(what, str):
		return _stored(what)
	values = tuple(say(one, language) if isinstance(one, Sentence) else one for one in what.values)
	return fill(GERMAN.get(what.text, what.text), values)


def _stored(reason: str) -> str:
	if reason in REASONS:
		return REASONS[reason]
	for template, pattern in _patterns():
		found = pattern.fullmatch(reason)
		if found:
			return REASONS[template].format(*(_stored(value) for value in found.groups()))
	return reason


@cache
def _patterns() -> list[tuple[str, re.Pattern[str]]]:
	"""The longest template first: a shorter one may be its beginning."""
	with_values = sorted((one for one in REASONS if "{0}" in one), key=len, reverse=True)
	return [
		(one, re.compile(re.sub(r"\\\{\d\\\}", "(.*)", re.escape(one)), re.DOTALL)) for one in with_values
	]


def number(value: float, language: str) -> str:
	shown = f"{value:,}" if isinstance(value, int) else f"{value:,.1f}"
	return shown.translate(str.maketrans(",.", ".,")) if language == "de" else shown


def percent(part: int, whole: int, language: str) -> str:
	shown = number(round(100 * part / whole) if whole else 0, language)
	return f"{shown} %" if language == "de" else f"{shown}%"


def duration(seconds: float, language: str) -> str:
	for limit, unit, german in ((90, 1, "Sek."), (90 * 60, 60, "Min."), (48 * 3600, 3600, "Std.")):
		if seconds < limit:
			english = {1: "s", 60: "min", 3600: "h"}[unit]
			return f"{number(round(seconds / unit, 1), language)} {german if language == 'de' else english}"
	return f"{number(round(seconds / 86400, 1), language)} {'Tage' if language == 'de' else 'days'}"
