"""The recurrence of a booking: form fields, choices, and a sentence about the created series."""

from typing import Annotated
from zoneinfo import ZoneInfo

from flask_babel import gettext as _, ngettext

from app.domain.bookings.recurrence import MAX_OCCURRENCES, BookingSeriesResult
from app.web.fields import IntegerField
from app.web.formatting import when
from app.web.forms import Form

MAX_DATES_NAMED = 4


class RecurrenceForm(Form):
    """The interval in weeks and the number of visits; without an interval the booking is single."""

    every_weeks: Annotated[int, IntegerField(1, 52)] | None = None
    times: Annotated[int, IntegerField(2, MAX_OCCURRENCES)] = 6


def list_choices() -> list[tuple[str, str]]:
    return [
        ("", _("Einmalig")),
        ("1", _("Jede Woche")),
        *((str(weeks), _("Alle %(n)s Wochen", n=weeks)) for weeks in (2, 3, 4, 5, 6, 8, 12)),
    ]


def describe_series(series: BookingSeriesResult, timezone: str) -> str:
    """`6 Termine stehen. Nicht frei: Di 24.12., 10:00.`"""
    sentences = [ngettext("Ein Termin steht.", "%(num)s Termine stehen.", len(series.bookings))]
    if series.rejected:
        times = [when(starts_at.astimezone(ZoneInfo(timezone))) for starts_at, _error in series.rejected]
        more = len(times) - MAX_DATES_NAMED
        dates = "; ".join(times[:MAX_DATES_NAMED]) + (_(" und %(n)s weitere", n=more) if more > 0 else "")
        sentences.append(_("Nicht frei: %(times)s.", times=dates))
    return " ".join(sentences)
