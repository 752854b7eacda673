"""``social-service evaluate``: how well would it work on your own labelled texts? A door: it reads, calls, shows."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

TEXTS = ("text", "lang")  # never a number or null
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout, and no table.")


@click.group()
def evaluate() -> None:
	"""How well would it work on your own labelled texts? Files are JSON Lines. Nothing is stored or sent."""


@evaluate.command()
@click.argument("file", type=FILE)
@click.option("--languages", default="", metavar="de,en", help="Those of your site.")
@json_option
def language(file: Path, *, languages: str, as_json: bool) -> None:
	"""In which language is a post? FILE has rows with text and lang."""
	from social_service.evaluate.language import measure  # noqa: PLC0415 each loads its own models

	_show(measure(_rows(file, "text", "lang"), _listed(languages.lower())), as_json)


@evaluate.command()
@click.option("--articles", type=FILE, required=True, help="Rows with id, title and text.")
@click.option("--queries", type=FILE, required=True, help="Rows with text and article (null: none fits).")
@click.option("--confirmed", type=FILE, help="What agents confirmed: rows with text and article.")
@json_option
def articles(*, articles: Path, queries: Path, confirmed: Path | None, as_json: bool) -> None:
	"""Which article answers a post, and when does none?"""
	from social_service.evaluate.articles import measure  # noqa: PLC0415

	agreed = _rows(confirmed, "text", "article") if confirmed else []
	_show(measure(_rows(articles, "id", "title"), _rows(queries, "text", "article"), agreed), as_json)


@evaluate.command()
@click.argument("file", type=FILE)
@click.option("--learn", type=FILE, help="The same rows, as if agents had corrected them.")
@click.option("--brand", default="", metavar="NAME,@HANDLE", help="How people call you.")
@json_option
def triage(file: Path, *, learn: Path | None, brand: str, as_json: bool) -> None:
	"""Does a post concern us, and does it need an answer? FILE has rows with text and labels."""
	from social_service.evaluate.triage import measure, refusal  # noqa: PLC0415

	learned = _rows(learn, "text", refusal=refusal) if learn else []
	_show(measure(_rows(file, "text", refusal=refusal), learned, _listed(brand)), as_json)


@evaluate.command()
@click.argument("file", type=FILE)
@json_option
def groups(file: Path, *, as_json: bool) -> None:
	"""Which posts say the same? FILE has rows with text and group."""
	from social_service.evaluate.groups import measure  # noqa: PLC0415

	_show(measure(_rows(file, "text", "group")), as_json)


# --- in and out ----------------------------------------------------------------------------------------------


Refusal = Callable[[dict], str | None]


def _rows(file: Path, *needed: str, refusal: Refusal = lambda _row: None) -> list[dict]:
	"""The objects of a file of JSON Lines. Complains about the first line that is none, lacks something, or is refused."""
	try:
		lines = file.read_text(encoding="utf-8-sig").split("\n")
	except UnicodeDecodeError:
		raise click.ClickException(f"{file} is no UTF-8 text.") from None
	rows = []
	for number, line in enumerate(lines, start=1):
		if line.strip():
			row = _parsed(line)
			if told := _wrong(row, needed) or refusal(row):
				raise click.ClickException(f"Line {number} of {file} {told}.")
			rows.append(row)
	return rows


def _parsed(line: str) -> object:
	try:
		return json.loads(line)
	except ValueError:
		return None


def _wrong(row: object, needed: tuple[str, ...]) -> str | None:
	if not isinstance(row, dict):
		return "is no JSON object"
	if missing := [key for key in needed if key not in row]:
		return f"has no {missing[0]}"
	if odd := [key for key in TEXTS if key in needed and not isinstance(row[key], str)]:
		return f"has no text as {odd[0]}"
	return None


def _listed(text: str) -> list[str]:
	return [one.strip() for one in text.split(",") if one.strip()]


def _show(figures: dict, as_json: bool) -> None:
	if as_json:
		print(json.dumps(figures, ensure_ascii=False))
		return
	table = Table("figure", "value")
	for name, value in _flat(figures, ""):
		table.add_row(name, str(value))
	Console().print(table)


def _flat(figures: dict, before: str) -> list[tuple[str, object]]:
	found: list[tuple[str, object]] = []
	for name, value in figures.items():
		found += _flat(value, f"{before}{name} ") if isinstance(value, dict) else [(f"{before}{name}", value)]
	return found
