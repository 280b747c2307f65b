"""Opening hours of a branch for answers to callers."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask_babel import get_locale, gettext as _

from app.domain.language.parsed_time import Language
from app.domain.language.spoken_format import WEEKDAYS, capitalise, say_day
from app.domain.scheduling.holidays import find_holiday_name
from app.domain.scheduling.loader import load_scheduling_data
from app.domain.scheduling.opening_hours import find_next_opening, get_day_opening
from app.domain.scheduling.types import SchedulingData, SlotQuery
from app.models import Branch

LOOKAHEAD_DAYS = 30


@dataclass(frozen=True, slots=True)
class DayHours:
    """The opening spans of one date in local time, and the holiday's name if it is one."""

    day: date
    spans: tuple[tuple[datetime, datetime], ...]
    holiday: str | None
    # closed on this weekday in every week
    is_weekly_rest: bool = False

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


def build_hours(branch_id: str, facts: SchedulingData, day: date) -> DayHours:
    """Build the hours of one date from loaded data; the name of a holiday is in the reader's language."""
    branch = facts.get_branch(branch_id)
    timezone, opening = ZoneInfo(branch.timezone), get_day_opening(branch, facts, day)
    spans = tuple((opens.astimezone(timezone), closes.astimezone(timezone)) for opens, closes in opening.spans)
    holiday = find_holiday_name(day, branch.region, get_language()) if opening.holiday else None
    return DayHours(day, spans, holiday, not any(span.weekday == day.weekday() for span in branch.hours))


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
