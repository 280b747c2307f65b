"""The words of a name with what is known of each, and how the name is written."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from app.domain.language.spelling.parts import PARTICLES
from app.domain.language.spelling.plain_name import SALUTATIONS
from app.domain.language.spelling.variants import is_common_name
from app.domain.language.vocabulary import fold


@dataclass(frozen=True, slots=True)
class NameWord:
    text: str
    # spelled, or nothing that could be: a number, "straße"
    is_spelled: bool = False
    is_fixed: bool = False
    has_letters: bool = False
    # whether it was said as a word, too
    is_heard: bool = True
    # what stands between it and the word before
    joint: str = " "
    label: str = ""


NameWords = tuple[NameWord, ...]
WITH_APOSTROPHE = re.compile(r"(?:[ODLM]|Mac|Dell|Dall)['’][^\W\d_][\w-]{2,}")
TITLE_WORDS = {"doktor": "Dr.", "doctor": "Dr.", "professor": "Prof."}


def compose_name(words: NameWords | None, *, is_apart: bool = False) -> str | None:
    """Write the name: capitals, first names first; None where words are left that are none of a name.

    `is_apart`: it was said where a new word begins.
    """
    if not words:
        return None
    if len(words) > 1 and words[0].text in ("der", "die") and not words[0].is_spelled:
        words = words[1:]
    kept = [word for word in words if word.is_spelled or fold(word.text).strip(".") not in SALUTATIONS]
    if all(word.joint == " " for word in kept) and any(len(word.text) == 1 and word.has_letters and not word.is_heard for word in kept):
        return None
    if not is_apart and any(_are_split(one, other) for one, other in pairwise(kept)):
        return None
    if any(not _is_name(word, kept) for word in kept) or any(
        one.is_spelled and not other.is_spelled and other.joint == " " and not _is_known_name(other.text) for one, other in pairwise(kept)
    ):
        return None
    if any(word.is_spelled and not word.is_heard and word.joint == " " for word in kept) and any(
        not word.is_spelled and fold(word.text) not in PARTICLES and not _is_known_name(word.text) for word in kept
    ):
        # letters of no word that was heard, beside a word that need not be a name
        return None
    if any(
        one.has_letters and fold(one.text) not in PARTICLES and not other.is_spelled and fold(other.text) in PARTICLES
        for one, other in pairwise(kept)
    ):
        # "Lazar, L A Z A R, der Rest": no name goes on so
        return None
    first = [word for word in kept if word.label == "first"]
    if first and kept[0].label != "first":
        kept = [*first, *(word for word in kept if word.label != "first")]
    name = ""
    for word in kept:
        title = TITLE_WORDS.get(fold(word.text)) if len(kept) > 1 and not word.has_letters else None
        name += (word.joint if name else "") + (title or capitalise(word, is_start=not name or word.joint != " "))
    unheard = {part.text for part in kept if not part.is_heard and part.joint == " "} if "'" not in name else set()
    return name if all(map(_is_pronounceable, unheard)) else None


def _is_name(word: NameWord, words: Sequence[NameWord]) -> bool:
    if len(word.text) == 1 and not word.is_spelled:
        return False
    if word.is_spelled or word.text[:1].isupper() or fold(word.text) in PARTICLES:
        return len(words) <= 4
    return is_common_name(word.text)


def _is_known_name(text: str) -> bool:
    """Whether nothing but a name is written so: a common one, or "O'Leary"."""
    return is_common_name(text) or bool(WITH_APOSTROPHE.fullmatch(text))


def _are_split(one: NameWord, other: NameWord) -> bool:
    """Whether two rows of letters may be one word: nothing was heard for them, no sign stands between, and they are no names."""
    is_unheard = not one.is_heard and not other.is_heard and other.joint == " " and not other.label
    if is_unheard and fold(other.text).startswith(fold(one.text)):
        # begun anew, with words between that were not understood
        return True
    return is_unheard and not (fold(one.text) in PARTICLES or (is_common_name(one.text) and is_common_name(other.text)))


def capitalise(word: NameWord, *, is_start: bool) -> str:
    text = word.text
    if not word.is_spelled and not text.islower():
        return text
    if fold(text) in PARTICLES and not is_start:
        return text.lower()
    if fold(text) in PARTICLES and not word.is_spelled:
        return text
    text = text.lower() if text.isupper() else text
    return re.sub(r"(?:^|(?<=[-' ]))[^\W\d_](?!$)|^.", lambda letter: letter[0].upper(), re.sub(r"^mc(?=\w)", "Mc-", text)).replace(
        "Mc-", "Mc"
    )


def _is_pronounceable(text: str) -> bool:
    """Whether letters that no word was heard for are a name by themselves."""
    return fold(text) in PARTICLES or (bool(re.search("[aeiouyäöüáéíóúàèìòùâêîôûåøæœ]", text)) and (len(text) > 2 or is_common_name(text)))
