"""Whose Mastodon account a token belongs to, what it may do, and what its server allows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from social_service.channels.errors import AuthFailed, PayloadInvalid, Rejected
from social_service.channels.mastodon.api import BLOCKING_NEEDS, WRITES_NEED, Api
from social_service.channels.mastodon.status import Broken, parse_author
from social_service.records import Account, Author
from social_service.sentence import _

PERMISSIONS = ("read:accounts", "read:notifications", "read:statuses", WRITES_NEED)
LIMITS = {"max_characters": 500, "characters_reserved_per_url": 23}  # of a server that does not tell


def read_account(api: Api) -> Account:
	author = _owner(api)
	instance = _instance(api)
	granted = _granted(api)
	missing = tuple(one for one in PERMISSIONS if granted is not None and not _covers(granted, one))
	limits = {
		**_status_limits(instance),
		"domain": str(instance.get("domain") or api.host),
		"api": _api_version(instance),
		"may_write": granted is not None and WRITES_NEED not in missing,
		"may_block": granted is None or "follow" in granted or _covers(granted, BLOCKING_NEEDS),
	}
	return Account(author.external_id, author.handle, author.name, author.url, limits=limits, missing=missing)


def _owner(api: Api) -> Author:
	try:
		return parse_author(api.record("/api/v1/accounts/verify_credentials"))
	except Rejected as error:
		if error.reason != "gone":
			raise
	except Broken:
		pass
	raise Rejected("not mastodon", _("{0} is no Mastodon server. Check its address.", api.host))


def _instance(api: Api) -> Mapping:
	for path in ("/api/v2/instance", "/api/v1/instance"):  # v2 since Mastodon 4.0
		try:
			return api.record(path)
		except (Rejected, PayloadInvalid, AuthFailed):
			continue
	return {}


def _granted(api: Api) -> Sequence[str] | None:
	"""What the app may do, where the server tells (Mastodon does since 4.3); None where it does not."""
	try:
		scopes = api.record("/api/v1/apps/verify_credentials").get("scopes")
	except (Rejected, PayloadInvalid, AuthFailed):
		return None
	return scopes if isinstance(scopes, list) and scopes else None


def _covers(granted: Sequence[str], permission: str) -> bool:
	return permission in granted or permission.partition(":")[0] in granted


def _status_limits(instance: Mapping) -> dict[str, int]:
	told = (instance.get("configuration") or {}).get("statuses") or {}
	return {key: told[key] if isinstance(told.get(key), int) else usual for key, usual in LIMITS.items()}


def _api_version(instance: Mapping) -> int:
	version = (instance.get("api_versions") or {}).get("mastodon")
	return version if isinstance(version, int) else 0
