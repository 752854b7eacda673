"""The stream of direct messages: which conversations of the inbox have news, and what was written in them."""

from __future__ import annotations

from collections.abc import Mapping

from social_service.channels.http import Answer
from social_service.channels.meta.api import PAGE, next_of
from social_service.channels.meta.cursor import Position, id_of
from social_service.channels.meta.inbox import MESSAGE, Inbox
from social_service.channels.meta.rounds import Listed, Source
from social_service.channels.reading import moment
from social_service.records import Message

CONVERSATION = "id,updated_time,messages.limit(1){id,created_time}"


class InboxSource(Source):
	"""Conversations with news, then their messages. Meta tells the details of the newest 20 messages of each only."""

	def __init__(self, inbox: Inbox) -> None:
		self.inbox = inbox

	def listing(self, position: Position) -> Listed:
		answer = self.inbox.graph.items(
			f"{self.inbox.page_id}/conversations",
			self.inbox.needs,
			platform=self.inbox.platform,
			fields=CONVERSATION,
			limit=PAGE,
			after=position.listing,
		)
		rows = answer.json["data"]
		times = [int(moment(one["updated_time"]).timestamp()) for one in rows if _has_time(one)]
		met = bool(times) and max(times) < position.floor  # the one that was written to last stands first
		news = tuple(id_of(one) for one in rows if id_of(one) and _has_news(one, position))
		return Listed(news, "" if met else next_of(answer), looked_at=len(rows), answer=answer)

	def reading(self, inside: str, position: Position) -> Answer:
		return self.inbox.graph.items(
			f"{inside}/messages", self.inbox.needs, fields=MESSAGE, limit=PAGE, after=position.inside
		)

	def parse(self, item: object, inside: str) -> Message:
		return self.inbox.parse(item)


def _has_time(row: object) -> bool:
	return isinstance(row, Mapping) and isinstance(row.get("updated_time"), str)


def _has_news(row: Mapping, position: Position) -> bool:
	if _has_time(row) and moment(row["updated_time"]).timestamp() < position.floor:
		return False
	newest = (row.get("messages") or {}).get("data") or [{}]
	return id_of(newest[0]) not in position.known
