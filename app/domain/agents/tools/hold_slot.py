"""hold_slot: keeps a time while the caller decides."""

from datetime import datetime

from flask_babel import gettext as _
from pydantic import Field
from sqlalchemy import select

from app.core.clock import now
from app.core.extensions import db
from app.domain.agents.answers import Answer, done
from app.domain.agents.ordering import order_for, refusal_of
from app.domain.agents.situation import Situation
from app.domain.agents.telling import say_when
from app.domain.agents.toolbox import Arguments, tool
from app.domain.agents.wanting import Visit, moment_of, read_time_of, read_visit
from app.domain.bookings.holding import close_hold
from app.domain.bookings.making import place_hold
from app.domain.bookings.refusing import BookingRefused
from app.models import Hold

# one call cannot keep the whole day
MOST_HELD = 3


class Slot(Arguments):
    service: str | None = Field(None, description="What is wanted, in the caller's words.")
    date: str | None = Field(None, description="The day, as said or as YYYY-MM-DD.")
    time: str | None = Field(None, description="The time, as said or as HH:MM.")
    staff: str | None = Field(None, description="Who it should be with, if the caller said so.")
    branch: str | None = Field(None, description="Another branch than the one that was called.")


@tool("hold_slot", Slot, effect=True)
def hold_slot(situation: Situation, given: Slot) -> Answer:
    """Keeps a free time for some minutes while the caller decides."""
    visit = read_visit(situation, given.service, given.staff, given.branch)
    when = read_time_of(situation, date=given.date, time=given.time, zone=visit.branch.zone)
    starts_at = moment_of(situation, when, visit.branch.zone)
    held = open_holds(situation)
    same = next((hold for hold in held if hold.starts_at == starts_at and hold.service_id == visit.parts[0].service_id), None)
    if same is None:
        try:
            same, _token = place_hold(order_for(situation, visit, starts_at))
        except BookingRefused as refused:
            return refusal_of(situation, visit, refused, starts_at)
        for oldest in held[: max(0, len(held) + 1 - MOST_HELD)]:
            close_hold(oldest, "released")
    return _told(situation, visit, same)


def open_holds(situation: Situation) -> list[Hold]:
    """What this call keeps at the moment, the oldest first."""
    wanted = select(Hold).where(Hold.call_id == situation.call.id, Hold.status == "open", Hold.expires_at > now())
    return list(db.session.scalars(wanted.order_by(Hold.created_at, Hold.id)))


def _told(situation: Situation, visit: Visit, hold: Hold) -> Answer:
    def local(moment: datetime) -> str:
        return situation.local(moment, hold.zone).isoformat()

    return done(
        _("Die Zeit %(when)s halte ich für Sie frei.", when=say_when(situation, hold.starts_at, hold.zone)),
        hold=hold.id,
        starts_at=local(hold.starts_at),
        ends_at=local(hold.ends_at),
        expires_at=local(hold.expires_at),
        branch=visit.branch.name,
    )
