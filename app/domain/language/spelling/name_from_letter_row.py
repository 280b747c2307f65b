"""Reads a name from one row of letters that is all of it, whatever else was said: "Kowalska, ending in A because …, K O W A L S K A".

Two must say the same: the letters, and the name as it was heard, or a name that is known.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile

from app.core.cologne_phonetics import encode
from app.domain.language.spelling.items import WEAK, SpokenItem, join_values
from app.domain.language.spelling.name_words import NameWord, capitalise
from app.domain.language.spelling.parts import PARTICLES
from app.domain.language.spelling.plain_name import SALUTATIONS
from app.domain.language.spelling.tokens import TITLES
from app.domain.language.spelling.variants import is_common_name
from app.domain.language.spelling.word_lists import word_set
from app.domain.language.vocabulary import fold

MIN_LETTERS = 4
# a name that was not heard needs more of them
MIN_UNHEARD_LETTERS = 5
CORRECTIONS = frozenset({"correction", "maybe"})
BETWEEN = frozenset({"filler", "joined"})
# what may be said behind the row, if it says nothing else of the letters
REMARKS = frozenset({"with", "but", "instead", "only", "hyphen", "apostrophe", "space", "first", "last", "number"})
# and of no letter that stands in the row
NEGATIONS = frozenset({"not", "without"})
# they change a letter, or all of the name
CHANGES = word_set(
    """
    gross klein grossgeschrieben kleingeschrieben capital small lower upper lowercase uppercase statt anstatt instead aber but sondern
    oder or entweder either nein no
    """
)
# a sign on a letter, which is not among the letters
SIGN_NAMES = word_set(
    "haekchen haken hatschek punkt punkte punkten puenktchen strich akzent akzente accent accents akut cedille tilde dots kringel"
)


@dataclass(frozen=True, slots=True)
class _Row:
    start: int
    items: tuple[SpokenItem, ...]

    @property
    def end(self) -> int:
        return self.start + len(self.items)


def read_whole_row(items: Sequence[SpokenItem]) -> str | None:
    """The name of the only row that is long enough to be one; None where it is not certain."""
    said = [item for item in items if item.kind not in BETWEEN or item.pause]
    rows = list(_list_rows(said))
    whole = [row for row in rows if len(row.items) >= MIN_LETTERS]
    if not whole:
        return None
    row = whole[-1]
    before, after = said[: row.start], said[row.end :]
    heard = [word for item in (*before, *after) for word in _list_names(item)]
    # "Barto lo mäus"
    pieces = "".join(item.text for item in before if item.kind == "word")
    sounding = [*heard, *([fold(pieces)] if len(set(heard)) == 1 and pieces else [])]
    readings = join_values(row.items) or []
    texts = [text for text in readings if not heard or fold(text) in heard or any(_sounds_like(text, word) for word in sounding)]
    is_heard = bool(heard)
    if len(texts) != 1 or len(set(heard)) > 1 or any(item.kind in ("number", "hyphen", "apostrophe", "space") for item in before):
        return None
    if any(fold(item.text) in SIGN_NAMES and one.kind not in NEGATIONS for one, item in pairwise((SpokenItem("filler"), *before))):
        # "da ist noch ein Accent drauf, R E N E"
        return None
    is_known = is_heard or (len(texts[0]) >= MIN_UNHEARD_LETTERS and is_common_name(texts[0]))
    if not is_known or not _begins_anew(row, rows[: rows.index(row)], before) or not _holds(texts[0], after):
        return None
    return capitalise(NameWord(texts[0], is_spelled=True), is_start=True)


def _sounds_like(text: str, heard: str) -> bool:
    """Whether it sounds, begins and ends as it was heard: the sound tells nothing of a vowel at the end."""
    if fold(text) == heard:
        return True
    is_longer = fold(text).startswith(heard) or heard.startswith(fold(text))
    return not is_longer and encode(text) == encode(heard) and (fold(text)[0], fold(text)[-1]) == (heard[0], heard[-1])


def _list_rows(items: Sequence[SpokenItem]) -> Sequence[_Row]:
    """Letters side by side; those of a remark before them are none of theirs."""
    rows: list[_Row] = []
    place = 0
    while place < len(items):
        row = tuple(takewhile(_is_letter, items[place:]))
        pause = next((at + 1 for at, item in enumerate(row) if item.pause), len(row))
        if (
            pause < 3
            and len(row) - pause >= MIN_LETTERS
            and not any(item.pause for item in row[pause:-1])
            and _is_said_of_name(items[:place])
        ):
            # "mit p h: S T E P H E N S"
            rows.append(_Row(place, row[:pause]))
            rows.append(_Row(place + pause, row[pause:]))
        elif len(row) > MIN_LETTERS and row[-2].pause and [item.kind for item in items[place + len(row) :][:1]] == ["not"]:
            # "J A C O B I, C nicht K"
            rows.append(_Row(place, row[:-1]))
            place -= 1
        elif row:
            rows.append(_Row(place, row))
        place += len(row) or 1
    return rows


def _is_said_of_name(before: Sequence[SpokenItem]) -> bool:
    return bool(before) and not before[-1].pause and before[-1].kind in (*NEGATIONS, *REMARKS, "talk", "word")


def _is_letter(item: SpokenItem) -> bool:
    return item.is_letter and (item.strength != WEAK or (not item.is_code_word and item.text.isupper()))


def _list_names(item: SpokenItem) -> list[str]:
    """Words that may be names, folded: what was said with a capital, and is no letter."""
    is_word = item.kind == "word" or (item.is_letter and item.is_code_word and item.strength == WEAK)
    word = fold(item.text).strip(".")
    return [word] if is_word and item.text[:1].isupper() and word not in SALUTATIONS else []


def _begins_anew(row: _Row, earlier: Sequence[_Row], before: Sequence[SpokenItem]) -> bool:
    """Whether nothing before the row is a part of it: what stands there was corrected, or said of the name."""
    following = (*(item.text for item in before[1:]), "A")
    if any(
        fold(item.text).strip(".") in TITLES | PARTICLES and item.kind in ("word", "talk") and text[:1].isupper()
        for item, text in zip(before, following, strict=False)
    ):
        # "Frau Dr. Keller", "von Bülow"
        return False
    if not earlier:
        return True
    first, *others = earlier
    if any(item.kind in CORRECTIONS for item in before) and first.start == 0:
        # begun anew, with more letters
        is_anew = len(row.items) > len(first.items) and first.items[0].values == row.items[0].values
        return is_anew and all(_is_said_of_name(before[: each.start]) for each in others)
    return all(_is_said_of_name(before[: each.start]) for each in earlier)


def _holds(text: str, after: Sequence[SpokenItem]) -> bool:
    """Whether what is said behind the row changes nothing of it: "das H am Ende nicht vergessen", "C nicht K"."""
    letters = fold(text)
    for place, item in enumerate(after):
        before = after[place - 1].kind if place else ""
        if item.kind in REMARKS | CORRECTIONS or (
            item.kind != "filler" and fold(item.text) in CHANGES | SIGN_NAMES and before not in NEGATIONS
        ):
            return False
        if item.is_letter and all((fold(value) in letters) == (before in NEGATIONS) for value in item.values):
            return False
    return True
