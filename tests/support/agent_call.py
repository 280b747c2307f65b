"""A call to Salon Lindgren in which the agent uses its functions; for tests of the tools and the dialogues."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask.testing import FlaskClient
from sqlalchemy import select, update

from app.core.clock import now, to_ms
from app.core.extensions import db
from app.core.signatures import sign_retell
from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.domain.bookings.booking_request import BookingRequest
from app.domain.bookings.create import create_booking
from app.domain.bookings.history import Actor
from app.domain.customers.caller_assurance import set_birth_date
from app.domain.scheduling.types import VisitPart
from app.models import Booking, Branch, Call, Customer, CustomerIdentifier, PhoneNumber, ToolCall
from tests.factories.salon import Salon, make_salon

KEY = "key_tests_only_retell"
MITTE, PANKOW = "+493023125100", "+493023125101"
SVEA, FAMILY, ENGLISH, STRANGER = "+491713920050", "+491713920051", "+491713920057", "+491713920059"
BERLIN = ZoneInfo("Europe/Berlin")
# Monday, 4 May 2026, ten in the morning
MONDAY = "2026-05-04T10:00:00+02:00"


def make_salon_with_numbers(slug: str = "salon-lindgren", *, numbers: tuple[str, str] = (MITTE, PANKOW), **policy: Any) -> Salon:
    """Create the salon with phone numbers and known callers: Svea, two members of the Ebers family on one number, Claire in English."""
    salon = make_salon(slug, **policy)
    with company_scope(salon.company_id), transaction():
        for branch_id, number in zip(salon.branches.values(), numbers, strict=True):
            db.session.add(PhoneNumber(e164=number, branch_id=branch_id))
        db.session.execute(
            update(Branch)
            .where(Branch.id == salon.branches["mitte"])
            .values(street="Linienstraße 214", postcode="10119", city="Berlin", forward_number="+493023125177")
        )
        add_customer("Svea Thomsen", SVEA, born="1985-03-03")
        add_customer("Katrin Ebers", FAMILY)
        add_customer("Jan Ebers", FAMILY)
        add_customer("Claire Bennett", ENGLISH)
    return salon


def add_customer(name: str, number: str | None = None, *, born: str | None = None) -> str:
    customer = Customer(name=name)
    set_birth_date(customer, datetime.fromisoformat(born).date() if born else None)
    db.session.add(customer)
    db.session.flush()
    if number:
        db.session.add(CustomerIdentifier(customer_id=customer.id, kind="phone", value=number))
        db.session.flush()
    return customer.id


def book(
    salon: Salon, starts: str, *, customer: str | None = None, service: str = "cut", staff: str | None = "anna", branch: str = "mitte"
) -> str:
    """Create and commit a booking by staff; the customer is named."""
    at = datetime.fromisoformat(starts).replace(tzinfo=BERLIN).astimezone(UTC)
    with company_scope(salon.company_id), transaction():
        customer_id = db.session.scalars(select(Customer.id).where(Customer.name == customer)).first() if customer else None
        parts = (VisitPart(salon.services[service], salon.people[staff] if staff else None),)
        return create_booking(
            BookingRequest(parts, at, salon.branches[branch], "web", Actor("user", "web"), customer_id=customer_id, ignore_rules=True)
        ).id


@dataclass
class AgentCall:
    """One call to the salon; `use` calls an agent function through the webhook that Retell uses."""

    client: FlaskClient
    from_number: str | None = SVEA
    to_number: str = MITTE
    call_id: str = "call_1"
    key: str = KEY
    path: str = "/api/retell/function"
    utterances: list[str] = field(default_factory=list)
    uses: int = 0
    with_ids: bool = True

    def use(self, function: str, /, **args: Any) -> dict[str, Any]:
        """Call the function and return its result. Fails the test unless the response is 200."""
        answer = self.post(function, args)
        assert answer.status_code == 200, answer.text
        result = answer.get_json()
        assert set(result) <= {"ok", "say", "code", "data"} and isinstance(result["ok"], bool)
        assert result["say"] and (result["say"][0].isupper() or result["say"][0] == "„") and result["say"][-1] in ".?", result["say"]
        return result

    def post(self, name: str, args: Any, *, again: bool = False, age_ms: int = 0, **headers: str) -> Any:
        self.uses += not again
        raw = json.dumps({"name": name, "args": args, "call": self.call_object(name, args)}).encode()
        signature = sign_retell(raw, self.key, to_ms(now()) - age_ms)
        return self.client.post(
            self.path, data=raw, headers={"X-Retell-Signature": signature, "Content-Type": "application/json", **headers}
        )

    def call_object(self, name: str, args: Any) -> dict[str, Any]:
        turns = [{"role": "user" if place % 2 else "agent", "content": text, "words": []} for place, text in enumerate(self.utterances)]
        invocation = {"role": "tool_call_invocation", "tool_call_id": f"tool_{self.uses}", "name": name, "arguments": json.dumps(args)}
        return {
            "call_type": "phone_call", "call_id": self.call_id, "agent_id": "agent_lena", "from_number": self.from_number or "anonymous",
            "to_number": self.to_number, "direction": "inbound", "call_status": "ongoing", "start_timestamp": to_ms(now()),
            "transcript_object": turns, "transcript_with_tool_calls": [*turns, *([invocation] if self.with_ids else [])],
        }  # fmt: skip


def get_call(salon: Salon, call_id: str = "call_1") -> Call:
    with company_scope(salon.company_id):
        return db.session.scalars(select(Call).where(Call.provider_call_id == call_id)).one()


def get_tool_calls(salon: Salon, call_id: str = "call_1") -> list[ToolCall]:
    with company_scope(salon.company_id):
        statement = select(ToolCall).join(Call, Call.id == ToolCall.call_id).where(Call.provider_call_id == call_id)
        return list(db.session.scalars(statement.order_by(ToolCall.id)))


def get_bookings(salon: Salon) -> list[Booking]:
    with company_scope(salon.company_id):
        return list(db.session.scalars(select(Booking).order_by(Booking.starts_at, Booking.id)))
