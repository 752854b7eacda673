"""The calls to YouTube's Data API that we need: https://developers.google.com/youtube/v3/docs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from social_service.channels.base import Connection
from social_service.channels.google.api import GoogleApi, unexpected
from social_service.channels.http import Answer

HOST = "https://www.googleapis.com"
PATH = "/youtube/v3"
PAGE = 100
TEXT = {"part": "snippet", "textFormat": "plainText"}


class YouTubeApi:
	def __init__(self, connection: Connection) -> None:
		self._api = GoogleApi(connection)

	def mine(self) -> list:
		return items_of(self._read("/channels", {"part": "snippet", "mine": "true"}))

	def threads(self, channel: str, page: str) -> Answer:
		asked = {**TEXT, "allThreadsRelatedToChannelId": channel, "order": "time", "maxResults": PAGE}
		return self._read("/commentThreads", _with_page(asked, page))

	def replies(self, thread: str, page: str) -> Answer:
		return self._read("/comments", _with_page({**TEXT, "parentId": thread, "maxResults": PAGE}, page))

	def comments(self, ids: Sequence[str]) -> list:
		return items_of(self._read("/comments", {**TEXT, "id": ",".join(ids)}))

	def _read(self, path: str, asked: Mapping[str, object]) -> Answer:
		return self._api.read(HOST, PATH + path, asked)

	def insert(self, parent: str, text: str) -> object:
		body = {"snippet": {"parentId": parent, "textOriginal": text}}
		return self._write("POST", "/comments", {"part": "snippet"}, json_body=body).json

	def update(self, comment: str, text: str) -> None:
		body = {"id": comment, "snippet": {"textOriginal": text}}
		self._write("PUT", "/comments", {"part": "snippet"}, json_body=body)

	def moderate(self, comment: str, status: str) -> None:
		self._write("POST", "/comments/setModerationStatus", {"id": comment, "moderationStatus": status})

	def ban(self, comment: str) -> None:
		"""Its author; YouTube takes it together with a rejection only."""
		asked = {"id": comment, "moderationStatus": "rejected", "banAuthor": "true"}
		self._write("POST", "/comments/setModerationStatus", asked)

	def delete(self, comment: str) -> None:
		self._write("DELETE", "/comments", {"id": comment})

	def _write(self, method: str, path: str, asked: Mapping[str, object], **more: object) -> Answer:
		return self._api.call(method, HOST, PATH + path, params=asked, **more)


def items_of(answer: Answer) -> list:
	items = answer.json.get("items")
	if not isinstance(items, list):
		raise unexpected(answer.json)
	return items


def token_of(answer: Answer) -> str:
	return str(answer.json.get("nextPageToken") or "")


def _with_page(asked: Mapping[str, object], page: str) -> dict[str, object]:
	return {**asked, **({"pageToken": page} if page else {})}
