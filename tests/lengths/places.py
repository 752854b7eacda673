"""The drivers whose counting is looked at, and the messages that make a place: what is answered decides what is counted."""

from __future__ import annotations

from dataclasses import replace

from social_service.channels.base import Channel
from social_service.records import Account, Author, Kind, Message, Visibility
from tests.channels.bluesky_kit import BlueskyKit
from tests.channels.discourse_kit import DiscourseKit
from tests.channels.facebook_kit import FacebookKit
from tests.channels.google_business_kit import GoogleBusinessKit
from tests.channels.instagram_kit import InstagramKit
from tests.channels.mastodon_kit import MastodonKit
from tests.channels.rss_kit import RssKit
from tests.channels.telegram_kit import TelegramKit
from tests.channels.test_webhook import WebhookKit
from tests.channels.x_kit import XKit
from tests.channels.youtube_kit import YouTubeKit
from tests.kit.driving import NOW, DriverKit

KITS: dict[str, type[DriverKit]] = {
	"bluesky": BlueskyKit,
	"discourse": DiscourseKit,
	"facebook": FacebookKit,
	"google_business": GoogleBusinessKit,
	"instagram": InstagramKit,
	"mastodon": MastodonKit,
	"rss": RssKit,
	"telegram": TelegramKit,
	"webhook": WebhookKit,
	"x": XKit,
	"youtube": YouTubeKit,
}
ERIKA = Message("1", "1", Kind.MENTION, Author("4711", "erika", "Erika"), "help", NOW, is_addressed=True)
AFAR = replace(ERIKA, author=Author("4712", "erika@example.social", "Erika"))
IN_PRIVATE = replace(ERIKA, visibility=Visibility.PRIVATE)
BELOW = replace(ERIKA, parent_id="0", reply_hint={"name": "Erika"})  # there a name says who is meant

PLACES: dict[str, Message | None] = {
	"post": None,
	"comment": None,
	"to @erika": ERIKA,
	"to @erika@example.social": AFAR,
	"below Erika": BELOW,
	"message": IN_PRIVATE,
}


def driver_of(network: str, limit: int) -> Channel:
	"""A server that tells its limit has told this one."""
	kit = KITS[network]()
	limits = dict(kit.account.limits)
	for key in ("max_characters", "max_post_length", "longest_answer"):
		if key in limits or network == "webhook":
			limits[key] = limit
	return kit.channel_class(kit.connection("https://network.example", _told(kit.account, limits)))


def _told(account: Account, limits: dict) -> Account:
	return replace(account, limits=limits)
