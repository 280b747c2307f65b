"""Stated durations of services, and whether they are right."""

# ruff: noqa: E501  (patterns are read in one line)

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import combinations, combinations_with_replacement

from app.domain.claims.claim_types import Claim
from app.domain.claims.clauses import Clause
from app.domain.claims.evidence_types import Evidence
from app.domain.claims.false_claim import FalseClaim, build_mismatch
from app.domain.claims.name_index import NameIndex
from app.domain.claims.self_corrections import remove_corrected
from app.domain.language.vocabulary import replace_number_words

HOURS_AND_MINUTES = r"(?P<hours>\d{1,2}|eine[rn]?|an?|one)(?: (?:gute[rn]?|knappe[rn]?|volle[rn]?|good|full|solid))? ?(?:stunden?|std|hours?)(?:(?: und| and)? (?P<rest>\d{1,2}) ?(?:minuten?|min|minutes?|mins?)\b| (?:und|and) (?P<part>eine (?:halbe|viertel)|eine viertelstunde|a half|a quarter|einer halben)(?: stunde)?)?"
LENGTH = re.compile(
    rf"\b(?:(?P<quarters>(?:drei|3) ?viertel ?stunden?|(?:three|3) quarters of an hour)|(?P<quarter>(?:eine )?viertel ?stunde|(?:a )?quarter of an hour)|(?P<half>(?:einer? )?halben?[ -]?stunde|half an hour|a half hour)|(?P<one_half>anderthalb|eineinhalb|1,5|1\.5|(?:an|one) hour and a half|(?:one|1) and a half)(?: ?stunden?| hours)?|(?P<two_half>zweieinhalb|2,5|2\.5|(?:two|2) and a half)(?: ?stunden?| hours)"
    rf"|(?P<minutes>\d{{1,3}}) ?(?:minuten?|min|minutes?|mins?)|{HOURS_AND_MINUTES})\b"
)
TAKES = re.compile(
    r"\b(?:dauer\w*|gedauert|braucht?|brauchen|brauchst|benoetig\w*|einplan\w*|plan\w*|rechne\w*|sitz\w*|in anspruch|takes?|taking|lasts?|long|allow|last|need|set aside|reckon|block(?:ed)? out|erledigt|fertig|durch|done in|in and out|finished|bring\w* .* mit|zeit)\b"
)
# neither is how long a service takes
OTHER_LENGTH = re.compile(
    r"\b(?:vorher|frueher|spaeter|verspaet\w*|vor dem|vor ihrem|vor beginn|davor|earlier|sooner|before|late|early|beforehand|in advance|innerhalb|within|rueckruf\w*|zu fuss|fussweg|walk|minutes' walk|parken|park\w*|ago|notice|her|hold|keep|halte\w*|\w+halten|frei|gueltig|valid|wartezeit|warten|wait|alle|every|mindestens|at least|bis zu|up to|ab|zwischen|between|fahr\w*|drive|entfernt|away|reach|corner)\b"
)
# "etwa", "gut", "knapp": a quarter more or less is still right
HEDGED = re.compile(
    r"\b(?:etwa|circa|ca|ungefaehr|rund|gut|gute|knapp|knappe|in etwa|so (?=\d|eine|an)|meist\w*|je nach|about|around|roughly|approximately|just under|just over|a good|or so|usually|typically|normally)\b"
)
UPPER_LIMIT = re.compile(
    r"\b(?:nicht|kein\w*) (?:mehr|laenger) als\b|\b(?:mehr|laenger) als\b.*\bnicht\b|\b(?:no|not|n't) (?:more|longer) than\b|\b(?:maximal|hoechstens|at most|at the most)\b"
)
# what is no service and takes less is something else
MIN_UNKNOWN_MINUTES = 15
SHARE_WHEN_HEDGED = 0.26


@dataclass(frozen=True, slots=True)
class DurationMention:
    minutes: int
    of: tuple[frozenset[str], ...]
    is_hedged: bool = False
    # "mehr als vierzig Minuten dauert es nicht"
    at_most: bool = False


def find_durations(
    clause: Clause, names: NameIndex, *, context: Sequence[frozenset[str]], answers: bool, is_certain: bool = False
) -> list[DurationMention]:
    """Find how long a clause says that a service takes; `answers`: that was asked, `is_certain`: whatever its words, it says so."""
    at_most = UPPER_LIMIT.search(clause.plain) is not None
    if (
        (clause.negated and not at_most)
        or clause.act in ("question", "condition", "echo", "past", "other")
        or OTHER_LENGTH.search(clause.plain)
    ):
        return []
    if not (answers or is_certain or TAKES.search(clause.plain)):
        return []
    text = remove_corrected(replace_number_words(clause.plain), {"length": LENGTH})
    lengths = list(LENGTH.finditer(text))
    named = [frozenset(services) for _place, services in names.locate_services(text)]
    of = tuple(named or context)
    if (not of and not is_certain) or len(lengths) != 1 or re.search(r"\bbis\b|\bto\b \d", text):
        return []
    return [DurationMention(read_minutes(lengths[0]), of, HEDGED.search(text) is not None, at_most)]


def check_duration(claim: Claim, evidence: Evidence) -> list[FalseClaim] | None:
    """Check a duration; None where none is known."""
    mention: DurationMention = claim.fact
    known = {offer.id: offer.minutes for offer in evidence.offers}
    named = list(dict.fromkeys(service for services in mention.of for service in services if known.get(service)))
    if not named:
        return _check_unknown(claim, mention, evidence)
    single = {minutes for service in named for minutes in known[service]}
    sums = {sum(min(known[each]) for each in several) for count in range(2, len(named) + 1) for several in combinations(named[:6], count)}
    right = single | sums | _measure_visits(evidence)
    if mention.minutes in evidence.quoted_minutes or any(_fits(mention, minutes) for minutes in right):
        return []
    return [build_mismatch("other_duration", claim, minutes=min(single), service_id=min(named, key=lambda each: min(known[each])))]


def _check_unknown(claim: Claim, mention: DurationMention, evidence: Evidence) -> list[FalseClaim] | None:
    """Check the length of something that has none here: it must at least be that of one or two services."""
    every = [min(offer.minutes) for offer in evidence.offers if offer.minutes]
    if not every:
        return None
    if mention.minutes < MIN_UNKNOWN_MINUTES:
        return None
    lengths = {*every, *(sum(both) for both in combinations_with_replacement(every, 2)), *evidence.quoted_minutes}
    return [] if any(_fits(mention, minutes) for minutes in lengths) else [build_mismatch("other_duration", claim)]


def _measure_visits(evidence: Evidence) -> set[int]:
    """Measure from the first start to the last end of what the call booked for one day."""
    minutes = {offer.id: max(offer.minutes, default=0) for offer in evidence.offers}
    days: dict[date, list[tuple[datetime, datetime]]] = defaultdict(list)
    for state in (each.current for each in evidence.appointments if each.was_created and each.is_active):
        ends_at = state.starts_at + timedelta(minutes=sum(minutes.get(service, 0) for service in state.service_ids))
        days[state.starts_at.date()].append((state.starts_at, ends_at))
    return {int((max(ends for _, ends in spans) - min(begins for begins, _ in spans)).total_seconds() // 60) for spans in days.values()}


def _fits(mention: DurationMention, minutes: int) -> bool:
    if mention.at_most:
        return minutes <= mention.minutes
    tolerance = max(10, minutes * SHARE_WHEN_HEDGED) if mention.is_hedged else 0
    return abs(mention.minutes - minutes) <= tolerance


def read_minutes(length: re.Match[str]) -> int:
    fixed = {"quarters": 45, "quarter": 15, "half": 30, "one_half": 90, "two_half": 150}
    for name, minutes in fixed.items():
        if length[name]:
            return minutes
    if length["minutes"]:
        return int(length["minutes"])
    part = length["part"] or ""
    hours = int(length["hours"]) if length["hours"].isdigit() else 1
    return hours * 60 + int(length["rest"] or (15 if "viertel" in part or "quarter" in part else 30 if part else 0))
