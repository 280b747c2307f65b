"""One call: transcript, tools, results, and its timeline from the webhook to the page."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from babel import Locale, UnknownLocaleError
from flask import Blueprint, Response
from flask_babel import get_locale, gettext as _
from flask_login import current_user
from sqlalchemy import and_, select

from app.core import phone
from app.core.errors import NotFound
from app.core.extensions import db
from app.domain.accounts.permissions import can
from app.domain.calls.event_merge import UNKNOWN_AT_PROVIDER
from app.domain.customers.blocked_callers import find_blocked
from app.domain.notifications.notification_queue import list_notifications
from app.models import Booking, Branch, Call, Customer, Hold, Notification, PhoneNumber, Service, StaffMember, StaffTask, ToolCall, Turn
from app.serializers.live import CERTAINTY_BY_NUMBER
from app.web.dashboard.call_consent_view import build_consent
from app.web.dashboard.call_timeline_view import build_timeline, list_tool_calls
from app.web.dashboard.call_transcript_view import build_transcript
from app.web.dashboard.call_truth_view import TruthView, find_truth
from app.web.formatting import clock, long_day, money
from app.web.guards import for_company
from app.web.labels import BOOKING_STATUSES, PROVIDER_NAMES
from app.web.layout import get_assistant_name
from app.web.partial_page import render_page

blueprint = Blueprint("call", __name__)


@blueprint.get("/calls/<call_id>")
@for_company("calls.read")
def show(call_id: str) -> Response:
    call, customer, branch_name = _get_call(call_id)
    tools = list_tool_calls(call.id)
    parts, steps = build_timeline(call, tools)
    truth = find_truth(call.id)
    return render_page(
        "dashboard/call.html",
        part="dashboard/call_body.html",
        call=_build_details(call, customer, branch_name),
        customer=customer,
        script=_build_transcript(call, tools, customer.name if customer else None, truth),
        truth=truth,
        consent=build_consent(call),
        booking=_find_booking(call),
        tasks=_list_tasks(call),
        messages=_list_messages(call),
        recorder=parts,
        steps=steps,
        complete=not call.is_running and (call.analyzed_at is not None or call.status != "ended"),
    )


def _get_call(call_id: str) -> tuple[Call, Customer | None, str]:
    statement = (
        select(Call, Customer, Branch.name)
        .join(Branch, and_(Branch.company_id == Call.company_id, Branch.id == Call.branch_id))
        .outerjoin(Customer, and_(Customer.company_id == Call.company_id, Customer.id == Call.customer_id))
        .where(Call.id == call_id)
    )
    if limited := current_user.branch_ids:
        statement = statement.where(Call.branch_id.in_(limited))
    row = db.session.execute(statement).first()
    if row is None:
        raise NotFound(_("Das gibt es hier nicht."))
    return row[0], row[1], row[2]


def _build_details(call: Call, customer: Customer | None, branch_name: str) -> SimpleNamespace:
    number = call.from_number if call.caller_kind != "withheld" else None
    recording = call.recording_url if can(current_user, "calls.listen", branch_id=call.branch_id) else None
    return SimpleNamespace(
        id=call.id,
        name=customer.name if customer else None,
        customer_id=call.customer_id if can(current_user, "customers.read") else None,
        number=phone.display(number) if number else None,
        dial=number if number and phone.may_be_called_back(number) else None,
        is_blocked=bool(number and find_blocked([number])),
        may_block=bool(number) and call.direction == "inbound" and can(current_user, "customers.write"),
        certainty=CERTAINTY_BY_NUMBER if customer and customer.name else None,
        started_at=call.started_at,
        status=call.status,
        outcome=call.outcome,
        sentiment=call.sentiment,
        summary=call.summary,
        duration_s=call.duration_s,
        branch=branch_name,
        direction=call.direction,
        language=_get_language_name(call.language),
        provider=PROVIDER_NAMES.get(call.provider, call.provider),
        provider_id=call.provider_call_id,
        cost=money(call.cost_cents, "USD") if call.cost_cents is not None else None,
        recording_url=recording if recording and recording.startswith("https://") else None,
        ended_why=_describe_ending(call),
        matched_by=_describe_routing(call),
        is_running=call.is_running,
        keeps_words=call.keeps_words,
    )


def _build_transcript(call: Call, tools: Sequence[ToolCall], customer_name: str | None, truth: TruthView | None) -> list[dict[str, Any]]:
    turns = db.session.scalars(select(Turn).where(Turn.call_id == call.id).order_by(Turn.position)).all()
    return build_transcript(
        turns, tools, caller=customer_name or _("Anrufer"), assistant=get_assistant_name(), running=call.is_running,
        otherwise=truth.otherwise if truth else {},
    )  # fmt: skip


def _list_messages(call: Call) -> Sequence[Notification]:
    """List the text messages that the call led to, but for those about its booking, which stand there."""
    tasks = db.session.scalars(select(StaffTask.id).where(StaffTask.call_id == call.id))
    holds = db.session.scalars(select(Hold.id).where(Hold.call_id == call.id))
    return list_notifications(
        f"missed_call:{call.id}", *(f"task:{task_id}" for task_id in tasks), *(f"hold:{hold_id}" for hold_id in holds)
    )


def _find_booking(call: Call) -> dict[str, Any] | None:
    """Find the last booking made in this call."""
    row = db.session.execute(
        select(Booking, Service.name.label("service"), StaffMember.name.label("staff"), Branch.name.label("branch"))
        .join(Service, and_(Service.company_id == Booking.company_id, Service.id == Booking.service_id))
        .join(StaffMember, and_(StaffMember.company_id == Booking.company_id, StaffMember.id == Booking.staff_id))
        .join(Branch, and_(Branch.company_id == Booking.company_id, Branch.id == Booking.branch_id))
        .where(Booking.call_id == call.id)
        .order_by(Booking.created_at.desc(), Booking.id.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    booking = row[0]
    return {
        "word": BOOKING_STATUSES[booking.status],
        "long_day": long_day(booking.starts_at),
        "time": _("%(start)s bis %(end)s", start=clock(booking.starts_at), end=clock(booking.ends_at)),
        "service": row.service,
        "staff": row.staff,
        "branch": row.branch,
    }


def _list_tasks(call: Call) -> list[dict[str, Any]]:
    tasks = db.session.scalars(select(StaffTask).where(StaffTask.call_id == call.id).order_by(StaffTask.created_at)).all()
    return [{"title": task.title, "details": task.details, "due_at": task.due_at, "done": task.status == "done"} for task in tasks]


def _get_language_name(code: str | None) -> str | None:
    try:
        return Locale.parse(code.replace("-", "_")).get_language_name(get_locale()) if code else None
    except (UnknownLocaleError, ValueError):
        return code


def _describe_ending(call: Call) -> str | None:
    """Describe the ending by its category; falls back to the provider's own reason."""
    labels = {
        "talked": _("nach dem Gespräch aufgelegt"),
        "machine": _("eine Maschine hat abgenommen"),
        "not_reached": _("niemand erreicht"),
        "account": _("Grenze des Anbieterkontos"),
        "technical": _("technische Störung"),
        "transfer": _("durchgestellt"),
    }
    if call.is_running or not (call.end_category or call.disconnection_reason):
        return None
    if call.disconnection_reason == UNKNOWN_AT_PROVIDER:
        return _("der Anbieter kennt diesen Anruf nicht; sein Ende wurde nie gemeldet")
    return labels.get(call.end_category or "") or call.disconnection_reason


def _describe_routing(call: Call) -> str | None:
    """Describe how the call was routed to its branch."""
    match = call.routing or {}
    if match.get("by") == "agent":
        return _("über die Assistentin dieser Filiale")
    number = call.to_number or db.session.scalar(select(PhoneNumber.e164).where(PhoneNumber.id == call.phone_number_id))
    return _("angerufene Nummer %(number)s", number=phone.display(number)) if number and match else None
