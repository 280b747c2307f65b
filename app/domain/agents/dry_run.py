"""Previews an agent: runs a tool or the inbound call as in a real call, in a dry run."""

import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from app.core.clock import now
from app.core.errors import NotFound
from app.core.extensions import db
from app.core.ids import new_ulid
from app.core.phone import normalise
from app.core.query_stats import track_queries
from app.core.transactions import dry_run
from app.domain.agents import inbound_call
from app.domain.agents.preview_explanation import (
    PreviewExplanationStep,
    explain_arguments,
    explain_availability,
    explain_call,
    explain_emergency,
)
from app.domain.agents.tools import registry
from app.domain.agents.tools.context import ToolContext
from app.domain.agents.tools.emergency_override import handle_emergency
from app.domain.companies.number_lookup import NumberMatch
from app.domain.customers import matching
from app.domain.language.parsed_time import Language
from app.models import Call, Company, PhoneNumber

INBOUND_CALL = "ringing"


@dataclass(frozen=True, slots=True)
class CallPreviewRequest:
    """`caller` is a number in any notation, None for a withheld one; `name` is a tool or "ringing"."""

    phone_number_id: str
    caller: str | None
    name: str
    arguments: dict[str, str] = field(default_factory=dict)
    moment: datetime | None = None
    # the caller's language; None: the call's
    language: Language | None = None


@dataclass(frozen=True, slots=True)
class CallPreviewResult:
    """The tool's result as the agent gets it, and the explanation of it."""

    ok: bool
    say: str
    code: str | None
    data: dict[str, Any]
    steps: tuple[PreviewExplanationStep, ...]
    took_ms: int
    database_ms: int


def run_preview(request: CallPreviewRequest) -> CallPreviewResult:
    """Run a preview in the current company, as a dry run. Raises NotFound for another company's number."""
    with dry_run(request.moment):
        number = db.session.scalars(select(PhoneNumber).where(PhoneNumber.id == request.phone_number_id)).first()
        if number is None:
            raise NotFound(_("Das gibt es hier nicht."))
        return _preview_inbound_call(request, number) if request.name == INBOUND_CALL else _preview_tool(request, number)


def _preview_inbound_call(request: CallPreviewRequest, number: PhoneNumber) -> CallPreviewResult:
    company = db.session.scalars(select(Company).where(Company.id == number.company_id)).one()
    match = NumberMatch(
        number.company_id, number.branch_id, number.id, number.agent_id, by="number", asked=number.e164, region=company.country
    )
    began = time.perf_counter()
    with track_queries() as spent:
        response = inbound_call.handle_inbound(match, _parse_caller_number(request, company))
    took = time.perf_counter() - began
    steps = explain_call(ToolContext(_create_call(request, number, company)), number)
    if response.rejected:
        return CallPreviewResult(False, _("Dieser Anruf wird abgewiesen."), "blocked", {}, steps, _to_ms(took), _to_ms(spent.seconds))
    return CallPreviewResult(
        True, response.variables["greeting"], None, dict(response.variables), steps, _to_ms(took), _to_ms(spent.seconds)
    )


def _preview_tool(request: CallPreviewRequest, number: PhoneNumber) -> CallPreviewResult:
    company = db.session.scalars(select(Company).where(Company.id == number.company_id)).one()
    context = ToolContext(_create_call(request, number, company), spoken_language=request.language)
    steps = explain_call(context, number) + explain_arguments(context, request.arguments) + explain_availability(context, request.arguments)
    # a fresh context, so that what the explanation has loaded does not falsify the timing
    db.session.flush()
    context = ToolContext(context.call, spoken_language=request.language)
    began = time.perf_counter()
    with track_queries() as spent:
        urgent = handle_emergency(context, request.name, request.arguments)
        answer = urgent or registry.run_tool(request.name, dict(request.arguments), context)
        db.session.flush()
    took = time.perf_counter() - began
    steps += explain_emergency(context.call)
    return CallPreviewResult(answer.ok, answer.say, answer.code, answer.data, steps, _to_ms(took), _to_ms(spent.seconds))


def _create_call(request: CallPreviewRequest, number: PhoneNumber, company: Company) -> Call:
    """Create the call of the preview, with the customer that its number belongs to."""
    caller = normalise(_parse_caller_number(request, company) or "anonymous", source="e164", region=company.country)
    call = Call(
        id=new_ulid(), provider="preview", provider_call_id=f"preview_{new_ulid()}", branch_id=number.branch_id,
        phone_number_id=number.id, agent_id=number.agent_id, direction="inbound", status="ongoing", caller_kind=caller.kind,
        from_number=(caller.e164 or request.caller) if caller.kind != "withheld" else None, to_number=number.e164, started_at=now(),
        turn_count=0, event_count=0,
    )  # fmt: skip
    db.session.add(call)
    if caller.kind == "number" and caller.valid and caller.e164:
        customers = matching.find_customers_by_numbers([(company.id, caller.e164)])[company.id, caller.e164]
        customer = matching.select_customer(customers or [matching.create_unnamed_customer(company.id, caller.e164)], None)
        db.session.flush()
        call.customer_id = customer.id if customer else None
    db.session.flush()
    return call


def _parse_caller_number(request: CallPreviewRequest, company: Company) -> str | None:
    """Parse the caller's number into the provider's format."""
    if not request.caller:
        return None
    return normalise(request.caller, source="human", region=company.country).e164 or request.caller


def _to_ms(seconds: float) -> int:
    return round(seconds * 1000)
