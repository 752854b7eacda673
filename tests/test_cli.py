"""`social-service check`: what an admin reads in a terminal, without a site. (`demo` is played in tests/rehearsal.)"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import pytest
import responses
from click.testing import CliRunner, Result

from social_service.channels import drivers
from social_service.cli import main
from social_service.rehearsal.network import Network
from tests.kit.driving import closed_address

TOKEN, WRONG = "tok-5ecret-77", "tok-wr0ng-78"
NOW = datetime(2026, 5, 4, 8, 0, tzinfo=timezone.utc)
MODULES = {
	"x": "social_service.rehearsal.x_network",
	"mastodon": "social_service.rehearsal.mastodon_network",
}
HERE = ("--allow-internal", "127.0.0.1")
each_network = pytest.mark.parametrize("code", MODULES)


@pytest.fixture(scope="module")
def networks() -> Iterator[dict[str, Network]]:
	started = {code: Network(module, NOW) for code, module in MODULES.items()}
	for network in started.values():
		network.add_person("heimwerk", "Heimwerk [GmbH]", token=TOKEN)
	yield started
	for network in started.values():
		network.stop()


@pytest.fixture(autouse=True)
def nothing_in_the_environment(monkeypatch):
	for code, driver in drivers().items():
		for setting in driver.settings:
			monkeypatch.delenv(f"SOCIAL_SERVICE_{code}_{setting.key}".upper(), raising=False)


def run(*arguments: str, **environment: str) -> Result:
	"""What stands in the terminal, with blanks for the line breaks that its width made."""
	result = CliRunner(env={"COLUMNS": "200", "NO_COLOR": "1", **environment}).invoke(main, arguments)
	assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
	assert not [secret for secret in (TOKEN, WRONG) if secret in result.output]
	return result


def told(result: Result) -> str:
	return " ".join(result.output.split())


def variables(code: str, url: str, token: str = TOKEN) -> dict[str, str]:
	start = f"SOCIAL_SERVICE_{code.upper()}_"
	return {f"{start}BASE_URL": url, f"{start}ACCESS_TOKEN": token}


@each_network
def test_it_says_whose_account_it_is_and_which_permission_is_missing(networks, code):
	result = run("check", code, *HERE, **variables(code, networks[code].url))
	assert result.exit_code == 0, result.output
	assert "@heimwerk (Heimwerk [GmbH])" in told(result), "a name in brackets is no markup"
	assert "Missing permissions" in told(result) and drivers()[code].label in told(result)
	assert "Listens to" in told(result) and "entions" in told(result)


@each_network
def test_credentials_come_from_a_toml_file_and_win_over_the_environment(networks, tmp_path, code):
	config = tmp_path / "channels.toml"
	config.write_text(
		f'[{code}]\naccess_token = "{TOKEN}"\nbase_url = "{networks[code].url}"\n[vine]\naccess_token = "old"\n'
	)
	result = run("check", code, "--config", str(config), *HERE, **variables(code, closed_address(), WRONG))
	assert (result.exit_code, "@heimwerk" in told(result)) == (0, True), result.output


@each_network
def test_a_missing_credential_is_named_with_both_ways_to_give_it(code):
	result = run("check", code)
	missing = next(one for one in drivers()[code].settings if one.required and not one.default)
	assert result.exit_code == 1
	assert f"{missing.label} is missing. Set SOCIAL_SERVICE_{code.upper()}_{missing.key.upper()}" in told(
		result
	)
	assert f"the table [{code}] of a TOML file (--config)" in told(result)


@each_network
def test_a_wrong_token_is_a_sentence_and_exit_code_1(networks, code):
	result = run("check", code, *HERE, **variables(code, networks[code].url, WRONG))
	assert result.exit_code == 1
	assert told(result).endswith(".") and len(told(result)) > 30
	assert "Traceback" not in result.output and result.stdout == ""


@each_network
def test_an_unreachable_server_is_a_sentence_and_exit_code_1(code):
	result = run("check", code, *HERE, **variables(code, closed_address()))
	assert result.exit_code == 1
	assert "127.0.0.1 can't be reached" in told(result) and result.stdout == ""


@each_network
def test_an_address_inside_is_refused_unless_it_is_allowed_by_name(networks, code):
	result = run("check", code, **variables(code, networks[code].url))
	assert result.exit_code == 1
	assert "inside your own network" in told(result)


@pytest.mark.parametrize(
	("text", "says"),
	[
		("[x", "is no TOML file"),
		('x = "a text"', "table [x]"),
		(b"\xff\xfe", "is no TOML file"),
		("", "Access token is missing"),
	],
)
def test_a_config_file_that_can_not_be_read_is_a_sentence(tmp_path, text, says):
	config = tmp_path / "channels.toml"
	config.write_bytes(text if isinstance(text, bytes) else text.encode())
	result = run("check", "x", "--config", str(config))
	assert result.exit_code == 1
	assert says in told(result)


def test_what_a_network_says_is_no_markup():
	with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
		mock.get("https://x.example/2/users/me", json={"detail": "No [/red] way [bold]here"}, status=400)
		result = run("check", "x", **variables("x", "https://x.example"))
	assert result.exit_code == 1
	assert "[/red] way [bold]here" in told(result)


def test_no_credential_stands_in_an_address_that_is_called():
	me = {"data": {"id": "1", "username": "heimwerk", "name": "Heimwerk"}}
	with responses.RequestsMock() as mock:
		mock.get("https://x.example/2/users/me", json=me)
		mock.get("https://x.example/2/dm_events", json={"meta": {"result_count": 0}})
		assert run("check", "x", **variables("x", "https://x.example")).exit_code == 0
		assert not [call.request.url for call in mock.calls if TOKEN in call.request.url]


@pytest.mark.parametrize(
	"arguments", [["check"], ["check", "vine"], ["check", "x", "--config", "/not/there.toml"]]
)
def test_wrong_arguments_are_explained(arguments):
	result = run(*arguments)
	assert result.exit_code == 2 and "Usage:" in result.output


def test_credentials_are_never_arguments():
	"""Other users of the machine can read those."""
	shown = run("check", "--help").output
	assert "--config" in shown
	assert not [one for one in ("--token", "--access-token", "--secret", "--password") if one in shown]


def test_it_runs_as_a_module_and_says_its_version():
	command = [sys.executable, "-m", "social_service.cli", "--version"]
	done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parent)
	assert "version" in done.stdout
