"""A simulated Instagram behind real HTTP on loopback: ``python -m social_service.rehearsal.instagram_network --clock ISO``.

The company's posts and what people comment there, pictures of people that tag it (``place``: "tagged"), mentions elsewhere
(only a webhook tells of them), direct messages. Pushes are signed with ``APP_SECRET``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from social_service.rehearsal.instagram_pushes import InstagramPushes
from social_service.rehearsal.instagram_view import InstagramTalks, InstagramView
from social_service.rehearsal.meta_fields import Fields, graph_error, invalid, only
from social_service.rehearsal.meta_graph import GraphNetwork, unknown_object
from social_service.rehearsal.simulated import Person, Post, serve

SCOPES = [
	"instagram_basic",
	"instagram_manage_comments",
	"instagram_manage_messages",
	"pages_manage_metadata",
	"pages_read_engagement",
]
LONGEST_COMMENT, LONGEST_MESSAGE = 2200, 1000


class InstagramNetwork(InstagramPushes, InstagramView, GraphNetwork):
	"""Lists grow at their end and are read from there; nothing is ever searched."""

	object_kind = "instagram"

	def __init__(self, now: datetime) -> None:
		super().__init__(now)
		self.scopes = list(SCOPES)
		self.media: dict[str, list[Post]] = defaultdict(list)  # by the account's id
		self.tagging: dict[str, list[Post]] = defaultdict(list)
		self.below: dict[str, list[Post]] = defaultdict(
			list
		)  # by the id of a post, or of a comment: its replies
		self.counts: dict[str, int] = defaultdict(int)  # of a post, both levels
		self.mentions: dict[tuple[bool, str], Post] = {}  # by whether it is a comment, and its id
		self.talks: dict[str, InstagramTalks] = {}

	# --- people write ----------------------------------------------------------------------------------------

	def posted(self, post: Post, told: Mapping[str, object]) -> None:
		if post.direct_to:
			self._say(post)
		elif post.reply_to:
			self._comment(post)
		elif post.by.token:
			self.media[post.by.id].append(post)
		elif told.get("place") == "tagged":
			self._tag(post)
		else:
			self._mention(post, post)

	def named(self, text: str) -> Person | None:
		return next((one for one in self.people.values() if one.token and f"@{one.handle}" in text), None)

	def _tag(self, post: Post) -> None:
		page = self.named(post.text) or next(one for one in self.people.values() if one.token)
		self.rename(post, f"tag:{post.id}")
		self.tagging[page.id].append(post)

	def _mention(self, post: Post, root: Post) -> None:
		"""Nothing lists these."""
		page, root_id = self.named(post.text), root.id.rpartition(":")[2]
		post.facts["elsewhere"] = root
		if page is None:
			return
		comment = {} if post is root else {"comment_id": post.id}
		self.mentions[post is not root, post.id] = post
		self.rename(post, f"mention:{comment.get('comment_id', '')}:{root_id}")
		self.tell(page, "mentions", {**comment, "media_id": root_id}, post)

	def _comment(self, post: Post) -> None:
		above = self.known(post.reply_to)
		if "elsewhere" in above.facts or above.id.startswith("tag:"):
			self._mention(post, above.facts.get("elsewhere", above))
			return
		root: Post = above.facts.get("root", above)
		top: Post | None = above.facts.get("top", above) if above is not root else None
		post.facts |= {"root": root} | ({"top": top} if top else {})
		self.below[(top or root).id].append(post)
		self.counts[root.id] += 1
		value = {
			"id": post.id,
			"text": post.text,
			"from": {"id": post.by.id, "username": post.by.handle},
			"media": {"id": root.id, "media_product_type": "FEED"},
		}
		self.tell(root.by, "comments", value | ({"parent_id": top.id} if top else {}), post)

	def _say(self, post: Post) -> None:
		page = post.by if post.by.token else self.people[post.direct_to]
		person = self.people[post.direct_to] if post.by is page else post.by
		self.rename(post, f"aWdf{post.id}")
		self.talks_of(page).add(post, person)
		self.tell_message(page, post, {"mid": post.id, "text": post.text})

	def changed(self, post: Post) -> None:
		if post.is_deleted and "root" in post.facts:
			self.counts[post.facts["root"].id] -= 1
		if post.is_deleted and post.id.startswith("aWdf"):
			page = post.facts["talk"].owner.company
			self.tell_message(page, post, {"mid": post.id, "is_deleted": True})

	def talks_of(self, page: Person) -> InstagramTalks:
		return self.talks.setdefault(page.id, InstagramTalks(self, page))

	# --- the API ---------------------------------------------------------------------------------------------

	def graph(self, method: str, parts: Sequence[str], asked: Mapping, company: Person) -> dict:
		if not parts:
			return self.many(asked)
		name, edge = parts[0], parts[1] if len(parts) > 1 else ""
		if name in ("me", self.page_id(company)):
			return self._page(method, edge, asked, company)
		if name == company.id:
			return self._account(method, edge, asked, company)
		if name.startswith("t_"):
			talks = self.talks_of(company)
			if name not in talks.by_id:
				raise unknown_object(name)
			return talks.messages_of(talks.by_id[name], asked)
		post = self.known(name)
		if edge in ("comments", "replies"):
			if method == "POST":
				return self._write(post, edge, str(asked.get("message", "")), company)
			return self.page_of(self.below[post.id], asked, self.view)
		return self._single(method, post, asked, company)

	def page_id(self, company: Person) -> str:
		return f"9{company.id}"

	def _page(self, method: str, edge: str, asked: Mapping, company: Person) -> dict:
		if method == "POST" and edge == "messages":
			return self.talks_of(company).send(asked)
		if edge == "conversations":
			return self.talks_of(company).list(asked)
		fields = Fields(str(asked.get("fields", "id")))
		account = {"id": lambda: company.id, "username": lambda: company.handle, "name": lambda: company.name}
		inner = fields.get("instagram_business_account", ({}, Fields("id")))[1]
		known = {
			"id": lambda: self.page_id(company),
			"name": lambda: company.name,
			"instagram_business_account": lambda: only(account, inner),
		}
		return only(known, fields)

	def _account(self, method: str, edge: str, asked: Mapping, company: Person) -> dict:
		if method == "POST" and edge == "mentions":
			return self._answer_mention(asked, company)
		lists = {"media": self.media, "tags": self.tagging}
		if edge in lists:
			return self.page_of(lists[edge][company.id], asked, self.view)
		if edge:
			raise invalid(f"Tried accessing nonexisting field ({edge})")
		return self.mentioned(Fields(str(asked.get("fields", "id"))), company)

	def _single(self, method: str, post: Post, asked: Mapping, company: Person) -> dict:
		if method == "GET":
			return self.view(post, Fields(str(asked.get("fields", "id"))))
		if method == "DELETE":
			post.is_deleted = True
			self.changed(post)
		elif isinstance(asked.get("hide"), bool) and post.by is not company:
			post.is_hidden = asked["hide"]
		else:
			raise invalid("Invalid parameter")
		return {"success": True}

	def _write(self, above: Post, edge: str, text: str, company: Person) -> dict:
		if above.is_hidden or (edge == "replies") is not ("root" in above.facts):
			raise graph_error(100, "Unsupported post request", 33)
		return self._published(above, text, company)

	def _answer_mention(self, asked: Mapping, company: Person) -> dict:
		above = self.known(f"mention:{asked.get('comment_id', '')}:{asked.get('media_id', '')}")
		return self._published(above, str(asked.get("message", "")), company)

	def _published(self, above: Post, text: str, company: Person) -> dict:
		if not text.strip() or len(text) > LONGEST_COMMENT:
			raise invalid("Invalid parameter: message")
		comment = Post(self.new_id(), company, text, self.now, above.id)
		self.posts[comment.id] = comment
		self._comment(comment)
		self.note_published(comment)
		return {"id": comment.id}

	def require_length(self, text: str) -> None:
		if not text or len(text.encode()) > LONGEST_MESSAGE:
			raise invalid("Length of param message[text] must be less than or equal to 1000")


if __name__ == "__main__":
	serve(InstagramNetwork)
