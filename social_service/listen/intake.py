"""Intake: a page of a stream comes in; stored messages and a moved cursor go out, in one transaction.

Storing the same post twice is harmless. A post that can't be read or kept becomes a failed message with its raw body.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from social_service.channels import driver as driver_class
from social_service.hosts.base import Host, TooLong
from social_service.ledger import SocialMessage, SocialPayload, SocialStream, digest
from social_service.records import Fate, Kind, Message, Page, Unreadable, Visibility
from social_service.sentence import _
from social_service.settings import SocialChannel

LEASE_SECONDS = 150  # above the longest call; stamped anew with every page
RAW_LIMIT = 256 * 1024
CLIPPED = 140  # names and handles are for reading; ids are never cut
ID_LIMIT = 255


class LeaseLost(Exception):
	"""Another worker has the stream now. Rolls the page back."""


def store_page(
	host: Host, channel: SocialChannel, row: SocialStream, page: Page, now: datetime
) -> SocialStream:
	"""All of the page and its cursor, or nothing (LeaseLost)."""
	with host.transaction():
		new = sum(_store_message(host, channel, row, message, now) for message in page.messages)
		new += sum(_store_unreadable(host, channel, row, item, now) for item in page.unreadable)
		for external_id in page.deleted:
			_mark_deleted(host, channel, external_id, now)
		values = _progress(row, page, new, now)
		moved = host.store.change(row, only_if={"lease_until": row.lease_until}, **values)
		if moved is None:
			raise LeaseLost
	return moved


def _progress(row: SocialStream, page: Page, new: int, now: datetime) -> dict[str, object]:
	values: dict[str, object] = {
		"cursor": page.cursor,
		"lease_until": now + timedelta(seconds=LEASE_SECONDS),
		"seen": row.seen + len(page.messages) + len(page.unreadable),
		"stored": row.stored + new,
		**row.cost_after(page.cost, now),
	}
	if page.rate:
		values["rate_left"] = str(page.rate.remaining)
	if page.gap:
		values |= {"gap_since": page.gap.since, "gap_until": page.gap.until or now}
	return values


def _store_message(
	host: Host, channel: SocialChannel, row: SocialStream, message: Message, now: datetime
) -> int:
	"""1 for a new post, 0 for one that is there already."""
	try:
		stored, is_new = host.store.add(_as_stored(channel, row, message, now))
	except TooLong:
		reason = _(
			"The network sent an id or an address that is too long to keep. Open the post there: {0}",
			message.url,
		)
		return _store_unreadable(
			host, channel, row, Unreadable(message.external_id, reason, message.raw), now
		)
	if is_new:
		_keep_raw(host, stored, message.raw, now)
	elif message.edited_at and (stored.edited_at is None or message.edited_at > stored.edited_at):
		_edit(host, stored, message, now)
	return int(is_new)


def _as_stored(channel: SocialChannel, row: SocialStream, message: Message, now: datetime) -> SocialMessage:
	author = message.author
	return SocialMessage(
		channel=channel.name,
		external_id=message.external_id,
		digest=SocialMessage.key(channel.name, message.external_id),
		post_digest=digest(network_of(channel), message.external_id),
		thread_id=message.thread_id,
		kind=message.kind,
		visibility=message.visibility,
		text=readable(message.text),
		sent_at=message.sent_at,
		stored_at=now,
		stream=row.stream_key[:CLIPPED],
		parent_id=message.parent_id,
		author_id=author.external_id,
		handle=readable(author.handle)[:CLIPPED],
		author_name=readable(author.name)[:CLIPPED],
		author_url=author.url,
		followers=author.followers,
		is_bot=author.is_bot,
		is_own=message.is_own,
		is_repost=message.is_repost,
		is_addressed=message.is_addressed,
		language=message.language,
		url=message.url,
		media=message.media,
		reply_hint=message.reply_hint,
		edited_at=message.edited_at,
	)


def _store_unreadable(
	host: Host, channel: SocialChannel, row: SocialStream, item: Unreadable, now: datetime
) -> int:
	message = SocialMessage(
		channel=channel.name,
		external_id=readable(item.external_id)[:ID_LIMIT],
		digest=SocialMessage.key(channel.name, item.external_id),
		post_digest=digest(network_of(channel), item.external_id),
		thread_id="",
		kind=Kind.POST,
		visibility=Visibility.PUBLIC,
		text="",
		sent_at=now,
		stored_at=now,
		decided_at=now,
		stream=row.stream_key[:CLIPPED],
		fate=Fate.FAILED,
		fate_reason=item.reason,
	)
	stored, is_new = host.store.add(message)
	if is_new:
		_keep_raw(host, stored, item.raw, now)
	return int(is_new)


def _edit(host: Host, stored: SocialMessage, message: Message, now: datetime) -> None:
	"""The new text replaces the old one; the old raw body stays. A post that was only watched is judged again."""
	again = stored.fate is Fate.WATCHED
	text = readable(message.text)
	values: dict[str, object] = {"fate": None, "decided_at": None} if again else {}
	host.store.change(stored, text=text, edited_at=message.edited_at, **values)
	_keep_raw(host, stored, message.raw, now)
	if stored.ticket and text != stored.text:
		host.desk.note(stored.ticket, _("{0} edited the post. It now says: {1}", stored.author_name, text))


def _mark_deleted(host: Host, channel: SocialChannel, external_id: str, now: datetime) -> None:
	wanted = {"digest": SocialMessage.key(channel.name, external_id), "deleted_at": None}
	for stored in host.store.find(SocialMessage, wanted, order="name", limit=1):
		host.store.change(stored, deleted_at=now)
		if stored.ticket:
			host.desk.note(stored.ticket, _("{0} deleted the post on the network.", stored.author_name))


def _keep_raw(host: Host, stored: SocialMessage, raw: object, now: datetime) -> None:
	body = readable(json.dumps(raw, ensure_ascii=False, default=str))[:RAW_LIMIT]
	payload = SocialPayload(
		message=stored.name,
		channel=stored.channel,
		external_id=stored.external_id,
		raw=body,
		received_at=now,
	)
	host.store.add(payload)


def readable(text: str) -> str:
	"""A lone half of a surrogate pair can be stored nowhere; everything else stays as it came."""
	return text.encode("utf-8", "replace").decode("utf-8")


def network_of(channel: SocialChannel) -> str:
	"""One name for all channels that meet the same people and posts: the network, and the instance where there are many."""
	instance = channel.base_url.rstrip("/").lower()
	return f"{driver_class(channel.driver).code} {instance}".strip()
