"""Reads days with opening hours from a clause: "Montag bis Freitag von 9 bis 18 Uhr, samstags nur bis zwei"."""

# ruff: noqa: E501  (patterns are read in one line)

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from app.domain.claims.evidence_types import Evidence
from app.domain.claims.self_corrections import remove_corrected
from app.domain.language.dates import DayRange
from app.domain.language.marked_text import Scanner
from app.domain.language.parser import mark_expressions
from app.domain.language.times import ClockTime
from app.domain.language.vocabulary import fold, replace_number_words

# what a time is that stands alone
Role = Literal["opens", "closes"] | None
ABBREVIATIONS = {"Mo": "Montag", "Di": "Dienstag", "Mi": "Mittwoch", "Do": "Donnerstag", "Fr": "Freitag", "Sa": "Samstag", "So": "Sonntag"}
ABBREVIATED = re.compile(r"\b(Mo|Di|Mi|Do|Fr|Sa)\b\.?(?=\s?(?:bis|-|–|\d|von|und|,|:|ab))|(?<=[-–,] )(So)\b\.?")
# "from ten to six" is no time of the day here
BARE_RANGE = re.compile(
    r"(?:\b(?:from|von) )?(?<!uhr )(?<!\d )(?<!past )(?<!halb )(?<!half )(?<!nach )(?<!vor )(?<!viertel )(?<!quarter to )(?<!zwischen )(?<!between )(?<![\d.:])\b(\d{1,2})(?: uhr| o'clock)? ?(?:-|bis|to|till|until) ?(\d{1,2})\b(?! ?(?:\.|euro|minuten|minutes|jahre|tage|days))"
)
NOT_BEFORE = re.compile(r"\b(?:don't|doesn't|do not|won't) (?:close|shut)(?: up)? (?:before|till|until)\b", re.IGNORECASE)
BETWEEN = re.compile(r"\b(?:zwischen|between) (\S.{0,15}?) (?:und|and) ")
WEEK = {"daily": range(7), "weekdays": range(5), "weekend": (5, 6)}
WEEK_WORDS = (
    (
        "daily",
        re.compile(r"\b(?:taeglich|jeden tag|alle tage|die ganze woche|sieben tage|7 tage|every day|daily|all week|seven days|7 days)\b"),
    ),
    (
        "weekdays",
        re.compile(
            r"\b(?:werktags|wochentags|unter der woche|in der woche|an werktagen|werktagen|on weekdays|weekdays?|during the week)\b"
        ),
    ),
    ("weekend", re.compile(r"\b(?:am wochenende|wochenends|at the weekend|on the weekend|weekends)\b")),
)
TOKEN = re.compile(
    r"<d(?P<d>\d+)>|<t(?P<t>\d+)>|<w(?P<w>\w+)>|(?P<opens>\b(?:ab|from|von|oeffne\w*|opens?|since)\b)"
    r"|(?P<closed>\b(?:geschlossen|ruhetag\w*|closed|shut(?! at\b)|frei)\b|\bzu\b(?=$|[,.]| und\b)|\bnicht (?:geoeffnet|offen|da|auf)\b|\b(?:not|aren't|isn't) open\b)"
    r"|(?P<break>\b(?:mittagspause|pause|lunch break)\b)"
    r"|(?P<until>(?<=>) ?[-–] ?(?=<)|\b(?:bis|to|until|till|through|schliess\w*|close|closes|closing|shut|lock up|zumachen)\b)"
)
# "um zwei machen wir zu"
CLOSES_BEHIND = re.compile(r"^[^,;<]*\b(?:zu|schluss|zugemacht|dicht|feierabend|schliess\w*|close|closes|shut)\b")
OPENS_BEHIND = re.compile(r"^[^,;<]*\b(?:auf|an|los|oeffn\w*|open)\b")
FILLERS = re.compile(
    r"\b(?:uhr|da|offen|auf|nur|leider|immer|dann|wieder|noch|schon|erst|am|an|um|ab|von|bis|der|die|den|im|in|in der|woche|und|sind|haben|wir|ist|es|fuer|sie|ganz|normal|regulaer|unser\w*|hier|ja|nein|yeah|yep|nope|richtig|stimmt|right|correct|that|geht es los|geht's los|frueh|also|genau|klar|natuerlich|nachmittags|morgens|abends|mittags|vormittags|frueh|oeffnungszeiten?|jeweils|gern\w*"
    r"|that's|from|to|until|till|on|at|and|the|we|are|we're|open|yes|no|sure|it's|then|only|just|from|through|our|hours|both|days|beide|beiden|tage|auch|jeden|sogar|this|weekend|today|o'clock|in the|morning|evening|afternoon|branch)\b"
)


@dataclass(slots=True)
class HoursMention:
    """Days, and when the business opens and closes on them; `weekdays` are meant in general, `dates` as such. No days: the usual ones."""

    dates: set[date] = field(default_factory=set)
    weekdays: set[int] = field(default_factory=set)
    spans: list[tuple[ClockTime | None, ClockTime | None]] = field(default_factory=list)
    is_closed: bool = False
    # "Mittagspause von zwölf bis zwei": the spans are the break
    is_break: bool = False
    # "durchgehend": without a break
    is_continuous: bool = False
    branches: frozenset[str] = frozenset()
    # an hour without "von" or "bis": "um drei haben wir schon zu"
    at: ClockTime | None = None

    @property
    def has_days(self) -> bool:
        return bool(self.dates or self.weekdays)

    def take_days(self, other: "HoursMention") -> None:
        self.dates, self.weekdays = other.dates, other.weekdays
        self.at = self.at or other.at

    def add_day(self, days: DayRange) -> None:
        if days.weekday is not None:
            self.weekdays.add(days.weekday)
        else:
            self.dates |= {days.first + timedelta(ahead) for ahead in range(min((days.last - days.first).days, 31) + 1)}

    def add_range(self, first: DayRange, last: DayRange) -> None:
        if first.weekday is not None and last.weekday is not None:
            self.weekdays |= {(first.weekday + ahead) % 7 for ahead in range((last.weekday - first.weekday) % 7 + 1)}
        else:
            self.add_day(DayRange(min(first.first, last.last), max(first.first, last.last)))


def mark_hours(text: str, evidence: Evidence) -> Scanner:
    """Mark days and times as in any text, and what only hours have: "Mo-Fr", "9 bis 18", "werktags"."""
    text = ABBREVIATED.sub(lambda match: f"{ABBREVIATIONS[match[1] or match[2]]} ", text)
    text = NOT_BEFORE.sub("close at", text)
    plain = BETWEEN.sub(r"from \1 until ", replace_number_words(fold(text)))
    plain = BARE_RANGE.sub(r"from \1 until \2", plain)
    scanner = mark_expressions(plain, evidence.began_at, evidence.timezone)
    for name, pattern in WEEK_WORDS:
        scanner.text = pattern.sub(f"<w{name}>", scanner.text)
    scanner.text = remove_corrected(scanner.text)
    return scanner


def is_bare(scanner: Scanner) -> bool:
    """Check that a text is nothing but days and times, as an answer may be."""
    return "<" in scanner.text and not re.search(r"[a-z]{3,}", FILLERS.sub(" ", re.sub(r"<\w+>", " ", scanner.text)))


def read_mentions(scanner: Scanner, role: Role) -> list[HoursMention]:
    """Group days with the hours beside them; `role` is what a time alone means."""
    reader = _HoursReader()
    tokens = list(TOKEN.finditer(scanner.text))
    kinds = [str(token.lastgroup) for token in tokens]
    for token, kind, following in zip(tokens, kinds, (*kinds[1:], ""), strict=False):
        if kind == "t":
            behind = scanner.text[token.end() :]
            reader.add_time(scanner.found[int(token["t"])], _find_role(reader.before, behind) or role)
        elif kind == "closed":
            reader.close(is_next=following in ("d", "w"), is_verb=token[0] == "zu")
        elif kind == "break":
            reader.begin_break(is_next=following in ("t", "opens"))
        elif kind == "w":
            reader.add_week(WEEK[token["w"]])
        elif kind == "d":
            reader.add_day(scanner.found[int(token["d"])])
        reader.before = kind
    return reader.mentions


class _HoursReader:
    """Reads tokens from left to right; days may stand before or behind their hours."""

    def __init__(self) -> None:
        self.mentions = [HoursMention()]
        # the kind of the last token
        self.before = ""
        self._last_day: DayRange | None = None
        self._is_next_closed = False
        # hours come first, their days behind them
        self._times_first = False

    @property
    def current(self) -> HoursMention:
        return self.mentions[-1]

    def add_day(self, days: DayRange) -> None:
        if self.before == "until" and self._last_day is not None:
            self.current.add_range(self._last_day, days)
        else:
            self._begin_days()
            self.current.add_day(days)
        self._last_day = days

    def add_week(self, weekdays: Iterable[int]) -> None:
        self._begin_days()
        self.current.weekdays |= set(weekdays)
        self._last_day = None

    def add_time(self, clock: ClockTime, role: Role) -> None:
        self._last_day = None
        spans = self.current.spans
        if role == "closes" and self.before == "until" and spans and spans[-1][1] is None:
            spans[-1] = (spans[-1][0], clock)
            return
        if self._times_first and self.current.has_days and spans:
            self.mentions.append(HoursMention())
        self._times_first = self._times_first or not self.current.has_days
        if role is None:
            self.current.at = clock
        else:
            self.current.spans.append((None, clock) if role == "closes" else (clock, None))

    def close(self, *, is_next: bool, is_verb: bool) -> None:
        """Mark as closed: the days before, or those that follow, "geschlossen ist sonntags"."""
        if is_verb and self.before == "t" and self.current.spans and self.current.spans[-1][0] is None:
            # "um zwei machen wir zu" names the hour
            return
        if is_next and (self.current.spans or not self.current.has_days):
            self._is_next_closed = True
        else:
            self.current.is_closed = True

    def begin_break(self, *, is_next: bool) -> None:
        """Mark the hours before as a break, or those that follow: "bis 18 Uhr, mit Mittagspause von 12 bis 14"."""
        if is_next and self.current.spans:
            self.mentions.append(HoursMention(self.current.dates, self.current.weekdays))
        self.current.is_break = True

    def _begin_days(self) -> None:
        if self.current.has_days and (self.current.spans or self.current.is_closed or self._is_next_closed):
            self.mentions.append(HoursMention())
        if self._is_next_closed:
            self.current.is_closed, self._is_next_closed = True, False


def _find_role(before: str, behind: str) -> Role:
    if before in ("until", "opens"):
        return "closes" if before == "until" else "opens"
    return "closes" if CLOSES_BEHIND.search(behind) else "opens" if OPENS_BEHIND.search(behind) else None
