"""All commands: what fails exits 1 with one line in words, never a traceback, and lists show keys, addresses and ids whole."""

from collections.abc import Callable, Iterator

import click
import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from flask_sqlalchemy import SQLAlchemy

from app.cli.command_group import CommandErrorMixin
from app.cli.migrations import MigrationCommand
from app.cli.tables import Table
from tests.support.inbox import arrive_many, events
from tests.support.users import make_company, make_user

NOBODY = "+493023125999"
SALON = ("--company", "salon-lindgren")
NO_COMPANY = "There is no company 'nowhere'"
# each command with something that it cannot do, and what it says
FAILING: dict[str, list[tuple[list[str], str]]] = {
    "api-keys create": [
        (["--company", "nowhere", "--scopes", "calls:read"], NO_COMPANY),
        ([*SALON, "--scopes", "everything"], "bookings:write"),
    ],
    "api-keys list": [(["--company", "nowhere"], NO_COMPANY)],
    "api-keys revoke": [(["nothing"], "key"), (["ü"], "key")],
    "calendars connect": [(["--company", "nowhere", "--api-key", "x"], NO_COMPANY)],
    "calendars event-types": [(["--company", "nowhere"], NO_COMPANY), ([*SALON], "not connected")],
    "calendars map": [([*SALON, "--service", "Schnitt", "--event-type", "1"], "")],
    "calendars unmap": [([*SALON, "nothing"], "no such thing")],
    "calendars show": [([*SALON], "not connected")],
    "calendars compare": [([*SALON], "not connected")],
    "branches create": [
        (["--company", "nowhere", "--name", "Berlin-Mitte"], NO_COMPANY),
        ([*SALON, "--name", "Mitte", "--hours", "always"], ""),
    ],
    "branches update": [
        (["--company", "nowhere", "--branch", "berlin-mitte"], NO_COMPANY),
        ([*SALON, "--branch", "nowhere"], "There is no branch 'nowhere'"),
    ],
    "branches list": [(["--company", "nowhere"], NO_COMPANY)],
    "companies create": [
        (["--name", "Salon", "--industry", "hair_salon", "--zone", "Mars"], "no such time zone"),
        (["--name", "Salon", "--industry", "nothing"], "We do not know this industry"),
    ],
    "companies list": [],
    "numbers add": [
        ([NOBODY, "--company", "nowhere", "--branch", "berlin-mitte"], NO_COMPANY),
        ([NOBODY, *SALON, "--branch", "nowhere"], "There is no branch 'nowhere'"),
        (["nonsense", *SALON, "--branch", "berlin-mitte"], ""),
    ],
    "numbers list": [(["--company", "nowhere"], NO_COMPANY)],
    "encryption rotate": [],
    "feeds create": [([*SALON, "--branch", "nowhere"], "There is no branch 'nowhere'"), ([*SALON, "--staff", "Niemand"], "")],
    "feeds list": [(["--company", "nowhere"], NO_COMPANY)],
    "feeds revoke": [([*SALON, "00000000"], "names no living feed")],
    "inbox replay": [(["999999"], "There is no event 999999"), ([str(2**63 - 1)], "There is no event")],
    "inbox sweep": [],
    "line check": [([NOBODY], ""), (["nonsense"], "")],
    "retell publish": [(["--company", "nowhere"], NO_COMPANY), ([*SALON, "--agent", "nobody"], "no such agent")],
    "retell check": [(["--company", "nowhere"], NO_COMPANY), ([*SALON], "no such agent")],
    "users create": [
        (["--email", "m@salon.example", "--role", "manager", "--company", "nowhere"], NO_COMPANY),
        (["--email", "nobody", "--role", "support"], "email"),
    ],
    "users invite": [
        (["--email", "m@salon.example", "--role", "manager", "--company", "nowhere"], NO_COMPANY),
        (["--email", "nobody", "--role", "manager", *SALON], "email"),
    ],
    "users list": [(["--company", "nowhere"], NO_COMPANY)],
    "users block": [(["nobody@salon.example"], "")],
    "users unblock": [(["nobody@salon.example"], "")],
    "users role": [(["nobody@salon.example", "staff"], "")],
    "users remove-second-step": [(["nobody@salon.example"], "")],
    "users reset": [(["nobody@salon.example"], "")],
    "simulate call": [(["--url", "http://127.0.0.1:1", "--count", "1"], "No server answers at http://127.0.0.1:1")],
    "simulate hide": [(["--company", "nowhere"], NO_COMPANY)],
    "seed demo": [],
    "worker": [],
    "clock": [],
    "keys new": [],
    "db": [(["downgrade", "nonsense"], "nonsense")],
}
# the database is not asked in the first case, or (the last three) for ever
WITHOUT_THE_DATABASE = {"keys new", "companies create", "simulate call", "calendars connect", "worker", "clock", "db"}


@pytest.fixture
def runner(app: Flask, db: SQLAlchemy) -> FlaskCliRunner:
    make_user(make_company())
    return app.test_cli_runner()


def test_every_command_of_ours_fails_in_words(app: Flask) -> None:
    """Group and Command of app/cli/command_group.py see to that."""
    others = {name for name in own_commands(app) if not isinstance(app.cli.commands[name], CommandErrorMixin | MigrationCommand)}
    assert others == set()


def test_every_command_stands_in_the_table(app: Flask) -> None:
    assert {path for name in own_commands(app) for path in leaves(app.cli.commands[name], name)} == set(FAILING)


@pytest.mark.parametrize(("command", "arguments", "said"), [(name, *case) for name, cases in FAILING.items() for case in cases])
def test_what_cannot_be_done_is_one_line_and_exit_code_1(
    runner: FlaskCliRunner, caplog: pytest.LogCaptureFixture, command: str, arguments: list[str], said: str
) -> None:
    result = runner.invoke(args=[*command.split(), *arguments])
    told = (result.output + "".join(record.getMessage() for record in caplog.records if record.levelname == "ERROR")).strip()
    assert result.exit_code == 1, told
    assert told and "\n" not in told and "Traceback" not in told
    assert said in told


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("command", sorted(set(FAILING) - WITHOUT_THE_DATABASE))
def test_a_database_that_is_away_is_named(make_app: Callable[..., Flask], command: str) -> None:
    app = make_app(database_url="mysql+pymysql://root:secret-word@127.0.0.1:1/askproai")
    arguments = FAILING[command][0][0] if FAILING[command] else []
    result = app.test_cli_runner().invoke(args=[*command.split(), *arguments])
    assert result.exit_code == 1
    assert "DATABASE_URL: no MariaDB answers at 127.0.0.1:1 (Connection refused)" in result.output
    assert len(result.output.strip().splitlines()) == 1, result.output
    assert "secret-word" not in result.output


def test_what_is_not_migrated_is_said_so(make_app: Callable[..., Flask], tmp_path_factory: pytest.TempPathFactory) -> None:
    app = make_app(database_url=f"sqlite:///{tmp_path_factory.mktemp('empty')}/empty.sqlite3")
    result = app.test_cli_runner().invoke(args=["users", "list"])
    assert (result.exit_code, result.output.count("\n")) == (1, 1)
    assert "flask --app wsgi db upgrade" in result.output


@pytest.mark.parametrize("command", ["worker", "clock"])
def test_processes_name_the_variable_that_keeps_them_from_starting(make_app: Callable[..., Flask], command: str) -> None:
    app = make_app(database_url="sqlite:////nowhere/at/all.sqlite3")
    result = app.test_cli_runner().invoke(args=[command])
    assert result.exit_code == 1
    assert str(result.exception) == "DATABASE_URL: the database /nowhere/at/all.sqlite3 cannot be used: unable to open database file."


def test_a_worker_without_redis_says_what_is_missing(make_app: Callable[..., Flask]) -> None:
    result = make_app(redis_url=None).test_cli_runner().invoke(args=["worker"])
    assert (result.exit_code, result.output.count("\n")) == (1, 1)
    assert "REDIS_URL is not set" in result.output


def test_a_fault_of_ours_is_one_line_without_anybodys_data(app: Flask, runner: FlaskCliRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(*_: object) -> None:
        raise KeyError("a_name")

    monkeypatch.setattr("app.domain.accounts.users.list_users", stumble)
    result = runner.invoke(args=["users", "list"])
    assert result.exit_code == 1
    assert result.output == "Error: This is a fault of ours: KeyError: 'a_name' (LOG_LEVEL=DEBUG shows where).\n"


def test_events_that_are_there_are_replayed_beside_one_that_is_not(runner: FlaskCliRunner) -> None:
    arrive_many(1)
    there = events()[0].id
    result = runner.invoke(args=["inbox", "replay", str(there), str(there), str(there + 1)])
    assert (result.exit_code, result.output) == (
        1, f"1 of 2 events will be worked through again.\nError: There is no event {there + 1}.\n",
    )  # fmt: skip


def test_a_list_cuts_nothing_in_a_narrow_terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    cells = ("01KCFYM2Z1Q0S0V2DZ8JQ9E7RB", "a.very.long.address@salon-lindgren.example", "[bold] is no markup")
    table = Table("id", "e-mail", "note")
    table.add_row(*cells)
    table.show()
    row = next(line for line in capsys.readouterr().out.splitlines() if cells[0] in line)
    assert all(cell in row for cell in cells)


def own_commands(app: Flask) -> Iterator[str]:
    """What `python -m wsgi` offers: those of flask and of other packages are not among them."""
    return iter(app.cli.commands)


def leaves(command: click.Command, path: str) -> Iterator[str]:
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            yield from leaves(inner, f"{path} {name}")
    else:
        yield path
