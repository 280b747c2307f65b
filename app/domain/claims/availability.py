"""Times that the agent calls free or taken, and whether a search returned them."""

# ruff: noqa: E501  (patterns are read in one line)

import re
from datetime import datetime

from app.domain.claims.appointment_claims import is_choice
from app.domain.claims.appointment_mentions import AppointmentMention
from app.domain.claims.claim_types import Claim
from app.domain.claims.clauses import PENDING, Clause
from app.domain.claims.evidence_types import Evidence
from app.domain.claims.false_claim import FalseClaim, build_mismatch
from app.domain.claims.visit_ends import ENDS, is_end
from app.domain.language.marked_text import Scanner
from app.domain.language.times import ClockTime
from app.domain.language.vocabulary import fold

FREE = re.compile(
    r"\b(?:frei|freie[nrs]?|verfuegbar|luecke|offen|available|(?<!-)free|opening|openings|open slot|availability)\b|\bhaetten? (?:\S+ ){0,6}(?:noch|zeit)\b|\bnoch zu (?:haben|vergeben)\b|\bup for grabs\b|\bplatz\b|\bgaebe? es\b|\b(?:slots?|spots?)\b|\bwaere noch\b|\b(?:still|noch) open\b|\bhat noch\b|\bhab(?:e|en)? (?:ich|wir) noch\b"
    r"|\b(?:earliest|soonest|fruehest\w*)\b|\bnext (?:one|available|free|slot|opening)\b|\bnaechste[rn]? (?:freie[rn]?|moegliche[rn]?)\b"
)
# an offer, which only says that it is free where something was searched
OFFER = re.compile(
    r"(?<!das )\bhaetten? (?:ich|wir)\b(?!'?s\b| es\b| das\b| alles\b)|\b(?:ich|wir) haett\w*|\bginge\b|\b(?:has|hat|haette) (?:noch |also |still |auch |either |entweder )?<[dt](?!.*\b(?:termin|appointment)\b)|\bgeht (?:noch|auch|es)\b|\banbieten\b|\bmoeglich\b|\b(?:i|we)(?:'ve| have)?(?: also)? got\b|\bcan (?:offer|do)\b|\b(?:can|kann) (?:ich|i|we)?\b.*\b(?:squeeze|fit|get|slot|pop|unterbringen|reinschieben|einschieben|dazwischenschieben|geben)\b|\bwould (?:work|be possible)\b|\bthere(?:'s| is)\b.*<t|\bgap\b"
)
# a promise to keep it, or something other than time
OTHER_FRAME = re.compile(
    r"\b(?:war|waren|were|(?:it|that|there) was|halte\w*|gehalten|freihalten|hold|reserv\w*|parkpl\w*|sitzpl\w*|arbeitsplatz|\w+platz \d+|warteliste|wird|kostenlos|kostenfrei|frei ?gegeben|of charge|toll-free|geoeffnet|oeffn\w*|offen bis|open until|frei nehmen|booked you|got you|put you|have you|für sie eingetragen|eingetragen|gebucht|booked|confirmed|bestaetigt|ihr platz|your (?:\w+ )?(?:spot|slot))\b"
)
# "der alte Platz ist damit wieder frei": of the caller's own
RELEASED = re.compile(
    r"\b(?:wieder|damit|somit|jetzt) (?:wieder )?(?:frei|offen|zu haben|verfuegbar)\b|\b(?:free|available|open|up for grabs) again\b|\b(?:freed|opened) up\b|\bback (?:on|in) (?:the|our) (?:pool|market|books?)\b"
)
# "Mara hat montags frei": she does not work
OFF_DUTY = re.compile(r"\bhat (?:<d\d+> |am |immer |dann )*frei\b|\b(?:has|have) (?:<d\d+> )?off\b")
NEGATIVE = re.compile(r"\b(?:nichts|nicht|kein\w*|ausgebucht|vergeben|belegt|voll|no|not|nothing|isn't|aren't|fully|taken|full)\b")
GONE = re.compile(r"\b(?:gone|taken|full|booked|weg|voll|vergeben|belegt|ausgebucht|dicht)\b")
WINDOW = re.compile(
    r"\b(?:ab|nach|vor|bis|gegen|zwischen|spaetestens|fruehestens|after|before|from|until|till|around|between|about)\b[^<]{0,12}<t\d+>|<t\d+> ?(?:-|bis|to) (?=<t)"
)

ADVERSATIVE = re.compile(r", (?:but|aber|dafür|deshalb|deswegen|daher|darum|stattdessen|instead|so|hence) ")
# the hours of a part of the day that is called full
PARTS = (
    (re.compile(r"\b(?:vormittag(?:s|en|e)?|morgens|frueh|mornings?)\b"), (0, 12)),
    (re.compile(r"\b(?:nachmittag(?:s|en|e)?|afternoons?)\b"), (12, 18)),
    (re.compile(r"\b(?:abends?|feierabend|evenings?)\b"), (17, 24)),
)


def remove_taken(raw: str) -> str:
    """Remove the part that is gone: "Tuesday after five is gone, but Thursday is free"."""
    parts = ADVERSATIVE.split(raw, maxsplit=1)
    return parts[1] if len(parts) > 1 and GONE.search(fold(parts[0])) else raw


def find_taken(raw: str) -> str:
    """Find the part that is gone, or all: "Anna is away on Tuesday, but Mara has ten o'clock"."""
    parts = ADVERSATIVE.split(raw, maxsplit=1)
    return parts[0] if any(pattern.search(fold(parts[0])) for pattern in (NEGATIVE, GONE)) else raw


def read_free_times(clause: Clause, scanner: Scanner, mentions: list[AppointmentMention]) -> Claim | None:
    """Read the times that a clause calls free."""
    if clause.act not in ("statement", "offer") or clause.negated or NEGATIVE.search(clause.plain):
        return None
    if OTHER_FRAME.search(scanner.text) or RELEASED.search(clause.plain):
        return None
    is_free = FREE.search(scanner.text) is not None
    timed = [mention for mention in mentions if mention.has_time]
    if (
        not (is_free or OFFER.search(scanner.text) or is_choice(scanner, timed))
        or OFF_DUTY.search(scanner.text)
        or PENDING.search(clause.plain)
    ):
        return None
    if WINDOW.search(scanner.text):
        timed = [AppointmentMention(days=mention.days, weekday=mention.weekday) for mention in timed if mention.days is not None]
    return Claim("free", clause.position, clause.sentence, timed, tentative=not is_free) if timed else None


def check_free_time(claim: Claim, evidence: Evidence) -> list[FalseClaim] | None:
    """Check that a search returned every time called free; None where it is not known what was searched."""
    if evidence.searches is None:
        return None
    proven = [start for search in evidence.searches for start in search.starts]
    own = [state.starts_at for each in evidence.appointments for state in each.states] + [hold.starts_at for hold in evidence.holds]
    ends = ENDS.search(claim.quote) is not None
    if all(any(is_at(mention, start) for start in (*proven, *own)) or (ends and is_end(mention, evidence)) for mention in claim.mentions):
        return []
    if not any(search.is_complete or search.starts for search in evidence.searches) and (
        evidence.searches or claim.tentative or _was_one_taken(claim, own)
    ):
        return None
    return [build_mismatch("not_free", claim, free=tuple(sorted(set(proven))))]


def check_full(claim: Claim, evidence: Evidence) -> list[FalseClaim] | None:
    """Check that no search returned a time of those called full; None where another search found none."""
    if evidence.searches is None or WINDOW.search(fold(claim.quote)):
        return None
    part = next((span for words, span in PARTS if words.search(fold(claim.quote))), (0, 24))
    found = sorted({start for search in evidence.searches for start in search.starts if part[0] <= start.hour < part[1]})
    named = claim.mentions or [AppointmentMention()]
    opposed = [start for start in found if any(is_at(mention, start) for mention in named)]
    if _names_clock(claim) and not all(any(is_at(mention, start) for start in found) for mention in named):
        # one is taken, the other is what is free instead
        return None
    if any(not search.is_complete for search in evidence.searches):
        # a booking was refused: what a search returned may be gone since
        return []
    if not opposed or (any(search.is_complete and not search.starts for search in evidence.searches) and not _names_clock(claim)):
        return [] if found or evidence.searches else None
    return [build_mismatch("not_full", claim, free=tuple(opposed))]


def _names_clock(claim: Claim) -> bool:
    return any(mention.clock is not None for mention in claim.mentions)


def _was_one_taken(claim: Claim, own: list[datetime]) -> bool:
    """Check whether one of the offered times was booked: then they were looked up, even where that is not recorded."""
    return any(is_at(mention, start) for mention in claim.mentions for start in own)


def is_at(mention: AppointmentMention, start: datetime) -> bool:
    return _is_on(mention, start) and (mention.clock is None or _is_clock(mention.clock, start))


def _is_on(mention: AppointmentMention, start: datetime) -> bool:
    days = mention.days
    if days is None:
        return True
    if days.weekday is not None and days.first == days.last:
        return start.weekday() == days.weekday
    return days.first <= start.date() <= days.last


def _is_clock(clock: ClockTime, start: datetime) -> bool:
    stated = clock.on(None)
    return (stated.hour, stated.minute) == (start.hour, start.minute) or (
        clock.loose and clock.hour % 12 == start.hour % 12 and clock.minute == start.minute
    )
