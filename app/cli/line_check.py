"""flask line check: a synthetic call through a number, step by step, from the command line."""

from typing import Any

import click
from flask_babel import force_locale
from sqlalchemy import select

from app.cli.command_group import CommandGroup
from app.core.extensions import db
from app.core.phone import normalise
from app.core.tenancy import company_scope, unscoped
from app.core.transactions import run_in_transaction
from app.domain.line_check import runner
from app.domain.line_check.messages import describe_step, get_label, get_repair
from app.jobs.line_checks import run_line_check
from app.models import LineCheck, PhoneNumber

line = CommandGroup("line", help="Whether a number takes calls.")
MARKS = {"ok": ("✓", "green"), "failed": ("✗", "red"), "skipped": ("·", "bright_black")}


@line.command("check")
@click.argument("number")
def check(number: str) -> None:
    """Send a signed synthetic call through NUMBER and follow it from the webhook to the dashboard; exits with 1 if a step fails."""
    e164 = normalise(number, source="human").e164
    with unscoped():
        row = db.session.scalars(select(PhoneNumber).where(PhoneNumber.e164 == e164)).first() if e164 else None
        owner_and_id = (row.company_id, row.id) if row else None
        db.session.rollback()
    with force_locale("en"):
        if owner_and_id is None:
            _print_step({"name": "number", "status": "failed", "problem": "number_unknown"}, e164 or number)
            raise SystemExit(1)
        with company_scope(owner_and_id[0]):
            raise SystemExit(0 if _run(owner_and_id[1]) else 1)


def _run(phone_number_id: str) -> bool:
    """Run the check and print each step when it is finished; returns whether all succeeded."""
    check_id = run_in_transaction(lambda: runner.start_check(phone_number_id, channel="command").id)
    printed: set[str] = set()

    def print_new_steps(check: LineCheck) -> None:
        for step in check.steps:
            if step["status"] != "waiting" and step["name"] not in printed:
                printed.add(step["name"])
                _print_step(step, check.number)

    check = run_line_check(check_id, between_polls=print_new_steps)
    return check is not None and check.result == "ok"


def _print_step(step: dict[str, Any], number: str) -> None:
    mark, colour = MARKS[step["status"]]
    duration = f"{step['ms']:>6} ms" if step.get("ms") is not None else " " * 9
    click.secho(f"{mark} {get_label(step['name']):24}{duration}  ", fg=colour, nl=False)
    if step["status"] == "failed":
        repair = get_repair(step, number)
        click.echo(f"{repair.wrong} {repair.mend}")
    else:
        click.echo(describe_step(step) or "" if step["status"] == "ok" else "")
