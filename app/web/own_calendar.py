"""The reader's own calendar, for whom the company shows no other: whom pages list, and what may be changed."""

from collections.abc import Iterable
from typing import Protocol, TypeVar

from flask import g
from flask_babel import gettext as _
from sqlalchemy import or_, select

from app.core.calendar_scope import NO_CALENDAR, calendar_scope
from app.core.errors import NotAllowed, NotFound
from app.core.extensions import db
from app.models import Booking


class HasId(Protocol):
    id: str


P = TypeVar("P", bound=HasId)


def get_own_calendar() -> str | None:
    """The person whose appointments the reader sees, inside a transaction too, where all are read; None: those of everybody."""
    return g.get("calendar")


def is_limited() -> bool:
    """Whether the reader sees the appointments of one person only."""
    return get_own_calendar() is not None


def lacks_person() -> bool:
    """Whether the reader sees none, since the account is linked to nobody in the team."""
    return get_own_calendar() == NO_CALENDAR


def list_own(people: Iterable[P]) -> list[P]:
    """Those of these people whose calendar the reader sees."""
    calendar = get_own_calendar()
    return [person for person in people if calendar in (None, person.id)]


def require_own(staff_id: str | None) -> str | None:
    """The person to book with: the reader where they see no other calendar. Raises NotFound for others."""
    calendar = get_own_calendar()
    if calendar == NO_CALENDAR:
        raise NotAllowed(explain_missing_person())
    if calendar is not None and staff_id not in (None, calendar):
        raise NotFound(_("Das gibt es hier nicht."))
    return calendar or staff_id


def require_own_visit(booking: Booking, *, with_series: bool = False) -> None:
    """Raise NotAllowed where a change of the booking would change an appointment of a colleague too."""
    calendar = get_own_calendar()
    groups = [(Booking.visit_id, booking.visit_id), *([(Booking.series_id, booking.series_id)] if with_series else [])]
    together = [column == value for column, value in groups if value]
    if calendar is None or not together:
        return
    with calendar_scope(None):
        others = select(Booking.id).where(or_(*together), Booking.staff_id != calendar, Booking.active())
        if db.session.scalar(others.limit(1)):
            raise NotAllowed(_("Hier ist auch ein Termin einer Kollegin oder eines Kollegen dabei. Bitten Sie den Empfang darum."))


def explain_missing_person() -> str:
    return _(
        "Ihr Zugang gehört noch zu niemandem im Team, deshalb stehen hier keine Termine. Bitten Sie die Inhaberin oder den Inhaber,"
        " Sie unter „Zugänge“ mit Ihrem Namen im Team zu verbinden."
    )
