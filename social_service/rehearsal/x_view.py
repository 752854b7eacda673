"""How the simulated X shows its things: only the fields that were asked for, in the spelling that was asked in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zlib import crc32

from social_service.channels.x.links import replaced
from social_service.rehearsal.x_world import NAME, DirectMessage, Person, Post, Refused, World, moment

NEW_NAMES = {
	"referenced_tweets": "referenced_posts",
	"edit_history_tweet_ids": "edit_history_post_ids",
	"note_tweet": "note_post",
}
# since the renaming these come by expansion and are no fields
BY_EXPANSION = {"author_id", "edit_history_tweet_ids", "in_reply_to_user_id", "referenced_tweets"}
PLAIN_FIELDS = {"attachments", "conversation_id", "created_at", "entities", "id", "lang", "note_tweet"}
PLAIN_FIELDS |= {"possibly_sensitive", "public_metrics", "reply_settings", "text"}
POST_FIELDS = PLAIN_FIELDS | BY_EXPANSION
USER_FIELDS = {"created_at", "id", "name", "profile_image_url", "public_metrics", "url", "username"}
MEDIA_FIELDS = {"media_key", "preview_image_url", "type", "url", "variants"}
DM_FIELDS = {
	"attachments",
	"created_at",
	"dm_conversation_id",
	"entities",
	"event_type",
	"id",
	"sender_id",
	"text",
}
COUNTS = ("like_count", "reply_count", "quote_count", "bookmark_count", "impression_count")
LONG = 280


@dataclass(frozen=True)
class Asked:
	"""What a request wants to see, in the old names."""

	is_new: bool
	post: frozenset[str]
	user: frozenset[str]
	media: frozenset[str]
	dm: frozenset[str]
	expansions: frozenset[str]


def read_asked(query: Mapping[str, str], spelling: str) -> Asked:
	"""``spelling``: old, new or both, as the network is set; an unknown field is a 400 as at X."""
	if spelling == "new" and "tweet.fields" in query:
		raise invalid("tweet.fields", query["tweet.fields"])
	if spelling == "old" and "post.fields" in query:
		raise invalid("post.fields", query["post.fields"])
	is_new = "post.fields" in query or spelling == "new"
	old_names = {new: old for old, new in NEW_NAMES.items()} if is_new else {}
	known = PLAIN_FIELDS if is_new else POST_FIELDS
	post = _names(query, "post.fields" if is_new else "tweet.fields", known, old_names)
	expansions = frozenset(filter(None, query.get("expansions", "").split(",")))
	if is_new:
		post |= {old_names.get(name, name) for name in expansions} & BY_EXPANSION
	return Asked(
		is_new,
		post | {"id", "text"} | (set() if is_new else {"edit_history_tweet_ids"}),
		_names(query, "user.fields", USER_FIELDS, {}) | {"id", "name", "username"},
		_names(query, "media.fields", MEDIA_FIELDS, {}) | {"media_key", "type"},
		_names(query, "dm_event.fields", DM_FIELDS, {}) | {"id", "text", "event_type"},
		expansions,
	)


def _names(
	query: Mapping[str, str], parameter: str, known: set[str], old_names: Mapping[str, str]
) -> frozenset[str]:
	names = {old_names.get(name, name) for name in query.get(parameter, "").split(",") if name}
	if unknown := names - known:
		raise invalid(parameter, ",".join(sorted(unknown)))
	return frozenset(names)


def invalid(parameter: str, value: str, message: str = "") -> Refused:
	return Refused(
		400,
		title="Invalid Request",
		detail="One or more parameters to your request was invalid.",
		type="https://api.x.com/2/problems/invalid-request",
		errors=[
			{"parameters": {parameter: [value]}, "message": message or f"The `{parameter}` is not valid."}
		],
	)


class View:
	def __init__(self, world: World, asked: Asked) -> None:
		self.world, self.asked = world, asked

	def answer(self, items: list[Post] | list[DirectMessage], meta: dict | None = None) -> dict:
		shown = [self.post(item) if isinstance(item, Post) else self.dm(item) for item in items]
		body: dict = {"data": shown} if shown else {}
		included = self._includes(items)
		return body | ({"includes": included} if included else {}) | ({"meta": meta} if meta else {})

	def post(self, post: Post, post_id: str = "") -> dict:
		post_id = post_id or post.id
		text = post.prefix + (post.older.get(post_id, post.text))
		short, entities = self._written(text, post)
		whole = {
			"id": post_id,
			"text": short if len(short) <= LONG else short[: LONG - 1] + "…",
			"author_id": post.author.id,
			"conversation_id": post.conversation,
			"created_at": iso(moment(post_id)),
			"lang": post.lang,
			"edit_history_tweet_ids": list(post.versions),
			"entities": entities if len(short) <= LONG else _within(entities, LONG - 1),
			"note_tweet": {"text": short, "entities": entities} if len(short) > LONG else None,
			"referenced_tweets": self._references(post),
			"in_reply_to_user_id": self.world.posts[post.reply_to].author.id if post.reply_to else None,
			"attachments": {"media_keys": [f"3_{post.id}"]} if post.media else None,
			"possibly_sensitive": False,
			"reply_settings": "everyone",
			"public_metrics": _metrics((*COUNTS, "repost_count" if self.asked.is_new else "retweet_count")),
		}
		return self._chosen(whole, self.asked.post)

	def _chosen(self, whole: dict, names: Iterable[str]) -> dict:
		rename = NEW_NAMES if self.asked.is_new else {}
		return {
			rename.get(key, key): whole[key]
			for key in whole
			if key in names and whole[key] not in (None, [], {})
		}

	def _references(self, post: Post) -> list[dict]:
		kinds = (("replied_to", post.reply_to), ("quoted", post.quote_of), ("retweeted", post.repost_of))
		return [{"type": kind, "id": post_id} for kind, post_id in kinds if post_id]

	def _written(self, text: str, post: Post) -> tuple[str, dict]:
		"""X's text: links shortened, three signs escaped, a quoted post as a link; and where the names and links stand."""
		quoted = self.world.posts.get(post.quote_of)
		if quoted:
			text += f" https://twitter.com/{quoted.author.handle}/status/{quoted.id}"
		text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
		links: list[dict] = []
		short = replaced(text, lambda found: _shorten(found, links))
		for link in links:
			link["start"] = short.index(link["url"])
			link["end"] = link["start"] + len(link["url"])
		mentions = [
			{"start": found.start(), "end": found.end(), "username": person.handle, "id": person.id}
			for found in NAME.finditer(short)
			if (person := self.world.handles.get(found[1].casefold()))
		]
		return short, {key: value for key, value in (("mentions", mentions), ("urls", links)) if value}

	def user(self, person: Person) -> dict:
		whole = {
			"id": person.id,
			"name": person.name,
			"username": person.handle,
			"created_at": iso(moment(person.id)),
			"profile_image_url": f"https://pbs.twimg.com/profile_images/{person.id}/normal.jpg",
			"url": "",
			"public_metrics": {
				**_metrics(
					("following_count", "listed_count", "post_count" if self.asked.is_new else "tweet_count")
				),
				"followers_count": person.followers,
			},
		}
		return {key: whole[key] for key in whole if key in self.asked.user}

	def dm(self, message: DirectMessage) -> dict:
		whole = {
			"id": message.id,
			"text": message.text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"),
			"event_type": "MessageCreate",
			"created_at": iso(moment(message.id)),
			"sender_id": message.author.id,
			"dm_conversation_id": message.conversation,
		}
		return {key: whole[key] for key in whole if key in self.asked.dm}

	def _includes(self, items: list[Post] | list[DirectMessage]) -> dict:
		wanted, users, posts, media = self.asked.expansions, {}, {}, []
		for item in items:
			if wanted & {"author_id", "sender_id"}:
				users[item.author.id] = self.user(item.author)
			if isinstance(item, DirectMessage):
				continue
			if wanted & {"referenced_tweets.id", "referenced_posts"}:
				referred = [self.world.posts[one["id"]] for one in self._references(item)]
				posts |= {post.id: self.post(post) for post in referred if not post.is_deleted}
			if "in_reply_to_user_id" in wanted and item.reply_to:
				person = self.world.posts[item.reply_to].author
				users[person.id] = self.user(person)
			if "attachments.media_keys" in wanted and item.media:
				whole = {"media_key": f"3_{item.id}", "type": "photo", "url": item.media}
				media.append({key: whole[key] for key in whole if key in self.asked.media})
		name = "posts" if self.asked.is_new else "tweets"
		parts = {"users": list(users.values()), name: list(posts.values()), "media": media}
		return {key: value for key, value in parts.items() if value}


def _shorten(link: str, links: list[dict]) -> str:
	plain = link.replace("&amp;", "&")
	whole = plain if "://" in plain else f"http://{plain}"
	short = f"https://t.co/{crc32(f'{whole} {len(links)}'.encode()):010d}"
	links.append({"url": short, "expanded_url": whole, "display_url": whole.split("://", 1)[1][:26]})
	return short


def _within(entities: dict, end: int) -> dict:
	kept = {key: [one for one in found if one["end"] <= end] for key, found in entities.items()}
	return {key: found for key, found in kept.items() if found}


def _metrics(names: Iterable[str]) -> dict[str, int]:
	return dict.fromkeys(names, 0)


def iso(when: datetime) -> str:
	return when.strftime("%Y-%m-%dT%H:%M:%S.") + f"{when.microsecond // 1000:03d}Z"
