"""Calls signed as the Standard Webhooks specification says: an id, a time, and an HMAC over both and the body."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone

from social_service.channels.errors import SignatureInvalid
from social_service.channels.signature import header
from social_service.sentence import _

ID, TIME, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
TOLERANCE = timedelta(minutes=5)  # an older call may have been listened to and sent again
PREFIX, VERSION = "whsec_", "v1,"


def now() -> datetime:
	return datetime.now(timezone.utc)


def require_signature(secret: str, body: bytes, headers: Mapping[str, str]) -> None:
	"""Raises SignatureInvalid. Several signatures may stand in the header, while a secret is being changed."""
	call, at = header(headers, ID), header(headers, TIME)
	if not (secret and call and at.isdigit() and len(at) < 12 and _is_fresh(at)):
		raise _refused()
	wanted = signature(secret, call, at, body).encode()
	told = header(headers, SIGNATURE).split()
	if not any(hmac.compare_digest(wanted, one.encode("utf-8", "replace")) for one in told):
		raise _refused()


def signature(secret: str, call: str, at: str, body: bytes) -> str:
	signed = b".".join((call.encode("utf-8", "replace"), at.encode(), body))
	return VERSION + base64.b64encode(hmac.new(_key(secret), signed, hashlib.sha256).digest()).decode()


def _key(secret: str) -> bytes:
	"""``whsec_`` and base64, or any other text as it is."""
	if secret.startswith(PREFIX):
		try:
			return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
		except binascii.Error:
			pass
	return secret.encode()


def _is_fresh(at: str) -> bool:
	return abs(now() - datetime.fromtimestamp(int(at), tz=timezone.utc)) <= TOLERANCE


def _refused() -> SignatureInvalid:
	return SignatureInvalid(
		_(
			"The call is not signed with the secret of this channel, or it is older than five minutes. Nothing was taken from it."
		)
	)
