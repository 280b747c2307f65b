"""The agent at its provider: desired and actual state by field, with buttons to repair and to check."""

from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.core.clock import now, to_ms
from app.core.transactions import transaction
from app.domain.accounts.permissions import can
from app.domain.agents import versions
from app.domain.agents.provisioning import workflow
from app.domain.agents.status import get_status
from app.jobs.agents import check_drift, deploy_agent
from app.models import AgentDeployment
from app.web.dashboard import agent_labels
from app.web.dashboard.agent_alerts import describe_status
from app.web.fields import Serial
from app.web.forms import Query
from app.web.guards import for_company

# How long a page polls for the result of a drift check.
POLL_TIMEOUT_MS = 25_000
STEPS = {
    "inspect": "search", "draft": "pencil", "brain": "sparkles", "agent": "audio-lines", "publish": "check", "number": "phone",
    "release": "phone-off", "check": "shield-check",
}  # fmt: skip

blueprint = Blueprint("agent_provider", __name__)


class RefreshQuery(Query):
    """`asked`: the time at which a drift check was requested, in milliseconds."""

    asked: Serial | None = None


@blueprint.get("/agents/<agent_id>/provider")
@for_company("agents.read")
def show(agent_id: str) -> str:
    return render_template("dashboard/agent_provisioning.html", **_build_view(agent_id))


@blueprint.get("/agents/<agent_id>/provider/part")
@for_company("agents.read", is_polling=True)
def part(agent_id: str) -> Response:
    """Show the status while work is pending; after its end the whole page is reloaded."""
    view = _build_view(agent_id)
    response = make_response(render_template("dashboard/agent_provisioning_part.html", **view))
    if not view["waits"]:
        response.headers["HX-Refresh"] = "true"
    return response


@blueprint.post("/agents/<agent_id>/check")
@for_company("agents.read")
def check(agent_id: str) -> Response:
    """Enqueue a drift check at the provider; the page polls for its result."""
    agent = versions.get_agent(agent_id)
    if workflow.find_account() is None or workflow.find_deployment(agent_id) is None:
        flash(describe_status(get_status(agent)), "error")
        return redirect(url_for("agent_provider.show", agent_id=agent_id))
    check_drift.enqueue(agent_id)
    return redirect(url_for("agent_provider.show", agent_id=agent_id, asked=to_ms(now())))


@blueprint.post("/agents/<agent_id>/repair")
@for_company("agents.write")
def repair(agent_id: str) -> Response:
    with transaction():
        deployment_id = workflow.request_repair(agent_id).id
    deploy_agent.enqueue(deployment_id)
    flash(_("Wird bei Retell eingetragen."), "message")
    return redirect(url_for("agent_provider.show", agent_id=agent_id))


def _build_view(agent_id: str) -> dict[str, Any]:
    agent, row = versions.get_agent(agent_id), workflow.find_deployment(agent_id)
    status, requested_at_ms = get_status(agent), RefreshQuery.read_known().asked
    findings = [agent_labels.format_diff(finding) for finding in (row.findings or [] if row else [])]
    return {
        "agent": agent,
        "row": row,
        "standing": status,
        "sentence": describe_status(status),
        "parts": _group_diffs(findings),
        "right": sum(finding["fits"] for finding in findings),
        "steps": [(step, _get_step_label(step.name), STEPS[step.name.partition(":")[0]]) for step in workflow.list_steps(row)]
        if row
        else [],
        "waits": _is_pending(row, requested_at_ms),
        "asked": requested_at_ms,
        "reason": agent_labels.describe_reason(status.reason) if status.reason else None,
        "is_our_reason": bool(row and row.reason in agent_labels.OUR_REASONS),
        "may_write": can(current_user, "agents.write"),
    }


def _is_pending(row: AgentDeployment | None, requested_at_ms: int | None) -> bool:
    """Check whether a deployment or a drift check is pending, so that the page polls."""
    if row is not None and row.status == "pending":
        return True
    if requested_at_ms is None or row is None or row.status == "no_key" or to_ms(now()) - requested_at_ms > POLL_TIMEOUT_MS:
        return False
    return row.checked_at is None or to_ms(row.checked_at) < requested_at_ms


def _group_diffs(findings: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Group the findings by subject; within a group, differences come first."""
    kinds = {
        _("Rufnummern"): ("number", "ringing", "released"),
        _("Meldungen an uns"): ("webhook_url", "events", "webhook_timeout"),
        _("Was sie kann"): ("tool",),
    }
    grouped: dict[str, list[dict[str, Any]]] = {name: [] for name in kinds}
    rest = grouped.setdefault(_("Sie selbst"), [])
    for finding in findings:
        kind = finding["key"].partition(":")[0]
        next((grouped[name] for name, kind_names in kinds.items() if kind in kind_names), rest).append(finding)
    return [(name, sorted(members, key=lambda finding: finding["fits"])) for name, members in grouped.items() if members]


def _get_step_label(name: str) -> str:
    kind, _colon, number = name.partition(":")
    if kind in ("number", "release"):
        return agent_labels.get_diff_label(f"{'number' if kind == 'number' else 'released'}:{number}")
    return {
        "inspect": _("nachsehen, was da ist"),
        "draft": _("neue Fassung beginnen"),
        "brain": _("Anweisungen und Funktionen"),
        "agent": _("Stimme, Sprache, Adressen"),
        "publish": _("veröffentlichen"),
        "check": _("zurücklesen"),
    }[kind]
