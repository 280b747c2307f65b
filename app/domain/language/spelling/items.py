"""What was said, one by one: letters with everything that they may be, words, and remarks."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.language.spelling.alphabets import PERSON_NAMES
from app.domain.language.spelling.phrases import Kind
from app.domain.language.vocabulary import fold

MAX_READINGS = 64
# a word that may be a letter, a single letter or digit, one that surely is
WEAK, BARE, SURE = 0, 1, 2


@dataclass(frozen=True, slots=True)
class SpokenItem:
    """One thing that was said. Of letters `values` are all texts that they may stand for, `digits` those on plates and in addresses."""

    kind: Kind
    text: str = ""
    values: tuple[str, ...] = ()
    strength: int = SURE
    pause: bool = False
    digits: tuple[str, ...] = ()
    is_code_word: bool = False

    @property
    def is_letter(self) -> bool:
        return self.kind == "letter"


def is_person_name(item: SpokenItem) -> bool:
    return item.is_code_word and fold(item.text) in PERSON_NAMES


def join_values(items: Sequence[SpokenItem]) -> list[str] | None:
    """All texts that a run of letters may stand for; None where they are too many."""
    texts = [""]
    for item in items:
        texts = [text + value for text in texts for value in item.values]
        if len(texts) > MAX_READINGS:
            return None
    return list(dict.fromkeys(texts))
