"""Applies what is said of a name's spelling ("mit ie", "zwei t", "ohne h", "c statt k") to the name as it was heard."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import cache
from typing import Literal

from app.domain.language.spelling.word_lists import load_words
from app.domain.language.vocabulary import fold

Remark = Literal["with", "without", "instead", "only", "not"]
Place = Literal["start", "middle", "end"]
# texts of letters that sound alike, so that one may stand where the other was heard
SOUND_GROUPS = tuple(
    frozenset(group.split())
    for group in (
        "t th tt tth dt d", "k c ck kk cc ch", "c ch k", "f ff ph v", "f pf", "s ss ß", "z tz zz ts c", "i ie y ih", "y ey ie", "j i y",
        "ei ai ey ay", "eu äu oi oy", "ä ae e", "ö oe", "ü ue y", "u ou oo", "chs x ks cks", "ee ea ei e", "b bb", "d dd", "g gg", "l ll",
        "m mm", "n nn", "p pp", "r rr", "sch sh",
    )
)  # fmt: skip
# and those that are only near: they change the sound, so that a name must be known with them
NEAR_GROUPS = tuple(map(frozenset, ("vwf", "sz", "jg", "bp", "gk")))
GRAPHEMES = sorted({text for group in SOUND_GROUPS for text in group}, key=len, reverse=True)
VOWELS = frozenset("aeiouyäöü")
# what is left and what is added may be one
JOINED = {frozenset(("th", "tt")): "tth", frozenset(("ih", "ie")): "ieh"}
UNUSUAL = re.compile(r"ii|yy|hh|uu|(.)\1\1")
MIN_SIMILARITY = 0.6


@dataclass(frozen=True, slots=True)
class SpellingRemark:
    """One remark about a spelling: `letters` in small letters, `other` what they stand in place of; `once`: "mit einem f"."""

    remark: Remark
    letters: str
    other: str = ""
    place: Place | None = None
    once: bool = False

    def holds_for(self, word: str) -> bool:
        """Whether a word that was spelled whole is as this says."""
        small = word.lower()
        if self.remark in ("without", "not"):
            return self.letters not in small
        if self.remark == "only" and self.letters * 2 in small:
            return False
        if self.remark == "instead":
            return self.letters in small and (self.other not in small or self.other in self.letters)
        if self.place == "end":
            return small.endswith(self.letters)
        if self.place == "start":
            return small.startswith(self.letters)
        return small.count(self.letters) == 1 if self.once else self.letters in small


@cache
def load_common_names() -> frozenset[str]:
    """The names that need not be spelled, in small letters."""
    return frozenset(map(str.lower, load_words("common_names.txt")))


@cache
def load_folded_names() -> frozenset[str]:
    return frozenset(map(fold, load_common_names()))


def is_common_name(word: str) -> bool:
    return fold(word) in load_folded_names()


def apply_variant(word: str, variant: SpellingRemark) -> list[str]:
    """All spellings of the word that the remark may mean, small; the word itself where it is spelled so already. Empty: none.

    Of several the one that is a common name is meant.
    """
    readings = {"with": _with, "without": _without, "instead": _instead, "only": _only, "not": _not}[variant.remark]
    small = word.lower()
    texts = dict.fromkeys(readings(small, variant))
    if not texts and variant.place == "start":
        # "vorne mit a y": in its first half
        texts = dict.fromkeys(readings(small, replace(variant, place=None)))
    found = [text for text in texts if text in load_common_names() or all(odd[0] in small for odd in UNUSUAL.finditer(text))]
    common = [text for text in found if text in load_common_names()]
    if variant.letters == "e" and found not in ([], [small]):
        # an e may be added or stand for another vowel: only a known name is certain
        return common if common and common == found[: len(common)] else []
    return common if len(found) > 1 and len(common) == 1 else found


def _with(word: str, variant: SpellingRemark) -> Iterator[str]:
    letters, parts = variant.letters, segment(word)
    if variant.once and len(letters) == 1:
        yield from _once(word, letters, variant.place)
        return
    if _has(word, parts, letters, variant.place):
        yield word
        return
    if letters == "h":
        if "h" in word:
            yield word
        yield from _insert_h(parts, variant.place)
        return
    is_double = len(letters) == 2 and letters[0] == letters[1]
    if is_double and parts.count(letters[0]) > 1:
        # two of them apart are two as well
        yield word
    if len(letters) > 3 and abs(len(letters) - len(word)) < 2 and SequenceMatcher(None, word, letters).ratio() > MIN_SIMILARITY:
        yield letters
        return
    if variant.place is None and (pieces := segment(letters)) and len(pieces) > 1:
        yield from _replace_several(parts, pieces)
    if variant.place == "end" and _has(word[1:], segment(word[1:]), letters, None):
        # "hinten mit zwei f": towards the end
        yield word
        return
    for place in _places(parts, variant.place):
        if parts[place] in ("ei", "ai", "ey", "ay") and letters in ("i", "y"):
            yield _replace(parts, place, parts[place][0] + letters)
        elif parts[place] in ("eu", "äu") and letters in ("e", "ä"):
            yield _replace(parts, place, letters + parts[place][1])
        elif _is_near(parts[place], letters) and (near := _replace(parts, place, letters)) in load_common_names():
            yield near
        elif sounds_alike(parts[place], letters) and not (is_double and place == 0 and letters != "ll"):
            yield _replace(parts, place, letters)
            if both := JOINED.get(frozenset((parts[place], letters))):
                yield _replace(parts, place, both)
            if len(letters) == 1 and len(set(parts[place])) > 1:
                # "Fits mit z": all of it or one of its letters
                spots = [
                    spot
                    for spot, letter in enumerate(parts[place])
                    if _is_near(letter, letters) or (letter != letters and sounds_alike(letter, letters))
                ]
                yield from (_replace(parts, place, parts[place][:spot] + letters + parts[place][spot + 1 :]) for spot in spots)
    if len(letters) == 1 and letters in word and any(letters in part and part != letters for part in parts):
        # "Schmidt mit t": as it is, or with a t alone
        yield word
    is_at_end = variant.place == "end" and len(letters) == 1 and not sounds_alike(parts[-1], letters)
    if is_at_end or (letters == "e" and variant.place is None and not word.endswith("e")):
        yield word + letters
    if letters == "e" and variant.place is None:
        yield from (_replace(parts, place, "e") for place in range(len(parts)) if parts[place] in ("a", "i", "o"))


def _replace_several(parts: list[str], pieces: list[str]) -> Iterator[str]:
    """ "Keiser mit K A I": letters that sound like some of the word in a row."""
    for start in range(len(parts) - len(pieces) + 1):
        heard = parts[start : start + len(pieces)]
        if all(one == other or sounds_alike(one, other) for one, other in zip(heard, pieces, strict=True)):
            yield "".join([*parts[:start], *pieces, *parts[start + len(pieces) :]])


def _has(word: str, parts: list[str], letters: str, place: Place | None) -> bool:
    """Whether the word is spelled so already."""
    if place == "end":
        return word.endswith(letters) and (parts[-1] == letters or len(letters) > 1)
    if place == "start":
        return word.startswith(letters) and (parts[0] == letters or len(letters) > 1)
    if letters == "e":
        return word.endswith("e") and word.count("e") == 1
    if letters == "h":
        return (
            sum("h" in part and part not in ("ch", "sch", "ph", "sh") and (place, part) != (0, "h") for place, part in enumerate(parts))
            == 1
        )
    return letters in parts or (len(letters) > 1 and letters in word)


def _once(word: str, letter: str, place: Place | None) -> Iterator[str]:
    """ "mit einem f": the double one becomes single."""
    if letter * 2 in word:
        yield from _replace_each(word, letter * 2, letter)
    elif word.count(letter) == 1:
        yield word
    elif letter not in word:
        yield from _with(word, SpellingRemark("with", letter, place=place))


def _without(word: str, variant: SpellingRemark) -> Iterator[str]:
    letters, parts = variant.letters, segment(word)
    if letters not in word:
        yield word
        return
    for place in _places(parts, variant.place):
        part = parts[place]
        if letters not in part or (letters == "h" and part == "h" and place == 0 and variant.place != "start"):
            continue
        text = _replace(parts, place, part.replace(letters, "", 1))
        is_cluster = letters == "h" and part in ("ch", "sch", "ph")
        if text in load_common_names() or (not is_cluster and (letters == "h" or len(part) > 1)):
            yield text
    if (
        letters == "h"
        and word.count("h") == sum(part in ("ch", "sch", "ph") for part in parts)
        and not any(word.replace(part, part.replace("h", ""), 1) in load_common_names() for part in parts if "h" in part)
    ):
        # "Frölich ohne h": before the ch
        yield word
    if letters == "h" and word.startswith("h") and variant.place is None:
        # "Hanna ohne h": at its end, or at its beginning
        yield word
        yield word[1:]


def _instead(word: str, variant: SpellingRemark) -> Iterator[str]:
    if variant.other in word:
        yield from _replace_each(word, variant.other, variant.letters)
    elif variant.letters in word:
        yield word


def _only(word: str, variant: SpellingRemark) -> Iterator[str]:
    """ "nur mit d": where it was heard together with others, it stands alone."""
    letters, parts = variant.letters, segment(word)
    larger = [place for place in _places(parts, variant.place) if parts[place] != letters and sounds_alike(parts[place], letters)]
    if larger:
        yield from (_replace(parts, place, letters) for place in larger)
    elif letters in parts:
        yield word


def _not(word: str, variant: SpellingRemark) -> Iterator[str]:
    if variant.letters not in word:
        yield word


def _insert_h(parts: list[str], where: Place | None) -> Iterator[str]:
    """A mute h after a t, after a vowel, or at the end."""
    if where == "end":
        yield "".join(parts) + "h"
        return
    for place in _places(parts, where):
        part, after = parts[place], parts[place + 1 : place + 2]
        if part in ("t", "tt", "r") or (part[-1] in VOWELS and not (after and after[0][0] in VOWELS)):
            yield _replace(parts, place, part + "h")


def segment(word: str) -> list[str]:
    """Cut a word where letters sound together: "sch m i dt"."""
    parts, place = [], 0
    while place < len(word):
        part = next((text for text in GRAPHEMES if word.startswith(text, place)), word[place])
        parts.append(part)
        place += len(part)
    return parts


def sounds_alike(one: str, other: str) -> bool:
    return any(one in group and other in group for group in SOUND_GROUPS)


def _is_near(one: str, other: str) -> bool:
    return one != other and any(one in group and other in group for group in NEAR_GROUPS)


def _places(parts: list[str], place: Place | None) -> Iterable[int]:
    return {"start": range(1), "end": range(len(parts) - 1, len(parts)), "middle": range(1, len(parts) - 1), None: range(len(parts))}[place]


def _replace(parts: list[str], place: int, letters: str) -> str:
    return "".join([*parts[:place], letters, *parts[place + 1 :]])


def _replace_each(word: str, old: str, new: str) -> Iterator[str]:
    start = word.find(old)
    while start >= 0:
        yield word[:start] + new + word[start + len(old) :]
        start = word.find(old, start + 1)
