"""Takes the number of a house out of what was said: "zwölf a", "hundertzwanzig", "76 bis 78", "drei, nein, dreizehn"."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.domain.language.spelling.items import BARE, SURE, WEAK, SpokenItem
from app.domain.language.spelling.tokens import Token
from app.domain.language.spelling.word_lists import word_set
from app.domain.language.vocabulary import MONTHS, ORDINALS, fold

NUMBER_WORDS = word_set("hausnummer nummer nr number no house")
RANGE_WORDS = word_set("bis to")
SLASH_WORDS = word_set("schraegstrich slash durch stroke querstrich")
ARTICLES = word_set("die das der the ist is")
# "12a" as it was written
WITH_LETTER = re.compile(r"(\d+)([a-zA-Z])")
# letters behind a number; "4 h" is one as well
LETTERS = frozenset("abcdefghijklm")


@dataclass(frozen=True, slots=True)
class StreetNumber:
    """Its digits, with a range or a slash in them, and its letter; without any it was not said."""

    text: str = ""
    letter: str = ""


def write_ordinals(tokens: Sequence[Token]) -> list[Token]:
    """ "des siebzehnten Juni" as "des 17. Juni"."""
    written = list(tokens)
    for place in range(len(tokens) - 1):
        stem = tokens[place].word.rstrip("nrsm")
        if tokens[place + 1].word in MONTHS and (number := ORDINALS.get(stem) or _read_digits(tokens[place])):
            written[place] = replace(tokens[place], text=f"{number}.", word=f"{number}.", pause=False)
    return written


def _read_digits(token: Token) -> int | None:
    return int(token.text) if token.text.isdecimal() else None


def take_street_number(items: Sequence[SpokenItem]) -> tuple[list[SpokenItem], StreetNumber | None, bool]:
    """The other items, the number, and whether it was said first; None where it is not certain."""
    kept: list[SpokenItem] = []
    numbers: list[StreetNumber] = []
    is_first = False
    place = 0
    while place < len(items):
        if _is_number(items[place]):
            number, used = _Reader(items, place).read()
            if number is None or _is_unclear_letter(items[place + used : place + used + 2], number):
                return list(items), None, False
            is_first |= not any(item.kind == "word" or item.is_letter for item in kept)
            if kept and kept[-1].kind in ("correction", "maybe") and numbers:
                kept.pop()
                numbers.pop()
            numbers.append(number)
            _drop_articles(kept)
            if kept:
                kept[-1] = replace(kept[-1], pause=True)
            place += used
        elif fold(items[place].text) in NUMBER_WORDS and items[place].kind in ("talk", "word", "without"):
            _drop_articles(kept)
            place += 1
        else:
            kept.append(items[place])
            place += 1
    texts = set(numbers)
    return kept, next(iter(texts), StreetNumber()) if len(texts) < 2 else None, is_first


def _is_unclear_letter(following: Sequence[SpokenItem], number: StreetNumber) -> bool:
    """Whether a letter follows the number that may be its own, or the first of a name."""
    is_letter = bool(following) and following[0].is_letter and following[0].strength != WEAK and not number.letter
    return is_letter and not (len(following) == 2 and following[1].is_letter)


def _drop_articles(kept: list[SpokenItem]) -> None:
    """Without "die" of "die drei"."""
    while len(kept) > 1 and (kept[-1].kind == "filler" or (kept[-1].text.islower() and fold(kept[-1].text) in ARTICLES)):
        pause = kept.pop().pause
        kept[-1] = replace(kept[-1], pause=kept[-1].pause or pause)


def _is_number(item: SpokenItem) -> bool:
    return item.kind == "number" or bool(item.digits) or (item.kind == "word" and bool(WITH_LETTER.fullmatch(item.text)))


class _Reader:
    """Reads a number from a place on."""

    def __init__(self, items: Sequence[SpokenItem], place: int) -> None:
        self.items, self.start, self.place = items, place, place

    def read(self) -> tuple[StreetNumber | None, int]:
        text, letter = self._read_one()
        while text:
            if self._kind() in ("correction", "maybe") and (end := self._find_number_after_correction()):
                self.place = end
                text, letter = self._read_one()
            elif self._kind() == "correction" and letter and (new := self._read_letter(self.place + 1)):
                letter, self.place = new, self.place + 2
            elif self._joins_with(RANGE_WORDS) or self._joins_with(SLASH_WORDS):
                sign = "-" if self._joins_with(RANGE_WORDS) else "/"
                self.place += 1
                other, letter = self._read_one() if _is_number(self.items[self.place]) else ("", "")
                text = f"{text}{sign}{other}" if other else ""
            else:
                break
        return (StreetNumber(text, letter) if text else None), self.place - self.start

    def _kind(self) -> str:
        return self.items[self.place].kind if self.place < len(self.items) else ""

    def _find_number_after_correction(self) -> int | None:
        end = self.place
        while end < len(self.items) and self.items[end].kind in ("correction", "maybe", "filler"):
            end += 1
        return end if end < len(self.items) and _is_number(self.items[end]) else None

    def _joins_with(self, words: frozenset[str]) -> bool:
        """Whether a word joins this number with another; a hyphen is no minus there."""
        end = self.place + 1
        return end < len(self.items) and fold(self.items[self.place].text) in words and _is_number(self.items[end])

    def _read_one(self) -> tuple[str, str]:
        """Digits, one by one or together, with a letter; none where two numbers stand side by side."""
        text = ""
        while self.place < len(self.items) and _is_number(self.items[self.place]):
            item = self.items[self.place]
            digits, letter = self._split(item)
            if text and (len(digits) > 1 or not self.is_single or self.items[self.place - 1].pause):
                return "", ""
            self.is_single = len(digits) == 1
            text += digits
            self.place += 1
            if letter:
                return text, letter
        letter = self._read_letter(self.place)
        self.place += bool(letter)
        return text, letter

    def _split(self, item: SpokenItem) -> tuple[str, str]:
        if item.kind == "number":
            return item.values[0], ""
        written = WITH_LETTER.fullmatch(item.digits[0] if item.digits else item.text)
        return (written[1], written[2].lower()) if written else ("", "")

    def _read_letter(self, place: int) -> str:
        """The letter behind the number; none of a row of letters."""
        if place >= len(self.items):
            return ""
        item = self.items[place]
        is_alone = place + 1 == len(self.items) or not self.items[place + 1].is_letter or (item.pause and item.strength == SURE)
        is_letter = item.is_letter and item.strength in (BARE, SURE) and len(item.values[0]) == 1 and len(item.values) == 1
        return item.values[0] if is_letter and is_alone and item.values[0] in LETTERS else ""
