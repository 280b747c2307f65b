"""Reads from a conversation what its agent stated: appointments and prices, and where she or the caller put it right later."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from app.domain.claims import prices
from app.domain.claims.actions import (
    AGREES,
    CORRECTS,
    HELD,
    OBJECTS,
    OPENING,
    RETRACTED,
    TENTATIVE,
    deed_in,
    may_state_a_deed,
    states_something,
)
from app.domain.claims.clauses import LONGEST, Clause, clauses
from app.domain.claims.entities import Detail, House, details_in, scan
from app.domain.claims.evidence import Facts, Said
from app.domain.claims.prices import Price
from app.domain.language.detection import LITTLE_WORDS
from app.domain.language.vocabulary import fold

Kind = Literal["booked", "moved", "cancelled", "stands", "price"]
# a language that neither of ours is has hardly one of our little words among so many
ENOUGH_WORDS, FEWEST_KNOWN = 12, 0.06
LAST_WORDS = 2
OR = re.compile(r"\b(?:oder|or)\b")


@dataclass(slots=True)
class Claim:
    """What was stated in one clause, in its turn and its whole sentence."""

    kind: Kind
    position: int
    said: str
    details: list[Detail] = field(default_factory=list)
    price: Price | None = None
    tentative: bool = False
    held_only: bool = False
    # said to put an earlier one right, by herself or after the caller objected
    corrects: bool = False
    # said afterwards that it did not work
    retracted: bool = False


def is_readable(turns: Sequence[Said]) -> bool:
    """Whether the agent speaks German or English, as far as her little words tell."""
    words = re.findall(r"[\w']+", " ".join(turn.text for turn in turns if turn.is_agent).casefold())
    known = sum(word in little for word in words for little in LITTLE_WORDS.values())
    return len(words) < ENOUGH_WORDS or known >= FEWEST_KNOWN * len(words)


def read_claims(turns: Sequence[Said], facts: Facts) -> list[Claim]:
    """The claims of the agent's turns, in the order of the talk."""
    return _Reading(facts).read(turns)


class _Reading:
    def __init__(self, facts: Facts) -> None:
        self.facts, self.house = facts, House(facts)
        self.claims: list[Claim] = []
        self.objected = False
        self.turns: list[Said] = []
        # the agent's last turns: what is said there without a verb sums up
        self.last: set[int] = set()

    def read(self, turns: Sequence[Said]) -> list[Claim]:
        self.last = {turn.position for turn in [turn for turn in turns if turn.is_agent][-LAST_WORDS:]}
        for turn in turns:
            if turn.is_agent:
                self._read_turn(turn)
            else:
                self.objected = bool(OBJECTS.search(fold(turn.text[:400])))
            self.turns.append(turn)
        return self.claims

    def _read_turn(self, turn: Said) -> None:
        if turn.position not in self.last and not self._is_worth(fold(turn.text[:LONGEST])):
            return
        corrects = False
        before: Clause | None = None
        for place, clause in enumerate(clauses(turn.position, turn.text)):
            corrects = corrects or bool(CORRECTS.search(clause.plain))
            if RETRACTED.search(clause.plain) and not clause.asks:
                self._retract()
            elif not self._read_deed(clause, before, corrects=corrects or self.objected):
                self._read_fragment(clause, corrects=corrects, first=place == 0)
                self._read_summing_up(clause)
            self._read_prices(clause)
            before = clause

    def _is_worth(self, plain: str) -> bool:
        """Most turns state nothing."""
        again = bool(self.claims) and (self.objected or CORRECTS.search(plain) or RETRACTED.search(plain))
        return bool(again) or may_state_a_deed(plain) or prices.MONEY.search(plain) is not None

    def _read_deed(self, clause: Clause, before: Clause | None, *, corrects: bool) -> bool:
        if not clause.asserts or not states_something(clause.plain):
            return False
        scanner = scan(clause.raw, self.facts.began_at, self.facts.zone)
        deed = deed_in(clause.plain, scanner.text)
        if deed is None or (deed == "stands" and clause.has_tag):
            return False
        details = details_in(scanner, self.house, clause.raw)
        if deed != "stands" and not any(detail.says_when for detail in details) and before is not None:
            details = self._from_before(before, details)
        if deed == "stands" and not any(detail.says_when for detail in details):
            return False
        tentative, held = bool(TENTATIVE.search(clause.plain)), bool(HELD.search(clause.plain))
        self.claims.append(Claim(deed, clause.position, clause.sentence, details, None, tentative, held, corrects))
        return True

    def _from_before(self, before: Clause, details: list[Detail]) -> list[Detail]:
        """ "Freitag um zehn bei Anna. Ist eingetragen." """
        if before.asks or not before.asserts or may_state_a_deed(before.plain):
            return details
        earlier = details_in(scan(before.raw, self.facts.began_at, self.facts.zone), self.house, before.raw)
        return earlier if any(detail.says_when for detail in earlier) else details

    def _read_fragment(self, clause: Clause, *, corrects: bool, first: bool) -> None:
        """A day or a time by itself, said to put right what was said before: "Entschuldigung, um elf", "Natürlich, Donnerstag"."""
        earlier = next((claim for claim in reversed(self.claims) if claim.kind != "price"), None)
        agrees = self.objected and first and AGREES.search(clause.plain)
        if earlier is None or clause.asks or not (corrects or agrees) or earlier.position < clause.position - 3:
            return
        if not clause.asserts and not corrects:
            return
        details = details_in(scan(clause.raw, self.facts.began_at, self.facts.zone), self.house, clause.raw)
        if not details or not any(detail.says_when or detail.staff for detail in details):
            return
        for detail in details:
            self._complete(detail, earlier)
        self.claims.append(Claim("stands", clause.position, clause.sentence, details, corrects=True))

    def _read_summing_up(self, clause: Clause) -> None:
        """ "Montag, den 5. Oktober, 9 Uhr in Wandsbek." behind a booking, among her last words."""
        if clause.position not in self.last or not clause.asserts or not any(known.made or known.moved for known in self.facts.known):
            return
        if any(claim.position == clause.position and claim.said == clause.sentence for claim in self.claims) or OPENING.search(
            clause.plain
        ):
            return
        details = details_in(scan(clause.raw, self.facts.began_at, self.facts.zone), self.house, clause.raw)
        if len(details) == 1 and details[0].clock is not None and details[0].day is not None and not OR.search(clause.plain):
            self.claims.append(Claim("stands", clause.position, clause.sentence, details))

    def _complete(self, detail: Detail, earlier: Claim) -> None:
        if earlier.details and detail.days is None:
            detail.days, detail.weekday = earlier.details[-1].days, earlier.details[-1].weekday
        if earlier.details and detail.clock is None:
            detail.clock = earlier.details[-1].clock

    def _retract(self) -> None:
        for claim in self.claims:
            claim.retracted = claim.retracted or claim.kind != "price"

    def _read_prices(self, clause: Clause) -> None:
        if clause.asks or clause.negated:
            return
        for price in prices.prices_in(clause.plain, self.house, self._spoken_of):
            self.claims.append(Claim("price", clause.position, clause.sentence, price=price))

    def _spoken_of(self) -> list[set[str]]:
        """The services that were named before, by whomever."""
        return [services for turn in self.turns for _place, services in self.house.services_in(fold(turn.text[:LONGEST]))]
