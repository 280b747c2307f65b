"""Finds times in folded text: "halb 3", "viertel vor 9", "14 uhr 30", "half past 2", "9 pm", "zwischen 2 und 4"."""

# ruff: noqa: E501  (patterns are read in one line)

import re
from dataclasses import dataclass, replace
from datetime import time

from app.domain.language.clarification import no_such_time
from app.domain.language.scanner import TIME, Scanner

HOUR = r"(\d{1,2})"
HALF_OF_DAY = r"(?:\s?(a\.?m|p\.?m)\b\.?)"
O_CLOCK = r"(?:\s?o'?clock\b)?"
# a number after these is an hour
PREPOSITION = (
    r"\b(um|gegen|ab|at|around|about|circa|ca\.?|etwa|ungefaehr|so um|by|nach|vor|bis|after|before|until|till|from|fruehestens|spaetestens|kurz nach"
    r"|kurz vor|not before)"
)
NO_UNIT = r"(?!\d|[.:/-]\d|\.?\s?(?:tage?n?|wochen?|monate?n?|stunden?|minuten?|jahre?n?|days?|weeks?|months?|hours?|minutes?|years?|mal|times)\b)"
BETWEEN = r"(?:\s?-\s?| (?:und|bis|and|to|till|until|oder|or) (?:um |at )?)"


@dataclass(frozen=True, slots=True)
class ClockTime:
    """A clock time; a `loose` one may be a.m. or p.m."""

    hour: int
    minute: int = 0
    loose: bool = False
    # the occurrence of a repeated hour, where named
    fold: int | None = None

    def on(self, part: str | None) -> time:
        """Resolve the time in a part of the day; without one, between 7 a.m. and 7 p.m."""
        hour = _apply_day_part(self.hour, part) if self.loose or (part and self.hour <= 12) else self.hour
        return time(hour % 24, self.minute, fold=self.fold or 0)


def find_clocks(scanner: Scanner) -> None:
    """Mark unambiguous times; raises AmbiguousExpression for invalid ones."""
    for pattern, make in CLOCK_PATTERNS:
        scanner.take(pattern, TIME, make)


def find_bare_hours(scanner: Scanner) -> None:
    """Mark numbers that are hours by context; days must be marked already."""
    scanner.take(rf"\b(zwischen|between) {HOUR}(?=(?: uhr)?{BETWEEN}(?:\d|<t))", TIME, lambda m: _parse_digits(m[2]), behind=1)
    scanner.take(rf"\b(von|from) {HOUR}(?={BETWEEN}(?:\d{{1,2}}\b(?!\.)|<t))", TIME, lambda m: _parse_digits(m[2]), behind=1)
    scanner.take(
        rf"{PREPOSITION} {HOUR} (\d\d)\b(?!\.)", TIME, lambda m: _build_clock(int(m[2]), int(m[3]), f"{m[2]}:{m[3]}", loose=True), behind=1
    )
    scanner.take(rf"\b(um|at|gegen) {HOUR}\b{NO_UNIT}\.?", TIME, lambda m: _parse_digits(m[2]), behind=1)
    scanner.take(rf"{PREPOSITION} {HOUR}\b(?!\.){NO_UNIT}", TIME, lambda m: _parse_digits(m[2]), behind=1)
    scanner.take(rf"\b{HOUR}(?={BETWEEN}<t)", TIME, lambda m: _parse_digits(m[1]))
    scanner.take(rf"(?<=>)({BETWEEN}){HOUR}\b(?!\.){NO_UNIT}", TIME, lambda m: _parse_digits(m[2]), behind=1)
    scanner.take(rf"\b(<t\d+>{BETWEEN}){HOUR}\b(?!\.){NO_UNIT}", TIME, lambda m: _parse_digits(m[2]), behind=1)
    scanner.take(
        r"(?<![\d.<])\b([01]?\d|2[0-3]) ([0-5]\d)\b(?![.\d])", TIME, lambda m: ClockTime(int(m[1]), int(m[2]), 0 < int(m[1]) <= 12)
    )
    scanner.take(rf"(?<=>) {HOUR}$", TIME, lambda m: _parse_digits(m[1]))
    # "heute abend 8"
    behind_part = r"\b((?:abends?|nachmittags?|vormittags?|frueh|morgens|mittags?|evening|afternoon|morning),? )"
    scanner.take(rf"{behind_part}{HOUR}$", TIME, lambda m: _parse_digits(m[2]), behind=1)
    # "3 nachmittags", "9 in the morning"
    scanner.take(rf"\b{HOUR}(?= (?:nachmittags|abends|morgens|frueh|vormittags|nachts|(?:in the|at) (?:morning|afternoon|evening|night)))", TIME, lambda m: _parse_digits(m[1]))  # fmt: skip


def to_time_range(first: ClockTime, last: ClockTime, part: str | None) -> tuple[time, time]:
    """Convert to a window; each end disambiguates the other: "between 2 and 4 pm", "von 9 bis 2"."""
    ends = last.on(part)
    if first.loose and not last.loose and part is None:
        later = ClockTime(first.hour % 12 + 12, first.minute)
        starts = later.on(None) if later.on(None) < ends else time(first.hour % 12, first.minute)
        return starts if first.hour != 12 else first.on(None), ends
    starts = first.on(part)
    if ends <= starts and ends.hour < 12:
        ends = ends.replace(hour=ends.hour + 12)
    return starts, ends


def _apply_day_part(hour: int, part: str | None) -> int:
    match part:
        case "evening":
            return hour + 12 if hour < 12 else 0
        case "afternoon":
            return hour + 12 if hour < 12 else hour
        case "noon":
            return hour + 12 if hour < 5 else hour
        case "night":
            return hour + 12 if 6 < hour < 12 else hour % 12
        case "morning":
            return hour
    return hour + 12 if hour < 7 else hour


def _build_clock(hour: int, minute: int, words: str, *, loose: bool = False) -> ClockTime:
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        raise no_such_time(words.strip().capitalize())
    return ClockTime(hour % 24, minute, loose and 0 < hour <= 12)


def _parse_digits(number: str) -> ClockTime:
    return _build_clock(int(number), 0, f"{number} Uhr", loose=True)


def _parse_uhr(match: re.Match[str]) -> ClockTime:
    hour = 1 if match[1] == "ein" else int(match[1])
    return _build_clock(hour, int(match[2] or 0), f"{hour} Uhr {match[2] or ''}", loose=not match[1].startswith("0"))


def _parse_written(match: re.Match[str]) -> ClockTime:
    """Parse 14:30 or 8:30; a leading zero means the morning."""
    return _build_clock(int(match[1]), int(match[2]), f"{match[1]}:{match[2]}", loose=not match[1].startswith("0"))


def _parse_half(match: re.Match[str]) -> ClockTime:
    """Parse a time with am or pm."""
    hour, minute = int(match[1]), int(match[2] or 0)
    return _build_clock(hour, minute, match[0]) if not 1 <= hour <= 12 else _apply_am_pm(_build_clock(hour, minute, match[0]), match[3])


def _apply_am_pm(clock: ClockTime, half: str | None) -> ClockTime:
    return replace(clock, hour=clock.hour % 12 + (12 if half.startswith("p") else 0), loose=False) if half else clock


def _offset_from_hour(hour: str, minutes: int) -> ClockTime:
    """Offset minutes from the hour; negative means before."""
    whole = int(hour)
    if not 0 < whole <= 24:
        raise no_such_time(f"{hour} Uhr")
    total = whole * 60 + minutes
    return ClockTime(total // 60 % 24, total % 60, whole <= 12)


def _parse_minutes(words: str) -> int:
    return 15 if "viertel" in words or "quarter" in words else 25 if "and" in words else int(words)


def _parse_minutes_to(match: re.Match[str]) -> ClockTime | None:
    """ "ten to three" but not "9 to 5"."""
    minutes = _parse_minutes(match[1])
    return _apply_am_pm(_offset_from_hour(match[2], -minutes), match[3]) if minutes in (5, 10, 15, 20, 25) else None


MINUTES = r"\b(\d{1,2}|viertel) (?:minuten )?"
ENGLISH_MINUTES = r"\b((?:an? )?quarter|5 and 20|\d{1,2}) (?:minutes )?"
CLOCK_PATTERNS = (
    (rf"\b{HOUR}[:.](\d\d){HALF_OF_DAY}", _parse_half),
    (rf"\b{HOUR} (\d\d){HALF_OF_DAY}", _parse_half),
    (rf"\b{HOUR}:(\d\d)(?::\d\d)?(?:\s?(?:uhr|h|o'?clock)\b)?", _parse_written),
    (rf"\b{HOUR}\.(\d\d)\s?(?:uhr|h)\b", _parse_written),
    (rf"\b{HOUR}h(\d\d)\b", _parse_written),
    (rf"(?<=\bum ){HOUR}\.(\d\d)\b(?!\.)", _parse_written),
    (rf"(?<=\bat ){HOUR}\.(\d\d)\b(?!\.)", _parse_written),
    (rf"{MINUTES}vor halb {HOUR}\b(?: uhr)?", lambda m: _offset_from_hour(m[2], -30 - _parse_minutes(m[1]))),
    (rf"{MINUTES}nach halb {HOUR}\b(?: uhr)?", lambda m: _offset_from_hour(m[2], -30 + _parse_minutes(m[1]))),
    (rf"\bhalb {HOUR}\b(?: uhr)?", lambda m: _offset_from_hour(m[1], -30)),
    (rf"{MINUTES}vor (?:dreiviertel|3 ?viertel) {HOUR}\b(?: uhr)?", lambda m: _offset_from_hour(m[2], -15 - _parse_minutes(m[1]))),
    (rf"{MINUTES}nach (?:dreiviertel|3 ?viertel) {HOUR}\b(?: uhr)?", lambda m: _offset_from_hour(m[2], -15 + _parse_minutes(m[1]))),
    (rf"(?:\bdreiviertel|\b3 ?viertel|3/4) {HOUR}\b(?: uhr)?", lambda m: _offset_from_hour(m[1], -15)),
    (rf"{MINUTES}vor {HOUR}\b{NO_UNIT}(?: uhr)?", lambda m: _offset_from_hour(m[2], -_parse_minutes(m[1]))),
    (rf"{MINUTES}(?:nach|ueber) {HOUR}\b{NO_UNIT}(?: uhr)?", lambda m: _offset_from_hour(m[2], _parse_minutes(m[1]))),
    (rf"\bviertel {HOUR}\b(?: uhr)?", lambda m: _offset_from_hour(m[1], -45)),
    (r"\b(\d{1,2}|ein)\s?(?:uhr|h)\b(?: (?:und )?(\d{1,2})\b(?!\.|:| uhr|\s?<d))?", _parse_uhr),
    (rf"\bhalf(?: past)? {HOUR}\b{O_CLOCK}{HALF_OF_DAY}?", lambda m: _apply_am_pm(_offset_from_hour(m[1], 30), m[2])),
    (
        rf"{ENGLISH_MINUTES}(?:past|after) {HOUR}\b{O_CLOCK}{HALF_OF_DAY}?",
        lambda m: _apply_am_pm(_offset_from_hour(m[2], _parse_minutes(m[1])), m[3]),
    ),
    (rf"{ENGLISH_MINUTES}(?:to|before|of|till) {HOUR}\b{NO_UNIT}{O_CLOCK}{HALF_OF_DAY}?", _parse_minutes_to),
    (rf"\b{HOUR}(){HALF_OF_DAY}", _parse_half),
    (rf"\b{HOUR}\s?o'?clock\b{HALF_OF_DAY}?", lambda m: _apply_am_pm(_build_clock(int(m[1]), 0, m[0], loose=True), m[2])),
    (r"\b(?:mitternacht|midnight)\b", lambda m: ClockTime(0)),
    (r"\b(?:at |high )?noon\b", lambda m: ClockTime(12)),
)
