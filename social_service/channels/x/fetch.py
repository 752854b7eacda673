"""Reading X's streams page by page: what to ask for at a position, and where the answer leads."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from social_service.channels.errors import PayloadInvalid, Rejected
from social_service.channels.x import prices, read
from social_service.channels.x.client import PAGE, XClient
from social_service.channels.x.cursor import (
	DM_REACH,
	Position,
	id_time,
	number,
	read_time,
	write_position,
	written,
)
from social_service.records import Account, Gap, Page
from social_service.sentence import _

MENTIONS, DMS, SEARCH = "mentions", "dms", "search:"
PAGE_TOKENS = ("pagination_token", "next_token")
FEW_DMS = 10  # X takes no mark here and bills whatever it hands out: where we have been before, the head is asked for first


def fetch_posts(client: XClient, us: Account, stream: str, position: Position) -> Page:
	"""A refused page token begins the round again; a refused mark goes on by time and says what is lost."""
	gap = None
	try:
		body = _ask(client, us, stream, position)
	except Rejected as refusal:
		if refusal.reason != "cursor":
			raise
		if refusal.code in PAGE_TOKENS:
			position = replace(position, page="", begun="")
		else:
			position, lost_from = position.by_time(client.now)
			gap = _gap(lost_from, position.start_time)
		body = _ask(client, us, stream, position)
	return replace(_page(client, us, stream, position, body), gap=gap)


def _ask(client: XClient, us: Account, stream: str, position: Position) -> dict:
	asked = dict(client.post_fields, max_results=PAGE)
	if position.start_time:  # X takes one of the two, never both
		asked["start_time"] = position.start_time
	elif position.since_id:
		asked["since_id"] = position.since_id
	if stream == MENTIONS:
		return client.get_mentions(us.external_id, pagination_token=position.page or None, **asked)
	return client.search_tweets(stream.removeprefix(SEARCH), next_token=position.page or None, **asked)


def count_posts(client: XClient, stream: str, since: datetime, until: datetime) -> int:
	span = {"start_time": written(since), "end_time": written(until), "granularity": "day"}
	body = client.get_tweets_counts(stream.removeprefix(SEARCH), **span, return_json=True)
	try:
		return int(body["meta"]["total_tweet_count"])
	except (KeyError, TypeError, ValueError):
		raise PayloadInvalid(
			_("X did not say how many posts there are. We ask again by ourselves.")
		) from None


def _gap(lost_from: datetime | None, until: str) -> Gap | None:
	if lost_from is None:
		return None
	reason = _("X searches back seven days only. Search on x.com for what was posted before {0}.", until)
	return Gap(lost_from, read_time(until), reason)


def _page(client: XClient, us: Account, stream: str, position: Position, body: dict) -> Page:
	read.require_page(body)
	messages, broken = read.read_posts(body, us)
	token = read.next_token(body)
	position_after = position.after_page(_ids(body), token, client.now)
	return Page(
		messages=tuple(reversed(messages)),
		cursor=write_position(position_after),
		more=bool(token),
		unreadable=tuple(broken),
		rate=client.rate,
		cost=prices.of_answer(body, prices.OWNED_READ if stream == MENTIONS else prices.POST_READ),
	)


def _ids(body: dict) -> list[str]:
	found = (item.get("id") for item in read.items_of(body) if isinstance(item, dict))
	return [item_id for item_id in found if isinstance(item_id, str) and item_id.isdigit()]


def fetch_dms(client: XClient, us: Account, position: Position) -> Page:
	"""X takes no mark here: we page back ourselves until we meet what is known."""
	is_head = position.since_id and not position.page
	asked = client.dm_fields | ({"max_results": FEW_DMS} if is_head else {})
	try:
		body = client.get_dm_events(pagination_token=position.page or None, **asked)
	except Rejected as refusal:
		if refusal.reason != "cursor":
			raise
		position = replace(position, page="", begun="")
		body = client.get_dm_events(**client.dm_fields)
	read.require_page(body)
	ids = _ids(body)
	new = {item_id for item_id in ids if not _is_before(item_id, position)}
	token = read.next_token(body)
	met = not new.issuperset(ids)
	messages, broken = read.read_dms(body, us)
	return Page(
		messages=tuple(one for one in reversed(messages) if one.external_id.removeprefix(read.DM) in new),
		cursor=write_position(position.after_page(ids, "" if met else token, client.now)),
		more=bool(token) and not met,
		unreadable=tuple(
			one for one in broken if one.external_id.removeprefix(read.DM) not in set(ids) - new
		),
		gap=None if met or token else _dm_gap(position, client.now),
		rate=client.rate,
		cost=prices.of_answer(body, prices.DM_READ),
	)


def _is_before(item_id: str, position: Position) -> bool:
	if position.since_id:
		return position.knows(item_id)
	return (
		bool(position.start_time)
		and number(item_id) >= 0
		and id_time(item_id) < read_time(position.start_time)
	)


def _dm_gap(position: Position, now: datetime) -> Gap | None:
	"""The whole list was read and our mark is not in it: it may be older than X keeps."""
	if not position.since_id or id_time(position.since_id) >= now - DM_REACH:
		return None
	known = read_time(position.checked) if position.checked else id_time(position.since_id)
	if known >= now - DM_REACH:
		return None
	reason = _("X gives direct messages of the last 30 days only. Open the older ones on x.com.")
	return Gap(known, now - DM_REACH, reason)
