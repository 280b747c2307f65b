"""Functions that reserve a time while the caller decides: hold_slot, release_hold."""

from datetime import datetime

from flask_babel import gettext as _
from pydantic import Field
from sqlalchemy import select

from app.core.clock import now
from app.core.extensions import db
from app.domain.agents.tools.argument_parsing import Missing, Visit, asks_for, moment_of, read_time_of, read_visit
from app.domain.agents.tools.booking_lookup import order_for, refusal_of
from app.domain.agents.tools.context import Situation
from app.domain.agents.tools.phrasing import say_when
from app.domain.agents.tools.registry import Arguments, tool
from app.domain.agents.tools.result import Answer, done, refused
from app.domain.bookings.create import place_hold
from app.domain.bookings.errors import BookingRefused
from app.domain.bookings.holds import close_hold
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


class HeldSlot(Arguments):
    hold: str | None = Field(None, description="The hold that hold_slot gave.")


@tool("release_hold", HeldSlot, effect=True)
def release_hold(situation: Situation, given: HeldSlot) -> Answer:
    """Gives a kept time free again."""
    if given.hold is None:
        raise Missing(asks_for("hold"), fields=["hold"])
    hold = find_hold(situation, given.hold)
    if hold is None:
        return refused("not_found", _("Diese Zeit halte ich gar nicht frei."))
    close_hold(hold, "released")
    return done(_("Gut, ich gebe die Zeit wieder frei."), hold=hold.id)


def find_hold(situation: Situation, hold_id: str) -> Hold | None:
    """A hold of this very call, open or not; another call's is not there."""
    wanted = select(Hold).where(Hold.id == hold_id, Hold.call_id == situation.call.id)
    return db.session.scalars(wanted).first() if hold_id.isascii() else None
