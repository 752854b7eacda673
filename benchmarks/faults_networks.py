"""The table of simulated networks that the faults benchmark drives. Another network is another row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import requests

if TYPE_CHECKING:
	from benchmarks.faults_stage import Place, Posted
	from social_service.hosts.base import Host

COMPANY = "heimwerk"
TOKEN = "rehearsal-token"
READS = (
	*("html", "html_ok", "malformed", "truncated", "reset", "timeout_after_write", "slow"),
	*("throttled", "unauthorized", "reordered", "repeated"),
)
PAGED = (*READS, "cursor_refused")  # where a call can go on from a place that the network names
WRITES = ("html", "timeout_after_write", "reset", "malformed", "truncated", "throttled")


@dataclass(frozen=True)
class Way:
	"""One way to write to the company. In ``text`` and in what the network is told beside it (``more``), ``{company}`` is
	its handle, ``{ours}`` a post of its own."""

	text: str = "{words}"
	more: Mapping[str, str] = field(default_factory=dict)
	often: int = 1
	is_private: bool = False
	goes_on: bool = True  # the person may write again in the same thread


def reaches_author(place: Place, entry: Mapping[str, str], asked: Posted) -> bool:
	"""Did what the company published go to who asked? Below a post of theirs; or in the same thread, and it names them."""
	answered = place.posts.get(entry["reply_to"])
	if answered and answered.by == asked.by:
		return True
	name = f"Person {asked.by.removeprefix(place.row.person)}"
	is_named = any(f"@{one}".lower() in entry["text"].lower() for one in (asked.by, name))
	threads = {one.thread for one in place.posts.values() if one.by == asked.by}
	return is_named and (answered is None or answered.thread in threads)


def reaches_talk(place: Place, entry: Mapping[str, str], asked: Posted) -> bool:
	"""X tells of a direct message only between whom it was."""
	if entry["visibility"] == "private":
		return place.people[asked.by] in entry["reply_to"].split("-")
	return reaches_author(place, entry, asked)


def nothing(_place: Place) -> None:
	"""This network needs nothing before people write."""


def set_webhook(place: Place) -> None:
	"""From now on Telegram pushes, and tells nothing to who asks."""
	row = place.row
	address = f"{place.network.url}/bot{row.secrets['access_token']}/setWebhook"
	told = {"url": "https://desk.example/hook", "secret_token": row.secrets["webhook_secret"]}
	requests.post(address, json=told, timeout=10).raise_for_status()


def keep_sign_in(_place: Place, _host: Host) -> None:
	"""Connected again with the same token."""


def grant_on_x(place: Place, host: Host) -> None:
	"""A refresh token works once: a worker that dies while it renews loses the sign-in for good."""
	place.grants += 1
	token = f"granted-again-{place.grants}"
	place.network._call("PUT", f"people/{place.company_id}", {"token": token})
	host.keep_secrets(place.channel, {"access_token": token, "refresh_token": f"refresh-{token}"})


MENTION = Way("@{company} {words}", often=8)
DIRECT = Way(more={"direct_to": "{company}"}, is_private=True)
COMMENT = Way(more={"reply_to": "{ours}"}, often=6)
TAG = Way("@{company} {words}", {"place": "tagged"}, goes_on=False)
TELEGRAM = {"access_token": f"7001001001:{TOKEN}"}
META = {"access_token": TOKEN, "app_secret": "rehearsal-app-secret"}
GOOGLE = {"refresh_token": TOKEN, "client_id": "demo", "client_secret": "demo"}


@dataclass(frozen=True)
class Row:
	name: str
	driver: str  # its code in hooks.social_channels
	ways: tuple[Way, ...]
	secrets: Mapping[str, str]
	settings: Mapping[str, str] = field(
		default_factory=dict
	)  # by Setting.key; {url} is the network's address
	module: str = ""  # run as `python -m`; by default rehearsal's of the driver's name
	company: str = COMPANY
	token: str = ""  # by which the network knows the company; by default the access token
	person: str = "person"  # how handles of people begin
	share: float = 2  # of the posts
	reads: tuple[str, ...] = READS
	writes: tuple[str, ...] = WRITES
	publishes: tuple[tuple[str, str], ...] = (("POST", ""),)  # method and part of the path of what publishes
	is_pushed: bool = False  # its webhook calls are delivered
	signs_body: bool = True  # else its calls carry the secret itself
	may_lose_calls: bool = False  # … and what a lost call told is found by polling or by the nightly scan
	renews: bool = False  # an expired access token is renewed without a person
	expiry: str = "token_expiry"  # the fault that ends it
	reads_again: bool = True  # may be read from the beginning when all is over
	reaches: Callable[[Place, Mapping[str, str], Posted], bool] = reaches_author
	prepare: Callable[[Place], None] = nothing
	grant_anew: Callable[[Place, Host], None] = keep_sign_in

	@property
	def program(self) -> str:
		return self.module or f"social_service.rehearsal.{self.driver}_network"


ROWS = (
	Row(
		"x",
		"x",
		(MENTION, Way("Nothing of #heimwerk works today: {words}", often=2), DIRECT),
		{"access_token": TOKEN, "refresh_token": f"refresh-{TOKEN}", "client_id": "demo"},
		{"hashtags": "heimwerk"},
		reads=(*PAGED, "partial"),
		publishes=(("POST", "/2/tweets"), ("POST", "/2/dm_conversations")),
		renews=True,
		expiry="unauthorized",
		reaches=reaches_talk,
		grant_anew=grant_on_x,
	),
	Row(
		"mastodon",
		"mastodon",
		(MENTION, Way("Nothing of #heimwerk works today: {words}", often=2), DIRECT),
		{"access_token": TOKEN},
		{"hashtags": "heimwerk"},
		share=1,  # its server is slow
	),
	Row(
		"telegram",
		"telegram",
		(Way(often=4), COMMENT, DIRECT),
		TELEGRAM,
		company="heimwerk_bot",
		publishes=(("POST", "sendMessage"),),
	),
	Row(
		"telegram, pushed",
		"telegram",
		(Way(often=4), COMMENT, DIRECT),
		{**TELEGRAM, "webhook_secret": "rehearsal-hook-secret"},
		company="heimwerk_bot",
		publishes=(("POST", "sendMessage"),),
		is_pushed=True,
		signs_body=False,
		prepare=set_webhook,
	),
	Row(
		"facebook",
		"facebook",
		(replace(MENTION, often=4), COMMENT, TAG, DIRECT),
		META,
		publishes=(("POST", "/comments"), ("POST", "/messages")),
		is_pushed=True,
		may_lose_calls=True,
		reads=PAGED,
	),
	Row(
		"instagram",
		"instagram",
		(COMMENT, TAG, replace(MENTION, often=1, goes_on=False), DIRECT),  # only calls tell of mentions
		META,
		publishes=(("POST", "/comments"), ("POST", "/replies"), ("POST", "/messages")),
		is_pushed=True,
		reads=PAGED,
	),
	Row(
		"google_business",
		"google_business",
		(Way(more={"stars": "2"}, goes_on=False),),
		GOOGLE,
		token=TOKEN,
		publishes=(("PUT", "/reply"),),
		renews=True,
		reads=PAGED,
	),
	Row(
		"youtube",
		"youtube",
		(Way(),),
		GOOGLE,
		token=TOKEN,
		share=0.7,  # its driver looks for replies below the newest 500 comments
		publishes=(("POST", "/comments"),),
		renews=True,
		reads=PAGED,
	),
	Row(
		"webhook",
		"webhook",
		(MENTION, DIRECT),
		{"webhook_secret": "whsec_cmVoZWFyc2FsLXNlY3JldA==", "access_token": TOKEN},
		publishes=(("POST", "/answers"),),
		is_pushed=True,
		may_lose_calls=True,
	),
	Row(
		"discourse",
		"discourse",
		(MENTION, Way("@{company} {words}", {"reply_to": "{ours}"}, often=2), DIRECT),
		{"api_key": TOKEN, "webhook_secret": "hook-secret-of-the-forum"},
		{"api_username": COMPANY},
		token=TOKEN,
		publishes=(("POST", "/posts"),),
		is_pushed=True,
		may_lose_calls=True,
	),
	Row(
		"rss",
		"rss",
		(Way(),),
		{},
		{"feeds": "{url}/feed.xml"},
		token=TOKEN,
		share=0.4,  # a feed holds 200 entries, and what is said below older ones is in none
		writes=(),  # nobody answers a feed
	),
	Row(
		"bluesky",
		"bluesky",
		(MENTION, Way("Nothing of #heimwerk works today: {words}", often=2)),
		{"app_password": TOKEN},
		{"identifier": COMPANY, "hashtags": "heimwerk"},
		token=TOKEN,
		publishes=(("POST", "putRecord"),),
		renews=True,
		reads=PAGED,
	),
)
