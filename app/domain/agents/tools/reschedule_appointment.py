"""reschedule_appointment: moves a booking of the caller's to another time or person."""

from datetime import datetime

from flask_babel import gettext as _
from pydantic import Field

from app.core.clock import now
from app.domain.agents.answers import Answer, done, refused
from app.domain.agents.appointments import meant_booking, told_data, told_extents
from app.domain.agents.ordering import refusal_of
from app.domain.agents.situation import Situation
from app.domain.agents.telling import Names, say_booking
from app.domain.agents.toolbox import Arguments, tool
from app.domain.agents.wanting import Visit, asks_for, moment_of, read_branch, read_time_of
from app.domain.bookings.moving import move_booking
from app.domain.bookings.refusing import BookingRefused
from app.domain.calendar.facts import Part
from app.domain.services.finding import get_person
from app.models import Booking


class Move(Arguments):
    booking_id: str | None = Field(None, description="The booking, as query_appointments gave it.")
    date: str | None = Field(None, description="The present day of the booking, as said.")
    new_date: str | None = Field(None, description="The new day, as said or as YYYY-MM-DD.")
    new_time: str | None = Field(None, description="The new time, as said or as HH:MM.")
    staff: str | None = Field(None, description="Another person, if the caller wants one.")


@tool("reschedule_appointment", Move, effect=True)
def reschedule_appointment(situation: Situation, given: Move) -> Answer:
    """Moves an appointment of the caller. Only say that it is moved when this answers ok."""
    if given.new_date is None and given.new_time is None and given.staff is None:
        return refused("missing", asks_for("new_date"), fields=["new_date", "new_time"])
    booking = meant_booking(situation, "change", booking_id=given.booking_id, date=given.date)
    if booking.id not in told_extents(situation, [booking]) and (missing := _unsaid(situation, given)):
        # what stays as it is would be told with the new time
        return refused("missing", asks_for(missing[0]), fields=missing)
    starts_at = _new_start(situation, booking, given)
    if starts_at < now():
        return refused("in_the_past", _("Dieser Zeitpunkt ist schon vorbei. Welcher Tag passt Ihnen?"), slots=[])
    person = get_person(given.staff, branch_id=booking.branch_id) if given.staff else None
    try:
        moved = move_booking(booking.id, situation.by, starts_at=starts_at, staff_id=person.id if person else None)
    except BookingRefused as error:
        visit = Visit((Part(booking.service_id, booking.staff_id),), read_branch(situation, booking.branch_id))
        return refusal_of(situation, visit, error, starts_at)
    when, who = say_booking(situation, moved), Names(staff={moved.staff_id}).staff.get(moved.staff_id, "")
    if person or told_extents(situation, [moved])[moved.id] == "all":
        say = _("Ihr Termin ist jetzt %(when)s bei %(who)s.", when=when, who=who)
    else:
        say = _("Ihr Termin ist jetzt %(when)s.", when=when)
    return done(say, **told_data(situation, [moved])[0])


def _unsaid(situation: Situation, given: Move) -> list[str]:
    """What the words do not name: "nächsten Freitag um halb drei" names both, "zur gleichen Zeit" nothing."""
    when = read_time_of(situation, date=given.new_date, time=given.new_time)
    return [name for name, known in (("new_date", when.day), ("new_time", when.at)) if known is None]


def _new_start(situation: Situation, booking: Booking, given: Move) -> datetime:
    """Day and time as said; the one that was not said stays as it is."""
    local = situation.local(booking.starts_at, booking.zone)
    when = read_time_of(situation, date=given.new_date, time=given.new_time, zone=booking.zone)
    if when.day is None and not when.names_a_day:
        when = read_time_of(situation, date=local.date().isoformat(), time=given.new_time or local.strftime("%H:%M"), zone=booking.zone)
    elif when.at is None and not when.names_a_time:
        when = read_time_of(situation, date=given.new_date, time=local.strftime("%H:%M"), zone=booking.zone)
    return moment_of(situation, when, booking.zone)
