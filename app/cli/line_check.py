"""flask line check: a synthetic call through a number, step by step, from the command line."""

import time
from typing import Any

import click
from flask_babel import force_locale
from sqlalchemy import select

from app.cli.base import Group
from app.core.extensions import db
from app.core.phone import normalise
from app.core.tenancy import company_scope, unscoped
from app.core.transactions import run_in_transaction
from app.domain.line_check import runner
from app.domain.line_check.messages import describe_step, get_label, get_repair
from app.jobs.line_checks import advance_line_check, run_line_check
from app.models import LineCheck, PhoneNumber

line = Group("line", help="Whether a number takes calls.")
POLL_INTERVAL_S = 0.1
MARKS = {"ok": ("✓", "green"), "failed": ("✗", "red"), "skipped": ("·", "bright_black")}


@line.command("check")
@click.argument("number")
def check(number: str) -> None:
    """Send a signed synthetic call through NUMBER and watch it from door to dashboard; ends with 1 when a step is red."""
    e164 = normalise(number, source="human").e164
    with unscoped():
        row = db.session.scalars(select(PhoneNumber).where(PhoneNumber.e164 == e164)).first() if e164 else None
        found = (row.company_id, row.id) if row else None
        db.session.rollback()
    with force_locale("en"):
        if found is None:
            _print_step({"name": "number", "status": "failed", "problem": "number_unknown"}, e164 or number)
            raise SystemExit(1)
        with company_scope(found[0]):
            raise SystemExit(0 if _run(found[1]) else 1)


def _run(phone_number_id: str) -> bool:
    """Each step is told as soon as it is settled."""
    check_id = run_in_transaction(lambda: runner.start_check(phone_number_id, via="command").id)
    told: set[str] = set()
    _print_new_steps(check_id, told)
    run_line_check(check_id)
    while check := _print_new_steps(check_id, told):
        if not check.is_running:
            return check.result == "ok"
        time.sleep(POLL_INTERVAL_S)
    return False


def _print_new_steps(check_id: str, told: set[str]) -> LineCheck | None:
    check = advance_line_check(check_id)
    for step in check.steps if check else ():
        if step["status"] != "waiting" and step["name"] not in told:
            told.add(step["name"])
            _print_step(step, check.number if check else "")
    return check


def _print_step(step: dict[str, Any], number: str) -> None:
    mark, colour = MARKS[step["status"]]
    took = f"{step['ms']:>6} ms" if step.get("ms") is not None else " " * 9
    click.secho(f"{mark} {get_label(step['name']):24}{took}  ", fg=colour, nl=False)
    if step["status"] == "failed":
        repair = get_repair(step, number)
        click.echo(f"{repair.wrong} {repair.mend}")
    else:
        click.echo(describe_step(step) or "" if step["status"] == "ok" else "")
