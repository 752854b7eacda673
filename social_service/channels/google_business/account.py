"""Which places a Google account manages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from social_service.channels.errors import Rejected
from social_service.channels.google.api import GoogleApi, unexpected
from social_service.records import Account
from social_service.sentence import _

ACCOUNTS = "https://mybusinessaccountmanagement.googleapis.com"
PLACES = "https://mybusinessbusinessinformation.googleapis.com"
PAGES = 20  # of accounts, and of places in each


def read_account(api: GoogleApi) -> Account:
	"""A place that several of the accounts manage is read once, in the name of the first."""
	accounts = [*_listed(api, ACCOUNTS, "/v1/accounts", "accounts", {"pageSize": 20})]
	places: dict[str, dict] = {}
	for account in accounts:
		for place in _places(api, str(account["name"])):
			places.setdefault(place["name"], place)
	if not places:
		raise Rejected(
			"no location",
			_("This Google account manages no place. Sign in with the account that manages the profile."),
		)
	first = accounts[0]
	name = str(first.get("accountName") or first["name"])
	return Account(str(first["name"]), name, name, limits={"locations": [*places.values()]})


def _places(api: GoogleApi, account: str) -> Iterator[dict[str, str]]:
	asked = {"readMask": "name,title,storefrontAddress,metadata", "pageSize": 100}
	for place in _listed(api, PLACES, f"/v1/{account}/locations", "locations", asked):
		address, more = place.get("storefrontAddress") or {}, place.get("metadata") or {}
		yield {
			"name": str(place["name"]),
			"account": account,
			"title": ", ".join(
				filter(None, (str(place.get("title") or ""), str(address.get("locality") or "")))
			),
			"url": str(more.get("mapsUri") or ""),
		}


def _listed(api: GoogleApi, host: str, path: str, key: str, asked: Mapping[str, object]) -> Iterator[Mapping]:
	token = ""
	for _page in range(PAGES):
		body = api.record(host, path, {**asked, **({"pageToken": token} if token else {})})
		found = body.get(key) or []
		if not isinstance(found, list) or not all(
			isinstance(one, Mapping) and one.get("name") for one in found
		):
			raise unexpected(body)
		yield from found
		token = str(body.get("nextPageToken") or "")
		if not token:
			return
