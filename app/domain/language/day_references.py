"""Finds days told from a day named before in the same text: "den Tag danach", "the Tuesday after", "die Woche drauf"."""

# ruff: noqa: E501  (patterns are read in one line)

import re
from datetime import date, timedelta

from app.domain.language.calendar_arithmetic import WEEK, find_weekday, get_monday
from app.domain.language.clarification_questions import which_time
from app.domain.language.dates import DayRange
from app.domain.language.fillers import ASIDE
from app.domain.language.marked_text import DAY, TIME, Scanner

AFTER = r"(?:danach|darauf|drauf|nachher|after(?: (?:that|it|this))?|later|spaeter)"
BEFORE = r"(?:davor|zuvor|vorher|before(?: (?:that|it|this))?|earlier|frueher)"
# nothing follows that they would lead
ALONE = r"(?! ?(?:<d|the\b|dem\b|der\b|den\b))\b"
ARTICLE = r"(?:(?:am|an dem|auf|der|den|dem|the|on|on the|einen|ein|a|am|in der|die) )*"
NEIGHBOUR = re.compile(
    rf"\b{ARTICLE}(?:(?:day|tag) (?:(?P<after>{AFTER})|(?P<before>{BEFORE})){ALONE}|(?P<next>(?:following|folgenden) (?:day|tag)\b)|(?P<previous>(?:previous|vorigen) (?:day|tag)\b))"
)
WEEKDAY_BESIDE = re.compile(
    rf"\b{ARTICLE}?<d(?P<weekday>\d+)> (?:(?P<after>danach|darauf|drauf|after(?: (?:that|it|this))?)|(?P<before>davor|before(?: (?:that|it|this))?)){ALONE}"
)
WEEK_AFTER = re.compile(rf"\b{ARTICLE}(?:woche|week) {AFTER}{ALONE},?(?: (?:am|on|den|the))? <d(?P<weekday>\d+)>")
# "the evening before", "am Abend davor"
PART_BESIDE = re.compile(
    rf"(?:\b(?:(?:am|an dem|the|on the|der|den|in the) )+|(?<=, ))(?P<part><p\d+>) (?:(?P<after>{AFTER})|(?P<before>{BEFORE}))(?=$|[,.]| (?:if|wenn|please|bitte|dann|then|um|at)\b)"
)
# "not the week coming but the week after that", "nicht dieses Wochenende, das danach"
STRETCH_AFTER = re.compile(
    rf"\b{ARTICLE}(?:(?:woche|week|wochenende|weekend) {AFTER}{ALONE}|following (?:week|weekend)\b|(?:darauffolgende|folgende)[nrs]? (?:woche|wochenende)\b)|(?:(?<=,)|(?<=\bbut)|(?<=\bsondern)|(?<=\band)) (?:die|das|in der|the 1\.?|the|{ASIDE}) (?:danach|darauf|drauf|after(?: that)?){ALONE}"
)
SAME_WEEKDAY = re.compile(
    rf"(?:\bthe 1\.?|\bden|\bder|{ASIDE}) (?:{AFTER}|darauffolgenden?|following){ALONE}|\bthe (?:following|next) (?:one|1)\b|\bden (?:darauffolgenden|naechsten) (?=$|[,.])"
)
# "bin bis zum 17. weg, danach", "meeting till three, so after that"
FROM_THEN_ON = re.compile(
    r"(?P<lead>\b(?:bis|until|till|til|through)(?: (?:zum|dem|den|the|um|etwa|about))*) (?P<mark><[dt]\d+>)(?P<between>[^<]*?)\b(?:(?:any ?day|any ?time|erst|irgendwann|immer|jederzeit|sometime|wieder|only|free) )*"
    r"(?:danach|nachher|hinterher|anschliessend|after(?: *(?=$|[,.]))|after (?:that|then)|afterwards|from then(?: on)?|ab da|ab dann)\b"
)
# "Allerheiligen ist Sonntag": the date tells which Sunday
IS = re.compile(r"(?:'s| ist| is)(?: (?:ja|doch|ein|a|am|on))* ")
# "I finish at four, after that"
AFTER_THE_END = re.compile(
    r"\b(?:(?:finish|get off|get out|done|am out|knock off|ends|schluss|feierabend|fertig|frei) (?:\w+ ){0,2}?(?:at|um|gegen|around|about) |(?:um|gegen) )(?P<mark><t\d+>)(?P<between>(?: (?:schluss|feierabend|fertig|aus|frei))?[^<]*?)\b(?:(?:any ?time|erst|irgendwann|immer|jederzeit|sometime) )*"
    r"(?:danach|nachher|anschliessend|after (?:that|then)|afterwards|ab da)\b"
)
# "could I come straight after on Wednesday": no "after Wednesday"
AFTER_ON = re.compile(r"\b(?:(?:straight|right|directly|just|immediately|any ?time) )?after((?: then)? on(?= <d))")
# "ab dem dritten im Urlaub, also davor"
NO_DAY_BEFORE = r"(?<!tag )(?<!day )(?<!abend )(?<!evening )(?<!morning )(?<!night )(?<!woche )(?<!week )(?<!wochenende )(?<!weekend )(?<!stunde )(?<!hour )(?<!minuten )(?<!minutes )(?<!> )"
BEFORE_THEN = re.compile(
    rf"\b(?:ab|from|vom|von)(?: (?:dem|den|the))* (?P<mark><d\d+>)(?P<between>[^<]*?)\b{NO_DAY_BEFORE}(?:davor|vorher|zuvor|before (?:then|that))\b"
)
# "physio at three, after that": how long it takes is not told
AFTER_A_TIME = r"(<t\d+>[^<]*(?:<d\d+>[^<]*)?[^<]*?)\b(?:danach|nachher|hinterher|anschliessend|(?:nach|after) (?:that|then|her|him|them|ihm|ihr|ihnen)|(?<!day )(?<!week )(?<!weekend )(?<!month )(?<!1 )(?<!1\. )(?<!one )(?<!_ )(?<!> )after(?= *(?:$|[,.]))|afterwards)\b(?! <t)"
# "we're away from the fifth to the twelfth, any day after that"
AWAY = r"(?:weg|verreist|urlaub|fort|unterwegs|krank|away|holiday|vacation|abroad|out of town|travelling|off)"
AFTER_ABSENCE = re.compile(
    rf"(?P<before>(?=[^,]*\b{AWAY}\b)[^,]*?)(?<!weeks )(?<!week )(?<!wochen )(?<!woche )(?P<mark><d\d+>)(?P<between>(?:(?!wochen?|tage|weeks?|days?)[^<])*?)\b(?:(?:any ?day|any ?time|jeder tag|erst|irgendwann|immer|jederzeit|sometime|wieder) )*(?:danach|nachher|anschliessend|after (?:that|then)|afterwards)\b"
)
END_WORDS = re.compile(r"\b(?:finish|get off|get out|done|am out|knock off|ends|schluss|feierabend|fertig|aus|frei)\b")
DAY_MARK = re.compile(r"<d(\d+)>")


# "vorher bin ich in Kur": it does not suit
UNSUITABLE_BEFORE = re.compile(
    r"(?P<mark><d\d+>[^<]*?)\b(?:(?:vorher|davor|zuvor|bis dahin) (?:bin|sind|hab|habe|haben|kann|koennen|geht|ist|passt|klappt|schaff\w*|arbeite)|(?:before|until|till) (?:that|then),? (?:i'm|i am|we're|we are|i've|i have|i can't|i work|it's|we|i))\b[^<,.]*"
)
ABSENT_UNTIL_THEN = re.compile(
    r"(?<=[,.] )(?:i'm|i am|we're|we are|ich bin|wir sind|bin|sind) [^<,.]*\b(?:until|till|bis) (?:then|dahin)\b"
)
# "we fly out on the first, so it has to be before that"
BEFORE_LEAVING = re.compile(
    rf"\b(?:fly|flying|leave|leaving|travel\w*|go(?:ing)? away|flieg\w*|fahr\w*|reis\w*|verreis\w*|weg|wedding|hochzeit|taufe|konfirmation|party|interview|exam|pruefung|bewerbungs\w*|vorstellungs\w*|away|off|urlaub|holiday)\b(?P<to>[^<.]{{0,40}})(?P<mark><d\d+>)(?P<between>[^<]*?)\b{NO_DAY_BEFORE}(?:davor|vorher|zuvor|before(?: (?:then|that|it))?)\b(?! <)(?=$|[,.]| (?:noch|sein|kommen|dran)\b)"
)
# "same day the week after", "derselbe Tag eine Woche später"
LATER_WEEK = r"(?:(?:the|die|der|in der|in|next|naechste) )*(?:(?:a|1|eine|einer) )?(?:week|woche) (?:after(?: that)?|later|danach|darauf|drauf|spaeter)|<d\d+>"
SAME_DAY = re.compile(
    rf"\b(?:(?:the|am|an dem|den|dann|der) )*(?:same|selben?|gleichen?|derselbe|denselben) (?:week)?(?:day|tag|wochentag),? (?P<week>{LATER_WEEK})"
)


def mark_day_references(scanner: Scanner) -> None:
    """Mark days that are told from one before; that one is a wish no more, unless an "oder" joins them."""
    scanner.text = UNSUITABLE_BEFORE.sub(rf"\g<mark>{ASIDE}", scanner.text)
    scanner.text = ABSENT_UNTIL_THEN.sub(ASIDE, scanner.text)
    scanner.text = AFTER_ON.sub(r"after that\1", scanner.text)
    scanner.text = FROM_THEN_ON.sub(lambda m: f"{ASIDE}{m['between']}, nach {m['mark']}", scanner.text)
    scanner.text = BEFORE_THEN.sub(lambda m: f"{ASIDE}{m['between']}, vor {m['mark']}", scanner.text)
    scanner.text = BEFORE_LEAVING.sub(lambda m: f"{ASIDE}{m['to']}{ASIDE}{m['between']}, vor {m['mark']}", scanner.text)
    if (ends := AFTER_THE_END.search(scanner.text)) and END_WORDS.search(ends[0]):
        scanner.text = AFTER_THE_END.sub(lambda m: f"{ASIDE}{END_WORDS.sub('', m['between'])}, nach {m['mark']}", scanner.text, count=1)
    scanner.text = AFTER_ABSENCE.sub(lambda m: f"{m['before']}{ASIDE}{m['between']}, nach {m['mark']}", scanner.text)
    scanner.rewrite(AFTER_A_TIME, lambda m: f"{m[1]} {scanner.mark(TIME, which_time())}")
    for pattern in (SAME_DAY, WEEK_AFTER, STRETCH_AFTER, NEIGHBOUR, PART_BESIDE, WEEKDAY_BESIDE, SAME_WEEKDAY):
        if match := pattern.search(scanner.text):
            _refer(scanner, match)


def _refer(scanner: Scanner, match: re.Match[str]) -> None:
    earlier = list(DAY_MARK.finditer(scanner.text[: match.start()]))
    end = earlier[-1].end() if earlier else 0
    if len(earlier) > 1 and IS.fullmatch(scanner.text[earlier[-2].end() : earlier[-1].start()]):
        earlier.pop()
    named = scanner.found[int(earlier[-1][1])] if earlier else None
    told = _tell(scanner, match, named) if isinstance(named, DayRange) else None
    if told is None:
        return
    between = scanner.text[end : match.start()]
    reference = earlier[-1][0] if re.search(r"\b(?:oder|or|und|and)\b", between) else ASIDE
    before, after = scanner.text[: earlier[-1].start()], scanner.text[match.end() :]
    part = match.groupdict().get("part") or ""
    scanner.text = " ".join(f"{before}{reference}{between} {scanner.mark(DAY, told)} {part} {after}".split())


def _tell(scanner: Scanner, match: re.Match[str], named: DayRange) -> DayRange | None:
    groups = match.groupdict()
    if match.re is STRETCH_AFTER:
        return _shift_stretch(named)
    if not named.is_single:
        return None
    if match.re is SAME_DAY:
        return _find_same_day(scanner, match["week"], named)
    other = scanner.found[int(groups["weekday"])] if groups.get("weekday") else None
    if "weekday" in groups:
        if not isinstance(other, DayRange) or other.weekday is None:
            return None
        is_after = match.re is not WEEKDAY_BESIDE or groups["after"]
        since = get_monday(named.first, 1) if match.re is WEEK_AFTER else named.first + timedelta(1) if is_after else named.first - WEEK
        return _one(find_weekday(other.weekday, since))
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
