"""Answers in public, as Facebook and Instagram both take them, and when they take a private one instead."""

from __future__ import annotations

from datetime import timedelta

from social_service.channels.errors import Rejected
from social_service.channels.meta import inbox
from social_service.records import Message, Outgoing, Permission, Visibility
from social_service.sentence import _

PRIVATE_WITHIN = timedelta(days=7)


def public_text(text: str, to: Message | None) -> str:
	"""Two levels only: who answers a reply stands below the first comment, and says to whom."""
	name = str(to.reply_hint.get("name") or "") if to else ""
	text = text.strip()
	return text if not name or not text or f"@{name}" in text else f"@{name} {text}"


def is_private(reply: Outgoing) -> bool:
	return Visibility.PRIVATE in (reply.visibility, reply.to.visibility)


def require_text(reply: Outgoing) -> None:
	if not reply.text.strip():
		raise Rejected("empty", _("The reply is empty. Write something first."))


def require_private_window(network: str, reply: Outgoing) -> None:
	may = in_private_window(network, reply.to)
	if not may.allowed:
		raise Rejected("window closed", may.reason)


def in_private_window(network: str, message: Message) -> Permission:
	until = message.sent_at + PRIVATE_WITHIN
	if inbox.now() <= until:
		return Permission(True, until=until)
	told = _("{0} takes a private reply to a comment for 7 days. Answer in public.", network)
	return Permission(False, told, until)
