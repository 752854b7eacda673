"""Whose account a key belongs to, and what the forum allows."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from social_service.channels.discourse.api import Api
from social_service.channels.errors import AuthFailed, PayloadInvalid, Rejected
from social_service.records import Account
from social_service.sentence import _

# of a forum that does not tell: what Discourse is delivered with
LIMITS = {"min_post_length": 20, "max_post_length": 32_000, "min_personal_message_post_length": 10}


def read_account(api: Api, handle: str) -> Account:
	if not handle:
		raise Rejected("no user", _("Enter the name of the forum's user who answers."))
	told = _user(api, handle)
	groups = [str(one["name"]) for one in told.get("groups") or () if isinstance(one, Mapping)]
	limits = {**_limits(api), "groups": [one for one in groups if not one.startswith("trust_level")]}
	if "moderator" in told:
		limits["may_moderate"] = bool(told["moderator"] or told.get("admin"))
	username = str(told["username"])
	return Account(
		str(told["id"]),
		username,
		str(told.get("name") or username),
		f"{api.base}/u/{username}",
		limits=limits,
	)


def _user(api: Api, handle: str) -> Mapping:
	try:
		user = api.record(f"/u/{quote(handle, safe='')}.json").get("user")
	except Rejected as refusal:
		if refusal.reason != "gone":
			raise
		told = _("{0} has no user {1}, or is no Discourse forum. Check both.", api.host, handle)
		raise Rejected("no user", told, status=404)
	if not isinstance(user, Mapping) or not {"id", "username"} <= set(user):
		raise api.unexpected(user)
	return user


def _limits(api: Api) -> dict[str, int]:
	"""What the forum tells every browser."""
	try:
		told = api.record("/site/settings.json")
	except (Rejected, PayloadInvalid, AuthFailed):
		told = {}
	return {key: told[key] if _is_count(told.get(key)) else usual for key, usual in LIMITS.items()}


def _is_count(told: object) -> bool:
	return isinstance(told, int) and not isinstance(told, bool) and told > 0
