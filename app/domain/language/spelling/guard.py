"""Looks at a name from outside, once it was read: whether it has what was said, and nothing else. What does not is asked."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import pairwise

from app.core.cologne_phonetics import encode
from app.domain.language.spelling.items import SURE, WEAK, SpokenItem, join_values
from app.domain.language.spelling.parts import PARTICLES
from app.domain.language.spelling.phrases import ADJECTIVES
from app.domain.language.spelling.plain_name import SALUTATIONS
from app.domain.language.spelling.tokens import TITLES
from app.domain.language.vocabulary import fold

# a shorter group may be said of the name: "mit t h"
MIN_LETTERS = 3
# of names that begin alike, and of others
MIN_SIMILARITY_OF_START, MIN_SIMILARITY = 0.5, 0.85
# no name has three of one letter, or begins with two of a consonant, or has two and two of them side by side
CONSONANT = "[b-df-hj-np-tv-z]"
ODD = tuple(re.compile(pattern, re.IGNORECASE) for pattern in (r"(.)\1\1", rf"\b(?!ll)({CONSONANT})\1", rf"({CONSONANT})\1({CONSONANT})\2"))
CORRECTIONS = frozenset({"correction", "maybe"})
# letters behind one of these are no row of the name's letters
REMARKS = frozenset({"with", "without", "not", "but", "instead", "only"})
# what is said with these words takes letters away, or puts them somewhere
CHANGES = REMARKS | CORRECTIONS


def is_accounted_for(name: str, items: Sequence[SpokenItem]) -> bool:
    """Check a name that was spelled: its letters were said, those said one by one are there in order, and it sounds as it was heard."""
    if _has_article(name, items):
        return False
    if any(odd.search(name) and not any(odd.search(item.text) for item in items) for odd in ODD):
        return False
    said = set(re.split(r"[\s-]+", name))
    if any(
        item.text.capitalize() in said for item in items if item.kind == "word" and fold(item.text) in ADJECTIVES and item.text.islower()
    ):
        # "vorne groß": no "Groß"
        return False
    words = {fold(word) for word in said}
    code_words = [fold(item.text) for item in items if item.is_code_word and item.strength == WEAK]
    if len(code_words) >= MIN_LETTERS and sum(word in words for word in code_words) > 1:
        # "Gerhard, Isidor, Erika, scharfes S": letters, or names
        return False
    return _has_rows(name, items) and sounds_as_heard(name, items) and _was_said(name, items)


def _has_article(name: str, items: Sequence[SpokenItem]) -> bool:
    """ "But with a G: G E O F F": the article is none of its letters."""
    letters = [item.values[0] if item.values else "" for item in items]
    return any(
        item.kind in REMARKS and letters[place + 1] == "a" and letters[place + 2] and fold(name).startswith(f"a{letters[place + 2]}")
        for place, item in enumerate(items[:-2])
    )


def _has_rows(name: str, items: Sequence[SpokenItem]) -> bool:
    """Whether every row of letters is there, unless something was said that may change it."""
    letters = _strip_signs(name)
    rows = ([row, _drop_last_doubles(row)] for row in _list_rows(items))
    return all(any(_strip_signs(text) in letters for row in either for text in join_values(row) or [""]) for either in rows)


def _drop_last_doubles(row: Sequence[SpokenItem]) -> list[SpokenItem]:
    """Without what was said again: "O T T, zwei t"."""
    kept = list(row)
    while len(kept) > 1 and len(kept[-1].values[0]) == 2 and kept[-1].strength == SURE:
        kept.pop()
    return kept if kept[-1].pause else list(row)


def _list_rows(items: Sequence[SpokenItem]) -> Iterator[list[SpokenItem]]:
    """The rows of letters that nothing is said about before and behind."""
    row: list[SpokenItem] = []
    before = ""
    for item in (*(each for each in items if each.kind not in ("filler", "and", "joined", "plain")), SpokenItem("filler")):
        if item.is_letter and item.strength != WEAK:
            row.append(item)
            if item.pause and before in REMARKS:
                # "mit t h, T H Ü R M E R"
                row, before = [], ""
            continue
        if len(row) >= MIN_LETTERS and before not in REMARKS and item.kind not in CHANGES:
            yield row
        row, before = [], item.kind


def sounds_as_heard(name: str, items: Sequence[SpokenItem]) -> bool:
    """Whether every name that was heard is there, in how it is written or in how it sounds."""
    if any(item.kind in CORRECTIONS for item in items):
        return True
    said = [fold(word) for word in re.split(r"[\s-]+", name)]
    heard = [
        word
        for before, item in pairwise([SpokenItem("filler"), *items])
        if item.kind == "word" and item.text[:1].isupper() and before.kind not in ("not", "instead")
        for word in map(fold, item.text.split("-"))
        if word.strip(".") not in SALUTATIONS | PARTICLES | TITLES and len(word) > 2
    ]
    return all(any(_may_be(word, other) for other in (*said, "".join(said))) or word in "".join(said) for word in heard)


def _may_be(heard: str, said: str) -> bool:
    codes = encode(heard), encode(said)
    begins_alike = codes[0][:1] == codes[1][:1] or heard[:1] == said[:1]
    needed = MIN_SIMILARITY_OF_START if begins_alike else MIN_SIMILARITY
    return codes[0] == codes[1] or SequenceMatcher(None, heard, said).ratio() >= needed


def _was_said(name: str, items: Sequence[SpokenItem]) -> bool:
    """Whether somebody said each of its letters, by itself or in a word."""
    texts = [text for item in items for text in (item.text if item.strength < SURE or not item.is_letter else "", *item.values)]
    return set(_strip_signs(name)) <= set(_strip_signs("".join(texts)))


def _strip_signs(text: str) -> str:
    return "".join(letter for letter in fold(text) if letter.isalnum())
