"""One small salon with its customers and what stands in its calendar: the world of one script, fresh in a company of its own."""

import itertools
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import time_machine

from app.core.extensions import db
from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.domain.bookings.booking_request import BookingRequest
from app.domain.bookings.create import create_booking
from app.domain.bookings.history import Actor
from app.domain.bookings.notifications import send_booking_link
from app.domain.customers.caller_assurance import set_birth_date
from app.domain.scheduling.types import VisitPart
from app.models import (
    Booking,
    Branch,
    Company,
    Connection,
    Customer,
    CustomerIdentifier,
    PhoneNumber,
    Service,
    StaffBranch,
    StaffMember,
    StaffService,
    WorkingHours,
)  # fmt: skip

BERLIN = ZoneInfo("Europe/Berlin")
# a Wednesday without a holiday in the seven weeks after it
TODAY = date(2026, 8, 19)
OPEN, CLOSED = time(10, 5), time(21, 30)
STAFF = ("Carla", "Jonas", "Miriam")
SERVICES = {
    "Damenhaarschnitt": (60, 54), "Herrenhaarschnitt": (30, 32), "Kinderhaarschnitt": (30, 22), "Farbe": (90, 89), "Bartpflege": (20, 18),
    "Hochsteckfrisur": (60, 68),
}  # fmt: skip
WEEK = {1: (540, 1140), 2: (540, 1140), 3: (540, 1140), 4: (540, 1140), 5: (540, 840)}
_numbers = itertools.count(1)


@dataclass
class World:
    """Ids by the names that the script uses, and what each record and booking was at first."""

    company_id: str
    branch_id: str
    number: str
    clock: time_machine.Traveller
    staff: dict[str, str] = field(default_factory=dict)
    services: dict[str, str] = field(default_factory=dict)
    customers: dict[str, str] = field(default_factory=dict)
    bookings: dict[str, str] = field(default_factory=dict)
    at_first: dict[str, Any] = field(default_factory=dict)
    said: dict[str, Any] = field(default_factory=dict)

    def day_of(self, ref: str) -> date:
        return self.at_first[ref]["starts_at"].astimezone(BERLIN).date()

    def time_of(self, ref: str) -> str:
        return self.at_first[ref]["starts_at"].astimezone(BERLIN).strftime("%H:%M")

    def staff_of(self, ref: str) -> str:
        return next(name for name, staff_id in self.staff.items() if staff_id == self.at_first[ref]["staff_id"])

    def free_days(self) -> list[date]:
        """Open days from Tuesday to Friday, three and more days off, on which nothing of this world stands."""
        taken = {self.day_of(ref) for ref in self.bookings}
        days = (TODAY + timedelta(days=ahead) for ahead in range(3, 49))
        return [day for day in days if day.weekday() in (1, 2, 3, 4) and day not in taken]

    def free(self, place: int) -> tuple[date, str]:
        """The n-th free slot: its own day, at a time at which no booking stands."""
        times = [each for each in ("11:15", "13:45", "16:15", "15:30", "12:30") if each not in {self.time_of(ref) for ref in self.bookings}]
        return self.free_days()[(place - 1) * 2], times[(place - 1) % len(times)]

    def wrong_day(self, place: int) -> date:
        mine = {self.free(each)[0] for each in (1, 2, 3)}
        return [day for day in self.free_days() if day not in mine][place - 1]


def build(script: dict[str, Any], clock: time_machine.Traveller) -> World:
    """Makes the company of the script, with what the desk booked ten days ago, and sets the clock to the call."""
    told, number = script["world"], f"+493023{next(_numbers):06}"
    start = datetime.combine(TODAY, OPEN if told["company"]["open_now"] else CLOSED, BERLIN)
    clock.move_to(start - timedelta(days=10))
    with transaction():
        company = _company(told["company"], number)
    with company_scope(company.id), transaction():
        world = _salon(company, told["company"], number, clock)
        for one in told["customers"]:
            world.customers[one["ref"]] = _customer(one)
        for one in told["bookings"]:
            world.bookings[one["ref"]] = _booking(world, one)
    with company_scope(world.company_id), transaction():
        _senders(told["company"])
        for ref, booking_id in world.bookings.items():
            world.at_first[ref] = snapshot_booking(db.session.get_one(Booking, booking_id))
        for ref, customer_id in world.customers.items():
            world.at_first[ref] = snapshot_customer(db.session.get_one(Customer, customer_id))
    with company_scope(world.company_id), transaction():
        for one in told["bookings"]:
            if one.get("message_sent"):
                send_booking_link(db.session.get_one(Booking, world.bookings[one["ref"]]), cause=f"desk:{one['ref']}")
    world.said = {one["ref"]: one for one in (*told["customers"], *told["bookings"])}
    clock.move_to(start)
    return world


def snapshot_booking(booking: Booking) -> dict[str, Any]:
    names = ("starts_at", "ends_at", "staff_id", "service_id", "status", "customer_id", "notes")
    return {name: getattr(booking, name) for name in names}


def snapshot_customer(customer: Customer) -> dict[str, Any]:
    identifiers = sorted((one.kind, one.value) for one in customer.identifiers)
    return {"name": customer.name, "birth_index": customer.birth_index, "language": customer.language, "identifiers": identifiers}


def _company(told: dict[str, Any], number: str) -> Company:
    company = Company(slug=f"salon-{number[-6:]}", name="Salon Amsel", industry="hair_salon")
    company.caller_rights = told["caller_rights"] | {"greet_by_name": told["tells_first_name"]}
    db.session.add(company)
    db.session.flush()
    return company


def _salon(company: Company, told: dict[str, Any], number: str, clock: time_machine.Traveller) -> World:
    branch_id = _add(Branch(slug="mitte", name="Berlin-Mitte", state="BE", forward_number=told["forward_number"]))
    world = World(company.id, branch_id, number, clock)
    db.session.add(PhoneNumber(e164=number, branch_id=branch_id))
    world.staff = {name: _add(StaffMember(name=name, position=place)) for place, name in enumerate(STAFF)}
    for place, (name, (minutes, euros)) in enumerate(SERVICES.items()):
        service = Service(slug=name.lower(), name=name, minutes=minutes, price_cents=euros * 100, position=place)
        world.services[name] = _add(service)
    for staff_id in world.staff.values():
        db.session.add(StaffBranch(staff_id=staff_id, branch_id=branch_id))
        db.session.add_all(StaffService(staff_id=staff_id, service_id=service_id) for service_id in world.services.values())
    db.session.add_all(WorkingHours(branch_id=branch_id, weekday=day, opens=opens, closes=closes) for day, (opens, closes) in WEEK.items())
    return world


def _customer(told: dict[str, Any]) -> str:
    customer = Customer(name=told["name"], language=told.get("language"))
    set_birth_date(customer, date.fromisoformat(told["birth_date"]) if told.get("birth_date") else None)
    customer_id = _add(customer)
    identifiers = [("phone", phone) for phone in told["phones"]] + [("email", told.get("email"))] * bool(told.get("email"))
    for kind, value in identifiers:
        _add(CustomerIdentifier(customer_id=customer_id, kind=kind, value=value))
    return customer_id


def _booking(world: World, told: dict[str, Any]) -> str:
    day = TODAY + timedelta(days=told["in_days"])
    while told["in_days"] and day.weekday() not in (1, 2, 3, 4):
        day += timedelta(days=1)
    starts_at = datetime.combine(day, time.fromisoformat(told["time"]), BERLIN).astimezone(UTC)
    part = VisitPart(world.services[told["service"]], world.staff[told.get("staff") or "Carla"])
    order = BookingRequest(
        (part,), starts_at, world.branch_id, "web", Actor("user", "web"), customer_id=world.customers[told["customer"]],
        notes=told.get("notes"), ignore_rules=True,
    )  # fmt: skip
    return create_booking(order).id


def _senders(told: dict[str, Any]) -> None:
    if told["sms_set_up"]:
        db.session.add(Connection(provider="twilio", api_key="AC1:secret", label="Amsel"))
    if told["email_set_up"]:
        db.session.add(Connection(provider="smtp", api_key="smtp://mail.example:25", label="salon@amsel.example"))


def _add(row: Any) -> str:
    db.session.add(row)
    db.session.flush()
    return row.id
