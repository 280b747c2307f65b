"""How often a visit is repeated: the choices of the form, what was chosen, and what came of it in words."""

from typing import Annotated
from zoneinfo import ZoneInfo

from flask_babel import gettext as _, ngettext

from app.domain.bookings.recurrence import MAX_OCCURRENCES, Series
from app.web.fields import Whole
from app.web.formatting import when
from app.web.forms import Form

MOST_TOLD = 4


class RhythmForm(Form):
    """Every so many weeks, so many visits in all; without weeks once."""

    every_weeks: Annotated[int, Whole(1, 52)] | None = None
    times: Annotated[int, Whole(2, MAX_OCCURRENCES)] = 6


def choices() -> list[tuple[str, str]]:
    return [
        ("", _("Einmalig")),
        ("1", _("Jede Woche")),
        *((str(weeks), _("Alle %(n)s Wochen", n=weeks)) for weeks in (2, 3, 4, 5, 6, 8, 12)),
    ]


def told_of(series: Series, zone: str) -> str:
    """`6 Termine stehen. Nicht frei: Di 24.12., 10:00.`"""
    told = [ngettext("Ein Termin steht.", "%(num)s Termine stehen.", len(series.bookings))]
    if series.rejected:
        times = [when(starts_at.astimezone(ZoneInfo(zone))) for starts_at, _error in series.rejected]
        more = len(times) - MOST_TOLD
        listed = "; ".join(times[:MOST_TOLD]) + (_(" und %(n)s weitere", n=more) if more > 0 else "")
        told.append(_("Nicht frei: %(times)s.", times=listed))
    return " ".join(told)
