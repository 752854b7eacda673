"""Blocking a person: a record of ours that everybody can see. The network tells under which key it stands."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime

from social_service.channels.bluesky.api import BLOCK, Api
from social_service.channels.bluesky.cursor import written
from social_service.channels.bluesky.record_keys import CLOCKS, write_tid
from social_service.channels.errors import Rejected
from social_service.records import Account
from social_service.sentence import _

MICROSECONDS = 1 << 53  # that a key has room for


def block(api: Api, us: Account, did: str, now: datetime) -> None:
	"""Under a key that follows from the person: a repetition writes the same record, even if the network has not yet
	noticed the first."""
	if _blocking(api, did).get("blocking"):
		return
	record = {"$type": BLOCK, "subject": did, "createdAt": written(now)}
	body = {"repo": us.external_id, "collection": BLOCK, "rkey": key_for(did), "record": record}
	api.post("com.atproto.repo.putRecord", body)


def unblock(api: Api, us: Account, did: str) -> None:
	"""Ours, and one that was made in the app."""
	viewer = _blocking(api, did)
	told = str(viewer.get("blocking") or "").rpartition("/")[2]
	for rkey in dict.fromkeys(one for one in (told, key_for(did)) if one):
		body = {"repo": us.external_id, "collection": BLOCK, "rkey": rkey}
		api.post("com.atproto.repo.deleteRecord", body)  # what is not there is deleted already
	if viewer.get("blockingByList"):
		raise Rejected("by list", _("A list that this account follows blocks them. Change that in the app."))


def key_for(did: str) -> str:
	digest = int.from_bytes(hashlib.sha256(did.encode()).digest()[:8], "big")
	return write_tid(digest % MICROSECONDS, digest % CLOCKS)


def _blocking(api: Api, did: str) -> Mapping:
	viewer = api.record("app.bsky.actor.getProfile", [("actor", did)]).get("viewer")
	return viewer if isinstance(viewer, Mapping) else {}
