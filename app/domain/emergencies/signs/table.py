"""Loads the table of signs: kinds, their phrases and the contexts that cancel them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

from app.domain.emergencies.phrase_matcher import Spelling, Vocabulary, normalise

DIRECTORY = Path(__file__).parent
DEFAULT_REACH = 7
# partial signs are spread over a longer text
PARTIAL_REACH = 30
Level = Literal["life", "police", "urgent", "on_call"]
SECTION_HEADER = re.compile(r"\[(\w+) \| (\w+) \| ([\w ]+)\]")
CONTEXTS = (
    "neutral", "past", "days_ago", "chronic", "now", "fiction", "drill", "trade_word", "figure", "if", "maybe", "admin", "shop",
    "person", "pet",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class EmergencyKind:
    """`areas` are the industries where it is an emergency; `order` is its rank, gravest first."""

    name: str
    level: Level
    areas: frozenset[str]
    order: int

    @property
    def is_out_of_hours(self) -> bool:
        """Whether it can wait during opening hours."""
        return "closed" in self.areas

    @property
    def is_over_soon(self) -> bool:
        """Whether it is no emergency any more after a day."""
        return "past" in self.areas


@dataclass(frozen=True, slots=True)
class Sign:
    """Matches where `needed` of the `terms` occur within `reach` words, and none of `unless` in the sentence."""

    kind: EmergencyKind
    terms: tuple[int, ...]
    unless: tuple[int, ...]
    reach: int
    weak: bool
    needed: int


@dataclass(slots=True)
class SignTable:
    vocabulary: Vocabulary
    # signs by their first term
    signs: dict[int, list[Sign]] = field(default_factory=dict)
    contexts: dict[str, int] = field(default_factory=dict)
    kinds: dict[str, EmergencyKind] = field(default_factory=dict)
    phrases: list[str] = field(default_factory=list)


@cache
def load_table() -> SignTable:
    return _TableParser().read()


class _TableParser:
    def __init__(self) -> None:
        self.table = SignTable(Vocabulary(_load_spelling()))
        self._terms: dict[str, int] = {}
        self._classes: dict[str, list[str]] = {}

    def read(self) -> SignTable:
        for line in [*_read_lines("classes"), *_read_lines("contexts")]:
            name, phrases = line.split(" = ", 1)
            self._classes[name] = [phrase.strip() for phrase in phrases.split(",")]
        for name in CONTEXTS:
            self.table.contexts[name] = self._term(f"<{name}>")
        kind: EmergencyKind | None = None
        for line in _read_lines("signs"):
            if head := SECTION_HEADER.fullmatch(line):
                kind = EmergencyKind(head[1], head[2], frozenset(head[3].split()), len(self.table.kinds))  # type: ignore[arg-type]
                self.table.kinds[kind.name] = kind
            elif kind is not None:
                self._read_sign(line, kind)
        self.table.vocabulary.seal()
        return self.table

    def _read_sign(self, line: str, kind: EmergencyKind) -> None:
        weak, line = line.startswith("~"), line.removeprefix("~").strip()
        said, _bang, unless = line.partition(" ! ")
        reach = DEFAULT_REACH
        if near := re.match(r"(\d+): ", said):
            reach, said = int(near[1]), said[near.end() :]
        some = re.match(r"(\d) of ", said)
        parts = said[some.end() :].split(",") if some else said.split(" + ")
        terms = tuple(self._term(part.strip()) for part in parts)
        if some:
            reach = PARTIAL_REACH
        spoilers = tuple(self._term(each.strip()) for each in unless.split(",") if each.strip())
        sign = Sign(kind, terms, spoilers, reach, weak, int(some[1]) if some else len(terms))
        # one of these occurs wherever the sign matches
        for term in terms if some else terms[:1]:
            self.table.signs.setdefault(term, []).append(sign)

    def _term(self, name: str) -> int:
        """Get the number of a class or phrase; equal words share one."""
        if name not in self._terms:
            number = self._terms[name] = len(self._terms)
            for phrase in self._classes[name] if name.startswith("<") else [name]:
                self.table.phrases.append(phrase)
                self.table.vocabulary.add(number, phrase)
        return self._terms[name]


def _load_spelling() -> Spelling:
    dropped: set[str] = set()
    same: dict[str, str] = {}
    for line in _read_lines("words"):
        what, _equals, words = line.partition(" = ")
        if what == "drop":
            dropped |= {normalise(word) for word in words.split()}
        else:
            read_as, _colon, written = words.partition(":")
            same |= {normalise(word): normalise(read_as.strip()) for word in written.split()}
    return Spelling(frozenset(dropped), same)


def _read_lines(name: str) -> Iterator[str]:
    for line in (DIRECTORY / f"{name}.txt").read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            yield line.strip()
