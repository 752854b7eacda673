"""The command line: ``social-service demo``, ``check``, ``preview``, ``replay`` and ``evaluate``. A door: it reads, calls, shows."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from contextlib import closing
from datetime import datetime, timezone
from pathlib import Path
from typing import NoReturn
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from social_service import account, archives, cli_tables, replay, report_figures, report_page
from social_service.archives.rows import read_articles
from social_service.channels import drivers
from social_service.channels.errors import ChannelError
from social_service.cli_evaluate import evaluate
from social_service.hosts.embedded import EmbeddedHost
from social_service.preview import LIMIT
from social_service.preview import preview as preview_of
from social_service.report_figures import Report
from social_service.report_words import LANGUAGES
from social_service.settings import SocialChannel
from social_service.triage.defaults import seeded_rules

if sys.version_info >= (3, 11):
	import tomllib
else:
	import tomli as tomllib

TALK = Console(stderr=True)  # progress and complaints; stdout is for results
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)

out_option = click.option(
	"--out", type=click.Path(dir_okay=False, path_type=Path), help="Write an HTML page with charts there."
)
language_option = click.option(
	"--language",
	type=click.Choice(LANGUAGES),
	default=LANGUAGES[0],
	show_default=True,
	help="Of the HTML page.",
)
json_option = click.option(
	"--json", "as_json", is_flag=True, help="One JSON object on stdout, and no tables."
)
config_option = click.option("--config", type=FILE, help="TOML file with a table per network.")
internal_option = click.option(
	"--allow-internal",
	multiple=True,
	metavar="ADDRESS",
	help="An address inside your network that may be asked.",
)


@click.group()
@click.version_option(package_name="social_service")
def main() -> None:
	"""Social customer service inside Frappe Helpdesk."""


main.add_command(evaluate)


@main.command()
@out_option
@language_option
def demo(out: Path | None, language: str) -> None:
	"""Play a scripted day at an invented company: real HTTP to simulated networks, SQLite, the figures at the end.

	The last line on stdout is one JSON object.
	"""
	try:
		from social_service.rehearsal import day, figures, tables  # noqa: PLC0415 (an extra that may be missing)
	except ModuleNotFoundError as missing:
		raise click.ClickException(
			f"The rehearsal needs {missing.name}. Install it with: pip install 'social_service[rehearsal]'"
		) from None
	TALK.print("Starting two simulated networks on this machine …")
	with day.staged() as stage:
		start, end = stage.now, stage.company.events()[-1].at + day.AFTER
		with _progress("A day at " + stage.company.name) as bar:
			task = bar.add_task("", total=(end - start).total_seconds(), clock="")

			def show(now: datetime) -> None:
				local = now.astimezone(stage.company.zone)
				bar.update(task, completed=(now - start).total_seconds(), clock=f"{local:%H:%M}")

			agents = day.play(stage, show)
		result = figures.count(stage)
		tables.show(Console(), stage, result, agents)
		if out:
			_write(report_figures.of_day(stage.host, stage.company.name, stage.company.zone), out, language)
	print(json.dumps(result.as_json()))


def _progress(title: str) -> Progress:
	columns = (TextColumn(title), BarColumn(), TextColumn("{task.fields[clock]}"), TimeElapsedColumn())
	return Progress(*columns, console=TALK, transient=True)


@main.command()
@click.argument("network", type=click.Choice(sorted(drivers())))
@config_option
@internal_option
def check(network: str, config: Path | None, allow_internal: tuple[str, ...]) -> None:
	"""Whose account is it, which permission is missing, and what would be listened to?

	Credentials come from --config or from the environment, as SOCIAL_SERVICE_X_ACCESS_TOKEN: never from arguments,
	which other users of the machine can read.
	"""
	values = _credentials(network, config)
	with closing(EmbeddedHost(":memory:", allow_internal=frozenset(allow_internal))) as host:
		try:
			channel = _channel(host, network, values)
			found = account.check(host, channel.name, _now)
			table = cli_tables.of_account(account.connect(host, channel, _now), found)
		except ChannelError as error:
			_complain(error)
	Console().print(table)


@main.command()
@click.argument("network", type=click.Choice(sorted(drivers())))
@config_option
@internal_option
@click.option(
	"--limit", type=click.IntRange(1, 500), default=LIMIT, show_default=True, help="How many posts."
)
@out_option
@language_option
@json_option
def preview(
	network: str,
	*,
	config: Path | None,
	allow_internal: tuple[str, ...],
	limit: int,
	out: Path | None,
	language: str,
	as_json: bool,
) -> None:
	"""What would the last posts of a channel open? Only reads: nothing is stored, opened or answered.

	Credentials as for check. A network that charges for reading charges for this.
	"""
	values = _credentials(network, config)
	with closing(EmbeddedHost(":memory:", allow_internal=frozenset(allow_internal))) as host:
		replay.furnish(host, seeded_rules())
		try:
			posts = preview_of(host, _channel(host, network, values), _now, limit)
		except ChannelError as error:
			_complain(error)
	report = report_figures.of_preview(posts, drivers()[network].label)
	if not as_json:
		Console().print(cli_tables.of_posts(posts))
	_show(report, out, language, as_json)


@main.command("replay")
@click.argument("file", type=FILE)
@click.option("--text-column", default="", help="The column that has the text, if its name does not say so.")
@click.option(
	"--account", "own", default="", metavar="HANDLE", help="Your own account, if the file has its answers."
)
@click.option("--articles", type=FILE, help="Your knowledge base: JSON Lines or CSV with title and text.")
@click.option("--timezone", "zone", metavar="NAME", help="Such as Europe/Berlin; this machine's if left out.")
@out_option
@language_option
@json_option
def replay_command(
	file: Path,
	*,
	text_column: str,
	own: str,
	articles: Path | None,
	zone: str | None,
	out: Path | None,
	language: str,
	as_json: bool,
) -> None:
	"""What would your own history have become? Nothing leaves this machine.

	FILE is JSON Lines, a CSV with a text column, tweets.js of an X archive, or outbox.json of a Mastodon archive.
	"""
	place = _zone(zone)
	with (
		closing(EmbeddedHost(":memory:")) as host,
		tempfile.TemporaryDirectory(prefix="social-service-") as folder,
	):
		host.cache = Path(folder)
		try:
			archive = archives.read(file, archives.Reading(text_column, own, place))
			known = read_articles(articles, _now()) if articles else []
		except archives.NotAHistory as problem:
			raise click.ClickException(str(problem)) from None
		replay.furnish(host, seeded_rules(), known)
		with _progress(file.name) as bar:
			task = bar.add_task("", total=archive.size, clock="")
			labels = replay.play(host, archive, lambda posts: bar.advance(task, posts))
		_show(report_figures.of_archive(host, labels, archive, file.name, place), out, language, as_json)


# --- in and out ----------------------------------------------------------------------------------------------


def _now() -> datetime:
	return datetime.now(timezone.utc)


def _complain(error: ChannelError) -> NoReturn:
	TALK.print(f"[red]{escape(str(error.sentence))}[/red]", highlight=False)
	sys.exit(1)


def _zone(name: str | None) -> ZoneInfo | None:
	try:
		return ZoneInfo(name) if name else None
	except (ZoneInfoNotFoundError, ValueError):
		raise click.ClickException(
			f"There is no time zone called {name}. Write it as Europe/Berlin."
		) from None


def _show(report: Report, out: Path | None, language: str, as_json: bool) -> None:
	if out:
		_write(report, out, language)
	if as_json:
		print(json.dumps(report.as_json(), ensure_ascii=False))
		return
	for table in cli_tables.of_report(report):
		Console().print(table)
	for line in cli_tables.remarks(report):
		TALK.print(line, highlight=False)


def _write(report: Report, out: Path, language: str) -> None:
	try:
		out.parent.mkdir(parents=True, exist_ok=True)
		out.write_text(report_page.page(report, language), encoding="utf-8")
	except OSError as error:
		raise click.ClickException(f"The page could not be written to {out}: {error.strerror}.") from None
	TALK.print(f"The page with charts: {escape(str(out.resolve()))}", highlight=False, soft_wrap=True)


def _credentials(network: str, config: Path | None) -> dict[str, str]:
	told, values = _table(config, network) if config else {}, {}
	for one in drivers()[network].settings:
		variable = f"SOCIAL_SERVICE_{network}_{one.key}".upper()
		values[one.key] = str(told.get(one.key) or os.environ.get(variable, "") or one.default)
		if one.required and not values[one.key]:
			raise click.ClickException(
				f"{one.label} is missing. Set {variable}, or {one.key} in the table [{network}] of a TOML file (--config)."
			)
	return values


def _table(config: Path, network: str) -> dict:
	try:
		told = tomllib.loads(config.read_text(encoding="utf-8")).get(network, {})
	except ValueError as error:
		raise click.ClickException(f"{config} is no TOML file: {error}") from None
	if not isinstance(told, dict):
		raise click.ClickException(f"{config} needs a table [{network}], with a line for each credential.")
	return told


def _channel(host: EmbeddedHost, network: str, values: dict[str, str]) -> SocialChannel:
	secret = {one.key for one in drivers()[network].settings if one.secret}
	opened = {key: value for key, value in values.items() if value and key not in secret}
	common = {key: opened.pop(key) for key in SocialChannel.COMMON if key in opened}
	channel = SocialChannel(title=network, driver=network, more=opened, **common)
	with host.transaction():
		stored, _ = host.store.add(channel)
	host.keep_secrets(stored.name, {key: value for key, value in values.items() if key in secret})
	return stored


if __name__ == "__main__":
	main()
