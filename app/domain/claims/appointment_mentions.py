"""Extracts the appointments a clause mentions: day, time, staff, service and branch."""

# ruff: noqa: E501  (patterns are read in one line)

import re
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from app.domain.claims.name_index import NAME_SUFFIX, NameIndex
from app.domain.claims.self_corrections import MARKS, remove_corrected
from app.domain.language.dates import DayRange
from app.domain.language.marked_text import Scanner
from app.domain.language.parser import mark_expressions
from app.domain.language.times import ClockTime
from app.domain.language.vocabulary import CARDINALS, fold, replace_number_words

HOUR_NAMES = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
BETWEEN_DAYS = re.compile(r"[ ,]*(?:(?:den|der|dem|the|on|am|das ist|ein|also|a|that is|that's|is|of|dann)[ ,]*)*")
# the previous time of a moved appointment: "von Dienstag auf Mittwoch"
PREVIOUS_TIME = re.compile(
    r"\b(?:von|vom|from|statt|anstatt|instead of|urspruenglich)(?: (?:dem|den|am|the|on))? <[dt]\d+>(?:[ ,]*(?:um |at )?<[dt]\d+>)*(?=,? (?:auf|to|nach|zu)\b|,)"
)
# "shuffled you to twelve", "auf elf verlegt": an hour behind a verb of moving
MOVED_HOUR = re.compile(
    r"(\b\w+ed (?:you|it|that|your \w+)\b[^.,]{0,20}? to )(\w+)\b(?! ?(?:o'clock|am|pm|a\.m|p\.m|uhr|past|to|euros?))"
    r"|\b(auf )(\w+)(?= (?:verschoben|geaendert|geändert|gelegt|verlegt|umgebucht|gesetzt|gezogen|umgestellt)\b)",
    re.IGNORECASE,
)
# "gegen zehn": give or take a quarter of an hour
APPROXIMATE = re.compile(
    r"\b(?:gegen|circa|ca|etwa|ungefaehr|rund um|so um|kurz (?:vor|nach)|about|around|roughly|approximately|just (?:after|before|gone)|shortly (?:after|before))\.?(?: (?:um|at))? *$"
)
# "in einer Viertelstunde sind Sie fertig": no appointment's time
# "aus zehn bei Jonas ist dreizehn Uhr bei Tom geworden"
BECAME = re.compile(r"\baus (?:dem |der )?\S+.{0,40}?(?= (?:ist|sind|wird|wurde|werden) .*\bgeworden\b)")
# "nine twenty's the first I can find"
NUMBER_S = re.compile(rf"\b({'|'.join(CARDINALS)})'s\b", re.IGNORECASE)
# "nine's taken, sorry": an hour
HOUR_S = re.compile(
    rf"(?<!past )(?<!to )(?<!half )\b({'|'.join(HOUR_NAMES)})'s (?=(?:\w+ )?(?:taken|gone|full|booked|free|open|available)\b)",
    re.IGNORECASE,
)
# "the first I can find" is no date
FIRST = re.compile(
    r"\bthe (?:first|second|third|fourth) (?=(?:i|we|one|that|available|free|slot|gap|opening|thing|appointment|time)\b)", re.IGNORECASE
)
# "the one on Saturday" is no hour
THE_ONE = re.compile(
    r"\b(the|this|that|other|your) one (?=(?:on|at|in|for|with|from|next|this|tomorrow|you|that|is|has|hasn't|was|which)\b)", re.IGNORECASE
)
# "erstes Kind um zehn, zweites um elf", "first car at three"
ORDINAL = re.compile(r"\b(?:erstes|zweites|drittes)\b|(?<!the )\b(?:first|second|third) (?=(?:\w+ )?at\b)", re.IGNORECASE)
# "bei Frau Sommer", "with Dr. April": a name that is a season, a day or a month
SEASON_NAME = r"(?:Sommer|Winter|Herbst|Lenz|Summers?|Winters)"
DAY_NAME = r"(?:Montag|Dienstag|Freitag|Samstag|Sonntag|Sonnabend|Feierabend|Morgen|Abend|Mittag|Mai|Juni|August|Januar|März|Friday|Sunday|Monday|May|April|June|Day|Noon|Weekes?)"
NAMED_LIKE_DATE = re.compile(
    rf"\b((?:Herrn?|Frau|Familie|Doktor|Dr|Prof|Mr|Mrs|Ms|Miss|Doctor|[Bb]ei|[Mm]it|[Ww]ith)\.? (?:(?:Frau|Herrn|Dr|Prof)\.? )*)((?:[A-ZÄÖÜ][a-zäöüß]+ )?{SEASON_NAME}|{DAY_NAME})\b(?! \d)"
)
SHORTLY = re.compile(
    r"\b(?:in|within|innerhalb von) (?:\w+ )?(?:\w*stunden?|minuten|minutes|hours?|half an hour|a quarter of an hour)\b", re.IGNORECASE
)
# a "next Wednesday" that the parser found ambiguous: nobody calls tomorrow so
NEXT_DAY = re.compile(r"\b(?:next|naechste[nrms]?) <d(\d+)>")
# "bis elf halte ich Ihnen den frei", "um zehn nach"
HELD_UNTIL = re.compile(
    r"\b(?:bis|until|till?)(?: um| at)? <t\d+>(?: <d\d+>)?(?=.*\b(?:frei|fest)\b)|(?<=hold).*\b(?:until|till) <t\d+>|(?:(?<=\bheld)|(?<=\bkept)|(?<=reserved)|(?<=reserviert)|(?<=gehalten)|(?<=geblockt)|(?<=vorgemerkt))[^<.]{0,30}\b(?:bis|until|till?)(?: um| at| <d\d+>)* <t\d+>(?:,? <d\d+>)?|<t\d+> (?:past\b|(?:nach|vor|to)(?= ?(?:[,.!?]|$)))"
)
TIME_RANGE = re.compile(r"(<t\d+>) ?(?:-|bis|to|until) ?<t\d+>")


@dataclass(slots=True)
class AppointmentMention:
    """One mentioned appointment; the day may be a weekday only, or a weekday and a date that should agree."""

    days: DayRange | None = None
    weekday: int | None = None
    clock: ClockTime | None = None
    staff: set[str] = field(default_factory=set)
    # a name that no staff member has
    unknown_name: str | None = None
    services: set[str] = field(default_factory=set)
    branches: set[str] = field(default_factory=set)
    is_approximate: bool = False

    @property
    def has_time(self) -> bool:
        return self.days is not None or self.clock is not None

    @property
    def has_detail(self) -> bool:
        return bool(self.has_time or self.staff or self.unknown_name or self.branches)

    @property
    def day(self) -> date | None:
        """The date that was named; None for a weekday only."""
        only_weekday = self.days is not None and self.days.weekday is not None
        return self.days.first if self.days and self.days.first == self.days.last and not only_weekday else None

    def fill_from(self, other: "AppointmentMention") -> None:
        """Take over the day or time that is missing."""
        if self.days is None:
            self.days, self.weekday = other.days, other.weekday
        if self.clock is None:
            self.clock, self.is_approximate = other.clock, other.is_approximate


class MentionReader:
    """Marks texts and finds the appointments in them, each text once."""

    def __init__(self, names: NameIndex, at: datetime, timezone: str) -> None:
        self.names, self._at, self._timezone = names, at, timezone
        self._kinds = MARKS | {"person": names.person, "service": names.service}
        self._marked: dict[str, Scanner] = {}
        self._found: dict[str, list[AppointmentMention]] = {}

    def mark(self, text: str) -> Scanner:
        """Mark days and times in the text, without what is corrected, previous times and ends of ranges."""
        if text not in self._marked:
            named = NAMED_LIKE_DATE.sub(rf"\1\2{NAME_SUFFIX}", text)
            plain = MOVED_HOUR.sub(
                _name_hour,
                SHORTLY.sub(
                    " ",
                    ORDINAL.sub(" ", FIRST.sub("the ", NUMBER_S.sub(r"\1 is", HOUR_S.sub(r"\1 o'clock is ", THE_ONE.sub(r"\1 ", named))))),
                ),
            )
            scanner = mark_expressions(plain, self._at, self._timezone)
            for number in NEXT_DAY.findall(scanner.text):
                _move_on(scanner, int(number), self._at.date())
            kept = remove_corrected(PREVIOUS_TIME.sub(" ", BECAME.sub(" ", self.names.remove_replaced(scanner.text))), self._kinds)
            scanner.text = HELD_UNTIL.sub(" ", TIME_RANGE.sub(r"\1", kept))
            self._marked[text] = scanner
        return self._marked[text]

    def find(self, text: str) -> list[AppointmentMention]:
        """Find the mentioned appointments, in order; the caller may change them."""
        if text not in self._found:
            self._found[text] = find_mentions(self.mark(text), self.names, text)
        return deepcopy(self._found[text])

    def find_timed(self, text: str) -> list[AppointmentMention]:
        return [mention for mention in self.find(text) if mention.has_time]


def _name_hour(match: re.Match[str]) -> str:
    before, word = match[1] or match[3], match[2] or match[4]
    hour = replace_number_words(fold(word))
    return f"{before}{hour} uhr" if hour.isdigit() and int(hour) <= 24 else match[0]


def _move_on(scanner: Scanner, number: int, today: date) -> None:
    days: DayRange = scanner.found[number]
    if days.weekday is not None and days.first == today + timedelta(days=1):
        scanner.found[number] = DayRange(days.first + timedelta(days=7), days.last + timedelta(days=7))


def find_mentions(scanner: Scanner, names: NameIndex, raw: str) -> list[AppointmentMention]:
    """Find the mentioned appointments, in order."""
    mentions: list[AppointmentMention] = []
    current, carried, end, last = AppointmentMention(), False, 0, ""
    for token in names.token.finditer(scanner.text):
        between = scanner.text[end : token.start()]
        if token["d"] is not None:
            current, carried = _add_day(mentions, current, scanner.found[int(token["d"])], between, carried, last)
        elif token["t"] is not None:
            if current.clock is not None:
                mentions.append(current)
                current, carried = AppointmentMention(days=current.days, weekday=current.weekday), True
            current.clock, current.is_approximate = scanner.found[int(token["t"])], APPROXIMATE.search(between) is not None
        elif who := token["who"] or token["host"]:
            if current.staff and current.clock is not None:
                mentions.append(current)
                current, carried = AppointmentMention(), False
            current.staff |= names.find_staff(who)
        elif token["what"]:
            current.services |= names.find_services(token["what"])
        end, last = token.end(), token.lastgroup or ""
    mentions.append(current)
    unknown_name = names.find_unknown_name(raw)
    if unknown_name and len(mentions) == 1 and not current.staff and current.has_time:
        current.unknown_name = unknown_name
    informative = _select_informative(mentions)
    if len(informative) <= 1 and (branches := names.find_branches(scanner.text)):
        informative = informative or [AppointmentMention()]
        informative[0].branches = branches
    return informative


def _add_day(
    mentions: list[AppointmentMention], current: AppointmentMention, days: DayRange, between: str, carried: bool, last: str
) -> tuple[AppointmentMention, bool]:
    """Add a day: a weekday beside a date is one day; a day after a time begins the next appointment."""
    if current.days is not None and (current.clock is None or last == "d") and BETWEEN_DAYS.fullmatch(between):
        one, other = (current.days, days) if current.days.weekday is not None else (days, current.days)
        if one.weekday is not None and other.weekday is None:
            current.days, current.weekday = other, one.weekday
            return current, carried
    if current.days is not None and current.clock is not None and not carried:
        mentions.append(current)
        current = AppointmentMention()
    current.days, current.weekday = days, None
    return current, False


def _select_informative(mentions: list[AppointmentMention]) -> list[AppointmentMention]:
    """Select the mentions with times; a bare day beside them is a word like "heute"."""
    timed = [mention for mention in mentions if mention.clock is not None]
    informative = (
        timed or [mention for mention in mentions if mention.has_time] or [d for d in mentions if d.staff or d.services or d.unknown_name]
    )
    for mention in mentions:
        if mention not in informative and informative and not mention.has_time and len(informative) == 1:
            informative[0].staff |= mention.staff
            informative[0].services |= mention.services
    return informative
