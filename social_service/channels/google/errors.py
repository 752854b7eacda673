"""What Google's refusals mean, by status and reason. Older APIs list ``errors``, newer ones ``details``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import requests

from social_service.channels.errors import AuthFailed, AuthProblem, ChannelError, Rejected, Throttled
from social_service.channels.google.times import until_midnight
from social_service.channels.http import READS
from social_service.channels.waiting import wait_seconds
from social_service.sentence import _

LONGEST_QUOTE = 200  # characters of Google's own words that we pass on
OF_THE_DAY = frozenset({"quotaExceeded", "dailyLimitExceeded"})
OF_THE_MINUTE = frozenset(
	{"rateLimitExceeded", "userRateLimitExceeded", "RATE_LIMIT_EXCEEDED", "RESOURCE_EXHAUSTED"}
)
# reason → what the responsible person has to do
TO_MEND = {
	"SERVICE_DISABLED": "disabled",
	"accessNotConfigured": "disabled",
	"ACCESS_TOKEN_SCOPE_INSUFFICIENT": "scope",
	"insufficientPermissions": "scope",
	"youtubeSignupRequired": "no channel",
	"ineligibleAccount": "no channel",
}
MEND = {
	"disabled": _("This API of Google is off. Enable it for the project in the Google Cloud console."),
	"scope": _("The sign-in at Google lacks a permission. Sign in again and grant all of them."),
	"no channel": _("This Google account has no YouTube channel. Sign in with the channel's own account."),
	"not approved": _(
		"Google has not approved this project for its Business Profile APIs yet. Request access there."
	),
	"forbidden": _("Google does not let this account see that. Sign in with one that manages it."),
}
# reason → ours, of one item
REFUSED = {
	"commentNotFound": "gone",
	"parentCommentNotFound": "gone",
	"commentThreadNotFound": "gone",
	"videoNotFound": "gone",
	"commentsDisabled": "closed",
	"parentCommentIsPrivate": "closed",
	"commentTextTooLong": "too long",
}
SENTENCES = {
	"gone": _("Google does not have this any more."),
	"closed": _("Comments are closed there. Open it to answer another way."),
	"too long": _("Google finds the text too long. Shorten it and send it again."),
}


def classify(response: requests.Response, body: object) -> ChannelError | None:
	"""None: it worked, or the common table of channels/http knows better."""
	if response.ok:
		return None
	told = body.get("error") if isinstance(body, Mapping) else None
	error = told if isinstance(told, Mapping) else {}
	status, reasons = response.status_code, [*_reasons(error)]
	if status == 401:
		sentence = _("Google no longer accepts this account's sign-in. Sign in again.")
		return AuthFailed(AuthProblem.EXPIRED, sentence, status=status)
	if status in (403, 429) and (spent := _spent(response, error, reasons)):
		return spent
	for reason in reasons:
		if reason in TO_MEND:
			return _to_mend(TO_MEND[reason], status, reason)
		if reason in REFUSED:
			return Rejected(REFUSED[reason], SENTENCES[REFUSED[reason]], status=status, code=reason)
	if response.request.method in READS:
		return _to_mend("forbidden", status) if status == 403 else None
	if status in (400, 403):
		sentence = _("Google does not take this: {0}", said(error))
		return Rejected("refused", sentence, status=status, code=next(iter(reasons), ""))
	return None


def _spent(response: requests.Response, error: Mapping, reasons: list[str]) -> ChannelError | None:
	limits = [one.get("metadata") for one in _list(error, "details")]
	limits = [one for one in limits if isinstance(one, Mapping)]
	if any(str(one.get("quota_limit_value")) == "0" for one in limits):
		return _to_mend("not approved", response.status_code)
	daily = any("PerDay" in str(one.get("quota_limit")) for one in limits)
	if daily or OF_THE_DAY & set(reasons):
		return Throttled(until_midnight(response.headers), code="quotaExceeded")
	if OF_THE_MINUTE & set(reasons):
		return Throttled(_delay(error) or wait_seconds(response.headers))
	return None


def said(error: Mapping) -> str:
	"""Google's own short words, for a person."""
	words = str(error.get("message") or "it does not say why")
	return words[:LONGEST_QUOTE].rstrip(" .!?") + "."


def _to_mend(what: str, status: int, reason: str = "") -> AuthFailed:
	return AuthFailed(AuthProblem.PERMISSION, MEND[what], permission=what, status=status, code=reason)


def _reasons(error: Mapping) -> Iterator[str]:
	for one in (*_list(error, "errors"), *_list(error, "details")):
		if one.get("reason"):
			yield str(one["reason"])
	if error.get("status"):
		yield str(error["status"])


def _delay(error: Mapping) -> float:
	told = next((str(one["retryDelay"]) for one in _list(error, "details") if one.get("retryDelay")), "")
	return float(told[:-1]) if told.endswith("s") and told[:-1].replace(".", "", 1).isdigit() else 0.0


def _list(error: Mapping, key: str) -> list[Mapping]:
	told = error.get(key)
	return [one for one in told if isinstance(one, Mapping)] if isinstance(told, list) else []
