"""Whatever the drivers of Facebook and Instagram ask the Graph API for, the API has: fields, edges, parameters.

Held against PyPI's `facebook-business`, the one description of the API that a program can read (extra ``schema``). The
drivers do all that they can, over the simulated networks, and every call is looked up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from social_service.channels.base import Stream
from social_service.channels.meta.api import VERSION, Graph
from social_service.channels.meta.cursor import Position
from social_service.records import Message, Outgoing, Visibility
from social_service.rehearsal.meta_fields import Fields
from tests.channels.facebook_kit import FacebookKit
from tests.channels.instagram_kit import InstagramKit
from tests.kit.driving import CUSTOMER, Live

pytest.importorskip(
	"facebook_business", reason="NOT CHECKED against Meta's own schema: pip install 'social_service[schema]'"
)

from facebook_business.apiconfig import ads_api_config

from tests.schema.graph_schema import Node

UNLISTED = {"debug_token"}  # of the token, not of the graph


class Calls:
	"""Every call that the drivers make, with the kind of thing that it is made to."""

	def __init__(self) -> None:
		self.kinds: dict[str, str] = {"me": "Page"}
		self.made: list[tuple[str, str, dict, dict]] = []

	def note(self, call: Callable) -> Callable:
		def noted(graph: Graph, method: str, path: str, needs: str = "", **more: dict) -> object:
			if path.startswith("t_"):
				self.kinds[path.partition("/")[0]] = "UnifiedThread"
			self.made.append(
				(method, path, dict(more.get("params") or {}), dict(more.get("json_body") or {}))
			)
			return call(graph, method, path, needs, **more)

		return noted

	def require_all(self) -> None:
		assert len(self.made) > 15
		for method, path, params, body in self.made:
			if path not in UNLISTED:
				self._require(method, path, params, body)

	def _require(self, method: str, path: str, params: dict, body: dict) -> None:
		thing, _slash, edge = path.partition("/")
		named = str(params.pop("ids", "")).split(",") if not thing else [thing]
		for node in (Node(self.kinds[one]) for one in named if self.kinds[one] != "Message"):
			target = node.require_edge(method, edge) if edge else node
			node.require_edge(method, edge)
			node.require_params(method, edge, set(params) | set(body))
			if target and "fields" in params:
				target.require_fields(Fields(params["fields"]))


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Iterator[Calls]:
	noted = Calls()
	monkeypatch.setattr(Graph, "call", noted.note(Graph.call))
	yield noted
	noted.require_all()


def answer_all(driver: object, messages: list[Message], live: Live) -> None:
	"""In public and in private, read back as well."""
	for message in messages:
		for visibility in (Visibility.PUBLIC, Visibility.PRIVATE):
			reply = Outgoing("k", "Thank you", message, visibility, live.now)
			if message.visibility is Visibility.PRIVATE and visibility is Visibility.PUBLIC:
				continue
			driver.send(reply)
			driver.reconcile(reply)


def change_all(driver: object, comment: Message, calls: Calls, kind: str) -> None:
	"""What the driver can change of it, and of our answer."""
	ours = driver.send(Outgoing("k2", "Thank you very much", comment, Visibility.PUBLIC)).external_id
	calls.kinds[ours] = kind
	if driver.capabilities.edit:
		driver.edit(ours, Outgoing("k2", "Thank you so much", comment, Visibility.PUBLIC))
	for verb in ("hide", "show", "block", "unblock", "remove"):
		if getattr(driver.capabilities, verb):
			getattr(driver, verb)(comment)


class TestFacebook(FacebookKit):
	def test_all_that_it_asks_for_is_there(self, live: Live, calls: Calls):
		post = live.network.post(CUSTOMER, "a post")
		comment = live.network.post(CUSTOMER, "a comment", reply_to=post)
		message = live.network.post(CUSTOMER, "a message", direct_to=live.company)
		tagged = live.network.post(CUSTOMER, "@heimwerk", place="tagged")
		calls.kinds |= {live.account.external_id: "Page", post: "PagePost", tagged: "PagePost"}
		calls.kinds |= {comment: "Comment", message: "Message"}
		driver = self.driver(live)
		driver.check()
		found = {}
		for stream in driver.streams():
			page = driver.fetch(stream, None, live.since)
			found |= {one.external_id: one for one in page.messages}
		driver.get([post, comment])
		driver.get([message])
		answer_all(driver, [found[comment], found[message]], live)
		change_all(driver, found[comment], calls, "Comment")


class TestInstagram(InstagramKit):
	def test_all_that_it_asks_for_is_there(self, live: Live, calls: Calls):
		media = live.network.post(live.company, "our saws")
		comment = live.network.post(CUSTOMER, "a comment", reply_to=media)
		reply = live.network.post(CUSTOMER, "a reply", reply_to=comment)
		message = live.network.post(CUSTOMER, "a message", direct_to=live.company)
		live.network.post(CUSTOMER, "look", place="tagged")
		mention = live.network.post(CUSTOMER, "hello @heimwerk")
		calls.kinds |= {live.account.external_id: "IGUser", str(live.account.limits["page_id"]): "Page"}
		calls.kinds |= {media: "IGMedia", comment: "IGComment", reply: "IGComment", message: "Message"}
		driver = self.driver(live)
		driver.check()
		found = {}
		for stream in (*driver.streams(), Stream(mention), Stream(f"comment:{reply}")):
			page = driver.fetch(stream, None, live.since)
			found |= {one.external_id: one for one in page.messages}
		driver.fetch(Stream("comments"), _of_a_long_thread(media, comment))
		driver.get([comment, reply])
		driver.get([message])
		answer_all(driver, [found[comment], found[message]], live)
		driver.send(Outgoing("k", "Thank you", found[mention], Visibility.PUBLIC, live.now))
		change_all(driver, found[comment], calls, "IGComment")


def _of_a_long_thread(media: str, comment: str) -> str:
	return Position(is_listed=True, waiting=(f"{media}/{comment}/",)).text()


def test_the_version_that_we_call_is_the_one_that_is_described():
	assert ads_api_config["API_VERSION"] == VERSION


def test_what_is_not_there_is_noticed():
	with pytest.raises(AssertionError, match="no field colour"):
		Node("Comment").require_fields(Fields("id,parent{id,colour}"))
	with pytest.raises(AssertionError, match="no GET /likers"):
		Node("Page").require_edge("GET", "likers")
	with pytest.raises(AssertionError, match="takes no"):
		Node("Comment").require_params("POST", "comments", {"message", "colour"})
