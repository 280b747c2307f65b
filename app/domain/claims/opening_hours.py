"""Stated opening hours, and whether they are right: "samstags von neun bis zwei", "heute haben wir zu"."""

# ruff: noqa: E501  (patterns are read in one line)

import re
from collections.abc import Iterable, Sequence
from copy import copy
from datetime import date, time, timedelta
from itertools import pairwise

from app.domain.claims.claim_types import Claim
from app.domain.claims.clauses import Clause
from app.domain.claims.evidence_types import BranchEvidence, Evidence, Span
from app.domain.claims.false_claim import FalseClaim, build_mismatch
from app.domain.claims.hours_mentions import NOT_BEFORE, HoursMention, Role, is_bare, mark_hours, read_mentions
from app.domain.claims.name_index import NameIndex
from app.domain.language.marked_text import Scanner
from app.domain.language.times import ClockTime
from app.domain.language.vocabulary import fold

OPEN = re.compile(
    r"\b(?:geoeffnet|offen|oeffnungszeit\w*|oeffnen|oeffnet|durchgehend|open|opens|opening|hours|sprechstunde\w*|sprechzeit\w*)\b|\b(?:wir|salon|laden|praxis|werkstatt|filiale|geschaeft|team|studio)\b.*\b(?:sind|ist|haben|hat)\b.*\b(?:da|auf|erreichbar)\b|\b(?:sind|haben|machen|seid) wir\b.*\b(?:da|auf|erreichbar)\b|\bhat\b.*\bauf\b|\bwe(?:'re| are) (?:here|in|around)\b|\bmacht?e?n?\b.*\bauf\b"
)
CLOSED = re.compile(
    r"\b(?:geschlossen|ruhetag\w*|closed|shut(?! at\b))\b|\b(?:haben|hat|ist|sind|machen|bleibt|bleiben)\b.*\bzu\b(?=$|[,.]| am\b| heute| morgen| <)|\bnicht (?:geoeffnet|offen|da|auf)\b|\b(?:niemand|keiner) (?:mehr |da )*(?:da|im haus)\b|\b(?:nobody|no one)(?:'s| is|'ll be| will be) (?:here|in|there)\b|\bkeine oeffnungszeit\w*|\b(?:not|aren't|isn't) open\b|\bhaben wir (?:leider )?frei\b"
)
# "um eins machen wir zu" names an hour
CLOSES_AT = re.compile(
    r"\bmach\w* (?:wir |die |der )?(?:\w+ )?(?:schon |erst |leider |immer )?um <t\d+>.*\bzu\b|\bum <t\d+> mach\w*\b.*\bzu\b"
)
BREAK = re.compile(r"\b(?:mittagspause|pause|lunch break|break)\b")
CONTINUOUS = re.compile(r"\b(?:durchgehend|ohne (?:mittags)?pause|straight through|all day|without a break)\b")
CLOSING = re.compile(
    r"\b(?:schliess\w*|feierabend|schluss|zugemacht|dicht|lock(?:s|ed)? up|knock off|mach(?:en|t)? (?:wir )?.*\bzu|close|closes|closing|shut)\b"
)
# "bis wann …?", "when do you close?": a bare time answers it
ASKS_CLOSING = re.compile(r"\b(?:bis wann|wie lange?|schliess\w*|zu(?:macht|machen)|(?:mach\w*|hab\w*)\b.*\bzu|clos\w*|until|till|shut)\b")
# who is there, in an answer to a question about hours
WE = re.compile(r"\b(?:wir|die|es|we|they)\b")
# "half past five is still open": a free time
FREE_TIME = re.compile(
    r"\b(?:ist|is|waere|sind|are) (?:noch |still |also |auch )+(?:open|offen)\b|\b(?:o'clock|uhr|\d|half|halb \w+|past \w+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirty|fifteen|zwei|drei|vier|fuenf|sechs|sieben|acht|neun|zehn|elf|zwoelf) (?:is|are|ist|sind) (?:open|offen)\b(?! (?:from|until|till|bis|ab|von))|\ban opening\b|\bopenings\b"
)
ASKS_OPENING = re.compile(r"\b(?:ab wann|oeffn\w*|(?:mach\w*|hab\w*|sperr\w*)\b.*\bauf|open|opens)\b")
OTHER_FRAME = re.compile(
    r"\b(?:einwerf\w*|eingeworfen|schluessel\w*|abgeb\w*|abzugeben|abhol\w*|abzuholen|key|keys|drop (?:it|him|her|the)|pick (?:it|him|her|the)|collect|park\w*|telefon\w*|hotline|bus|bahn|frei|freie|termin\w*|appointments?|gebucht|booked|eingetragen|anrufen|rueckruf\w*|arbeitet|feiertag\w* (?:wie|ist)|urlaub|sommer\w*|ferien|offene frage|online|website|zurueck|geht(?!'s| es| los)|passt|works|packed|finished|fertig|busy|rammed|crowded|rappelvoll|voll|erreich\w* sie (?:sie|ihn)|(?:reach|get|catch|find) (?:her|him)|letzte[rnm]? (?:\w*termin|\w*schnitt|annahme|kund\w+|patient\w*)|last (?:cut|appointment|booking|customer|patient|slot)s?)\b"
)
# "on hold until a quarter to eleven": how long a time is kept
HELD = re.compile(
    r"\b(?:(?:on )?hold|holding|held|kept|keep|reserved|reserviert|\w*gehalten|(?:zurueck)?halten?|geblockt|vorgemerkt)\b.*\b(?:bis|until|till?)\b"
)
JOINT = re.compile(r", (?:and|und|but|aber) ")
WINDOW = re.compile(r"\b(?:von|bis|ab|from|till?|until|to)\b")
WEEKS_AHEAD = 4


def find_hours(
    clause: Clause, names: NameIndex, evidence: Evidence, *, answers: bool, is_certain: bool = False, question: str, asked: Scanner | None
) -> list[HoursMention]:
    """Find the hours a clause states; `is_certain`: whatever its words, it states some. `question` is what the caller said before it, `asked` the same marked if it asks for hours: an answer
    may leave out its day and branch."""
    if clause.act in ("question", "condition", "echo", "past", "intention") or (clause.act == "offer" and not is_certain):
        return []
    plain = NOT_BEFORE.sub("close at", clause.plain)
    is_closed, is_open = CLOSED.search(plain) is not None, OPEN.search(plain) is not None
    is_break = BREAK.search(clause.plain) is not None
    if not (is_closed or is_open or is_break or CLOSING.search(clause.plain) or answers or is_certain) or (
        clause.negated and plain == clause.plain and not is_closed
    ):
        return []
    if HELD.search(clause.plain) and not (is_closed or is_open):
        return []
    if OTHER_FRAME.search(clause.plain) or FREE_TIME.search(clause.plain) or names.has_person(_without_places(clause.plain, evidence)):
        return []
    scanner = mark_hours(_remove_other(clause.raw), evidence)
    if len(parts := _split_by_branch(scanner, names)) > 1:
        role = _find_role(question) if answers or is_certain else None
        return [mention for part in parts for mention in _read(part, clause, names, role, question=question, asked=asked, is_part=True)]
    if (
        answers
        and not is_certain
        and not (is_closed or is_open or is_break or CLOSING.search(clause.plain))
        and not (is_bare(scanner) or WE.search(clause.plain))
    ):
        return []
    role = _find_role(question) if answers or is_certain else None
    return _read(scanner, clause, names, role, question=question, asked=asked)


def _remove_other(raw: str) -> str:
    """Remove what says nothing of hours: "nothing came back for tomorrow, and on Monday we are closed"."""
    first, *rest = JOINT.split(raw, maxsplit=1)
    return rest[0] if rest and names_hours(rest[0]) and not names_hours(first) and not WINDOW.search(fold(first)) else raw


def _find_role(question: str) -> Role:
    return "closes" if ASKS_CLOSING.search(question) else "opens" if ASKS_OPENING.search(question) else None


def _split_by_branch(scanner: Scanner, names: NameIndex) -> list[Scanner]:
    """Split where the next branch is named: "in Pankow bis sechzehn Uhr, hier in Mitte nur bis vierzehn"."""
    places = names.locate_branches(scanner.text)
    if len({frozenset(branches) for _place, branches in places}) < 2:
        return [scanner]
    starts = [0, *(place for place, _branches in places[1:]), len(scanner.text)]
    parts = [copy(scanner) for _ in starts[1:]]
    for part, (begins, ends) in zip(parts, pairwise(starts), strict=True):
        part.text = scanner.text[begins:ends]
    return parts


def _read(
    scanner: Scanner, clause: Clause, names: NameIndex, role: Role, *, question: str, asked: Scanner | None, is_part: bool = False
) -> list[HoursMention]:
    mentions = read_mentions(scanner, role)
    plain = NOT_BEFORE.sub("close at", clause.plain)
    if is_part:
        plain = scanner.text
    is_closed = CLOSED.search(plain) is not None and not CLOSES_AT.search(scanner.text)
    is_break = BREAK.search(plain) is not None
    for mention in mentions:
        mention.is_closed = mention.is_closed or (is_closed and not any(each.is_closed for each in mentions))
        mention.is_break = mention.is_break or (is_break and not OPEN.search(plain) and not any(each.is_break for each in mentions))
        mention.is_continuous = CONTINUOUS.search(clause.plain) is not None
        mention.branches = frozenset(names.find_branches(scanner.text) or names.find_branches(question))
        if not mention.has_days and asked is not None and (mention.spans or mention.is_closed or not is_part):
            mention.take_days(read_mentions(asked, None)[0])
    says_open = OPEN.search(plain) is not None
    return [
        mention
        for mention in mentions
        if mention.spans or ((mention.dates or mention.weekdays) and (says_open or mention.is_closed or mention.is_break or mention.at))
    ]


def names_hours(quote: str) -> bool:
    """Check for words that only opening hours have."""
    return any(pattern.search(fold(quote)) for pattern in (OPEN, CLOSED, BREAK, CLOSING))


def check_hours(claim: Claim, evidence: Evidence) -> list[FalseClaim] | None:
    """Check hours day by day; None where they are not known."""
    mention: HoursMention = claim.fact
    branches = [branch for branch in evidence.branches if branch.id in (mention.branches or {evidence.branch_id})]
    # hours stated for no day are those of the days on which it is open
    is_usual = not mention.has_days and bool(mention.spans)
    known_days = [
        known
        for days in _list_days(mention, evidence.began_at.date())
        if (known := [(day, spans) for day in days for spans in _list_hours(day, branches, evidence) if spans or not is_usual])
    ]
    if len(mention.weekdays) > 1 and not (mention.spans or mention.is_closed or mention.dates):
        # "unter der Woche sind wir da" names no hour, and no single day
        return [] if any(spans for known in known_days for _day, spans in known) else None
    wrong = next((known[0] for known in known_days if not any(_fits(mention, spans) for _day, spans in known)), None)
    if wrong is not None:
        return [build_mismatch("other_hours", claim, day=wrong[0], spans=wrong[1])]
    return [] if known_days else None


def _list_days(mention: HoursMention, today: date) -> list[list[date]]:
    """List the days that must fit, each with the dates of which one is enough: a weekday is right as soon as one such day is."""
    dates = [[day] for day in sorted(mention.dates)]
    weekdays = [
        [today + timedelta((each - today.weekday()) % 7 + 7 * week) for week in range(WEEKS_AHEAD)] for each in sorted(mention.weekdays)
    ]
    return [*dates, *weekdays] or [[today + timedelta(ahead) for ahead in range(7)]]


def _list_hours(day: date, branches: Sequence[BranchEvidence], evidence: Evidence) -> Iterable[tuple[Span, ...]]:
    for branch in branches:
        if branch.hours is not None and day in branch.hours:
            yield branch.hours[day]
    yield from evidence.quoted_hours.get(day, ())


def _fits(mention: HoursMention, spans: tuple[Span, ...]) -> bool:
    if mention.is_closed and mention.at is not None and not mention.spans:
        return _is_outside(mention.at, mention.at, spans)
    if mention.is_closed:
        return not spans if not mention.spans else all(_is_outside(opens, closes, spans) for opens, closes in mention.spans)
    if not spans or (mention.is_continuous and len(spans) > 1):
        return False
    if mention.is_break:
        pauses = [(one[1], other[0]) for one, other in pairwise(spans)]
        return all(any(_is_same_span(stated, pause) for pause in pauses) for stated in mention.spans)
    return all(
        (opens is None or any(_is_same(opens, span[0]) for span in spans))
        and (closes is None or any(_is_same(closes, span[1]) for span in spans))
        for opens, closes in mention.spans
    )


def _is_outside(opens: ClockTime | None, closes: ClockTime | None, spans: tuple[Span, ...]) -> bool:
    """Check that a break "von zwölf bis eins geschlossen", or "ab vier geschlossen", lies outside the hours."""
    if opens is None:
        return True
    begins, ends = opens.on(None), closes.on(None) if closes else time(23, 59)
    return not any(span[0] < ends and begins < span[1] for span in spans)


def _is_same_span(stated: tuple[ClockTime | None, ClockTime | None], span: Span) -> bool:
    return all(clock is None or _is_same(clock, at) for clock, at in zip(stated, span, strict=True))


def _is_same(clock: ClockTime, at: time) -> bool:
    said = clock.on(None)
    midnight = (time(0), time(23, 59))
    return (
        (said.hour, said.minute) == (at.hour, at.minute)
        or (said in midnight and at in midnight)
        or (clock.loose and clock.hour % 12 == at.hour % 12 and clock.minute == at.minute)
    )


def _without_places(plain: str, evidence: Evidence) -> str:
    for place in evidence.places:
        plain = plain.replace(place.casefold(), " ")
    return plain
