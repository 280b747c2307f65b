"""How often a visit is repeated: the choices of the form, what was chosen, and what came of it in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask_babel import gettext as _, ngettext

from app.core.errors import InvalidInput
from app.domain.bookings.series import LONGEST, Series
from app.web.formatting import when

MOST_TOLD = 4


@dataclass(frozen=True)
class Rhythm:
    """Every so many weeks, so many visits in all."""

    every_weeks: int
    times: int


def choices() -> list[tuple[str, str]]:
    return [
        ("", _("Einmalig")),
        ("1", _("Jede Woche")),
        *((str(weeks), _("Alle %(n)s Wochen", n=weeks)) for weeks in (2, 3, 4, 5, 6, 8, 12)),
    ]


def read_rhythm(form: Mapping[str, str]) -> Rhythm | None:
    """None: once. Raises InvalidInput with one message per field."""
    every, times = form.get("every_weeks", "").strip(), form.get("times", "").strip() or "6"
    if not every:
        return None
    if not every.isdecimal() or not 1 <= int(every) <= 52:
        raise InvalidInput(_("Bitte prüfen Sie Ihre Angaben."), fields={"every_weeks": _("Bitte wählen.")})
    if not times.isdecimal() or not 2 <= int(times) <= LONGEST:
        sentence = _("Erlaubt ist %(least)s bis %(most)s.", least=2, most=LONGEST)
        raise InvalidInput(_("Bitte prüfen Sie Ihre Angaben."), fields={"times": sentence})
    return Rhythm(int(every), int(times))


def told_of(series: Series, zone: str) -> str:
    """`6 Termine stehen. Nicht frei: Di 24.12., 10:00.`"""
    told = [ngettext("Ein Termin steht.", "%(num)s Termine stehen.", len(series.made))]
    if series.refused:
        times = [when(starts_at.astimezone(ZoneInfo(zone))) for starts_at, _error in series.refused]
        more = len(times) - MOST_TOLD
        listed = "; ".join(times[:MOST_TOLD]) + (_(" und %(n)s weitere", n=more) if more > 0 else "")
        told.append(_("Nicht frei: %(times)s.", times=listed))
    return " ".join(told)
