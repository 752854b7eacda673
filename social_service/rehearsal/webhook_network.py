"""A simulated tool behind the webhook channel: it pushes signed posts, tells missed ones, and takes answers once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping

from werkzeug.wrappers import Request, Response

from social_service.channels.webhook.signature import ID, SIGNATURE, TIME, signature
from social_service.rehearsal.simulated import Post, Refused, SimulatedNetwork, answer, serve

SECRET = "whsec_cmVoZWFyc2FsLXNlY3JldA=="  # of a network that nobody else knows


class WebhookNetwork(SimulatedNetwork):
	"""A tool that hands posts in."""

	refusals = {
		"unauthorized": Refused(401, {"error": "unauthorized"}),
		"forbidden": Refused(403, {"error": "forbidden"}),
		"throttled": Refused(429, {"error": "too many"}, {"Retry-After": "900"}),
	}

	def __init__(self, now) -> None:
		super().__init__(now)
		self.told: list[tuple[int, Post]] = []  # what happened, in order: the mark is the number
		self.answers: dict[str, Post] = {}

	def api(self, request: Request) -> Response:
		company = self.company_of(request.headers.get("Authorization", "").removeprefix("Bearer "))
		place = request.path.strip("/").split("/")
		if request.method == "GET" and place == ["account"]:
			return answer({"id": company.id, "handle": company.handle, "name": company.name})
		if request.method == "GET" and place == ["posts"]:
			return answer(self._page(request.args))
		if request.method == "POST" and place == ["answers"]:
			return answer(self._take(company, request.get_json()), 201)
		if request.method == "GET" and place[0] == "answers" and place[-1] in self.answers:
			return answer(_shown(self.answers[place[-1]]))
		raise Refused(404, {"error": "not found"})

	def posted(self, post: Post, told: Mapping[str, object]) -> None:
		self._tell(post)

	def changed(self, post: Post) -> None:
		self._tell(post)

	def expire(self) -> None:
		"""Its tokens last."""

	def _tell(self, post: Post) -> None:
		self.told.append((len(self.told) + 1, post))
		body = {"deleted": [post.id]} if post.is_deleted else {"posts": [self._as_json(post)]}
		self.push(body, {}, post)
		last = self.pushes[-1]
		at, call = str(int(self.now.timestamp())), f"msg_{len(self.pushes)}"
		last["headers"] = {ID: call, TIME: at, SIGNATURE: signature(SECRET, call, at, last["body"].encode())}

	def _page(self, query: Mapping[str, str]) -> dict:
		after, limit = int(query.get("after") or 0), int(query.get("limit", 100))
		start = bisect_right(self.told, after, key=lambda one: one[0])
		found = [one for one in self.told[start:] if query.get("since", "") <= one[1].at.isoformat()]
		shown = found[:limit]
		alive = [post for _mark, post in shown if not post.is_deleted]
		self.note_served(*alive)
		return {
			"posts": [self._as_json(post) for post in alive],
			"deleted": [post.id for _mark, post in shown if post.is_deleted],
			"next": str(shown[-1][0] if shown else max(after, len(self.told))),
			"more": len(found) > limit,
		}

	def _take(self, company, told: Mapping) -> dict:
		if told["key"] not in self.answers:
			post = Post(self.new_id(), company, told["text"], self.now, told["reply_to"])
			self.posts[post.id] = self.answers[told["key"]] = post
			self.note_published(post, told["visibility"])
		return _shown(self.answers[told["key"]])

	def _as_json(self, post: Post) -> dict:
		root = self.posts.get(post.reply_to, post)
		return {
			"id": post.id,
			"thread": root.facts.setdefault("thread", root.id),
			"author": {
				"id": post.by.id,
				"handle": post.by.handle,
				"name": post.by.name,
				"bot": post.by.is_bot,
			},
			"text": post.text,
			"sent_at": post.at.isoformat(),
			"edited_at": post.edited_at.isoformat() if post.edited_at else None,
			"kind": "direct message" if post.direct_to else "mention",
			"visibility": "private" if post.direct_to else "public",
			"parent": post.reply_to,
			"own": bool(post.by.token),
			"url": f"https://tool.example/{post.id}",
		}


def _shown(post: Post) -> dict:
	return {"id": post.id, "url": f"https://tool.example/{post.id}"}


if __name__ == "__main__":
	serve(WebhookNetwork)
