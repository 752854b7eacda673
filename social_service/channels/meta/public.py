"""Answers in public, as Facebook and Instagram both take them, and when they take a private one instead."""

from __future__ import annotations

from datetime import timedelta

from social_service.channels.errors import Rejected
from social_service.channels.meta import inbox
from social_service.records import Message, Outgoing, Visibility
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
	if inbox.now() - reply.to.sent_at > PRIVATE_WITHIN:
		told = _("{0} takes a private reply to a comment for 7 days. Answer in public.", network)
		raise Rejected("window closed", told)
