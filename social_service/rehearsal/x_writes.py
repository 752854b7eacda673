"""What the simulated X does with writing calls, and what it refuses."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from social_service.channels.x.text import weighted_length, without_leading_mentions
from social_service.rehearsal.x_view import invalid
from social_service.rehearsal.x_world import Person, Post, Refused, forbidden, moment, not_found, shown_id

if TYPE_CHECKING:
	from social_service.rehearsal.x_api import Api, Call

SAME_TEXT_WITHIN = timedelta(days=1)
NOT_SUMMONED = (
	"Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by the author of "
	"the post you are replying to."
)


def create(api: Api, call: Call) -> tuple[int, dict]:
	text, reply = str(call.body.get("text", "")), call.body.get("reply") or {}
	parent_id = str(reply.get("in_reply_to_tweet_id", ""))
	parent = api.world.seen(parent_id) if parent_id else None
	if parent and not api.world.summons(parent, call.me):
		raise forbidden(NOT_SUMMONED)
	counted = without_leading_mentions(text) if parent else text
	if not text or weighted_length(counted) > 280:
		raise forbidden("Your Tweet text is too long." if text else "Your Tweet text is missing.")
	if any(_is_same(post, text, call.me, api.world.now) for post in api.world.newest_first()):
		raise forbidden("You are not allowed to create a Tweet with duplicate content.")
	uncalled = tuple(reply.get("exclude_reply_user_ids") or ())
	post = api.world.publish(call.me, text, uncalled=uncalled, reply_to=parent_id)
	_publish(api, post.id, call, shown_id(parent) if parent else "", "public")
	return 201, {"data": {"id": post.id, "text": post.full_text}}


def _is_same(post: Post, text: str, me: Person, now: datetime) -> bool:
	return post.author is me and post.text == text and moment(post.id) > now - SAME_TEXT_WITHIN


def create_dm(api: Api, call: Call) -> tuple[int, dict]:
	whom = [one for one in call.parts[0].split("-") if one != call.me.id]
	text = str(call.body.get("text", ""))
	if not text or len(text) > 10_000:
		raise invalid("text", text[:20])
	message = api.world.write_dm(call.me, api.world.person(whom[0]), text)
	_publish(api, shown_id(message), call, message.conversation, "private")
	return 201, {"data": {"dm_conversation_id": message.conversation, "dm_event_id": message.id}}


def _publish(api: Api, item_id: str, call: Call, reply_to: str, visibility: str) -> None:
	text = str(call.body["text"])
	entry = {
		"id": item_id,
		"by": call.me.handle,
		"text": text,
		"reply_to": reply_to,
		"visibility": visibility,
	}
	api.ledger.published.append(entry)


def delete(api: Api, call: Call) -> tuple[int, dict]:
	post = api.world.posts.get(call.parts[0])
	if post is None or post.is_deleted:
		raise Refused(404, **not_found(call.parts[0], "tweet"))
	if post.author is not call.me:
		raise forbidden("You are not authorized to delete this Tweet.")
	post.is_deleted = True
	return 200, {"data": {"deleted": True}}


def hide(api: Api, call: Call) -> tuple[int, dict]:
	post = api.world.seen(call.parts[0])
	root = api.world.posts[post.conversation]
	if root.author is not call.me or post is root:
		raise forbidden("You can hide replies to your own posts only.")
	post.is_hidden = bool(call.body.get("hidden"))
	return 200, {"data": {"hidden": post.is_hidden}}


def block(api: Api, call: Call) -> tuple[int, dict]:
	person = _other(api, call, str(call.body.get("target_user_id", "")))
	api.world.blocked.add(person.handle)
	return 200, {"data": {"blocking": True}}


def unblock(api: Api, call: Call) -> tuple[int, dict]:
	"""Of whom it does not block, X says the same."""
	api.world.blocked.discard(_other(api, call, call.parts[1]).handle)
	return 200, {"data": {"blocking": False}}


def _other(api: Api, call: Call, user_id: str) -> Person:
	if call.parts[0] != call.me.id:
		raise forbidden("You are not permitted to perform this action.")
	return api.world.person(user_id)
