"""A request for a booking: a visit of one service or several at a time, and its resolution from ids or words."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from flask_babel import gettext as _
from sqlalchemy import select

from app.core.clock import now
from app.core.errors import InvalidInput
from app.core.extensions import db
from app.domain.bookings.history import Actor
from app.domain.scheduling.availability import find_free_slots
from app.domain.scheduling.loader import load_scheduling_data
from app.domain.scheduling.reasons import Reason, explain_unavailable
from app.domain.scheduling.types import AvailabilityQuery, SchedulingData, Slot, VisitPart
from app.domain.services.matching import UnknownService, UnknownStaff, get_services, get_staff
from app.models import Branch, Service, StaffMember, StaffService


@dataclass(frozen=True, slots=True)
class BookingRequest:
    """A booking to create. `source_ref` and `idempotency_key` each make it idempotent; `hold` is the token of a hold.

    `contact_phone` and `contact_email` apply to this booking only, beside the customer's record. `ignore_rules` is
    for external calendars that have already booked the time: hours and policies are not checked, the lock against
    double booking is.
    """

    parts: tuple[VisitPart, ...]
    starts_at: datetime
    branch_id: str | None
    source: str
    actor: Actor
    customer_id: str | None = None
    call_id: str | None = None
    notes: str | None = None
    contact_phone: str | None = None
    contact_email: str | None = None
    seats: int = 1
    hold: str | None = None
    is_anonymous: bool = False
    ignore_rules: bool = False
    idempotency_key: str | None = None
    source_ref: str | None = None
    series_id: str | None = None
    max_gap: int = 0

    @property
    def is_from_caller(self) -> bool:
        return self.actor.kind == "caller"


def resolve_parts(service: str, *, staff: str | None = None, branch_id: str | None = None) -> tuple[VisitPart, ...]:
    """Resolve the parts of a visit from ids or spoken words ("Schneiden und Färben", "bei Anna").

    The person is set only on parts they offer. Raises UnknownService, UnknownStaff.
    """
    services = [part for found in get_services(service) for part in _list_components(found)]
    if not staff:
        return tuple(VisitPart(found.id) for found in services)
    person = get_staff(staff, branch_id=branch_id)
    does = set(db.session.scalars(select(StaffService.service_id).where(StaffService.staff_id == person.id)))
    if not does.intersection(found.id for found in services):
        raise UnknownStaff(_("%(who)s bietet diese Leistung hier nicht an.", who=person.name), staff=person.id)
    return tuple(VisitPart(found.id, person.id if found.id in does else None) for found in services)


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


@dataclass(frozen=True, slots=True)
class VisitSelection:
    """The selected parts and branch, and the longest wait between parts."""

    parts: tuple[VisitPart, ...]
    branch_id: str | None
    max_gap: int = 0

    def build_query(
        self, since: datetime, until: datetime, *, any_start: bool = False, ignoring: frozenset[str] = frozenset()
    ) -> AvailabilityQuery:
        return AvailabilityQuery(
            self.parts, since, until, now(), branch_id=self.branch_id, max_gap=self.max_gap, any_start=any_start, ignoring=ignoring
        )


def select_visit(service_id: str, *, staff_id: str | None = None, branch_id: str | None = None) -> VisitSelection:
    """Resolve the selected service, person and branch. Raises InvalidInput with one message per field."""
    errors: dict[str, str] = {}
    service = _find_active(Service, service_id)
    if service is None:
        errors["service_id"] = _("Diese Leistung gibt es nicht.")
    if staff_id and _find_active(StaffMember, staff_id) is None:
        errors["staff_id"] = _("Diese Person arbeitet hier nicht.")
    if branch_id and _find_active(Branch, branch_id) is None:
        errors["branch_id"] = _("Diese Filiale gibt es nicht.")
    if errors or service is None:
        raise InvalidInput(_("Bitte prüfen Sie Ihre Angaben."), fields=errors)
    try:
        parts = resolve_parts(service.id, staff=staff_id)
    except UnknownStaff as error:
        sentence = _("Diese Person bietet das nicht an.")
        raise InvalidInput(_("Bitte prüfen Sie Ihre Angaben."), fields={"staff_id": sentence}) from error
    return VisitSelection(parts, branch_id or None, service.max_gap_minutes)


def list_free_times(
    selection: VisitSelection, since: datetime, until: datetime, *, for_callers: bool = False
) -> tuple[list[Slot], SchedulingData]:
    """List the free slots that begin in [since, until), by time, and the data they come from (names, zones)."""
    query = selection.build_query(since, until)
    data = load_scheduling_data(query, for_callers=for_callers)
    return list(find_free_slots(query, data)), data


def explain_time(selection: VisitSelection, starts_at: datetime) -> tuple[list[Reason], SchedulingData]:
    """Explain why the visit cannot begin at this time; no reasons when it can."""
    query = selection.build_query(starts_at, starts_at, any_start=True)
    data = load_scheduling_data(query)
    return explain_unavailable(query, data, starts_at), data


def _find_active(model: type[Row], row_id: str) -> Row | None:
    return db.session.scalars(select(model).where(model.id == row_id, model.is_active)).first() if row_id.isascii() else None
