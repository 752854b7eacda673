"""What every channel of Meta's is: reached with the token of a Page, pushed to by the webhook of an app."""

from __future__ import annotations

from collections.abc import Mapping

from social_service.channels.base import Channel, Connection, Setting
from social_service.channels.meta.account import sign_in_of
from social_service.channels.meta.api import ADDRESS, Graph
from social_service.channels.meta.webhook import answer_challenge
from social_service.records import SignIn


class MetaChannel(Channel):
	settings = (
		Setting("access_token", "Access token of the Page", secret=True),
		Setting("client_id", "App ID", secret=True, required=False),
		Setting("app_secret", "App secret", secret=True, required=False),
		Setting("verify_token", "Verify token of the webhook", secret=True, required=False),
		Setting("base_url", "Address of the Graph API", required=False, default=ADDRESS),
	)

	def __init__(self, connection: Connection) -> None:
		super().__init__(connection)
		self.graph = Graph(connection, self.label)
		self.own_id = self.account.external_id if self.account else ""

	def sign_in(self) -> SignIn | None:
		return sign_in_of(self.account)

	def challenge(self, query: Mapping[str, str]) -> str:
		return answer_challenge(self.connection.vault, query)

	@property
	def own_ids(self) -> frozenset[str]:
		"""Empty before the first check: then every account of the app is ours."""
		return frozenset({self.own_id} - {""})
