"""What the company writes into its repository on the simulated Bluesky. Writing the same under the same key changes nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime

import regex
from werkzeug.wrappers import Request

from social_service.rehearsal.bluesky_sessions import refused
from social_service.rehearsal.bluesky_view import BLOCK, GATE, POST, cid, cid_of
from social_service.rehearsal.simulated import Person, Post

KEY = re.compile(r"[234567a-j][234567a-z]{12}")
GRAPHEMES, BYTES = 300, 3000
NO_RECORD = refused(400, "RecordNotFound", "Could not locate record")


class BlueskyWrites:
	"""A part of ``BlueskyNetwork``."""

	now: datetime
	posts: dict[str, Post]
	gates: dict[str, dict]  # by the address of their post
	our_blocks: dict[str, str]  # by the address of the record: whom
	blocked: set[str]
	find_person: Callable[[str], Person | None]
	place: Callable[[Post], None]
	changed: Callable[[Post], None]
	note_published: Callable[[Post], None]

	def put_record(self, us: Person, request: Request) -> dict:
		told = request.get_json(silent=True) or {}
		collection, rkey = str(told.get("collection")), str(told.get("rkey"))
		record = told.get("record")
		if told.get("repo") not in (us.id, us.handle):
			raise refused(401, "AuthenticationRequired")
		if not isinstance(record, dict) or record.get("$type") != collection:
			raise refused(400, "InvalidRequest", f"Invalid {collection} record")
		uri = f"at://{us.id}/{collection}/{rkey}"
		if collection == GATE:
			return self._put_gate(uri, record, told.get("swapRecord"))
		if collection == BLOCK and KEY.fullmatch(rkey):
			return self._put_block(uri, record)
		if collection != POST or not KEY.fullmatch(rkey):
			raise refused(400, "InvalidRequest", "Invalid record key")
		return self._put_post(us, uri, record)

	def _put_post(self, us: Person, uri: str, record: dict) -> dict:
		_require_valid(record)
		there = self.posts.get(uri)
		if there and not there.is_deleted and there.facts["record"] == record:
			return {"uri": uri, "cid": cid(there), "validationStatus": "valid"}
		parent = self.posts.get((record.get("reply") or {}).get("parent", {}).get("uri", ""))
		root = self.posts.get((record.get("reply") or {}).get("root", {}).get("uri", ""))
		claimed = datetime.fromisoformat(record["createdAt"].replace("Z", "+00:00"))
		post = Post(uri, us, record["text"], self.now, reply_to=parent.id if parent else "")
		post.facts |= {
			"record": record,
			"claimed": claimed,
			"indexed": self.now,
			"parent": parent,
			"root": root,
		}
		self.posts[uri] = post
		self.place(post)
		self.note_published(post)
		commit = {"cid": cid_of(uri, self.now), "rev": uri.rsplit("/", 1)[-1]}
		return {"uri": uri, "cid": cid(post), "commit": commit, "validationStatus": "valid"}

	def _put_gate(self, uri: str, record: dict, swap: object) -> dict:
		there = self.gates.get(uri)
		if swap != (cid_of(there) if there else None):
			raise refused(400, "InvalidSwap", "Record was at another version")
		self.gates[uri] = record
		hidden, before = record.get("hiddenReplies") or (), (there or {}).get("hiddenReplies") or ()
		for name in {*hidden, *before} & set(self.posts):
			self.posts[name].is_hidden = name in hidden
		return {"uri": uri, "cid": cid_of(record)}

	def _put_block(self, uri: str, record: dict) -> dict:
		person = self.find_person(str(record.get("subject")))
		if not person or not record.get("createdAt"):
			raise refused(400, "InvalidRequest", f"Invalid {BLOCK} record")
		self.our_blocks[uri] = person.handle
		self._block_anew()
		return {"uri": uri, "cid": cid_of(record)}

	def _block_anew(self) -> None:
		self.blocked = set(self.our_blocks.values())

	def get_record(self, _us: Person, request: Request) -> dict:
		repo, collection, rkey = (request.args.get(one, "") for one in ("repo", "collection", "rkey"))
		uri = f"at://{repo}/{collection}/{rkey}"
		if collection == GATE and uri in self.gates:
			return {"uri": uri, "cid": cid_of(self.gates[uri]), "value": self.gates[uri]}
		post = self.posts.get(uri)
		if not post or post.is_deleted or "record" not in post.facts:
			raise NO_RECORD
		return {"uri": uri, "cid": cid(post), "value": post.facts["record"]}

	def delete_record(self, us: Person, request: Request) -> dict:
		"""What is not there is deleted already."""
		told = request.get_json(silent=True) or {}
		uri = f"at://{us.id}/{told.get('collection')}/{told.get('rkey')}"
		if self.our_blocks.pop(uri, None):
			self._block_anew()
		post = self.posts.get(uri)
		if post and not post.is_deleted:
			post.is_deleted = True
			self.changed(post)
		return {"commit": {"cid": cid_of(told, self.now), "rev": "3"}}


def _require_valid(record: Mapping) -> None:
	text = record.get("text")
	if not isinstance(text, str) or not record.get("createdAt"):
		raise refused(400, "InvalidRequest", f'Invalid {POST} record: Record must have the property "text"')
	size, graphemes = len(text.encode()), len(regex.findall(r"\X", text))
	if size > BYTES:
		raise refused(
			400, "InvalidRequest", f"Invalid {POST} record: string too big (maximum {BYTES}, got {size})"
		)
	if graphemes > GRAPHEMES:
		raise refused(400, "InvalidRequest", f"Invalid {POST} record: grapheme too big (maximum {GRAPHEMES})")
