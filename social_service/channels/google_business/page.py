"""One page of a place's reviews: what is news of it, and where the next one begins. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from social_service.channels.google.api import unexpected
from social_service.channels.google.cursor import Position
from social_service.channels.google.times import milliseconds
from social_service.channels.google_business.review import id_of, parse, parse_reply
from social_service.channels.reading import Broken, read_items
from social_service.records import Account, Page

UNKNOWN = (Broken, KeyError, TypeError, ValueError, AttributeError)


def read_page(body: Mapping, position: Position, us: Account | None, url: str) -> Page:
	reviews = body.get("reviews") or []
	if not isinstance(reviews, list) or not (reviews or _is_empty(body)):
		raise unexpected(body)
	times = _times(reviews)
	new = [one for one in reversed(reviews) if _is_news(one, times, position)]
	messages, unreadable = read_items(new, lambda one: parse(one, url), id_of)
	answered = [one for one in new if isinstance(one, Mapping) and one.get("reviewReply")]
	answers, _told_already = read_items(answered, lambda one: parse_reply(one, us, url), id_of)
	met = any(at < position.floor for at in times.values())
	token = "" if met else str(body.get("nextPageToken") or "")
	return Page(
		(*messages, *answers), position.after(times, token).text(), more=bool(token), unreadable=unreadable
	)


def _is_empty(body: Mapping) -> bool:
	"""A place without reviews answers ``{}``, or counts of zero."""
	return not body or "totalReviewCount" in body or "averageRating" in body


def _times(reviews: Sequence[object]) -> dict[str, int]:
	times = {}
	for one in reviews:
		try:
			times[_key(one)] = milliseconds(one["updateTime"])
		except UNKNOWN:
			continue
	return times


def _key(review: Mapping) -> str:
	"""When it was changed it comes again."""
	return f"{id_of(review).rpartition('/')[2]}@{review['updateTime']}"


def _is_news(review: object, times: Mapping[str, int], position: Position) -> bool:
	"""What has no time or name can't be known: it is told each time, and stored once."""
	try:
		key = _key(review)
	except UNKNOWN:
		return True
	return key not in times or position.is_news(key, times[key])
