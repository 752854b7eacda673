"""How the simulated Facebook shows its posts and comments: the fields that are asked for, and no other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from social_service.rehearsal.meta_fields import Fields, only, stamp
from social_service.rehearsal.simulated import Post

SITE = "https://www.facebook.com"


class FacebookView:
	"""A part of ``FacebookNetwork``."""

	below: Mapping[str, list[Post]]
	deleted_below: Mapping[str, int]
	page_of: Callable[[Sequence[Post], Mapping, Callable[[Post, Fields], dict]], dict]

	def view(self, post: Post, fields: Fields) -> dict:
		if post.id.startswith("m_"):
			return post.facts["talk"].owner.message(post, fields)
		return only(
			self._comment_fields(post) if "root" in post.facts else self._post_fields(post, fields), fields
		)

	def _common_fields(self, post: Post) -> dict:
		hidden = post.facts.get("is_hidden_author")
		return {
			"id": lambda: post.id,
			"from": lambda: None if hidden else {"name": post.by.name, "id": post.by.id},
			"message": lambda: post.text,
			"created_time": lambda: stamp(post.at),
			"permalink_url": lambda: f"{SITE}/{post.id}",
			"is_hidden": lambda: post.is_hidden,
		}

	def _post_fields(self, post: Post, fields: Fields) -> dict:
		more = {"full_picture": lambda: None, "comments": lambda: self._summary(post, fields)}
		return self._common_fields(post) | more

	def _comment_fields(self, post: Post) -> dict:
		top, talk = post.facts.get("top"), post.facts.get("talk")
		return self._common_fields(post) | {
			"parent": lambda: {"id": top.id, "from": {"name": top.by.name, "id": top.by.id}} if top else None,
			"attachment": lambda: None,
			"can_comment": lambda: True,
			"comment_count": lambda: len(self.below[post.id]),
			"private_reply_conversation": lambda: {"id": talk.id} if talk else None,
		}

	def _summary(self, post: Post, fields: Fields) -> dict:
		modifiers, inner = fields["comments"]
		comments = self.below[post.id]
		page = self.page_of(comments, modifiers, lambda one, _asked: self.view(one, inner))
		deleted = self.deleted_below.get(post.id, 0)
		return page | {"summary": {"order": "reverse_chronological", "total_count": len(comments) - deleted}}
