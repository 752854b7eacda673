"""Own history: a file comes in; its posts, oldest first, go out, with a sentence for every line that can't be read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from social_service.archives import mastodon, rows, x
from social_service.archives.file import Archive, NotAHistory, Reading, decoded
from social_service.sentence import _

__all__ = ["Archive", "NotAHistory", "Reading", "read"]

AS_IT_COMES = Reading()
Reader = Callable[[str, str, Reading], Archive]


def read(path: Path, reading: Reading = AS_IT_COMES) -> Archive:
	"""Raises NotAHistory if nothing in the file can be read."""
	text = decoded(path.read_bytes())
	if not text.strip():
		raise NotAHistory(_("{0} is empty.", path.name))
	archive = _reader_of(path, text)(path.name, text, reading)
	if not any(archive.by_network.values()):
		first = archive.broken[0] if archive.broken else ""
		raise NotAHistory(_("Nothing in {0} could be read as a post. {1}", path.name, first))
	return archive


def _reader_of(path: Path, text: str) -> Reader:
	"""What a file is, its beginning says; its name only where that leaves a choice."""
	start = text.lstrip()[:2000]
	if start.startswith("window.YTD."):
		return x.read
	if '"orderedItems"' in text and start.startswith("{"):
		return mastodon.read
	if start.startswith("["):
		return rows.read_list
	if start.startswith("{") or path.suffix.lower() in rows.JSON_LINES:
		return rows.read_lines
	return rows.read_table
