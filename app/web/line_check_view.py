"""View model of a line check: its title, its steps, and the repair instruction of each failed step."""

from types import SimpleNamespace
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.domain.line_check.messages import RepairInstruction, describe_step, get_label, get_repair
from app.models import LineCheck
from app.web.guards import can_access

# Place of the repair → endpoints of its page; the first one that exists and is allowed is linked.
REPAIR_ENDPOINTS = {
    "agents": ("agents.index",),
    "number": ("numbers.index", "line.index"),
    "branch": ("branches.index", "hours.index"),
    "unassigned": ("unassigned.index",),
    "connections": ("connections.index",),
    "health": ("system.index", "health.everything"),
    "webhook": ("webhooks.index",),
    "rejections": ("connections.index",),
}
# Places whose pages only users of the platform can open.
PLATFORM_PROBLEMS = ("health", "webhook", "unassigned")


def build_view(check: LineCheck) -> SimpleNamespace:
    steps = [_build_step(step, check) for step in check.steps]
    current_step = next((step for step in steps if step.status == "waiting"), None) if check.is_running else None
    if current_step is not None:
        current_step.status = "now"
    return SimpleNamespace(
        id=check.id, number=check.number, started_at=check.started_at, result=check.result, is_running=check.is_running,
        title=_build_title(check, steps), steps=steps, took_ms=_get_duration_ms(check), call_id=check.call_id, channel=check.channel,
    )  # fmt: skip


def _build_title(check: LineCheck, steps: list[SimpleNamespace]) -> str:
    if check.is_running:
        return _("Der Testanruf ist unterwegs")
    failed_labels = [step.label for step in steps if step.status == "failed"]
    if not failed_labels:
        return _("Die Leitung steht")
    return (
        _("Es hängt an einer Stelle: %(step)s", step=failed_labels[0])
        if len(failed_labels) == 1
        else _("Es hängt an mehreren Stellen: %(steps)s", steps=", ".join(failed_labels))
    )


def _get_duration_ms(check: LineCheck) -> int | None:
    return round((check.finished_at - check.started_at).total_seconds() * 1000) if check.finished_at else None


def _build_step(step: dict[str, Any], check: LineCheck) -> SimpleNamespace:
    is_failed = step["status"] == "failed"
    return SimpleNamespace(
        name=step["name"], status=step["status"], ms=step.get("ms"), label=get_label(step["name"]),
        fact=describe_step(step) if step["status"] == "ok" else None, repair=_build_repair(step, check) if is_failed else None,
    )  # fmt: skip


def _build_repair(step: dict[str, Any], check: LineCheck) -> SimpleNamespace:
    repair = get_repair(step, check.number)
    return SimpleNamespace(
        wrong=repair.wrong,
        mend=repair.mend,
        for_operator=repair.ours and not current_user.is_platform,
        href=_build_href(repair, step, check),
    )


def _build_href(repair: RepairInstruction, step: dict[str, Any], check: LineCheck) -> str | None:
    if repair.place is None or (repair.place in PLATFORM_PROBLEMS and not current_user.is_platform):
        return None
    if current_user.is_platform and repair.place in ("number", "branch"):
        return url_for("companies.show", company_id=check.company_id)
    if current_user.is_platform and repair.place == "rejections":
        return url_for("webhooks.index", status="rejected", number=check.number)
    event = (step.get("data") or {}).get("webhook_event")
    if repair.place == "webhook" and event and can_access("webhooks.show"):
        return url_for("webhooks.show", event_id=event)
    endpoint = next((name for name in REPAIR_ENDPOINTS[repair.place] if can_access(name)), None)
    return url_for(endpoint) if endpoint else None
