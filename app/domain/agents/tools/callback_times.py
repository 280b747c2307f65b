"""When a callback is due: in the opening hours of the day and the part of it that was wished, and never before the wish."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from app.domain.agents.opening_hours_lookup import find_opening_after, get_opening_status, list_hours
from app.domain.agents.tools.context import ToolContext
from app.domain.agents.tools.phrasing import say_when
from app.domain.language.parsed_time import TimeExpression, to_utc
from app.domain.language.spoken_format import say_day, say_time

CALLBACK_WITHIN = timedelta(hours=1)
# how far ahead a day is sought on which the wished time is in the opening hours
LOOKAHEAD_DAYS = 14


@dataclass(frozen=True, slots=True)
class CallbackTime:
    """`at`: just then; `from`: then or later, up to `until` if set; `by`: then at the latest. `is_other`: closed when it was wished."""

    kind: Literal["at", "from", "by"]
    due_at: datetime
    until: datetime | None = None
    is_other: bool = False


def resolve_callback_time(context: ToolContext, when: TimeExpression) -> CallbackTime:
    """Resolve the wish; without one, or where it is not understood, within an hour of opening."""
    days = _list_wished_days(context, when)
    if days and when.at is not None:
        return _resolve_exact(context, when, days)
    if days and (window := _find_window(context, when, days)):
        opens_at, closes_at = window
        if when.at_to and not when.at_from and not when.part:
            return CallbackTime("by", closes_at)
        is_bounded = when.at_to is not None or when.part is not None
        return CallbackTime("from", opens_at, closes_at if is_bounded else None)
    if days:
        start = max(to_utc(days[0], _to_time(when.minutes()[0]), context.timezone), context.now)
        if opening := find_opening_after(context.branch, start):
            return CallbackTime("from", opening.astimezone(UTC), is_other=True)
    is_open, next_opening = get_opening_status(context.branch, context.now)
    soon = context.now + CALLBACK_WITHIN
    return CallbackTime("by", (soon if is_open or next_opening is None else next_opening + CALLBACK_WITHIN).astimezone(UTC))


def say_callback_time(context: ToolContext, wish: CallbackTime) -> str:
    """Say when the call will come."""
    if wish.kind == "at":
        return _("Wir rufen Sie %(when)s zurück.", when=say_when(context, wish.due_at, context.timezone))
    if wish.kind == "by" and not wish.is_other:
        when = say_when(context, wish.due_at, context.timezone)
        return _("Ich habe den Rückruf notiert, wir melden uns bis spätestens %(when)s.", when=when)
    local = context.to_local(wish.due_at)
    day = say_day(local.date(), context.language, today=context.today)
    day = f"{day}," if "," in day and context.language == "de" else day
    first = say_time(local.time().replace(second=0, microsecond=0), context.language)
    if wish.kind == "by":
        return _("Dann ist niemand mehr da, wir rufen Sie %(day)s vor %(last)s zurück.", day=day, last=first)
    if wish.until:
        last = say_time(context.to_local(wish.until).time(), context.language)
        return _("Wir rufen Sie %(day)s zwischen %(first)s und %(last)s zurück.", day=day, first=first, last=last)
    if wish.is_other:
        return _("Dann ist geschlossen, wir rufen Sie %(day)s ab %(first)s zurück.", day=day, first=first)
    return _("Wir rufen Sie %(day)s ab %(first)s zurück.", day=day, first=first)


def _list_wished_days(context: ToolContext, when: TimeExpression) -> list[date]:
    """List the days that suit, from today on; where only a time is told, the next ones."""
    if when.is_ambiguous:
        # "Mittwoch oder Donnerstag": not before the first of them
        named = sorted(date.fromisoformat(option) for option in when.options if len(option) == len("2026-12-01"))
        if named or not when.excluded_beside:
            return [day for day in named if day >= context.today][:1]
    # "nach sechs, aber nicht heute": every other day
    unwanted = {*when.excluded_days, *when.excluded_beside}
    if not (when.names_a_day or when.names_a_time or unwanted):
        return []
    first, last = when.days(first=context.today, last=context.today + timedelta(days=LOOKAHEAD_DAYS))
    first = max(first, context.today)
    count = min((last - first).days + 1, LOOKAHEAD_DAYS)
    return [day for day in (first + timedelta(days=number) for number in range(count)) if day not in unwanted]


def _resolve_exact(context: ToolContext, when: TimeExpression, days: list[date]) -> CallbackTime:
    """Resolve a wish for one time: on the day that was named, else on the first that is open then."""
    assert when.at is not None
    wished = [to_utc(day, when.at, context.timezone) for day in days]
    ahead = [at for at in wished if at > context.now]
    if when.day is None:
        ahead = [at for at in ahead if get_opening_status(context.branch, at)[0]] or ahead
    if ahead:
        return CallbackTime("at", ahead[0]) if get_opening_status(context.branch, ahead[0])[0] else _resolve_closed(context, ahead[0])
    opens_at = find_opening_after(context.branch, context.now) or context.now
    return CallbackTime("by", (opens_at + CALLBACK_WITHIN).astimezone(UTC))


def _resolve_closed(context: ToolContext, wished: datetime) -> CallbackTime:
    """Resolve a time at which nobody is there: later that day, before that day's closing, or the next opening."""
    (today,) = list_hours(context.branch, context.to_local(wished).date(), 1)
    later = [opens for opens, _closes in today.spans if opens > wished]
    earlier = [closes for _opens, closes in today.spans if context.now < closes <= wished]
    if earlier and not later:
        return CallbackTime("by", earlier[-1].astimezone(UTC), is_other=True)
    opens_at = find_opening_after(context.branch, wished) or wished
    return CallbackTime("from", opens_at.astimezone(UTC), is_other=True)


def _find_window(context: ToolContext, when: TimeExpression, days: list[date]) -> tuple[datetime, datetime] | None:
    """Find the first time ahead within the opening hours and the wished ones."""
    zone = ZoneInfo(context.timezone)
    low, high = when.minutes()
    high -= when.at_to is not None
    hours = {each.day: each for each in list_hours(context.branch, days[0], (days[-1] - days[0]).days + 1)}
    for day in days:
        midnight = datetime.combine(day, time(), zone)
        starts, ends = (midnight + timedelta(minutes=minutes) for minutes in (low, high))
        for opens, closes in hours[day].spans:
            first, last = max(opens, starts, context.now.astimezone(zone)), min(closes, ends)
            if first < last:
                return first.astimezone(UTC), last.astimezone(UTC)
    return None


def _to_time(minutes: int) -> time:
    return time(minutes // 60, minutes % 60)
