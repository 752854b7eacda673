"""Whose account we signed in to."""

from __future__ import annotations

from collections.abc import Mapping

from social_service.channels.bluesky.api import Api
from social_service.channels.errors import AuthFailed, PayloadInvalid, Rejected
from social_service.records import Account

PROFILE_PAGE = "https://bsky.app/profile/{}"


def read_account(api: Api) -> Account:
	try:
		session = api.record("com.atproto.server.getSession")
		did, handle = str(session["did"]), str(session["handle"])
	except KeyError:
		raise api.unexpected(None)
	return Account(did, handle, _name(api, did) or handle, PROFILE_PAGE.format(handle))


def _name(api: Api, did: str) -> str:
	"""A new account is unknown to the rest of the network for some seconds."""
	try:
		profile: Mapping = api.record("app.bsky.actor.getProfile", [("actor", did)])
	except (Rejected, PayloadInvalid, AuthFailed):
		return ""
	return str(profile.get("displayName") or "")
