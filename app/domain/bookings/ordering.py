"""What somebody orders: a visit of one service or several, at a time, for a customer; and the words it was ordered in."""

from dataclasses import dataclass, replace
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from app.core.extensions import db
from app.domain.bookings.history import By
from app.domain.calendar.facts import Part
from app.domain.services.finding import UnknownService, UnknownStaff, get_person, get_services
from app.models import Service, StaffMember, StaffService


@dataclass(frozen=True, slots=True)
class Order:
    """A booking to be made. `source_ref` and `idempotency_key` each make it once; `hold` is the token of a time kept before.

    `contact_phone` and `contact_email` are good for this booking alone, beside what the customer's record holds. `outside_rules` is
    for calendars that have already given the time away: hours and policies are not asked, the guard against
    double booking is.
    """

    parts: tuple[Part, ...]
    starts_at: datetime
    branch_id: str | None
    source: str
    by: By
    customer_id: str | None = None
    call_id: str | None = None
    notes: str | None = None
    contact_phone: str | None = None
    contact_email: str | None = None
    seats: int = 1
    hold: str | None = None
    anonymous: bool = False
    outside_rules: bool = False
    idempotency_key: str | None = None
    source_ref: str | None = None
    series_id: str | None = None
    max_gap: int = 0

    @property
    def from_a_caller(self) -> bool:
        return self.by.kind == "caller"


def parts_of(service: str, *, staff: str | None = None, branch_id: str | None = None) -> tuple[Part, ...]:
    """The parts of a visit from ids or from words as people say them ("Schneiden und Färben", "bei Anna").

    A person who does not do one of the services is asked for only where they do it. Raises UnknownService, UnknownStaff.
    """
    services = [part for found in get_services(service) for part in _opened(found)]
    if not staff:
        return tuple(Part(found.id) for found in services)
    person = get_person(staff, branch_id=branch_id)
    does = set(db.session.scalars(select(StaffService.service_id).where(StaffService.staff_id == person.id)))
    if not does.intersection(found.id for found in services):
        raise UnknownStaff(_("%(who)s bietet diese Leistung hier nicht an.", who=person.name), staff=person.id)
    return tuple(Part(found.id, person.id if found.id in does else None) for found in services)


def checked(order: Order) -> Order:
    """The order with combined services opened into their parts; raises UnknownService or UnknownStaff for ids that the company has not."""
    services = {part.service_id for part in order.parts}
    known = {row.id: row for row in db.session.scalars(select(Service).where(Service.id.in_(services), Service.is_active))}
    if not order.parts or services - known.keys():
        raise UnknownService(_("Diese Leistung gibt es nicht."), fields={"service_id": "unknown"})
    people = {part.staff_id for part in order.parts if part.staff_id}
    if people and people - set(db.session.scalars(select(StaffMember.id).where(StaffMember.id.in_(people), StaffMember.is_active))):
        raise UnknownStaff(_("Diese Person arbeitet hier nicht."), fields={"staff_id": "unknown"})
    if not any(service.parts for service in known.values()):
        return order
    gap = max(order.max_gap, *(service.max_gap_minutes for service in known.values()))
    parts = tuple(Part(opened.id, part.staff_id) for part in order.parts for opened in _opened(known[part.service_id]))
    return replace(order, parts=parts, max_gap=gap)


def opened(service_id: str, staff_id: str | None = None) -> tuple[Part, ...]:
    """The parts of one service: of a combined one all that it consists of, by that person or anybody."""
    service = db.session.scalars(select(Service).where(Service.id == service_id)).one()
    return tuple(Part(part.id, staff_id) for part in _opened(service))


def _opened(service: Service) -> list[Service]:
    """The services that a combined one consists of, or the service itself."""
    if not service.parts:
        return [service]
    found = {part.id: part for part in db.session.scalars(select(Service).where(Service.id.in_(service.parts), Service.is_active))}
    return [found[part_id] for part_id in service.parts if part_id in found]
