"""What becomes of a stored post that its author edits or deletes. Inside the transaction of its page."""

from __future__ import annotations

from datetime import datetime

from social_service.channels import driver as driver_class
from social_service.hosts.base import Host
from social_service.ledger import SocialMessage, SocialPayload
from social_service.records import Fate, Message
from social_service.sentence import _
from social_service.settings import SocialChannel
from social_service.sla.keeping import keep as keep_clocks

JUDGED_AGAIN = (Fate.WATCHED, Fate.IGNORED, None)
MOST_REVISIONS = 1000


def edit(host: Host, channel: SocialChannel, stored: SocialMessage, message: Message, text: str) -> None:
	"""A new revision: the new text replaces the old one, every raw body stays. What opened nothing is judged again."""
	if stored.revision and _forgets(channel):
		_erase_from_tickets(host, stored, "")  # only what is known as the text can be found when it must go
	again = stored.fate in JUDGED_AGAIN
	values: dict[str, object] = {"fate": None, "decided_at": None} if again else {}
	host.store.change(stored, text=text, edited_at=message.edited_at, revision=stored.revision + 1, **values)
	if stored.ticket and text != stored.text:
		host.desk.note(stored.ticket, _("{0} edited the post. It now says: {1}", stored.author_name, text))


def mark_deleted(host: Host, channel: SocialChannel, external_id: str, now: datetime) -> None:
	"""A tombstone. Where the network's terms want it, the words go too: here, in the raw bodies and in the ticket."""
	wanted = {"digest": SocialMessage.key(channel.name, external_id), "deleted_at": None}
	for stored in host.store.find(SocialMessage, wanted, order="name", limit=1):
		host.store.change(stored, deleted_at=now)
		if _forgets(channel):
			_forget(host, stored)
		if stored.ticket:
			host.desk.note(stored.ticket, _("{0} deleted the post on the network.", stored.author_name))
			keep_clocks(host, stored.ticket, now)


def _forget(host: Host, stored: SocialMessage) -> None:
	host.store.change(stored, text="", media=())
	for payload in host.store.find(
		SocialPayload, {"message": stored.name}, order="name", limit=MOST_REVISIONS
	):
		host.store.change(payload, raw="")
	_erase_from_tickets(host, stored, stored.ticket_message)


def _forgets(channel: SocialChannel) -> bool:
	return driver_class(channel.driver).capabilities.forgets_deleted


def _erase_from_tickets(host: Host, stored: SocialMessage, ticket_message: str) -> None:
	for ticket in _tickets_of_thread(host, stored):
		host.desk.erase(ticket, ticket_message if ticket == stored.ticket else "", stored.text)


def _tickets_of_thread(host: Host, stored: SocialMessage) -> set[str]:
	"""A ticket's note may quote what others wrote before in the thread."""
	thread = {"channel": stored.channel, "thread_id": stored.thread_id}
	return {ticket for (ticket,) in host.store.tally(SocialMessage, ("ticket",), thread) if ticket}
