"""Who sent this webhook call? Compared in constant time; nothing is parsed before it is known."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping

from social_service.channels.errors import SignatureInvalid
from social_service.sentence import _

AsText = Callable[[bytes], str]


def in_hex(digest: bytes) -> str:
	return digest.hex()


def in_base64(digest: bytes) -> str:
	return base64.b64encode(digest).decode()


def header(headers: Mapping[str, str], name: str) -> str:
	"""Names are the same in any case."""
	return next((value for key, value in headers.items() if key.lower() == name.lower()), "")


def require_hmac(
	secret: str, body: bytes, told: str, *, prefix: str = "sha256=", as_text: AsText = in_hex
) -> None:
	"""``told`` must be the HMAC-SHA256 of the raw body. Raises SignatureInvalid."""
	expected = prefix + as_text(hmac.new(secret.encode(), body, hashlib.sha256).digest())
	_require(secret, expected, told)


def require_same(secret: str, told: str) -> None:
	"""For networks that send the secret itself. Raises SignatureInvalid."""
	_require(secret, secret, told)


def _require(secret: str, expected: str, told: str) -> None:
	"""Without a secret of ours everybody could sign."""
	if not secret or not hmac.compare_digest(expected.encode(), told.encode()):
		raise SignatureInvalid(
			_("The call is not signed with the secret of this channel. Nothing was taken from it.")
		)
