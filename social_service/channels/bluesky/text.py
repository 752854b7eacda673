"""Bluesky's texts: plain text beside facets, which mark spans of its UTF-8 bytes as links, mentions or tags. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import regex

GRAPHEMES, BYTES = 300, 3000  # both hold
LONGEST_TAG = 64  # graphemes

LINK = regex.compile(r"(?<![\w@/.])https?://[^\s<>\"]+\.[^\s<>\"]*[^\s<>\".,;:!?'…]", regex.IGNORECASE)
MENTION = regex.compile(
	r"(?<![\w@/.])@((?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*)(?![\w@])", regex.IGNORECASE
)
TAG = regex.compile(r"(?<![\w&/#])[#＃](?!\d+(?:\W|$))([\p{L}\p{N}\p{M}_]+)")
ROUND_BRACKETS = ("(", ")")

Resolve = Callable[[str], str]  # a handle → its DID, or ""


def counted(text: str) -> tuple[int, int]:
	return len(regex.findall(r"\X", text)), len(text.encode("utf-8", "surrogatepass"))


def facets(text: str, resolve: Resolve) -> list[dict]:
	"""Without them a link can't be followed, and a named person hears nothing."""
	found = [*_links(text), *_mentions(text, resolve), *_tags(text)]
	taken: list[tuple[int, int]] = []
	kept = []
	for start, end, feature in sorted(found, key=lambda one: one[0]):
		if all(end <= begun or start >= ended for begun, ended in taken):  # a # inside a link is none
			taken.append((start, end))
			kept.append(_facet(text, start, end, feature))
	return kept


def _facet(text: str, start: int, end: int, feature: Mapping[str, str]) -> dict:
	begin = len(text[:start].encode())
	index = {"byteStart": begin, "byteEnd": begin + len(text[start:end].encode())}
	return {"index": index, "features": [{**feature, "$type": f"app.bsky.richtext.facet#{feature['$type']}"}]}


def _links(text: str) -> Iterator[tuple[int, int, dict]]:
	for found in LINK.finditer(text):
		address = found[0]
		while address.endswith(")") and address.count("(") < address.count(")"):
			address = address[:-1]  # the bracket of the sentence around it
		yield found.start(), found.start() + len(address), {"$type": "link", "uri": address}


def _mentions(text: str, resolve: Resolve) -> Iterator[tuple[int, int, dict]]:
	for found in MENTION.finditer(text):
		did = resolve(found[1].lower())
		if did:
			yield found.start(), found.end(), {"$type": "mention", "did": did}


def _tags(text: str) -> Iterator[tuple[int, int, dict]]:
	for found in TAG.finditer(text):
		if counted(found[1])[0] <= LONGEST_TAG:
			yield found.start(), found.end(), {"$type": "tag", "tag": found[1]}


# --- reading -------------------------------------------------------------------------------------------------


def features(record: Mapping, kind: str) -> Iterator[tuple[Mapping, int, int]]:
	"""The facets of one kind, with their span; those that make no sense are left out, as apps do."""
	told = record.get("facets")
	for facet in told if isinstance(told, list) else ():
		try:
			start, end = int(facet["index"]["byteStart"]), int(facet["index"]["byteEnd"])
			ours = [one for one in facet["features"] if str(one["$type"]).endswith(f"#{kind}")]
		except (KeyError, TypeError, ValueError, AttributeError):
			continue
		yield from ((one, start, end) for one in ours if 0 <= start < end)


def mentioned(record: Mapping) -> frozenset[str]:
	return frozenset(str(one.get("did")) for one, _start, _end in features(record, "mention"))


def names(text: str, handle: str) -> bool:
	"""Typed as plain text, without an app that makes a mention of it."""
	return (
		bool(handle)
		and regex.search(rf"(?<![\w@.])@{regex.escape(handle)}(?![\w-]|\.\w)", text, regex.IGNORECASE)
		is not None
	)


def whole_text(record: Mapping) -> str:
	"""Apps cut long addresses for display; people and rules need them whole."""
	if not isinstance(record["text"], str):
		raise ValueError(record["text"])
	raw = record["text"].encode("utf-8", "surrogatepass")
	links = sorted(features(record, "link"), key=lambda one: one[1], reverse=True)
	for link, start, end in links:
		address = str(link.get("uri") or "")
		if end <= len(raw) and address.startswith(("http://", "https://")):
			shown = raw[start:end].decode("utf-8", "replace")
			raw = raw[:start] + _whole_link(shown, address).encode() + raw[end:]
	text = raw.decode("utf-8", "replace")
	card = _card(record)
	return text if not card or card in text else f"{text}\n\n{card}".strip()


def _whole_link(shown: str, address: str) -> str:
	bare = shown.strip().removesuffix("...").rstrip("…")
	return address if bare and bare in address else f"{shown} ({address})"


def _card(record: Mapping) -> str:
	"""The preview of a link, whose address people often delete from their text."""
	embed = record.get("embed")
	told = embed.get("media", embed) if isinstance(embed, Mapping) else None  # it may stand beside a quote
	external = told.get("external") if isinstance(told, Mapping) else None
	address = str(external.get("uri") or "") if isinstance(external, Mapping) else ""
	return address if address.startswith(("http://", "https://")) else ""
