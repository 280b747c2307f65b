"""A line check as pages show it: the sentence above it, its steps, and beside each red one what repairs it."""

from types import SimpleNamespace
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.domain.line_check.messages import Repair, describe_step, get_label, get_repair
from app.models import LineCheck
from app.web.guards import can_access

# where something is repaired → the pages for it, the first that exists and may be opened
REPAIR_ENDPOINTS = {
    "agents": ("agents.index",),
    "number": ("numbers.index", "line.index"),
    "branch": ("branches.index", "hours.index"),
    "unassigned": ("unassigned.index",),
    "connections": ("connections.index",),
    "health": ("system.index", "health.everything"),
    "webhook": ("webhooks.index",),
}
# what only the people who run the house can open
PLATFORM_PROBLEMS = ("health", "webhook", "unassigned")


def build_view(check: LineCheck) -> SimpleNamespace:
    steps = [_build_step(step, check) for step in check.steps]
    under_way = next((step for step in steps if step.status == "waiting"), None) if check.is_running else None
    if under_way is not None:
        under_way.status = "now"
    return SimpleNamespace(
        id=check.id, number=check.number, started_at=check.started_at, result=check.result, is_running=check.is_running,
        title=_build_title(check, steps), steps=steps, took_ms=_get_duration_ms(check), call_id=check.call_id, via=check.via,
    )  # fmt: skip


def _build_title(check: LineCheck, steps: list[SimpleNamespace]) -> str:
    if check.is_running:
        return _("Der Testanruf ist unterwegs")
    red = [step.label for step in steps if step.status == "failed"]
    if not red:
        return _("Die Leitung steht")
    return (
        _("Es hängt an einer Stelle: %(step)s", step=red[0])
        if len(red) == 1
        else _("Es hängt an mehreren Stellen: %(steps)s", steps=", ".join(red))
    )


def _get_duration_ms(check: LineCheck) -> int | None:
    return round((check.finished_at - check.started_at).total_seconds() * 1000) if check.finished_at else None


def _build_step(step: dict[str, Any], check: LineCheck) -> SimpleNamespace:
    is_red = step["status"] == "failed"
    return SimpleNamespace(
        name=step["name"], status=step["status"], ms=step.get("ms"), label=get_label(step["name"]),
        fact=describe_step(step) if step["status"] == "ok" else None, repair=_build_repair(step, check) if is_red else None,
    )  # fmt: skip


def _build_repair(step: dict[str, Any], check: LineCheck) -> SimpleNamespace:
    repair = get_repair(step, check.number)
    return SimpleNamespace(
        wrong=repair.wrong, mend=repair.mend, for_operator=repair.ours and not current_user.is_platform, href=_build_href(repair, step)
    )


def _build_href(repair: Repair, step: dict[str, Any]) -> str | None:
    if repair.place is None or (repair.place in PLATFORM_PROBLEMS and not current_user.is_platform):
        return None
    event = (step.get("data") or {}).get("webhook_event")
    if repair.place == "webhook" and event and can_access("webhooks.show"):
        return url_for("webhooks.show", event_id=event)
    endpoint = next((name for name in REPAIR_ENDPOINTS[repair.place] if can_access(name)), None)
    return url_for(endpoint) if endpoint else None
