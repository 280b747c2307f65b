"""Parse days and times as spoken by people and as written by models."""

# ruff: noqa: E501  (patterns are read in one line)

import re
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from app.domain.language import clarification_questions as questions
from app.domain.language.adjacent_days import DayOffsetScanner
from app.domain.language.clarification_questions import AmbiguousExpression
from app.domain.language.corrections import DayReading, TimeReading, read_days, read_times
from app.domain.language.coverage import find_unread_words
from app.domain.language.dates import DateScanner, DayRange
from app.domain.language.day_parts import mark_day_parts
from app.domain.language.day_references import mark_day_references
from app.domain.language.day_request_clauses import set_aside_reasons
from app.domain.language.excluded_days import leave_out_weekends
from app.domain.language.fillers import SECOND_BEST
from app.domain.language.marked_text import DAY, TIME, LenientScanner, Scanner
from app.domain.language.marked_text_tokenizer import mark_signs, tokenize_marks
from app.domain.language.normalization import MORNING_WORD, normalize, normalize_mentions
from app.domain.language.omissions import find_remainders
from app.domain.language.parsed_time import Language, TimeExpression
from app.domain.language.ranges import mark_day_ranges, mark_time_windows
from app.domain.language.relative_dates import RelativeDateScanner
from app.domain.language.reported_days import SAME_TIME, set_aside_reports
from app.domain.language.resolution import Reading, Resolver, join_range
from app.domain.language.times import LENGTH, ClockTime, find_bare_hours, find_clocks, find_descending_minutes, move_to_evening

SOON = (
    r"\b(?:(?:so )?(?:bald|frueh|schnell) (?:wie|als)(?: es)?(?: nur)?(?: irgend)? (?:moeglich|geht)|schnellstmoeglich\w*|moeglichst (?:bald|schnell|frueh|zeitnah)|baldmoeglichst|bald|zeitnah|demnaechst|kurzfristig|umgehend"
    r"|sobald (?:wie )?(?:es |das |du |sie |ihr )?(?:irgend )?(?:geht|moeglich|koennen|koennt|kannst)|(?:as )?(?:soon|early|quick|quickly) as (?:possible|poss|you can|you like)|asap|naechstmoeglich\w*|(?:ab )?sofort|right away|right now|straight away|immediately|soon(?:est)?)\b"
)
NOW, MAX_WORDS_OF_NOW = r"\b(?:jetzt|gleich|now)\b", 5
FIRST_FREE = r"\b(?:(?:the )?(?:next|1\.|earliest|soonest) (?:available|free|possible)|(?:der|die|das|den|am )?(?:naechste[rns]?|1\.|frueheste[rns]?) (?:freie|moegliche|verfuegbare)[rnsm]?|(?:the |der |den )?1\. (?:(?:one|termin|slot|appointment),? ?)?(?:(?:den|die|that|which) )?(?:you have|you've got|you can do|sie haben|ihr habt|frei ist|is free)|(?:naechsten?|next) (?:termin|appointment|slot|opening)|(?:naechste[rn]?|next) (?:gelegenheit|moeglichkeit|opportunity))\b"
INDIFFERENT = r"(?:egal|gleich|wurscht|wurst|schnurz\w*|schnuppe|wumpe|einerlei|powidl)"
ANY_TIME = (
    r"\b(?:(?:ab dann|ab da|from then on)(?: (?:aber|geht|passt|kann|ich|wir|eh|dann|i'm))* (?:immer|jederzeit|alles|egal|any ?time|free|whenever)|(?:danach|after that)(?: (?:is|ist|geht))(?: mir)? (?:alles(?: recht| gut)?|egal|anything|any ?time))(?=$|[,.;])|"
    rf"\b(?:(?:an )?(?:welche[mrn]|der) tag (?:ist|is|waer\w*) (?:mir |uns |da )?(?:ganz |voellig |total )?{INDIFFERENT}|mir (?:ist|is) {INDIFFERENT}(?:,? (?:wann|welcher tag|an welchem tag))?"
    r"|(?:and |but )?(?:i'm |i am |we're )?not (?:fussed|bothered|fussy|picky) (?:about|as to|on) (?:the|which|what) day|(?:the|which|what) day(?: it is)? (?:doesn't matter|is up to you|makes no odds)"
    r"|(?:voellig |ganz |mir |total )?egal(?:,? (?:wann|an welchem (?:wochen)?tag|welche[rn] (?:wochen)?tag|welche uhrzeit|um wie ?viel uhr|um welche uhrzeit|zu welcher uhrzeit))?|irgendwann(?: mal)?|(?:an )?irgend(?:einem?|ein) tag|zu jeder (?:tages)?zeit|jederzeit"
    r"|(?:at )?any ?time(?: of (?:the )?day)?|any day|some ?day|an (?:irgend)?einem tag|whenever|flexibel|flexible|some ?time|beliebig|(?<!wie )immer(?! (?:am )?(?:mon|diens|donners|frei|sams|sonn|mitt)(?:tag|woch|abend))|jede[nr] tag|an jedem tag|every day|alle tage|den ganzen tag|all day|ganztags|whichever(?: day| time)?|whatever(?: day| time)?)\b"
)
# a table in the evening
DINING = re.compile(
    r"^(?!.*\b(?:fruehstueck\w*|brunch\w*|breakfast|lunch|mittag\w*)\b).*(?:\b(?:tisch|table|abendessen|dinner|supper)\b|\bparty _)"
)
# no bound, and no wish for the soonest
ALWAYS_FREE = (
    r"\b(?:(?:ich|wir|i|we)(?:'m| am|'re| are)? )?(?:kann|koennen|koennte|habe?|haben|bin|sind|can|could)(?: ich| wir)?(?: (?:ja|eh|sowieso|quasi|praktisch|eigentlich|da))* (?:immer|jederzeit|an jedem tag|always)(?: zeit| da| frei)?(?=$|[,.;])"
    r"|\b(?:i'm|i am|we're|we are) (?:always|free|available)(?: (?:always|free|available|around|any ?time|all the time|whenever|all day every day|every day))+(?=$|[,.;])|\bi can (?:always|do any ?time|do any day)(?: make it)?(?=$|[,.;])"
)
# everything is taken back
WITHDRAWN = r"\b(?:lass(?:en|t)? (?:wir(?:'s| es| das)?|es|mas|ma's)|vergessen sie'?s?(?: es)?|forget (?:it|about it)|leave it(?: for now)?|(?:ich )?meld mich(?: wieder| nochmal)?|i'll (?:ring|call|get) (?:you )?(?:back|again))(?![^<]*<)"
# "vorher krieg ich's nicht hin", "I can't do any earlier": a clause of its own without a mark
NO_OTHER_TIME = (
    r"(?:^|(?<=[,.;] ))(?=[^<,.;]*\b(?:vorher|davor|frueher|eher|spaeter|danach|nachher|earlier|sooner|later|before(?: that)?|after(?: that)?)\b(?! (?:als|than)\b))"
    r"(?=[^<,.;]*(?:\b(?:not|nicht|nichts|nix|kein\w*|never|nie|cannot|nothing)\b|n't\b))[^<,.;]+(?=$|[,.;])"
)
SUMMER_TIME = r"\b(?:sommerzeit|summer time|vor (?:der )?(?:zeit)?umstellung|before the (?:clock )?change)\b"
WINTER_TIME = r"\b(?:winterzeit|normalzeit|winter time|standard time|nach (?:der )?(?:zeit)?umstellung|after the (?:clock )?change)\b"
# "am Wochenende nach der Zeitumstellung"
DAYS_BESIDE_CHANGE = (
    r"\b(?:wochenende|woche|[a-z]*tag|mittwoch|weekend|week|[a-z]*day) (?:vor|nach|before|after) (?:der |the )?(?:zeit|uhren|clock)"
)
NEARLY = r"(?:etwa |ca\.? |circa |ungefaehr |so |gut |knapp |about |around |roughly |approximately |just over )*"
DURATION_UNIT = r"(?P<unit>stunden?|hours?|hour's|std|minuten?|minutes?|min)"
DURATION_AHEAD = (
    rf"\bin {NEARLY}(?:(?P<halves>anderthalb|eineinhalb|zweieinhalb|dreieinhalb)|(?:eine[rnm]? |an? )?(?:guten |knappen )?(?P<half>halben|half(?: an?)?)"
    rf"|(?P<number>\d{{1,3}}|eine[rnm]?|an?)(?: guten| knappen)?(?P<more> (?:und|and) (?:eine[rn]? |a )?(?:halben?|half))?) {DURATION_UNIT}\b(?:'? time\b)?(?! (?:vor|nach|before|after)\b)"
)
DURATION_FROM_NOW = rf"\b(?P<number>\d{{1,3}}|eine|an?) {DURATION_UNIT} (?:from now|ab jetzt|von jetzt an)\b"
HALVES = {"anderthalb": 1.5, "eineinhalb": 1.5, "zweieinhalb": 2.5, "dreieinhalb": 3.5}


def parse_time_expression(text: str, now: datetime, timezone: str, language: Language = "de") -> TimeExpression:
    """Parse the words relative to `now` in the time zone. Both languages are understood; `language` only decides how 3/4
    is read and the language of the question. Never raises: where something is not understood there is a question for just
    that part, beside what is known.
    """
    reader, resolver = _Reader(now, timezone, language), Resolver(now, timezone, language)
    plain = normalize(text)
    expression = resolver.resolve([reader.read(text, plain=plain)])
    if expression.is_ambiguous:
        shorter = (resolver.resolve([reader.read(text, plain=remainder)]) for remainder in find_remainders(plain))
        return next((each for each in shorter if not each.is_ambiguous), expression)
    return expression


def parse_date_and_time(
    date: str | None, time: str | None, part: str | None, *, now: datetime, timezone: str, language: Language = "de"
) -> TimeExpression:
    """Parse a day, a time and a part of the day, each by itself: a bare "10" is an hour where a time is expected."""
    reader = _Reader(now, timezone, language)
    expected: tuple[tuple[str | None, Literal["day", "time"]], ...] = ((date, "day"), (time, "time"), (part, "time"))
    return Resolver(now, timezone, language).resolve([reader.read(words, kind) for words, kind in expected if words])


def parse_date_range(
    first: str | None, last: str | None, part: str | None, *, now: datetime, timezone: str, language: Language = "de"
) -> TimeExpression:
    """Parse the first and the last of several days, each by itself; either may be open."""
    reader = _Reader(now, timezone, language)
    starts, ends = (reader.read(words, "day") if words else None for words in (first, last))
    readings = [join_range(starts, ends, reader.today)] if starts or ends else []
    return Resolver(now, timezone, language).resolve([*readings, *([reader.read(part, "time")] if part else [])])


def mark_expressions(text: str, now: datetime, timezone: str, language: Language = "de") -> Scanner:
    """Mark each day and time in the folded text, for texts with several of them. Ambiguous
    words stay unmarked.
    """
    scanner = LenientScanner(normalize_mentions(text))
    with suppress(AmbiguousExpression, ValueError, OverflowError):
        _Reader(now, timezone, language).mark(scanner)
    return scanner


class _Reader:
    """Reads texts relative to a moment."""

    def __init__(self, now: datetime, timezone: str, language: Language) -> None:
        self.now, self.timezone, self.language = now.astimezone(UTC), timezone, language
        self.today = now.astimezone(ZoneInfo(timezone)).date()

    def read(self, text: str, expected: Literal["day", "time"] | None = None, plain: str | None = None) -> Reading:
        """Read a text, or what is left of it when `plain`, normalized: mark what is understood, then judge the words that are left."""
        scanner = Scanner(_expect(normalize(text), expected) if plain is None else plain)
        fold = None if scanner.has(DAYS_BESIDE_CHANGE) else 0 if scanner.drop(SUMMER_TIME) else 1 if scanner.drop(WINTER_TIME) else None
        is_unbound = scanner.drop(ALWAYS_FREE)
        is_open = scanner.drop(ANY_TIME) | scanner.drop(FIRST_FREE)
        self.mark(scanner)
        is_open |= scanner.drop(SOON)
        # "jetzt tut er weh" wishes for no time
        is_open |= scanner.drop(NOW) and len(text.split()) <= MAX_WORDS_OF_NOW
        mark_day_parts(scanner)
        if DINING.search(scanner.text) and not scanner.has(r"<p\d+>"):
            scanner.found = [move_to_evening(value) if isinstance(value, ClockTime) else value for value in scanner.found]
        # "um zehn, zur Not um elf"
        scanner.rewrite(rf"(<[dtp]\d+>[^.;]*?),? {SECOND_BEST}\b(?:[^.;<]*<[dtp]\d+>[^.;]*| \d{{1,2}}(?=$|[,.;]))", lambda match: match[1])
        scanner.drop(rf",? ?\b{SECOND_BEST}\b")
        mark_day_references(scanner, self.today)
        set_aside_reports(scanner, self.now.astimezone(ZoneInfo(self.timezone)))
        set_aside_reasons(scanner)
        if scanner.has(r"<t\d+>"):
            # "same time, ten o'clock", "half an hour late, so half two"
            scanner.drop(SAME_TIME)
            # "not too early, ten or so"
            scanner.drop(
                r"\b(?:aber |but |nur |bloss |just )?(?:not|nicht|no)(?: (?:so|ganz|very|all that|arg|noch|allzu|viel|much|gar|any))* (?:tooearly|toolate|zufrueh|zuspaet|frueh|spaet|early|late|frueher|spaeter|earlier|later|sooner|eher)\b(?! (?:als|than)\b)"
            )
            scanner.drop(NO_OTHER_TIME)
            scanner.drop(rf"{LENGTH} (?:spaeter|frueher|later?|early|earlier)\b,?(?! (?:als|than)\b)(?=.*<t)")
            # "later today, any time before five"
            scanner.drop(r"\b(?:later|spaeter)(?: on)?(?= <d\d+>)|(?<=\d>) spaeter(?=,)")
        # "nothing before two"
        scanner.rewrite(r"\bnothing (?=(?:before|until|till|after) (?:at |the )?<[dt])", lambda match: "not ")
        scanner.rewrite(r"\b(?:nichts|nix) (?=(?:vor|nach) (?:um |dem )?<[dt])", lambda match: "nicht ")
        mark_time_windows(scanner)
        mark_day_ranges(scanner, self.today)
        leave_out_weekends(scanner)
        mark_signs(scanner)
        tokens = tokenize_marks(scanner)
        days, times = read_days(tokens.items, self.today), read_times(tokens.items)
        if scanner.has(WITHDRAWN):
            days, times = DayReading(question=questions.no_time_given()), TimeReading()
        reading = Reading(days, times, tuple(find_unread_words(tokens)), is_open, fold, is_unbound)
        if reading.is_empty and expected == "time":
            return replace(reading, times=TimeReading(question=questions.which_time()))
        if reading.is_empty:
            excludes = scanner.has(r"<[nex]>")
            return replace(reading, days=DayReading(question=questions.only_exclusions() if excludes else questions.no_time_given()))
        return reading

    def mark(self, scanner: Scanner) -> None:
        """Mark days and clock times, from unambiguous words to those that depend on context."""
        for pattern in (DURATION_AHEAD, DURATION_FROM_NOW):
            scanner.rewrite(pattern, lambda match: self._mark_duration(scanner, match))
        dates = DateScanner(scanner, self.today, self.timezone, self.language)
        find_descending_minutes(scanner)
        dates.find()
        find_clocks(scanner)
        RelativeDateScanner(scanner, self.today).find()
        scanner.text = MORNING_WORD.sub(r"\1 \2morgens", scanner.text)
        find_bare_hours(scanner)
        dates.find_days_of_month()
        DayOffsetScanner(scanner, self.today).find()

    def _mark_duration(self, scanner: Scanner, match: re.Match[str]) -> str:
        """Mark "in 2 stunden": elapsed time, across clock changes."""
        words = match.groupdict()
        number = words["number"] or ""
        count = HALVES.get(words.get("halves") or "", 0.0) or (0.0 if words.get("half") else float(number) if number.isdigit() else 1.0)
        count += 0.5 if words.get("half") or words.get("more") else 0
        length = timedelta(minutes=count * (1 if words["unit"].startswith("m") else 60), seconds=59)
        local = (self.now + length).replace(second=0, microsecond=0).astimezone(ZoneInfo(self.timezone))
        day, clock = DayRange(local.date(), local.date()), ClockTime(local.hour, local.minute, fold=local.fold)
        return f" {scanner.mark(DAY, day)} {scanner.mark(TIME, clock)} "


def _expect(plain: str, expected: Literal["day", "time"] | None) -> str:
    """Read a bare number as what is expected."""
    if expected == "time" and re.fullmatch(r"\d{1,2}(?:[ .]\d\d)?\.?", plain):
        return f"um {plain}"
    return f"am {plain}." if expected == "day" and re.fullmatch(r"\d{1,2}", plain) else plain
