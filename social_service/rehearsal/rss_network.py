"""A simulated site with feeds: ``python -m social_service.rehearsal.rss_network --clock ISO``.

``/feed.xml`` is RSS 2.0, ``/atom.xml`` is Atom and answers 304; each entry has a feed of its comments. Who answers a post
comments on it. A feed holds the newest ``WINDOW`` entries.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from email.utils import format_datetime
from html import escape
from itertools import islice

from werkzeug.wrappers import Request, Response

from social_service.rehearsal.simulated import HTML, Person, Post, Refused, SimulatedNetwork, serve

WINDOW = 600
TAG = "tag:heimwerk.example,2026:"
COMMENTS = re.compile(r"/post/(\d+)/comments\.xml")
SPACES = (
	'xmlns:wfw="http://wellformedweb.org/CommentAPI/" xmlns:slash="http://purl.org/rss/1.0/modules/slash/"'
	' xmlns:dc="http://purl.org/dc/elements/1.1/"'
)


class RssNetwork(SimulatedNetwork):
	"""A simulated site with feeds."""

	refusals = {
		"unauthorized": Refused(401, HTML),
		"forbidden": Refused(403, HTML),
		"throttled": Refused(429, HTML, {"Retry-After": "120"}),
		"gone": Refused(410, HTML),
	}

	def __init__(self, now: datetime) -> None:
		super().__init__(now)
		self.entries: list[Post] = []
		self.comments: dict[str, list[Post]] = {}  # by entry

	def new_id(self) -> str:
		return TAG + super().new_id()

	def posted(self, post: Post, told: Mapping[str, object]) -> None:
		root = self.posts[post.reply_to].facts.get("entry", post.reply_to) if post.reply_to else ""
		post.facts["entry"] = root or post.id
		(self.comments.setdefault(root, []) if root else self.entries).append(post)

	def expire(self) -> None:
		"""Feeds know no sign-in."""

	def api(self, request: Request) -> Response:
		site, below = request.host_url.rstrip("/"), COMMENTS.fullmatch(request.path)
		if request.path == "/feed.xml":
			return self._told(site, self.entries, self._rss)
		if below and TAG + below[1] in self.posts:
			return self._told(site, self.comments.get(TAG + below[1], ()), self._rss)
		if request.path == "/atom.xml":
			return self._if_changed(request, self._told(site, self.entries, self._atom))
		raise Refused(404, HTML)

	def _told(self, site: str, posts: Iterable[Post], written: Callable[[str, list[Post]], str]) -> Response:
		alive = (post for post in reversed(list(posts)) if not post.is_deleted)
		window = list(islice(alive, WINDOW))
		self.note_served(*window)
		return Response(written(site, window), content_type="application/xml; charset=utf-8")

	def _if_changed(self, request: Request, response: Response) -> Response:
		etag = f'"{hashlib.sha256(response.get_data()).hexdigest()[:20]}"'
		if request.headers.get("If-None-Match") == etag:
			return Response(status=304, headers={"ETag": etag})
		response.headers["ETag"] = etag
		return response

	def _rss(self, site: str, posts: list[Post]) -> str:
		items = "".join(self._item(site, post) for post in posts)
		head = f"<title>Heimwerk Blog</title><link>{site}/</link><language>en-US</language>"
		version = '<?xml version="1.0" encoding="UTF-8"?>'
		return f'{version}<rss version="2.0" {SPACES}><channel>{head}{items}</channel></rss>'

	def _item(self, site: str, post: Post) -> str:
		address = f"{site}/post/{post.id.removeprefix(TAG)}"
		parts = {
			"guid": post.id,
			"link": address,
			"pubDate": format_datetime(post.at, usegmt=True),
			"dc:creator": post.by.name,
			"description": in_html(post.text),
		}
		if post.facts["entry"] == post.id:
			parts |= {
				"wfw:commentRss": f"{address}/comments.xml",
				"slash:comments": str(len(self.comments.get(post.id, ()))),
			}
		return (
			"<item>" + "".join(f"<{name}>{escape(text)}</{name}>" for name, text in parts.items()) + "</item>"
		)

	def _atom(self, site: str, posts: list[Post]) -> str:
		entries = "".join(_entry(site, post) for post in posts)
		head = f'<title>Heimwerk Blog</title><id>{site}/</id><link href="{site}/"/>'
		return f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">{head}{entries}</feed>'


def _entry(site: str, post: Post) -> str:
	author = _person(site, post.by)
	times = f"<published>{post.at.isoformat()}</published>"
	times += f"<updated>{(post.edited_at or post.at).isoformat()}</updated>"
	content = f'<content type="html">{escape(in_html(post.text))}</content>'
	link = f'<id>{post.id}</id><link href="{site}/post/{post.id.removeprefix(TAG)}"/>'
	return f"<entry>{link}<title></title>{times}{author}{content}</entry>"


def _person(site: str, person: Person) -> str:
	return f"<author><name>{escape(person.name)}</name><uri>{site}/people/{person.handle}</uri></author>"


def in_html(text: str) -> str:
	blocks = (escape(block).replace("\n", "<br>") for block in text.split("\n\n"))
	return "".join(f"<p>{block}</p>" for block in blocks)


if __name__ == "__main__":
	serve(RssNetwork)
