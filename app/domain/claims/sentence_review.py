"""Reviews what the rules read in a sentence by what the classifier says of it: adds what they missed, drops what they misread."""

# ruff: noqa: E501  (patterns are read in one line)

import re
from collections.abc import Sequence
from datetime import datetime
from typing import cast

from app.domain.claims.action_vocabulary import BOTH, HOLD_VERB, VERBS
from app.domain.claims.appointment_claims import is_choice, is_read_back
from app.domain.claims.appointment_mentions import AppointmentMention, MentionReader
from app.domain.claims.availability import WINDOW, find_taken, is_at
from app.domain.claims.claim_types import APPOINTMENT_KINDS, Claim, ClaimKind
from app.domain.claims.clauses import split_clauses
from app.domain.claims.dialogue_topics import Topic
from app.domain.claims.durations import LENGTH, DurationMention
from app.domain.claims.evidence_types import Evidence
from app.domain.claims.opening_hours import names_hours
from app.domain.claims.promises import CUES, find_channel
from app.domain.claims.statement_classifier import get_statement_probabilities
from app.domain.claims.statement_thresholds import (
    ACT_OF,
    ACTIONS,
    ALIKE,
    CERTAIN,
    CERTAIN_ALONE,
    CERTAIN_OF_EARLIER,
    CERTAIN_UNTIMED,
    CERTAIN_WHERE_REQUESTED,
    CONTACT,
    LIKELY,
    OFFERED,
    UNCERTAIN_ACTS,
    is_ended,
    is_offer,
    is_unlikely,
    may_state,
    states_fact,
)
from app.domain.claims.visit_ends import ENDS, LEAVES, TOLERANCE_MINUTES, find_visit_length, is_end
from app.domain.language.vocabulary import fold, replace_number_words

# a clause with so much of the sentence is the sentence
WHOLE = 0.8
INSTEAD = re.compile(r"\b(?:statt|anstatt|anstelle|stattdessen|instead|nicht|not|rather|weil|because|kollegin|kollege|colleague)\b")
CUSTOMER = re.compile(r"(?:^|, )(?:herr|frau|mr|mrs|ms|miss)\.? \w+(?=,|$)")
PART = re.compile(r",? (?:und|and|but|aber|während|while) |[,;] ")
UNCHANGED = re.compile(
    r"\b(?:bleib\w*|unberuehrt|unveraendert|unangetastet|besteh\w*|erhalten|steht (?:noch|weiter\w*)|(?:hasn't|has not|haven't) been (?:touched|changed|moved|altered)|exactly (?:where|as)|stays?|still (?:stands|on|there|in)|remains?|untouched|as (?:it|planned)|unchanged)\b"
)
CONFIRMED = re.compile(
    r"\b(?:gruenes licht|hundert ?prozent\w*|100 ?(?:%|prozent\w*)|verbindlich|fix|felsenfest|bestaetigt|zugestimmt|zugesagt|confirmed|locked in|guaranteed|definite\w*|green light|set in stone|all clear|rock solid|said yes|accepted)\b"
)
NOT_CONFIRMED = re.compile(
    r"\b(?:nicht|noch|muss|sobald|wenn|falls|erst|bis|warte\w*|not|n't|yet|once|if|when|until|as soon|has to|needs?|waiting|still|will|wird|werden|should|sollte)\b"
)
# "Ravi isn't in on Saturdays": somebody is away; "mostly gone, only two left"
NOT_FULL = re.compile(
    r"\b(?:isn't|is not|won't be|not) (?:\w+ )?(?:in|here|around|working)\b|\b(?:doesn't|does not) (?:work|do)\b|\bon (?:holiday|leave)\b|\boff sick\b"
    r"|\b(?:nicht (?:da|im haus|im dienst)|arbeitet nicht|im urlaub|krank|ausser haus)\b"
    r"|\b(?:mostly|nearly|almost|pretty|only|just)\b|\b(?:fast|kaum|ziemlich|nur|nahezu|beinahe|meiste\w*)\b"
)
SLIP_FRAME = re.compile(
    r"\b(?:wenn|falls|ob|if|ruf\w*|rueckruf\w*|call\w*|ring|anders|war|waren|hatten?|was|had|were|nicht|kein\w*|not|n't|frei(?:e[nrs]?)?|free|koennt\w*|koennen|could|can|waere|would|oder|or|geoeffnet|offen|open\w*|clos\w*|schliess\w*)\b"
)


class SentenceReviewer:
    """Reviews the sentences of one call."""

    def __init__(self, reader: MentionReader, evidence: Evidence) -> None:
        self.reader, self.evidence = reader, evidence
        self._chances: dict[str, dict[str, float]] = {}
        self._starts = [start for search in evidence.searches or () for start in search.starts]

    def review(
        self, sentence: str, claims: Sequence[Claim], heard: Sequence[AppointmentMention], *, position: int, topic: Topic | None = None
    ) -> list[Claim]:
        """Review the claims of a sentence; gives those that stay and those that are added.

        `heard` are times spoken of before, `topic` is what was asked for.
        """
        chances = self._get_chances(sentence)
        claims = [claim for claim in claims if not (self._is_list_of_free_times(claim) or self._is_time_of_visit(claim))]
        for claim in claims:
            self._add_staff(claim, sentence)
        if is_read_back(self.reader.mark(sentence), self.reader.names):
            # a bare time is what the conversation makes of it
            return [claim for claim in claims if not (self._is_found(claim) and is_offer(claim, chances))]
        claims = [claim for claim in claims if not (self._is_found(claim) and is_offer(claim, chances)) and not is_ended(claim, chances)]
        kept = [claim for claim in claims if claim.corrects or claim.kind == topic or not is_unlikely(claim, chances)]
        for claim in kept:
            self._separate_unchanged(claim, sentence)
        if sentence.rstrip().endswith("?"):
            return kept
        kept += self._read_confirmation(sentence, position)
        kept += self._read_end(sentence, kept, position, chances)
        read = {ACT_OF.get(claim.kind, claim.kind) for claim in kept}
        if "hours" in read:
            return kept
        added = self._list_missing(sentence, read, chances, heard, topic)
        built = [self._build(cast("ClaimKind", kind), sentence, position, chances[kind]) for kind in added]
        kept += [claim for claim in built if claim is not None]
        if not {claim.kind for claim in kept} & {*APPOINTMENT_KINDS, "free", "full"} and (
            slip := self._read_slip(sentence, heard, position, chances)
        ):
            kept.append(slip)
        return kept

    def _list_missing(
        self, sentence: str, read: set[str], chances: dict[str, float], heard: Sequence[AppointmentMention], topic: Topic | None
    ) -> list[str]:
        if topic == "hours" and chances["hours"] >= LIKELY:
            # "bis zwei" answers how long it is open
            return []
        is_unknown = self._names_unknown_time(sentence, heard)
        has_earlier = any(not each.was_created for each in self.evidence.appointments)

        def get_limit(kind: str) -> float:
            if kind == topic:
                return min(CERTAIN_WHERE_REQUESTED.get(kind, 1.0), CERTAIN[kind])
            if kind == "cancelled" and has_earlier:
                return CERTAIN_OF_EARLIER
            return LIKELY if is_unknown and kind in ("booked", "free", "full") else CERTAIN[kind]

        added = [
            kind
            for kind in CERTAIN
            if chances[kind] >= get_limit(kind) and not read & {kind, *ALIKE.get(kind, ())} and may_state(kind, sentence)
        ]
        actions = sorted((kind for kind in ACTIONS if kind in added), key=lambda each: -chances[each])
        return [kind for kind in added if kind not in actions[1:]]

    def _is_found(self, claim: Claim) -> bool:
        """Check that every time of a claim is one that a search returned, and none is booked or held."""
        clocks = [mention for mention in claim.mentions if mention.clock is not None]
        own = [state.starts_at for each in self.evidence.appointments for state in each.states]
        return bool(clocks) and all(_is_any(mention, self._starts) and not _is_any(mention, own) for mention in clocks)

    def _is_time_of_visit(self, claim: Claim) -> bool:
        """ "Drei Stunden, bis elf": when a visit begins or ends is no opening hour where nothing says so."""
        if claim.kind != "hours" or names_hours(claim.quote):
            return False
        own = [state.starts_at for each in self.evidence.appointments for state in each.states]
        mentions = [AppointmentMention(clock=clock) for span in claim.fact.spans for clock in span if clock is not None]
        return any(_is_any(mention, [*own, *self._starts]) or is_end(mention, self.evidence) for mention in mentions)

    def _add_staff(self, claim: Claim, sentence: str) -> None:
        """Add who is named in whatever way: "written you in at Dr. Okafor", "it's Mara still who'll be at your head"."""
        if claim.kind not in ("booked", "moved", "stands") or len(claim.mentions) != 1 or claim.mentions[0].staff:
            return
        if claim.mentions[0].has_time and not INSTEAD.search(fold(sentence)):
            staff = self.reader.names.find_bare_staff(CUSTOMER.sub(" ", fold(sentence)))
            if len(staff) == 1:
                claim.mentions[0].staff, claim.mentions[0].unknown_name = staff, None

    def _separate_unchanged(self, claim: Claim, sentence: str) -> None:
        """ "Die Vorsorge ist raus, und die Reinigung am achten bleibt": one is cancelled, the other is not."""
        parts = PART.split(sentence)
        kept = [part for part in parts if UNCHANGED.search(fold(part))]
        if claim.kind == "cancelled" and kept and len(parts) > len(kept):
            claim.kept = [mention for part in kept for mention in self.reader.find(part)]
            others = [mention for part in parts if part not in kept for mention in self.reader.find(part)]
            claim.mentions = [mention for mention in claim.mentions if mention in others] or others

    def _read_confirmation(self, sentence: str, position: int) -> list[Claim]:
        """ "Toms Kalender hat schon grünes Licht gegeben": of an appointment that a calendar has yet to confirm."""
        pending = [each for each in self.evidence.appointments if each.is_pending and (each.was_created or each.was_moved)]
        plain = fold(sentence)
        if not pending or not CONFIRMED.search(plain) or NOT_CONFIRMED.search(plain):
            return []
        return [Claim("booked", position, sentence)]

    def _read_end(self, sentence: str, claims: Sequence[Claim], position: int, chances: dict[str, float]) -> list[Claim]:
        """ "Um elf sind Sie wieder draußen": how long it takes, by when it ends."""
        plain = fold(sentence)
        if (
            not LEAVES.search(plain)
            or CONTACT.search(plain)
            or any(claim.kind in ("duration", "hours", "free") for claim in claims)
            or chances["cancelled"] > LIKELY
        ):
            return []
        last = [mention for mention in self.reader.find(sentence) if mention.clock is not None][-1:]
        ends = [found for mention in last if (found := find_visit_length(mention, self.evidence)) is not None]
        for claim in claims:
            if ends and len(claim.mentions) > 1:
                claim.mentions = [mention for mention in claim.mentions if mention.clock != last[0].clock]
        return [
            Claim(
                "duration",
                position,
                sentence,
                fact=DurationMention(minutes + TOLERANCE_MINUTES, (state.service_ids,), is_hedged=True, at_most=True),
            )
            for state, minutes in ends
        ]

    def _read_slip(self, sentence: str, heard: Sequence[AppointmentMention], position: int, chances: dict[str, float]) -> Claim | None:
        """ "Dann müssen Sie am Montag um elf einfach probieren": the appointment with another day or another time, which nobody has named."""
        plain = fold(sentence)
        if chances["hours"] > LIKELY or chances["callback"] > LIKELY or SLIP_FRAME.search(plain) or ENDS.search(plain):
            return None
        if {clause.act for clause in split_clauses(position, sentence)} & UNCERTAIN_ACTS:
            return None
        mentions = [mention for mention in self.reader.find(sentence) if mention.clock is not None and mention.days is not None]
        own = [
            each.current
            for each in self.evidence.appointments
            if each.is_active and (each.was_created or each.was_moved or each.id in self.evidence.disclosed_after)
        ]
        if len(mentions) != 1 or not own or not self._names_unknown_time(sentence, heard):
            return None
        mention = mentions[0]
        is_near = any(
            is_at(AppointmentMention(clock=mention.clock), state.starts_at) != is_at(AppointmentMention(days=mention.days), state.starts_at)
            for state in own
        )
        return Claim("stands", position, sentence, [mention], tentative=True) if is_near else None

    def states_fact(self, sentence: str, clause: str, fact: str) -> bool:
        """Check that a sentence, and this clause of it, surely states a fact of this kind and nothing else."""
        if sentence.rstrip().endswith("?"):
            return False
        of_sentence = self._get_chances(sentence)
        is_whole = len(clause) >= WHOLE * len(sentence)
        return states_fact(fact, clause, of_sentence=of_sentence, of_clause=of_sentence if is_whole else self._get_chances(clause))

    def _get_chances(self, sentence: str) -> dict[str, float]:
        if sentence not in self._chances:
            self._chances[sentence] = get_statement_probabilities(sentence)
        return self._chances[sentence]

    def _is_list_of_free_times(self, claim: Claim) -> bool:
        """ "Am Freitag sehe ich elf und sechzehn Uhr": several times that a search returned, of which none is booked."""
        clocks = [mention for mention in claim.mentions if mention.clock is not None]
        if claim.kind not in APPOINTMENT_KINDS or len(clocks) < 2:
            return False
        plain = fold(claim.quote)
        if BOTH.search(plain) and VERBS["booked"].search(plain):
            # "beide Termine sind gebucht: um drei und um vier"
            return False
        own = [state.starts_at for each in self.evidence.appointments for state in each.states]
        return all(_is_any(mention, self._starts) for mention in clocks) and not all(_is_any(mention, own) for mention in clocks)

    def _names_unknown_time(self, sentence: str, heard: Sequence[AppointmentMention]) -> bool:
        known = [
            *self._starts,
            *(state.starts_at for each in self.evidence.appointments for state in each.states),
            *(hold.starts_at for hold in self.evidence.holds),
        ]
        clocks = [mention for mention in self.reader.find(sentence) if mention.clock is not None]
        return any(
            not _is_any(mention, known)
            and not any(other.clock == mention.clock and _is_day_heard(mention, other) for other in heard)
            and not (ENDS.search(sentence) and is_end(mention, self.evidence))
            for mention in clocks
        )

    def _build(self, kind: ClaimKind, sentence: str, position: int, certainty: float) -> Claim | None:
        stated = find_taken(sentence) if kind == "full" else sentence
        mentions = self.reader.find(stated)
        timed = [mention for mention in mentions if mention.has_time]
        if kind == "free" and WINDOW.search(self.reader.mark(sentence).text):
            return None
        if kind == "free":
            return Claim(kind, position, sentence, timed, tentative=certainty < OFFERED) if timed else None
        if kind == "full" and (self.reader.names.find_bare_staff(fold(stated)) or NOT_FULL.search(fold(stated))):
            # what was found may be with somebody else, or is left
            return None
        if kind == "full":
            return Claim(kind, position, sentence, timed) if timed or certainty >= CERTAIN_UNTIMED else None
        if kind == "notification":
            plain = fold(sentence)
            is_named = CUES["notification"].search(plain) is not None or certainty >= CERTAIN_ALONE
            return Claim(kind, position, sentence, fact=find_channel(plain)) if is_named else None
        if kind in ACTIONS and not timed and LENGTH.search(replace_number_words(fold(sentence))):
            # how long it takes
            return None
        if kind in ACTIONS and is_choice(self.reader.mark(sentence), timed):
            return None
        claim = Claim(kind, position, sentence, mentions, tentative=True, is_weak=kind == "booked" and certainty < CERTAIN_ALONE)
        claim.held_only = HOLD_VERB.search(fold(sentence)) is not None
        if kind == "booked" and UNCHANGED.search(fold(sentence)):
            claim.kind = "stands"
        self._add_staff(claim, sentence)
        self._separate_unchanged(claim, sentence)
        return None if self._is_list_of_free_times(claim) else claim


def _is_day_heard(mention: AppointmentMention, other: AppointmentMention) -> bool:
    return mention.days is None or (other.days is not None and other.days.first == mention.days.first)


def _is_any(mention: AppointmentMention, starts: Sequence[datetime]) -> bool:
    return any(is_at(mention, start) for start in starts)
