"""What is said of a word of the street behind it: "Goethestraße siebzehn, Goethe mit o e"."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from app.core.cologne_phonetics import encode
from app.domain.language.parsed_time import Language
from app.domain.language.spelling.items import SpokenItem
from app.domain.language.spelling.name import read_lines
from app.domain.language.spelling.name_words import NameWords
from app.domain.language.spelling.parts import build_parts
from app.domain.language.spelling.word_lists import word_set
from app.domain.language.vocabulary import fold

COMPOUND_KINDS = word_set("strasse str weg platz allee gasse ring ufer damm chaussee steig hof")
COMPOUND = re.compile(rf"(.{{3,}}?)(stra(?:ß|ss)e|{'|'.join(sorted(COMPOUND_KINDS, reverse=True))})\.?", re.IGNORECASE)
# kind and words of signs
SIGN_WORDS = {"-": ("hyphen", "bindestrichen", "bindestriche", "hyphens"), "'": ("apostrophe",)}
REFERENCE_WORDS = word_set("ist is das wird heisst schreibt schreibe aber also and und the thats that's hat has der die den but")


@dataclass(frozen=True, slots=True)
class Reference:
    """What is said of one word of the street: "Goethe mit o e"."""

    word: str
    items: tuple[SpokenItem, ...]
    # the word as it was written here, where that differs: "Götestraße, also Goethe mit o e"
    text: str = ""


def split_references(items: Sequence[SpokenItem]) -> tuple[list[SpokenItem], list[Reference]]:
    """Clauses that say something of a word that was said before them, apart from the street itself."""
    main: list[SpokenItem] = []
    references: list[Reference] = []
    for clause in _split_clauses(items):
        said = [word for item in main for word in _list_words(item)]
        place = next((place for place, item in enumerate(clause) if item.kind != "filler" and fold(item.text) not in REFERENCE_WORDS), 0)
        word = fold(clause[place].text)
        rest = [item for item in clause[place + 1 :] if fold(item.text) not in REFERENCE_WORDS or item.is_letter]
        is_word = clause[place].kind == "word" or (clause[place].is_letter and len(word) > 2)
        if main and is_word and rest and any(each == word or (each.startswith(word) and len(word) > 2) for each in said):
            references.append(Reference(word, tuple(rest)))
        elif main and clause[place].kind == "word" and (alike := _find_alike(word, said)) and rest and rest[0].kind == "with":
            references.append(Reference(alike, tuple(rest), clause[place].text.capitalize()))
        elif not _is_satisfied(clause, main) and not _spells_kind(clause, main):
            main += clause
    return main, references


def _find_alike(word: str, said: Sequence[str]) -> str | None:
    """The only word that sounds the same."""
    alike = {each for each in said if encode(each) == encode(word) and each[:1] == word[:1]}
    return alike.pop() if len(alike) == 1 and len(word) > 2 else None


def _is_satisfied(clause: Sequence[SpokenItem], main: Sequence[SpokenItem]) -> bool:
    """Whether it is said that there is a sign, and there is: "mit Bindestrichen"."""
    begins = next((item.kind for item in clause if item.kind not in ("filler", "talk")), "")
    text = " ".join(item.text for item in main)
    said = {sign for item in clause for sign, words in SIGN_WORDS.items() if item.kind == words[0] or fold(item.text) in words}
    return begins == "with" and bool(said) and all(sign in text for sign in said)


def _spells_kind(clause: Sequence[SpokenItem], main: list[SpokenItem]) -> bool:
    """Write "Straße" as it is said to be written: "with a sharp s", where no other word has one."""
    items = [item for item in clause if item.kind not in ("filler", "talk") and fold(item.text) not in ("a", "the", "it")]
    if [item.kind for item in items] != ["with", "letter"] or items[1].values[0] not in ("ß", "ss"):
        return False
    places = [place for place, item in enumerate(main) if re.search("ss|ß", item.text.lower())]
    if len(places) != 1 or not re.fullmatch("(?i)[^sß]*(?:s[^sß]+)*stra(?:ss|ß)e", main[places[0]].text):
        return False
    main[places[0]] = replace(main[places[0]], text=re.sub("(?:ss|ß)e$", f"{items[1].values[0]}e", main[places[0]].text))
    return True


def _split_clauses(items: Sequence[SpokenItem]) -> Iterator[list[SpokenItem]]:
    clause: list[SpokenItem] = []
    for item in items:
        clause.append(item)
        if item.pause:
            yield clause
            clause = []
    if clause:
        yield clause


def _list_words(item: SpokenItem) -> Iterator[str]:
    """The words of an item that a remark may name: "Goethe" of "Goethestraße", "Muchow" of "Martha-Muchow-Weg"."""
    if len(item.text) < 3:
        return
    for text in item.text.split("-"):
        yield fold(text)
        if compound := COMPOUND.fullmatch(text):
            yield fold(compound[1])


def _find_beginning(line: NameWords, word: str) -> tuple[int, int] | None:
    """The word that begins so, and how many letters of it that are: "Wuhl" of "Wuhlheide"."""
    for place, each in enumerate(line):
        for length in range(3, len(each.text)):
            if fold(each.text[:length]) == word:
                return place, length
    return None


def _spell_beginning(
    line: NameWords, place: int, length: int, first: Reference, others: Sequence[Reference], language: Language
) -> Iterator[NameWords | None]:
    begun = (replace(line[place], text=line[place].text[:length]),)
    for words in apply_references(begun, [first], language):
        spelled = words and replace(words[0], text=words[0].text + line[place].text[length:])
        yield from apply_references((*line[:place], spelled, *line[place + 1 :]) if spelled else None, others, language)


def apply_references(line: NameWords | None, references: Sequence[Reference], language: Language) -> Iterator[NameWords | None]:
    """Spell the words of the street as it was said of them."""
    if not line or not references:
        yield line
        return
    first, *others = references
    place = next((place for place, word in enumerate(line) if fold(word.text) == first.word), None)
    if place is None and (found := _find_beginning(line, first.word)):
        yield from _spell_beginning(line, *found, first, others, language)
        return
    if place is None:
        place = next((place for place in range(len(line) - 1) if fold(line[place].text + line[place + 1].text) == first.word), None)
    if place is None:
        yield None
        return
    if all(item.kind in ("description", "filler") for item in first.items):
        yield from apply_references(line, others, language)
        return
    items = [SpokenItem("word", first.text or line[place].text), *first.items]
    for words in read_lines(build_parts(items, language)):
        if words is None or len(words) != 1:
            yield None
            continue
        text = words[0].text
        yield from apply_references((*line[:place], replace(line[place], text=text, is_spelled=True), *line[place + 1 :]), others, language)
