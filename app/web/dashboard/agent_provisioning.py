"""How an assistant stands at her provider: wanted against actual, field by field, repaired with one press and really looked at."""

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
from app.web.dashboard import agent_labels as words
from app.web.dashboard.agent_alerts import describe_status
from app.web.fields import Serial
from app.web.forms import Query
from app.web.guards import for_company

# so long a page waits for a look before it says that none came
POLL_TIMEOUT_MS = 25_000
STEPS = {
    "look": "search", "draft": "pencil", "brain": "sparkles", "agent": "audio-lines", "publish": "check", "number": "phone",
    "release": "phone-off", "check": "shield-check",
}  # fmt: skip

blueprint = Blueprint("agent_provider", __name__)


class AskedQuery(Query):
    """When somebody asked to look, in milliseconds."""

    asked: Serial | None = None


@blueprint.get("/agents/<agent_id>/provider")
@for_company("agents.read")
def show(agent_id: str) -> str:
    return render_template("dashboard/agent_provisioning.html", **_build_view(agent_id))


@blueprint.get("/agents/<agent_id>/provider/part")
@for_company("agents.read", is_polling=True)
def part(agent_id: str) -> Response:
    """While something is on its way; once it has come, the whole page is shown again."""
    shown = _build_view(agent_id)
    answer = make_response(render_template("dashboard/agent_provisioning_part.html", **shown))
    if not shown["waits"]:
        answer.headers["HX-Refresh"] = "true"
    return answer


@blueprint.post("/agents/<agent_id>/check")
@for_company("agents.read")
def check(agent_id: str) -> Response:
    """Really looks there; the page waits for what comes of it."""
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
        registration_id = workflow.request_repair(agent_id).id
    deploy_agent.enqueue(registration_id)
    flash(_("Wird bei Retell eingetragen."), "message")
    return redirect(url_for("agent_provider.show", agent_id=agent_id))


def _build_view(agent_id: str) -> dict[str, Any]:
    agent, row = versions.get_agent(agent_id), workflow.find_deployment(agent_id)
    standing, asked = get_status(agent), AskedQuery.read_known().asked
    findings = [words.format_diff(finding) for finding in (row.findings or [] if row else [])]
    return {
        "agent": agent,
        "row": row,
        "standing": standing,
        "sentence": describe_status(standing),
        "parts": _group_diffs(findings),
        "right": sum(finding["fits"] for finding in findings),
        "steps": [(step, _get_step_label(step.name), STEPS[step.name.partition(":")[0]]) for step in workflow.list_steps(row)]
        if row
        else [],
        "waits": _is_pending(row, asked),
        "asked": asked,
        "reason": words.describe_reason(standing.reason) if standing.reason else None,
        "is_our_reason": bool(row and row.reason in words.OUR_REASONS),
        "may_write": can(current_user, "agents.write"),
    }


def _is_pending(row: AgentDeployment | None, asked: int | None) -> bool:
    """Whether something is on its way: the page asks again soon."""
    if row is not None and row.status == "pending":
        return True
    if asked is None or row is None or row.status == "no_key" or to_ms(now()) - asked > POLL_TIMEOUT_MS:
        return False
    return row.checked_at is None or to_ms(row.checked_at) < asked


def _group_diffs(findings: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """What is wrong first; then numbers, the way of the news, herself, and what she may do."""
    kinds = {
        _("Rufnummern"): ("number", "ringing", "released"),
        _("Meldungen an uns"): ("webhook_url", "events", "webhook_timeout"),
        _("Was sie kann"): ("tool",),
    }
    grouped: dict[str, list[dict[str, Any]]] = {name: [] for name in kinds}
    rest = grouped.setdefault(_("Sie selbst"), [])
    for finding in findings:
        kind = finding["key"].partition(":")[0]
        next((grouped[name] for name, those in kinds.items() if kind in those), rest).append(finding)
    return [(name, sorted(those, key=lambda each: each["fits"])) for name, those in grouped.items() if those]


def _get_step_label(name: str) -> str:
    kind, _colon, number = name.partition(":")
    if kind in ("number", "release"):
        return words.get_diff_label(f"{'number' if kind == 'number' else 'released'}:{number}")
    return {
        "look": _("nachsehen, was da ist"),
        "draft": _("neue Fassung beginnen"),
        "brain": _("Anweisungen und Funktionen"),
        "agent": _("Stimme, Sprache, Adressen"),
        "publish": _("veröffentlichen"),
        "check": _("zurücklesen"),
    }[kind]
