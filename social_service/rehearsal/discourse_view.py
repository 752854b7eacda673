"""How a Discourse forum tells its posts, topics and users in JSON."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from social_service.rehearsal.simulated import Person, Post

AVATAR = "/letter_avatar_proxy/v4/letter/{}/ea5d25/{{size}}.png"
NAMED = re.compile(r"(?<![\w/])@(\w[\w.-]*)")
LINK = re.compile(r"https?://[^\s<]+")
GONE = "(post deleted by author)"


@dataclass(eq=False)
class Topic:
	id: int
	title: str
	by: Person
	category: int = 4
	allowed: frozenset[str] = frozenset()  # handles; only of private messages
	posts: list[Post] = field(default_factory=list)

	@property
	def is_private(self) -> bool:
		return bool(self.allowed)

	@property
	def archetype(self) -> str:
		return "private_message" if self.is_private else "regular"

	@property
	def slug(self) -> str:
		return re.sub(r"[^a-z0-9]+", "-", self.title.lower()).strip("-")[:50] or "topic"


def written(moment: datetime) -> str:
	return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}Z"


def cooked(text: str, people: Mapping[str, Person], quoted: Post | None = None) -> str:
	"""HTML: paragraphs, mentions of people who are there, links."""
	blocks = [_inline(block, people) for block in text.split("\n\n")]
	return _quote(quoted) + "\n".join(f"<p>{block}</p>" for block in blocks)


def _inline(text: str, people: Mapping[str, Person]) -> str:
	def mention(found: re.Match) -> str:
		name = found[1].rstrip(".-")
		known = name in people
		return (
			f'<a class="mention" href="/u/{name}">@{name}</a>{found[1][len(name) :]}' if known else found[0]
		)

	shown = LINK.sub(
		lambda one: f'<a href="{one[0]}" rel="noopener nofollow ugc">{one[0]}</a>', html.escape(text)
	)
	return NAMED.sub(mention, shown).replace("\n", "<br>\n")


def _quote(quoted: Post | None) -> str:
	if not quoted:
		return ""
	who, topic = quoted.by.handle, quoted.facts["topic"].id
	place = f'data-username="{who}" data-post="{quoted.facts["number"]}" data-topic="{topic}"'
	words = f"<blockquote>\n<p>{html.escape(quoted.text)}</p>\n</blockquote>"
	return f'<aside class="quote no-group" {place}>\n<div class="title">{who}:</div>\n{words}\n</aside>\n'


def basic_user(person: Person) -> dict:
	avatar = AVATAR.format(person.handle[:1])
	return {"id": int(person.id), "username": person.handle, "name": person.name, "avatar_template": avatar}


def post_view(post: Post, viewer: Person | None, people: Mapping[str, Person], *, raw: bool) -> dict:
	topic: Topic = post.facts["topic"]
	answered: Post | None = post.facts.get("answered")
	text = GONE if post.is_deleted else post.text
	told = {
		"id": int(post.id),
		"name": post.by.name,
		"username": post.by.handle,
		"avatar_template": AVATAR.format(post.by.handle[:1]),
		"created_at": written(post.at),
		"cooked": cooked(text, people, None if post.is_deleted else post.facts.get("quoted")),
		"post_number": post.facts["number"],
		"post_type": 1,
		"posts_count": len(topic.posts),
		"updated_at": written(post.edited_at or post.at),
		"reply_count": 0,
		"reply_to_post_number": answered.facts["number"] if answered else None,
		"quote_count": 0,
		"incoming_link_count": 0,
		"reads": 1,
		"readers_count": 0,
		"score": 0.2,
		"yours": post.by is viewer,
		"topic_id": topic.id,
		"topic_slug": topic.slug,
		"display_username": post.by.name,
		"version": post.facts.get("version", 1),
		"can_edit": post.by is viewer,
		"can_delete": post.by is viewer,
		"user_title": None,
		"bookmarked": False,
		"actions_summary": [],
		"moderator": False,
		"admin": False,
		"staff": False,
		"user_id": int(post.by.id),
		"hidden": post.is_hidden,
		"trust_level": 1,
		"deleted_at": None,
		"user_deleted": post.is_deleted,
		"edit_reason": None,
		"wiki": False,
		"post_url": f"/t/{topic.slug}/{topic.id}/{post.facts['number']}",
	}
	if answered:
		told["reply_to_user"] = basic_user(answered.by)
	return told | ({"raw": text} if raw else {})


def in_topic(post: Post, viewer: Person, people: Mapping[str, Person], *, raw: bool) -> dict:
	"""Inside of its topic a post tells less."""
	told = post_view(post, viewer, people, raw=raw)
	return {key: value for key, value in told.items() if key not in ("post_url", "posts_count")}


def concerns(post: Post, us: Person) -> bool:
	"""It is ours, or names, answers or quotes us."""
	linked = [post.facts.get("answered"), post.facts.get("quoted")]
	named = re.search(rf"(?<![\w/])@{re.escape(us.handle)}\b", post.text)
	return post.by is us or bool(named) or any(one and one.by is us for one in linked)


def titled(post: Post) -> dict:
	"""What the lists of posts and the webhooks say of the topic."""
	topic: Topic = post.facts["topic"]
	told = {"topic_title": topic.title, "topic_html_title": html.escape(topic.title)}
	return told if topic.is_private else told | {"category_id": topic.category}


def topic_view(topic: Topic, posts: list[dict], people: Mapping[str, Person]) -> dict:
	first, last = topic.posts[0], topic.posts[-1]
	details = {
		"created_by": basic_user(topic.by),
		"last_poster": basic_user(last.by),
		"notification_level": 3,
	}
	if topic.is_private:
		details |= {
			"allowed_users": [basic_user(people[one]) for one in sorted(topic.allowed)],
			"allowed_groups": [],
		}
	return {
		"id": topic.id,
		"title": topic.title,
		"fancy_title": html.escape(topic.title),
		"slug": topic.slug,
		"archetype": topic.archetype,
		"category_id": None if topic.is_private else topic.category,
		"posts_count": len(topic.posts),
		"highest_post_number": len(topic.posts),
		"created_at": written(first.at),
		"last_posted_at": written(last.at),
		"closed": False,
		"archived": False,
		"visible": True,
		"user_id": int(topic.by.id),
		"post_stream": {"posts": posts, "stream": [int(post.id) for post in topic.posts]},
		"details": details,
	}
