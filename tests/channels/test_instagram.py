"""The driver of Instagram keeps the contracts, below its posts and in direct messages."""

from __future__ import annotations

import pytest

from tests.channels.instagram_kit import PAYLOADS, DirectKit, InstagramKit
from tests.kit.channel_contract import ChannelContract, SendContract
from tests.kit.receive_contract import BodySigned, Call, ReceiveContract


class TestInstagram(InstagramKit, ChannelContract, SendContract, ReceiveContract, BodySigned):
	def calls(self):
		due = (
			"comment:17850001001",
			"mention:17850007001:17840007000",
			"mention::17840007100",
			"comments",
			"messages",
		)
		yield Call("hints", (PAYLOADS / "webhook.json").read_bytes(), due=due, deleted=("aWdfZAG0",))
		yield Call("of something else", b'{"object": "page", "entry": [{"id": "17841400100"}]}')


class TestInstagramDirect(DirectKit, ChannelContract, SendContract):
	"""The same contract in direct messages, where nothing can be taken back."""

	@pytest.mark.skip(reason="not supported: taking direct messages back")
	def test_a_reply_can_be_taken_back(self):
		"""Meta lets no app delete a message that was sent."""
