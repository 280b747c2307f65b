"""The calendar grid in rows of five minutes: columns, blocks, legend and headline."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext as _, ngettext

from app.core.clock import now
from app.domain.bookings.day_schedule import BranchSchedule, DayScheduleEntry, Span, StaffColumn
from app.models import Service
from app.web.dashboard.calendar_lanes import set_lanes
from app.web.formatting import clock, day_name
from app.web.labels import BOOKING_STATUSES, COLOUR_PALETTE, list_override_labels

ROW_MINUTES = 5
FIRST_HOUR, LAST_HOUR = 8, 19
DAY_MINUTES = 1440
COLOURS = 6
ONE_LINE = 6
GAP_MINUTES = 30
# A longer gap between two shifts is shown as closed, not as a break.
MAX_BREAK_MINUTES = 150


@dataclass
class GridBlock:
    """One block: CSS class, first row, number of rows, texts, and the schedule entry it opens."""

    kind: str
    at: int
    rows: int
    cls: str = ""
    title: str = ""
    text: str = ""
    label: str = ""
    entry: DayScheduleEntry | None = None
    by_call: bool = False
    tail: bool = False


@dataclass
class GridColumn:
    staff_id: str
    day: date
    name: str
    full_name: str
    sub: str
    pieces: list[GridBlock] = field(default_factory=list)
    is_today: bool = False


@dataclass(frozen=True)
class CalendarGrid:
    columns: list[GridColumn]
    first_minute: int
    rows: int
    hours: list[tuple[int, str]]
    now_at: int | None
    now_label: str
    legend: list[tuple[str, int]]


def build_grid(schedule: BranchSchedule, days: list[date], timezone: str, *, by_day: bool) -> CalendarGrid:
    """Build the grid. `by_day`: one column per day for the first staff column; else one column per staff member for the first day."""
    tz = ZoneInfo(timezone)
    pairs = (
        [(schedule.columns[0], day) for day in days]
        if by_day and schedule.columns
        else [(staff_column, days[0]) for staff_column in schedule.columns]
    )
    first, last = _get_bounds(schedule, pairs, tz)
    colours = assign_colours(schedule.services)
    columns = [_build_column(staff_column, day, schedule, tz, (first, last), colours, by_day=by_day) for staff_column, day in pairs]
    minute = _to_minute(now(), now().astimezone(tz).date(), tz)
    shows_now = any(column.is_today for column in columns) and first <= minute < last
    used_service_ids = {entry.service_id for staff_column, _day in pairs for entry in staff_column.entries}
    return CalendarGrid(
        columns,
        first,
        (last - first) // ROW_MINUTES,
        [((hour * 60 - first) // ROW_MINUTES, f"{hour % 24}:00") for hour in range(first // 60, last // 60)],
        (minute - first) // ROW_MINUTES if shows_now else None,
        clock(now()),
        _build_legend(schedule.services, colours, used_service_ids),
    )


def assign_colours(services: list[Service]) -> dict[str, int]:
    """Assign a colour index to each service: its own if it is in the palette, else that of its category."""
    categories = list(dict.fromkeys(service.category or "" for service in services))
    return {
        service.id: COLOUR_PALETTE.index(service.colour)
        if service.colour in COLOUR_PALETTE
        else categories.index(service.category or "") % COLOURS
        for service in services
    }


def build_headline(schedule: BranchSchedule, is_past: bool) -> str:
    """`23 Termine, 1 Platz wird gehalten, 5 Lücken ab 30 Minuten.`"""
    entries = [entry for staff_column in schedule.columns for entry in staff_column.entries]
    booked = sum(len(entry.names) for entry in entries if entry.kind != "hold")
    held = sum(1 for entry in entries if entry.kind == "hold")
    parts = [ngettext("Ein Termin", "%(num)s Termine", booked) if booked else _("Keine Termine")]
    if held:
        parts.append(ngettext("1 Platz wird gehalten", "%(num)s Plätze werden gehalten", held))
    gaps = (
        0
        if is_past
        else sum(len(_find_gaps(staff_column, schedule.busy.get(staff_column.staff_id, []))) for staff_column in schedule.columns)
    )
    if gaps:
        parts.append(ngettext("1 Lücke ab 30 Minuten", "%(num)s Lücken ab 30 Minuten", gaps))
    return ", ".join(parts) + "."


def _find_gaps(staff_column: StaffColumn, busy: list[Span]) -> list[Span]:
    """Find free spans of at least GAP_MINUTES within the shifts, from now on."""
    busy_spans = sorted(busy)
    gaps = []
    for start, end in staff_column.shift:
        cursor = max(start, now())
        for begins, ends in busy_spans:
            if begins < end and ends > cursor:
                if begins - cursor >= timedelta(minutes=GAP_MINUTES):
                    gaps.append((cursor, begins))
                cursor = max(cursor, ends)
        if end - cursor >= timedelta(minutes=GAP_MINUTES):
            gaps.append((cursor, end))
    return gaps


def _get_bounds(schedule: BranchSchedule, pairs: list[tuple[StaffColumn, date]], tz: ZoneInfo) -> tuple[int, int]:
    """Get the first and last visible minute after midnight, in whole hours."""
    minutes: list[int] = []
    for staff_column, day in pairs:
        for start, end in [*staff_column.shift, *((entry.starts_at, entry.ends_at) for entry in staff_column.entries), *schedule.open]:
            if (span := _clip_to_day(start, end, day, tz)) is not None:
                minutes += span
    first = min([*minutes, FIRST_HOUR * 60 if not minutes else DAY_MINUTES])
    last = max([*minutes, LAST_HOUR * 60 if not minutes else 0])
    # One more hour on both sides makes the closed time visible.
    first, last = max(0, (first // 60 - 1) * 60), min(DAY_MINUTES, (-(-last // 60) + 1) * 60)
    return first, max(last, first + 240)


def _build_column(
    staff_column: StaffColumn,
    day: date,
    schedule: BranchSchedule,
    tz: ZoneInfo,
    bounds: tuple[int, int],
    colours: dict[str, int],
    *,
    by_day: bool,
) -> GridColumn:
    shifts = [span for span in (_clip_to_day(*interval, day, tz) for interval in staff_column.shift) if span]
    open_spans = [span for span in (_clip_to_day(*interval, day, tz) for interval in schedule.open) if span]
    today = now().astimezone(tz).date()
    name = day_name(day) if by_day else staff_column.name if staff_column.name.startswith("Dr.") else staff_column.name.split()[0]
    column = GridColumn(staff_column.staff_id, day, name, staff_column.name, _format_hours(shifts), is_today=day == today)
    column.pieces = _build_absences(shifts, open_spans, bounds)
    for entry in staff_column.entries:
        column.pieces += _build_entry(entry, day, tz, bounds, colours.get(entry.service_id, 0))
    # what can be opened lies above the buffers of others
    column.pieces.sort(key=lambda piece: piece.kind in ("block", "hold"))
    set_lanes([piece for piece in column.pieces if piece.kind in ("block", "hold")])
    return column


def _build_absences(shifts: list[tuple[int, int]], open_spans: list[tuple[int, int]], bounds: tuple[int, int]) -> list[GridBlock]:
    """Build the blocks of time outside the shifts."""
    pieces, cursor = [], bounds[0]
    for start, end in [*shifts, (bounds[1], bounds[1])]:
        if start > cursor:
            kind, text = _build_absence(cursor, start, shifts, open_spans, bounds)
            pieces.append(GridBlock(kind, *_get_rows(cursor, start, bounds), text=text))
        cursor = max(cursor, end)
    return pieces


def _build_absence(
    start: int, end: int, shifts: list[tuple[int, int]], open_spans: list[tuple[int, int]], bounds: tuple[int, int]
) -> tuple[str, str]:
    if not shifts:
        return "closed", _("Nicht da") if open_spans else _("Geschlossen")
    if start == bounds[0]:
        opens_later = open_spans and open_spans[0][0] < end
        return "closed", _("Ab %(time)s Uhr da", time=_format_hour(end)) if opens_later else _("Geschlossen")
    if end == bounds[1]:
        return "closed", _("Feierabend")
    is_inside = any(begin <= start and end <= stop for begin, stop in open_spans)
    return ("break", _("Pause")) if is_inside or end - start <= MAX_BREAK_MINUTES else ("closed", _("Geschlossen"))


def _build_entry(entry: DayScheduleEntry, day: date, tz: ZoneInfo, bounds: tuple[int, int], colour: int) -> list[GridBlock]:
    if entry.kind == "hold":
        span = _clip_to_day(entry.starts_at, entry.ends_at, day, tz)
        return [GridBlock("hold", *_get_rows(*span, bounds), text=entry.service, entry=entry)] if span else []
    done = entry.status in ("done", "no_show") or entry.ends_at < now()
    cls = "ap-block--done" if done else f"ap-block--c{colour}"
    if entry.status == "pending":
        cls += " ap-block--pending"
    if entry.overridden:
        cls += " ap-block--override"
    pieces = []
    for start, end in entry.buffers:
        if span := _clip_to_day(start, end, day, tz):
            pieces.append(
                GridBlock("buffer", *_get_rows(*span, bounds), cls="ap-buffer--top" if end <= entry.starts_at else "", entry=entry)
            )
    for start, end in entry.processing:
        if span := _clip_to_day(start, end, day, tz):
            pieces.append(GridBlock("proc", *_get_rows(*span, bounds), cls=cls, text=_("wirkt ein"), entry=entry))
    ends_with_buffer = any(start >= entry.ends_at for start, _end in entry.buffers)
    for number, (start, end) in enumerate(entry.work):
        if span := _clip_to_day(start, end, day, tz):
            last = number == len(entry.work) - 1
            joined = " ap-block--top" if not last or ends_with_buffer else ""
            piece = GridBlock(
                "block", *_get_rows(*span, bounds), cls=cls + joined + (" ap-block--tail" if number else ""), entry=entry, tail=number > 0
            )
            piece.title, piece.text, piece.label = _get_customer_label(entry), _get_service_label(entry), _get_aria_label(entry)
            piece.by_call = entry.by_call
            piece.cls += " ap-block--line" if piece.rows < ONE_LINE else ""
            pieces.append(piece)
    return pieces


def _get_customer_label(entry: DayScheduleEntry) -> str:
    if entry.kind == "group":
        return entry.service
    return entry.names[0] or _("Ohne Namen")


def _get_service_label(entry: DayScheduleEntry) -> str:
    marks = list_override_labels(entry.overridden)[:1]
    if entry.kind == "group":
        return " · ".join([*marks, _("%(taken)s von %(seats)s Plätzen", taken=len(entry.names), seats=entry.seats)])
    if entry.status in ("no_show", "pending"):
        marks.append(str(BOOKING_STATUSES[entry.status].label))
    return " · ".join([*marks, entry.service])


def _get_aria_label(entry: DayScheduleEntry) -> str:
    """Get the block's label for screen readers."""
    parts = [f"{clock(entry.starts_at)}–{clock(entry.ends_at)}", _get_customer_label(entry), _get_service_label(entry)]
    if entry.status not in ("confirmed", "pending", "no_show"):
        parts.append(str(BOOKING_STATUSES[entry.status].label))
    return ", ".join(parts)


def _get_rows(start: int, end: int, bounds: tuple[int, int]) -> tuple[int, int]:
    start, end = max(start, bounds[0]), min(end, bounds[1])
    first = (start - bounds[0]) // ROW_MINUTES
    return first, max(1, -(-(end - bounds[0]) // ROW_MINUTES) - first)


def _clip_to_day(start: datetime, end: datetime, day: date, tz: ZoneInfo) -> tuple[int, int] | None:
    """Clip a span to a day; returns local minutes after midnight, or None if it lies on other days."""
    low, high = _to_minute(start, day, tz), _to_minute(end, day, tz)
    if high <= 0 or low >= DAY_MINUTES or high <= low:
        return None
    return max(low, 0), min(high, DAY_MINUTES)


def _to_minute(instant: datetime, day: date, tz: ZoneInfo) -> int:
    local = instant.astimezone(tz)
    return (local.date() - day).days * DAY_MINUTES + local.hour * 60 + local.minute


def _format_hours(shifts: list[tuple[int, int]]) -> str:
    if not shifts:
        return _("nicht da")
    return _("%(from)s bis %(to)s Uhr", **{"from": _format_hour(shifts[0][0]), "to": _format_hour(shifts[-1][1])})


def _format_hour(minutes: int) -> str:
    return f"{minutes // 60}" if minutes % 60 == 0 else f"{minutes // 60}:{minutes % 60:02}"


def _build_legend(services: list[Service], colours: dict[str, int], used_service_ids: set[str]) -> list[tuple[str, int]]:
    """Build the legend: the categories on this page with their colours."""
    categories = {service.category or service.name: colours[service.id] for service in services if service.id in used_service_ids}
    return list(categories.items())
