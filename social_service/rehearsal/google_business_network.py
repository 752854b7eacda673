"""A simulated Google Business Profile: ``python -m social_service.rehearsal.google_business_network --clock ISO``.

One account with one place. People's posts are reviews of it; what the company posts in answer to one is its reply by hand.
Beside the common faults: quota_spent, not_approved, not_verified.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256

from werkzeug.wrappers import Request, Response

from social_service.rehearsal.google_oauth import FORBIDDEN, UNAUTHORIZED, GoogleNetwork, refused
from social_service.rehearsal.simulated import Person, Post, answer, serve

ACCOUNT, PLACE = "accounts/101", "locations/201"
REVIEWS = re.compile(rf"/v4/{ACCOUNT}/{PLACE}/reviews")
REVIEW = re.compile(rf"/v4/{ACCOUNT}/({PLACE}/reviews/[\w-]+)")
REPLY = re.compile(rf"/v4/{ACCOUNT}/({PLACE}/reviews/[\w-]+)/reply")
WORDS = ("STAR_RATING_UNSPECIFIED", "ONE", "TWO", "THREE", "FOUR", "FIVE")
QUOTA = "Quota exceeded for quota metric 'Requests' and limit 'Requests per minute'"
NOT_FOUND = refused(404, "NOT_FOUND", "Requested entity was not found.")


class GoogleBusinessNetwork(GoogleNetwork):
	"""A simulated Google Business Profile."""

	page_params = ("pageToken",)
	refusals = {
		"cursor_refused": refused(400, "INVALID_ARGUMENT", "Request contains an invalid argument."),
		"unauthorized": UNAUTHORIZED,
		"forbidden": FORBIDDEN,
		"throttled": refused(
			429, "RESOURCE_EXHAUSTED", QUOTA, "RATE_LIMIT_EXCEEDED", quota_limit="defaultPerMinutePerProject"
		),
		"quota_spent": refused(
			429, "RESOURCE_EXHAUSTED", QUOTA, "RATE_LIMIT_EXCEEDED", quota_limit="defaultPerDayPerProject"
		),
		"not_approved": refused(
			429, "RESOURCE_EXHAUSTED", QUOTA, "RATE_LIMIT_EXCEEDED", quota_limit_value="0"
		),
		"not_verified": refused(400, "FAILED_PRECONDITION", "The location is not verified."),
	}

	def __init__(self, now: datetime) -> None:
		super().__init__(now)
		self.changes: list[
			str
		] = []  # ids of reviews, in the order of their last change; older ones stay in it
		self.last_change: dict[str, int] = {}
		self.replies: dict[str, Post] = {}

	# --- what happens ---------------------------------------------------------------------------------------

	def posted(self, post: Post, told: Mapping[str, object]) -> None:
		if post.by.token:
			if post.reply_to:
				self._answered(post)
			return
		del self.posts[post.id]
		post.id = f"{PLACE}/reviews/AbFvOq{sha256(post.id.encode()).hexdigest()[:40]}"
		self.posts[post.id] = post
		post.facts["stars"] = int(str(told.get("stars") or 0))
		self._moved(post)

	def changed(self, post: Post) -> None:
		if not post.is_deleted and not post.by.token:
			self._moved(post)

	def _moved(self, post: Post) -> None:
		self.last_change[post.id] = len(self.changes)
		self.changes.append(post.id)

	def _answered(self, post: Post) -> None:
		self.posts.pop(post.id, None)
		post.id = f"{post.reply_to}/reply"
		self.posts[post.id] = self.replies[post.reply_to] = post

	# --- the API --------------------------------------------------------------------------------------------

	def api(self, request: Request) -> Response:
		if request.path == "/token":
			return self.renewed(request)
		me = self.signed_in(request)
		if request.path == "/v1/accounts":
			return answer({"accounts": [_account(me)]})
		if request.path == f"/v1/{ACCOUNT}/locations":
			return answer({"locations": [_place()], "totalSize": 1})
		if REVIEWS.fullmatch(request.path):
			return answer(self._page(request.args))
		if found := REVIEW.fullmatch(request.path):
			return answer(self._shown(self._review(found[1])))
		if found := REPLY.fullmatch(request.path):
			return answer(self._reply(request, me, self._review(found[1])))
		raise NOT_FOUND

	def _page(self, asked: Mapping[str, str]) -> dict:
		size = min(int(asked.get("pageSize", 50)), 50)
		token = asked.get("pageToken", "")
		if token and not token.isdigit():
			raise refused(400, "INVALID_ARGUMENT", "Request contains an invalid argument.")
		place, page = int(token) if token else len(self.changes), []
		while place > 0 and len(page) < size:
			place -= 1
			post = self.posts[self.changes[place]]
			if self.last_change[post.id] == place and not post.is_deleted:
				page.append(post)
		self.note_served(*page)
		if not page:
			return {}
		told = {"reviews": [self._shown(one) for one in page], "averageRating": 3.4}
		more = {"nextPageToken": str(place)} if place else {}
		return told | {"totalReviewCount": len(self.last_change)} | more

	def _review(self, review_id: str) -> Post:
		post = self.posts.get(review_id)
		if not post or post.is_deleted:
			raise NOT_FOUND
		return post

	def _shown(self, post: Post) -> dict:
		told = {
			"reviewId": post.id.rpartition("/")[2],
			"reviewer": {"profilePhotoUrl": "https://lh3.example/a.png", "displayName": post.by.name},
			"starRating": WORDS[post.facts["stars"]],
			"comment": post.text,
			"createTime": _zulu(post.at),
			"updateTime": _zulu(post.edited_at or post.at),
			"name": f"{ACCOUNT}/{post.id}",
		}
		reply = self.replies.get(post.id)
		return told | ({"reviewReply": _reply(reply)} if reply else {})

	def _reply(self, request: Request, me: Person, review: Post) -> dict:
		if request.method == "DELETE":
			reply = self.replies.pop(review.id, None)
			if not reply:
				raise NOT_FOUND
			reply.is_deleted = True
			return {}
		text = str((request.get_json(silent=True) or {}).get("comment", ""))
		if not text.strip() or len(text.encode()) > 4096:
			raise refused(400, "INVALID_ARGUMENT", "Request contains an invalid argument.")
		before = self.replies.get(review.id)
		if before and before.text == text:  # the same again changes nothing
			return _reply(before)
		post = Post("", me, text, self.now, reply_to=review.id)
		self._answered(post)
		self.note_published(post)
		return _reply(post)


def _account(me: Person) -> dict:
	told = {"name": ACCOUNT, "accountName": me.handle, "type": "LOCATION_GROUP", "role": "PRIMARY_OWNER"}
	return told | {"verificationState": "UNVERIFIED", "vettedState": "NOT_VETTED"}


def _place() -> dict:
	address = {"regionCode": "DE", "locality": "Berlin", "addressLines": ["Am Markt 4"]}
	more = {"mapsUri": "https://maps.google.com/maps?cid=201", "placeId": "ChIJ201"}
	return {"name": PLACE, "title": "Heimwerk", "storefrontAddress": address, "metadata": more}


def _reply(post: Post) -> dict:
	return {"comment": post.text, "updateTime": _zulu(post.at), "reviewReplyState": "APPROVED"}


def _zulu(moment: datetime) -> str:
	return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


if __name__ == "__main__":
	serve(GoogleBusinessNetwork)
