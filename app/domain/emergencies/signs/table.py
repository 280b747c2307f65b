"""Loads the table of signs: kinds, their phrases and the contexts that cancel them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

from app.domain.emergencies.phrase_matcher import PhraseVocabulary, WordNormalization, normalise

DIRECTORY = Path(__file__).parent
DEFAULT_REACH = 7
# partial signs are spread over a longer text
PARTIAL_REACH = 30
# files that define the class of each word
CLASS_FILES = tuple(DIRECTORY / f"{name}.txt" for name in ("classes", "contexts", "words"))
Level = Literal["life", "police", "urgent", "on_call"]
SECTION_HEADER = re.compile(r"\[(\w+) \| (\w+) \| ([\w ]+)\]")
CONTEXTS = (
    "neutral", "past", "days_ago", "chronic", "now", "fiction", "drill", "trade_word", "figure", "if", "maybe", "admin", "shop",
    "person", "pet", "moves_on",
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
class EmergencySign:
    """Matches where `needed` of the `terms` occur within `reach` words, and none of `unless` in the sentence."""

    kind: EmergencyKind
    terms: tuple[int, ...]
    unless: tuple[int, ...]
    reach: int
    weak: bool
    needed: int


@dataclass(slots=True)
class EmergencySignTable:
    vocabulary: PhraseVocabulary
    # signs by their first term
    signs: dict[int, list[EmergencySign]] = field(default_factory=dict)
    contexts: dict[str, int] = field(default_factory=dict)
    # the names of the classes by term
    classes: dict[int, str] = field(default_factory=dict)
    kinds: dict[str, EmergencyKind] = field(default_factory=dict)
    phrases: list[str] = field(default_factory=list)


@cache
def load_table() -> EmergencySignTable:
    return _SignTableParser().read()


class _SignTableParser:
    def __init__(self) -> None:
        self.table = EmergencySignTable(PhraseVocabulary(_load_spelling()))
        self._terms: dict[str, int] = {}
        self._classes: dict[str, list[str]] = {}

    def read(self) -> EmergencySignTable:
        for line in [*read_lines("classes"), *read_lines("contexts")]:
            name, phrases = line.split(" = ", 1)
            self._classes[name] = [phrase.strip() for phrase in phrases.split(",")]
        for name in CONTEXTS:
            self.table.contexts[name] = self._term(f"<{name}>")
        kind: EmergencyKind | None = None
        for line in read_lines("signs"):
            if head := SECTION_HEADER.fullmatch(line):
                kind = EmergencyKind(head[1], head[2], frozenset(head[3].split()), len(self.table.kinds))  # type: ignore[arg-type]
                self.table.kinds[kind.name] = kind
            elif kind is not None:
                self._read_sign(line, kind)
        self.table.vocabulary.seal()
        return self.table

    def _read_sign(self, line: str, kind: EmergencyKind) -> None:
        weak, line = line.startswith("~"), line.removeprefix("~").strip()
        pattern, _bang, unless = line.partition(" ! ")
        reach = DEFAULT_REACH
        if near := re.match(r"(\d+): ", pattern):
            reach, pattern = int(near[1]), pattern[near.end() :]
        some = re.match(r"(\d) of ", pattern)
        parts = pattern[some.end() :].split(",") if some else pattern.split(" + ")
        terms = tuple(self._term(part.strip()) for part in parts)
        if some:
            reach = PARTIAL_REACH
        spoilers = tuple(self._term(each.strip()) for each in unless.split(",") if each.strip())
        sign = EmergencySign(kind, terms, spoilers, reach, weak, int(some[1]) if some else len(terms))
        # one of these occurs wherever the sign matches
        for term in terms if some else terms[:1]:
            self.table.signs.setdefault(term, []).append(sign)

    def _term(self, name: str) -> int:
        """Get the number of a class or phrase; equal words share one."""
        if name not in self._terms:
            number = self._terms[name] = len(self._terms)
            if name.startswith("<"):
                self.table.classes[number] = name
            for phrase in self._classes[name] if name.startswith("<") else [name]:
                self.table.phrases.append(phrase)
                self.table.vocabulary.add(number, phrase)
        return self._terms[name]


def _load_spelling() -> WordNormalization:
    dropped: set[str] = set()
    same: dict[str, str] = {}
    for line in read_lines("words"):
        what, _equals, words = line.partition(" = ")
        if what == "drop":
            dropped |= {normalise(word) for word in words.split()}
        else:
            read_as, _colon, written = words.partition(":")
            same |= {normalise(word): normalise(read_as.strip()) for word in written.split()}
    return WordNormalization(frozenset(dropped), same)


def read_lines(name: str) -> Iterator[str]:
    for line in (DIRECTORY / f"{name}.txt").read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            yield line.strip()
