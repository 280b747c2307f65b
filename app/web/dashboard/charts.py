"""Charts of the start page: figure cards with lines within 100 × 40, a heat map of weekdays and hours, and a funnel."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask_babel import get_locale, gettext as _

from app.domain.reports.figures import Figures, OutcomeTotals
from app.web.formatting import number

Points = list[tuple[float, float]]
TOP, BOTTOM = 4.0, 36.0
HOURS = range(7, 20)
MAX_SHADE = 6
# Number of squares of the heat map that show their count.
PEAKS = 2


@dataclass(frozen=True)
class HeatMap:
    """Rows of (weekday, [(hour, calls, level from 0 to 6, is a peak)]), and a sentence about the peak."""

    hours: list[int]
    rows: list[tuple[str, list[tuple[int, int, int, bool]]]]
    sentence: str


def build_figure_cards(figures: Figures, period: str) -> list[dict[str, Any]]:
    """Build the four cards for the macro `figure`."""
    compared = {"today": _("zum selben Tag der Vorwoche"), "week": _("zur Vorwoche"), "month": _("zu den 30 Tagen davor")}[period]
    total, before = figures.period.total, figures.before.total
    specs: list[tuple[str, Callable[[OutcomeTotals], int], str, bool | None]] = [
        (_("Anrufe"), lambda t: t.calls, "", True),
        (_("Angenommen"), lambda t: t.answered, _get_share(total.answered, total.calls), True),
        (_("Davon mit Termin"), lambda t: t.booked, _get_share(total.booked, total.calls), True),
        (_("Rückrufwünsche"), lambda t: t.callbacks, _get_share(total.callbacks, total.calls), None),
    ]
    cards = []
    for label, value, unit, more_is_better in specs:
        change, trend = _describe_change(value(total), value(before))
        line, earlier = _build_lines([value(step) for step in figures.period.steps], [value(step) for step in figures.before.steps])
        cards.append(
            {
                "label": label, "value": number(value(total)), "unit": unit, "change": change, "trend": trend,
                "comparison": compared if change else _("kein Vergleich möglich"), "good": trend == "up" and bool(more_is_better),
                "points": line, "before": earlier,
            }
        )  # fmt: skip
    return cards


def build_heat_map(rings: dict[tuple[int, int], int]) -> HeatMap:
    names = get_locale().days["stand-alone"]["abbreviated"]
    calls_by_slot = {slot: calls for slot, calls in rings.items() if slot[1] in HOURS}
    maximum = max(calls_by_slot.values(), default=0)
    peaks = sorted(calls_by_slot, key=lambda slot: -calls_by_slot[slot])[:PEAKS] if maximum > 1 else []
    rows = [
        (
            names[weekday].rstrip("."),
            [
                (
                    hour,
                    calls := calls_by_slot.get((weekday, hour), 0),
                    round(calls / maximum * MAX_SHADE) if maximum else 0,
                    (weekday, hour) in peaks,
                )
                for hour in HOURS
            ],
        )
        for weekday in range(7)
    ]
    return HeatMap(list(HOURS), rows, _describe_peak(calls_by_slot))


def build_funnel(total: OutcomeTotals) -> list[dict[str, Any]]:
    """Build the funnel from calls to bookings."""
    steps = [
        (_("Angerufen"), total.calls), (_("Gesprochen"), total.talked), (_("Terminwunsch"), total.wanted), (_("Gebucht"), total.booked),
    ]  # fmt: skip
    return [
        {
            "label": label,
            "count": number(count),
            "share": _get_share(count, total.calls) or "–",
            "width": _format_percent(count, total.calls),
        }
        for label, count in steps
    ]


def _describe_peak(calls_by_slot: dict[tuple[int, int], int]) -> str:
    if not calls_by_slot:
        return _("In dieser Zeit hat zwischen 7 und 20 Uhr niemand angerufen.")
    weekday, hour = max(calls_by_slot, key=lambda slot: calls_by_slot[slot])
    name = get_locale().days["stand-alone"]["wide"][weekday]
    return _("Am häufigsten klingelt es am %(weekday)s zwischen %(hour)s und %(next)s Uhr.", weekday=name, hour=hour, next=hour + 1)


def _describe_change(now: int, before: int) -> tuple[str, str]:
    """Describe a change as (`+ 14 %`, trend); below 20 the difference itself, empty without an earlier value."""
    difference = now - before
    if not before:
        return "", ""
    if not difference:
        return _("unverändert"), ""
    sign, trend = ("+", "up") if difference > 0 else ("−", "down")
    text = number(abs(difference)) if before < 20 else f"{number(round(abs(difference) / before * 100))} %"
    return f"{sign} {text}", trend


def _build_lines(now: list[int], before: list[int]) -> tuple[Points, Points]:
    """Build both lines on one scale."""
    top = max(*now, *before, 1)
    return _build_line(now, top), _build_line(before, top)


def _build_line(values: list[int], top: int) -> Points:
    last = max(len(values) - 1, 1)
    return [(round(index / last * 100, 1), round(BOTTOM - value / top * (BOTTOM - TOP), 1)) for index, value in enumerate(values)]


def _get_share(part: int, whole: int) -> str:
    return f"{number(round(part / whole * 100))} %" if whole else ""


def _format_percent(part: int, whole: int) -> float:
    return round(part / whole * 100, 1) if whole else 0.0
