"""A simulated YouTube: ``python -m social_service.rehearsal.youtube_network --clock ISO``.

The company has a channel with one video. People's posts are comments below it, or replies. Beside the common faults: quota_spent,
comments_closed, cursor_refused. Its project has more units a day than usual, so that a day at the rehearsal fits into it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from werkzeug.wrappers import Request, Response

from social_service.rehearsal.google_oauth import GoogleNetwork
from social_service.rehearsal.simulated import Person, Post, Refused, answer, serve

VIDEO = "dQdrill0001"
UNITS = 200_000
COSTS = {"GET": 1, "POST": 50, "PUT": 50, "DELETE": 50}
DAY = 24 * 3600


def refused(status: int, reason: str, domain: str = "youtube.comment") -> Refused:
	one = {"message": f"The request was refused: {reason}", "domain": domain, "reason": reason}
	return Refused(status, {"error": {"code": status, "message": one["message"], "errors": [one]}})


class YouTubeNetwork(GoogleNetwork):
	"""A simulated YouTube."""

	page_params = ("pageToken",)
	refusals = {
		"unauthorized": refused(401, "authError", "global"),
		"forbidden": refused(403, "forbidden"),
		"throttled": refused(403, "rateLimitExceeded", "usageLimits"),
		"quota_spent": refused(403, "quotaExceeded", "youtube.quota"),
		"comments_closed": refused(403, "commentsDisabled", "youtube.commentThread"),
		"cursor_refused": refused(400, "invalidPageToken", "youtube.parameter"),
	}

	def __init__(self, now: datetime) -> None:
		super().__init__(now)
		self.threads: list[Post] = []  # comments below the video, oldest first
		self.replies: dict[str, list[Post]] = {}  # below each of them
		self.spent: dict[int, int] = {}  # units by day

	# --- what happens ---------------------------------------------------------------------------------------

	def posted(self, post: Post, told: Mapping[str, object]) -> None:
		self._place(post)

	def _place(self, post: Post) -> None:
		self.posts.pop(post.id, None)
		number = self.new_id()
		if post.reply_to:
			post.reply_to = self._top(post.reply_to).id  # there are two levels
			post.id = f"{post.reply_to}.9{number}"
			self.replies[post.reply_to].append(post)
		else:
			post.id = f"Ugx{number}AaABAg"
			self.replies[post.id] = []
			self.threads.append(post)
		self.posts[post.id] = post

	def _top(self, comment_id: str) -> Post:
		return self.posts[comment_id.partition(".")[0]]

	# --- the API --------------------------------------------------------------------------------------------

	def api(self, request: Request) -> Response:
		if request.path == "/token":
			return self.renewed(request)
		me = self.signed_in(request)
		call = CALLS.get((request.method, request.path.removeprefix("/youtube/v3")))
		if not call:
			raise refused(404, "notFound", "global")
		self._charge(COSTS[request.method])
		told = call(self, me, request)
		return answer(told) if told is not None else Response(status=204)

	def _charge(self, units: int) -> None:
		day = int(self.now.timestamp() - 8 * 3600) // DAY
		self.spent[day] = self.spent.get(day, 0) + units
		if self.spent[day] > UNITS:
			raise self.refusals["quota_spent"]

	def channels(self, me: Person, _request: Request) -> dict:
		snippet = {"title": me.name, "customUrl": f"@{me.handle}", "publishedAt": "2015-01-01T00:00:00Z"}
		return _listed([{"kind": "youtube#channel", "id": _channel(me), "snippet": snippet}], "")

	def comment_threads(self, me: Person, request: Request) -> dict:
		page, token = self._newest(self.threads, request)
		self.note_served(*page)
		return _listed([self._thread(one, me) for one in page], token)

	def _newest(self, posts: list[Post], request: Request) -> tuple[list[Post], str]:
		token, size = request.args.get("pageToken", ""), min(int(request.args.get("maxResults", 20)), 100)
		if token and not token.isdigit():
			raise self.refusals["cursor_refused"]
		place, page = int(token) if token else len(posts), []
		while place > 0 and len(page) < size:
			place -= 1
			if self._is_there(posts[place]):
				page.append(posts[place])
		return page, str(place) if place else ""

	def _is_there(self, post: Post) -> bool:
		return not (post.is_deleted or post.is_hidden)

	def comments(self, me: Person, request: Request) -> dict:
		if parent := request.args.get("parentId"):
			self._required(parent, "parentCommentNotFound")
			page, token = self._newest(self.replies.get(parent, []), request)
			self.note_served(*page)
			return _listed([_comment(one, me) for one in page], token)
		asked = [self.posts.get(one) for one in request.args.get("id", "").split(",")]
		return _listed([_comment(one, me) for one in asked if one and self._is_there(one)], "")

	def insert(self, me: Person, request: Request) -> dict:
		snippet = (request.get_json(silent=True) or {}).get("snippet") or {}
		text, parent = str(snippet.get("textOriginal", "")), str(snippet.get("parentId", ""))
		self._required(parent, "parentCommentNotFound")
		if not text.strip() or len(text) > 10_000:
			raise refused(400, "commentTextTooLong" if text.strip() else "commentTextRequired")
		post = Post("", me, text, self.now, reply_to=parent)
		self._place(post)
		self.note_published(post)
		return _comment(post, me)

	def delete(self, me: Person, request: Request) -> None:
		post = self._required(request.args.get("id", ""), "commentNotFound")
		if post.by is not me:
			raise refused(403, "forbidden")
		post.is_deleted = True

	def moderate(self, _me: Person, request: Request) -> None:
		status = request.args.get("moderationStatus")
		if request.args.get("banAuthor") and status != "rejected":
			raise refused(400, "banWithoutReject")
		for one in request.args.get("id", "").split(","):
			post = self._required(one, "commentNotFound")
			if post.facts.get("is_rejected") and status != "rejected":
				raise refused(400, "processingFailure")  # for good
			post.is_hidden = status in ("heldForReview", "rejected")
			post.facts["is_rejected"] = status == "rejected"
			if request.args.get("banAuthor") == "true":
				self.blocked.add(post.by.handle)

	def update(self, me: Person, request: Request) -> dict:
		told = request.get_json(silent=True) or {}
		post, text = (
			self._required(str(told.get("id", "")), "commentNotFound"),
			str((told.get("snippet") or {}).get("textOriginal", "")),
		)
		if post.by is not me:
			raise refused(403, "forbidden")
		if not text.strip() or len(text) > 10_000:
			raise refused(400, "commentTextTooLong" if text.strip() else "commentTextRequired")
		if text != post.text:
			post.text, post.edited_at = text, self.now
		return _comment(post, me)

	def _get_changes(self, item: str, told: dict) -> dict:
		"""What is rejected no visitor sees again."""
		rejected = [post.id for post in self.posts.values() if post.facts.get("is_rejected")]
		changes = super()._get_changes(item, told)
		return changes | {"deleted": changes["deleted"] + rejected}

	def _required(self, comment_id: str, reason: str) -> Post:
		post = self.posts.get(comment_id)
		if not post or post.is_deleted:
			raise refused(404, reason)
		return post

	def _thread(self, top: Post, me: Person) -> dict:
		count = sum(self._is_there(one) for one in self.replies[top.id])
		snippet = {"channelId": _channel(me), "videoId": VIDEO, "topLevelComment": _comment(top, me)}
		snippet |= {"canReply": True, "totalReplyCount": count, "isPublic": True}
		return {"kind": "youtube#commentThread", "id": top.id, "snippet": snippet}


CALLS = {
	("GET", "/channels"): YouTubeNetwork.channels,
	("GET", "/commentThreads"): YouTubeNetwork.comment_threads,
	("GET", "/comments"): YouTubeNetwork.comments,
	("POST", "/comments"): YouTubeNetwork.insert,
	("PUT", "/comments"): YouTubeNetwork.update,
	("DELETE", "/comments"): YouTubeNetwork.delete,
	("POST", "/comments/setModerationStatus"): YouTubeNetwork.moderate,
}


def _listed(items: list[dict], token: str) -> dict:
	told = {"pageInfo": {"totalResults": len(items), "resultsPerPage": 100}, "items": items}
	return told | ({"nextPageToken": token} if token else {})


def _comment(post: Post, me: Person) -> dict:
	snippet = {
		"channelId": _channel(me),
		"textDisplay": post.text,
		"authorDisplayName": f"@{post.by.handle}",
		"authorProfileImageUrl": "https://yt3.example/a.jpg",
		"authorChannelUrl": f"http://www.youtube.com/@{post.by.handle}",
		"authorChannelId": {"value": _channel(post.by)},
		"canRate": True,
		"viewerRating": "none",
		"likeCount": 0,
		"publishedAt": _zulu(post.at),
		"updatedAt": _zulu(post.edited_at or post.at),
	}
	if post.by is me:
		snippet["textOriginal"] = post.text
	if post.reply_to:
		snippet["parentId"] = post.reply_to
	else:
		snippet["videoId"] = VIDEO
	return {"kind": "youtube#comment", "id": post.id, "snippet": snippet}


def _channel(person: Person) -> str:
	return f"UC{person.id}"


def _zulu(moment: datetime) -> str:
	return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


if __name__ == "__main__":
	serve(YouTubeNetwork)
