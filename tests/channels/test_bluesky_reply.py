"""Answering: one key for one reply, where nobody may answer, what a reply is made of, deleting and hiding."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
import responses

from social_service.channels.bluesky.answering import record_key
from social_service.channels.bluesky.post import read_post
from social_service.channels.bluesky.record_keys import TID, time_of
from social_service.channels.errors import Ambiguous, Rejected, Unavailable
from social_service.records import Change, NotSent, Visibility
from tests.channels.bluesky_kit import ERIKA, OWN, OWN_ID, BlueskyKit, open_thread, parsed, payload, xrpc
from tests.kit.driving import CUSTOMER, NOW, Live

PUT, THREAD = xrpc("com.atproto.repo.putRecord"), xrpc("app.bsky.feed.getPostThread")
READ, RESOLVE = xrpc("com.atproto.repo.getRecord"), xrpc("com.atproto.identity.resolveHandle")
OURS = f"at://{OWN_ID}/app.bsky.feed.post/3mkz7cspti29x"


class TestBlueskyReply(BlueskyKit):
	def sent_record(self, text: str, **changes: object) -> dict:
		"""The body of the call that publishes."""
		responses.get(THREAD, json=open_thread())
		putting = responses.post(PUT, json={"uri": OURS, "cid": "bafyours"})
		sent = self.offline().send(replace(self.answered(parsed("reply"), text), **changes))
		assert sent.external_id == OURS and sent.sent_at == NOW
		return json.loads(putting.calls[0].request.body)

	@responses.activate
	def test_what_a_reply_is_made_of(self):
		body = self.sent_record(" Danke, @erika.example! https://heimwerk.example/ä \n")
		record = body.pop("record")
		assert body == {
			"repo": OWN_ID,
			"collection": "app.bsky.feed.post",
			"rkey": record_key(self.answered(parsed("reply"))),
		}
		assert record["text"] == "Danke, @erika.example! https://heimwerk.example/ä"
		assert record["createdAt"] == "2026-05-04T08:00:00.000Z"
		assert record["reply"]["parent"] == {"uri": parsed("reply").external_id, "cid": "bafyreihreply"}
		assert "langs" not in record, "nobody told us in which language the agent writes"
		assert record["reply"]["root"]["cid"] == "bafyreiroot"
		kinds = [one["features"][0]["$type"].partition("#")[2] for one in record["facets"]]
		assert kinds == ["mention", "link"]

	@responses.activate
	def test_people_who_are_named_are_looked_up(self):
		responses.get(RESOLVE, json={"did": "did:plc:jonas"})
		responses.get(RESOLVE, status=400, json={"error": "InvalidRequest"})
		record = self.sent_record("cc @jonas.example @nobody.example")["record"]
		assert [one["features"][0]["did"] for one in record["facets"]] == ["did:plc:jonas"]

	@responses.activate
	def test_a_plain_reply_has_no_facets(self):
		assert "facets" not in self.sent_record("Thank you.")["record"]

	def test_the_key_is_of_the_reply_and_its_first_attempt(self):
		reply = self.answered(parsed("mention"))
		key = record_key(reply)
		assert TID.fullmatch(key)
		assert record_key(replace(reply, text="other")) == key
		stored_exactly = replace(reply, started_at=NOW + timedelta(microseconds=123_456))
		assert record_key(stored_exactly) == key, "databases keep seconds, or more"
		others = {record_key(replace(reply, key=f"other-{number}")) for number in range(2000)}
		assert len(others) == 2000 and key not in others
		assert record_key(replace(reply, started_at=NOW + timedelta(seconds=2))) > key, (
			"later keys sort later"
		)

	def test_the_key_tells_its_time(self):
		told = time_of(record_key(self.answered(parsed("mention"))))
		assert told.replace(microsecond=0) == NOW
		assert time_of("3jzfcijpj2z2a").year == 2023, "the protocol's own example"
		assert time_of("self") is time_of("zzzzzzzzzzzzz") is None

	# --- where nobody may answer ----------------------------------------------------------------------------

	def refused(self, live: Live, **how: str) -> str:
		told = live.network.post(CUSTOMER, f"@{self.company} no answers, please", **how)
		page = self.driver(live).fetch(self.stream, None, live.since)
		message = next(
			(one for one in page.messages if one.external_id == told),
			replace(parsed("mention"), external_id=told),
		)
		with pytest.raises(Rejected) as raised:
			self.driver(live).send(self.answered(message))
		assert not [one for one in live.network.ledger()["published"] if one["reply_to"] == told]
		return raised.value.reason

	def test_a_thread_whose_author_limits_who_can_reply(self, live: Live):
		assert self.refused(live, closed="1") == "not allowed"

	def test_somebody_who_blocked_us(self, live: Live):
		live.network.add_person("jonas", "Jonas")
		told = live.network.post("jonas", f"@{self.company} never again", blocks=self.company)
		reply = self.answered(replace(parsed("mention"), external_id=told))
		with pytest.raises(Rejected) as raised:
			self.driver(live).send(reply)
		assert raised.value.reason == "blocked" and "has blocked" in str(raised.value)

	@responses.activate
	@pytest.mark.parametrize(
		("viewer", "said"),
		(
			({"blockedBy": True}, "has blocked"),
			({"blocking": "at://x"}, "Unblock"),
			({"blockingByList": {"name": "spam"}}, "Unblock"),
		),
	)
	def test_a_block_is_seen_where_the_post_is_shown_all_the_same(self, viewer, said):
		told = open_thread()
		told["thread"]["post"]["author"]["viewer"] = viewer
		responses.get(THREAD, json=told)
		with pytest.raises(Rejected) as raised:
			self.offline().send(self.answered(parsed("mention")))
		assert raised.value.reason == "blocked" and said in str(raised.value)

	@responses.activate
	def test_somebody_whom_we_blocked(self):
		told = payload("blocked_thread")
		told["thread"]["author"]["viewer"] = {"blocking": f"at://{OWN_ID}/app.bsky.graph.block/1"}
		responses.get(THREAD, json=told)
		with pytest.raises(Rejected) as raised:
			self.offline().send(self.answered(parsed("mention")))
		assert "Unblock" in str(raised.value)

	def test_a_post_that_is_gone(self, live: Live):
		message = self.received(live)
		live.network.delete(message.external_id)
		with pytest.raises(Rejected) as raised:
			self.driver(live).send(self.answered(message))
		assert raised.value.reason == "gone"

	@responses.activate
	@pytest.mark.parametrize("told", ({}, {"thread": "?"}, []))
	def test_as_long_as_we_do_not_know_nothing_leaves(self, told):
		responses.get(THREAD, json=told)
		with pytest.raises(Unavailable):
			self.offline().send(self.answered(parsed("mention")))

	@responses.activate
	def test_a_thread_told_as_not_found(self):
		responses.get(THREAD, json={"thread": {"notFound": True, "uri": "at://x"}})
		with pytest.raises(Rejected) as raised:
			self.offline().send(self.answered(parsed("mention")))
		assert raised.value.reason == "gone"

	def test_what_is_known_without_a_call(self):
		driver = self.offline()
		assert driver.may_reply(parsed("mention")).allowed
		assert not driver.may_reply(parsed("post_view")).allowed, "its thread was closed when we read it"
		assert not driver.may_reply(replace(parsed("mention"), is_own=True)).allowed

	@responses.activate
	def test_a_private_answer_is_not_shown_to_everybody(self):
		with pytest.raises(Rejected) as raised:
			self.offline().send(replace(self.answered(parsed("mention")), visibility=Visibility.PRIVATE))
		assert raised.value.reason == "not private" and len(responses.calls) == 0

	# --- length ---------------------------------------------------------------------------------------------

	@pytest.mark.parametrize(
		("text", "used", "limit", "unit"),
		(
			("x" * 300, 300, 300, "characters"),
			("ä" * 290, 290, 300, "characters"),
			("👨‍👩‍👧‍👦" * 120, 3000, 3000, "bytes"),
			("👨‍👩‍👧‍👦" * 121, 3025, 3000, "bytes"),
		),
	)
	def test_the_nearer_of_both_limits_counts(self, text, used, limit, unit):
		length = self.offline().measure(text)
		assert (length.used, length.limit, length.unit) == (used, limit, unit)

	def test_the_network_takes_what_fits_and_refuses_what_does_not(self, live: Live):
		message = self.received(live)
		self.driver(live).send(self.answered(message, "👨‍👩‍👧‍👦" * 120))
		with pytest.raises(Rejected) as raised:
			self.driver(live).send(self.answered(message, "👨‍👩‍👧‍👦" * 121))
		assert raised.value.reason == "too long" and "bytes" in str(raised.value)

	# --- reading back ---------------------------------------------------------------------------------------

	def test_a_reply_that_came_twice_stays_one_post(self, live: Live):
		reply = replace(self.answered(self.received(live)), key="twice")
		first, second = self.driver(live).send(reply), self.driver(live).send(reply)
		assert first == second
		assert len([one for one in live.network.ledger()["published"] if one["id"] == first.external_id]) == 1

	@responses.activate
	def test_reading_back(self):
		reply = self.answered(parsed("mention"))
		reading = responses.get(READ, json={"uri": OURS, "cid": "bafyours", "value": {}})
		assert self.offline().reconcile(reply).external_id == OURS
		assert reading.calls[0].request.params["rkey"] == record_key(reply)
		responses.replace(responses.GET, READ, status=400, json={"error": "RecordNotFound"})
		assert isinstance(self.offline().reconcile(reply), NotSent)
		responses.replace(responses.GET, READ, json={"cid": "bafy"})
		with pytest.raises(Ambiguous):
			self.offline().reconcile(reply)
		for status, told in (
			(400, {"error": "InvalidRequest"}),
			(404, {}),
			(404, {"error": "XRPCNotSupported"}),
		):
			responses.replace(responses.GET, READ, status=status, json=told)
			with pytest.raises(Rejected):
				self.offline().reconcile(reply)

	# --- deleting and hiding --------------------------------------------------------------------------------

	@responses.activate
	@pytest.mark.parametrize(
		"uri", (f"at://{ERIKA}/app.bsky.feed.post/3mk", "3mk", f"at://{OWN_ID}/app.bsky.feed.like/1")
	)
	def test_only_our_own_posts_are_deleted(self, uri):
		with pytest.raises(Rejected) as raised:
			self.offline().delete(uri)
		assert raised.value.reason == "not ours" and len(responses.calls) == 0

	def test_deleting_twice_is_no_failure(self, live: Live):
		sent = self.driver(live).send(self.answered(self.received(live)))
		for _time in range(2):
			self.driver(live).delete(sent.external_id)

	def test_a_reply_below_our_own_post_is_hidden(self, live: Live):
		ours = live.network.post(self.company, "Our new drill!")
		first, second = (live.network.post(CUSTOMER, f"spam {one}", reply_to=ours) for one in range(2))
		found = self.driver(live).get([first, second])
		for uri in (first, second, first):
			assert self.driver(live).may_change(Change.HIDE, found[uri]).allowed
			self.driver(live).hide(found[uri])
		gate = self.driver(live).api.record(
			"com.atproto.repo.getRecord",
			[
				("repo", live.account.external_id),
				("collection", "app.bsky.feed.threadgate"),
				("rkey", ours[-13:]),
			],
		)["value"]
		assert gate["hiddenReplies"] == [first, second] and gate["post"] == ours and "allow" not in gate
		self.driver(live).show(found[first])
		assert live.network.changes()["hidden"] == [second]

	@responses.activate
	def test_hiding_keeps_what_limits_the_thread_already(self):
		told = payload("reply") | {"indexedAt": "2026-05-04T08:01:01.000Z"}
		message = read_post(told, OWN)
		gate = {"$type": "app.bsky.feed.threadgate", "allow": [], "createdAt": "2026-05-01T00:00:00.000Z"}
		responses.get(READ, json={"uri": "at://x", "cid": "bafygate", "value": gate})
		putting = responses.post(PUT, json={"uri": "at://x", "cid": "bafy"})
		self.offline().hide(message)
		body = json.loads(putting.calls[0].request.body)
		assert body["swapRecord"] == "bafygate" and body["record"]["allow"] == []
		assert body["record"]["createdAt"] == gate["createdAt"] and body["record"]["hiddenReplies"] == [
			told["uri"]
		]
		gate["hiddenReplies"] = [f"at://{ERIKA}/app.bsky.feed.post/{number}" for number in range(300)]
		responses.replace(responses.GET, READ, json={"uri": "at://x", "cid": "bafygate", "value": gate})
		with pytest.raises(Rejected) as raised:
			self.offline().hide(message)
		assert raised.value.reason == "too many"

	def test_below_somebody_else_s_post_nothing_is_hidden(self, live: Live):
		message, ours = self.received(live), live.network.post(self.company, "Our new drill!")
		(own,) = self.driver(live).get([ours]).values()
		for one in (message, own):
			with pytest.raises(Rejected) as raised:
				self.driver(live).hide(one)
			assert raised.value.reason == "not ours"
			assert not self.driver(live).may_change(Change.HIDE, one).allowed

	# --- blocking -------------------------------------------------------------------------------------------

	def test_a_block_that_was_made_in_the_app_is_taken_away_too(self, live: Live):
		message, driver = self.received(live), self.driver(live)
		by_hand = f"at://{live.account.external_id}/app.bsky.graph.block/3mkabcdefgh2a"
		place = {
			"repo": live.account.external_id,
			"collection": "app.bsky.graph.block",
			"rkey": by_hand[-13:],
		}
		subject = message.author.external_id
		record = {"$type": place["collection"], "subject": subject, "createdAt": "2026-05-04T08:00:00.000Z"}
		driver.api.post("com.atproto.repo.putRecord", {**place, "record": record})
		driver.block(message)  # nothing more is written
		driver.unblock(message)
		assert live.network.changes()["blocked"] == []

	@responses.activate
	def test_a_list_that_blocks_them_is_said(self):
		told = {"did": ERIKA, "viewer": {"blockingByList": {"name": "spam"}}}
		responses.get(xrpc("app.bsky.actor.getProfile"), json=told)
		responses.post(xrpc("com.atproto.repo.deleteRecord"), json={})
		with pytest.raises(Rejected) as raised:
			self.offline().unblock(parsed("mention"))
		assert raised.value.reason == "by list"
