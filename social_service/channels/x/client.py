"""python-twitter-v2 with our session inside: it knows X's paths and parameters, we keep status, headers and errors.

The library alone loses status and headers, has no timeout, refreshes no token and would sleep in a worker.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

import pytwitter
import requests
from requests.auth import AuthBase

from social_service.channels.base import SIGNED_IN_SINCE, SIGNED_IN_UNTIL, Connection
from social_service.channels.errors import (
	Ambiguous,
	AuthFailed,
	AuthProblem,
	ChannelError,
	PayloadInvalid,
	Unavailable,
)
from social_service.channels.http import READS, TIMEOUT, FailuresMapped, read_answer
from social_service.channels.x.errors import classify
from social_service.records import Rate
from social_service.sentence import _

DEFAULT_URL = "https://api.x.com"
PAGE = 100  # the most that X gives at once; items are billed, calls are not
USER_FIELDS = "name,username,profile_image_url,public_metrics"
MEDIA_FIELDS = "url,preview_image_url,type,variants"
DM_FIELDS = "id,text,created_at,sender_id,dm_conversation_id,attachments,entities,event_type"
DM_EXPANSIONS = "sender_id,attachments.media_keys"
POST_FIELDS = {
	"tweet": {
		"tweet_fields": "attachments,author_id,conversation_id,created_at,edit_history_tweet_ids,entities,"
		"in_reply_to_user_id,lang,note_tweet,referenced_tweets",
		"expansions": "author_id,attachments.media_keys",
	},
	# since the renaming four of them come by expansion only (OpenAPI of 2026-08-07)
	"post": {
		"tweet_fields": "attachments,conversation_id,created_at,entities,lang,note_post",
		"expansions": "author_id,attachments.media_keys,edit_history_post_ids,in_reply_to_user_id,referenced_posts",
	},
}


class _Bearer(AuthBase):
	def __init__(self, token: str) -> None:
		self._token = token

	def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
		request.headers["Authorization"] = f"Bearer {self._token}"
		return request


class XClient(pytwitter.Api):
	"""Call its methods with ``return_json=True``; they raise our errors. ``headers`` are those of the last answer."""

	def __init__(self, connection: Connection) -> None:
		super().__init__(bearer_token="set per call", sleep_on_rate_limit=False)
		base = (connection.options.get("base_url") or DEFAULT_URL).rstrip("/")
		self.BASE_URL_V2 = f"{base}/2"
		self.BASE_OAUTH2_ACCESS_TOKEN_URL = f"{base}/2/oauth2/token"
		self.session = connection.http.session
		self.vault = connection.vault
		self.spelling = "post" if connection.options.get("field_spelling") == "post" else "tweet"
		self.headers: Mapping[str, str] = {}

	def _request(self, url, verb="GET", *, params=None, json=None, **_unused) -> requests.Response:
		"""The library's one door to HTTP. An expired token is renewed once; everything else is for _parse_response."""
		params = self._spelled(params)
		token = self.vault.get("access_token")
		response = self._send(url, verb, params, json, token)
		if response.status_code == 401 and self.vault.get("refresh_token"):
			self.renew(token)
			response = self._send(url, verb, params, json, self.vault.get("access_token"))
			if response.status_code == 401:
				raise _refused_refresh(response, None)
		self.headers = response.headers
		return response

	def renew(self, stale: str) -> None:
		self.vault.renew("access_token", stale, self._exchange)

	def _send(self, url: str, verb: str, params, json, token: str) -> requests.Response:
		writes = verb not in READS
		with FailuresMapped(url, writes=writes):
			return self.session.request(
				verb,
				url,
				params=params,
				json=json,
				auth=_Bearer(token),
				timeout=TIMEOUT,
				allow_redirects=not writes,
			)

	def _spelled(self, params: Mapping | None) -> dict | None:
		"""X renamed its fields in August 2026; the library knows the old name of the parameter only."""
		if not params:
			return None
		new = self.spelling == "post"
		return {
			("post.fields" if new and key == "tweet.fields" else key): value for key, value in params.items()
		}

	@staticmethod
	def _parse_response(resp: requests.Response) -> dict:
		writes = resp.request.method not in READS
		answer = read_answer(resp, writes=writes, classify=classify)
		if answer.json is None:
			return {}
		if not isinstance(answer.json, dict):
			sentence = _("X answered something else than it should. Check the address of the API.")
			raise Ambiguous(sentence) if writes else PayloadInvalid(sentence, raw=resp.text[:500])
		return answer.json

	def _exchange(self) -> dict[str, str]:
		"""A refresh token works once: whoever calls this holds the account's lock and keeps the answer before using it."""
		secret, client = self.vault.get("client_secret"), self.vault.get("client_id")
		url = self.BASE_OAUTH2_ACCESS_TOKEN_URL
		form = {
			"grant_type": "refresh_token",
			"refresh_token": self.vault.get("refresh_token"),
			"client_id": client,
		}
		with FailuresMapped(url, writes=False):
			response = self.session.post(
				url,
				data=form,
				auth=(client, secret) if secret else None,
				timeout=TIMEOUT,
				allow_redirects=False,
			)
		try:
			answer = read_answer(response, writes=False, classify=_refused_refresh).json
			return _granted(answer, _time_of(response.headers))
		except (PayloadInvalid, KeyError, TypeError):  # the body may hold half a token: nothing of it is kept
			raise Unavailable(_("X answered something unreadable while renewing the sign-in.")) from None

	def get_dm_event(self, event_id: str) -> dict:
		"""Missing in the library."""
		params = {
			"dm_event.fields": DM_FIELDS,
			"expansions": DM_EXPANSIONS,
			"user.fields": USER_FIELDS,
			"media.fields": MEDIA_FIELDS,
		}
		return self._get(f"{self.BASE_URL_V2}/dm_events/{event_id}", params, None, return_json=True)

	@property
	def post_fields(self) -> dict[str, object]:
		"""What to ask of every post."""
		asked = POST_FIELDS[self.spelling]
		return {**asked, "user_fields": USER_FIELDS, "media_fields": MEDIA_FIELDS, "return_json": True}

	@property
	def dm_fields(self) -> dict[str, object]:
		return {
			"dm_event_fields": DM_FIELDS,
			"event_types": "MessageCreate",
			"expansions": DM_EXPANSIONS,
			"user_fields": USER_FIELDS,
			"media_fields": MEDIA_FIELDS,
			"max_results": PAGE,
			"return_json": True,
		}

	@property
	def now(self) -> datetime:
		"""X's own time of the last answer; ours may be wrong."""
		return _time_of(self.headers)

	@property
	def rate(self) -> Rate | None:
		try:
			remaining = int(self.headers["x-rate-limit-remaining"])
			reset = datetime.fromtimestamp(int(self.headers["x-rate-limit-reset"]), tz=timezone.utc)
		except (KeyError, ValueError):
			return None
		return Rate(remaining, reset)


def _refused_refresh(response: requests.Response, _body: object) -> ChannelError | None:
	if response.status_code not in (400, 401, 403):
		return None
	sentence = _("X has withdrawn this account's sign-in. Connect the channel again.")
	return AuthFailed(AuthProblem.REVOKED, sentence, status=response.status_code)


def _time_of(headers: Mapping[str, str]) -> datetime:
	try:
		return parsedate_to_datetime(headers["Date"]).astimezone(timezone.utc)
	except (KeyError, TypeError, ValueError):
		return datetime.now(timezone.utc)


def _granted(answer: Mapping, now: datetime) -> dict[str, str]:
	"""The old refresh token stays where X gives no new one."""
	renewed = {"access_token": str(answer["access_token"])}
	if answer.get("refresh_token"):
		renewed["refresh_token"] = str(answer["refresh_token"])
	if str(answer.get("expires_in", "")).isdigit():
		until = now + timedelta(seconds=int(answer["expires_in"]))
		renewed |= {SIGNED_IN_SINCE: now.isoformat(), SIGNED_IN_UNTIL: until.isoformat()}
	return renewed
