"""What an account's streams read: comments below its posts, pictures that tag it, and a mention that a webhook named."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from social_service.channels.errors import PayloadInvalid, Rejected
from social_service.channels.http import Answer
from social_service.channels.instagram.content import (
	COMMENT,
	MENTION,
	MENTIONED_COMMENT,
	MENTIONED_MEDIA,
	REPLY,
	TAG,
	is_ours,
	parse_comment,
	parse_mentioned_comment,
	parse_mentioned_media,
	parse_tag,
)
from social_service.channels.meta.api import PAGE, Graph, next_of, next_of_list
from social_service.channels.meta.cursor import Position, id_of, time_of
from social_service.channels.meta.rounds import Listed, Source
from social_service.records import Account, Message

READS = "instagram_basic"
COMMENTS = "instagram_manage_comments"
AT_MOST = 300  # posts that a round looks at
YOUNG = timedelta(days=30)  # a post whose replies may be new, where we don't know how many it had
PAGE_OF_COMMENTS = 50  # what Instagram gives at most


class TagSource(Source):
	"""Pictures of others that tag us, newest first."""

	def __init__(self, graph: Graph, us: Account) -> None:
		self.graph, self.us = graph, us

	def reading(self, inside: str, position: Position) -> Answer:
		return self.graph.items(
			f"{self.us.external_id}/tags", COMMENTS, fields=TAG, limit=PAGE, after=position.inside
		)

	def parse(self, item: object, inside: str) -> Message:
		return parse_tag(item, self.us)


class CommentSource(Source):
	"""No address tells the new comments of an account. So each round looks at its posts, old ones too: which have more
	comments than before, or a newest one that we don't know? A new reply to an old comment changes the number alone."""

	newest_first = False  # replies stand with their comment, however old that is

	def __init__(self, graph: Graph, us: Account) -> None:
		self.graph, self.us = graph, us

	def listing(self, position: Position) -> Listed:
		answer = self.graph.items(
			f"{self.us.external_id}/media",
			READS,
			fields="id,timestamp,comments_count,comments.limit(1){id,timestamp}",
			limit=PAGE,
			after=position.listing,
		)
		posts = [one for one in answer.json["data"] if id_of(one)]
		news = tuple(id_of(one) for one in posts if self._has_news(one, position))
		counted = {id_of(one): _count(one) for one in posts if _count(one)}
		is_far_enough = position.listed + len(posts) >= AT_MOST
		return Listed(news, "" if is_far_enough else next_of(answer), counted, len(posts), answer)

	def _has_news(self, post: Mapping, position: Position) -> bool:
		if not _count(post) and not _newest(post):
			return False
		newest = _newest(post)
		if newest and position.is_news(id_of(newest), time_of(newest)):
			return True
		if position.counts:
			return _count(post) != position.counts.get(id_of(post), 0)
		written = time_of(post)
		return written is None or written >= position.floor - YOUNG.total_seconds()

	def reading(self, inside: str, position: Position) -> Answer:
		"""``inside`` is a post, or ``post/comment/token`` where not all replies came along with their comment."""
		post_id, comment_id, token = (*inside.split("/"), "", "")[:3]
		if not comment_id:
			return self._asked(f"{post_id}/comments", COMMENT, position.inside)
		try:
			return self._asked(f"{comment_id}/replies", REPLY, position.inside or token)
		except Rejected as refusal:
			if refusal.reason == "gone" or position.inside:
				raise
			return self._asked(f"{comment_id}/replies", REPLY, "")  # Instagram forgot the token

	def _asked(self, path: str, fields: str, after: str) -> Answer:
		return self.graph.items(path, COMMENTS, fields=fields, limit=PAGE_OF_COMMENTS, after=after)

	def items(self, answer: Answer) -> list:
		found = []
		for comment in answer.json["data"]:
			found += [*reversed(_replies(comment)), comment]  # turned around once more by the reader
		return found

	def deeper(self, answer: Answer, inside: str) -> tuple[str, ...]:
		comments = [one for one in answer.json["data"] if isinstance(one, Mapping)]
		tokens = {id_of(one): next_of_list(one.get("replies")) for one in comments}
		return tuple(f"{inside}/{one}/{token}" for one, token in tokens.items() if one and token)

	def parse(self, item: object, inside: str) -> Message:
		post_id, above, _token = (*inside.split("/"), "", "")[:3]
		return parse_comment(_below(item, above), self.us, post_id)


def mention(graph: Graph, us: Account, key: str) -> Message | None:
	"""``mention:<comment>:<post>``, as a webhook named it. None: gone, or below a post of ours and so in its comments."""
	comment_id, _colon, media_id = key.removeprefix(MENTION).partition(":")
	asked = f"mentioned_media.media_id({media_id}){{{MENTIONED_MEDIA}}}"
	if comment_id:
		asked = f"mentioned_comment.comment_id({comment_id}){{{MENTIONED_COMMENT}}}"
	try:
		told = graph.record(us.external_id, COMMENTS, fields=asked)
	except Rejected as refusal:
		if refusal.reason == "gone":
			return None
		raise
	item = told.get("mentioned_comment" if comment_id else "mentioned_media")
	if not isinstance(item, Mapping):
		return None
	return _mentioned(graph, us, item, is_comment=bool(comment_id))


def _mentioned(graph: Graph, us: Account, item: Mapping, *, is_comment: bool) -> Message | None:
	try:
		if is_comment and is_ours(item.get("media"), us):
			return None
		return parse_mentioned_comment(item, us) if is_comment else parse_mentioned_media(item, us)
	except (TypeError, KeyError, ValueError, AttributeError):
		raise PayloadInvalid(graph.unreadable, raw=str(item)[:500])


def _newest(post: Mapping) -> Mapping | None:
	comments = post.get("comments")
	rows = comments.get("data") if isinstance(comments, Mapping) else None
	return rows[0] if rows and isinstance(rows[0], Mapping) else None


def _count(post: Mapping) -> int:
	told = post.get("comments_count")
	return told if isinstance(told, int) else 0


def _replies(comment: object) -> list:
	"""With the comment that they answer."""
	told = comment.get("replies") if isinstance(comment, Mapping) else None
	rows = told.get("data") if isinstance(told, Mapping) else None
	return [_below(one, id_of(comment)) for one in rows or ()]


def _below(item: object, comment_id: str) -> object:
	if not comment_id or not isinstance(item, Mapping):
		return item
	return {**item, "parent_id": item.get("parent_id") or comment_id}
