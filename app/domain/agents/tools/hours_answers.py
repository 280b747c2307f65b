"""Answers questions for opening hours and for who is there when: of a day, of several, of the usual week, and the longest day."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, time, timedelta

from flask_babel import gettext as _

from app.core.errors import AppError
from app.domain.agents.opening_hours_lookup import DayHours, find_opening_after, get_shift_hours, list_hours
from app.domain.agents.tools.argument_resolution import parse_day
from app.domain.agents.tools.context import ToolContext
from app.domain.agents.tools.phrasing import say_when
from app.domain.agents.tools.registry import run_tool
from app.domain.language.parsed_time import Language
from app.domain.language.spoken_format import WEEKDAYS, capitalise, join_and, say_day, say_hours, say_time
from app.domain.language.vocabulary import fold
from app.models import StaffMember

Spans = tuple[tuple[time, time], ...]

# words about a day; without one today is meant
DAY_WORDS = re.compile(
    r"\b(?:(?:naechste|kommende|diese)\w* |next |this )?(?:heute|morgen|uebermorgen|(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag"
    r"|sonnabend|sonntag)s?|wochenende|woche|heiligabend|silvester|neujahr|ostern|today|tomorrow|weekend|week"
    r"|(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)s?|zwischen den jahren|easter|\d+\.(?: ?\w+)?)"
)
CHRISTMAS = re.compile(r"weihnacht\w*|\bchristmas\b|\bxmas\b|festtage\w*|ueber die feiertage|over the holidays")
LATEST = re.compile(r"laengst|am spaetesten|\blate\b|\blatest\b|longest|\babends?\b|\bevenings?\b|\blange? offen\b|\bspaet\b")
EARLIEST = re.compile(r"fruehest|\bearliest\b|\bearly\b|\bfrueh (?:auf|offen)\b")
USUAL_WEEK = re.compile(
    r"unter der woche|werktags|wochentags|during the week|weekdays?\b|oeffnungszeiten|opening (?:hours|times)|\bhours\b"
    r"|\b(?:wann|wie lange|when|what (?:days|time)|an welchen tagen)\b.*\b(?:auf|offen|geoeffnet|da|open|opened)\b"
    r"|\bsprechzeiten\b|\bsprechstunden?\b"
    r"|\b(?:ab|bis|von) wann\b|\bwann\b.*\b\w*(?:bringen|kommen|abgeben)\b|\bwhen\b.*\b(?:bring|drop|come)\b"
)
WEEKDAYS_ONLY = re.compile(r"unter der woche|werktags|wochentags|during the week|weekdays?\b")
TODAY = re.compile(r"\b(?:heute|jetzt|gerade|noch|schon|today|now|still|currently|right now)\b")
_PLAIN_WORDS = """
    wie lange wann habt haben hat sie ihr denn eigentlich heute jetzt gerade noch schon auf offen geoeffnet geschlossen zu macht machen
    ist sind bei euch ihnen der die das laden salon praxis werkstatt da seid bis von um uhr bitte und ja auch ueberhaupt oeffnungszeiten
    how long when are you is the your open closed close today now still currently until till what time do does shop opening hours right
    oeffnet schliesst schliessen oeffnen at please and hi hello hallo moin guten tag sagen mir koennen can tell me
"""
PLAIN_WORDS = frozenset(_PLAIN_WORDS.split())
# beside these, "ab wann" and "bis wann" may ask for something else than the hours
OPEN_WORDS = re.compile(r"oeffn|\boffen|\bauf\b|\bzu\b|geschlossen|schliess|\bopen|\bclose|\bhours\b|feiertag|weihn|christmas")
_COMING_WORDS = """
    jemand wer ihre ihren eure euren sprechstunde sprechstunden sprechzeiten an ab kann koennte koennen ich wir man auto wagen
    fahrzeug raeder reifen kommen vorbeikommen vorbei bringen vorbeibringen hinbringen abgeben abholen den das mein meinen dann
    denn so frueh viel wie was ihr i we can could may bring drop off car come by in pick up my it around along from and on
"""
COMING_WORDS = frozenset(_COMING_WORDS.split())
MAX_DAYS, WEEKS = 14, 14


def answer_opening(context: ToolContext, question: str) -> str | None:
    """Answer when it is open; None where the question asks for something else beside."""
    folded = fold(question)
    days = find_days(context, question)
    if not OPEN_WORDS.search(folded) and _list_other_words(context, DAY_WORDS.sub(" ", folded)) - COMING_WORDS:
        return None
    if days is None and LATEST.search(folded):
        return _say_extreme(context, latest=True)
    if days is None and EARLIEST.search(folded):
        return _say_extreme(context, latest=False)
    if days is None and USUAL_WEEK.search(folded) and not TODAY.search(folded):
        return _say_week(context, last_weekday=4 if WEEKDAYS_ONLY.search(folded) else 6)
    if days is None and _list_other_words(context, folded):
        return None
    if days and days[0] != days[-1]:
        return say_days(context, list_hours(context.branch, days[0], len(days)))
    result = run_tool("get_opening_hours", {"date": days[0].isoformat() if days else None}, context)
    return result.say if result.ok else None


def _list_other_words(context: ToolContext, folded: str) -> set[str]:
    """List the words that ask for no hours."""
    return set(re.findall(r"[a-z]+", folded)) - PLAIN_WORDS - set(fold(context.company.name).split())


def answer_presence(context: ToolContext, people: Sequence[StaffMember], question: str) -> str | None:
    """Answer when people work: of one on the days named, else when next; of several who of them. No reason is told."""
    days = find_days(context, question) or []
    if len(people) > 1:
        return _say_who_is_there(context, people, days)
    shifts = _list_shifts(context, people[0], days or [context.today + timedelta(days=number) for number in range(MAX_DAYS)])
    who = people[0].name
    if not days:
        shifts = dict(list(shifts.items())[:1])
        return _("%(who)s ist wieder %(when)s da.", who=who, when=_join_days(context, shifts)) if shifts else None
    if shifts:
        return _("%(who)s ist %(when)s da.", who=who, when=_join_days(context, shifts))
    spoken = join_and([_say_day(context, day) for day in dict.fromkeys((days[0], days[-1]))], context.language)
    return _("%(who)s ist %(day)s nicht da.", who=who, day=spoken)


def find_days(context: ToolContext, question: str) -> list[date] | None:
    """Find the day or the days that are named, at most two weeks; None without any."""
    folded = fold(question)
    if WEEKDAYS_ONLY.search(folded):
        return None
    if CHRISTMAS.search(folded) and not re.search(r"zwischen|between|heiligabend|eve\b|erste|zweite|[12]\.|day\b", folded):
        first = _parse(context, "24.12.")
        return _list_between(first[0], first[0] + timedelta(days=2)) if first else None
    named = DAY_WORDS.search(folded)
    # the whole question may tell more of the day, or ask for the hours and so name none
    return _parse(context, question) or (_parse(context, named[0]) if named else None)


def _parse(context: ToolContext, words: str) -> list[date] | None:
    try:
        when = parse_day(context, words, context.branch.timezone)
    except AppError:
        return None
    if when.day:
        return [when.day]
    return _list_between(when.day_from, when.day_to) if when.day_from and when.day_to else None


def _list_between(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range(min(MAX_DAYS, (last - first).days + 1))]


def say_days(context: ToolContext, days: Sequence[DayHours]) -> str:
    """Say the hours of several dates, and that it is closed on the others."""
    opened = {hours.day: tuple(hours.clock_spans) for hours in days if hours.spans}
    if not opened:
        opens_at = find_opening_after(context.branch, context.now.replace(hour=0, minute=0) + (days[-1].day - context.today + timedelta(1)))
        when = say_when(context, opens_at, context.timezone) if opens_at else None
        return _("Da ist geschlossen, wieder geöffnet ist %(next)s.", next=when) if when else _("Da ist geschlossen.")
    say = [_("Geöffnet ist %(when)s.", when=_join_days(context, opened))]
    if len(opened) < len(days):
        say.append(_("Sonst ist in dieser Zeit geschlossen."))
    if eves := [hours.unchanged_eve for hours in days if hours.unchanged_eve]:
        say.append(_("Für %(eve)s ist nichts Besonderes eingetragen.", eve=join_and(eves, context.language)))
    return " ".join(say)


def _join_days(context: ToolContext, hours: Mapping[date, Spans]) -> str:
    """ "am Dienstag, dem 29. Dezember, und am Mittwoch, dem 30. Dezember, von 9 Uhr bis 19 Uhr" """
    by_hours: dict[Spans, list[date]] = {}
    for day, spans in hours.items():
        by_hours.setdefault(spans, []).append(day)
    pieces = [f"{_say_dates(context, days)} {say_hours(spans, context.language)}" for spans, days in by_hours.items()]
    return join_and(pieces, context.language)


def _say_dates(context: ToolContext, days: Sequence[date]) -> str:
    if len(days) > 2 and (days[-1] - days[0]).days == len(days) - 1:
        first, last = (say_day(day, context.language, case="until") for day in (days[0], days[-1]))
        return _("von %(first)s bis %(last)s,", first=first, last=last)
    spoken = join_and([say_day(day, context.language, today=context.today) for day in days], context.language)
    return f"{spoken}," if "," in spoken and context.language == "de" else spoken


def _say_day(context: ToolContext, day: date) -> str:
    spoken = say_day(day, context.language, today=context.today)
    return f"{spoken}," if "," in spoken and context.language == "de" else spoken


def _get_usual_week(context: ToolContext) -> dict[int, Spans]:
    """The hours by weekday, as the next two weeks have them beside holidays."""
    week: dict[int, Spans] = {}
    for hours in list_hours(context.branch, context.today, WEEKS):
        if hours.spans:
            week.setdefault(hours.day.weekday(), tuple(hours.clock_spans))
    return dict(sorted(week.items()))


def _say_week(context: ToolContext, *, last_weekday: int) -> str | None:
    by_hours: dict[Spans, list[int]] = {}
    for weekday, spans in _get_usual_week(context).items():
        if weekday <= last_weekday:
            by_hours.setdefault(spans, []).append(weekday)
    pieces = [f"{_say_weekdays(weekdays, context.language)} {say_hours(spans, context.language)}" for spans, weekdays in by_hours.items()]
    return _("Geöffnet ist %(when)s.", when=join_and(pieces, context.language)) if pieces else None


def _say_extreme(context: ToolContext, *, latest: bool) -> str | None:
    """Say on which weekdays it closes latest, or opens earliest."""
    week = _get_usual_week(context)
    clocks = {weekday: spans[-1][1] if latest else spans[0][0] for weekday, spans in week.items()}
    if not clocks:
        return None
    extreme = max(clocks.values()) if latest else min(clocks.values())
    days = _say_weekdays([weekday for weekday, clock in clocks.items() if clock == extreme], context.language)
    at = say_time(extreme, context.language)
    if latest:
        return _("Am längsten ist %(days)s geöffnet, bis %(time)s.", days=days, time=at)
    return _("Am frühesten wird %(days)s geöffnet, um %(time)s.", days=days, time=at)


def _say_weekdays(weekdays: Sequence[int], language: Language) -> str:
    names = [WEEKDAYS[language][weekday] for weekday in weekdays]
    spoken = [f"{name}s" if language == "en" else f"{name.lower()}s" for name in names]
    if len(weekdays) > 2 and weekdays[-1] - weekdays[0] == len(weekdays) - 1:
        return f"{names[0]} to {names[-1]}" if language == "en" else f"{spoken[0]} bis {spoken[-1]}"
    return f"on {join_and(spoken, language)}" if language == "en" else join_and(spoken, language)


def _list_shifts(context: ToolContext, person: StaffMember, days: Sequence[date]) -> dict[date, Spans]:
    found = {day: get_shift_hours(context.branch, person.id, day) for day in days}
    return {day: spans for day, spans in found.items() if spans}


def _say_who_is_there(context: ToolContext, people: Sequence[StaffMember], days: Sequence[date]) -> str | None:
    if len(days) != 1:
        return None
    there = [person.name for person in people if _list_shifts(context, person, days)]
    day = capitalise(_say_day(context, days[0]))
    if not there:
        return _("%(day)s ist niemand da.", day=day)
    if len(there) == 1:
        return _("%(day)s ist %(who)s da.", day=day, who=there[0])
    return _("%(day)s sind %(who)s da.", day=day, who=join_and(there, context.language))
