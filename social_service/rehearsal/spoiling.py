"""Answers of a simulated network, spoiled on purpose."""

from __future__ import annotations

import json

from werkzeug.wrappers import Response

HTML = "<!DOCTYPE html><html><body><h1>Something went wrong</h1></body></html>"


def spoiled(response: Response, effect: str) -> Response:
	if effect == "html_ok":
		response.set_data(HTML)
	if effect == "malformed":
		response.set_data(response.get_data()[:-9] or b"{")
	if effect == "truncated":  # the line breaks in the middle of the answer
		response.set_data(response.get_data()[: len(response.get_data()) // 2])
	if effect in ("reordered", "repeated"):
		response.set_data(rearranged(response.get_data(), effect))
	return response


def rearranged(body: bytes, effect: str) -> bytes:
	"""The items of a page back to front, or each of them twice."""
	try:
		told = json.loads(body)
	except ValueError:
		return body
	lists = [told] if isinstance(told, list) else [one for one in told.values() if isinstance(one, list)]
	for items in lists:
		items[:] = items[::-1] if effect == "reordered" else [*items, *items]
	return json.dumps(told).encode()
