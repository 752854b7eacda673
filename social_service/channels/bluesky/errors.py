"""What Bluesky's refusals mean: by status and by the name of the error, never by its words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import requests

from social_service.channels.errors import AuthFailed, AuthProblem, ChannelError, Rejected, Unavailable
from social_service.channels.http import READS
from social_service.sentence import _

LONGEST_QUOTE = 200  # characters of the network's own words that we pass on

SESSION_ENDED = frozenset({"ExpiredToken", "InvalidToken"})  # with 400, not 401
NEEDS_SECOND_FACTOR = "AuthFactorTokenRequired"
CLOSED_ACCOUNT = frozenset(
	{"AccountTakedown", "AccountDeactivated", "AccountSuspended", "RepoDeactivated", "RepoTakendown"}
)
GONE = frozenset({"NotFound", "RecordNotFound"})
NO_SUCH_PLACE = frozenset({404, 405, 410})
CHANGED_MEANWHILE = "InvalidSwap"


def classify(
	response: requests.Response, body: object, host: str, hidden: Sequence[str] = ()
) -> ChannelError | None:
	"""None: the common table of ``channels/http.py`` knows better. ``hidden``: what no sentence may repeat."""
	status = response.status_code
	code = str(body.get("error") or "") if isinstance(body, Mapping) else ""
	if not 400 <= status < 500 or status == 429:
		return None
	if code in CLOSED_ACCOUNT:
		told = _("{0} has closed or deactivated the account. Sign in there to see why.", host)
		return AuthFailed(AuthProblem.REVOKED, told, status=status, code=code)
	if code in SESSION_ENDED:
		told = _("The sign-in at {0} has ended. Enter a new app password.", host)
		return AuthFailed(AuthProblem.EXPIRED, told, status=status, code=code)
	if status == 401:
		return _refused_sign_in(host, code)
	if code in GONE:
		told = _("{0} does not have this post any more.", host)
		return Rejected("gone", told, status=status, code=code)
	if status in NO_SUCH_PLACE:  # of a record that is gone the network says so, with a name
		told = _("{0} is no Bluesky server. Check its address.", host)
		return Rejected("not bluesky", told, status=status, code=code)
	if code == CHANGED_MEANWHILE:
		told = _("Somebody changed this on {0} in the same moment. Try it again.", host)
		return Unavailable(told, status=status, code=code)
	if response.request.method not in READS and status != 403:
		told = _("{0} does not take this: {1} Change it and try again.", host, _words_of(body, hidden))
		return Rejected("refused", told, status=status, code=code)
	return None


def _refused_sign_in(host: str, code: str) -> AuthFailed:
	if code == NEEDS_SECOND_FACTOR:
		told = _(
			"{0} wants a code by mail for this password. Make an app password in its settings and enter that.",
			host,
		)
	else:
		told = _(
			"{0} does not accept the handle with this app password. Make a new one in its settings and enter it.",
			host,
		)
	return AuthFailed(AuthProblem.REVOKED, told, status=401, code=code)


def _words_of(body: object, hidden: Sequence[str]) -> str:
	told = body.get("message") if isinstance(body, Mapping) else None
	if not isinstance(told, str) or not told.strip():
		return "–"
	for secret in filter(None, hidden):
		told = told.replace(secret, "…")
	return told.strip().rstrip(".")[:LONGEST_QUOTE] + "."
