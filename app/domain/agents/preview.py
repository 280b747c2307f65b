"""What would it say? The functions and the ringing phone are asked as in a call, and nothing of it remains."""

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
from app.domain.agents.preview_explanation import Step, of_the_call, of_the_emergency, of_the_time, of_the_words
from app.domain.agents.tools import registry
from app.domain.agents.tools.context import ToolContext
from app.domain.agents.tools.emergency_override import handle_emergency
from app.domain.companies.number_lookup import Match
from app.domain.customers import matching
from app.domain.language.time_expression import Language
from app.models import Call, Company, PhoneNumber

RINGING = "ringing"


@dataclass(frozen=True, slots=True)
class Asked:
    """`caller` is a number as people write it, none for a withheld one; `name` a function or "ringing"."""

    phone_number_id: str
    caller: str | None
    name: str
    arguments: dict[str, str] = field(default_factory=dict)
    moment: datetime | None = None
    # what the caller speaks; none as the call has it
    language: Language | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """The answer as the agent gets it, and the chain of reasons that led there."""

    ok: bool
    say: str
    code: str | None
    data: dict[str, Any]
    steps: tuple[Step, ...]
    took_ms: int
    database_ms: int


def preview(asked: Asked) -> Told:
    """Asks in the company at work, in a rehearsal. Raises NotFound for a number of another company."""
    with dry_run(asked.moment):
        number = db.session.scalars(select(PhoneNumber).where(PhoneNumber.id == asked.phone_number_id)).first()
        if number is None:
            raise NotFound(_("Das gibt es hier nicht."))
        return _ring(asked, number) if asked.name == RINGING else _use(asked, number)


def _ring(asked: Asked, number: PhoneNumber) -> Told:
    company = db.session.scalars(select(Company).where(Company.id == number.company_id)).one()
    match = Match(number.company_id, number.branch_id, number.id, number.agent_id, by="number", asked=number.e164, region=company.country)
    began = time.perf_counter()
    with track_queries() as spent:
        welcome = inbound_call.welcome(match, _dialling(asked, company))
    took = time.perf_counter() - began
    steps = of_the_call(ToolContext(_call(asked, number, company)), number)
    if welcome.rejected:
        return Told(False, _("Dieser Anruf wird abgewiesen."), "blocked", {}, steps, _ms(took), _ms(spent.seconds))
    return Told(True, welcome.variables["greeting"], None, dict(welcome.variables), steps, _ms(took), _ms(spent.seconds))


def _use(asked: Asked, number: PhoneNumber) -> Told:
    company = db.session.scalars(select(Company).where(Company.id == number.company_id)).one()
    context = ToolContext(_call(asked, number, company), heard_language=asked.language)
    steps = of_the_call(context, number) + of_the_words(context, asked.arguments) + of_the_time(context, asked.arguments)
    # what the reasons have loaded must not make the answer faster than it is
    db.session.flush()
    context = ToolContext(context.call, heard_language=asked.language)
    began = time.perf_counter()
    with track_queries() as spent:
        urgent = handle_emergency(context, asked.name, asked.arguments)
        answer = urgent or registry.run_tool(asked.name, dict(asked.arguments), context)
        db.session.flush()
    took = time.perf_counter() - began
    steps += of_the_emergency(context.call)
    return Told(answer.ok, answer.say, answer.code, answer.data, steps, _ms(took), _ms(spent.seconds))


def _call(asked: Asked, number: PhoneNumber, company: Company) -> Call:
    """The call in which it is asked, made as events make it: with the customer that its number tells."""
    caller = normalise(_dialling(asked, company) or "anonymous", source="e164", region=company.country)
    call = Call(
        id=new_ulid(), provider="preview", provider_call_id=f"preview_{new_ulid()}", branch_id=number.branch_id,
        phone_number_id=number.id, agent_id=number.agent_id, direction="inbound", status="ongoing", caller_kind=caller.kind,
        from_number=(caller.e164 or asked.caller) if caller.kind != "withheld" else None, to_number=number.e164, started_at=now(),
        turn_count=0, event_count=0,
    )  # fmt: skip
    db.session.add(call)
    if caller.kind == "number" and caller.valid and caller.e164:
        known = matching.find_customers_by_numbers([(company.id, caller.e164)])[company.id, caller.e164]
        customer = matching.select_customer(known or [matching.create_unnamed_customer(company.id, caller.e164)], None)
        db.session.flush()
        call.customer_id = customer.id if customer else None
    db.session.flush()
    return call


def _dialling(asked: Asked, company: Company) -> str | None:
    """The caller's number as a provider sends it."""
    if not asked.caller:
        return None
    return normalise(asked.caller, source="human", region=company.country).e164 or asked.caller


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
