"""A request for a booking, and a query for free times: a visit of one service or several, resolved from ids."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from flask_babel import gettext as _
from sqlalchemy import select

from app.core.clock import now
from app.core.errors import InvalidInput
from app.core.extensions import db
from app.domain.bookings.history import Actor
from app.domain.customers.contacts import ContactDetails
from app.domain.scheduling.availability import find_free_slots
from app.domain.scheduling.loader import load_scheduling_data
from app.domain.scheduling.types import SchedulingData, Slot, SlotQuery, VisitPart
from app.domain.services.matching import UnknownService
from app.domain.services.staff_matching import UnknownStaff
from app.models import Branch, Hold, Service, StaffMember, StaffService


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """The key that a program's request or a form carries; `owner` keeps two programs' keys apart.

    `request_hash` is of all that the request says, so that a key which comes with another request is noticed.
    """

    owner: str
    name: str
    request_hash: str

    def __str__(self) -> str:
        return f"{self.owner}:{self.name}"


@dataclass(frozen=True, slots=True)
class BookingRequest:
    """A booking to create. `source_ref` and `idempotency_key` each make it idempotent; it replaces its `hold`.

    `customer` is found or created with the booking (create_with_customer); `customer_id` is one who exists. `contact_phone` and
    `contact_email` apply to this booking only, beside the customer's record. `ignore_rules` is for external calendars that have
    already booked the time: hours and policies are not checked, the lock against double booking is. `accepted` are the codes of
    reasons against the booking that somebody at the desk has seen and ignores (bookings/override); `note` goes into its history. `notify`:
    whether the customer is told, None: by the company's rules. `is_imported`: it was made in another calendar long before, so nobody
    of the team is told.
    """

    parts: tuple[VisitPart, ...]
    starts_at: datetime
    branch_id: str | None
    source: str
    actor: Actor
    customer: ContactDetails | None = None
    customer_id: str | None = None
    call_id: str | None = None
    notes: str | None = None
    contact_phone: str | None = None
    contact_email: str | None = None
    seats: int = 1
    hold: Hold | None = None
    is_anonymous: bool = False
    ignore_rules: bool = False
    accepted: frozenset[str] = frozenset()
    note: str | None = None
    notify: bool | None = None
    idempotency_key: IdempotencyKey | None = None
    source_ref: str | None = None
    series_id: str | None = None
    max_gap: int = 0
    excluded_staff: frozenset[str] = frozenset()
    is_imported: bool = False

    @property
    def is_from_caller(self) -> bool:
        return self.actor.kind == "caller"

    @property
    def is_from_desk(self) -> bool:
        return self.actor.kind == "user"

    def build_query(self, ignoring: frozenset[str] = frozenset()) -> SlotQuery:
        """Build the query for exactly the requested time."""
        present = min(now(), self.starts_at) if self.ignore_rules else now()
        query = SlotQuery(
            self.parts, self.starts_at, self.starts_at, present, branch_id=self.branch_id, seats=self.seats, max_gap=self.max_gap,
            ignoring=ignoring, excluded_staff=self.excluded_staff,
        )  # fmt: skip
        return query.at(self.starts_at)


def resolve_parts(services: Sequence[Service], person: StaffMember | None = None) -> tuple[VisitPart, ...]:
    """Resolve the parts of a visit; the person is set only on parts they offer. Raises UnknownStaff where they offer none."""
    components = [part for service in services for part in _list_components(service)]
    if person is None:
        return tuple(VisitPart(part.id) for part in components)
    offered = set(db.session.scalars(select(StaffService.service_id).where(StaffService.staff_id == person.id)))
    if not offered.intersection(part.id for part in components):
        raise UnknownStaff(_("%(who)s bietet diese Leistung hier nicht an.", who=person.name), staff=person.id)
    return tuple(VisitPart(part.id, person.id if part.id in offered else None) for part in components)


def validate_request(request: BookingRequest) -> BookingRequest:
    """Check the ids and expand combined services into their parts; raises UnknownService or UnknownStaff."""
    services = {part.service_id for part in request.parts}
    services_by_id = {row.id: row for row in db.session.scalars(select(Service).where(Service.id.in_(services), Service.is_active))}
    if not request.parts or services - services_by_id.keys():
        raise UnknownService(_("Diese Leistung gibt es nicht."), fields={"service_id": "unknown"})
    people = {part.staff_id for part in request.parts if part.staff_id}
    if people and people - set(db.session.scalars(select(StaffMember.id).where(StaffMember.id.in_(people), StaffMember.is_active))):
        raise UnknownStaff(_("Diese Person arbeitet hier nicht."), fields={"staff_id": "unknown"})
    if not any(service.parts for service in services_by_id.values()):
        return request
    gap = max(request.max_gap, *(service.max_gap_minutes for service in services_by_id.values()))
    parts = tuple(
        VisitPart(opened.id, part.staff_id) for part in request.parts for opened in _list_components(services_by_id[part.service_id])
    )
    return replace(request, parts=parts, max_gap=gap)


def expand_service(service_id: str, staff_id: str | None = None) -> tuple[VisitPart, ...]:
    """Expand a service into its parts (a combined service has several), by that person or any."""
    service = db.session.scalars(select(Service).where(Service.id == service_id)).one()
    return tuple(VisitPart(part.id, staff_id) for part in _list_components(service))


def _list_components(service: Service) -> list[Service]:
    """The components of a combined service, or the service itself."""
    if not service.parts:
        return [service]
    parts_by_id = {part.id: part for part in db.session.scalars(select(Service).where(Service.id.in_(service.parts), Service.is_active))}
    return [parts_by_id[part_id] for part_id in service.parts if part_id in parts_by_id]


Row = TypeVar("Row", Service, StaffMember, Branch)


def build_slot_query(
    service_id: str, *, since: datetime, until: datetime, staff_id: str | None = None, branch_id: str | None = None
) -> SlotQuery:
    """Build the query for a service, person and branch by id. Raises InvalidInput with one message per field."""
    errors: dict[str, str] = {}
    service = _find_active(Service, service_id)
    if service is None:
        errors["service_id"] = _("Diese Leistung gibt es nicht.")
    person = _find_active(StaffMember, staff_id) if staff_id else None
    if staff_id and person is None:
        errors["staff_id"] = _("Diese Person arbeitet hier nicht.")
    if branch_id and _find_active(Branch, branch_id) is None:
        errors["branch_id"] = _("Diese Filiale gibt es nicht.")
    if errors or service is None:
        raise InvalidInput(_("Bitte prüfen Sie Ihre Angaben."), fields=errors)
    try:
        parts = resolve_parts([service], person)
    except UnknownStaff as error:
        sentence = _("Diese Person bietet das nicht an.")
        raise InvalidInput(_("Bitte prüfen Sie Ihre Angaben."), fields={"staff_id": sentence}) from error
    return SlotQuery(parts, since, until, now(), branch_id=branch_id or None, max_gap=service.max_gap_minutes)


def list_free_times(query: SlotQuery, *, for_callers: bool = False) -> tuple[list[Slot], SchedulingData]:
    """List the free slots by time, and the data they come from (names, zones)."""
    data = load_scheduling_data(query, for_callers=for_callers)
    return list(find_free_slots(query, data)), data


def _find_active(model: type[Row], row_id: str) -> Row | None:
    return db.session.scalars(select(model).where(model.id == row_id, model.is_active)).first() if row_id.isascii() else None
