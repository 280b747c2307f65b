"""The bookings that a caller may mean: their own, and what this very call has booked."""

from collections.abc import Sequence
from datetime import date, time
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy import or_, select

from app.core.clock import now
from app.core.errors import NotFound
from app.core.extensions import db
from app.domain.agents.callers import check_right
from app.domain.agents.situation import Situation
from app.domain.agents.telling import say_when
from app.domain.agents.wanting import AskBack, read_time_of
from app.domain.customers.certainty import Right
from app.domain.language.saying import one_of
from app.models import Booking
from app.models.booking import STANDING

MOST = 20


def bookings_of(situation: Situation) -> list[Booking]:
    """What stands ahead: of the person who speaks (if they may hear it) and of this call; of a visit its first part."""
    caller = situation.caller
    mine = [Booking.call_id == situation.call.id]
    if caller.customer is not None and caller.may("hear"):
        mine.append(Booking.customer_id == caller.customer.id)
    wanted = select(Booking).where(or_(*mine), Booking.status.in_(STANDING), Booking.starts_at > now())
    found = db.session.scalars(wanted.order_by(Booking.starts_at, Booking.id).limit(MOST)).all()
    first: dict[str, Booking] = {}
    for booking in found:
        first.setdefault(booking.occupant, booking)
    return list(first.values())


def meant_booking(situation: Situation, right: Right, *, booking_id: str | None, date: str | None, time: str | None = None) -> Booking:
    """The one that is meant, and that the caller may change so. Raises NotFound, AskBack, or NotProved."""
    booking = _by_id(situation, booking_id) if booking_id else _by_time(situation, date, time)
    if booking.call_id != situation.call.id:
        check_right(situation.caller, right)
    return booking


def _by_id(situation: Situation, booking_id: str) -> Booking:
    """Only the caller's own are there at all; a foreign id finds nothing, whoever's it is."""
    booking = db.session.scalars(select(Booking).where(Booking.id == booking_id)).first() if booking_id.isascii() else None
    caller = situation.caller
    own = {customer.id for customer in caller.sharing} | ({caller.customer.id} if caller.customer else set())
    if booking is None or (booking.call_id != situation.call.id and (caller.is_withheld or booking.customer_id not in own)):
        raise _nothing_found()
    return booking


def _by_time(situation: Situation, day_words: str | None, time_words: str | None) -> Booking:
    ahead = bookings_of(situation)
    if not ahead and situation.caller.is_one_of_several:
        check_right(situation.caller, "hear")
    day, at = _told(situation, day_words, time_words)
    fitting = [booking for booking in ahead if _fits(booking, day, at)]
    if not fitting:
        raise _nothing_found()
    if len(fitting) > 1:
        raise _which(situation, fitting)
    return fitting[0]


def _told(situation: Situation, day_words: str | None, time_words: str | None) -> tuple[date | None, time | None]:
    if not day_words and not time_words:
        return None, None
    when = read_time_of(situation, date=day_words, time=time_words)
    return when.day, when.at


def _fits(booking: Booking, day: date | None, at: time | None) -> bool:
    local = booking.starts_at.astimezone(ZoneInfo(booking.zone))
    return day in (None, local.date()) and at in (None, local.time())


def _which(situation: Situation, bookings: Sequence[Booking]) -> AskBack:
    named = one_of([say_when(situation, booking.starts_at, booking.zone) for booking in bookings], situation.language)
    return AskBack(_("Welchen Termin meinen Sie: %(times)s?", times=named), options=[booking.id for booking in bookings])


def _nothing_found() -> NotFound:
    return NotFound(_("Dazu finde ich keinen Termin."))
