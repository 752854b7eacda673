"""What the simulated X answers to reading calls: timelines page by page, single posts, direct messages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta, timezone
from itertools import islice, takewhile
from typing import TYPE_CHECKING

from social_service.rehearsal.x_search import matches
from social_service.rehearsal.x_view import View, invalid, read_asked
from social_service.rehearsal.x_world import Post, Refused, first_id, moment, not_found, shown_id

if TYPE_CHECKING:
	from social_service.rehearsal.x_api import Api, Call

SEARCH_REACH = timedelta(days=7)
DM_REACH = timedelta(days=30)


def me(api: Api, call: Call) -> tuple[int, dict]:
	return 200, {"data": _view(api, call).user(call.me)}


def mentions(api: Api, call: Call) -> tuple[int, dict]:
	if call.parts[0] != call.me.id:
		raise Refused(403, title="Forbidden", detail="You can read your own mentions only.")
	posts = (
		post
		for post in api.world.newest_first()
		if post.author is not call.me and not post.repost_of and call.me in api.world.named(post)
	)
	return 200, _page(api, call, posts, "pagination_token", smallest=5)


def timeline(api: Api, call: Call) -> tuple[int, dict]:
	posts = (post for post in api.world.newest_first() if post.author.id == call.parts[0])
	return 200, _page(api, call, posts, "pagination_token", smallest=5)


def search(api: Api, call: Call) -> tuple[int, dict]:
	oldest, query = api.world.now - SEARCH_REACH, call.query.get("query", "")
	if not query or len(query) > 512:
		raise invalid("query", query)
	for name, when in (("since_id", moment), ("start_time", _time)):
		value = call.query.get(name)
		if value and when(value) < oldest:
			raise invalid(name, value, f"'{name}' must be later than {oldest.isoformat()}")
	posts = (
		post
		for post in api.world.newest_first()
		if moment(post.id) >= oldest and matches(query, post, api.world)
	)
	return 200, _page(api, call, posts, "next_token", smallest=10)


def counts(api: Api, call: Call) -> tuple[int, dict]:
	"""In whole, without the row for each day that X gives too."""
	query, oldest = call.query.get("query", ""), api.world.now - SEARCH_REACH
	since, until = (_time(call.query[name]) for name in ("start_time", "end_time"))
	if since < oldest or until > api.world.now:
		raise invalid("start_time", call.query["start_time"])
	posts = (post for post in api.world.newest_first() if since <= moment(post.id) < until)
	return 200, {
		"data": [],
		"meta": {"total_tweet_count": sum(matches(query, one, api.world) for one in posts)},
	}


def _page(api: Api, call: Call, posts: Iterable[Post], token_name: str, smallest: int) -> dict:
	query = call.query
	if ("since_id" in query or "until_id" in query) and ("start_time" in query or "end_time" in query):
		raise invalid(
			"since_id",
			query.get("since_id", ""),
			"Invalid use of 'since_id' in conjunction with 'start_time'",
		)
	size, below, above = _size(query, smallest), _token(query, token_name), _floor(query)
	younger = takewhile(lambda post: int(post.id) > above, posts)
	fitting = list(islice((post for post in younger if int(post.id) < below), size + 1))
	shown = fitting[:size]
	if not _is_looking_up(call):
		_serve(api, shown)
	meta: dict = {"result_count": len(shown)}
	if shown:
		meta |= {"newest_id": shown[0].id, "oldest_id": shown[-1].id}
	if len(fitting) > size:
		meta["next_token"] = f"b26v{shown[-1].id}"
	return _view(api, call).answer(shown, meta)


def lookup(api: Api, call: Call) -> tuple[int, dict]:
	ids = [one for one in call.query.get("ids", "").split(",") if one]
	if not 1 <= len(ids) <= 100 or not all(one.isdigit() for one in ids):
		raise invalid("ids", call.query.get("ids", ""))
	view, found, errors = _view(api, call), [], []
	for one in ids:
		post = api.world.posts.get(one)
		if post is None or post.is_deleted:
			errors.append(not_found(one, "post" if api.spelling == "new" else "tweet"))
		else:
			found.append((one, post))
	body = view.answer([post for _one, post in found])
	if found:
		body["data"] = [view.post(post, one) for one, post in found]
	return 200, body | ({"errors": errors} if errors else {})


def dm_events(api: Api, call: Call) -> tuple[int, dict]:
	size, below = _size(call.query, 1), _token(call.query, "pagination_token")
	fitting = [
		one
		for one in api.world.dms_of(call.me)
		if "MessageCreate" in call.query.get("event_types", "MessageCreate")
		and int(one.id) < below
		and moment(one.id) >= api.world.now - DM_REACH
		and (not call.parts or one.conversation == call.parts[0])
	]
	shown = fitting[:size]
	if not call.parts:
		_serve(api, shown)
	meta: dict = {"result_count": len(shown)}
	if len(fitting) > size:
		meta["next_token"] = f"b26v{shown[-1].id}"
	return 200, _view(api, call).answer(shown, meta)


def _is_looking_up(call: Call) -> bool:
	"""Reading a thread or one's own timeline is no stream: what is found there was not handed to us to listen."""
	return "conversation_id:" in call.query.get("query", "") or (
		call.path.endswith("/tweets") and call.path.count("/") > 2
	)


def dm_event(api: Api, call: Call) -> tuple[int, dict]:
	message = api.world.dms.get(call.parts[0])
	if message is None or message.is_deleted or call.me not in (message.author, message.to):
		raise Refused(404, **not_found(call.parts[0], "dm_event"))
	body = _view(api, call).answer([message])
	return 200, body | {"data": body["data"][0]}


def _serve(api: Api, items: list) -> None:
	for item in items:
		api.ledger.served[shown_id(item)] = None


def _view(api: Api, call: Call) -> View:
	return View(api.world, read_asked(call.query, api.spelling))


def _size(query: Mapping[str, str], smallest: int) -> int:
	size = query.get("max_results", str(max(10, smallest)))
	if not size.isdigit() or not smallest <= int(size) <= 100:
		raise invalid("max_results", size)
	return int(size)


def _token(query: Mapping[str, str], name: str) -> int:
	token = query.get(name, "")
	if token and not re.fullmatch(r"b26v\d+", token):
		raise invalid(name, token)
	return int(token[4:]) if token else 1 << 63


def _floor(query: Mapping[str, str]) -> int:
	"""The id after which posts are wanted."""
	start = first_id(_time(query["start_time"])) - 1 if "start_time" in query else 0
	return max(start, int(query.get("since_id", 0)))


def _time(text: str) -> datetime:
	return datetime.strptime(text[:19], "%Y-%m-%dT%H:%M:%S").replace(tzinfo=timezone.utc)
