"""How the driver of X answers, and how it stays signed in."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
import responses

from social_service.channels.errors import (
	Ambiguous,
	AuthFailed,
	AuthProblem,
	ChannelError,
	NotSupported,
	Rejected,
	Unavailable,
)
from social_service.channels.x.driver import X
from social_service.records import Change, Message, NotSent, Outgoing, Sent, Visibility
from tests.channels.x_kit import DMS, MENTIONS, SEARCH, XKit, payload
from tests.kit.driving import NOW, Live, assert_keeps_secrets


class TestWriting(XKit):
	def direct(self, live: Live, text: str) -> Message:
		live.now += timedelta(seconds=1)
		live.network.set_clock(live.now)
		live.network.post("erika", text, direct_to="heimwerk")
		return self.driver(live).fetch(DMS, None, live.since).messages[-1]

	def test_a_direct_message_is_answered_once(self, live: Live):
		reply = Outgoing(
			"k",
			"Your order & all is on its way: example.com/4711",
			self.direct(live, "where?"),
			Visibility.PRIVATE,
			live.now,
		)
		live.network.fail("timeout_after_write", method="POST", path="/messages")
		with pytest.raises(ChannelError):
			self.driver(live).send(reply)
		found = self.driver(live).reconcile(reply)
		published = live.network.ledger()["published"][-1]
		assert (found.external_id, published["text"], published["visibility"]) == (
			published["id"],
			reply.text,
			"private",
		)
		assert self.driver(live).get([found.external_id])[found.external_id].is_own

	def test_a_reply_calls_nobody_but_its_addressee(self, live: Live):
		live.network.add_person("jonas", "Jonas")
		message = self.received(live, "and @jonas has it too")
		sent = self.driver(live).send(Outgoing("k", "Which one?", message, Visibility.PUBLIC, live.now))
		assert self.driver(live).get([sent.external_id])[sent.external_id].text == "@erika Which one?"

	def test_who_did_not_summon_us_gets_no_answer(self, live: Live):
		live.network.post("erika", "the drill of heimwerk smokes")
		(message,) = self.driver(live).fetch(SEARCH, None, live.since).messages
		assert not self.driver(live).may_reply(message).allowed
		with pytest.raises(Rejected) as raised:
			self.driver(live).send(Outgoing("k", "Sorry!", message, Visibility.PUBLIC, live.now))
		assert raised.value.reason == "not summoned"

	def test_the_same_text_twice_is_refused_and_then_found(self, live: Live):
		message = self.received(live)
		reply = Outgoing("k", "Twice the same", message, Visibility.PUBLIC, live.now)
		sent = self.driver(live).send(reply)
		with pytest.raises(Rejected) as raised:
			self.driver(live).send(reply)
		assert raised.value.reason == "duplicate"
		assert self.driver(live).reconcile(reply).external_id == sent.external_id

	def test_the_same_text_under_another_post_is_not_taken_for_ours(self, live: Live):
		one, other = self.received(live, "one"), self.received(live, "other")
		self.driver(live).send(Outgoing("k", "We are on it", one, Visibility.PUBLIC, live.now))
		assert not isinstance(
			self.driver(live).reconcile(Outgoing("l", "We are on it", other, Visibility.PUBLIC, live.now)),
			Sent,
		)

	def test_what_was_said_before_comes_oldest_first(self, live: Live):
		message = self.received(live, "first")
		self.driver(live).send(Outgoing("k", "Which one of them?", message, Visibility.PUBLIC, live.now))
		live.now += timedelta(minutes=1)
		live.network.set_clock(live.now)
		live.network.post("erika", "@heimwerk the blue one", reply_to=message.external_id)
		last = (
			self.driver(live)
			.fetch(MENTIONS, None, (live.now - timedelta(seconds=5)).isoformat())
			.messages[-1]
		)
		said = self.driver(live).thread(last)
		assert [one.text for one in said] == ["@heimwerk first", "@erika Which one of them?"]

	def test_only_a_reply_to_our_own_post_can_be_hidden(self, live: Live):
		message, driver = self.received(live), self.driver(live)
		assert not driver.may_change(Change.HIDE, message).allowed, "it begins a thread of its own"
		with pytest.raises(Rejected):
			driver.hide(message)
		direct = replace(message, external_id="dm:1", visibility=Visibility.PRIVATE, is_own=True)
		assert not driver.may_change(Change.DELETE_ANSWER, direct).allowed

	def test_blocking_is_offered_on_the_plan_that_has_it(self):
		message = self.reply().to
		told = self.offline().may_change(Change.BLOCK, message)
		assert not told.allowed and "Enterprise" in str(told.reason) and "@erika" in str(told.reason)
		self.options = lambda url: {"base_url": url, "plan": " Enterprise "}
		assert self.offline().may_change(Change.BLOCK, message).allowed

	@pytest.mark.parametrize("told", ['{"data": {"hidden": false}}', '{"data": []}', "{}"])
	def test_what_x_does_not_confirm_is_not_done(self, told):
		with self.answering("PUT", 200, told), pytest.raises(Ambiguous):
			self.offline().hide(self.reply().to)

	def test_prices_of_answers(self, live: Live):
		message = self.received(live)
		driver, texts = self.driver(live), ("A plain answer", "See example.com")
		costs = [
			driver.send(Outgoing("k", text, message, Visibility.PUBLIC, live.now)).cost for text in texts
		]
		assert costs == [10_000, 200_000] == [driver.price(text, message) for text in texts]

	def test_the_first_post_of_an_old_thread_is_read_by_its_number(self, live: Live):
		first = self.received(live, "first")
		live.now += timedelta(days=8)
		live.network.set_clock(live.now)
		live.network.post("erika", "@heimwerk any news?", reply_to=first.external_id)
		last = (
			self.driver(live)
			.fetch(MENTIONS, None, (live.now - timedelta(seconds=5)).isoformat())
			.messages[-1]
		)
		assert [one.external_id for one in self.driver(live).thread(last)] == [first.external_id]

	def test_a_customer_who_writes_our_very_words_is_not_taken_for_us(self, live: Live):
		message = self.direct(live, "Hello?")
		reply = Outgoing("k", "Thank you", message, Visibility.PRIVATE, live.now)
		self.direct(live, "Thank you")
		assert isinstance(self.driver(live).reconcile(reply), NotSent)

	def test_what_can_not_be_looked_through_is_not_said_to_be_absent(self):
		body = payload("posts_tweet")
		broken = body | {"data": [{"id": "1", "text": "?"}]}
		endless = body | {"meta": {"next_token": "again"}}
		for answer in (broken, endless, {"errors": [{"title": "Forbidden"}]}):
			with self.answering("GET", 200, json.dumps(answer)), pytest.raises(Ambiguous):
				self.offline().reconcile(self.reply(started_at=NOW))

	@responses.activate
	def test_a_write_is_not_sent_on_to_another_address(self):
		elsewhere = {"Location": "https://elsewhere.example/2/tweets"}
		responses.post("https://network.example/2/tweets", status=307, headers=elsewhere)
		with pytest.raises(Rejected, match="another address"):
			self.offline().send(self.reply())
		assert len(responses.calls) == 1


class TestSignIn(XKit):
	"""Tokens last two hours; a refresh token works once."""

	@pytest.fixture(autouse=True)
	def _first_token(self, process):
		"""The other tests of this network know the first token only."""
		yield
		process._call("PUT", f"people/{self.company}", {"token": self.company_token})

	def renewing(self, live: Live, refresh: str = "refresh-at-5ecret-77") -> X:
		connection = self.connection(live.network.url, live.account, internal=["127.0.0.1"])
		connection.vault.secrets["refresh_token"] = refresh
		return X(connection)

	def test_an_expired_token_is_renewed_and_kept_before_it_is_used(self, live: Live):
		driver = self.renewing(live)
		live.network.fail("unauthorized")
		driver.fetch(MENTIONS, None, live.since)
		kept = driver.connection.vault.secrets
		assert kept["access_token"].startswith("renewed-")
		assert kept["refresh_token"] == f"refresh-{kept['access_token']}"

	def test_when_another_worker_was_faster_its_token_is_used(self, live: Live):
		driver, other = self.renewing(live), self.renewing(live)
		live.network.fail("unauthorized")
		other.fetch(MENTIONS, None, live.since)
		vault = driver.connection.vault
		vault.renew = lambda *_asked: vault.secrets.update(other.connection.vault.secrets)
		assert driver.fetch(MENTIONS, None, live.since).cursor

	def test_a_token_that_is_refused_again_right_after_renewing_means_connect_again(self, live: Live):
		live.network.fail("unauthorized", count=2)
		with pytest.raises(AuthFailed) as raised:
			self.renewing(live).fetch(MENTIONS, None, live.since)
		assert raised.value.problem is AuthProblem.REVOKED

	def test_a_sign_in_says_when_it_ends_and_can_be_renewed_before(self, live: Live):
		driver = self.renewing(live)
		assert driver.sign_in() is None
		before = driver.connection.vault.get("access_token")
		driver.renew()
		assert driver.connection.vault.get("access_token") != before
		told = driver.sign_in()
		assert told.until - told.since == timedelta(hours=2)
		assert told.spent(told.since + timedelta(minutes=96)) == 0.8

	def test_without_a_refresh_token_nothing_can_be_renewed(self):
		with pytest.raises(NotSupported):
			self.offline().renew()

	def test_a_refresh_token_that_is_used_up_means_connect_again(self, live: Live, caplog):
		live.network.fail("unauthorized")
		used = "refresh-5ecret-77-used"
		with pytest.raises(AuthFailed) as raised:
			self.renewing(live, used).fetch(MENTIONS, None, live.since)
		assert raised.value.problem is AuthProblem.REVOKED
		assert_keeps_secrets(raised.value, caplog.text, {**self.secrets, "refresh_token": used})

	@pytest.mark.parametrize("effect", ["html", "html_ok", "malformed", "timeout_after_write"])
	def test_a_refresh_that_fails_half_way_wrote_no_post_and_leaks_nothing(self, live: Live, effect, caplog):
		driver = self.renewing(live)
		live.network.fail("unauthorized", method="POST", path="/2/tweets")
		live.network.fail(effect, method="POST", path="/oauth2/token")
		with pytest.raises(Unavailable) as raised:
			driver.send(self.reply())
		assert_keeps_secrets(raised.value, caplog.text, {**self.secrets, "renewed": "renewed-"})

	@pytest.mark.parametrize("secret", ["cs-5ecret-77", ""])
	@responses.activate
	def test_an_app_with_a_secret_shows_it_and_one_without_names_itself(self, secret):
		driver = self.offline()
		driver.connection.vault.secrets |= {"refresh_token": "rt", "client_secret": secret}
		url = "https://network.example/2"
		responses.get(f"{url}/users/900100200300/mentions", status=401)
		responses.post(f"{url}/oauth2/token", json={"access_token": "new"})
		responses.get(f"{url}/users/900100200300/mentions", json={"meta": {}})
		driver.fetch(MENTIONS, None, NOW.isoformat())
		refresh, again = responses.calls[1].request, responses.calls[2].request
		assert refresh.headers.get("Authorization", "").startswith("Basic ") == bool(secret)
		assert "client_id=ci-5ecret-77" in refresh.body and "refresh_token=rt" in refresh.body
		assert again.headers["Authorization"] == "Bearer new"
		assert driver.connection.vault.get("refresh_token") == "rt"
