"""Arithmetic on calendar days: weekdays from a day on, weeks, months and their stages."""

from datetime import date, timedelta

from app.domain.language.parsed_time import get_month_end

WEEK = timedelta(weeks=1)


def find_weekday(weekday: int, since: date) -> date:
    """Find the first such weekday from `since` on, inclusive."""
    return since + timedelta((weekday - since.weekday()) % 7)


def find_clock_change(words: str, since: date) -> date:
    """Find the next day on which the clocks change: the last Sunday of March and October (directive 2000/84/EC)."""
    months = (10,) if words.endswith("back") else (3,) if words.endswith("forward") else (3, 10)
    ends = (get_month_end(date(year, month, 1)) for year in (since.year, since.year + 1) for month in months)
    return next(day for end in ends if (day := end - timedelta((end.weekday() + 1) % 7)) >= since)


def get_monday(day: date, weeks: int = 0) -> date:
    """Get the Monday of the day's week, or of one some weeks later."""
    return day - timedelta(day.weekday()) + weeks * WEEK


def add_months(day: date, months: int) -> date:
    """Add months; a day the month does not have becomes its last."""
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first = date(years, month + 1, 1)
    return first.replace(day=min(day.day, get_month_end(first).day))


def get_nth_weekday(first: date, last: date, number: int, weekday: int) -> date | None:
    """Get the n-th such weekday of a stretch of days; 0 is the last one, None where there is none."""
    day = find_weekday(weekday, first) + (number - 1) * WEEK if number else find_weekday(weekday, last - timedelta(6))
    return day if first <= day <= last else None


def add_units(day: date, count: int, unit: str) -> date:
    """Add days, weeks, months or years, named in either language."""
    match unit[0]:
        case "t" | "d":
            return day + timedelta(count)
        case "w":
            return day + count * WEEK
        case "m":
            return add_months(day, count)
    return add_months(day, 12 * count)


def parse_count(words: str) -> int:
    """Parse a number in digits; "eine", "a" is one."""
    return int(words) if words.isdigit() else 1


def get_stage(words: str) -> str:
    """Get which part of a stretch is named: "early", "mid" or "late"."""
    word = words.removeprefix("the ").split()[0]
    return "early" if word in ("anfang", "beginn", "early", "beginning", "start") else "late" if word in ("ende", "late", "end") else "mid"
