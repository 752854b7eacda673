"""What the command line shows: tables on stdout, remarks on stderr."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich.markup import escape
from rich.table import Table

from social_service.channels.base import Channel
from social_service.preview import Previewed
from social_service.records import Account
from social_service.report_figures import Report
from social_service.report_words import duration

SHOWN_BROKEN = 10
LONGEST_TEXT = 90


def of_account(driver: Channel, found: Account) -> Table:
	"""``driver``: knows the account already."""
	table = Table(title=driver.label, show_header=False)
	table.add_row("Account", escape(f"@{found.handle} ({found.name})"))
	table.add_row("Network id", found.external_id)
	for name, value in found.limits.items():
		table.add_row(escape(str(name)), escape(str(value)))
	table.add_row("Missing permissions", escape(", ".join(found.missing)) or "none")
	signed_in = driver.sign_in()
	if signed_in:
		table.add_row("The sign-in ends", f"{signed_in.until:%Y-%m-%d %H:%M} UTC")
	for stream in driver.streams():
		nightly = f", each night {stream.scan_days} days again" if stream.scan_days else ""
		listens = f"{stream.label or stream.key}: at most every {stream.min_seconds} s{nightly}"
		table.add_row("Listens to", escape(listens))
	return table


def of_posts(posts: Sequence[Previewed]) -> Table:
	table = Table(title="What these posts would become", title_justify="left")
	for name in ("Time (UTC)", "Author", "Text", "Fate", "Why"):
		table.add_column(name)
	for post in posts:
		text = " ".join(post.text.split())
		short = text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}…"
		cells = (f"{post.sent_at:%m-%d %H:%M}", post.author, short, post.fate.value, post.reason)
		table.add_row(*map(escape, cells))
	return table


def of_report(report: Report) -> Iterator[Table]:
	yield _fates(report)
	if not report.is_own:
		yield _reasons(report)
	if report.waits or report.answers():
		yield _answers(report)


def _fates(report: Report) -> Table:
	fates = report.shown_fates()
	table = Table(title="What became of every post", title_justify="left")
	table.add_column("Network")
	for name in ("Posts", *(fate.value.capitalize() for fate in fates)):
		table.add_column(name, justify="right")
	for network, counted in report.by_network().items():
		table.add_row(escape(network), str(sum(counted.values())), *(str(counted[fate]) for fate in fates))
	return table


def _reasons(report: Report) -> Table:
	table = Table(title="Why (the most frequent reasons)", title_justify="left")
	table.add_column("Fate")
	table.add_column("Reason")
	table.add_column("Posts", justify="right")
	for fate, reason, number in report.reasons():
		table.add_row(fate.value, escape(reason), str(number))
	return table


def _answers(report: Report) -> Table:
	table = Table(title="Answers", title_justify="left", show_header=False)
	table.add_row("Own posts that answer somebody", str(len(report.answers())))
	if report.waits:
		table.add_row("Waited for the first answer, p50", duration(report.p50(), "en"))
		table.add_row("Waited for the first answer, p90", duration(report.p90(), "en"))
	if not report.is_own:
		table.add_row("Conversations without an answer", str(report.unanswered))
	return table


def remarks(report: Report) -> Iterable[str]:
	yield from (escape(str(note)) for note in report.notes)
	if report.broken:
		yield f"[yellow]Lines or entries that could not be read: {len(report.broken)}[/yellow]"
		yield from (f"  {escape(str(one))}" for one in report.broken[:SHOWN_BROKEN])
		if len(report.broken) > SHOWN_BROKEN:
			yield f"  and {len(report.broken) - SHOWN_BROKEN} more"
