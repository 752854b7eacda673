"""A review as our record, and our answer to it, which stands inside of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from social_service.channels.reading import moment
from social_service.records import Account, Author, Kind, Message

STARS = {"ONE": 1, "TWO": 2, "THREE": 3, "FOUR": 4, "FIVE": 5}
REVIEWS = "https://mybusiness.googleapis.com"
REPLY = "/reply"  # behind the review's id: Google keeps one answer to each review
TRANSLATED, ORIGINAL = "(Translated by Google)", "(Original)"
ALL_REVIEWS = "https://business.google.com/reviews"


def id_of(review: Mapping) -> str:
	"""Without the account, which changes when a place moves to another one."""
	_accounts, _account, *rest = str(review["name"]).split("/")
	if len(rest) != 4:
		raise ValueError("no name of a review")
	return "/".join(rest)


def place_of(external_id: str) -> str:
	"""``locations/…`` of a review's id."""
	return "/".join(external_id.split("/")[:2])


def parse(review: Mapping, url: str = "") -> Message:
	"""Whoever looks sees the stars first, as on Google."""
	own_id = id_of(review)
	written, changed = moment(review["createTime"]), moment(review["updateTime"])
	parts = (stars(review), original(str(review.get("comment") or "")))
	return Message(
		external_id=own_id,
		thread_id=own_id,
		kind=Kind.REVIEW,
		author=_reviewer(review["reviewer"], own_id),
		text="\n".join(filter(None, parts)),
		sent_at=written,
		url=url_of(review, url),
		is_addressed=True,
		edited_at=changed if changed > written else None,
		raw=review,
	)


def parse_reply(review: Mapping, us: Account | None, url: str = "") -> Message | None:
	"""Whoever wrote it: somebody of the company, here or at Google."""
	reply = review.get("reviewReply")
	if not reply:
		return None
	about = id_of(review)
	author = Author(us.external_id, us.handle, us.name, us.url) if us else Author("us")
	return Message(
		external_id=about + REPLY,
		thread_id=about,
		kind=Kind.REVIEW,
		author=author,
		text=str(reply["comment"]),
		sent_at=moment(reply["updateTime"]),
		parent_id=about,
		url=url_of(review, url),
		is_own=True,
		raw=reply,
	)


def stars(review: Mapping) -> str:
	given = STARS.get(str(review.get("starRating")), 0)
	return "★" * given + "☆" * (5 - given) if given else ""


def original(comment: str) -> str:
	"""What the person wrote, without Google's translation of it. Which comes first depends on our language."""
	if comment.startswith(TRANSLATED) and f"\n\n{ORIGINAL}\n" in comment:
		return comment.rpartition(f"\n\n{ORIGINAL}\n")[2]
	return comment.partition(f"\n\n{TRANSLATED}\n")[0]


def url_of(review: Mapping, fallback: str) -> str:
	told = str(review.get("reviewReplyUrl") or "")
	return told if told.startswith("https://") else fallback or ALL_REVIEWS


def _reviewer(told: Mapping, review_id: str) -> Author:
	"""Google tells a name and no id. So nobody is the author of two reviews for us."""
	name, avatar = str(told.get("displayName") or ""), str(told.get("profilePhotoUrl") or "")
	return Author(review_id.rpartition("/")[2], name=name, avatar_url=avatar)
