"""Finds times in normalized text: "halb 3", "viertel vor 9", "14 uhr 30", "half past 2", "9 pm", "eine halbe stunde vor 12"."""

# ruff: noqa: E501  (patterns are read in one line)

import re
from dataclasses import dataclass, replace
from datetime import time

from app.domain.language.clarification_questions import AmbiguousExpression, ambiguous_time, no_such_time, which_time
from app.domain.language.marked_text import TIME, Scanner
from app.domain.language.vocabulary import CORRECTION, MOVES

HOUR = r"(\d{1,2})"
HALF_OF_DAY = r"(?:\s?(a\.?m|p\.?m)\b\.?)"
O_CLOCK = r"(?:\s?o'?clock\b)?"
# a number after these is an hour
PREPOSITION = (
    r"\b(um|gegen|ab|at|around|round|about|circa|ca\.?|etwa|ungefaehr|so um|by|nach|vor|bis|after|past|before|until|till|from|fruehestens|spaetestens|kurz nach"
    r"|kurz vor|not before|(?:frueher|spaeter|eher|earlier|later|sooner) (?:als|than))"
)
NO_UNIT = r"(?!\d|[.:/-]\d|\.?\s?(?:tage?n?|wochen?|monate?n?|stunden?|minuten?|jahre?n?|days?|weeks?|months?|hours?|minutes?|years?|mal|times)\b)"
LENGTH_UNIT = r"stunden?|minuten?|hours?|minutes?|tage?n?|days?|wochen?|weeks?"
LENGTH = (
    r"\b(?:(?:eine[rn]? |an? )?(?P<part>halbe|half|viertel|quarter|dreiviertel|3 ?viertel)(?:[ -]?(?:an? |of an )?)(?:stunde|hour)"
    r"|(?P<number>\d{1,2}|eine|an?) (?P<unit>stunden?|hours?|minuten|minutes))"
)
LAST_MINUTE = time(23, 59)
BETWEEN = r"(?:\s?-\s?| (?:und|bis|and|to|till|until|oder|or) (?:um |at |about |around |so |etwa |ca )*)"


@dataclass(frozen=True, slots=True)
class ClockTime:
    """A clock time; a `loose` one may be a.m. or p.m."""

    hour: int
    minute: int = 0
    loose: bool = False
    # the occurrence of a repeated hour, where named
    fold: int | None = None
    # 24:00 is midnight a day later; "midnight" may be either (None)
    day_shift: int | None = 0
    # told by the clock: "9 Uhr", "9:00"
    is_formal: bool = False

    def on(self, part: str | None) -> time:
        """Resolve the time in a part of the day; without one, between 7 a.m. and 7 p.m."""
        hour = _apply_day_part(self.hour, part) if self.loose or (part and self.hour <= 12) else self.hour
        return time(hour % 24, self.minute, fold=self.fold or 0)


def move_to_evening(clock: ClockTime) -> ClockTime | AmbiguousExpression:
    """Move an hour at which one dines to the evening: "einen Tisch um sieben"; "9 Uhr" may be either."""
    if not clock.loose or not 7 <= clock.hour <= 9:
        return clock
    if clock.hour == 9 or clock.is_formal:
        return ambiguous_time([time(clock.hour, clock.minute), time(clock.hour + 12, clock.minute)])
    return replace(clock, hour=clock.hour + 12, loose=False)


def find_descending_minutes(scanner: Scanner) -> None:
    """Mark "20 to 5", before dates are: it is no range of days."""
    minutes = rf"(?<!and )\b(5|10|15|20|25) to {HOUR}\b(?!\.){NO_UNIT}{O_CLOCK}{HALF_OF_DAY}?"
    scanner.take(minutes, TIME, lambda m: _parse_minutes_to(m) if int(m[1]) > int(m[2]) <= 12 else None)


def find_clocks(scanner: Scanner) -> None:
    """Mark unambiguous times; raises AmbiguousExpression for invalid ones."""
    for pattern, make in CLOCK_PATTERNS:
        scanner.take(pattern, TIME, make)


def find_bare_hours(scanner: Scanner) -> None:
    """Mark numbers that are hours by context; days must be marked already."""
    take = scanner.take
    # "9.30 am <d0>", "<d0> 9.30"
    take(r"(?:^|(?<=>)|(?<=>,)) ?([01]?\d|2[0-3])\.([0-5]\d)\b(?!\.)", TIME, _parse_written)
    take(rf"\b(zwischen|between) {HOUR}(?=(?: uhr)?{BETWEEN}(?:\d|<t))", TIME, lambda m: _parse_digits(m[2]), behind=1)
    take(rf"\b(von|vo|from) {HOUR}(?={BETWEEN}(?:\d{{1,2}}\b(?!\.)|<t))", TIME, lambda m: _parse_digits(m[2]), behind=1)
    take(
        rf"{PREPOSITION} {HOUR} ([0-5]\d)\b(?!\.)",
        TIME,
        lambda m: _build_clock(int(m[2]), int(m[3]), f"{m[2]}:{m[3]}", loose=True),
        behind=1,
    )
    take(rf"(\bvon <t\d+> auf) {HOUR}\b(?!\.){NO_UNIT}", TIME, lambda m: _parse_digits(m[2]), behind=1)
    if scanner.has(MOVES):
        # "verschieben auf vier", "push my two o'clock to four"
        take(rf"\b(auf|to|from|von) {HOUR}\b(?!\.){NO_UNIT}", TIME, lambda m: _parse_digits(m[2]), behind=1)
    take(rf"\b(um|at|gegen) {HOUR}\b{NO_UNIT}\.?", TIME, lambda m: _parse_digits(m[2]), behind=1)
    take(rf"{PREPOSITION} {HOUR}\b(?!\.){NO_UNIT}", TIME, lambda m: _parse_digits(m[2]), behind=1)
    take(rf"\b{HOUR}(?={BETWEEN}<t)", TIME, lambda m: _parse_digits(m[1]))
    # "<d0> 9 to 5"
    take(
        rf"(?:^|(?<=>)|(?<=>,)) ?{HOUR}(?={BETWEEN}\d{{1,2}}\b(?![.:]|-)(?! ?(?:{LENGTH_UNIT}))(?:$|,| <))",
        TIME,
        lambda m: _parse_digits(m[1]),
    )
    take(rf"(<t\d+>{BETWEEN}){HOUR}\b(?!\.){NO_UNIT}", TIME, lambda m: _parse_digits(m[2]), behind=1)
    # "um 10, ach nein 11"
    take(rf"(<t\d+>[ ,]*(?:{CORRECTION}[ ,]*)+){HOUR}\b(?!\.| [0-5]\d\b){NO_UNIT}", TIME, lambda m: _parse_digits(m[2]), behind=1)
    take(rf"\b{HOUR}(?=[ ,]+(?:{CORRECTION}[ ,]*)+(?:um |at )?<t)", TIME, lambda m: _parse_digits(m[1]))
    take(
        r"(?<![\d.<])\b([01]?\d|2[0-3]) ([0-5]\d)\b(?![.\d])",
        TIME,
        lambda m: _build_clock(int(m[1]), int(m[2]), m[0], loose=m[1][0] != "0"),
    )
    # "<d0> 1530", no year
    take(r"(?<=>) (?!20[2-9]\d)(\d{1,2})([0-5]\d)(?=$|,)", TIME, _parse_written)
    take(
        rf"\b{HOUR}(?= in the [ap]m\b| <d\d+> (?:evening|morning|afternoon|abend|vormittag|nachmittag)\b)",
        TIME,
        lambda m: _parse_digits(m[1]),
    )
    take(rf"\b(von|from) {HOUR}(?= (?:an|ab|on|onwards?)\b)", TIME, lambda m: _parse_digits(m[2]), behind=1)
    take(rf"\b{HOUR}(?= (?:at the (?:very )?(?:earliest|latest)|fruehestens|spaetestens)\b)", TIME, lambda m: _parse_digits(m[1]))
    take(rf"\b{HOUR}(?= (?:oder|or|und|and) (?:spaeter|later|frueher|earlier)\b)", TIME, lambda m: _parse_digits(m[1]))
    take(rf"(?<!for )(?<!fuer )(?<!of )(?<!mit )(?<!zu )\b{HOUR}(?= (?:am|on) <d)", TIME, lambda m: _parse_digits(m[1]))
    # alone between stops; no age behind a person
    take(rf"(<d\d+>[^<\d]{{0,30}},|(?<!_),) {HOUR}(?=$|,)(?!,? \d)", TIME, lambda m: _parse_digits(m[2]), behind=1)
    take(rf"(?:^|(?<=>)|(?<=>,)|(?<=;)) ?(?!24\b){HOUR}(?=$|,)", TIME, lambda m: _parse_digits(m[1]))
    # "um neun, oh nein, neun ist zu früh"
    again = rf"(<t\d+>.*[,;] ){HOUR}(?= (?:ist|is|waere?|would be|geht|ginge|passt|works|suits|klappt)\b)"
    take(again, TIME, lambda m: _parse_digits(m[2]) if int(m[2]) in _list_hours(scanner) else None, behind=1)
    # "heute abend 8"
    behind_part = r"\b((?:abends?|nachmittags?|vormittags?|frueh|morgens|mittags?|evening|afternoon|morning),? )"
    take(rf"{behind_part}{HOUR}(?=$|,)", TIME, lambda m: _parse_digits(m[2]), behind=1)
    # "3 nachmittags", "9 in the morning"
    take(
        rf"\b{HOUR}(?= (?:nachmittags|abends|morgens|frueh|vormittags|nachts|mittags|midday|am (?:nachmittag|abend|morgen|vormittag)|in der frueh|(?:in the|at) (?:morning|afternoon|evening|night)))",
        TIME,
        lambda m: _parse_digits(m[1]),
    )
    # "it's gone ten", "es ist schon zehn"
    take(
        rf"(\b(?:it is|is it|es ist|ist es|ist) (?:(?:ja|schon|bereits|fast|gleich|gone|past|nearly|almost|already|just) )+){HOUR}\b(?!\.){NO_UNIT}(?=$|[,.;]| (?:already|durch|vorbei|now|here)\b)",
        TIME,
        lambda m: _parse_digits(m[2]),
        behind=1,
    )
    _find_lengths_beside(scanner)


def _list_hours(scanner: Scanner) -> set[int]:
    return {value.hour for value in scanner.found if isinstance(value, ClockTime)}


def _find_lengths_beside(scanner: Scanner) -> None:
    """Mark "eine halbe Stunde vor <t0>"."""

    def moved(match: re.Match[str]) -> ClockTime:
        clock: ClockTime = scanner.get(match["clock"])
        words = match.groupdict()
        minutes = _get_length(words["part"], words.get("number"), words.get("unit"))
        total = clock.hour * 60 + clock.minute + (minutes if match["side"] in ("nach", "after", "past") else -minutes)
        return replace(clock, hour=total // 60 % 24, minute=total % 60)

    quarters = r"\b(?P<part>(?:an? )?quarter|viertel|5|10|15|20|25)(?: minutes| minuten)? (?P<side>to|till|vor|nach|before|after|past) <t(?P<clock>\d+)>"
    scanner.take(quarters, TIME, moved)
    scanner.take(rf"{LENGTH} (?P<side>vor|nach|before|after|past) (?:um )?<t(?P<clock>\d+)>", TIME, moved)


def _get_length(part: str | None, number: str | None, unit: str | None) -> int:
    if part and part.isdigit():
        return int(part)
    if part:
        return {"halbe": 30, "half": 30, "viertel": 15, "quarter": 15}.get(part.split()[-1], 45)
    count = int(number) if number and number.isdigit() else 1
    return count * (1 if unit and unit[0] == "m" else 60)


def to_time_range(first: ClockTime, last: ClockTime, part: str | None) -> tuple[time, time]:
    """Convert to a window; each end disambiguates the other: "between 2 and 4 pm", "von 9 bis 2"."""
    if last.day_shift != 0:
        return first.on(part), LAST_MINUTE
    ends = last.on(part)
    if first.loose and not last.loose and part is None:
        later = ClockTime(first.hour % 12 + 12, first.minute)
        starts = later.on(None) if later.on(None) < ends else time(first.hour % 12, first.minute)
        return starts if first.hour != 12 else first.on(None), ends
    starts = first.on(part)
    if ends <= starts and ends.hour < 12 and last.loose:
        ends = ends.replace(hour=ends.hour + 12)
    if ends <= starts:
        raise which_time([starts, ends])
    return starts, ends


def _apply_day_part(hour: int, part: str | None) -> int:
    match part:
        case "evening":
            return hour + 12 if hour < 12 else 0
        case "afternoon":
            return hour + 12 if hour < 12 else hour
        case "noon":
            return hour + 12 if hour < 6 else hour
        case "night":
            return hour + 12 if 6 < hour < 12 else hour % 12
        case "morning":
            return hour
    return hour + 12 if hour < 7 else hour


def _build_clock(hour: int, minute: int, words: str, *, loose: bool = False) -> ClockTime:
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        raise no_such_time(words.strip().capitalize())
    return ClockTime(hour % 24, minute, loose and 0 < hour <= 12, day_shift=1 if hour == 24 else 0)


def _parse_digits(number: str) -> ClockTime:
    return _build_clock(int(number), 0, f"{number} Uhr", loose=True)


def _parse_uhr(match: re.Match[str]) -> ClockTime:
    hour = 1 if match[1] == "ein" else int(match[1])
    return replace(
        _build_clock(hour, int(match[2] or 0), f"{hour} Uhr {match[2] or ''}", loose=not match[1].startswith("0")), is_formal=True
    )


def _parse_written(match: re.Match[str]) -> ClockTime:
    """Parse 14:30 or 8:30; a leading zero means the morning."""
    clock = _build_clock(int(match[1]), int(match[2]), f"{match[1]}:{match[2]}", loose=not match[1].startswith("0"))
    return replace(clock, is_formal=True)


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
    """ "ten to three" but not "9 to 5"; "ten till twelve" may be either."""
    minutes = _parse_minutes(match[1])
    if (
        " till " in match[0]
        and minutes == 10
        and match[3] is None
        and not match.string[: match.start()].endswith("at ")
        and not 7 <= int(match[2]) <= 10
    ):
        # ten till twelve is a stretch, and ten to twelve lies in it
        return None
    if " till " in match[0] and minutes in (5, 10):
        raise which_time([_offset_from_hour(match[2], -minutes).on(None)])
    return _apply_am_pm(_offset_from_hour(match[2], -minutes), match[3]) if minutes in (5, 10, 15, 20, 25) else None


MINUTES = r"\b(?<!\d[:.])(\d{1,2}|viertel) (?:minuten )?"
ENGLISH_MINUTES = r"\b(?<!\d[:.])((?:an? )?quarter|5 and 20|\d{1,2}) (?:minutes )?"
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
    (rf"(\bviertel) ab {HOUR}\b(?: uhr)?", lambda m: _offset_from_hour(m[2], 15)),
    (rf"{MINUTES}(?:nach|ueber) {HOUR}\b{NO_UNIT}(?: uhr)?", lambda m: _offset_from_hour(m[2], _parse_minutes(m[1]))),
    (rf"\bviertel {HOUR}\b(?: uhr)?", lambda m: _offset_from_hour(m[1], -45)),
    (r"\b(\d{1,2}|ein)\s?(?:uhr|h)\b(?: (?:und )?(\d{1,2})\b(?: minuten)?(?!\.\d|:| uhr))?", _parse_uhr),
    (rf"\bhalf(?: past| after)? {HOUR}\b{O_CLOCK}{HALF_OF_DAY}?", lambda m: _apply_am_pm(_offset_from_hour(m[1], 30), m[2])),
    (
        rf"{ENGLISH_MINUTES}(?:past|after) {HOUR}\b{O_CLOCK}{HALF_OF_DAY}?",
        lambda m: _apply_am_pm(_offset_from_hour(m[2], _parse_minutes(m[1])), m[3]),
    ),
    (rf"{ENGLISH_MINUTES}(?:to|before|of|till) {HOUR}\b{NO_UNIT}{O_CLOCK}{HALF_OF_DAY}?", _parse_minutes_to),
    (rf"\b{HOUR}(){HALF_OF_DAY}", _parse_half),
    (rf"\b{HOUR}\s?o'?clock\b{HALF_OF_DAY}?", lambda m: _apply_am_pm(_build_clock(int(m[1]), 0, m[0], loose=True), m[2])),
    (r"\b(?:(?:um |at )?12 (?:uhr )?)?(?:mitternacht|midnight)\b", lambda m: ClockTime(0, day_shift=None)),
    (r"\b(?:12 )?(?:at |high )?noon\b", lambda m: ClockTime(12)),
)
