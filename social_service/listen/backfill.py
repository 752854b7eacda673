"""The nightly scan: a stream is read again without its cursor, so that what polling can't see is found. Closes gaps too.

Back-dated posts, comments under old posts, lost webhook calls. It stores what is missing and never moves the stream's cursor.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from social_service.account import Clock, connect, duty_row, the_channel
from social_service.channels.base import Stream
from social_service.channels.errors import NotSupported
from social_service.hosts.base import From, Host
from social_service.ledger import Duty, SocialMessage, SocialStream
from social_service.listen.intake import source_of
from social_service.listen.listener import Listener, is_exhausted, with_lease
from social_service.listen.polling import MAX_PAGES
from social_service.listen.streams import next_night, scan_row
from social_service.sentence import Refused, _

SPAN = timedelta(days=7)  # what a backfill reads when nobody knows since when
SETTLED = timedelta(hours=1)  # what is younger may still be on its way


def ask(host: Host, channel_name: str, stream_key: str, clock: Clock) -> SocialStream:
	"""*Backfill*: read the stream again since its gap began. The row to scan; raises Refused. Works when it is due."""
	channel, now = the_channel(host, channel_name), clock()
	streams = connect(host, channel, clock).streams()
	stream = next((one for one in streams if one.key == stream_key), None)
	if stream is None:
		raise Refused(_("There is no stream {0} any more. Reload the page.", stream_key))
	gap = _polled(host, channel.name, stream).gap_since
	row = scan_row(host, channel, stream, now)
	facts = {**row.facts, "asked": True, "since": (gap or now - SPAN).isoformat()}
	with host.transaction():
		return host.store.change(row, next_at=now, cursor=None, facts=facts) or row


def scan(host: Host, stream_name: str, clock: Clock) -> int:
	"""Returns how many posts were missing."""
	return with_lease(host, stream_name, clock, _scan)


def _scan(listener: Listener, leased: SocialStream) -> int:
	stream = listener.stream(source_of(leased))
	if stream is None or listener.money.is_spent:
		tomorrow = next_night(listener.channel.name, stream or Stream(""), listener.clock())
		listener.change(leased, lease_until=None, next_at=tomorrow)
		return 0
	row = _begin(listener, leased, stream)
	for _number in range(MAX_PAGES):
		row, page = listener.page(stream, row, row.facts["since"])
		if not page.more:
			_finish(listener, stream, row)
			return row.stored - leased.stored
		if is_exhausted(page):
			listener.succeeded(row, page.rate.resets_at)
			return row.stored - leased.stored
	listener.succeeded(row, listener.clock())
	return row.stored - leased.stored


def _begin(listener: Listener, leased: SocialStream, stream: Stream) -> SocialStream:
	if leased.cursor:
		return leased  # in the middle of a scan
	now = listener.clock()
	since = leased.facts.get("since") or (now - timedelta(days=stream.scan_days)).isoformat()
	facts = {**leased.facts, "since": since, "began": now.isoformat(), "stored": leased.stored}
	with listener.host.transaction():
		return listener.host.store.change(leased, facts=facts) or leased


def _finish(listener: Listener, stream: Stream, row: SocialStream) -> None:
	since, began = (datetime.fromisoformat(row.facts[key]) for key in ("since", "began"))
	missing = row.stored - row.facts["stored"]
	result = {"missing": missing, "since": since.isoformat(), "until": began.isoformat()}
	result |= _counted(listener, stream, since, began - SETTLED)
	_close_gap(listener, stream, since)
	channel = listener.channel
	if row.facts.get("asked") and channel.responsible:
		text = _("{0}: {1} was read again. {2} posts were missing.", channel.title, row.label, missing)
		with listener.host.transaction():
			listener.host.desk.tell(channel.responsible, text)
	night = next_night(channel.name, stream, listener.clock())
	listener.succeeded(row, night, cursor=None, facts={"result": result})


def _counted(listener: Listener, stream: Stream, since: datetime, until: datetime) -> dict[str, int]:
	"""What the network itself counts, beside what we have of the same hours."""
	until = until.replace(minute=0, second=0, microsecond=0)
	since = max(since, until - SPAN + SETTLED).replace(minute=0, second=0, microsecond=0)
	try:
		counted = listener.driver.count(stream, since, until)
	except NotSupported:
		return {}
	store = listener.host.store
	ours = {"channel": listener.channel.name, "stream": stream.key, "sent_at": From(since)}
	later = {**ours, "sent_at": From(until)}
	have = store.tally(SocialMessage, (), ours)[()] - store.tally(SocialMessage, (), later)[()]
	return {"counted": counted, "ours": have}


def _close_gap(listener: Listener, stream: Stream, since: datetime) -> None:
	row = _polled(listener.host, listener.channel.name, stream)
	covered = {"gap_since": row.gap_since, "gap_until": row.gap_until}
	if row.gap_until and (row.gap_since is None or since <= row.gap_since):
		with listener.host.transaction():
			listener.host.store.change(row, only_if=covered, gap_since=None, gap_until=None, gap_reason="")


def _polled(host: Host, channel: str, stream: Stream) -> SocialStream:
	return duty_row(host, channel, Duty.POLL, key=stream.key, label=stream.label)
