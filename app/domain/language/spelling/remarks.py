"""Reads remarks about a spelling: "mit e i", "zwei f und ein n", "ohne h am Ende", "y statt i"."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

from app.domain.language.parsed_time import Language
from app.domain.language.spelling.items import BARE, WEAK, SpokenItem, join_values
from app.domain.language.spelling.variants import GRAPHEMES, Place, Remark, SpellingRemark
from app.domain.language.spelling.word_lists import word_set
from app.domain.language.vocabulary import fold

PLACES: dict[str, Place] = {"end": "end", "start": "start", "middle": "middle"}
REMARKS: dict[str, Remark] = {"with": "with", "without": "without", "only": "only", "not": "not"}
ONE = word_set("einem einer one single einfachem einzelnem")
ARTICLES = ONE | word_set("ein eine einen an the dem der das so")
# so many letters behind a pause are a name, and none of a remark
MIN_RUN = 3

# all that one remark, or several together, may mean
Variants = tuple[tuple[SpellingRemark, ...], ...]


@dataclass(frozen=True, slots=True)
class LetterRequest:
    """Letters of a remark, where in the name, and whether once: "mit einem f"."""

    items: tuple[SpokenItem, ...]
    place: Place | None = None
    once: bool = False

    @property
    def texts(self) -> list[str]:
        return join_values(self.items) or []


class RemarkReader:
    """Reads from `place` on and moves it."""

    def __init__(self, items: Sequence[SpokenItem], language: Language, place: int = 0) -> None:
        self.items, self.language, self.place = items, language, place

    def kind(self, ahead: int = 0) -> str:
        place = self.place + ahead
        return self.items[place].kind if place < len(self.items) else ""

    @property
    def is_remark(self) -> bool:
        is_place = self.kind() in PLACES and (self.kind(1) in REMARKS or (self.kind(1) == "letter" and self.place > 0))
        return self.kind() in REMARKS or self.kind() == "instead" or is_place

    def read(self) -> Variants | None:
        """Read one remark. Empty: it says nothing of letters; None: it is not understood."""
        place = PLACES.get(self.kind())
        self.place += place is not None
        kind = "with" if self.kind() == "letter" else self.kind()
        self.place += self.kind() != "letter"
        if kind == "instead":
            return self._read_instead_of()
        if {kind, self.kind()} == {"with", "only"}:
            kind, self.place = "only", self.place + 1
        if kind == "not" and (self.kind() == "word" or (self.kind() == "number" and self.kind(1) != "letter")):
            # "nicht Huber"; "nur ein f, nicht zwei"
            self.place += 1
            return ()
        if kind == "with" and self._spells_heard_word():
            # "Beyer mit B, E, Y, E, R"
            return ()
        requests = list(self._read_requests())
        if kind == "not" and self.kind() in ("but", "with"):
            self.place += 1
            return _combine([_replace(new, old) for old, new in zip(requests, self._read_requests(), strict=False)])
        if self.kind() == "instead" and requests:
            return self.read_instead(requests[-1])
        return _combine(
            [[SpellingRemark(REMARKS[kind], text, place=each.place or place, once=each.once) for text in each.texts] for each in requests]
        )

    def read_instead(self, new: LetterRequest) -> Variants | None:
        """Read "statt i" after the letters that stand in its place."""
        self.place += 1
        return _combine([_replace(new, old) for old in self._read_requests()])

    def _read_instead_of(self) -> Variants | None:
        """Read "statt i ein y"."""
        old = list(self._read_requests())
        if self.kind() in ("with", "but"):
            self.place += 1
        new = list(self._read_requests())
        if len(old) == 1 and not new and len(old[0].items) == 2:
            old, new = [LetterRequest(old[0].items[:1])], [LetterRequest(old[0].items[1:])]
        return _combine([_replace(new[0], old[0])]) if len(old) == len(new) == 1 else None

    def _read_requests(self) -> Iterator[LetterRequest]:
        """The letters of a remark, in groups: "zwei f und einem n", "e i", "th am Ende"; each with its place and whether once."""
        group: list[SpokenItem] = []
        once = ended = False
        while self.place < len(self.items) and not ended:
            item = self.items[self.place]
            if self.language == "en" and not group and item.text in ("a", "A") and item.strength == BARE and self.kind(1) == "letter":
                # "with a y": the article, or the first of two letters
                group.append(replace(item, values=("", "a")))
            elif item.is_letter and (item.strength != WEAK or not item.is_code_word):
                if group and group[-1].values[0] and (len(group[-1].values[0]) > 1 or len(item.values[0]) > 1):
                    yield LetterRequest(tuple(group), None, once)
                    group, once = [], False
                group.append(item)
                ended = item.pause and (self.kind(1) != "letter" or self._count_letters(1) >= MIN_RUN) and not self._continues(1)
            elif item.kind == "and" and self.kind(1) in ("letter", "word", "filler", "talk") and self._letter_follows():
                after = next(each for each in self.items[self.place :] if each.is_letter)
                if group and not _belong_together(group[-1], after):
                    yield LetterRequest(tuple(group), None, once)
                    group, once = [], False
            elif item.kind in PLACES:
                if group:
                    yield LetterRequest(tuple(group), PLACES[item.kind], once)
                    group, once = [], False
                ended = item.pause
            elif fold(item.text) in ARTICLES and self.kind(1) == "letter":
                once = fold(item.text) in ONE
            elif item.kind != "filler" or item.pause:
                break
            self.place += 1
        if group:
            yield LetterRequest(tuple(group), None, once)

    def _spells_heard_word(self) -> bool:
        letters = self.items[self.place : self.place + self._count_letters(0)]
        heard = {fold(item.text) for item in self.items if item.kind == "word"}
        return len(letters) > MIN_RUN and not heard.isdisjoint(map(fold, join_values(letters) or ()))

    def _continues(self, ahead: int) -> bool:
        """Whether one more letter of the remark follows: ", einem t"."""
        after = self.items[self.place + ahead : self.place + ahead + 2]
        return len(after) == 2 and fold(after[0].text) in ONE and after[1].is_letter and self._count_letters(ahead + 1) == 1

    def _count_letters(self, ahead: int) -> int:
        following = self.items[self.place + ahead :]
        return next((place for place, item in enumerate(following) if not item.is_letter), len(following))

    def _letter_follows(self) -> bool:
        for item in self.items[self.place + 1 : self.place + 3]:
            if item.is_letter:
                return True
            if fold(item.text) not in ARTICLES:
                return False
        return False


def _belong_together(one: SpokenItem, other: SpokenItem) -> bool:
    """Whether "e und i" is "ei", and not two remarks."""
    texts = [first + second for first, second in product(one.values, other.values)]
    return any(text in GRAPHEMES and text[0] != text[1] for text in texts)


def _replace(new: LetterRequest, old: LetterRequest) -> list[SpellingRemark]:
    return [SpellingRemark("instead", text, other) for text in new.texts for other in old.texts]


def _combine(choices: Sequence[Sequence[SpellingRemark]]) -> Variants | None:
    """One remark or several, each with all that it may mean; None without any."""
    return tuple(product(*choices)) if choices and all(choices) else None
