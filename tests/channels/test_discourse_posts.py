"""Single posts of a forum, threads, and the answers to them."""

from __future__ import annotations

import pytest
import responses

from social_service.channels.discourse.text import holds_word, pictures, said
from social_service.channels.errors import Ambiguous, AuthFailed, Rejected, Throttled
from social_service.records import NotSent, Sent, Visibility
from tests.channels.discourse_kit import HOST, OWN, DiscourseKit, denied, listed, parsed, payload, slow_down
from tests.kit.driving import ANYWHERE, NOW, Live

TEXT = "Thank you, we look into it."


class TestSinglePosts(DiscourseKit):
	def test_an_edit_is_seen(self, live: Live):
		posted = live.mention("it smokes")
		live.network.edit(posted, f"@{self.company} it burns")
		message = self.driver(live).get([posted])[posted]
		assert message.text.endswith("it burns") and message.edited_at == live.now

	def test_many_posts_are_read_in_few_calls(self, live: Live):
		posted = [live.mention(f"number {number}") for number in range(60)]
		with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
			mock.add_passthru(live.network.url)
			found = self.driver(live).get(posted)
		assert len(found) == 60 and all(found.values())

	@responses.activate
	def test_a_list_answers_for_all_posts_in_its_reach(self):
		responses.get(f"{HOST}/posts.json", json={"latest_posts": [listed(id=1001), listed(id=990)]})
		responses.get(f"{HOST}/posts/995.json", status=404, json=denied("not_found"))
		responses.get(f"{HOST}/posts/996.json", json=payload("post") | {"id": 996})
		found = self.offline().get(["1001", "995", "996", "990", "x"])
		assert found["995"] is None and found["x"] is None and len(responses.calls) == 3
		visible = {key: one.visibility for key, one in found.items() if one}
		assert visible == {"1001": Visibility.PUBLIC, "990": Visibility.PUBLIC, "996": Visibility.PRIVATE}

	@responses.activate
	def test_a_post_that_was_moved_out_of_sight_is_gone_only_if_our_key_is_good(self):
		responses.get(f"{HOST}/posts.json", json={"latest_posts": []})
		responses.get(f"{HOST}/posts/5.json", status=403, json=denied())
		user = responses.get(f"{HOST}/u/heimwerk.json", json=payload("user"))
		responses.get(f"{HOST}/site/settings.json", json={})
		assert self.offline().get(["5"]) == {"5": None}
		responses.replace(user.method, user.url, status=403, json=denied())
		with pytest.raises(AuthFailed):
			self.offline().get(["5"])

	@responses.activate
	def test_reading_again_stops_at_the_limit_with_what_it_has(self):
		responses.get(f"{HOST}/posts.json", json={"latest_posts": [listed(id=1001)]})
		responses.get(f"{HOST}/posts.json", status=429, json=slow_down(30))
		assert list(self.offline().get(["1001", "5"])) == ["1001"]
		with pytest.raises(Throttled):
			self.offline().get(["1001"])

	def test_the_thread_is_what_was_said_before(self, live: Live):
		first = live.network.post("erika", "it smokes")
		second = live.network.post("erika", "and smells", reply_to=first)
		third = live.network.post("erika", f"@{self.company} help", reply_to=second)
		message = self.driver(live).get([third])[third]
		before = self.driver(live).thread(message)
		assert [one.external_id for one in before] == [first, second]
		assert {one.thread_id for one in before} == {message.thread_id}


class TestAnswers(DiscourseKit):
	def test_our_own_posts_are_not_answered(self):
		assert not self.offline().may_reply(parsed(user_id=int(OWN.external_id))).allowed
		assert self.offline().may_reply(parsed()).allowed

	@responses.activate
	def test_a_text_that_is_too_short_for_the_forum_is_not_sent(self):
		for to, shortest in ((parsed(), "20"), (parsed(is_private=True), "10")):
			with pytest.raises(Rejected) as raised:
				self.offline().send(self.reply("Thanks.", to=to))
			assert raised.value.reason == "too short" and shortest in str(raised.value)
		assert len(responses.calls) == 0

	def test_a_reply_stands_below_the_post_that_it_answers(self, live: Live):
		first = self.received(live)
		live.network.post("erika", "and it smells", reply_to=first.external_id)
		sent = self.driver(live).send(self.reply("Which model is it?", to=first))
		ours = self.driver(live).get([sent.external_id])[sent.external_id]
		assert (ours.thread_id, ours.parent_id) == (first.thread_id, f"{first.thread_id}/1")
		assert sent.sent_at == live.now and sent.url.endswith(f"/{first.thread_id}/3")

	def test_the_same_call_within_two_minutes_is_answered_with_the_same_post(self, live: Live):
		reply = self.reply("Twice by accident.", to=self.received(live), started_at=live.now)
		assert self.driver(live).send(reply) == self.driver(live).send(reply)

	def test_what_is_too_similar_after_a_lost_attempt_may_be_ours(self, live: Live):
		reply = self.reply("Is it the red one?", to=self.received(live), started_at=live.now)
		sent = self.driver(live).send(reply)
		live.network.set_clock(live.now.replace(minute=3))
		with pytest.raises(Rejected) as raised:
			self.driver(live).send(reply)
		assert raised.value.reason == "duplicate"
		assert self.driver(live).reconcile(reply) == sent

	def test_what_is_too_similar_to_another_answer_is_refused(self, live: Live):
		one, other = self.received(live, "first"), self.received(live, "second")
		self.driver(live).send(self.reply("Is it the blue one?", to=one, started_at=live.now))
		with pytest.raises(Rejected) as raised:
			self.driver(live).send(self.reply("Is it the blue one?", to=other, started_at=live.now))
		assert raised.value.reason == "refused" and "similar" in str(raised.value)

	@responses.activate
	def test_a_refusal_that_can_not_be_looked_into_may_be_a_second_copy(self):
		responses.post(f"{HOST}/posts.json", status=422, json={"errors": ["No."]})
		responses.get(ANYWHERE, status=503, body="")
		with pytest.raises(Rejected) as raised:
			self.offline().send(self.reply(TEXT, to=parsed(), started_at=NOW))
		assert raised.value.reason == "duplicate"

	@responses.activate
	def test_reading_back_knows_our_reply_by_author_place_time_and_words(self):
		ours = payload("topic_posts")["post_stream"]["posts"][1]
		responses.get(f"{HOST}/t/31.json", json=payload("topic"))
		read = responses.get(f"{HOST}/t/31/posts.json", json=payload("topic_posts"))
		reply = self.reply(TEXT, to=parsed(), started_at=NOW)
		assert self.offline().reconcile(reply).external_id == "1010"
		assert "post_ids%5B%5D=1010" in read.calls[0].request.url and "=1001" not in read.calls[0].request.url
		others = ({"user_id": 4711}, {"cooked": "<p>No.</p>", "raw": "No."}, {"reply_to_post_number": 2})
		for change in (*others, {"created_at": "2026-05-04T07:50:00.000Z"}):
			responses.replace(
				"GET", f"{HOST}/t/31/posts.json", json={"post_stream": {"posts": [ours | change]}}
			)
			assert isinstance(self.offline().reconcile(reply), NotSent), change
		responses.replace(
			"GET",
			f"{HOST}/t/31/posts.json",
			json={"post_stream": {"posts": [ours | {"cooked": "<p>:thanks:</p>", "raw": f"{TEXT} "}]}},
		)
		assert isinstance(self.offline().reconcile(reply), Sent)

	@responses.activate
	def test_a_topic_that_can_not_be_read_back_leaves_it_open(self):
		reply = self.reply(TEXT, to=parsed(), started_at=NOW)
		huge = payload("topic") | {"post_stream": {"posts": [], "isMegaTopic": True}}
		long = payload("topic") | {"post_stream": {"posts": [], "stream": list(range(1002, 2000))}}
		for topic in (huge, long):
			responses.upsert("GET", f"{HOST}/t/31.json", json=topic)
			responses.upsert(
				"GET", f"{HOST}/t/31/posts.json", json=payload("topic_posts") | {"post_stream": {"posts": []}}
			)
			with pytest.raises(Ambiguous):
				self.offline().reconcile(reply)

	@responses.activate
	def test_what_stood_in_a_deleted_topic_is_not_there(self):
		responses.get(f"{HOST}/t/31.json", status=404, json=denied("not_found"))
		assert isinstance(self.offline().reconcile(self.reply(TEXT, to=parsed(), started_at=NOW)), NotSent)


COOKED = (
	(
		"emoji",
		'<p>hi <img src="https://a.example/x.png" title=":wave:" class="emoji" alt=":wave:"></p>',
		"hi :wave:",
	),
	("only emoji", '<p><img class="emoji only-emoji" alt=":fire:" src="/x.png"></p>', ":fire:"),
	(
		"quotes in quotes",
		'<aside class="quote" data-username="a"><blockquote><aside class="quote" data-username="b">'
		"<blockquote><p>old</p></blockquote></aside><p>older</p></blockquote></aside><p>mine</p>",
		"mine",
	),
	("picture", '<p>see</p><div class="meta"><span>drill.jpg 690×460</span></div>', "see"),
	("onebox stays", '<aside class="onebox"><p>a page</p></aside><p>this</p>', "a page\n\nthis"),
)


def test_cooked_posts_read_as_people_read_them():
	for name, cooked, text in COOKED:
		assert said(cooked) == text, name
	emoji = '<img class="emoji" src="https://a.example/e.png">'
	assert pictures(f'{emoji}<img src="https://a.example/p.png" alt="x"><img src="/q.png">') == (
		"https://a.example/p.png",
	)


def test_words_are_whole_words_in_any_alphabet():
	for text, word, found in (
		("Mein Bohrer!", "bohrer", True),
		("Bohrerei", "bohrer", False),
		("die Säge", "säge", True),
		("c++ (new)", "c++", True),
		("", "drill", False),
	):
		assert holds_word(text, word) is found, text
