"""The bytes of a feed become entries. What is no feed, is cut off, or would blow up while it is read is refused first."""

from __future__ import annotations

import codecs
import io
import re
import xml.sax

import feedparser

from social_service.channels.errors import PayloadInvalid
from social_service.channels.rss.fetching import Fetched
from social_service.sentence import Sentence, _

MOST_ENTRIES = 1000
FORGIVEN = 512 * 1024  # bytes up to which a feed may be no well-formed XML: reading those is slow
ENCODING = re.compile(
	r"utf-?8|utf-?16(?:-?[lb]e)?|us-ascii|ascii|latin-?1|iso-?8859-?\d{1,2}|windows-125\d|cp125\d|koi8-[ru]"
	r"|gb2312|gbk|gb18030|big5|shift_jis|euc-jp|euc-kr",
	re.IGNORECASE,
)
DECLARED = re.compile(rb"""\A\s*<\?xml[^>]*?\bencoding\s*=\s*["']([\w.-]+)["']""")
CHARSET = re.compile(r"""\bcharset\s*=\s*["']?([\w.-]+)""", re.IGNORECASE)
XML_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*>")
BEFORE_ROOT = re.compile(r"(?:\s|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
OWN_ENTITIES = re.compile(r"""<!DOCTYPE(?:[^\[>"']|"[^"]*"|'[^']*')*\[""", re.IGNORECASE)
FIRST_TAG = re.compile(r"<\w")
WHOLE = re.compile(r"</(?:\w+:)?(?:rss|feed|rdf)\s*>", re.IGNORECASE)
BYTE_ORDER = (
	(codecs.BOM_UTF8, "utf-8"),
	(codecs.BOM_UTF16_LE, "utf-16-le"),
	(codecs.BOM_UTF16_BE, "utf-16-be"),
)


def parse(fetched: Fetched) -> feedparser.FeedParserDict:
	"""Raises PayloadInvalid."""
	text = _decoded(fetched.body, fetched.headers.get("Content-Type", ""))
	if _declares_entities(text):
		raise _refused(
			fetched, _("The feed of {0} declares entities of its own; we don't read that.", fetched.host)
		)
	data = XML_DECLARATION.sub("", text, count=1).encode("utf-8", "replace")
	if len(data) > FORGIVEN and not _is_well_formed(data):
		raise _refused(
			fetched, _("The feed of {0} has errors in its XML. Ask who runs it to mend it.", fetched.host)
		)
	told = _read(data)
	if not told.get("version"):
		reason = _("{0} did not answer with a feed. Enter the address of its RSS or Atom feed.", fetched.host)
		raise _refused(fetched, reason)
	if not WHOLE.search(text[-1000:]):
		raise _refused(
			fetched, _("The feed of {0} broke off in the middle. We ask again by ourselves.", fetched.host)
		)
	return told


def _read(data: bytes) -> feedparser.FeedParserDict:
	# a stream, because a text would be taken for an address or a file's name
	headers = {"content-type": "application/xml; charset=utf-8"}
	return feedparser.parse(
		io.BytesIO(data), response_headers=headers, resolve_relative_uris=False, sanitize_html=False
	)


def _refused(fetched: Fetched, reason: Sentence) -> PayloadInvalid:
	return PayloadInvalid(reason, raw=fetched.body[:500].decode("utf-8", "replace"), status=200)


def _decoded(body: bytes, content_type: str) -> str:
	for mark, encoding in BYTE_ORDER:
		if body.startswith(mark):
			return body[len(mark) :].decode(encoding, "replace")
	told = CHARSET.search(content_type)
	declared = DECLARED.match(body)
	name = told[1] if told else declared[1].decode() if declared else ""
	# of the many codecs of Python some are slow on purpose-made text
	return body.decode(name if ENCODING.fullmatch(name) else "utf-8", "replace")


def _declares_entities(text: str) -> bool:
	"""A few lines of them can unfold to gigabytes. Where a parser looks for them: before the first element."""
	root = FIRST_TAG.search(text)
	if "<!entity" in text[: root.start() if root else len(text)].lower():
		return True
	return bool(OWN_ENTITIES.match(text, BEFORE_ROOT.match(text).end()))


def _is_well_formed(data: bytes) -> bool:
	try:
		xml.sax.parseString(data, xml.sax.ContentHandler())
	except xml.sax.SAXException:
		return False
	return True
