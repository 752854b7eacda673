"""X's refusals: which of our eight errors each is, by status, problem type and code.

For refused posts X gives one status, type and title to all reasons; there the fixed beginning of ``detail`` is the
only code there is (``DETAILS``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

import requests

from social_service.channels.errors import AuthFailed, AuthProblem, ChannelError, Rejected, Throttled
from social_service.channels.http import wait_seconds
from social_service.sentence import Sentence, _

WAIT_FOR_OWNER = "credits"
NOT_SUMMONED = _(
	"X lets us answer only when the author mentioned this account or quoted a post of it. Open the post and answer by hand."
)

REASONS: Mapping[str, Sentence] = {
	"not summoned": NOT_SUMMONED,
	"duplicate": _(
		"X already has a post of this account with the same text. Change the text if it is not the same reply."
	),
	"gone": _("The post is deleted or hidden from this account, so X takes no reply to it."),
	"too long": _("X finds the text too long. Shorten it and send again."),
	"dm closed": _("This person takes no direct messages from this account. Answer in public instead."),
	"suspended": _("X has locked or suspended this account. Sign in at x.com and follow its steps."),
}
DETAILS = {
	"Reply to this conversation is not allowed": "not summoned",
	"You are not allowed to create a Tweet with duplicate content": "duplicate",
	"You are not allowed to create a Post with duplicate content": "duplicate",
	"You attempted to reply to a Tweet that is deleted": "gone",
	"You attempted to reply to a Post that is deleted": "gone",
	"Your Tweet text is too long": "too long",
	"Your Post text is too long": "too long",
}
CODES = {
	64: "suspended",
	144: "gone",
	186: "too long",
	187: "duplicate",
	326: "suspended",
	349: "dm closed",
	385: "gone",
	433: "not summoned",
}
SPENT_TYPES = {"usage-capped", "credits-depleted"}
CURSOR_PARAMETERS = ("since_id", "start_time", "pagination_token", "next_token")
# what a bare 403 lacked, by method and path; the first that fits
SCOPES = (
	("GET", r"/dm_", "dm.read"),
	("", r"/dm_", "dm.write"),
	("PUT", r"/hidden$", "tweet.moderate.write"),
	("", r"/blocking", "block.write"),
	("GET", r"/users/me$", "users.read"),
	("GET", r"", "tweet.read"),
	("", r"", "tweet.write"),
)


def classify(response: requests.Response, body: object) -> ChannelError | None:
	"""None: X answered, or the common table of channels/http knows better."""
	if response.ok:
		return None
	problem = body if isinstance(body, Mapping) else {}
	status, kind = response.status_code, str(problem.get("type", "")).rsplit("/", 1)[-1]
	if status == 402 or kind in SPENT_TYPES:
		return _spent(status, kind)
	if status == 429:
		return Throttled(_wait(response.headers), code=kind)
	if status == 401:
		sentence = _("X no longer accepts this account's sign-in. Connect the channel again.")
		return AuthFailed(AuthProblem.EXPIRED, sentence, status=status, code=kind)
	if status == 400:
		return _invalid(problem)
	if status == 403:
		return _forbidden(response, problem, kind)
	return None


def _wait(headers: Mapping[str, str]) -> float:
	"""Beside the quarter of an hour X counts writes by the day, for the account and for the app."""
	for whose in ("user", "app"):
		reset = headers.get(f"x-{whose}-limit-24hour-reset")
		if reset and headers.get(f"x-{whose}-limit-24hour-remaining") == "0":
			return wait_seconds({"x-rate-limit-reset": reset, "Date": headers.get("Date", "")})
	return wait_seconds(headers)


def _spent(status: int, kind: str) -> AuthFailed:
	sentence = _(
		"The credits or the spending limit of the X developer account are used up. Raise them in the X developer console; "
		"then resume the channel."
	)
	return AuthFailed(AuthProblem.PERMISSION, sentence, permission=WAIT_FOR_OWNER, status=status, code=kind)


def _invalid(problem: Mapping) -> Rejected:
	parameters = refused_parameters(problem)
	for name in CURSOR_PARAMETERS:
		if name in parameters:
			return Rejected(
				"cursor",
				_("X no longer reads back as far as we were. We go on by time."),
				status=400,
				code=name,
			)
	if "query" in parameters:
		return Rejected(
			"bad query", _("X can't read this search. Correct it in the channel's settings."), status=400
		)
	reason = _reason(problem)
	sentence = REASONS.get(reason) or _("X finds the request invalid: {0}", said(problem))
	return Rejected(reason or "invalid", sentence, status=400)


def _forbidden(response: requests.Response, problem: Mapping, kind: str) -> ChannelError:
	method, path = response.request.method or "GET", urlsplit(response.url).path
	if reason := _reason(problem):
		return Rejected(reason, REASONS[reason], status=403, code=kind)
	if kind.startswith("oauth") or problem.get("detail") in ("Forbidden", None):
		return _missing(method, path, kind)
	if kind in ("client-forbidden", "unsupported-authentication"):
		sentence = _(
			"X does not let this developer app do that: {0} Check the app in the X developer console.",
			said(problem),
		)
		return AuthFailed(AuthProblem.PERMISSION, sentence, permission=kind, status=403, code=kind)
	if method == "POST" and "/dm_conversations" in path:
		return Rejected("dm closed", REASONS["dm closed"], status=403, code=kind)
	return Rejected("refused", _("X refused this: {0}", said(problem)), status=403, code=kind)


def _missing(method: str, path: str, kind: str) -> AuthFailed:
	scope = next(name for verb, part, name in SCOPES if verb in ("", method) and re.search(part, path))
	sentence = _(
		"The connection to X lacks the permission {0}. Connect the channel again and grant it.", scope
	)
	return AuthFailed(AuthProblem.PERMISSION, sentence, permission=scope, status=403, code=kind)


def _reason(problem: Mapping) -> str:
	for one in errors_of(problem):
		if one.get("code") in CODES:
			return CODES[one["code"]]
	texts = [problem, *errors_of(problem)]
	said_texts = [str(text.get("detail") or text.get("message") or "") for text in texts]
	return next((DETAILS[key] for text in said_texts for key in DETAILS if text.startswith(key)), "")


def errors_of(body: Mapping) -> list[Mapping]:
	"""The ``errors`` list, which X puts into refusals and into answers that are only partly there."""
	errors = body.get("errors")
	return [one for one in errors if isinstance(one, Mapping)] if isinstance(errors, list) else []


def refused_parameters(problem: Mapping) -> set[str]:
	named: set[str] = set()
	for one in [problem, *errors_of(problem)]:
		parameters = one.get("parameters")
		named |= set(parameters) if isinstance(parameters, Mapping) else set()
		named |= {str(one["parameter"])} if one.get("parameter") else set()
	return named


def said(problem: Mapping) -> str:
	"""X's own short words, for a person."""
	first = next((one.get("message") or one.get("detail") for one in errors_of(problem)), None)
	words = str(problem.get("detail") or first or problem.get("title") or "it does not say why")[:200]
	return words.replace("{", "(").replace("}", ")").rstrip(" .!?") + "."
