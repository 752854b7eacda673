"""What the words of an answer may have wrong: the language, the person, the price."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from social_service.guard.case import Case, Objection
from social_service.ledger import Duty, SocialMessage, SocialStream
from social_service.sentence import Sentence, _
from social_service.settings import languages_of
from social_service.triage.language import Hints, language_of

ENOUGH_LETTERS = 20  # fewer don't tell a language surely
HANDLE = re.compile(r"(?<![\w@/.+-])@\w[\w.-]*(?:@\w[\w.-]*)?")
SALUTATION = re.compile(r"((?:[^\s,!:;.]+ ){0,4}[^\s,!:;.]+)[,!:\n]|(@[\w.@-]+)")
SALUTATION_LETTERS = 200  # of an answer, in which it stands
LINK = re.compile(r"(?:https?://|www\.)\S+|\b\w[\w-]*(?:\.[\w-]+)*\.[a-z]{2,}\b(?:/\S*)?", re.IGNORECASE)
CENT = 10_000  # millionths of a dollar
LANGUAGES = {
	"de": _("German"),
	"en": _("English"),
	"es": _("Spanish"),
	"fr": _("French"),
	"it": _("Italian"),
	"nl": _("Dutch"),
	"pl": _("Polish"),
	"pt": _("Portuguese"),
	"tr": _("Turkish"),
}


# --- the language -------------------------------------------------------------------------------------------


def other_language(case: Case) -> Iterator[Objection]:
	"""Only between languages that the company speaks: whoever writes in another one is answered in one of these."""
	if not case.settings.warn_language:
		return
	spoken = languages_of(case.settings)
	answer = _surely(case.text, spoken)
	customers = answer and _surely("\n".join(one.text for one in case.said), spoken)
	if customers and answer != customers:
		told = _("Your answer is in {0}, the customer writes in {1}.", _called(answer), _called(customers))
		yield Objection(f"language:{answer}:{customers}", told)


def _surely(text: str, languages: list[str]) -> str:
	"""'' where it can't be told."""
	if sum(one.isalpha() for one in text) < ENOUGH_LETTERS:
		return ""
	heard = language_of(text, Hints(), languages)
	return heard.language if heard.is_sure else ""


def _called(language: str) -> Sentence | str:
	return LANGUAGES.get(language, language.upper())


# --- the person ---------------------------------------------------------------------------------------------


def names_a_stranger(case: Case) -> Iterator[Objection]:
	"""An @handle that is neither the customer's nor in the thread, nor ours."""
	told = list(dict.fromkeys(one.rstrip(".-") for one in HANDLE.findall(case.text)))
	strangers = [one for one in told if not _is_one_of(one, _known_at_hand(case))]
	if not strangers:
		return
	known = {*_ours(case), *_in_thread(case)}
	for one in strangers:
		if not _is_one_of(one, known):
			sentence = _(
				"Your answer names {0}, who is not in this conversation. The customer is {1}.",
				one,
				_customer(case.message),
			)
			yield Objection(f"handle:{one.casefold()}", sentence)


def speaks_to_another(case: Case) -> Iterator[Objection]:
	"""It begins with the name of somebody else in the thread: the answer may belong into their ticket."""
	begin = SALUTATION.match(case.text[:SALUTATION_LETTERS])
	words = _names_in(begin[1] or begin[2]) if begin else []
	if not words:
		return
	customers = {
		word for post in case.said for word in _words(f"{post.handle} {post.author_name} {post.text}")
	}
	customers |= _words(f"{case.message.handle} {case.message.author_name}")
	others = [one for one in case.thread if one.author_id != case.message.author_id and not one.is_own]
	called = {name for one in others for name in (_plain(one.handle), *_first_name(one.author_name)) if name}
	for word in words:
		if word in called - customers:
			told = _("Your answer speaks to {0}, but who reads it is {1}.", word, _customer(case.message))
			yield Objection(f"speaks:{word}", told)


def _names_in(salutation: str) -> list[str]:
	"""“Hallo Peter” greets Peter: a first word is a greeting, if it has no @ and is not alone."""
	first, *more = salutation.split()
	named = [first] if first.startswith("@") or not more else []
	named += [word for word in more if word.startswith("@") or word[:1].isupper()]
	return [_plain(word) for word in named]


def _first_name(name: str) -> list[str]:
	return [word.casefold() for word in re.findall(r"\w{3,}", name)[:1]]


def _words(text: str) -> set[str]:
	return {word.casefold() for word in re.findall(r"\w[\w.-]*\w|\w", text)}


def _customer(message: SocialMessage) -> str:
	return f"@{message.handle}" if message.handle else message.author_name


def _known_at_hand(case: Case) -> set[str]:
	"""The customer, whom they name, and what an admin allows."""
	allowed = case.settings.public_contacts.split()
	named = (one for post in (*case.said, case.message) for one in HANDLE.findall(post.text))
	return {_plain(one) for one in (case.message.handle, *named, *allowed) if one}


def _in_thread(case: Case) -> Iterator[str]:
	for post in case.thread:
		yield from (_plain(one) for one in (post.handle, *HANDLE.findall(post.text)) if one)


def _ours(case: Case) -> Iterator[str]:
	"""The handles of all our accounts."""
	rows = case.host.store.find(SocialStream, {"duty": Duty.ACCOUNT}, order="name", limit=1000)
	accounts = (row.facts.get("account") for row in rows)
	return (_plain(one["handle"]) for one in accounts if one and one.get("handle"))


def _is_one_of(handle: str, known: Iterable[str]) -> bool:
	"""Of ``@maria@fedi.example`` the instance may be left out, on either side."""
	asked = _plain(handle)
	return any(
		asked == one or (("@" in asked) != ("@" in one) and asked.split("@")[0] == one.split("@")[0])
		for one in known
	)


def _plain(handle: str) -> str:
	return handle.strip().lstrip("@").rstrip(".-").casefold()


# --- the price ----------------------------------------------------------------------------------------------


def costs_much(case: Case) -> Iterator[Objection]:
	limit = case.settings.warn_price_cents * CENT
	if case.driver is None or not case.text or not limit:
		return
	served, label = case.message.as_served(), case.driver.label
	price = case.driver.price(case.text, served)
	if price <= limit:
		return
	plain = case.driver.price(LINK.sub("", case.text), served)
	told = _("{0} charges about {1} for this answer.", label, dollars(price))
	if plain < price:
		told = _(
			"{0} charges about {1} for this answer, and {2} without the link.",
			label,
			dollars(price),
			dollars(plain),
		)
	yield Objection(f"price:{price}", told)


def dollars(micros: int) -> Sentence:
	"""Two digits after the point, three where they tell more."""
	whole, part = f"{micros / 1e6:.3f}".split(".")
	return _("{0}.{1} US$", whole, part.removesuffix("0"))
