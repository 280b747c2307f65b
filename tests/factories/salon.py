"""Salon Lindgren with services, people, rooms and hours: what the tests of bookings start from."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.core.extensions import db
from app.core.ids import new_ulid
from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.domain.bookings.booking_request import BookingRequest
from app.domain.bookings.history import Actor
from app.domain.scheduling.types import VisitPart
from app.models import (
    Branch,
    Call,
    Company,
    Customer,
    Policy,
    Resource,
    Service,
    ServiceSynonym,
    StaffBranch,
    StaffMember,
    StaffService,
    WorkingHours,
)  # fmt: skip

BERLIN = ZoneInfo("Europe/Berlin")
# a Monday morning in Berlin; Tuesday 12 May is the day that the examples book
PRESENT = "2026-05-04T08:00:00+02:00"
CALLER = Actor("caller", "call")
DESK = Actor("user", "web", "user-1")


def at(text: str) -> datetime:
    """A Berlin wall-clock time as an instant."""
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


@dataclass
class Salon:
    """Ids by the names that tests use: branches mitte, pankow; people anna, ben; services cut, colour, yoga, wash."""

    company_id: str
    branches: dict[str, str] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)
    services: dict[str, str] = field(default_factory=dict)
    rooms: dict[str, str] = field(default_factory=dict)

    def request(self, *parts: str, starts: str = "2026-05-12T10:00", **changes: Any) -> BookingRequest:
        """An order of a caller; a part is `cut` or `cut:anna`."""
        wanted = tuple(self.part(part) for part in parts or ("cut:anna",))
        values = {"branch_id": self.branches["mitte"], "source": "call", "actor": CALLER} | changes
        return BookingRequest(wanted, at(starts), **values)

    def part(self, text: str) -> VisitPart:
        service, _, person = text.partition(":")
        return VisitPart(self.services[service], self.people[person] if person else None)


def make_salon(slug: str = "salon-lindgren", **policy: Any) -> Salon:
    """The whole salon, committed.

    Mitte has two chairs (cutting needs one) and a hall with three places (yoga needs it), Pankow has one chair.
    """
    salon = Salon(new_ulid())
    with company_scope(salon.company_id), transaction():
        db.session.add(Company(id=salon.company_id, slug=slug, name="Salon Lindgren", industry="hair_salon"))
        db.session.flush()
        for name in ("mitte", "pankow"):
            salon.branches[name] = _add(Branch(slug=name, name=f"Berlin-{name.title()}", state="BE"))
        for name in ("anna", "ben"):
            salon.people[name] = _add(StaffMember(name=f"{name.title()} Lindgren", position=len(salon.people)))
        times = {
            "cut": {"name": "Haarschnitt", "minutes": 30, "room_kinds": ["chair"], "price_cents": 3500},
            "colour": {"name": "Balayage", "minutes": 90, "processing_from": 30, "processing_minutes": 40, "price_cents": 12000},
            "wash": {"name": "Waschen", "minutes": 15, "after_minutes": 10},
            "yoga": {"name": "Yoga", "minutes": 60, "capacity": 8, "room_kinds": ["hall"]},
        }
        for name, values in times.items():
            salon.services[name] = _add(Service(slug=name, position=len(salon.services), **values))
        rooms = {
            "chair1": ("mitte", "chair", 1),
            "chair2": ("mitte", "chair", 1),
            "hall": ("mitte", "hall", 3),
            "chair3": ("pankow", "chair", 1),
        }
        for name, (branch, kind, places) in rooms.items():
            salon.rooms[name] = _add(Resource(branch_id=salon.branches[branch], name=name, kind=kind, places=places))
        _add(ServiceSynonym(service_id=salon.services["colour"], text="Strähnchen", key="strahnchen", certainty=90))
        for person in salon.people.values():
            db.session.add_all(StaffBranch(staff_id=person, branch_id=branch) for branch in salon.branches.values())
            db.session.add_all(StaffService(staff_id=person, service_id=service) for service in salon.services.values())
        for branch in salon.branches.values():
            db.session.add_all(WorkingHours(branch_id=branch, weekday=day, opens=9 * 60, closes=18 * 60) for day in range(6))
        if policy:
            db.session.add(Policy(scope="company", **policy))
    return salon


def make_customer(salon: Salon, name: str = "Mira Sommer") -> str:
    with company_scope(salon.company_id), transaction():
        return _add(Customer(name=name))


def make_call(salon: Salon) -> str:
    with company_scope(salon.company_id), transaction():
        return _add(
            Call(
                provider="retell", provider_call_id=new_ulid(), branch_id=salon.branches["mitte"],
                status="ongoing", started_at=at("2026-05-04T08:00"),
            )
        )  # fmt: skip


def _add(row: Any) -> Any:
    db.session.add(row)
    db.session.flush()
    return row.id
