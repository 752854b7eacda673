"""A report as one HTML page that needs nothing else: figures, charts, examples, and what each figure means.

Whatever comes from posts and files is escaped here, in ``_text``; a post's address becomes a link only if it is a web address.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from pathlib import Path
from string import Template

from social_service import report_charts as charts
from social_service.preview import Previewed
from social_service.records import Fate
from social_service.report_figures import Report, samples_of
from social_service.report_words import duration, number, percent, say
from social_service.sentence import Sentence, _

TEMPLATE = Path(__file__).parent / "templates" / "report.html"
SAMPLED = (Fate.OPENED, Fate.JOINED, Fate.WATCHED, Fate.IGNORED, Fate.FAILED)
LONGEST_TEXT = 600
SHOWN_BROKEN = 50
WAITS = (  # up to so many seconds
	(300, _("5 min")),
	(900, _("15 min")),
	(3600, _("1 h")),
	(4 * 3600, _("4 h")),
	(24 * 3600, _("1 day")),
)
FATES = {
	Fate.OPENED: _("opened"),
	Fate.JOINED: _("joined"),
	Fate.FOLDED: _("folded"),
	Fate.WATCHED: _("watched"),
	Fate.IGNORED: _("ignored"),
	Fate.FAILED: _("failed"),
}


def page(report: Report, language: str = "en") -> str:
	return _Page(report, language).html()


class _Page:
	def __init__(self, report: Report, language: str) -> None:
		self.report, self.language = report, language

	def html(self) -> str:
		beside = "".join((self._waits(), self._articles()))
		sections = (
			*(self._notes(), self._key_figures(), self._fates(), self._hours()),
			*(
				f'<div class="two">{beside}</div>' if beside else "",
				self._reasons(),
				self._samples(),
				self._broken(),
			),
		)
		return Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
			language=self.language,
			title=self._text(self.report.title),
			subtitle=self._subtitle(),
			body="\n".join(filter(None, sections)),
			footer=self._text(
				_("Made by social_service on this machine. The page loads nothing and sends nothing.")
			),
		)

	# --- words ----------------------------------------------------------------------------------------------

	def _text(self, what: Sentence | str) -> str:
		return escape(say(what, self.language))

	def _count(self, value: float) -> str:
		return number(value, self.language)

	def _subtitle(self) -> str:
		report, span = self.report, self.report.span()
		parts = [escape(report.source), self._text(_("{0} posts", self._count(len(report.posts))))]
		if span:
			parts.append(" – ".join(dict.fromkeys(f"{moment:%Y-%m-%d}" for moment in span)))
		return " · ".join(parts)

	# --- sections -------------------------------------------------------------------------------------------

	def _section(self, title: Sentence, inside: str, says: Sentence | None = None, kind: str = "") -> str:
		said = f'<p class="says">{self._text(says)}</p>' if says else ""
		return f'<section class="{kind}"><h2>{self._text(title)}</h2>{inside}{said}</section>'

	def _notes(self) -> str:
		return "".join(f'<p class="note">{self._text(note)}</p>' for note in self.report.notes)

	def _key_figures(self) -> str:
		report, posts = self.report, len(self.report.posts)
		shown: list[tuple[str, Sentence]] = [(self._count(posts), _("posts read"))]
		if report.is_own:
			answers = len(report.answers())
			shown.append((self._count(answers), _("of them answers to others")))
		else:
			shown.append((self._count(report.tickets()), _("tickets opened")))
			shown.append((percent(*report.quiet(), self.language), _("needed nobody")))
		if report.waits:
			shown.append((duration(report.p50(), self.language), _("median until the first answer")))
			shown.append((duration(report.p90(), self.language), _("within this for nine of ten")))
		cells = (
			f'<div class="kpi"><b>{escape(value)}</b><span>{self._text(what)}</span></div>'
			for value, what in shown
		)
		says = _("Needed nobody: of the posts of others, those that were watched or ignored.")
		said = "" if report.is_own else f'<p class="says">{self._text(says)}</p>'
		return f'<div class="kpis">{"".join(cells)}</div>{said}'

	def _fates(self) -> str:
		if self.report.is_own:
			return ""
		fates, together = self.report.shown_fates(), self.report.fates()
		legend = "".join(
			f'<li><i class="{fate.value}"></i>{self._text(FATES[fate])} {self._count(together[fate])}</li>'
			for fate in fates
		)
		bars = []
		for network, counted in self.report.by_network().items():
			parts = [(fate.value, counted[fate], say(FATES[fate], self.language)) for fate in fates]
			drawn = charts.stacked_bar(parts, network)
			total = self._count(sum(counted.values()))
			bars.append(
				f'<div class="bar"><div><b>{escape(network)}</b><span>{total}</span></div>{drawn}</div>'
			)
		says = _(
			"Every post has exactly one fate. Opened: a new ticket. Joined: it went into the ticket of the same person in the "
			"same thread. Watched: kept without a ticket. Ignored: not for us, spam, a repost, or our own. Failed: could not be "
			"decided, and waits for a person."
		)
		inside = f'<ul class="legend">{legend}</ul>{"".join(bars)}{self._fate_table(fates)}'
		return self._section(_("What became of every post"), inside, says)

	def _fate_table(self, fates: tuple[Fate, ...]) -> str:
		heads = (_("Network"), _("Posts"), *(FATES[fate] for fate in fates))
		rows = [
			(network, self._count(sum(counted.values())), *(self._count(counted[fate]) for fate in fates))
			for network, counted in self.report.by_network().items()
		]
		return self._table(heads, rows)

	def _table(self, heads: Iterable[Sentence], rows: Iterable[Iterable[str]]) -> str:
		head = "".join(f"<th>{self._text(one)}</th>" for one in heads)
		body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
		return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'

	def _hours(self) -> str:
		if not self.report.has_times:
			return ""
		chosen, others = self.report.by_hour()
		own = self.report.is_own
		titles = (
			(_("answers to others"), _("other posts")) if own else (_("tickets opened"), _("other posts"))
		)
		said = tuple(say(one, self.language) for one in titles)
		ticks = [f"{hour:02}" if hour % 3 == 0 else "" for hour in range(24)]
		drawn = charts.columns(chosen, others, ticks, said, say(_("Posts by hour of the day"), self.language))
		legend = "".join(
			f'<li><i class="{kind}"></i>{escape(title)}</li>'
			for kind, title in zip(("chosen", "others"), said, strict=True)
		)
		zone = getattr(self.report.zone, "key", "") or say(_("the time zone of this machine"), self.language)
		says = _("All days together, by the hour in which the post was written ({0}).", zone)
		return self._section(_("Posts by hour of the day"), f'<ul class="legend">{legend}</ul>{drawn}', says)

	def _waits(self) -> str:
		report = self.report
		if not report.waits and not report.unanswered:
			return ""
		counted, before = [], 0.0
		for limit, _label in WAITS:
			counted.append(sum(before <= wait < limit for wait in report.waits))
			before = limit
		counted += [sum(wait >= before for wait in report.waits), report.unanswered]
		labels = [f"< {say(label, self.language)}" for _limit, label in WAITS]
		labels += [f"≥ {say(WAITS[-1][1], self.language)}", say(_("no answer"), self.language)]
		if report.is_own:
			labels, counted = labels[:-1], counted[:-1]
			says = _(
				"From the post that you answered to your answer. Answers whose time the archive does not tell are left out, in the "
				"median too."
			)
		else:
			says = _(
				"From the customer's first post that opened a ticket to the time at which the network took our first answer, one "
				"for each conversation. Conversations without an answer have a line of their own; the median is of the others."
			)
		bars = self._bars("opened", list(zip(labels, counted, strict=True)))
		return self._section(_("How long people waited"), bars, says)

	def _bars(self, kind: str, rows: list[tuple[str, int]]) -> str:
		longest = max((value for _label, value in rows), default=0) or 1
		drawn = (
			f'<div class="bar"><div><span>{escape(label)}</span><b>{self._count(value)}</b></div>'
			f"{charts.bar(kind if value else 'others', value / longest, label)}</div>"
			for label, value in rows
		)
		return "".join(drawn)

	def _reasons(self) -> str:
		if self.report.is_own:
			return ""
		rows = self.report.reasons()
		longest = max((value for *_what, value in rows), default=0) or 1
		drawn = "".join(
			f'<div class="bar"><div><span><i class="{fate.value}"></i> {self._text(FATES[fate])}: {self._text(reason)}</span>'
			f"<b>{self._count(value)}</b></div>{charts.bar(fate.value, value / longest, reason)}</div>"
			for fate, reason, value in rows
		)
		says = _("The most frequent reasons, as each post shows its own. Rules are rows that you can change.")
		return self._section(_("Why"), drawn, says)

	def _articles(self) -> str:
		if not self.report.articles:
			return ""
		says = _(
			"How often the article came first among the suggestions for a ticket. Where nothing fits, nothing is suggested."
		)
		return self._section(
			_("Articles that were suggested most"),
			self._bars("joined", list(self.report.articles.items())),
			says,
		)

	# --- posts ----------------------------------------------------------------------------------------------

	def _samples(self) -> str:
		groups = [(fate.value, FATES[fate], self.report.samples(fate)) for fate in SAMPLED]
		if self.report.is_own:
			groups = [("chosen", _("answers to others"), samples_of(self.report.answers()))]
		drawn = "".join(
			f'<h3><i class="{kind}"></i>{self._text(name)}</h3><div class="posts">{"".join(map(self._post, posts))}</div>'
			for kind, name, posts in groups
			if posts
		)
		says = _("A few posts of each kind, spread over the time, with the reason that the post keeps.")
		return self._section(_("Examples"), drawn, says, "long") if drawn else ""

	def _post(self, post: Previewed) -> str:
		text = post.text if len(post.text) <= LONGEST_TEXT else f"{post.text[:LONGEST_TEXT].rstrip()}…"
		when = f"{self.report.local(post.sent_at):%Y-%m-%d %H:%M}" if self.report.has_times else ""
		network = escape(post.network)
		if post.url.startswith(("https://", "http://")):
			network = f'<a href="{escape(post.url)}" rel="noopener noreferrer nofollow">{network}</a>'
		head = " · ".join(filter(None, (escape(post.author), network, when)))
		return (
			f'<div class="post"><small>{head}</small><blockquote>{escape(text)}</blockquote>'
			f"<small>{self._text(post.reason)}</small></div>"
		)

	def _broken(self) -> str:
		broken = self.report.broken
		if not broken:
			return ""
		lines = "".join(f"<li>{self._text(one)}</li>" for one in broken[:SHOWN_BROKEN])
		said = self._text(_("Lines or entries that could not be read: {0}", self._count(len(broken))))
		more = len(broken) - SHOWN_BROKEN
		rest = f"<p>{self._text(_('and {0} more', self._count(more)))}</p>" if more > 0 else ""
		return self._section(
			_("What could not be read"), f"<details><summary>{said}</summary><ul>{lines}</ul>{rest}</details>"
		)
