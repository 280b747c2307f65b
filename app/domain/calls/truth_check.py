"""The truth check: after a call what its agent stated is laid beside what is so; what does not hold marks the call and makes one task."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from app.core import metrics
from app.core.clock import now
from app.core.event_bus import publish
from app.core.extensions import db
from app.core.phone import display
from app.domain.calls.truth_catalogue import TruthCatalogue, load_catalogue
from app.domain.calls.truth_evidence import load_evidence
from app.domain.calls.truth_wording import format_both_sides
from app.domain.claims.evidence_types import Utterance
from app.domain.claims.extraction import extract_claims, is_supported_language
from app.domain.claims.fact_check import check_facts
from app.domain.claims.false_claim import FalseClaim
from app.domain.tasks.lifecycle import create_task
from app.events import TaskUpdated
from app.models import Agent, Call, CallAiNotice, Customer, StaffTask, TruthCheck, Turn

MAX_FINDINGS = 12
MAX_QUOTE_LENGTH = 300
MAX_FREE_TIMES = 6
ASSISTANT = "Lena"


def run_check(call_id: str, catalogue: TruthCatalogue | None = None) -> TruthCheck | None:
    """Check a finished call and store the result; repeated with the same facts it changes nothing."""
    row = db.session.scalars(select(TruthCheck).where(TruthCheck.call_id == call_id).with_for_update()).first()
    call = db.session.scalars(select(Call).where(Call.id == call_id)).first() if row else None
    if row is None or call is None:
        return None
    row.due_at, row.checked_at, row.started_at = None, now(), call.started_at
    row.lacks_notice = _lacks_notice(call)
    if not call.keeps_words:
        _save_result(row, call, "not_checked", [], reason="declined")
        return row
    turns = db.session.scalars(select(Turn).where(Turn.call_id == call.id).order_by(Turn.position)).all()
    utterances = [Utterance(turn.position, turn.role == "agent", turn.text) for turn in turns if turn.role in ("agent", "caller")]
    if not is_supported_language(utterances):
        _save_result(row, call, "not_checked", [], reason="language")
        return row
    catalogue = catalogue or load_catalogue(call.company_id)
    facts = load_evidence(call, turns, catalogue)
    checked = check_facts(extract_claims(utterances, facts), facts)
    for (kind, result), count in checked.counts.items():
        metrics.TRUTH_CLAIMS.labels(kind, result).inc(count)
    findings = [_to_json(finding, catalogue) for finding in checked.false_claims][:MAX_FINDINGS]
    row.claim_count = checked.claim_count
    _save_result(row, call, _get_result(row, findings, claims=row.claim_count), findings)
    return row


def _lacks_notice(call: Call) -> bool:
    """Only what was written down of a call can lack it."""
    notice = db.session.scalars(select(CallAiNotice).where(CallAiNotice.call_id == call.id)).first()
    return notice is not None and not notice.is_spoken


def mark_failed(call_id: str) -> None:
    """Mark a call that cannot be checked as failed, so that it is not retried forever."""
    row = db.session.scalars(select(TruthCheck).where(TruthCheck.call_id == call_id)).first()
    if row is not None:
        row.due_at, row.checked_at, row.verdict, row.reason = None, now(), row.verdict or "not_checked", "failed"


def _get_result(row: TruthCheck, findings: Sequence[dict[str, Any]], *, claims: int) -> str:
    if findings:
        return "mismatch"
    if row.verdict in ("mismatch", "resolved"):
        return "resolved"
    return "clean" if claims else "nothing"


def _save_result(row: TruthCheck, call: Call, verdict: str, findings: list[dict[str, Any]], *, reason: str | None = None) -> None:
    if verdict == "resolved":
        # the earlier findings remain visible
        findings = row.findings
    row.verdict, row.reason, row.findings = verdict, reason, findings
    row.resolved_at = (row.resolved_at or now()) if verdict == "resolved" else None
    if verdict == "mismatch":
        _create_task(row, call)
    elif row.task_id is not None:
        _complete_task(row)


def _to_json(finding: FalseClaim, catalogue: TruthCatalogue) -> dict[str, Any]:
    """The data a page needs to show both sides without further queries."""
    names = catalogue.names
    data: dict[str, Any] = {"what": finding.kind, "turn": finding.position, "said": finding.quote[:MAX_QUOTE_LENGTH]}
    if finding.appointment is not None and finding.state is not None:
        now_state = finding.appointment.current
        data["booking"] = {
            "id": finding.appointment.id,
            "starts_at": now_state.starts_at.isoformat(),
            "staff": names.get(now_state.staff_id, ""),
            "service": ", ".join(sorted(names.get(each, "") for each in now_state.service_ids)),
            "branch": names.get(now_state.branch_id or "", "") if len(catalogue.branches) > 1 else "",
            "stands": finding.appointment.is_active,
            "pending": finding.appointment.is_pending,
        }
    if finding.cents is not None:
        data |= {"price_cents": finding.cents, "service": names.get(finding.service_id or "")}
    if finding.minutes is not None:
        data |= {"minutes": finding.minutes, "service": names.get(finding.service_id or "")}
    if finding.day is not None:
        data |= {
            "day": finding.day.isoformat(),
            "spans": [[opens.isoformat("minutes"), closes.isoformat("minutes")] for opens, closes in finding.spans],
        }
    if finding.branch_id is not None:
        branch = next(each for each in catalogue.branches if each.id == finding.branch_id)
        data |= {"branch": branch.name, "address": ", ".join(filter(None, (branch.street, branch.city)))}
    if finding.kind == "not_sent":
        data["channel"] = finding.channel
    if finding.kind in ("not_free", "not_full"):
        data["free"] = [start.isoformat() for start in finding.free[:MAX_FREE_TIMES]]
    if finding.tool is not None:
        data |= {"tool": finding.tool, "refused": finding.rejection, "asked": finding.was_used}
    return data


def _create_task(row: TruthCheck, call: Call) -> None:
    """One task a call. Where the analysis has left one about the same appointment, that one is enough."""
    same = db.session.scalars(select(StaffTask).where(StaffTask.source_ref == f"booking:{call.id}", StaffTask.status == "open")).first()
    if row.task_id is None and same is not None and all(finding["what"] == "not_made" for finding in row.findings):
        row.task_id = same.id
        return
    details = "\n\n".join(format_both_sides(finding, _get_assistant_name()) for finding in row.findings)
    task = create_task("mismatch", f"Zusage prüfen: {_get_caller_name(call)}", source_ref=f"truth:{call.id}", call=call, details=details)
    row.task_id = task.id
    if task.details != details or (row.auto_closed and task.status == "done"):
        task.details = details
        if row.auto_closed:
            task.status, task.done_at = "open", None
        publish(TaskUpdated(task.company_id, task.branch_id, task.id, task.call_id))
    row.auto_closed = False


def _complete_task(row: TruthCheck) -> None:
    """The claim holds by now: nothing is left to do about it."""
    task = db.session.scalars(select(StaffTask).where(StaffTask.id == row.task_id, StaffTask.source_ref == f"truth:{row.call_id}")).first()
    if task is not None and task.status == "open":
        task.status, task.done_at = "done", now()
        row.auto_closed = True
        publish(TaskUpdated(task.company_id, task.branch_id, task.id, task.call_id))


def _get_assistant_name() -> str:
    return db.session.scalar(select(Agent.name).where(Agent.is_active).order_by(Agent.created_at, Agent.id).limit(1)) or ASSISTANT


def _get_caller_name(call: Call) -> str:
    name = db.session.scalar(select(Customer.name).where(Customer.id == call.customer_id)) if call.customer_id else None
    return name or (display(call.from_number) if call.from_number else "Nummer unterdrückt")
