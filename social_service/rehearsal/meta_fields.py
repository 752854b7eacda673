"""How the simulated Meta takes and gives: which fields a call asks for, pages of a list, times, refusals."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from datetime import datetime

from social_service.rehearsal.simulated import Refused


def graph_error(code: int, text: str, subcode: int = 0, status: int = 400, **more: object) -> Refused:
	error = {
		"message": f"(#{code}) {text}",
		"type": "OAuthException",
		"code": code,
		"fbtrace_id": "AbCdEf123",
	}
	error |= {"error_subcode": subcode} if subcode else {}
	return Refused(status, {"error": error | more})


def invalid(text: str) -> Refused:
	return graph_error(100, text)


class Fields(dict):
	"""What a call asks for: name → (modifiers, Fields of its own). Built of "id,comments.limit(1){id}"."""

	def __init__(self, text: str) -> None:
		super().__init__()
		for part in _parts(text):
			name, modifiers = part.partition("{")[0], {}
			name, *told = name.split(".")
			for one in told:
				key, _open, value = one.partition("(")
				modifiers[key] = value.rstrip(")")
			inner = part.partition("{")[2].rpartition("}")[0]
			self[name] = (modifiers, Fields(inner))


def _parts(text: str) -> list[str]:
	"""Split at the commas outside of brackets."""
	parts, depth, start = [], 0, 0
	for place, sign in enumerate(text):
		depth += (sign in "({") - (sign in ")}")
		if sign == "," and not depth:
			parts.append(text[start:place])
			start = place + 1
	return [one for one in [*parts, text[start:]] if one]


def listed(data: list[dict], after: str) -> dict:
	if not data and not after:
		return {"data": []}
	paging: dict = {"cursors": {"before": "QVFI", "after": after or "QVFIend"}}
	if after:
		paging["next"] = f"https://graph.facebook.com/next?after={after}"
	return {"data": data, "paging": paging}


def only(known: Mapping[str, Callable[[], object]], fields: Fields) -> dict:
	"""The fields that are asked for; what is None is left out, as Meta does. A field that is not there is refused."""
	strange = [one for one in fields if one not in known]
	if strange:
		raise invalid(f"Tried accessing nonexisting field ({strange[0]})")
	told = {name: known[name]() for name in ("id", *fields)}
	return {name: value for name, value in told.items() if value is not None}


def stamp(moment: datetime) -> str:
	"""As Meta writes times: whole seconds, no colon in the offset."""
	return moment.strftime("%Y-%m-%dT%H:%M:%S+0000")


def token_of(place: int) -> str:
	return base64.urlsafe_b64encode(f"QVFI:{place}".encode()).decode()


def place_of(token: str, end: int) -> int:
	if not token:
		return end
	try:
		return int(base64.urlsafe_b64decode(token).decode().removeprefix("QVFI:"))
	except ValueError:
		raise invalid("Invalid cursors values")
