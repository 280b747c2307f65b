"""Formats free times and bookings: as data for the model, and in words for the caller."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Self

from flask_babel import gettext as _
from sqlalchemy import select

from app.core.extensions import db
from app.domain.agents.tools.context import ToolContext
from app.domain.language.spoken_format import join_and, join_or, say_moment, say_slots
from app.domain.scheduling.types import SchedulingData, Slot, VisitPart
from app.domain.services.spoken_names import get_spoken_name
from app.models import Booking, Branch, Service, StaffMember

MAX_SLOTS = 8
MAX_SPOKEN_SLOTS = 3


class DisplayNames:
    """Names of staff, branches and services by id, loaded together."""

    def __init__(self, *, staff: Collection[str | None] = (), services: Collection[str] = (), branches: Collection[str] = ()) -> None:
        self.staff = _load_names(StaffMember, staff)
        self.services = _load_names(Service, services)
        rows = select(Branch.id, Branch.name, Branch.timezone).where(Branch.id.in_(set(branches))) if branches else None
        branch_rows = db.session.execute(rows).all() if rows is not None else []
        self.branches = {row.id: row.name for row in branch_rows}
        self.zones = {row.id: row.timezone for row in branch_rows}

    @classmethod
    def from_scheduling(cls, facts: SchedulingData) -> Self:
        """Take the names that the scheduling data has loaded."""
        names = cls()
        names.staff = {person.id: person.name for person in facts.people}
        names.branches = {branch.id: branch.name for branch in facts.branches}
        names.zones = {branch.id: branch.timezone for branch in facts.branches}
        return names


def build_slots_data(context: ToolContext, slots: Sequence[Slot], facts: SchedulingData | None = None) -> list[dict[str, Any]]:
    """Each time with its offset, the person's and the branch's name; `facts` where the calendar has them loaded."""
    names = (
        DisplayNames.from_scheduling(facts)
        if facts
        else DisplayNames(staff={slot.staff_id for slot in slots}, branches={slot.branch_id for slot in slots})
    )
    return [
        {
            "starts_at": context.to_local(slot.starts_at, names.zones[slot.branch_id]).isoformat(),
            "ends_at": context.to_local(slot.ends_at, names.zones[slot.branch_id]).isoformat(),
            "staff": names.staff.get(slot.staff_id),
            "branch": names.branches[slot.branch_id],
        }
        for slot in slots
    ]


def say_free_slots(context: ToolContext, slots: Sequence[dict[str, Any]], *, staff: str | None = None, names_branch: bool = False) -> str:
    """ "am Donnerstag, dem 3. Dezember, um 9 Uhr oder um halb elf"; with the person where one was asked for (`staff`), and with the
    branch where it is another one than was called, or `names_branch` says so.
    """
    spoken = [entry for entry in slots if entry["branch"] == slots[0]["branch"]][:MAX_SPOKEN_SLOTS]
    preferred = [entry for entry in spoken if staff in (None, entry["staff"])]
    others = [entry for entry in spoken if entry not in preferred]
    pieces = [_say_times_with_staff(context, entries, staff and entries[0]["staff"]) for entries in (preferred, others) if entries]
    times = join_or(pieces, context.language)
    is_called = spoken[0]["branch"] == context.branch.name and not names_branch
    return times if is_called else _("in %(branch)s %(times)s", branch=spoken[0]["branch"], times=times)


def say_offer(context: ToolContext, parts: Sequence[VisitPart], slots: Sequence[dict[str, Any]], *, staff: str | None = None) -> str:
    """ "Für Damenschnitt ist in Berlin-Mitte am Donnerstag um 9 Uhr frei. Was passt Ihnen?" """
    services = [get_spoken_name(db.session.get_one(Service, part.service_id), context.language) for part in parts]
    times = say_free_slots(context, slots, staff=staff, names_branch=context.has_several_branches)
    return _("Für %(services)s ist %(times)s frei. Was passt Ihnen?", services=join_and(services, context.language), times=times)


def _say_times_with_staff(context: ToolContext, slots: Sequence[dict[str, Any]], who: str | None) -> str:
    moments = [datetime.fromisoformat(entry["starts_at"]) for entry in slots]
    times = say_slots(moments, context.language, today=context.today)
    return _("%(times)s bei %(who)s", times=times, who=who) if who else times


def build_bookings_data(context: ToolContext, bookings: Sequence[Booking]) -> list[dict[str, Any]]:
    """Build all fields of the bookings; booking_lookup limits what may be disclosed."""
    context.disclosed_days.update(context.to_local(booking.starts_at, booking.timezone).date() for booking in bookings)
    visits = load_visits(bookings)
    names = DisplayNames(
        staff={booking.staff_id for booking in bookings},
        services={part.service_id for parts in visits.values() for part in parts},
        branches={booking.branch_id for booking in bookings},
    )
    return [
        {
            "booking_id": booking.id,
            "starts_at": context.to_local(booking.starts_at, booking.timezone).isoformat(),
            "ends_at": context.to_local(visits[booking.id][-1].ends_at, booking.timezone).isoformat(),
            "service": join_and([names.services.get(part.service_id, "") for part in visits[booking.id]], context.language),
            "staff": names.staff.get(booking.staff_id),
            "branch": names.branches.get(booking.branch_id),
            "status": booking.status,
        }
        for booking in bookings
    ]


def load_visits(bookings: Sequence[Booking]) -> dict[str, list[Booking]]:
    """Load for each booking all standing parts of its visit, in order: itself, where it is the only one."""
    visit_ids = {booking.visit_id for booking in bookings if booking.visit_id and booking.is_active}
    statement = select(Booking).where(Booking.visit_id.in_(visit_ids), Booking.active()).order_by(Booking.starts_at, Booking.id)
    parts: dict[str | None, list[Booking]] = defaultdict(list)
    for part in db.session.scalars(statement) if visit_ids else ():
        parts[part.visit_id].append(part)
    return {booking.id: parts.get(booking.visit_id, []) if booking.is_active and booking.visit_id else [booking] for booking in bookings}


def say_visit(context: ToolContext, booking: Booking) -> str:
    """ "Damenschnitt bei Mara Lindgren in Berlin-Mitte"; of several "Schnitt und Farbe bei …", or each with its person."""
    parts = load_visits([booking])[booking.id] or [booking]
    services = _list_services(context, booking)
    if len({part.staff_id for part in parts}) == 1:
        place = say_place(context, booking.staff_id, booking.branch_id)
        return _("%(services)s %(place)s", services=join_and(services, context.language), place=place)
    names = DisplayNames(staff={part.staff_id for part in parts})
    who = [names.staff.get(part.staff_id, "") for part in parts]
    each = [_("%(service)s bei %(who)s", service=service, who=person) for service, person in zip(services, who, strict=True)]
    return join_and(each, context.language)


def say_booking(context: ToolContext, booking: Booking, *, with_services: bool = False) -> str:
    """Say when it is, and perhaps in brackets what is done; a disclosed day no longer verifies a caller."""
    context.disclosed_days.add(context.to_local(booking.starts_at, booking.timezone).date())
    when = say_when(context, booking.starts_at, booking.timezone)
    return f"{when} ({join_and(_list_services(context, booking), context.language)})" if with_services else when


def _list_services(context: ToolContext, booking: Booking) -> list[str]:
    parts = load_visits([booking])[booking.id] or [booking]
    statement = select(Service).where(Service.id.in_({part.service_id for part in parts}))
    spoken = {service.id: get_spoken_name(service, context.language) for service in db.session.scalars(statement)}
    return [spoken.get(part.service_id, "") for part in parts]


def say_place(context: ToolContext, staff_id: str, branch_id: str) -> str:
    """ "bei Mara Lindgren", where the company has several branches "bei Mara Lindgren in Berlin-Mitte"."""
    names = DisplayNames(staff={staff_id}, branches={branch_id} if context.has_several_branches else ())
    who, where = names.staff.get(staff_id, ""), names.branches.get(branch_id)
    return _("bei %(who)s in %(branch)s", who=who, branch=where) if where else _("bei %(who)s", who=who)


def say_when(context: ToolContext, at: datetime, timezone: str) -> str:
    return say_moment(context.to_local(at, timezone), context.language, today=context.today)


def select_spread(starts: Sequence[datetime], most: int) -> list[datetime]:
    """Select some times spread over the interval, full and half hours first."""
    plain = [start for start in starts if start.minute in (0, 30)]
    chosen = plain if len(plain) >= most else list(starts)
    if len(chosen) <= most:
        return chosen
    return [chosen[place * (len(chosen) - 1) // (most - 1)] for place in range(most)]


def _load_names(model: type[StaffMember] | type[Service], ids: Collection[str | None]) -> dict[str, str]:
    set_ids = {name_id for name_id in ids if name_id}
    return {row.id: row.name for row in db.session.execute(select(model.id, model.name).where(model.id.in_(set_ids)))} if set_ids else {}
