"""The command line: ``social-service demo`` and ``social-service check``. A door: it reads, calls, shows."""

from __future__ import annotations

import json
import os
import sys
from datetime import datetime, timezone
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from social_service import account
from social_service.channels import drivers
from social_service.channels.errors import ChannelError
from social_service.hosts.embedded import EmbeddedHost
from social_service.settings import SocialChannel

if sys.version_info >= (3, 11):
	import tomllib
else:
	import tomli as tomllib

TALK = Console(stderr=True)  # progress and complaints; stdout is for results


@click.group()
@click.version_option(package_name="social_service")
def main() -> None:
	"""Social customer service inside Frappe Helpdesk."""


@main.command()
def demo() -> None:
	"""Play a scripted day at an invented company: real HTTP to simulated networks, SQLite, the figures at the end.

	The last line on stdout is one JSON object.
	"""
	try:
		from social_service.rehearsal import day, figures, tables
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
	print(json.dumps(result.as_json()))


def _progress(title: str) -> Progress:
	columns = (TextColumn(title), BarColumn(), TextColumn("{task.fields[clock]}"), TimeElapsedColumn())
	return Progress(*columns, console=TALK, transient=True)


@main.command()
@click.argument("network", type=click.Choice(sorted(drivers())))
@click.option("--config", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="TOML file with a table per network.")
@click.option("--allow-internal", multiple=True, metavar="ADDRESS", help="An address inside your network that may be asked.")
def check(network: str, config: Path | None, allow_internal: tuple[str, ...]) -> None:
	"""Whose account is it, and which permission is missing?

	Credentials come from --config or from the environment, as SOCIAL_SERVICE_X_ACCESS_TOKEN: never from arguments,
	which other users of the machine can read.
	"""
	values = _credentials(network, config)
	host = EmbeddedHost(":memory:", allow_internal=frozenset(allow_internal))
	try:
		found = account.check(host, _channel(host, network, values), lambda: datetime.now(timezone.utc))
	except ChannelError as error:
		TALK.print(f"[red]{error.sentence}[/red]", highlight=False)
		sys.exit(1)
	table = Table(title=drivers()[network].label, show_header=False)
	table.add_row("Account", f"@{found.handle} ({found.name})")
	table.add_row("Network id", found.external_id)
	for name, value in found.limits.items():
		table.add_row(str(name), str(value))
	table.add_row("Missing permissions", ", ".join(found.missing) or "none")
	Console().print(table)


def _credentials(network: str, config: Path | None) -> dict[str, str]:
	told = tomllib.loads(config.read_text(encoding="utf-8")).get(network, {}) if config else {}
	values = {}
	for one in drivers()[network].settings:
		variable = f"SOCIAL_SERVICE_{network}_{one.key}".upper()
		values[one.key] = str(told.get(one.key) or os.environ.get(variable, "") or one.default)
		if one.required and not values[one.key]:
			raise click.ClickException(
				f"{one.label} is missing. Set {variable}, or {one.key} in the table [{network}] of a TOML file (--config)."
			)
	return values


def _channel(host: EmbeddedHost, network: str, values: dict[str, str]) -> str:
	secret = {one.key for one in drivers()[network].settings if one.secret}
	with host.transaction():
		channel = SocialChannel(title=network, driver=network, base_url=values.get("base_url", ""))
		stored, _ = host.store.add(channel)
	host.keep_secrets(stored.name, {key: value for key, value in values.items() if key in secret})
	return stored.name


if __name__ == "__main__":
	main()
