"""The driver of Facebook keeps the contracts, however people write: on the Page, below a post, in Messenger."""

from __future__ import annotations

import pytest

from tests.channels.facebook_kit import PAYLOADS, CommentKit, FacebookKit, MessengerKit
from tests.kit.channel_contract import ChannelContract, SendContract
from tests.kit.receive_contract import BodySigned, Call, ReceiveContract


class TestFacebook(FacebookKit, ChannelContract, SendContract, ReceiveContract, BodySigned):
	def calls(self):
		whole = ("9001_1001", "9001_1002", "100200300_5511", "9001_1001")
		yield Call("changes", (PAYLOADS / "webhook.json").read_bytes(), whole, deleted=("9001_1003",))
		due = ("messages", "tagged", "comments", "posts")
		yield Call("hints", (PAYLOADS / "webhook_hints.json").read_bytes(), due=due)
		yield Call("of something else", b'{"object": "instagram", "entry": [{"id": "100200300"}]}')


class TestFacebookComments(CommentKit, ChannelContract, SendContract):
	"""The same contract below a post of ours."""


class TestFacebookMessenger(MessengerKit, ChannelContract, SendContract):
	"""The same contract in Messenger, where nothing can be taken back."""

	@pytest.mark.skip(reason="not supported: taking direct messages back")
	def test_a_reply_can_be_taken_back(self):
		"""Meta lets nobody delete a message that was sent."""
