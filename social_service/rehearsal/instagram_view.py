"""How the simulated Instagram shows its posts, comments and people: the fields that are asked for, and no other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from social_service.rehearsal.meta_fields import Fields, invalid, only, stamp
from social_service.rehearsal.meta_graph import unknown_object
from social_service.rehearsal.meta_talks import Talks
from social_service.rehearsal.simulated import Person, Post

SITE = "https://www.instagram.com"


class InstagramTalks(Talks):
	prefix = "aWdf"

	def named(self, person: Person) -> dict:
		return {"username": person.handle, "id": person.id}


class InstagramView:
	"""A part of ``InstagramNetwork``."""

	below: Mapping[str, list[Post]]
	counts: Mapping[str, int]
	mentions: Mapping[tuple[bool, str], Post]
	note_served: Callable[..., None]
	page_of: Callable[[Sequence[Post], Mapping, Callable[[Post, Fields], dict]], dict]

	def view(self, post: Post, fields: Fields) -> dict:
		if post.id.startswith("aWdf"):
			return post.facts["talk"].owner.message(post, fields)
		if post.id.startswith("mention:"):
			raise unknown_object(post.id)  # only through the field of the account
		return only(
			self._comment_fields(post, fields) if "root" in post.facts else self._media_fields(post, fields),
			fields,
		)

	def mentioned(self, fields: Fields, company: Person) -> dict:
		"""``mentioned_comment.comment_id(1){id,text}`` or ``mentioned_media.media_id(2){id}``."""
		told: dict = {"id": company.id}
		for name, (modifiers, inner) in fields.items():
			key = {"mentioned_comment": "comment_id", "mentioned_media": "media_id"}.get(name)
			if key is None:
				raise invalid(f"Tried accessing nonexisting field ({name})")
			told[name] = self._mentioned(name, modifiers.get(key, ""), inner)
		return told

	def _mentioned(self, name: str, wanted: str, fields: Fields) -> dict:
		post = self.mentions.get((name == "mentioned_comment", wanted))
		if post is None or post.is_deleted:
			raise unknown_object(wanted)
		self.note_served(post)
		root: Post = post.facts["elsewhere"]
		_mention, comment_id, media_id = post.id.split(":")
		if not comment_id:
			return only(self._media_fields(post, fields, media_id), fields)
		media = {"id": media_id, "permalink": f"{SITE}/p/{media_id}/", "username": root.by.handle}
		known = self._written(post, comment_id) | {"text": lambda: post.text, "media": lambda: media}
		return only(known, fields)

	def _written(self, post: Post, shown_id: str) -> dict:
		return {
			"id": lambda: shown_id,
			"timestamp": lambda: stamp(post.at),
			"username": lambda: post.by.handle,
			"like_count": lambda: 0,
		}

	def _media_fields(self, post: Post, fields: Fields, shown_id: str = "") -> dict:
		name = shown_id or post.id.removeprefix("tag:")
		return self._written(post, name) | {
			"caption": lambda: post.text,
			"media_type": lambda: "IMAGE",
			"media_url": lambda: None,
			"permalink": lambda: f"{SITE}/p/{name}/",
			"comments_count": lambda: self.counts[post.id],
			"comments": lambda: self._nested("comments", post, fields),
		}

	def _comment_fields(self, post: Post, fields: Fields) -> dict:
		top, root = post.facts.get("top"), post.facts["root"]
		media = {"id": root.id, "permalink": f"{SITE}/p/{root.id}/"}
		return self._written(post, post.id) | {
			"text": lambda: post.text,
			"from": lambda: {"id": post.by.id, "username": post.by.handle},
			"hidden": lambda: post.is_hidden,
			"parent_id": lambda: top.id if top else None,
			"media": lambda: media,
			"replies": lambda: self._nested("replies", post, fields),
		}

	def _nested(self, name: str, post: Post, fields: Fields) -> dict | None:
		modifiers, inner = fields[name]
		page = self.page_of(self.below[post.id], modifiers, lambda one, _asked: self.view(one, inner))
		if "permalink" in inner.get("media", ({}, {}))[1]:
			shown = {one["id"] for one in page["data"]}
			self.note_served(*(one for one in self.below[post.id] if one.id in shown))
		return page if page["data"] else None
