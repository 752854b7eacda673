"""A simulated Facebook behind real HTTP on loopback: ``python -m social_service.rehearsal.facebook_network --clock ISO``.

The company's Page: what people post there, comment, say about it elsewhere (``place``: "tagged"), write to it. Pushes are
signed with ``APP_SECRET``. Its own refusals, as faults: revoked, transient, policy, duplicate, window_closed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from social_service.rehearsal.facebook_pushes import FacebookPushes
from social_service.rehearsal.facebook_view import SITE, FacebookView
from social_service.rehearsal.meta_fields import Fields, only
from social_service.rehearsal.meta_graph import GraphNetwork, invalid, unknown_object
from social_service.rehearsal.meta_talks import Talks
from social_service.rehearsal.simulated import Person, Post, serve

SCOPES = [
	"pages_manage_engagement",
	"pages_manage_metadata",
	"pages_messaging",
	"pages_read_engagement",
	"pages_read_user_content",
]
LONGEST_COMMENT, LONGEST_MESSAGE = 8000, 2000


class FacebookNetwork(FacebookPushes, FacebookView, GraphNetwork):
	"""Lists grow at their end and are read from there; nothing is ever searched."""

	def __init__(self, now: datetime) -> None:
		super().__init__(now)
		self.scopes = list(SCOPES)
		self.walls: dict[str, list[Post]] = defaultdict(list)  # by the Page's id
		self.visitors: dict[str, list[Post]] = defaultdict(list)
		self.tagging: dict[str, list[Post]] = defaultdict(list)
		self.below: dict[str, list[Post]] = defaultdict(
			list
		)  # all comments of a post, by its id; replies by a comment's
		self.deleted_below: dict[str, int] = defaultdict(int)
		self.talks: dict[str, Talks] = {}

	# --- people write ----------------------------------------------------------------------------------------

	def posted(self, post: Post, told: Mapping[str, object]) -> None:
		if post.direct_to:
			self._say(post)
		elif post.reply_to:
			self._comment(post)
			self.tell(post, "add")
		else:
			self._publish(post, told)

	def page_for(self, text: str) -> Person:
		"""The company that is named; else the first one."""
		pages = [one for one in self.people.values() if one.token]
		return next((one for one in pages if f"@{one.handle}".lower() in text.lower()), pages[0])

	def _publish(self, post: Post, told: Mapping[str, object]) -> None:
		page = post.by if post.by.token else self.page_for(post.text)
		is_elsewhere = told.get("place") == "tagged"
		self.rename(post, f"{post.by.id if is_elsewhere else page.id}_{post.id}")
		post.facts |= {"page": page, "is_hidden_author": is_elsewhere}
		if is_elsewhere:
			self.tagging[page.id].append(post)
			self.tell_tag(post, page)
			return
		self.walls[page.id].append(post)
		if post.by is not page:
			self.visitors[page.id].append(post)
		self.tell(post, "add")

	def _comment(self, post: Post) -> None:
		"""Two levels: an answer to a reply stands below the first comment."""
		above = self.known(post.reply_to)
		root: Post = above.facts.get("root", above)
		top: Post | None = above.facts.get("top", above) if above is not root else None
		self.rename(post, f"{root.id.rpartition('_')[2]}_{post.id}")
		post.facts |= {"page": root.facts["page"], "root": root}
		self.below[root.id].append(post)
		if top:
			post.facts["top"] = top
			self.below[top.id].append(post)

	def _say(self, post: Post) -> None:
		page = post.by if post.by.token else self.people[post.direct_to]
		person = self.people[post.direct_to] if post.by is page else post.by
		self.rename(post, f"m_{post.id}")
		self.talks_of(page).add(post, person)
		self.tell_message(post, page, person)

	def changed(self, post: Post) -> None:
		if post.is_deleted and "root" in post.facts:
			self.deleted_below[post.facts["root"].id] += 1
		if "talk" not in post.facts or "root" in post.facts:
			self.tell(post, "remove" if post.is_deleted else "edited")

	def talks_of(self, page: Person) -> Talks:
		return self.talks.setdefault(page.id, Talks(self, page))

	# --- the API ---------------------------------------------------------------------------------------------

	def graph(self, method: str, parts: Sequence[str], asked: Mapping, company: Person) -> dict:
		if not parts:
			return self.many(asked)
		name, edge = parts[0], parts[1] if len(parts) > 1 else ""
		if name in ("me", company.id):
			return self._page(method, edge, asked, company)
		if name.startswith("t_"):
			talks = self.talks_of(company)
			if name not in talks.by_id:
				raise unknown_object(name)
			return talks.messages_of(talks.by_id[name], asked)
		post = self.known(name)
		if edge == "comments":
			if method == "POST":
				return self._write(post, str(asked.get("message", "")), company)
			return self.page_of(self.below[post.id], asked, self.view)
		if edge:
			raise invalid(f"Tried accessing nonexisting field ({edge})")
		return self._single(method, post, asked, company)

	def _page(self, method: str, edge: str, asked: Mapping, company: Person) -> dict:
		if method == "POST" and edge == "messages":
			return self.talks_of(company).send(asked)
		if edge == "blocked":
			return self._block(method, asked)
		if edge == "conversations":
			return self.talks_of(company).list(asked)
		lists = {"feed": self.walls, "visitor_posts": self.visitors, "tagged": self.tagging}
		if edge in lists:
			return self.page_of(lists[edge][company.id], asked, self.view)
		if edge:
			raise invalid(f"Tried accessing nonexisting field ({edge})")
		known = {
			"id": lambda: company.id,
			"name": lambda: company.name,
			"username": lambda: company.handle,
			"link": lambda: f"{SITE}/{company.handle}",
		}
		return only(known, Fields(str(asked.get("fields", "id,name"))))

	def _single(self, method: str, post: Post, asked: Mapping, company: Person) -> dict:
		if method == "GET":
			return self.view(post, Fields(str(asked.get("fields", "id"))))
		if method == "DELETE":
			post.is_deleted = True
			self.changed(post)
		elif isinstance(asked.get("is_hidden"), bool) and post.by is not company:
			post.is_hidden = asked["is_hidden"]
		elif asked.get("message") and post.by is company:
			self._change_text(post, str(asked["message"]))
		else:
			raise invalid("Invalid parameter")
		return {"success": True}

	def _change_text(self, post: Post, text: str) -> None:
		if len(text) > LONGEST_COMMENT:
			raise invalid("Invalid parameter: message")
		if text != post.text:
			post.text, post.edited_at = text, self.now
			self.changed(post)

	def _block(self, method: str, asked: Mapping) -> dict:
		users = asked["user"] if isinstance(asked.get("user"), list) else [str(asked.get("user", ""))]
		people = [one for one in self.people.values() if one.id in users]
		if not people:
			raise invalid("Invalid parameter: user")
		if method == "DELETE":
			self.blocked -= {one.handle for one in people}
			return {"success": True}
		self.blocked |= {one.handle for one in people}
		return {one.id: True for one in people}

	def _write(self, above: Post, text: str, company: Person) -> dict:
		if not text.strip() or len(text) > LONGEST_COMMENT:
			raise invalid("Invalid parameter: message")
		comment = Post(self.new_id(), company, text, self.now, above.id)
		self.posts[comment.id] = comment
		self._comment(comment)
		self.note_published(comment)
		self.tell(comment, "add")
		return {"id": comment.id}

	def require_length(self, text: str) -> None:
		if not text or len(text) > LONGEST_MESSAGE:
			raise invalid("Length of param message[text] must be less than or equal to 2000")


if __name__ == "__main__":
	serve(FacebookNetwork)
