"""What Meta's refusals mean. Most come as HTTP 400: the code in the body decides, never its words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import requests

from social_service.channels.errors import (
	Ambiguous,
	AuthFailed,
	AuthProblem,
	ChannelError,
	Rejected,
	Throttled,
	Unavailable,
)
from social_service.channels.http import READS, Classify, wait_seconds
from social_service.channels.meta.usage import wait_of
from social_service.sentence import Sentence, _

TRANSIENT = frozenset({1, 2})
THROTTLES = frozenset({4, 17, 32, 341, 613, *range(80000, 80015)})
PERMISSIONS = frozenset({3, 10, *range(200, 300)})
SESSIONS = frozenset({102, 190})

EXPIRED = _("The access token for {0} has expired. Make a new one and enter it.")
REVOKED = _("{0} does not accept the access token any more. Make a new one and enter it.")
SIGN_INS: Mapping[int, tuple[AuthProblem, Sentence]] = {
	458: (AuthProblem.REVOKED, _("The app was removed at {0}. Add it again, make a new token and enter it.")),
	459: (
		AuthProblem.REVOKED,
		_("{0} wants the token's owner to sign in and confirm something there first."),
	),
	460: (
		AuthProblem.REVOKED,
		_("The token's owner changed their password at {0}. Make a new token and enter it."),
	),
	463: (AuthProblem.EXPIRED, EXPIRED),
	464: (
		AuthProblem.REVOKED,
		_("{0} wants the token's owner to sign in and confirm something there first."),
	),
	467: (AuthProblem.EXPIRED, EXPIRED),
	492: (
		AuthProblem.REVOKED,
		_("The token's owner has no role at {0} any more. Use the token of somebody who has."),
	),
}

GONE = ("gone", _("{0} does not have this any more."))
CLOSED = (
	"window closed",
	_(
		"{0} lets us answer for 24 hours, and for 7 days with the Human Agent permission of the app. It is too late,"
		" or the app lacks the permission."
	),
)
# (code, subcode) before code alone
REFUSALS: Mapping[tuple[int, int] | int, tuple[str, Sentence]] = {
	(100, 33): GONE,
	(100, 2018001): ("no person", _("{0} does not know whom this would reach. Answer there.")),
	(10, 2018278): CLOSED,
	(10, 2534022): CLOSED,
	506: ("duplicate", _("{0} has this very reply already. Change the text if it shall be said again.")),
	551: ("no person", _("{0} can't reach this person now. They may have blocked us.")),
	368: ("policy", _("{0} blocks this for now, for its rules. Look at the account's quality page there.")),
	803: GONE,
	10900: (
		"answered already",
		_("{0} takes one private reply to a comment, and there is one. Answer in public."),
	),
	10903: ("not allowed", _("{0} takes no private reply to this comment. Answer in public.")),
}


def lacks(network: str, permission: str) -> Sentence:
	return _(
		"The access token for {0} lacks the permission {1}. Make one with it and enter it.",
		network,
		permission,
	)


def classify(network: str, needs: str) -> Classify:
	def of(response: requests.Response, body: object) -> ChannelError | None:
		error = body.get("error") if isinstance(body, Mapping) else None
		if not isinstance(error, Mapping) or not isinstance(error.get("code"), int):
			return None
		return _Refusal(network, needs, response, error).as_ours()

	return of


class _Refusal:
	"""One error object of the Graph API."""

	def __init__(self, network: str, needs: str, response: requests.Response, error: Mapping) -> None:
		self.network, self.needs, self.response = network, needs, response
		self.code: int = error["code"]
		subcode = error.get("error_subcode")
		self.subcode = subcode if isinstance(subcode, int) else 0
		self.is_transient = error.get("is_transient") is True
		self.writes = response.request.method not in READS

	def as_ours(self) -> ChannelError:
		known = REFUSALS.get((self.code, self.subcode)) or REFUSALS.get(self.code)
		if known:
			return Rejected(known[0], self._said(known[1]), status=self._status, code=self._code)
		if self.code in THROTTLES:
			return self._throttled()
		if self.code in SESSIONS:
			problem, sentence = SIGN_INS.get(self.subcode, (AuthProblem.REVOKED, REVOKED))
			if self.code == 102:
				problem, sentence = AuthProblem.EXPIRED, EXPIRED
			return AuthFailed(problem, self._said(sentence), status=self._status, code=self._code)
		if self.code in PERMISSIONS:
			return self._forbidden()
		if self.code in TRANSIENT or self.is_transient:
			return self._failed()
		told = _("{0} refuses this (code {1}). Look at the post there.", self.network, self._code)
		return Rejected("refused", told, status=self._status, code=self._code)

	def _throttled(self) -> Throttled:
		headers = self.response.headers
		wait = wait_of(headers) or wait_seconds(headers)
		told = _("{0} asks us to wait {1} seconds.", self.network, round(wait))
		return Throttled(wait, told, status=self._status, code=self._code)

	def _forbidden(self) -> AuthFailed:
		told = _("The access token for {0} lacks a permission. Connect again with all of them.", self.network)
		if self.needs:
			told = lacks(self.network, self.needs)
		return AuthFailed(
			AuthProblem.PERMISSION, told, permission=self.needs, status=self._status, code=self._code
		)

	def _failed(self) -> ChannelError:
		if self.writes:
			told = _("{0} failed while taking our reply; we look before we send again.", self.network)
			return Ambiguous(told, status=self._status, code=self._code)
		told = _("{0} has a problem of its own ({1}).", self.network, self._code)
		return Unavailable(told, status=self._status, code=self._code)

	@property
	def _status(self) -> int:
		return self.response.status_code

	@property
	def _code(self) -> str:
		return f"{self.code}/{self.subcode}" if self.subcode else str(self.code)

	def _said(self, sentence: Sentence) -> Sentence:
		return replace(sentence, values=(self.network,))
