"""Opening hours of a branch, and working hours of people, for answers to callers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask_babel import get_locale, gettext as _, lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import select

from app.core.extensions import db
from app.domain.language.parsed_time import Language
from app.domain.language.spoken_format import WEEKDAYS, capitalise, say_day
from app.domain.scheduling.holidays import find_holiday_name
from app.domain.scheduling.loader import load_scheduling_data
from app.domain.scheduling.minute_bits import MINUTES_PER_DAY, MinuteAxis, iter_intervals, to_minute
from app.domain.scheduling.opening_hours import build_opening, build_shift_mask, find_next_opening, get_day_opening
from app.domain.scheduling.types import SchedulingBranch, SchedulingData, SlotQuery, VisitPart
from app.models import Branch, Service, StaffService

LOOKAHEAD_DAYS = 30
# days on which most close early or stay closed, whatever the week says
EVES: dict[tuple[int, int], LazyString] = {(12, 24): _l("Heiligabend"), (12, 31): _l("Silvester")}


@dataclass(frozen=True, slots=True)
class DayHours:
    """The opening spans of one date in local time, and the holiday's name if it is one."""

    day: date
    spans: tuple[tuple[datetime, datetime], ...]
    holiday: str | None
    # closed on this weekday in every week
    is_weekly_rest: bool = False
    # the name of a day on which most have other hours, where none are entered for it
    unchanged_eve: str | None = None

    @property
    def clock_spans(self) -> list[tuple[time, time]]:
        return [(opens.time(), closes.time()) for opens, closes in self.spans]


def get_branch_day(branch: Branch, at: datetime) -> tuple[DayHours, bool, datetime | None]:
    """Get today's hours, whether the branch is open now, and the next opening; an inactive branch is closed."""
    if not branch.is_active:
        return DayHours(at.astimezone(ZoneInfo(branch.timezone)).date(), (), None), False, None
    facts = _load_scheduling_data(branch, at - timedelta(days=1), at + timedelta(days=LOOKAHEAD_DAYS))
    today = build_hours(branch.id, facts, at.astimezone(ZoneInfo(branch.timezone)).date())
    return today, *find_next_opening(facts.get_branch(branch.id), facts, at, days=LOOKAHEAD_DAYS)


def get_opening_status(branch: Branch, at: datetime) -> tuple[bool, datetime | None]:
    """Get whether the branch is open, and its next opening."""
    return get_branch_day(branch, at)[1:]


def find_opening_after(branch: Branch, at: datetime) -> datetime | None:
    """Find the next opening; the time itself if the branch is open then."""
    is_open, opens_at = get_opening_status(branch, at)
    return at if is_open else opens_at


def get_hours(branch: Branch, day: date) -> DayHours:
    if not branch.is_active:
        return DayHours(day, (), None)
    midnight = datetime.combine(day, time(), ZoneInfo(branch.timezone))
    return build_hours(branch.id, _load_scheduling_data(branch, midnight, midnight + timedelta(days=1)), day)


def list_hours(branch: Branch, first: date, days: int) -> list[DayHours]:
    """List the hours of consecutive dates."""
    midnight = datetime.combine(first, time(), ZoneInfo(branch.timezone))
    facts = _load_scheduling_data(branch, midnight, midnight + timedelta(days=days))
    return [build_hours(branch.id, facts, first + timedelta(days=number)) for number in range(days)]


def get_shift_hours(branch: Branch, staff_id: str, day: date) -> tuple[tuple[time, time], ...]:
    """Get when the person works at the branch on a date, while it is open and nothing keeps them away; empty where they do not."""
    statement = select(StaffService.service_id).join(Service, Service.id == StaffService.service_id)
    service_id = db.session.scalar(statement.where(StaffService.staff_id == staff_id, Service.is_active).limit(1))
    if service_id is None or not branch.is_active:
        return ()
    timezone = ZoneInfo(branch.timezone)
    midnight = datetime.combine(day, time(), timezone)
    parts = (VisitPart(service_id, staff_id),)
    data = load_scheduling_data(SlotQuery(parts, midnight, midnight + timedelta(days=1), midnight, branch_id=branch.id))
    person = next((each for each in data.people if each.id == staff_id), None)
    if person is None:
        return ()
    place, axis = data.get_branch(branch.id), MinuteAxis(to_minute(midnight), MINUTES_PER_DAY)
    at_work = build_shift_mask(person, place, data, axis) & build_opening(place, data, axis).open
    return tuple(
        (axis.instant_at(start).astimezone(timezone).time(), axis.instant_at(end).astimezone(timezone).time())
        for start, end in iter_intervals(at_work)
    )


def build_hours(branch_id: str, facts: SchedulingData, day: date) -> DayHours:
    """Build the hours of one date from loaded data; the name of a holiday is in the reader's language."""
    branch = facts.get_branch(branch_id)
    timezone, opening = ZoneInfo(branch.timezone), get_day_opening(branch, facts, day)
    spans = tuple((opens.astimezone(timezone), closes.astimezone(timezone)) for opens, closes in opening.spans)
    holiday = find_holiday_name(day, branch.region, get_language()) if opening.holiday else None
    is_rest = not any(span.weekday == day.weekday() for span in branch.hours)
    eve = EVES.get((day.month, day.day))
    return DayHours(day, spans, holiday, is_rest, str(eve) if eve and spans and not _has_own_hours(branch, facts, day, spans) else None)


def _has_own_hours(
    branch: SchedulingBranch, facts: SchedulingData, day: date, spans: Sequence[tuple[datetime, datetime]]
) -> bool:  # fmt: skip
    """Check whether hours or a closure are entered for this very date."""
    is_special = any(each.day == day and each.staff_id is None and each.branch_id in (None, branch.id) for each in facts.special_days)
    midnight = datetime.combine(day, time(), ZoneInfo(branch.timezone))
    usual = sorted((span.opens, span.closes) for span in branch.hours if span.weekday == day.weekday() and not span.valid_from)
    return is_special or sorted(tuple(int((end - midnight).total_seconds()) // 60 for end in span) for span in spans) != usual


def say_closed(hours: DayHours, *, today: date) -> str:
    """ "Sonntags haben wir geschlossen.", or why just this day is closed."""
    language = get_language()
    if hours.is_weekly_rest and not hours.holiday:
        weekday = WEEKDAYS[language][hours.day.weekday()]
        return _("%(weekday)ss haben wir geschlossen.", weekday=weekday)
    spoken = capitalise(say_day(hours.day, language, today=today))
    day = f"{spoken}," if "," in spoken and language == "de" else spoken
    if hours.holiday:
        return _("%(day)s ist wegen des Feiertags (%(holiday)s) geschlossen.", day=day, holiday=hours.holiday)
    return _("%(day)s haben wir geschlossen.", day=day)


def get_language() -> Language:
    """Get the language in which is spoken now."""
    return "en" if str(get_locale() or "de").startswith("en") else "de"


def _load_scheduling_data(branch: Branch, first: datetime, before: datetime) -> SchedulingData:
    """Load opening data only, without services."""
    return load_scheduling_data(SlotQuery((), first, before, first, branch_id=branch.id))
