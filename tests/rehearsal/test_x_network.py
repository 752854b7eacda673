"""The simulated X: the official SDK reads it, it shows nothing that was not asked for, it refuses what X refuses."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

import pytest
import requests
from pydantic import BaseModel
from xdk import Client, schemas

from social_service.rehearsal.network import Network

NOW = datetime(2026, 5, 4, 8, 0, tzinfo=timezone.utc)
TOKEN = "company-token"
NEW = {
	"post.fields": "attachments,conversation_id,created_at,entities,lang,note_post",
	"expansions": "author_id,attachments.media_keys,edit_history_post_ids,in_reply_to_user_id,referenced_posts",
	"user.fields": "created_at,name,profile_image_url,public_metrics,username",
	"media.fields": "type,url",
}
DM = {"dm_event.fields": "id,text,created_at,sender_id,dm_conversation_id", "expansions": "sender_id"}


class Town:
	"""A network with a company and two customers, and a caller with the company's token."""

	def __init__(self, network: Network) -> None:
		self.network, self.now = network, NOW
		self.us = network.add_person("heimwerk", "Heimwerk", token=TOKEN)
		self.erika = network.add_person("erika", "Erika", followers=12)
		self.jonas = network.add_person("jonas", "Jonas")

	def wait(self, **span: float) -> None:
		self.now += timedelta(**span)
		self.network.set_clock(self.now)

	def call(self, method: str, path: str, *, token: str = TOKEN, **more: object) -> requests.Response:
		headers = {"Authorization": f"Bearer {token}"}
		return requests.request(method, f"{self.network.url}/2/{path}", headers=headers, timeout=5, **more)

	def get(self, path: str, **params: object) -> dict:
		return self.call("GET", path, params=params).json()

	def reply(self, to: str, text: str, **more: object) -> requests.Response:
		return self.call("POST", "tweets", json={"text": text, "reply": {"in_reply_to_tweet_id": to, **more}})


@pytest.fixture
def town() -> Iterator[Town]:
	with Network("social_service.rehearsal.x_network", NOW) as network:
		yield Town(network)


def undeclared(model: object, path: str = "") -> list[str]:
	"""Fields of an answer that X's own schema does not know."""
	if isinstance(model, list):
		return [name for one in model for name in undeclared(one, path)]
	if not isinstance(model, BaseModel):
		return []
	extra = [f"{path}.{name}" for name in model.model_extra or {}]
	return extra + [
		name
		for key in model.model_fields_set
		for name in undeclared(getattr(model, key, None), f"{path}.{key}")
	]


def test_every_answer_validates_against_the_official_schemas(town: Town):
	post = town.network.post(
		"erika", "@heimwerk see example.com & <b>", lang="en", media="https://pbs.twimg.com/a.jpg"
	)
	reply = town.network.post("jonas", "@heimwerk mine too " + "really " * 60, reply_to=post)
	town.network.post("jonas", "look", quote_of=post)
	town.network.post("jonas", "", repost_of=post)
	town.network.edit(reply, "@heimwerk mine too, after all")
	town.network.post("erika", "order 4711", direct_to="heimwerk")
	town.network.fail("spelling", spelling="new")
	answers = (
		(schemas.GetUsersMeResponse, town.get("users/me", **{"user.fields": NEW["user.fields"]})),
		(schemas.GetUsersMentionsResponse, town.get(f"users/{town.us}/mentions", **NEW)),
		(schemas.GetUsersPostsResponse, town.get(f"users/{town.us}/tweets", **NEW)),
		(
			schemas.SearchPostsRecentResponse,
			town.get("tweets/search/recent", query="look OR mine OR see", **NEW),
		),
		(schemas.GetPostsByIdsResponse, town.get("tweets", ids=f"{post},{reply},1", **NEW)),
		(schemas.GetDirectMessagesEventsResponse, town.get("dm_events", **DM)),
		(schemas.CreatePostsResponse, town.reply(post, "Sorry!").json()),
		(
			schemas.DeletePostsResponse,
			town.call("DELETE", f"tweets/{town.reply(post, 'Oh').json()['data']['id']}").json(),
		),
	)
	for schema, answer in answers:
		assert answer.get("data") is not None or schema is schemas.GetUsersPostsResponse
		assert undeclared(schema.model_validate(answer)) == [], schema.__name__


def test_the_official_sdk_reads_mentions_page_by_page(town: Town):
	written = [town.network.post("erika", f"@heimwerk {number}") for number in range(12)]
	client = Client(base_url=town.network.url, access_token=TOKEN)
	pages = client.users.get_mentions(
		town.us, max_results=5, post_fields=["created_at"], expansions=["author_id"]
	)
	assert [post.id for page in pages for post in page.data] == written[::-1]


def test_only_what_was_asked_for_is_shown(town: Town):
	town.network.post("erika", "@heimwerk hello", lang="en")
	(bare,) = town.get(f"users/{town.us}/mentions")["data"]
	assert set(bare) == {"id", "text", "edit_history_tweet_ids"}
	answer = town.get(f"users/{town.us}/mentions", **{"tweet.fields": "lang", "expansions": "author_id"})
	assert set(answer["data"][0]) == {"id", "text", "edit_history_tweet_ids", "lang"}
	assert [set(user) for user in answer["includes"]["users"]] == [{"id", "name", "username"}]


def test_what_a_post_does_not_have_is_left_out(town: Town):
	town.network.post("erika", "@heimwerk hello")
	asked = {
		"tweet.fields": "attachments,note_tweet,referenced_tweets,in_reply_to_user_id,possibly_sensitive"
	}
	(post,) = town.get(f"users/{town.us}/mentions", **asked)["data"]
	assert set(post) == {"id", "text", "edit_history_tweet_ids", "possibly_sensitive"}


def test_a_field_that_x_does_not_have_is_refused(town: Town):
	answer = town.call("GET", "users/me", params={"user.fields": "shoe_size"})
	assert answer.status_code == 400 and answer.json()["errors"][0]["parameters"] == {
		"user.fields": ["shoe_size"]
	}


@pytest.mark.parametrize(("spelling", "refused"), [("old", "post.fields"), ("new", "tweet.fields")])
def test_it_can_be_set_to_one_spelling_of_fields(town: Town, spelling, refused):
	town.network.fail("spelling", spelling=spelling)
	other = {"post.fields": "tweet.fields", "tweet.fields": "post.fields"}[refused]
	assert town.call("GET", "tweets", params={"ids": "1", refused: "lang"}).status_code == 400
	assert town.call("GET", "tweets", params={"ids": "1", other: "lang"}).status_code == 200


def test_a_long_post_is_cut_and_told_whole_apart(town: Town):
	town.network.post("erika", "@heimwerk " + "word " * 100 + "@jonas")
	(post,) = town.get(f"users/{town.us}/mentions", **{"tweet.fields": "note_tweet,entities"})["data"]
	assert len(post["text"]) == 280 and post["note_tweet"]["text"].endswith("@jonas")
	assert [one["username"] for one in post["entities"]["mentions"]] == ["heimwerk"]
	assert [one["username"] for one in post["note_tweet"]["entities"]["mentions"]] == ["heimwerk", "jonas"]


def test_an_edit_is_a_new_id_that_knows_the_old_ones(town: Town):
	first = town.network.post("erika", "@heimwerk one")
	town.wait(minutes=3)
	second = town.network.edit(first, "@heimwerk two")
	(post,) = town.get(f"users/{town.us}/mentions", since_id=first)["data"]
	assert (post["id"], post["text"], post["edit_history_tweet_ids"]) == (
		second,
		"@heimwerk two",
		[first, second],
	)
	assert town.get("tweets", ids=first)["data"][0]["text"] == "@heimwerk one"


def test_who_was_not_summoned_may_not_reply(town: Town):
	stranger, named = town.network.post("erika", "drills"), town.network.post("erika", "@Heimwerk drills")
	ours = town.network.post("heimwerk", "New drills")
	quote = town.network.post("jonas", "so", quote_of=ours)
	assert [town.reply(to, f"to {to}").status_code for to in (stranger, named, quote, ours)] == [
		403,
		201,
		201,
		201,
	]
	assert len(town.network.ledger()["published"]) == 3


def test_too_long_the_same_again_or_under_a_deleted_post_is_refused(town: Town):
	post, gone = town.network.post("erika", "@heimwerk a"), town.network.post("erika", "@heimwerk b")
	town.network.delete(gone)
	assert town.reply(post, "x" * 281).status_code == 403
	assert town.reply(post, "https://example.com/" + "x" * 300).status_code == 201
	assert [town.reply(post, "the same").status_code for _time in range(2)] == [201, 403]
	assert town.reply(gone, "hello?").status_code == 403
	town.wait(days=2)
	assert town.reply(post, "the same").status_code == 201


def test_a_reply_is_addressed_by_x_itself(town: Town):
	post = town.network.post("erika", "@heimwerk @jonas help")
	assert town.reply(post, "Yes").json()["data"]["text"] == "@erika @jonas Yes"
	assert town.reply(post, "No", exclude_reply_user_ids=[town.jonas]).json()["data"]["text"] == "@erika No"


def test_limits_count_by_the_network_s_own_clock(town: Town):
	answers = [town.call("GET", "dm_events") for _call in range(16)]
	assert [answer.status_code for answer in answers] == [200] * 15 + [429]
	assert answers[14].headers["x-rate-limit-remaining"] == "0"
	assert answers[15].headers["x-rate-limit-reset"] == str(int((NOW + timedelta(minutes=15)).timestamp()))
	assert answers[15].headers["Date"] == "Mon, 04 May 2026 08:00:00 GMT"
	town.wait(minutes=15)
	assert town.call("GET", "dm_events").status_code == 200


def test_a_refresh_token_works_once(town: Town):
	form = {"grant_type": "refresh_token", "refresh_token": f"refresh-{TOKEN}"}
	url = f"{town.network.url}/2/oauth2/token"
	granted = requests.post(url, data=form, timeout=5).json()
	assert requests.post(url, data=form, timeout=5).json()["error"] == "invalid_grant"
	assert town.call("GET", "users/me").status_code == 401
	assert town.call("GET", "users/me", token=granted["access_token"]).status_code == 200


def test_a_search_knows_seven_days_and_one_way_of_saying_since(town: Town):
	old = town.network.post("erika", "the drill")
	town.wait(days=8)
	town.network.post("erika", "another drill")
	asked = {"query": "drill -is:retweet", "max_results": 10}
	assert len(town.get("tweets/search/recent", **asked)["data"]) == 1
	for wrong in ({"since_id": old}, {"start_time": "2026-05-04T08:00:00Z"}):
		assert town.call("GET", "tweets/search/recent", params=asked | wrong).status_code == 400
	both = {"since_id": old, "start_time": "2026-05-10T08:00:00Z"}
	assert town.call("GET", f"users/{town.us}/mentions", params=both).status_code == 400
	assert town.call("GET", f"users/{town.us}/mentions", params={"max_results": 3}).status_code == 400


@pytest.mark.parametrize(
	("query", "found"),
	[
		("saw", 2),
		('"the saw"', 1),
		("saw -green", 1),
		("from:jonas", 1),
		("drill OR saw", 3),
		("@heimwerk", 1),
		("#blue", 1),
		("lang:de", 1),
		("sa", 0),
	],
)
def test_searches_find_what_their_words_say(town: Town, query, found):
	town.network.post("erika", "@heimwerk the saw")
	town.network.post("erika", "a green saw #blue", lang="de")
	town.network.post("jonas", "my drill")
	assert town.get("tweets/search/recent", query=query, max_results=10)["meta"]["result_count"] == found


def test_direct_messages_are_seen_by_both_sides_only_and_can_be_closed(town: Town):
	message = town.network.post("erika", "order 4711", direct_to="heimwerk")
	town.network.post("erika", "psst", direct_to="jonas")
	(event,) = town.get("dm_events", **DM)["data"]
	assert f"dm:{event['id']}" == message and event["sender_id"] == town.erika
	path = f"dm_conversations/{event['dm_conversation_id']}/messages"
	assert town.call("POST", path, json={"text": "Thank you"}).status_code == 201
	town.network._call("PUT", "people/erika", {"takes_dms": False})
	assert town.call("POST", path, json={"text": "Hello?"}).status_code == 403


def test_faults_come_as_often_as_asked_and_then_it_works_again(town: Town):
	statuses = {
		"unauthorized": 401,
		"forbidden": 403,
		"throttled": 429,
		"usage_capped": 429,
		"html": 503,
		"html_ok": 200,
	}
	for effect, status in statuses.items():
		town.network.fail(effect, path="users/me", count=2)
		got = [town.call("GET", "users/me").status_code for _call in range(3)]
		assert got == [status, status, 200], effect
	town.network.fail("malformed")
	with pytest.raises(ValueError):
		town.call("GET", "users/me").json()
	town.network.fail("slow", seconds=0.2)
	begun = time.monotonic()
	town.call("GET", "users/me")
	assert time.monotonic() - begun >= 0.2
	town.network.fail("missing_scope", scopes=["users.read"])
	assert town.call("GET", "users/me").status_code == 200
	assert town.call("GET", "dm_events").json()["detail"] == "Forbidden"


def test_a_write_can_happen_without_the_caller_hearing_of_it(town: Town):
	post = town.network.post("erika", "@heimwerk help")
	town.network.fail("timeout_after_write", method="POST")
	with pytest.raises(requests.ConnectionError):
		town.reply(post, "Yes")
	(entry,) = town.network.ledger()["published"]
	assert (entry["text"], entry["reply_to"], entry["by"]) == ("Yes", post, "heimwerk")


def test_the_ledger_names_what_others_wrote_and_we_were_shown(town: Town):
	shown, _unseen = town.network.post("erika", "@heimwerk a"), town.network.post("erika", "b")
	town.network.post("heimwerk", "@heimwerk ours")
	town.get(f"users/{town.us}/mentions")
	assert town.network.ledger()["served"] == [shown]
