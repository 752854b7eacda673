"""The contracts, and what is Bluesky's own about accounts, sessions and single posts."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
import responses

from social_service.channels.base import SIGNED_IN_SINCE, SIGNED_IN_UNTIL, Stream
from social_service.channels.bluesky.session import ACCESS, REFRESH, lifetime
from social_service.channels.errors import (
	AuthFailed,
	AuthProblem,
	NotSupported,
	PayloadInvalid,
	Rejected,
	Throttled,
	Unavailable,
)
from tests.channels.bluesky_kit import (
	ERIKA,
	HOST,
	OWN,
	OWN_ID,
	SERVER,
	SESSION,
	BlueskyKit,
	parsed,
	payload,
	xrpc,
)
from tests.kit.channel_contract import ChannelContract, SendContract
from tests.kit.driving import NOW, Live, closed_address, ids

SIGN_IN, RENEW = xrpc("com.atproto.server.createSession"), xrpc("com.atproto.server.refreshSession")
DESCRIBED = xrpc("com.atproto.server.describeServer")
GET_SESSION, LISTED = xrpc("com.atproto.server.getSession"), xrpc("app.bsky.notification.listNotifications")
ENDED = {"error": "ExpiredToken", "message": "Token has expired"}
NOTHING_NEW = {"notifications": []}


class TestBluesky(BlueskyKit, ChannelContract, SendContract):
	pass


class TestSession(BlueskyKit):
	def test_one_session_serves_many_jobs(self, live: Live):
		before = dict(self.driver(live).connection.vault.secrets)
		for _job in range(40):  # more sign-ins than are allowed in five minutes
			self.driver(live).fetch(self.stream, None, live.since)
		assert self.driver(live).connection.vault.secrets == before

	def test_a_session_that_ended_is_renewed_and_nobody_notices(self, live: Live):
		posted = live.mention()
		before = dict(self.driver(live).connection.vault.secrets)
		live.network.fail("token_expiry")
		assert ids(self.driver(live).fetch(self.stream, None, live.since)) == [posted]
		after = self.driver(live).connection.vault.secrets
		assert all(after[key] != before[key] for key in (ACCESS, REFRESH))

	@responses.activate
	def test_where_renewing_fails_the_app_password_signs_in_again(self):
		responses.get(LISTED, status=400, json=ENDED)
		responses.get(LISTED, json=NOTHING_NEW)
		renewing = responses.post(RENEW, status=400, json=ENDED)
		responses.get(DESCRIBED, json=SERVER)
		signing_in = responses.post(SIGN_IN, json=payload("session"))
		driver = self.offline()
		driver.fetch(self.stream, None, NOW.isoformat())
		assert (renewing.call_count, signing_in.call_count) == (1, 1)
		assert renewing.calls[0].request.headers["Authorization"] == f"Bearer {SESSION[REFRESH]}"
		assert driver.connection.vault.get(ACCESS) == payload("session")["accessJwt"]

	@responses.activate
	def test_a_session_that_can_not_be_renewed_is_tried_once(self):
		listing = responses.get(LISTED, status=400, json=ENDED)
		responses.post(RENEW, json=payload("session"))
		with pytest.raises(AuthFailed) as raised:
			self.offline().fetch(self.stream, None, NOW.isoformat())
		assert (raised.value.problem, listing.call_count) == (AuthProblem.EXPIRED, 2)

	@responses.activate
	def test_a_wrong_app_password(self):
		responses.get(LISTED, status=400, json=ENDED)
		responses.post(RENEW, status=400, json=ENDED)
		wrong = {"error": "AuthenticationRequired", "message": "Invalid identifier or password"}
		responses.get(DESCRIBED, json=SERVER)
		responses.post(SIGN_IN, status=401, json=wrong)
		with pytest.raises(AuthFailed) as raised:
			self.offline().fetch(self.stream, None, NOW.isoformat())
		assert raised.value.problem is AuthProblem.REVOKED and "app password" in str(raised.value)

	@responses.activate
	def test_a_password_that_wants_a_second_factor(self):
		responses.post(RENEW, status=401, json={"error": "AuthFactorTokenRequired"})
		responses.get(DESCRIBED, json=SERVER)
		responses.post(SIGN_IN, status=401, json={"error": "AuthFactorTokenRequired"})
		with pytest.raises(AuthFailed) as raised:
			self.offline().renew()
		assert "Make an app password" in str(raised.value)

	@responses.activate
	@pytest.mark.parametrize("told", ({"did": OWN_ID}, [], "x"))
	def test_an_answer_without_a_session_is_asked_for_again(self, told):
		responses.post(RENEW, json=told)
		with pytest.raises(Unavailable):
			self.offline().renew()

	@responses.activate
	def test_a_sign_in_whose_answer_got_lost_is_no_unknown_reply(self):
		responses.post(RENEW, status=502)
		with pytest.raises(Unavailable):
			self.offline().renew()

	def test_too_many_sign_ins(self, live: Live):
		vault = self.driver(live).connection.vault
		with pytest.raises(Throttled) as raised:
			for _job in range(31):
				vault.secrets.pop(ACCESS)
				self.driver(live).fetch(self.stream, None, live.since)
		assert 0 < raised.value.retry_after <= 301

	@responses.activate
	@pytest.mark.parametrize(
		"entered",
		({"app_password": "other"}, {"identifier": "other.example"}, {"base_url": "https://other.example"}),
	)
	def test_a_session_goes_nowhere_with_other_credentials(self, entered):
		"""An admin connected the channel again, with another account or server."""
		connection = self.connection(HOST, OWN)
		connection.options.update({key: one for key, one in entered.items() if key in connection.options})
		connection.vault.secrets.update({key: one for key, one in entered.items() if key == "app_password"})
		base = connection.options["base_url"]
		responses.get(f"{base}/xrpc/com.atproto.server.describeServer", json=SERVER)
		responses.post(f"{base}/xrpc/com.atproto.server.createSession", json=payload("session"))
		listing = responses.get(f"{base}/xrpc/app.bsky.notification.listNotifications", json=NOTHING_NEW)
		self.channel_class(connection).fetch(self.stream, None, NOW.isoformat())
		told = listing.calls[0].request.headers["Authorization"]
		assert told == f"Bearer {payload('session')['accessJwt']}"

	def test_the_sign_in_lasts_as_long_as_it_can_be_renewed(self, live: Live):
		signed_in = self.driver(live).sign_in()
		assert signed_in.until - signed_in.since == timedelta(days=90)
		live.network.set_clock(live.now + timedelta(days=80))
		self.driver(live).renew()
		assert self.driver(live).sign_in().since == live.now + timedelta(days=80)

	@pytest.mark.parametrize("token", ("", "opaque", "a.b.c", "e30.e30.e30", "a.W10.c", "é.é.é"))
	def test_tokens_that_tell_no_times(self, token):
		assert lifetime(token) == ("", "")

	@responses.activate
	def test_without_times_nobody_is_told_that_the_sign_in_ends(self):
		responses.post(RENEW, json={"accessJwt": "opaque", "refreshJwt": "opaque too"})
		driver = self.offline()
		driver.renew()
		assert driver.sign_in() is None
		assert {driver.connection.vault.get(key) for key in (SIGNED_IN_SINCE, SIGNED_IN_UNTIL)} == {""}

	def test_times_of_a_token(self):
		since, until = lifetime(payload("session")["refreshJwt"])
		assert datetime.fromisoformat(since) == datetime(2026, 5, 4, 8, tzinfo=timezone.utc)
		assert datetime.fromisoformat(until) > datetime.fromisoformat(since) + timedelta(days=80)


class TestAccount(BlueskyKit):
	@responses.activate
	def test_a_new_account_without_a_profile(self):
		responses.get(GET_SESSION, json=payload("session"))
		missing = {"error": "InvalidRequest", "message": "Profile not found"}
		responses.get(xrpc("app.bsky.actor.getProfile"), status=400, json=missing)
		account = self.offline().check()
		assert (account.external_id, account.handle, account.name) == (OWN_ID, OWN.handle, OWN.handle)

	@responses.activate
	@pytest.mark.parametrize(
		("told", "error"),
		(
			({"status": 404, "body": "<html>"}, Rejected),
			({"status": 405, "body": ""}, Rejected),
			({"body": "<html>"}, PayloadInvalid),
			({"json": {"title": "some other API"}}, PayloadInvalid),
			({"json": []}, PayloadInvalid),
		),
	)
	def test_some_other_website_never_gets_the_password(self, told, error):
		responses.get(DESCRIBED, **told)
		connection = self.connection("https://shop.example", None)
		connection.options["base_url"] = HOST
		with pytest.raises(error) as raised:
			self.channel_class(connection).check()
		assert "network.example" in str(raised.value) and "Check" in str(raised.value)
		assert [call.request.method for call in responses.calls] == ["GET"]

	@responses.activate
	def test_a_refused_sign_in_does_not_repeat_the_password(self):
		connection = self.connection("https://shop.example", None)
		connection.options["base_url"] = HOST
		password = self.secrets["app_password"]
		responses.get(DESCRIBED, json=SERVER)
		responses.post(SIGN_IN, status=400, json={"error": "InvalidRequest", "message": f"{password}: odd"})
		with pytest.raises(Rejected) as raised:
			self.channel_class(connection).check()
		assert password not in str(raised.value) and "odd" in str(raised.value)

	@responses.activate
	@pytest.mark.parametrize(
		"entered", ("heimwerk.example", " @heimwerk.example\n", "\u202a@heimwerk.example\u202c")
	)
	def test_a_handle_is_taken_as_people_copy_it(self, entered):
		connection = self.connection(closed_address(), None)
		connection.options["identifier"], connection.options["base_url"] = entered, HOST
		responses.get(DESCRIBED, json=SERVER)
		signing_in = responses.post(SIGN_IN, json=payload("session"))
		assert self.channel_class(connection).api.session.token()
		assert b'"identifier": "heimwerk.example"' in signing_in.calls[0].request.body

	@pytest.mark.parametrize("missing", ("identifier", "app_password"))
	def test_both_are_needed(self, missing):
		connection = self.connection(closed_address(), None)
		connection.options.pop(missing, None)
		connection.vault.secrets.pop(missing, None)
		with pytest.raises(Rejected) as raised:
			self.channel_class(connection).check()
		assert raised.value.reason == "no user"

	def test_the_server_is_bluesky_s_own_unless_another_is_entered(self):
		for entered, base in (("", "https://bsky.social"), ("pds.example/", "https://pds.example")):
			assert self.channel_class(self.connection(entered, None)).api.base == base
		with pytest.raises(Rejected) as raised:
			self.channel_class(self.connection("https://[", None)).check()
		assert raised.value.reason == "bad address"

	def test_each_word_and_tag_is_a_stream(self):
		keys = [one.key for one in self.offline().streams()]
		assert keys[:3] == ["mentions", "own", "search:@heimwerk.example"]
		assert keys[3:] == ["search:drill", "search:cordless saw", "hashtag:heimwerk"]
		before_check = self.channel_class(self.connection(HOST, None))
		assert len(before_check.streams()) == len(keys) - 1

	def test_a_stream_that_there_is_not(self):
		for key in ("dms", "search:", "hashtag:"):
			with pytest.raises(NotSupported):
				self.offline().fetch(Stream(key), None, NOW.isoformat())


class TestSinglePosts(BlueskyKit):
	def test_an_edit_is_seen(self, live: Live):
		posted = live.mention("it smokes")
		assert self.driver(live).get([posted])[posted].edited_at is None
		live.now += timedelta(minutes=10)
		live.network.set_clock(live.now)
		live.network.edit(posted, f"@{self.company} it burns")
		message = self.driver(live).get([posted])[posted]
		assert message.text.endswith("it burns") and message.edited_at == live.now

	def test_many_are_asked_25_at_a_time(self, live: Live):
		posted = [live.mention(f"post {number}") for number in range(60)]
		found = self.driver(live).get([*posted, "no post", f"at://{ERIKA}/app.bsky.feed.post/none"])
		assert set(found) == {*posted, f"at://{ERIKA}/app.bsky.feed.post/none"}
		assert [key for key, one in found.items() if one is None] == [f"at://{ERIKA}/app.bsky.feed.post/none"]

	def test_a_post_that_is_dated_back_is_no_edited_one(self, live: Live):
		"""Its author may claim any time; its key tells when it was written."""
		claimed = (live.now - timedelta(days=2)).isoformat()
		posted = live.network.post("erika", f"@{self.company} from elsewhere", at=claimed)
		assert self.driver(live).get([posted])[posted].edited_at is None

	@responses.activate
	def test_a_server_that_knows_nothing_says_nothing_of_a_post(self):
		uri = parsed("mention").external_id
		responses.get(xrpc("app.bsky.feed.getPosts"), json={"posts": []})
		responses.get(xrpc("app.bsky.feed.getPostThread"), status=404, body="<html>")
		with pytest.raises(Rejected) as raised:
			self.offline().get([uri])
		assert raised.value.reason == "not bluesky"

	@responses.activate
	def test_what_a_block_hides_is_not_gone(self):
		uri = parsed("mention").external_id
		responses.get(xrpc("app.bsky.feed.getPosts"), json={"posts": []})
		responses.get(xrpc("app.bsky.feed.getPostThread"), json=payload("blocked_thread"))
		assert self.offline().get([uri]) == {}

	def test_a_thread_is_told_from_its_beginning(self, live: Live):
		first = live.mention("it smokes")
		second = live.network.post("erika", "and smells", reply_to=first)
		third = live.network.post("erika", f"@{self.company} still", reply_to=second)
		messages = self.driver(live).fetch(self.stream, None, live.since).messages
		assert {one.external_id: one.thread_id for one in messages} == {first: first, third: first}
		before = self.driver(live).thread(messages[-1])
		assert [one.external_id for one in before] == [first, second]
