"""Reading YouTube's two streams page by page: new comments, and replies in threads that grew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from social_service.channels.errors import Rejected
from social_service.channels.google.cursor import Position
from social_service.channels.google.times import milliseconds, network_time
from social_service.channels.http import Answer
from social_service.channels.reading import Broken, read_items
from social_service.channels.youtube.api import YouTubeApi, items_of, token_of
from social_service.channels.youtube.comment import Thread, parse, thread_of
from social_service.channels.youtube.rounds import Round
from social_service.records import Account, Page

COMMENTS, REPLIES = "comments", "replies"
UNKNOWN = (Broken, KeyError, TypeError, ValueError, AttributeError)


def fetch_comments(api: YouTubeApi, us: Account, round_: Round) -> Page:
	"""A refused token begins the round again."""
	try:
		return _comments(api, us, round_)
	except Rejected as refusal:
		if not _is_lost(refusal, round_):
			raise
		return _comments(api, us, round_.begun_again())


def _comments(api: YouTubeApi, us: Account, round_: Round) -> Page:
	answer = api.threads(us.external_id, round_.position.page)
	threads = items_of(answer)
	times = _times([_top(one) for one in threads])
	new = [one for one in reversed(threads) if _is_news(_top(one), times, round_.position)]
	messages, unreadable = read_items(new, lambda one: parse(_top(one), us, thread_of(one)), id_of)
	met = any(at < round_.position.floor for at in times.values())
	position = round_.position.after(times, "" if met else token_of(answer))
	spent = round_.spent.after(answer.headers)
	return Page(
		messages,
		Round(position, spent).text(),
		more=bool(position.page),
		unreadable=unreadable,
		rate=spent.rate(COMMENTS, answer.headers),
	)


def fetch_replies(api: YouTubeApi, us: Account, round_: Round) -> Page:
	"""A refused token begins the round again; what it delivered already is known."""
	try:
		return _replies(api, us, round_)
	except Rejected as refusal:
		if not _is_lost(refusal, round_):
			raise
		return _replies(api, us, round_.begun_again())


def _replies(api: YouTubeApi, us: Account, round_: Round) -> Page:
	"""One call: a page of threads, or of the replies in one of them."""
	if round_.waiting:
		return _read(api, us, round_)
	answer = api.threads(us.external_id, round_.position.page)
	at = round(network_time(answer.headers).timestamp() * 1000)
	return _page(round_.after_listing(_counted(items_of(answer)), token_of(answer), at), answer)


def _read(api: YouTubeApi, us: Account, round_: Round) -> Page:
	thread = round_.waiting[0]
	answer = _asked(api, thread, round_.inside)
	if answer is None:
		left = round_.after_reading({}, "")
		return Page((), (left.closed() if left.is_over else left).text(), more=not left.is_over)
	replies = items_of(answer)
	times = _times(replies)
	new = [one for one in replies if _is_news(one, times, round_.position)]
	new.sort(key=lambda one: times.get(id_of(one), 0))
	messages, unreadable = read_items(new, lambda one: parse(one, us, thread), id_of)
	page = _page(round_.after_reading(times, token_of(answer)), answer)
	return replace(page, messages=messages, unreadable=unreadable)


def _page(round_: Round, answer: Answer) -> Page:
	spent = round_.spent.after(answer.headers)
	after = replace(round_, spent=spent)
	cursor = (after.closed() if after.is_over else after).text()
	return Page((), cursor, more=not after.is_over, rate=spent.rate(REPLIES, answer.headers))


def _is_lost(refusal: Rejected, round_: Round) -> bool:
	return refusal.status == 400 and bool(round_.position.page or round_.inside)


def _asked(api: YouTubeApi, thread: Thread, page: str) -> Answer | None:
	"""None: it was deleted since it was listed."""
	try:
		return api.replies(thread.id, page)
	except Rejected as refusal:
		if refusal.reason != "gone":
			raise
		return None


def _counted(threads: Sequence[object]) -> list[tuple[Thread, int]]:
	"""What can't be read is told in the stream of comments."""
	found = []
	for one in threads:
		try:
			found.append((thread_of(one), int(one["snippet"]["totalReplyCount"])))
		except UNKNOWN:
			continue
	return found


def _top(thread: object) -> object:
	try:
		return thread["snippet"]["topLevelComment"]
	except (KeyError, TypeError):
		return {}


def _times(comments: Sequence[object]) -> dict[str, int]:
	times = {}
	for one in comments:
		try:
			times[id_of(one)] = milliseconds(one["snippet"]["publishedAt"])
		except UNKNOWN:
			continue
	return times


def _is_news(comment: object, times: Mapping[str, int], position: Position) -> bool:
	"""What has no id or time can't be known: it is told each time, and stored once."""
	known = id_of(comment)
	return known not in times or position.is_news(known, times[known])


def id_of(told: object) -> str:
	return str(told.get("id") or "") if isinstance(told, Mapping) else ""
