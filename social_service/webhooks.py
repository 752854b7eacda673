"""The door for networks that push. Says as little as it can to a stranger, stores nothing of a call that it refuses,
and writes down nothing that came with one."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from http import HTTPStatus

import frappe
from frappe.rate_limiter import rate_limit
from werkzeug.wrappers import Response

from social_service import tasks
from social_service.channels.errors import (
	ChannelError,
	NotSupported,
	PayloadInvalid,
	Rejected,
	SignatureInvalid,
)
from social_service.hosts.base import Busy
from social_service.hosts.frappe_store import BUSY
from social_service.hosts.helpdesk import HelpdeskHost
from social_service.listen import push

MOST_BYTES = 1024 * 1024
CALLS, SECONDS = 3000, 60  # from one address: a network in a storm may call that often, nobody else needs to
WAIT_SECONDS = 30
REFUSALS = (  # the first that fits; whether there is such a channel is nobody's business
	((SignatureInvalid,), HTTPStatus.FORBIDDEN),
	((PayloadInvalid,), HTTPStatus.BAD_REQUEST),
	((push.TooMuch,), HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
	((NotSupported, Rejected), HTTPStatus.NOT_FOUND),
	((Busy, *BUSY, ChannelError), HTTPStatus.SERVICE_UNAVAILABLE),
)


@frappe.whitelist(allow_guest=True, methods=["GET", "POST"])
@rate_limit(limit=lambda: CALLS, seconds=SECONDS)
def receive() -> Response:
	"""The channel stands in the query: a body in JSON would hide it from Frappe's own arguments."""
	channel = frappe.request.args.get("channel", "")
	return _guarded(lambda: _answer(channel) if frappe.request.method == "GET" else _take(channel))


def _answer(channel: str) -> Response:
	query = {key: value for key, value in frappe.request.args.items() if key != "channel"}
	return _say(HTTPStatus.OK, push.challenge(HelpdeskHost(), channel, query, tasks.now))


def _take(channel: str) -> Response:
	request = frappe.request
	if (request.content_length or 0) > MOST_BYTES:
		raise push.TooMuch
	body = request.get_data()
	if len(body) > MOST_BYTES:
		raise push.TooMuch
	if push.receive(HelpdeskHost(), channel, body, request.headers, tasks.now):
		tasks.decide_soon(channel)
	return _say(HTTPStatus.OK, "ok")


def _guarded(work: Callable[[], Response]) -> Response:
	try:
		return work()
	except Exception as error:  # the edge: Frappe would write the error down with all that came with the call
		frappe.db.rollback()
		status = next((status for kinds, status in REFUSALS if isinstance(error, kinds)), None)
		if status is None:
			_note(error)
		return _say(status or HTTPStatus.INTERNAL_SERVER_ERROR)


def _note(error: Exception) -> None:
	"""Where it broke, without a value: no message, no variables."""
	places = (f"{one.filename}:{one.lineno} {one.name}" for one in traceback.extract_tb(error.__traceback__))
	frappe.log_error(f"A webhook call broke: {type(error).__name__}", "\n".join(places))


def _say(status: HTTPStatus, text: str = "") -> Response:
	answer = Response(text or status.phrase, status=status, mimetype="text/plain")
	answer.headers["X-Content-Type-Options"] = "nosniff"  # a challenge is somebody else's text
	if status is HTTPStatus.SERVICE_UNAVAILABLE:
		answer.headers["Retry-After"] = str(WAIT_SECONDS)
	return answer
