"""Listen: a due stream comes in; stored Social Messages, a moved cursor and the stream's health go out.

Nothing is decided here. A page and its cursor are stored in one transaction; what is there already is skipped quietly.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from social_service.account import Clock
from social_service.channels.base import Stream
from social_service.hosts.base import Host
from social_service.ledger import SocialStream
from social_service.listen import budget
from social_service.listen.listener import LONGEST_WAIT, RESERVE, Listener, is_exhausted, with_lease
from social_service.listen.streams import NEVER
from social_service.sentence import _

MAX_PAGES = 25  # in one job; the rest is due at once
FIRST_LOOK_BACK = timedelta(hours=24)
LATE_TOLD, NEWS_AT = "late_told", "news_at"


def poll(host: Host, stream_name: str, clock: Clock) -> int:
	"""Fetch and store what is new. Returns how many posts were new; a failure stands on the row, with the next time."""
	return with_lease(host, stream_name, clock, _drain)


def fetch_once(host: Host, stream_name: str, clock: Clock) -> int:
	"""Fetch one thing that a webhook call hinted at."""
	return with_lease(host, stream_name, clock, _fetch_once)


def _drain(listener: Listener, leased: SocialStream) -> int:
	now = listener.clock()
	if listener.money.is_spent and not budget.is_essential(listener.channel, leased):
		_wait_for_money(listener, leased, now)
		return 0
	stream = listener.stream(leased.stream_key)
	if stream is None:  # its keyword was taken out
		listener.change(leased, lease_until=None, next_at=now + LONGEST_WAIT, alarm="", alarm_at=None)
		return 0
	row, more = _pages(listener, stream, leased)
	_rest(listener, stream, row, news=row.stored - leased.stored, more=more)
	return row.stored - leased.stored


def _pages(listener: Listener, stream: Stream, leased: SocialStream) -> tuple[SocialStream, bool]:
	"""Page after page, each stored before the next is asked for. Returns the row, and whether more is there."""
	since = ((leased.began_at or listener.clock()) - FIRST_LOOK_BACK).isoformat()
	row = leased
	for _number in range(MAX_PAGES):
		row, page = listener.page(stream, row, since)
		if not page.more or is_exhausted(page):
			return row, page.more
	return row, True


def _rest(listener: Listener, stream: Stream, row: SocialStream, *, news: int, more: bool) -> None:
	"""Choose the next time: sooner while people write, later while they don't, or while the money gets short."""
	channel, now = listener.channel, listener.clock()
	shortest = max(channel.poll_min_s, stream.min_seconds)
	longest = max(channel.poll_max_s, shortest)
	wanted = (row.interval_s or shortest) * (0.5 if news else 1.5)
	interval = int(min(max(wanted, shortest), longest))
	next_at = now if more else now + timedelta(seconds=interval * listener.money.stretch)
	if row.rate_resets_at and row.rate_left and int(row.rate_left) <= RESERVE:
		next_at = max(next_at, row.rate_resets_at)
	listener.succeeded(row, next_at, interval_s=interval, facts=_facts(listener, row, news=news, more=more))


def _facts(listener: Listener, row: SocialStream, *, news: int, more: bool) -> dict[str, object]:
	facts = dict(row.facts)
	if news:
		facts[NEWS_AT] = listener.clock().isoformat()
	if not more:
		_tell_late(listener, row, row.found_late - facts.get(LATE_TOLD, 0))
		facts[LATE_TOLD] = row.found_late
	return facts


def _tell_late(listener: Listener, row: SocialStream, late: int) -> None:
	"""One notice for all that came late in one go: nobody is alarmed for each."""
	channel = listener.channel
	if late and channel.responsible:
		text = _(
			"{0}: {1} posts of {2} came late, after an interruption. They are marked.",
			*(channel.title, late, row.label),
		)
		with listener.host.transaction():
			listener.host.desk.tell(channel.responsible, text)


def _wait_for_money(listener: Listener, leased: SocialStream, now: datetime) -> None:
	"""Looks again each hour, because an admin may raise the limit."""
	sentence = _("This month's budget is spent. Raise it, or name the stream as essential.")
	next_at = min(now + LONGEST_WAIT, budget.next_month(now))
	listener.change(leased, lease_until=None, next_at=next_at, last_error=sentence, last_tried_at=now)


def _fetch_once(listener: Listener, leased: SocialStream) -> int:
	row, page = listener.page(Stream(leased.stream_key), leased, None)
	listener.succeeded(
		row, listener.clock() if page.more else listener.clock() + NEVER
	)  # a thing is fetched once
	return row.stored - leased.stored
