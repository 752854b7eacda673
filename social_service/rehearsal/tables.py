"""The figures of a day as tables that a person likes to read."""

from __future__ import annotations

from collections import Counter

from rich.console import Console
from rich.table import Table

from social_service.ledger import SocialMessage
from social_service.records import Fate
from social_service.rehearsal.agents import Agents
from social_service.rehearsal.day import Day
from social_service.rehearsal.figures import SHOWN_FATES, Figures

REASONS = 8
LABELS = {"x": "X", "mastodon": "Mastodon"}


def show(console: Console, day: Day, figures: Figures, agents: Agents) -> None:
	console.print()
	console.print(_fates(figures))
	console.print(_hours(day))
	console.print(_reasons(day))
	console.print(_promises(figures, agents))


def _fates(figures: Figures) -> Table:
	table = Table(title="What became of every post", title_justify="left")
	table.add_column("Network")
	table.add_column("Posts", justify="right")
	for fate in SHOWN_FATES:
		table.add_column(fate.value.capitalize(), justify="right")
	for code, fates in figures.by_network.items():
		_row(table, LABELS.get(code, code), fates)
	table.add_section()
	_row(table, "Together", sum(figures.by_network.values(), Counter()))
	return table


def _row(table: Table, name: str, fates: Counter) -> None:
	table.add_row(name, str(sum(fates.values())), *(str(fates.get(fate.value, 0)) for fate in SHOWN_FATES))


def _hours(day: Day) -> Table:
	table = Table(title="The day by the hour", title_justify="left")
	table.add_column("Hour")
	table.add_column("Posts", justify="right")
	table.add_column("Tickets", justify="right")
	table.add_column("")
	posts, tickets = Counter(), Counter()
	for sent_at, fate in day.host.store.columns(SocialMessage, ["sent_at", "fate"], {}):
		hour = sent_at.astimezone(day.company.zone).hour
		posts[hour] += 1
		tickets[hour] += fate is Fate.OPENED
	for hour in sorted(posts):
		bar = (
			"[red]" + "█" * (tickets[hour] // 2) + "[/red][blue]" + "█" * ((posts[hour] - tickets[hour]) // 2)
		)
		table.add_row(f"{hour:02}", str(posts[hour]), str(tickets[hour]), bar + "[/blue]")
	return table


def _reasons(day: Day) -> Table:
	table = Table(title="Why (the most frequent reasons)", title_justify="left")
	table.add_column("Fate")
	table.add_column("Reason")
	table.add_column("Posts", justify="right")
	reasons = Counter()
	for fate, reason in day.host.store.columns(SocialMessage, ["fate", "fate_reason"], {}):
		reasons[fate, reason.split(" (“")[0]] += 1
	for (fate, reason), number in reasons.most_common(REASONS):
		table.add_row(str(fate), reason, str(number))
	return table


def _promises(figures: Figures, agents: Agents) -> Table:
	table = Table(title="What we promise", title_justify="left", show_header=False)
	table.add_row(
		"First response, from the post to the network's yes",
		f"p50 {_minutes(figures.p50)}, p90 {_minutes(figures.p90)}",
	)
	table.add_row(
		"Answers published",
		f"{figures.replies_sent} ({figures.replies_failed} refused, with a note in the ticket)",
	)
	table.add_row(
		"Lost, doubled, published twice", f"{figures.lost}, {figures.duplicates}, {figures.double_posts}"
	)
	table.add_row("Tickets to answer on the network by hand", str(len(agents.left)))
	table.add_row("Edits and deletions on the networks", f"{figures.edits}, {figures.deletions}")
	table.add_row("Fate as an experienced lead chose it", f"{figures.agreed} of {figures.judged}")
	table.add_row(
		"First suggestion is the right article", f"{figures.first_article_right} of {figures.article_asked}"
	)
	table.add_row("What the networks would charge", f"${figures.cost_micros / 1_000_000:.2f}")
	return table


def _minutes(seconds: float) -> str:
	return f"{seconds / 60:.1f} min"
