"""What Meta says of the token itself: the permissions that it has, and until when it holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timezone

from social_service.channels.base import Vault
from social_service.channels.errors import AuthFailed, AuthProblem, PayloadInvalid, Rejected
from social_service.channels.meta.api import Graph
from social_service.records import Account, SignIn
from social_service.sentence import _

PAGE_TOKEN = "PAGE"
USUALLY = 60 * 86400  # seconds that a token of a person holds


def read_token(graph: Graph, vault: Vault) -> Mapping:
	"""{} where Meta does not tell: then we know no missing permissions, and no end."""
	token, app, secret = (vault.get(key) for key in ("access_token", "client_id", "app_secret"))
	asking = f"{app}|{secret}" if app and secret else ""
	try:
		told = graph.call("GET", "debug_token", token=asking, params={"input_token": token}).json
	except (Rejected, PayloadInvalid):
		return {}
	except AuthFailed as refused:
		if refused.problem is AuthProblem.PERMISSION or asking:
			return {}
		raise
	data = told.get("data") if isinstance(told, Mapping) else None
	return data if isinstance(data, Mapping) else {}


def require_page(graph: Graph, told: Mapping) -> None:
	if told.get("type", PAGE_TOKEN) != PAGE_TOKEN:
		raise AuthFailed(
			AuthProblem.PERMISSION,
			_(
				"This is no token of a Page. Ask {0} for one with GET /me/accounts and enter the access_token of the"
				" Page.",
				graph.network,
			),
		)


def missing(told: Mapping, needed: Sequence[str]) -> tuple[str, ...]:
	granted = told.get("scopes")
	return tuple(one for one in needed if one not in granted) if isinstance(granted, list) else ()


def sign_in_limits(told: Mapping) -> dict[str, int]:
	"""A Page's token may hold for ever and yet lose its access to data after 90 days."""
	ends = [told.get(key) for key in ("expires_at", "data_access_expires_at")]
	known = [one for one in ends if isinstance(one, int) and one > 0]
	if not known:
		return {}
	until, since = min(known), told.get("issued_at")  # Meta does not always tell it
	return {"issued_at": since if isinstance(since, int) else until - USUALLY, "expires_at": until}


def sign_in_of(account: Account | None) -> SignIn | None:
	limits = account.limits if account else {}
	if not limits.get("expires_at"):
		return None
	since, until = (
		datetime.fromtimestamp(int(limits[key]), timezone.utc) for key in ("issued_at", "expires_at")
	)
	return SignIn(since, until)
