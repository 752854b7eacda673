"""Intake: a page of a stream comes in; stored messages and a moved cursor go out, in one transaction.

Storing the same post twice is harmless. A post that can't be read or kept becomes a failed message with its raw body.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from social_service.channels import driver as driver_class
from social_service.hosts.base import Host, TooLong
from social_service.ledger import Duty, SocialMessage, SocialPayload, SocialStream, digest
from social_service.listen import revisions
from social_service.records import Fate, Kind, Message, Page, Unreadable, Visibility
from social_service.sentence import _
from social_service.settings import SocialChannel

SCAN = "scan:"  # before the key of the stream that a scan row reads again
LEASE_SECONDS = 150  # above the longest call; stamped anew with every page
RAW_LIMIT = 256 * 1024
CLIPPED = 140  # names and handles are for reading; ids are never cut
ID_LIMIT = 255
LATE = timedelta(hours=2)  # longer than any interval: something stood between the post and us


class LeaseLost(Exception):
	"""Another worker has the stream now. Rolls the page back."""


def store_page(
	host: Host, channel: SocialChannel, row: SocialStream, page: Page, now: datetime
) -> SocialStream:
	"""All of the page and its cursor, or nothing (LeaseLost)."""
	with host.transaction():
		new = store_posts(host, channel, row, page, now)
		values = _progress(row, page, new, now)
		moved = host.store.change(row, only_if={"lease_until": row.lease_until}, **values)
		if moved is None:
			raise LeaseLost
	return moved


def store_posts(
	host: Host, channel: SocialChannel, row: SocialStream, page: Page, now: datetime
) -> list[SocialMessage]:
	"""Inside a transaction: what is new is stored, edits and deletions are noted. Returns the new ones."""
	added = [_store_message(host, channel, row, message, now) for message in page.messages]
	added += [_store_unreadable(host, channel, row, item, now) for item in page.unreadable]
	for external_id in page.deleted:
		revisions.mark_deleted(host, channel, external_id, now)
	return [one for one in added if one]


def _progress(row: SocialStream, page: Page, new: list[SocialMessage], now: datetime) -> dict[str, object]:
	values: dict[str, object] = {
		"cursor": page.cursor,
		"lease_until": now + timedelta(seconds=LEASE_SECONDS),
		"seen": row.seen + len(page.messages) + len(page.unreadable),
		"stored": row.stored + len(new),
		"found_late": row.found_late + sum(one.is_late for one in new),
		"calls": row.calls + 1,
		**row.cost_after(page.cost, now),
	}
	if page.rate:
		values |= {"rate_left": str(page.rate.remaining), "rate_resets_at": page.rate.resets_at}
	if page.gap:
		since = min(filter(None, (row.gap_since, page.gap.since)), default=None)
		values |= {"gap_since": since, "gap_until": page.gap.until or now, "gap_reason": page.gap.reason}
	return values


def _store_message(
	host: Host, channel: SocialChannel, row: SocialStream, message: Message, now: datetime
) -> SocialMessage | None:
	"""None for one that is there already."""
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
		keep_raw(host, stored, message.raw, now)
		return stored
	if message.edited_at and (stored.edited_at is None or message.edited_at > stored.edited_at):
		revisions.edit(host, channel, stored, message, readable(message.text))
		keep_raw(host, stored, message.raw, now)
	return None


def _as_stored(channel: SocialChannel, row: SocialStream, message: Message, now: datetime) -> SocialMessage:
	author = message.author
	began = row.began_at or now
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
		stream=source_of(row)[:CLIPPED],
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
		is_late=began <= message.sent_at < now - LATE,
	)


def _store_unreadable(
	host: Host, channel: SocialChannel, row: SocialStream, item: Unreadable, now: datetime
) -> SocialMessage | None:
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
		stream=source_of(row)[:CLIPPED],
		fate=Fate.FAILED,
		fate_reason=item.reason,
	)
	stored, is_new = host.store.add(message)
	if is_new:
		keep_raw(host, stored, item.raw, now)
	return stored if is_new else None


def keep_raw(host: Host, stored: SocialMessage, raw: object, now: datetime) -> None:
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


def source_of(row: SocialStream) -> str:
	"""The key of the stream that a row's posts belong to, however they came."""
	return row.stream_key.removeprefix(SCAN) if row.duty is Duty.SCAN else row.stream_key


def network_of(channel: SocialChannel) -> str:
	"""One name for all channels that meet the same people and posts: the network, and the instance where there are many."""
	instance = channel.base_url.rstrip("/").lower()
	return f"{driver_class(channel.driver).code} {instance}".strip()
