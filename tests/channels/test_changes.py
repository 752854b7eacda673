"""Every driver keeps the contract of changes: hide, show, delete, block, unblock, edit and delete what we answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import responses

from social_service import hooks
from social_service.channels.errors import AuthFailed, Rejected
from social_service.records import Change, Message
from tests.channels.bluesky_kit import ERIKA, OWN_ID, BlueskyKit, xrpc
from tests.channels.discourse_kit import DiscourseKit, denied, listed
from tests.channels.facebook_kit import CommentKit, FacebookKit
from tests.channels.google_business_kit import GoogleBusinessKit
from tests.channels.instagram_kit import InstagramKit
from tests.channels.mastodon_kit import MastodonKit
from tests.channels.meta_kit import error
from tests.channels.rss_kit import RssKit
from tests.channels.telegram_kit import TelegramKit, refusal
from tests.channels.test_webhook import WebhookKit
from tests.channels.x_kit import XKit, problem
from tests.channels.youtube_kit import YouTubeKit
from tests.kit.change_contract import ChangeContract
from tests.kit.driving import CUSTOMER, NOW, DriverKit, Failure, Live


def below_ours(kit: DriverKit, live: Live, text: str = "you idiots") -> Message:
	"""A reply to a post of ours, as the driver brings it."""
	ours = live.network.post(live.company, "New drills are here")
	live.now += timedelta(seconds=1)
	live.network.set_clock(live.now)
	reply = live.network.post(CUSTOMER, f"@{live.company} {text}", reply_to=ours)
	page = kit.driver(live).fetch(kit.stream, None, live.since)
	return next(one for one in page.messages if one.external_id == reply)


class TestX(XKit, ChangeContract):
	settings_for_changes = {"plan": "enterprise"}
	change_failures = (
		(
			Change.HIDE,
			Failure(403, problem("missing_scope"), AuthFailed, {"permission": "tweet.moderate.write"}),
		),
		(Change.BLOCK, Failure(403, problem("missing_scope"), AuthFailed, {"permission": "block.write"})),
		(Change.HIDE, Failure(403, problem("gone"), Rejected, {"reason": "gone"})),
	)

	def rude(self, live: Live) -> Message:
		return below_ours(self, live)


class TestMastodon(MastodonKit, ChangeContract):
	change_failures = (
		(Change.BLOCK, Failure(403, {"error": "no"}, AuthFailed, {"permission": "write:blocks"})),
		(Change.UNBLOCK, Failure(404, {"error": "no"}, Rejected, {"reason": "gone"})),
	)


class TestBluesky(BlueskyKit, ChangeContract):
	change_calls = (("POST", "repo."),)
	change_failures = (
		(
			Change.HIDE,
			Failure(400, {"error": "InvalidRequest", "message": "no"}, Rejected, {"reason": "refused"}),
		),
	)

	def rude(self, live: Live) -> Message:
		return below_ours(self, live)

	def changeable(self) -> Message:
		ours = f"at://{OWN_ID}/app.bsky.feed.post/3mkabcdefgh2a"
		author = replace(self.reply().to.author, external_id=ERIKA)
		return replace(self.reply().to, thread_id=ours, parent_id=ours, author=author)

	def reads_before(self, mock: responses.RequestsMock, change: Change) -> None:
		gate = {"hiddenReplies": [self.external_id(1001)]} if change is Change.SHOW else {}
		mock.get(xrpc("com.atproto.repo.getRecord"), json={"uri": "at://x", "cid": "bafy", "value": gate})
		mock.get(xrpc("app.bsky.actor.getProfile"), json={"did": ERIKA, "viewer": {}})


class TestTelegram(TelegramKit, ChangeContract):
	change_failures = (
		(
			Change.DELETE,
			Failure(
				400,
				refusal(400, "Bad Request: message can't be deleted for everyone"),
				Rejected,
				{"reason": "can't be changed"},
			),
		),
		(
			Change.BLOCK,
			Failure(
				400,
				refusal(400, "Bad Request: not enough rights to restrict/unrestrict chat member"),
				AuthFailed,
				{"permission": "admin"},
			),
		),
	)

	@pytest.fixture(autouse=True)
	def clock(self, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
		"""Windows are counted from the network's day."""
		live: Live | None = request.getfixturevalue("live") if "live" in request.fixturenames else None
		monkeypatch.setattr(
			"social_service.channels.telegram.changing.now", lambda: live.now if live else NOW
		)


class TestFacebook(FacebookKit, ChangeContract):
	change_failures = (
		(Change.HIDE, Failure(403, error(200), AuthFailed, {"permission": "pages_manage_engagement"})),
		(Change.BLOCK, Failure(400, error(100), Rejected, {"reason": "refused"})),
	)


class TestFacebookComments(CommentKit, ChangeContract):
	pass


class TestGoogleBusiness(GoogleBusinessKit, ChangeContract):
	change_calls = (("PUT", "/reply"), ("DELETE", "/reply"))


class TestInstagram(InstagramKit, ChangeContract):
	change_failures = (
		(Change.HIDE, Failure(403, error(200), AuthFailed, {"permission": "instagram_manage_comments"})),
	)


class TestYouTube(YouTubeKit, ChangeContract):
	change_calls = (("POST", "/comments"), ("PUT", "/comments"), ("DELETE", "/comments"))


class TestDiscourse(DiscourseKit, ChangeContract):
	change_failures = (
		(Change.HIDE, Failure(403, denied(), AuthFailed, {"permission": "moderator"})),
		(Change.HIDE, Failure(200, listed(hidden=False), AuthFailed, {"permission": "moderator"})),
		(Change.DELETE, Failure(403, denied(), AuthFailed, {"permission": "moderator"})),
		(Change.BLOCK, Failure(404, denied("not_found"), AuthFailed, {"permission": "moderator"})),
		(Change.UNBLOCK, Failure(403, denied(), AuthFailed, {"permission": "moderator"})),
	)

	def ready(self, live: Live) -> None:
		live.network.set_person(live.company, is_moderator=True)
		live.account = self.driver(live).check()

	def reads_before(self, mock: responses.RequestsMock, change: Change) -> None:
		mock.get(
			f"https://network.example/posts/{self.external_id(1001)}.json",
			json=listed(hidden=change is Change.SHOW),
		)


class TestRss(RssKit, ChangeContract):
	pass


class TestWebhook(WebhookKit, ChangeContract):
	pass


def test_no_channel_is_left_out():
	kits = [one for one in globals().values() if isinstance(one, type) and issubclass(one, ChangeContract)]
	assert {one.channel_class.code for one in kits if one is not ChangeContract} == set(hooks.social_channels)
