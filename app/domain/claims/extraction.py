"""Extracts the agent's claims about appointments and prices, with later corrections."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from app.domain.claims import prices
from app.domain.claims.action_vocabulary import (
    AGREEMENT,
    CORRECTION,
    HOLD_VERB,
    OBJECTION,
    OPENING_HOURS,
    RETRACTION,
    TENTATIVE,
    find_action,
    has_statement,
    may_contain_action,
)
from app.domain.claims.clauses import MAX_TEXT_LENGTH, Clause, split_clauses
from app.domain.claims.entities import AppointmentMention, NameIndex, find_mentions, mark_times
from app.domain.claims.evidence import Evidence, Utterance
from app.domain.claims.prices import PriceMention
from app.domain.language.detection import FUNCTION_WORDS
from app.domain.language.vocabulary import fold

Kind = Literal["booked", "moved", "cancelled", "stands", "price"]
# texts in other languages have hardly any German or English function words
MIN_WORDS, MIN_KNOWN_SHARE = 12, 0.06
CLOSING_TURNS = 2
ALTERNATIVE = re.compile(r"\b(?:oder|or)\b")


@dataclass(slots=True)
class Claim:
    """A claim stated in one clause, with its turn and sentence."""

    kind: Kind
    position: int
    quote: str
    mentions: list[AppointmentMention] = field(default_factory=list)
    price: PriceMention | None = None
    tentative: bool = False
    held_only: bool = False
    # corrects an earlier claim, unprompted or after an objection
    corrects: bool = False
    # retracted later
    retracted: bool = False


def is_supported_language(turns: Sequence[Utterance]) -> bool:
    """Check whether the agent speaks German or English, by function words."""
    words = re.findall(r"[\w']+", " ".join(turn.text for turn in turns if turn.is_agent).casefold())
    known = sum(word in little for word in words for little in FUNCTION_WORDS.values())
    return len(words) < MIN_WORDS or known >= MIN_KNOWN_SHARE * len(words)


def extract_claims(turns: Sequence[Utterance], evidence: Evidence) -> list[Claim]:
    """Extract the claims of the agent's turns, in order."""
    return _ClaimExtractor(evidence).read(turns)


class _ClaimExtractor:
    def __init__(self, evidence: Evidence) -> None:
        self.evidence, self.names = evidence, NameIndex(evidence)
        self.claims: list[Claim] = []
        self.objected = False
        self.turns: list[Utterance] = []
        # the agent's last turns: a phrase without a verb there sums up
        self.last: set[int] = set()

    def read(self, turns: Sequence[Utterance]) -> list[Claim]:
        self.last = {turn.position for turn in [turn for turn in turns if turn.is_agent][-CLOSING_TURNS:]}
        for turn in turns:
            if turn.is_agent:
                self._read_turn(turn)
            else:
                self.objected = bool(OBJECTION.search(fold(turn.text[:400])))
            self.turns.append(turn)
        return self.claims

    def _read_turn(self, turn: Utterance) -> None:
        if turn.position not in self.last and not self._is_relevant(fold(turn.text[:MAX_TEXT_LENGTH])):
            return
        corrects = False
        before: Clause | None = None
        for place, clause in enumerate(split_clauses(turn.position, turn.text)):
            corrects = corrects or bool(CORRECTION.search(clause.plain))
            if RETRACTION.search(clause.plain) and not clause.asks:
                self._retract()
            elif not self._read_action(clause, before, corrects=corrects or self.objected):
                self._read_fragment(clause, corrects=corrects, first=place == 0)
                self._read_summary(clause)
            self._read_prices(clause)
            before = clause

    def _is_relevant(self, plain: str) -> bool:
        """Check cheaply whether a turn is relevant; most are not."""
        again = bool(self.claims) and (self.objected or CORRECTION.search(plain) or RETRACTION.search(plain))
        return bool(again) or may_contain_action(plain) or prices.CURRENCY.search(plain) is not None

    def _read_action(self, clause: Clause, before: Clause | None, *, corrects: bool) -> bool:
        if not clause.asserts or not has_statement(clause.plain):
            return False
        scanner = mark_times(clause.raw, self.evidence.began_at, self.evidence.zone)
        action = find_action(clause.plain, scanner.text)
        if action is None or (action == "stands" and clause.has_tag):
            return False
        mentions = find_mentions(scanner, self.names, clause.raw)
        if action != "stands" and not any(mention.has_time for mention in mentions) and before is not None:
            mentions = self._take_over_mentions(before, mentions)
        if action == "stands" and not any(mention.has_time for mention in mentions):
            return False
        tentative, held = bool(TENTATIVE.search(clause.plain)), bool(HOLD_VERB.search(clause.plain))
        self.claims.append(Claim(action, clause.position, clause.sentence, mentions, None, tentative, held, corrects))
        return True

    def _take_over_mentions(self, before: Clause, mentions: list[AppointmentMention]) -> list[AppointmentMention]:
        """ "Freitag um zehn bei Anna. Ist eingetragen." """
        if before.asks or not before.asserts or may_contain_action(before.plain):
            return mentions
        earlier = find_mentions(mark_times(before.raw, self.evidence.began_at, self.evidence.zone), self.names, before.raw)
        return earlier if any(mention.has_time for mention in earlier) else mentions

    def _read_fragment(self, clause: Clause, *, corrects: bool, first: bool) -> None:
        """Read a bare day or time that corrects an earlier claim: "Entschuldigung, um elf", "Natürlich, Donnerstag"."""
        earlier = next((claim for claim in reversed(self.claims) if claim.kind != "price"), None)
        agrees = self.objected and first and AGREEMENT.search(clause.plain)
        if earlier is None or clause.asks or not (corrects or agrees) or earlier.position < clause.position - 3:
            return
        if not clause.asserts and not corrects:
            return
        mentions = find_mentions(mark_times(clause.raw, self.evidence.began_at, self.evidence.zone), self.names, clause.raw)
        if not mentions or not any(mention.has_time or mention.staff for mention in mentions):
            return
        for mention in mentions:
            self._fill_from(mention, earlier)
        self.claims.append(Claim("stands", clause.position, clause.sentence, mentions, corrects=True))

    def _read_summary(self, clause: Clause) -> None:
        """Read a closing summary without a verb, "Montag, den 5. Oktober, 9 Uhr", after a booking."""
        if (
            clause.position not in self.last
            or not clause.asserts
            or not any(appointment.was_created or appointment.was_moved for appointment in self.evidence.appointments)
        ):
            return
        if any(claim.position == clause.position and claim.quote == clause.sentence for claim in self.claims) or OPENING_HOURS.search(
            clause.plain
        ):
            return
        mentions = find_mentions(mark_times(clause.raw, self.evidence.began_at, self.evidence.zone), self.names, clause.raw)
        if len(mentions) == 1 and mentions[0].clock is not None and mentions[0].day is not None and not ALTERNATIVE.search(clause.plain):
            self.claims.append(Claim("stands", clause.position, clause.sentence, mentions))

    def _fill_from(self, mention: AppointmentMention, earlier: Claim) -> None:
        if earlier.mentions and mention.days is None:
            mention.days, mention.weekday = earlier.mentions[-1].days, earlier.mentions[-1].weekday
        if earlier.mentions and mention.clock is None:
            mention.clock = earlier.mentions[-1].clock

    def _retract(self) -> None:
        for claim in self.claims:
            claim.retracted = claim.retracted or claim.kind != "price"

    def _read_prices(self, clause: Clause) -> None:
        if clause.asks or clause.negated:
            return
        for price in prices.find_prices(clause.plain, self.names, self._list_earlier_services):
            self.claims.append(Claim("price", clause.position, clause.sentence, price=price))

    def _list_earlier_services(self) -> list[set[str]]:
        """List the services named earlier in the conversation."""
        return [services for turn in self.turns for _place, services in self.names.locate_services(fold(turn.text[:MAX_TEXT_LENGTH]))]
