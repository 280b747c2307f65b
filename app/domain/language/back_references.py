"""Words that tell a day from one said before them, by somebody: "the Tuesday after that", "am folgenden Tag", "right after that"."""

# ruff: noqa: E501  (patterns are read in one line)

import re
from datetime import date, datetime

from app.domain.language.parsed_time import TimeExpression
from app.domain.language.parser import mark_expressions, parse_date_and_time
from app.domain.language.vocabulary import WEEKDAY, WEEKDAYS, fold

# nothing stands behind it that it would lead, as in "the Tuesday after Easter"
ALONE = r"(?= *(?:$|[,;.!?]|(?:um|at|gegen|around|about|dann|then|bitte|please|instead|stattdessen|in the|am (?:vor|nach)?mittag|am morgen|am abend|frueh|morning|afternoon|evening|if|wenn|passt|geht|waere|would|ist|is)\b))"
BESIDE = r"(?:(?:gleich |direkt |straight |right |directly |just |immediately )?(?:danach|darauf|drauf|after|following|davor|zuvor|vorher|before)(?: (?:that|it|this))?|(?:that|which) follows)"
SIDE = r"(?:(?:gleich |direkt |straight |right |directly |just |immediately )?(?:danach|darauf|drauf|nachher|spaeter|after(?:wards)?|following|later|davor|zuvor|vorher|frueher|before|earlier|prior)(?: (?:that|it|this|then))?|(?:that|which) follows)"
WEEKDAY_OF_WEEK = rf"{WEEKDAY},? (?:(?:of|in|der|the|die) )*(?:week|woche) (?:danach|darauf|drauf|after(?: that)?)"
NEXT = r"(?:following|(?:darauf|drauf)?folgende[nrs]?)"
POINTS_BACK = re.compile(
    rf"\b(?:{WEEKDAY},? {BESIDE}{ALONE}"
    rf"|{WEEKDAY_OF_WEEK}{ALONE}"
    rf"|{NEXT} (?:{WEEKDAY}|day|tag|week|weekend|woche|wochenende)\b"
    rf"|(?:next|naechsten) (?:day|tag)\b{ALONE}"
    rf"|(?:day|tags?|week|weekend|woche|wochenende) {SIDE}{ALONE}"
    rf"|(?:an? |1 |one |two |three |\d+ |eine[nr]? |ein |zwei |drei )(?:days?|weeks?|months?|tage?n?|wochen?|monate?n?) {SIDE}{ALONE}"
    rf"|that (?:very |same )?day\b|an (?:dem|diesem) tag\b{ALONE}"
    rf"|{WEEKDAY},? (?:of |in )?that (?:very |same )?week\b)"
)
FOLLOWING_WEEKDAY = re.compile(rf"\b{NEXT} {WEEKDAY}\b(?: (?:after|following)(?: that)?)?")
# "right after that", "direkt im Anschluss"
AFTERWARDS = re.compile(
    r"^(?:(?:dann|then|and|und|so|auch|also|bitte|please|einfach|just|am besten|preferably|ja|yes|ok|okay|gerne|for) ?)*"
    r"(?:(?:gleich|direkt|unmittelbar|sofort|right|straight|directly|immediately|just) )?"
    r"(?:danach|darauf|hinterher|(?:im )?anschluss(?: daran)?|anschliessend|(?:after(?:wards)?|following)(?: (?:that|it|this|her|him|them))?|nach (?:ihr|ihm|ihnen))"
    r"(?: (?:bitte|please|dann|then))?[ .!]*$"
)
# a weekday and nothing that would tell which: "dann am Mittwoch um acht", "Wednesday morning"
PLAIN_WEEKDAY = re.compile(
    r"^(?:(?:ja|yes|ok|okay|gut|good|dann|then|also|so|nehmen wir|nehme ich|lieber|rather|am|on|den|der|the|bitte|please|gerne?)[ ,]+)*"
    rf"{WEEKDAY}(?P<rest>(?: (?:in the |am |at )?(?:morgens?|frueh|vormittags?|mittags?|nachmittags?|abends?|mornings?|noon|afternoons?|evenings?))?"
    r"(?:,? (?:um|at|gegen|around|about) (?:(?!oder\b|or\b|nicht\b|not\b|woche|week)[\w:.]+ ?){1,4})?)"
    r"(?:,? (?:bitte|please|dann|then|gerne?|passt|geht|is fine|works|is good|is great))?[ .!]*$"
)


def points_back(words: str | None) -> bool:
    """Check whether the words tell a day from one before them that they do not name themselves."""
    found = POINTS_BACK.search(fold(words)) if words else None
    return found is not None and not _names_a_day(fold(words or "")[: found.start()])


def points_to_end(words: str | None) -> bool:
    """Check whether the words only say that it is to follow what was agreed."""
    return bool(words and AFTERWARDS.match(fold(words)))


def find_plain_weekday(words: str | None) -> int | None:
    """Find the weekday (0 is Monday) that is said without anything that would tell which one of its name."""
    found = PLAIN_WEEKDAY.match(fold(words)) if words else None
    return WEEKDAYS[found[1]] if found else None


def replace_plain_weekday(words: str, day: date) -> str:
    """Say this day in its place, and leave the hours."""
    found = PLAIN_WEEKDAY.match(fold(words))
    return f"{day.isoformat()}{found['rest']}" if found else words


def relate_to_day(words: str, day: date) -> str:
    """Put the day that is pointed to before the words, as if they had been said in one breath."""
    told = re.sub(WEEKDAY_OF_WEEK, r"the week after that on \1", FOLLOWING_WEEKDAY.sub(r"\1 after that", fold(words)))
    return f"{day.isoformat()}, {told}"


def tell_from_day(words: str, day: date, *, now: datetime, timezone: str) -> TimeExpression:
    """Read the words as told from this day."""
    return parse_date_and_time(relate_to_day(words, day), None, None, now=now, timezone=timezone)


def _names_a_day(text: str) -> bool:
    scanner = mark_expressions(text, datetime(2026, 1, 1, 12).astimezone(), "UTC")
    return scanner.has(r"<d\d+>")
