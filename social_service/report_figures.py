"""The figures of a report: what was read and what became of it. Pure; each figure is defined on the page beneath it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from itertools import zip_longest
from statistics import median, quantiles

from social_service.archives import Archive
from social_service.channels import driver as driver_class
from social_service.hosts.base import Host
from social_service.ledger import SocialArticleSuggestion, SocialConversation
from social_service.preview import Previewed, judged
from social_service.records import Fate
from social_service.sentence import Sentence, _
from social_service.settings import SocialChannel

FATES = (Fate.OPENED, Fate.JOINED, Fate.FOLDED, Fate.WATCHED, Fate.IGNORED, Fate.FAILED)
SAMPLES = 6
ARTICLES = 10
REASONS = 12


@dataclass(frozen=True)
class Report:
	"""``waits``: seconds until the first answer, one for each conversation that has one. ``unanswered``: those without."""

	title: Sentence
	source: str
	posts: Sequence[Previewed]
	notes: tuple[Sentence, ...] = ()
	broken: tuple[Sentence, ...] = ()
	waits: tuple[float, ...] = ()
	unanswered: int = 0
	articles: Mapping[str, int] = field(default_factory=dict)
	zone: tzinfo | None = None
	has_times: bool = True
	is_own: bool = False

	# --- fates ----------------------------------------------------------------------------------------------

	def by_network(self) -> dict[str, Counter[Fate]]:
		found: dict[str, Counter[Fate]] = {}
		for post in self.posts:
			found.setdefault(post.network, Counter())[post.fate] += 1
		return dict(sorted(found.items(), key=lambda one: -sum(one[1].values())))

	def fates(self) -> Counter[Fate]:
		return Counter(post.fate for post in self.posts)

	def shown_fates(self) -> tuple[Fate, ...]:
		"""A fate that this version never gives is not a column."""
		fates = self.fates()
		return tuple(fate for fate in FATES if fates[fate] or fate is not Fate.FOLDED)

	def tickets(self) -> int:
		return self.fates()[Fate.OPENED]

	def quiet(self) -> tuple[int, int]:
		"""(posts of others that needed nobody, posts of others)"""
		others = [post.fate for post in self.posts if not post.is_own]
		return sum(fate in (Fate.WATCHED, Fate.IGNORED) for fate in others), len(others)

	def reasons(self) -> list[tuple[Fate, str, int]]:
		"""The most frequent ones, without the words of the post that each quotes."""
		found = Counter((post.fate, _short(post.reason)) for post in self.posts)
		ordered = sorted(found.items(), key=lambda one: (-one[1], one[0]))
		return [(fate, reason, number) for (fate, reason), number in ordered[:REASONS]]

	def samples(self, fate: Fate) -> list[Previewed]:
		return samples_of([post for post in self.posts if post.fate is fate])

	# --- times ----------------------------------------------------------------------------------------------

	def by_hour(self) -> tuple[list[int], list[int]]:
		"""(what stands out, the other posts) for each hour of the day: opened tickets, or in an own archive answers."""
		chosen, others, answers = [0] * 24, [0] * 24, {post.external_id for post in self.answers()}
		for post in self.posts:
			stands_out = post.external_id in answers if self.is_own else post.fate is Fate.OPENED
			(chosen if stands_out else others)[self.local(post.sent_at).hour] += 1
		return chosen, others

	def local(self, moment: datetime) -> datetime:
		return moment.astimezone(self.zone)

	def span(self) -> tuple[datetime, datetime] | None:
		times = [post.sent_at for post in self.posts]
		return (self.local(min(times)), self.local(max(times))) if times and self.has_times else None

	def answers(self) -> list[Previewed]:
		"""Our own posts that answer somebody else's."""
		own = {(post.network, post.external_id) for post in self.posts if post.is_own}
		found = (post for post in self.posts if post.is_own and post.parent_id)
		return [post for post in found if (post.network, post.parent_id) not in own]

	def p50(self) -> float:
		return round(median(self.waits), 1) if self.waits else 0.0

	def p90(self) -> float:
		return (
			round(quantiles(self.waits, n=10, method="inclusive")[-1], 1)
			if len(self.waits) > 1
			else self.p50()
		)

	def as_json(self) -> dict:
		fates = self.fates()
		return {
			"source": self.source,
			"posts": len(self.posts),
			"fates": {fate.value: fates[fate] for fate in self.shown_fates()},
			"by_network": {
				network: {fate.value: counted[fate] for fate in self.shown_fates()}
				for network, counted in self.by_network().items()
			},
			"tickets": self.tickets(),
			"own_answers": len(self.answers()),
			"conversations_answered": len(self.waits),
			"conversations_unanswered": self.unanswered,
			"first_response_p50_s": self.p50(),
			"first_response_p90_s": self.p90(),
			"broken_lines": len(self.broken),
		}


def samples_of(posts: Iterable[Previewed]) -> list[Previewed]:
	"""From the middle of each reason's posts, the most frequent reason first; the same ones every time."""
	groups: dict[str, list[Previewed]] = {}
	for post in sorted(posts, key=lambda one: (one.sent_at, one.external_id)):
		groups.setdefault(_short(post.reason), []).append(post)
	by_size = map(_thin, sorted(groups.values(), key=len, reverse=True))
	from_middle = [group[len(group) // 2 :] + group[: len(group) // 2] for group in by_size]
	found = [post for turn in zip_longest(*from_middle) for post in turn if post]
	return sorted(found[:SAMPLES], key=lambda one: one.sent_at)


def _short(reason: str) -> str:
	"""Without the words of the post that it quotes."""
	return reason.split(" (“", maxsplit=1)[0]


def _thin(group: list[Previewed]) -> list[Previewed]:
	"""At most as many as are shown, spread over the time."""
	return group[:: -(-len(group) // SAMPLES)]


# --- where they come from ------------------------------------------------------------------------------------


def of_archive(
	host: Host, labels: Mapping[str, str], archive: Archive, source: str, zone: tzinfo | None
) -> Report:
	posts = judged(host, labels)
	waits, unanswered = _waits(host)
	has_answers = any(post.is_own for post in posts)
	if archive.is_own:
		waits, unanswered = _own_waits(archive), 0
	return Report(
		title=_("What your history would have become"),
		source=source,
		posts=posts,
		notes=tuple(_notes(archive, len(posts), has_answers)),
		broken=archive.broken,
		waits=tuple(waits) if archive.has_times else (),
		unanswered=unanswered if has_answers and archive.has_times else 0,
		articles=_articles(host),
		zone=zone,
		has_times=archive.has_times,
		is_own=archive.is_own,
	)


def of_day(host: Host, company: str, zone: tzinfo) -> Report:
	waits, unanswered = _waits(host)
	channels = host.store.find(SocialChannel, {}, order="name", limit=1000)
	labels = {channel.name: driver_class(channel.driver).label for channel in channels}
	return Report(
		title=_("A day at {0}", company),
		source=company,
		posts=judged(host, labels),
		notes=(
			_(
				"An invented company. The posts came over real HTTP from simulated networks, and scripted agents answered."
			),
		),
		waits=tuple(waits),
		unanswered=unanswered,
		articles=_articles(host),
		zone=zone,
	)


def of_preview(posts: Sequence[Previewed], handle: str) -> Report:
	note = _("The newest posts that the channel's streams gave. Nothing was stored, opened or answered.")
	return Report(title=_("What this channel would open"), source=handle, posts=posts, notes=(note,))


def _waits(host: Host) -> tuple[list[float], int]:
	fields = ["first_post_at", "first_response_at"]
	waits, unanswered = [], 0
	for asked, answered in host.store.columns(SocialConversation, fields, {}):
		if asked and answered:
			waits.append((answered - asked).total_seconds())
		else:
			unanswered += 1
	return waits, unanswered


def _own_waits(archive: Archive) -> Iterable[float]:
	own = (post for posts in archive.by_network.values() for post in posts)
	return [
		(post.sent_at - archive.asked_at[post.external_id]).total_seconds()
		for post in own
		if post.external_id in archive.asked_at
	]


def _articles(host: Host) -> dict[str, int]:
	found = host.store.columns(SocialArticleSuggestion, ["title"], {"rank": 1})
	return dict(Counter(title for (title,) in found).most_common(ARTICLES))


def _notes(archive: Archive, stored: int, has_answers: bool) -> Iterable[Sentence]:
	if archive.is_own:
		yield _(
			"This is the account's own archive: it has what the account wrote, and not what customers wrote. So no ticket "
			"opens here. It shows how you answer: how much, when, and how long the other side had waited."
		)
		if archive.asked_at:
			yield _(
				"How long they waited comes from the number of the post that you answered: it carries its time."
			)
	elif not has_answers:
		yield _(
			"Nothing in the file says which account is yours. So every post counts as written to you, and there are no response "
			"times. If the file holds your answers, name your account with --account."
		)
	if stored < archive.size:
		yield _("{0} lines repeat the id of another post and were taken once.", archive.size - stored)
	if not archive.has_times:
		yield _("The file has no times that we can read, so nothing is shown by hour.")
	elif archive.untimed:
		yield _(
			"{0} posts have no time that we can read. They stand right after the post before them.",
			archive.untimed,
		)
