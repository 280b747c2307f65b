"""What "the Tuesday after that", "derselbe Tag" and "gleich danach" point to: what this call has booked, asked or offered last."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.domain.agents.tools.bookings_of_this_call import find_latest_times
from app.domain.agents.tools.clarification import ClarificationNeeded, get_question
from app.domain.agents.tools.context import ToolContext
from app.domain.agents.tools.phrasing import MAX_SPOKEN_SLOTS
from app.domain.language.back_references import (
    find_plain_weekday,
    points_back,
    points_to_end,
    relate_to_day,
    replace_plain_weekday,
    tell_from_day,
)
from app.domain.language.clarification_questions import ambiguous_day, which_date
from app.domain.language.relative_to_appointment import mentions_appointment, points_to_appointment, relate
from app.domain.language.vocabulary import fold

MAX_OPTIONS = 3
# their words are said again when something else of them was missing
CLAIMING_TOOLS = frozenset({"book_appointment", "hold_slot", "join_waitlist"})


@dataclass(frozen=True, slots=True)
class Mention:
    """What one answer of this call spoke of: the day that was asked for, the days that it named, a time where there was one.

    `offered` are the days of its free times, one for each, in the order in which they are spoken. `said` are the words that asked for
    the day; `is_pending` says that a booking with them is not made yet.
    """

    asked: date | None
    named: tuple[date, ...] = ()
    starts_at: datetime | None = None
    offered: tuple[date, ...] = ()
    said: tuple[str, str] = ("", "")
    is_pending: bool = False


def relate_to_latest(
    context: ToolContext, date: str | None, time: str | None, timezone: str | None = None
) -> tuple[str | None, str | None]:
    """Relate "same day, same time" and "right after that" to what this call has booked or kept last, "the Tuesday after that" to
    what it has spoken of last.

    Raises ClarificationNeeded where it is not certain what is meant.
    """
    date = _relate_to_offer(context, date)
    if not any(map(_speaks_of_earlier, (date, time))):
        return date, time
    zone = timezone or context.timezone
    mention = _find_mention(context)
    is_said_again = mention is not None and mention.starts_at is not None and mention.said == (fold(date or ""), fold(time or ""))
    if mention and mention.starts_at and is_said_again and any(map(_points_anywhere, (date, time))):
        return mention.starts_at.date().isoformat(), mention.starts_at.strftime("%H:%M")
    if points_to_end(date) or points_to_end(time):
        moment = _get_latest_end(context, mention, zone).strftime("%Y-%m-%dT%H:%M")
        rest = [None if points_to_end(words) else words for words in (date, time)]
        return (moment, rest[1]) if rest[0] is None else (relate_to_latest(context, rest[0], None, zone)[0], moment)
    if points_back(date) or points_back(time):
        return relate_to_mention(context, date, zone, beside=time), relate_to_mention(context, time, zone, beside=date)
    latest = find_latest_times(context)
    reference = mention.starts_at if mention and mention.starts_at else context.to_local(latest[0], zone) if latest else None
    return relate(date, reference, now=context.now, timezone=zone), relate(time, reference, now=context.now, timezone=zone)


def _relate_to_offer(context: ToolContext, words: str | None) -> str | None:
    """Take a weekday that is said without more for the day of its name that was offered last: it is the answer to that.

    What was spoken counts before what else was free. Raises ClarificationNeeded where several days of its name were.
    """
    weekday = find_plain_weekday(words)
    if words is None or weekday is None or (mention := _find_mention(context)) is None:
        return words
    for offered in (mention.offered[:MAX_SPOKEN_SLOTS], mention.offered):
        days = list(dict.fromkeys(day for day in offered if day.weekday() == weekday))
        if len(days) > 1:
            raise _ask(context, days)
        if days:
            return replace_plain_weekday(words, days[0])
    return words


def _speaks_of_earlier(words: str | None) -> bool:
    return points_back(words) or points_to_end(words) or mentions_appointment(words)


def _points_anywhere(words: str | None) -> bool:
    return points_back(words) or points_to_end(words) or points_to_appointment(words)


def relate_to_start(context: ToolContext, words: str | None, starts_at: datetime, timezone: str) -> str | None:
    """Relate the words to the appointment that is moved; what could be another day that was spoken of since is asked."""
    if words is None or not points_back(words):
        return relate(words, starts_at, now=context.now, timezone=timezone)
    mention = _find_mention(context)
    days = [starts_at.date(), *_list_days(mention)] if mention and mention.starts_at is None else [starts_at.date()]
    return relate_to_day(words, _choose(context, words, days, mention, timezone))


def relate_to_mention(context: ToolContext, words: str | None, timezone: str, *, beside: str | None = None) -> str | None:
    """Relate the words to the day that this call has spoken of last; `beside` are those of the other argument.

    Raises ClarificationNeeded where they point to none, or may point to several.
    """
    if words is None or not points_back(words):
        return words
    mention = _find_mention(context)
    if mention is None:
        raise ClarificationNeeded(which_date().ask(context.language), options=[])
    days = _list_days(mention)
    if mention.asked and mention.said[0] == fold(words):
        if mention.is_pending or mention.said[1] == fold(beside or ""):
            return mention.asked.isoformat()
        if mention.asked in mention.named:
            # said once more of the day that was offered, or of the one after it
            later = tell_from_day(words, mention.asked, now=context.now, timezone=timezone).day
            raise _ask(context, [mention.asked, *([later] if later else [])])
    return relate_to_day(words, _choose(context, words, days, mention, timezone))


def _list_days(mention: Mention) -> list[date]:
    return list(dict.fromkeys([*([mention.asked] if mention.asked else []), *mention.named]))


def _choose(context: ToolContext, words: str, days: list[date], mention: Mention | None, timezone: str) -> date:
    """Choose the day that the words are told from: from whichever they come to the same, or what was asked leads to what was offered."""
    told = {day: tell_from_day(words, day, now=context.now, timezone=timezone) for day in days}
    results = {day: when.day or when.day_from for day, when in told.items()}
    found = list(dict.fromkeys(result for result in results.values() if result))
    if len(found) == 1:
        return next(day for day, result in results.items() if result)
    if mention and mention.asked in results and results[mention.asked] in mention.named and len(days) == len(_list_days(mention)):
        return mention.asked
    raise _ask(context, found)


def _ask(context: ToolContext, days: list[date]) -> ClarificationNeeded:
    question = ambiguous_day(days, context.today) if 1 < len(days) <= MAX_OPTIONS else which_date()
    context.named_days |= set(days)
    return ClarificationNeeded(question.ask(context.language), options=list(question.options))


def _get_latest_end(context: ToolContext, mention: Mention | None, timezone: str) -> datetime:
    """Get the end of what this call has agreed, unless another time was spoken of since."""
    if latest := find_latest_times(context):
        times = [context.to_local(at, timezone) for at in latest]
        if mention and mention.starts_at in times:
            return times[1]
    raise ClarificationNeeded(get_question("time"), options=[])


def _find_mention(context: ToolContext) -> Mention | None:
    """Find what this call has spoken of last."""
    for name, arguments, result, ok in reversed(context.earlier_uses):
        data = result.get("data") if isinstance(result, dict) else None
        if isinstance(data, dict) and (found := _read(data)):
            said = arguments if isinstance(arguments, dict) else {}
            words = (fold(str(said.get("date") or "")), fold(str(said.get("time") or "")))
            asked, named, starts_at = found
            starts_at = starts_at if starts_at is None or starts_at.tzinfo else starts_at.replace(tzinfo=ZoneInfo(context.timezone))
            return Mention(asked, named, starts_at, _list_offered(data), said=words, is_pending=name in CLAIMING_TOOLS and not ok)
    return None


def _read(data: dict[str, Any]) -> tuple[date | None, tuple[date, ...], datetime | None] | None:
    """Read the day that was asked, those that were named, and the time, of what an answer holds."""
    known = data["known"] if isinstance(data.get("known"), dict) else {}
    asked = _to_moment(data.get("date") or known.get("date"))
    starts_at = _to_moment(data.get("starts_at"))
    listed = [row for key in ("slots", "bookings") if isinstance(data.get(key), list) for row in data[key] if isinstance(row, dict)]
    named = [_to_moment(row.get("starts_at")) for row in listed]
    if isinstance(data.get("options"), list):
        named += [_to_moment(option) for option in data["options"]]
    days = tuple(dict.fromkeys(moment.date() for moment in named if moment))
    if starts_at:
        return starts_at.date(), days, starts_at
    exact = _to_moment(f"{data['date']}T{data['time']}") if asked and data.get("date") and data.get("time") else None
    return (asked.date() if asked else None, days, exact) if asked or days else None


def _list_offered(data: dict[str, Any]) -> tuple[date, ...]:
    rows = data["slots"] if isinstance(data.get("slots"), list) else []
    moments = [_to_moment(row.get("starts_at")) for row in rows if isinstance(row, dict)]
    return tuple(moment.date() for moment in moments if moment)


def _to_moment(value: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
