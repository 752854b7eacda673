"""How the simulated networks of Google sign in: a company's refresh token brings access tokens that end."""

from __future__ import annotations

from datetime import datetime

from werkzeug.wrappers import Request, Response

from social_service.rehearsal.simulated import Person, Refused, SimulatedNetwork, answer

LASTS = 3599  # seconds


def refused(status: int, code: str, words: str, reason: str = "", **metadata: str) -> Refused:
	"""As Google's newer APIs say it."""
	error: dict[str, object] = {"code": status, "message": words, "status": code}
	if reason:
		kind = "type.googleapis.com/google.rpc.ErrorInfo"
		error["details"] = [
			{"@type": kind, "reason": reason, "domain": "googleapis.com", "metadata": metadata}
		]
	return Refused(status, {"error": error})


UNAUTHORIZED = refused(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.")
FORBIDDEN = refused(403, "PERMISSION_DENIED", "The caller does not have permission")


class GoogleNetwork(SimulatedNetwork):
	"""A person's ``token`` is their refresh token."""

	def __init__(self, now: datetime) -> None:
		super().__init__(now)
		self.access: dict[str, tuple[Person, float]] = {}
		self.granted = 0

	def renewed(self, request: Request) -> Response:
		told = request.form
		person = next(
			(one for one in self.people.values() if one.token and one.token == told.get("refresh_token")),
			None,
		)
		if not (told.get("client_id") and told.get("client_secret")):
			raise Refused(401, {"error": "invalid_client", "error_description": "Unauthorized"})
		if not person:
			words = "Token has been expired or revoked."
			raise Refused(400, {"error": "invalid_grant", "error_description": words})
		self.granted += 1
		token = f"ya29.simulated-{self.granted}"
		self.access[token] = person, self.now.timestamp() + LASTS
		return answer({"access_token": token, "expires_in": LASTS, "token_type": "Bearer"})

	def signed_in(self, request: Request) -> Person:
		person, until = self.access.get(
			request.headers.get("Authorization", "").removeprefix("Bearer "), (None, 0.0)
		)
		if not person or until <= self.now.timestamp():
			raise UNAUTHORIZED
		return person

	def expire(self) -> None:
		self.access.clear()
