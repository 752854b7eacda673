"""Sessions of the simulated Bluesky: made with an app password, two hours for access, and limited as on the real one."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from werkzeug.wrappers import Request

from social_service.rehearsal.simulated import Person, Refused

ACCESS, REFRESH = timedelta(hours=2), timedelta(days=90)
GRACE = timedelta(hours=2)  # in which a refresh token that was used still works
SIGN_INS, SPAN = 30, timedelta(minutes=5)


def refused(status: int, error: str, message: str = "", headers: Mapping[str, str] | None = None) -> Refused:
	return Refused(status, {"error": error, "message": message or error}, headers)


class BlueskySessions:
	"""A part of ``BlueskyNetwork``."""

	now: datetime
	people: Mapping[str, Person]
	find_person: Callable[[str], Person | None]
	access: dict[str, tuple[Person, datetime]]
	refresh: dict[str, tuple[Person, datetime]]
	sign_ins: list[datetime]
	issued: int

	def expire(self) -> None:
		self.access = {token: (person, self.now) for token, (person, _until) in self.access.items()}

	def signed_in(self, request: Request) -> Person:
		return self._holder(self.access, request)

	def _holder(self, known: Mapping[str, tuple[Person, datetime]], request: Request) -> Person:
		token = request.headers.get("Authorization", "").removeprefix("Bearer ")
		if not token:
			raise refused(401, "AuthMissing", "Authentication Required")
		if token not in known:
			raise refused(400, "InvalidToken", "Token could not be verified")
		person, until = known[token]
		if until <= self.now:
			raise refused(400, "ExpiredToken", "Token has expired")
		return person

	def describe(self, _request: Request) -> dict:
		return {"did": "did:web:network.example", "availableUserDomains": [".example"]}

	def create_session(self, request: Request) -> dict:
		self.sign_ins = [one for one in self.sign_ins if self.now - SPAN < one <= self.now]
		if len(self.sign_ins) >= SIGN_INS:
			wait = int((self.sign_ins[0] + SPAN - self.now).total_seconds()) + 1
			raise refused(429, "RateLimitExceeded", "Rate Limit Exceeded", {"Retry-After": str(wait)})
		self.sign_ins.append(self.now)
		told = request.get_json(silent=True) or {}
		person = self.find_person(str(told.get("identifier") or ""))
		if not person or not person.token or told.get("password") != person.token:
			raise refused(401, "AuthenticationRequired", "Invalid identifier or password")
		return self._session(person)

	def refresh_session(self, request: Request) -> dict:
		person = self._holder(self.refresh, request)
		used = request.headers["Authorization"].removeprefix("Bearer ")
		self.refresh[used] = (person, min(self.refresh[used][1], self.now + GRACE))
		return self._session(person)

	def get_session(self, us: Person, _request: Request) -> dict:
		return {"did": us.id, "handle": us.handle, "active": True, "emailConfirmed": True}

	def _session(self, person: Person) -> dict:
		access = self._token(person, "com.atproto.appPass", ACCESS)
		refresh = self._token(person, "com.atproto.refresh", REFRESH)
		self.access[access] = (person, self.now + ACCESS)
		self.refresh[refresh] = (person, self.now + REFRESH)
		tokens = {"accessJwt": access, "refreshJwt": refresh}
		return {**tokens, "did": person.id, "handle": person.handle, "active": True}

	def _token(self, person: Person, scope: str, lasts: timedelta) -> str:
		"""Looks like a JWT, and tells its times as one."""
		self.issued += 1
		begun = int(self.now.timestamp())
		claims = {"scope": scope, "sub": person.id, "iat": begun, "exp": begun + int(lasts.total_seconds())}
		parts = ({"typ": "at+jwt", "alg": "none"}, {**claims, "jti": self.issued}, {"n": self.issued})
		return ".".join(_coded(part) for part in parts)


def _coded(part: Mapping) -> str:
	return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
