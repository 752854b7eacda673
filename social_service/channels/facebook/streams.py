"""What a Page's streams read: posts of visitors, posts that tag it, and the comments below everything on its wall."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from social_service.channels.facebook.content import COMMENT, POST, parse_comment, parse_post
from social_service.channels.http import Answer
from social_service.channels.meta.api import PAGE, Graph, next_of
from social_service.channels.meta.cursor import Position, id_of, time_of
from social_service.channels.meta.rounds import Listed, Source
from social_service.channels.meta.usage import network_time
from social_service.records import Kind, Message

READS_POSTS = "pages_read_user_content"
READS_COMMENTS = "pages_read_engagement"
AT_LEAST, AT_MOST = 200, 2000  # posts of the wall that a round looks at
RECENT = timedelta(days=7)  # all of these, up to AT_MOST


class PostSource(Source):
	"""A list of posts, newest first."""

	def __init__(self, graph: Graph, page_id: str, edge: str, kind: Kind) -> None:
		self.graph, self.page_id, self.edge, self.kind = graph, page_id, edge, kind

	def reading(self, inside: str, position: Position) -> Answer:
		return self.graph.items(
			f"{self.page_id}/{self.edge}",
			READS_POSTS,
			fields=POST,
			limit=PAGE,
			since=position.floor or "",
			after=position.inside,
		)

	def parse(self, item: object, inside: str) -> Message:
		return parse_post(item, self.page_id, self.kind)


class CommentSource(Source):
	"""No address tells the new comments of a Page. So each round looks at the posts of the wall, old ones too: which have a
	comment that we don't know, or more of them than before?"""

	def __init__(self, graph: Graph, page_id: str) -> None:
		self.graph, self.page_id = graph, page_id

	def listing(self, position: Position) -> Listed:
		newest = (
			"comments.filter(stream).order(reverse_chronological).limit(1).summary(true){id,created_time}"
		)
		answer = self.graph.items(
			f"{self.page_id}/feed",
			READS_COMMENTS,
			fields=f"id,created_time,{newest}",
			include_hidden="true",
			limit=PAGE,
			after=position.listing,
		)
		posts = [one for one in answer.json["data"] if id_of(one)]
		news = tuple(id_of(one) for one in posts if self._has_news(one, position))
		counted = {self._short(id_of(one)): _count(one) for one in posts if _count(one)}
		is_far_enough = self._is_far_enough(posts, position, answer)
		token = "" if is_far_enough else next_of(answer)
		return Listed(news, token, counted, len(posts), answer)

	def _has_news(self, post: Mapping, position: Position) -> bool:
		newest = (_comments(post).get("data") or [None])[0]
		if newest and position.is_news(id_of(newest), time_of(newest)):
			return True
		before = position.counts.get(self._short(id_of(post)))
		return before is not None and _count(post) > before

	def _short(self, post_id: str) -> str:
		return post_id.removeprefix(f"{self.page_id}_")

	def _is_far_enough(self, posts: list, position: Position, answer: Answer) -> bool:
		looked_at = position.listed + len(posts)
		times = [at for at in map(time_of, posts) if at is not None]
		recent = network_time(answer.headers).timestamp() - RECENT.total_seconds()
		is_old = not times or max(times) < recent
		return looked_at >= AT_MOST or (looked_at >= AT_LEAST and is_old)

	def reading(self, inside: str, position: Position) -> Answer:
		return self.graph.items(
			f"{inside}/comments",
			READS_COMMENTS,
			fields=COMMENT,
			filter="stream",  # both levels
			order="reverse_chronological",
			limit=PAGE,
			since=position.floor or "",
			after=position.inside,
		)

	def parse(self, item: object, inside: str) -> Message:
		return parse_comment(item, self.page_id, inside)


def _comments(post: Mapping) -> Mapping:
	told = post.get("comments")
	return told if isinstance(told, Mapping) else {}


def _count(post: Mapping) -> int:
	summary = _comments(post).get("summary")
	told = summary.get("total_count") if isinstance(summary, Mapping) else 0
	return told if isinstance(told, int) else 0
