"""Finds days told from a day named before in the same text: "den Tag danach", "the Tuesday after", "die Woche drauf"."""

# ruff: noqa: E501  (patterns are read in one line)

import re
from datetime import date, timedelta

from app.domain.language.calendar_arithmetic import WEEK, add_units, find_weekday, get_monday, parse_count
from app.domain.language.clarification_questions import which_date
from app.domain.language.dates import DayRange
from app.domain.language.fillers import ASIDE
from app.domain.language.marked_text import DAY, Scanner
from app.domain.language.reported_bounds import mark_reported_bounds

AFTER = r"(?:danach|darauf|drauf|nachher|(?:(?:straight|right|directly|just|immediately) )?after(?:wards)?(?: (?:that|it|this|then))?|later|spaeter|following(?: (?:that|it))?|(?:that|which) follows(?: (?:that|it))?)"
BEFORE = r"(?:davor|zuvor|vorher|(?:just |right )?before(?: (?:that|it|this|then))?|earlier|frueher|eher|prior|beforehand|preceding(?: that)?|ahead)"
# nothing follows that they would lead: "the day before I bake" is another day
ALONE = r"\b(?! ?(?:<d|the\b|dem\b|der\b|den\b))(?:(?<!before)(?<!after)|(?! (?:<[tp]|(?:my|our|his|her|their|a|an|any[a-z]*|you|he|she|they|everyone|we (?!could|can|want|need|would)|i (?!could|can|want|need|would))\b)))"
ARTICLE = r"(?:(?:am|an dem|auf|der|den|dem|the|on|on the|einen|ein|a|am|in der|die) )*"
NEIGHBOUR = re.compile(
    rf"\b{ARTICLE}(?:gleich |direkt )?(?:(?:very )?(?:day|tag|tags) (?:(?P<after>{AFTER})|(?P<before>{BEFORE})){ALONE}|(?P<next>(?:very next|following|darauffolgenden|folgenden) (?:day|tag)\b|(?:next|naechsten) (?:day|tag)(?=$|[,.;]| (?:instead|um|at|dann|then|gegen|around|<[tp])\b))|(?P<previous>(?:previous|vorigen|vorherigen) (?:day|tag)\b))"
)
# "a week later", "2 tage eher"
DISTANCE = re.compile(
    rf"\b{ARTICLE}(?:(?:genau|exactly|full|ganze[nr]?|gute?n?|just|only|nur|noch) )*(?P<count>\d{{1,3}}|eine[rnms]?|ein|an?) (?:full |ganze[nrs]? |whole )?(?P<unit>tage?n?|days?|wochen?|weeks?|monate?n?|months?)\b (?:(?P<after>{AFTER}|on from (?:that|then))|(?P<before>{BEFORE})){ALONE}(?! (?:als|than|from)\b)"
)
# "that day", "am selben Tag"
THAT_DAY = re.compile(
    r"\b(?:(?:am|an|on|later|the|den|der|dem) )*(?:(?:that|the) (?:very )?same (?:week)?day|that (?:very )?day|same (?:week)?day|(?:(?:dem)?selben|gleichen|demselben|denselben) (?:wochen)?tag|an (?:dem|diesem) tag|(?<=; )(?:then|da)(?=$|[,.;]| (?:um|at|<[tp])))\b(?!,? (?:(?:next|naechste|in der|der|die|a|the|1|eine|of|week|woche)\b|<d))"
)
WEEKDAY_BESIDE = re.compile(
    rf"(?:\b{ARTICLE})?<d(?P<weekday>\d+)>(?P<part> <p\d+>)? (?:(?P<after>danach|darauf|drauf|(?:(?:straight|right|directly|just|immediately) )?after(?: (?:that|it|this))?|following(?: that)?|(?:that|which) follows(?: that)?)|(?P<before>davor|vorher|zuvor|(?:just )?before(?: (?:that|it|this))?)){ALONE}"
)
# "back the following Monday", "that Tuesday"
FOLLOWING_WEEKDAY = re.compile(r"(?:(?<=; )(?P<that>that)|\b(?:the|den|am) (?:following|darauffolgenden|folgenden)) <d(?P<weekday>\d+)>")
WEEK_AFTER = re.compile(rf"\b{ARTICLE}(?:woche|week) {AFTER}{ALONE},?(?: (?:am|on|den|the))? <d(?P<weekday>\d+)>")
# "the evening before", "am Abend davor"
PART_BESIDE = re.compile(
    rf"(?:\b(?:(?:am|an dem|the|on the|der|den|in the) )+|(?<=, ))(?P<part><p\d+>) (?:(?P<after>{AFTER})|(?P<before>{BEFORE}))(?:(?<= that)|(?<= it)|(?=$|[,.;]| (?:if|wenn|please|bitte|dann|then|um|at|is|ist|i'd|could|can|waer\w*|haett\w*|geht|passt)\b))"
)
# "not the week coming but the week after that", "nicht dieses Wochenende, das danach"
STRETCH_AFTER = re.compile(
    rf"\b{ARTICLE}(?:(?:woche|week|wochenende|weekend) {AFTER}{ALONE}|following (?:week|weekend)\b|(?:darauffolgende|folgende)[nrs]? (?:woche|wochenende)\b)|(?:(?<=,)|(?<=\bbut)|(?<=\bsondern)|(?<=\band)) (?:die|das|in der|the 1\.?|the|{ASIDE}) (?:danach|darauf|drauf|after(?: that)?){ALONE}|\b(?:in |any ?day in )(?:the 1\.?|{ASIDE}) {AFTER}{ALONE}"
)
SAME_WEEKDAY = re.compile(
    rf"(?:\bthe 1\.?|\bden|\bder|{ASIDE}) (?:{AFTER}|darauffolgenden?|following){ALONE}|\bthe (?:following|next) (?:one|1)\b|\bden (?:darauffolgenden|naechsten) (?=$|[,.;])|\b(?:den|der|dem|am|und) uebernaechsten?(?=$|[,.;]| (?:dann|um|bei|gegen)\b)"
)
# "Allerheiligen ist Sonntag": the date tells which Sunday
OF_THAT_DAY = re.compile(r"[,.;] (?:da|weil|denn|because|since) (?:ist?|hab\w*|bin|muss|sind|kommt|i|we|it)\b[^,.;]*$")
BESIDE = re.compile(r",?(?: (?:den|der|dem|the|am))? ")
IS = re.compile(r"(?:'s| ist| is)(?: (?:ja|doch|ein|a|am|on))* ")
DAY_MARK = re.compile(r"<d(\d+)>")


# "same day the week after", "derselbe Tag eine Woche später"
LATER_WEEK = r"(?:(?:the|die|der|in der|in|next|naechste) )*(?:(?:a|1|eine|einer) )?(?:week|woche) (?:after(?: that)?|later|danach|darauf|drauf|spaeter)|<d\d+>"
SAME_DAY = re.compile(
    rf"\b(?:(?:the|am|an dem|den|dann|der) )*(?:same|selben?|gleichen?|derselbe|denselben) (?:week)?(?:day|tag|wochentag),? (?P<week>{LATER_WEEK})"
)

# "am Freitag ist die Hochzeit, also am Mittwoch in der Woche"
WEEKDAY_OF_WEEK = re.compile(
    rf"(?:\b{ARTICLE})?<d(?P<weekday>\d+)> (?:in (?:der|dieser|derselben|der gleichen|der selben)|(?:in |of )?(?:that|the same)) (?:woche|week)\b(?! (?:danach|darauf|drauf|davor|vor|nach|after|before))"
)
REFERENCES = (
    SAME_DAY,
    WEEK_AFTER,
    DISTANCE,
    STRETCH_AFTER,
    NEIGHBOUR,
    PART_BESIDE,
    WEEKDAY_BESIDE,
    FOLLOWING_WEEKDAY,
    THAT_DAY,
    WEEKDAY_OF_WEEK,
    SAME_WEEKDAY,
)
# one of these stands in every reference
REFERS = re.compile(
    r"after|later|follow|next|before|earlier|prior|preceding|ahead|same|that|danach|drauf|darauf|nachher|spaeter|folgend|naechst|davor|zuvor|vor(?:her|ig)|; (?:then|da)\b|in der woche|in dieser woche|frueher|eher|selbe|gleichen|an (?:dem|diesem) tag|tags|previous"
)


def mark_day_references(scanner: Scanner, today: date) -> None:
    """Mark days that are told from one before; that one is a wish no more, unless an "oder" joins them."""
    mark_reported_bounds(scanner)
    if REFERS.search(scanner.text):
        _resolve(scanner, today)
        # "two weeks ahead", of no day that is named
        scanner.take(
            r"\b(\d{1,3}|an?) (days?|weeks?|months?|years?) (?:later|ahead)\b",
            DAY,
            lambda m: _one(add_units(today, parse_count(m[1]), m[2])),
        )


def _resolve(scanner: Scanner, today: date) -> None:
    """Resolve references in the order of speech: each may point to the one before it."""
    since = 0
    # "the day after's no better, so the one after that"
    neighbours: set[int] = set()
    while found := [match for pattern in REFERENCES if (match := pattern.search(scanner.text, since))]:
        found.sort(key=lambda match: match.start())
        end = next(
            (end for match in found if match.start() == found[0].start() and (end := _refer(scanner, match, today, neighbours))), None
        )
        since = end or found[0].start() + 1


def _refer(scanner: Scanner, match: re.Match[str], today: date, neighbours: set[int]) -> int | None:
    """Replace a reference by its day; gives where that ends, None where it points to no day."""
    earlier = list(DAY_MARK.finditer(scanner.text[: match.start()]))
    end = earlier[-1].end() if earlier else 0
    if len(earlier) > 1 and IS.fullmatch(scanner.text[earlier[-2].end() : earlier[-1].start()]) and _is_single(scanner, earlier[-2]):
        earlier.pop()
    if len(earlier) > 1 and _is_same_day(scanner, earlier[-2], earlier[-1]):
        # "in zehn Tagen, das ist ja ein Sonntag"
        earlier.pop()
    if len(earlier) > 1 and _is_week_of(scanner, earlier[-2], earlier[-1]):
        # "Whit Monday next week"
        earlier.pop()
    named = scanner.found[int(earlier[-1][1])] if earlier else None
    if len(earlier) > 1 and not scanner.text[earlier[-2].end() : earlier[-1].start()].strip() and _is_single(scanner, earlier[-2]):
        # "Labour Day Monday": the one contradicts the other
        named = None
    told = _tell(scanner, match, named) if isinstance(named, DayRange) else None
    if told is None and match.re is SAME_WEEKDAY and isinstance(named, DayRange) and int(earlier[-1][1]) in neighbours:
        told = _one(named.first + timedelta(1))
    if told is None:
        return None
    between = scanner.text[end : match.start()]
    if OF_THAT_DAY.search(between):
        # "am Dienstag, da ist ja Karneval am Tag drauf"
        scanner.text = f"{scanner.text[: match.start()]} {ASIDE} {scanner.text[match.end() :]}"
        return match.start() + 1
    since = earlier[-1].start()
    if len(earlier) > 1 and _is_same_day(scanner, earlier[-1], earlier[-2]) and BESIDE.fullmatch(scanner.text[earlier[-2].end() : since]):
        # "am Samstag, den zwölften, …, also am Freitag davor"
        since = earlier[-2].start()
    # "Montag und den Tag danach" are two, "am 18. hab ich Geburtstag und den Tag davor" is one
    is_joined = re.search(r"\b(?:oder|or)\b", between) or re.fullmatch(r"[ ,]*(?:und|and)[ ,]*", between)
    reference = earlier[-1][0] if is_joined else ASIDE
    before, after = scanner.text[:since], scanner.text[match.end() :]
    part = match.groupdict().get("part") or ""
    # the day before a Friday that may be today's
    mark = scanner.mark(DAY, told if told.last >= today else which_date())
    if match.re is NEIGHBOUR:
        neighbours.add(len(scanner.found) - 1)
    head = " ".join(f"{before}{reference}{between} {mark} {part}".split())
    scanner.text = f"{head} {' '.join(after.split())}".replace(" ,", ",").replace(" ;", ";").strip()
    return len(head)


def _is_single(scanner: Scanner, mark: re.Match[str]) -> bool:
    days = scanner.found[int(mark[1])]
    return isinstance(days, DayRange) and days.is_single


def _is_same_day(scanner: Scanner, one: re.Match[str], other: re.Match[str]) -> bool:
    day, weekday = (scanner.found[int(mark[1])] for mark in (one, other))
    if not (isinstance(day, DayRange) and isinstance(weekday, DayRange)) or weekday.weekday is None or not day.is_single:
        return False
    return day.weekday is None and day.first.weekday() == weekday.weekday


def _is_week_of(scanner: Scanner, one: re.Match[str], other: re.Match[str]) -> bool:
    day, week = (scanner.found[int(mark[1])] for mark in (one, other))
    if not (isinstance(day, DayRange) and isinstance(week, DayRange)) or week.is_single or not day.is_single:
        return False
    return not scanner.text[one.end() : other.start()].strip() and week.first <= day.first <= week.last


def _tell(scanner: Scanner, match: re.Match[str], named: DayRange) -> DayRange | None:
    groups = match.groupdict()
    if (
        match.re is STRETCH_AFTER
        and named.is_single
        and named.weekday is None
        and not named.names_weekday
        and "w" in match[0]
        and "wochenende" not in match[0]
        and "weekend" not in match[0]
    ):
        # "die Ferien gehen bis zum 14., die Woche darauf"
        return DayRange(get_monday(named.first, 1), get_monday(named.first, 1) + timedelta(6))
    if match.re is STRETCH_AFTER:
        return _shift_stretch(named)
    if not named.is_single and not (match.re is WEEKDAY_BESIDE and named.last - named.first < WEEK):
        return None
    if match.re is SAME_DAY:
        return _find_same_day(scanner, match["week"], named)
    other = scanner.found[int(groups["weekday"])] if groups.get("weekday") else None
    if match.re is WEEKDAY_OF_WEEK and named.weekday is not None:
        return None
    if match.re is WEEKDAY_OF_WEEK:
        return (
            _one(find_weekday(other.weekday, get_monday(named.first)))
            if isinstance(other, DayRange) and other.weekday is not None
            else None
        )
    if "weekday" in groups:
        if not isinstance(other, DayRange) or other.weekday is None:
            return None
        is_after = match.re not in (WEEKDAY_BESIDE,) or groups["after"]
        since = get_monday(named.first, 1) if match.re is WEEK_AFTER else named.last + timedelta(1) if is_after else named.first - WEEK
        return _one(find_weekday(other.weekday, since))
    if match.re is THAT_DAY:
        return named
    if match.re is DISTANCE:
        count = parse_count(match["count"])
        return _one(add_units(named.first, count if match["after"] else -count, match["unit"]))
    if match.re in (NEIGHBOUR, PART_BESIDE):
        return _one(named.first + timedelta(1 if groups["after"] or groups.get("next") else -1))
    # "not this Saturday, the one after" is a Saturday; after "the 24th" it may be the 25th
    return _one(named.first + WEEK) if named.weekday is not None or named.names_weekday else None


def _shift_stretch(named: DayRange) -> DayRange | None:
    """Get the week after a week, the weekend after a weekend; what has begun counts as whole."""
    if named.is_single or named.last - named.first >= WEEK or named.last.weekday() != 6:
        return None
    is_weekend = named.first.weekday() == 5
    return DayRange(get_monday(named.last, 1) + timedelta(5 if is_weekend else 0), named.last + WEEK)


def _find_same_day(scanner: Scanner, week: str, named: DayRange) -> DayRange | None:
    """Get the weekday of a day in the week after it, or in a week that is named."""
    mark = DAY_MARK.fullmatch(week)
    if not mark:
        return _one(named.first + WEEK)
    days = scanner.found[int(mark[1])]
    is_week = isinstance(days, DayRange) and not days.is_single and days.last - days.first < WEEK
    return _one(find_weekday(named.first.weekday(), get_monday(days.last))) if is_week else None


def _one(day: date) -> DayRange:
    return DayRange(day, day)
