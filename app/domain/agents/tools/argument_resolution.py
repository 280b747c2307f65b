"""Resolves tool arguments to one BookingRequest or one SlotQuery, or to a question for the caller."""

import re
from dataclasses import replace
from datetime import date as day_type, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from app.core.clock import now
from app.domain.agents.opening_hours_lookup import get_hours
from app.domain.agents.tools.back_references import relate_to_latest, relate_to_mention, relate_to_start
from app.domain.agents.tools.bookings_of_this_call import list_open_holds
from app.domain.agents.tools.clarification import ClarificationNeeded, MissingArgument, ask_for_first_person, get_question
from app.domain.agents.tools.context import ToolContext
from app.domain.agents.tools.visit_resolution import Visit, resolve_visit
from app.domain.bookings.booking_request import BookingRequest
from app.domain.language.excluded_day_parts import turn_round
from app.domain.language.parsed_time import TimeExpression, to_utc
from app.domain.language.parser import parse_date_and_time, parse_date_range
from app.domain.language.party_size import asks_for_several
from app.domain.language.series import list_series_days
from app.domain.language.spoken_format import say_day
from app.domain.scheduling.types import SlotQuery

LOOKAHEAD = timedelta(days=14)
MAX_WINDOW = timedelta(days=31)
SOONEST = re.compile(
    r"(?:so (?:schnell|bald|früh)(?: wie(?:'s)?)?(?: es)?(?: (?:geht|möglich))?|je (?:eher|früher),? (?:desto|umso) besser"
    r"|the sooner,? the better"
    r"|as (?:soon|early|fast|quick(?:ly)?) as (?:you can|possible)|möglichst (?:bald|schnell|früh))",
    re.IGNORECASE,
)


class SlotArgs(Protocol):
    """Arguments that name services and an exact time."""

    service: str | None
    staff: str | None
    branch: str | None
    date: str | None
    time: str | None


def resolve_booking_request(context: ToolContext, args: SlotArgs) -> BookingRequest:
    """Resolve what shall be booked, and when. Raises as resolve_slot_query, and MissingArgument without day or time."""
    visit = resolve_visit(context, service=args.service, staff=args.staff, branch=args.branch)
    if asks_for_several(args.service or "", " ".join(service.name for service in visit.services)):
        raise ClarificationNeeded(ask_for_first_person(), options=[])
    timezone = visit.branch.timezone
    require_single(context, args.date, timezone)
    date, time = relate_to_latest(context, args.date, args.time, timezone)
    return visit.at(context, to_instant(parse_time(context, date=date, time=time, timezone=timezone, visit=visit), timezone))


def resolve_slot_query(
    context: ToolContext,
    *,
    service: str | None,
    staff: str | None = None,
    branch: str | None = None,
    date: str | None = None,
    time: str | None = None,
    date_from: str | None = None,
    date_to: str | None = None,
    part_of_day: str | None = None,
) -> SlotQuery:
    """Resolve what is searched: an exact time where day and time are named, else the days, from now on where none is.

    Raises MissingArgument, UnknownService, UnknownStaff, UnknownBranch and ClarificationNeeded.
    """
    visit = resolve_visit(context, service=service, staff=staff, branch=branch)
    place = visit.branch
    if date or time:
        date, time = relate_to_latest(context, date, time, place.timezone)
        when = parse_time(context, date=date, time=time, part=part_of_day, timezone=place.timezone, visit=visit)
    else:
        date_from, date_to = (relate_to_mention(context, words, place.timezone) for words in (date_from, date_to))
        when = parse_window(context, first=date_from, last=date_to, part=part_of_day, timezone=place.timezone)
    return build_slot_query(context, visit, when)


def build_slot_query(context: ToolContext, visit: Visit, when: TimeExpression) -> SlotQuery:
    """Build the query for a time, or for days and hours."""
    place = visit.branch
    is_exact = when.day is not None and when.at is not None
    since, until = (to_instant(when, place.timezone),) * 2 if is_exact else _to_interval(context, when, place.timezone)
    query = SlotQuery(
        visit.parts, since, until, now(), branch_id=place.id, max_gap=visit.max_gap, excluded_staff=visit.excluded_staff,
        ignoring=frozenset(hold.id for hold in list_open_holds(context)), day=when.day, clock=when.minutes(),
        excluded_days=frozenset((*when.excluded_days, *when.excluded_beside)),
    )  # fmt: skip
    return query.at(since) if is_exact else query


def require_single(context: ToolContext, date: str | None, timezone: str | None = None) -> None:
    """Raise ClarificationNeeded where a series is asked for: each of its days is booked by itself."""
    zone = timezone or context.timezone
    days = list_series_days(date, context.now, zone, context.to_local(context.now, zone).date())
    if days:
        context.named_days |= set(days)
        first = say_day(days[0], context.language, case="the", today=context.today)
        question = _(
            "Eine Serie trage ich nicht auf einmal ein, nur jeden Termin für sich. Soll ich mit dem ersten anfangen, %(day)s?", day=first
        )
        raise ClarificationNeeded(question, options=[day.isoformat() for day in days])


def parse_time(
    context: ToolContext,
    *,
    date: str | None,
    time: str | None,
    part: str | None = None,
    timezone: str | None = None,
    visit: Visit | None = None,
) -> TimeExpression:
    """Parse day, time and part of day, each by itself; raises ClarificationNeeded where one is ambiguous.

    `visit` is what the time is wished for.
    """
    when = read_time(context, date, time, part, timezone or context.timezone)
    return _require_unambiguous(context, _drop_spent_day(context, when, visit))


def read_time(context: ToolContext, date: str | None, time: str | None, part: str | None, timezone: str) -> TimeExpression:
    """Read day, time and part of day, whatever they leave open."""
    said = (date, time, turn_round(part), timezone)
    if (when := context.parsed_times.get(said)) is None:
        when = parse_date_and_time(*said[:3], now=context.now, timezone=timezone, language=context.language)
        context.parsed_times[said] = when
    return when


def parse_day(context: ToolContext, words: str | None, timezone: str) -> TimeExpression:
    """Parse a day, whatever is left open about the time; raises ClarificationNeeded where the day is ambiguous."""
    words = relate_to_mention(context, words, timezone)
    when = parse_date_and_time(words, None, None, now=context.now, timezone=timezone, language=context.language)
    when = _drop_spent_day(context, when, None)
    return when if when.day else _require_unambiguous(context, when)


def _drop_spent_day(context: ToolContext, when: TimeExpression, visit: Visit | None) -> TimeExpression:
    """Take a weekday that is today for the next one where today's hours are over, or too short for the visit."""
    today = context.today.isoformat()
    if len(when.options) != 2 or when.options[0] != today or when.day:
        return when
    later = day_type.fromisoformat(when.options[1])
    branch, minutes = (visit.branch, sum(service.minutes for service in visit.services)) if visit else (context.branch, 0)
    ends_at = context.now + timedelta(minutes=minutes)
    if any(closes > ends_at for _opens, closes in get_hours(branch, context.today).spans):
        return when
    return replace(when, day=later, question=None, options=())


def parse_window(
    context: ToolContext, *, first: str | None, last: str | None, part: str | None, timezone: str | None = None
) -> TimeExpression:
    """Parse a range with either end open; raises ClarificationNeeded."""
    zone = timezone or context.timezone
    first = _resolve_open_day(context, first, zone)
    when = parse_date_range(first, last, turn_round(part), now=context.now, timezone=zone, language=context.language)
    return _require_unambiguous(context, when)


def _resolve_open_day(context: ToolContext, words: str | None, timezone: str) -> str | None:
    """Resolve words that only say from when on, "as soon as possible", to that day."""
    if not words or SOONEST.fullmatch(words.strip(" .!")):
        return None
    when = parse_date_and_time(words, None, None, now=context.now, timezone=timezone, language=context.language)
    is_open = when.day_from and not (when.is_ambiguous or when.day_to or when.names_a_time)
    return when.day_from.isoformat() if is_open and when.day_from else words


def _require_unambiguous(context: ToolContext, when: TimeExpression) -> TimeExpression:
    """Raise the question with what is known beside it; the days are the caller's own."""
    context.named_days |= {day for day in (when.day, when.day_from, when.day_to) if day}
    if when.question:
        raise ClarificationNeeded(when.question, options=list(when.options), known=when.as_known())
    return when


def to_instant(when: TimeExpression, timezone: str) -> datetime:
    """Convert to an instant; raises MissingArgument where day or time is not named."""
    fields = [name for name, known in (("date", when.day), ("time", when.at is not None)) if not known]
    if fields:
        raise MissingArgument(get_question(fields[0]), fields=fields, known=when.as_known())
    assert when.day is not None and when.at is not None
    return to_utc(when.day, when.at, timezone)


def move_start(context: ToolContext, starts_at: datetime, timezone: str, *, date: str | None, time: str | None) -> datetime:
    """Resolve another start for what is at `starts_at`; an unnamed day or time stays as it is."""
    local = context.to_local(starts_at, timezone)
    date, time = (relate_to_start(context, words, local, timezone) for words in (date, time))
    when = parse_time(context, date=date, time=time, timezone=timezone)
    day = when.day or (None if when.names_a_day else local.date())
    at = when.at if when.at is not None or when.names_a_time else local.time()
    if day and at is not None and (day, at) != (when.day, when.at):
        when = parse_time(context, date=day.isoformat(), time=at.strftime("%H:%M"), timezone=timezone)
    return to_instant(when, timezone)


def _to_interval(context: ToolContext, when: TimeExpression, timezone: str) -> tuple[datetime, datetime]:
    """Convert to the interval of the days, from now on and at most MAX_WINDOW long."""
    today = context.to_local(context.now, timezone).date()
    first, last = when.days(first=today, last=today + LOOKAHEAD)
    tz = ZoneInfo(timezone)
    starts = max(datetime.combine(first, time(), tz), now().astimezone(tz))
    ends = min(datetime.combine(min(last, first + MAX_WINDOW), time(), tz) + timedelta(days=1), starts + MAX_WINDOW)
    return starts, ends
