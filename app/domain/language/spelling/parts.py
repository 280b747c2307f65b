"""Groups items to the parts of a spelled name: words, runs of letters, signs, corrections and remarks."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import product, takewhile
from typing import Literal

from app.domain.language.parsed_time import Language
from app.domain.language.spelling.items import BARE, SURE, WEAK, SpokenItem, is_person_name, join_values
from app.domain.language.spelling.remarks import LetterRequest, RemarkReader, Variants
from app.domain.language.spelling.talk import CHATTER, ORIGINS
from app.domain.language.spelling.variants import SpellingRemark, is_common_name
from app.domain.language.spelling.word_lists import word_set
from app.domain.language.vocabulary import fold

PartKind = Literal["word", "run", "sign", "correction", "maybe", "label", "variant", "remark", "unclear", "chatter"]
SIGNS = {"hyphen": "-", "apostrophe": "'", "space": " "}
BETWEEN_LETTERS = frozenset({"filler", "joined", "plain", "and", "correction", "maybe", *SIGNS})
# fewer bare letters are initials
MIN_BARE_LETTERS = 3
MIN_SIMILARITY = 0.6
# alone, so many words of an alphabet spell something; four, if they are names of people
MIN_CODE_WORDS, MIN_PERSON_NAMES = 3, 4
PARTICLES = word_set(
    """
    von van der den dem de del della di da do dos das du la le les el al bin ibn ter ten te zu zum zur vom auf und af av y e st
    """
)


@dataclass(frozen=True, slots=True)
class Part:
    """A word, a run of letters with its readings, a sign, or a remark.

    `is_sure`: the run's first letter was said with a word for it, the sign by its name, and the word needs no spelling; what is
    unclear was a remark about a spelling.
    """

    kind: PartKind
    text: str = ""
    readings: tuple[str, ...] = ()
    variants: Variants = ()
    is_sure: bool = False


def is_spelled(parts: Sequence[Part]) -> bool:
    """Whether letters were said, or signs by their names."""
    return any(part.kind in ("run", "variant") or (part.kind in ("sign", "unclear") and part.is_sure) for part in parts)


def build_parts(items: Sequence[SpokenItem], language: Language, *, with_digits: bool = False) -> list[Part]:
    """Group items; `with_digits` where digits may stand among letters, so that "zwei t" is "tt" or "2t"."""
    if with_digits:
        items = [replace(item, values=(*item.values, *item.digits)) for item in items]
    return list(_Builder(items, language, with_digits=with_digits).run())


class _Builder(RemarkReader):
    def __init__(self, items: Sequence[SpokenItem], language: Language, *, with_digits: bool) -> None:
        super().__init__(items, language)
        self.with_digits = with_digits
        self.words = {fold(item.text) for item in items if item.kind == "word"}

    def run(self) -> Iterator[Part]:
        while self.place < len(self.items):
            if self.is_remark:
                yield from _to_parts(self.read())
            elif self.items[self.place].is_letter:
                yield from self._read_letters()
            else:
                self.place += 1
                yield from self._read_other(self.items[self.place - 1])

    def _read_other(self, item: SpokenItem) -> Iterator[Part]:
        if item.kind in SIGNS:
            yield Part("sign", SIGNS[item.kind], is_sure=True)
        elif item.kind in ("correction", "maybe"):
            yield Part(item.kind)
        elif item.kind in ("first", "last"):
            yield Part("unclear") if self.with_digits else Part("label", item.kind)
        elif item.kind == "word" or (item.kind == "talk" and fold(item.text) in PARTICLES):
            yield from _read_word(item)
        elif item.kind == "talk" and not self.with_digits and fold(item.text) in CHATTER[self.language] | ORIGINS:
            yield Part("chatter")
        elif item.kind in ("unclear", "talk"):
            yield Part("unclear")
        elif item.kind == "number":
            yield Part("word", item.values[0], is_sure=True) if self.with_digits else Part("unclear")
        elif item.kind == "description":
            yield Part("remark")

    def _read_letters(self) -> Iterator[Part]:
        """The letters up to the next word, with the signs and corrections between them; leading names are words."""
        end = self.place
        while end < len(self.items) and (self.items[end].is_letter or self.items[end].kind in BETWEEN_LETTERS):
            end += 1
        while not self.items[end - 1].is_letter:
            end -= 1
        group, self.place = list(self.items[self.place : end]), end
        letters = [item for item in group if item.is_letter]
        first, last = _find_run(letters, self.words)
        if self.kind() == "instead" and last - first <= 2:
            yield from _to_parts(self.read_instead(LetterRequest(tuple(letters[first:last]))))
            return
        if [item.strength for item in letters] == [BARE] and self.kind() == "with" and self.kind(1) == "letter" and self.words:
            # "Bartel, T mit h"
            yield from _to_parts(_prefix(letters[0].values[0], self.read()))
            return
        is_one = last - first == 1 and letters[first].strength == SURE
        if is_one and (first or self._follows_word(end - len(group))):
            for item in letters[:first]:
                yield from _read_word(item)
            # "Baar, zweimal a"
            yield _say_of_word(letters[first:last])
            return
        follows = self._follows_word(end - len(group))
        if follows and first == 0 and last > 2 and _is_double(letters[0]) and letters[0].pause and not _is_double(letters[1]):
            # "Otto, zwei t, O T T O"
            self.place -= len(group) - 1
            yield _say_of_word(letters[:1])
            return
        if remarks := self._count_doubles(letters[first:last], follows=follows):
            # "Hoffmann, zwei f, zwei n"; "D O N N E L L, double N and double L"
            cut = next(place for place, item in enumerate(group) if item is letters[last - remarks])
            yield from self._read_run(group[:cut], first, last - remarks)
            yield _say_of_word(letters[last - remarks : last])
            yield from self._read_run(letters[last:], 0, 0)
            return
        yield from self._read_run(group, first, last)

    def _read_run(self, group: Sequence[SpokenItem], first: int, last: int) -> Iterator[Part]:
        """The letters from the first to the last as one run; what stands before them are words."""
        letters = [item for item in group if item.is_letter]
        run: list[SpokenItem] = []
        number = 0
        for item in group:
            if item.is_letter:
                number += 1
                if first < number <= last:
                    run.append(item)
                    continue
                yield from _end_run(run)
                yield from _read_word(item)
            elif item.kind not in ("filler", "and", "joined", "plain"):
                yield from _end_run(run)
                yield from self._read_other(item)
        yield from _end_run(run)
        if first < last and _may_be_word_of(letters[first], letters[first + 1 : last]):
            yield Part("unclear")
        if 0 < last < len(letters) and letters[last - 1].strength == SURE and letters[last].is_code_word:
            # "Doppel-T, Otto": a word, or one more letter
            yield Part("unclear")

    def _count_doubles(self, letters: Sequence[SpokenItem], *, follows: bool) -> int:
        """How many letters at the end are said of a word: doubles behind a pause that it has, or nothing else than doubles."""
        count = len(list(takewhile(_is_double, reversed(letters))))
        row, doubles = letters[: len(letters) - count], letters[len(letters) - count :]
        if not row:
            return count if follows and count > 1 else 0
        texts = join_values(row) or []
        is_said_again = row[-1].pause and all(any(value in text for value in item.values for text in texts) for item in doubles)
        return count if is_said_again else 0

    def _follows_word(self, place: int) -> bool:
        before = [item.kind for item in self.items[:place] if item.kind != "filler"]
        return "word" in before and before[-1] != "number"


def _to_parts(variants: Variants | None) -> Iterator[Part]:
    if variants is None:
        yield Part("unclear", is_sure=True)
    elif variants:
        yield Part("variant", variants=variants)


def _is_double(item: SpokenItem) -> bool:
    return item.strength == SURE and all(len(value) == 2 and value[0] == value[1] for value in item.values if value not in item.digits)


def _say_of_word(letters: Sequence[SpokenItem]) -> Part:
    """Letters that were said of the word before them."""
    return Part("variant", variants=tuple(product(*([SpellingRemark("with", text) for text in item.values] for item in letters))))


def _prefix(letter: str, variants: Variants | None) -> Variants | None:
    return variants and tuple(tuple(replace(each, letters=letter + each.letters) for each in together) for together in variants)


def _read_word(item: SpokenItem) -> Iterator[Part]:
    for place, text in enumerate(item.text.split("-")):
        if place:
            yield Part("sign", "-")
        if text:
            yield Part("word", text)


def _end_run(run: list[SpokenItem]) -> Iterator[Part]:
    if run:
        readings = _read_run(run)
        yield Part("run", "", tuple(readings), is_sure=run[0].strength == SURE) if readings else Part("unclear")
        run.clear()


def _find_run(letters: Sequence[SpokenItem], words: Collection[str]) -> tuple[int, int]:
    """From where to where neighbours that may be letters are some; the others are words, as those of the rest of what was said."""
    first, last = 0, len(letters)
    spelled = [place for place in range(1, min(4, last)) if _is_word_of(letters[place - 1], letters[place:])]
    if spelled:
        return spelled[-1], last
    code_words = [item for item in letters if item.is_code_word]
    may_be_name = any(fold(item.text) in PARTICLES or is_common_name(item.text) for item in letters)
    are_people = all(map(is_person_name, code_words)) if code_words else may_be_name
    needed = MIN_PERSON_NAMES if are_people else MIN_CODE_WORDS
    if not any(item.strength for item in letters):
        is_run = len(letters) >= needed and not all(map(_is_chunk, letters))
        return (first, last) if is_run else (0, 0)
    codes = [place for place, item in enumerate(letters) if item.is_code_word and item.strength == WEAK]
    strong = [place for place, item in enumerate(letters) if item.strength]
    if strong[0] < needed and not any(strong[0] < place for place in codes):
        while first < last and letters[first].strength == WEAK and (letters[first].is_code_word or len(letters[first].values[0]) > 3):
            first += 1
    if len([place for place in codes if place > strong[-1]]) == 1 and not any(place < strong[-1] for place in codes):
        last = strong[-1] + 1
    if first < last - 1 and fold(letters[first].text) in ("de", "el") and all(item.strength == BARE for item in letters[first + 1 : last]):
        # a particle before the name that is spelled
        first += 1
    if first < strong[0] and letters[strong[0] - 1].pause and all(item.strength == BARE for item in letters[strong[0] : last]):
        first = strong[0]
    run = letters[first:last]
    if all(item.strength == BARE for item in run) and len(run) < MIN_BARE_LETTERS and not _spells(run, words):
        return (0, 0)
    return first, last


def _is_chunk(item: SpokenItem) -> bool:
    return not item.is_code_word and item.text.isupper() and len(item.text) > 1


def _is_word_of(item: SpokenItem, letters: Sequence[SpokenItem]) -> bool:
    """Whether the letters spell the word before them, which might be one of theirs: "David, Dora, Anton …"."""
    return item.strength == WEAK and len(item.text) > 1 and fold(item.text) in map(fold, join_values(letters) or ())


def _may_be_word_of(item: SpokenItem, letters: Sequence[SpokenItem]) -> bool:
    """Whether the first word is nearly what the others spell: "Joseph, John, Oscar …", with a slip, or Aaron with two Antons."""
    texts = join_values(letters) if item.strength == WEAK and item.is_code_word else None
    name = fold(item.text)
    return any(text[:1] == name[:1] and SequenceMatcher(None, name, fold(text)).ratio() >= MIN_SIMILARITY for text in texts or ())


def _spells(run: Sequence[SpokenItem], words: Collection[str]) -> bool:
    """Whether two bare letters are a whole name, and no initials."""
    return len(run) == 2 and (not words or any(text in words for text in join_values(run) or ()))


def _read_run(run: Sequence[SpokenItem]) -> list[str] | None:
    """All texts of a run of letters; a pause in its midst may be the end of a word."""
    texts = join_values(run)
    if texts is None:
        return None
    pauses = [place + 1 for place, item in enumerate(run[:-1]) if item.pause]
    if len(pauses) != 1 or not 2 <= pauses[0] <= len(run) - 2:
        return texts
    first, second = join_values(run[: pauses[0]]) or [], join_values(run[pauses[0] :]) or []
    apart = [f"{one} {other}" for one, other in product(first, second) if is_common_name(one) and is_common_name(other)]
    if not apart:
        return texts
    return [*apart, *(text for text in texts if is_common_name(text))]
