"""Whether a name that somebody says is the name we know: speech recognition spells as it hears."""

import re
from difflib import SequenceMatcher

from app.domain.customers.matching import folded

NO_NAMES = "frau herr herrn doktor dr prof professor mr mrs ms miss mister hier ist mein name this is my i am"
TITLES = frozenset(NO_NAMES.split())
ALIKE = 0.8
# letters that sound the same at the telephone, in the order in which they are replaced (after the idea of the Cologne phonetics)
SOUNDS = (
    (r"ph|v", "f"), (r"th|dt|d", "t"), (r"ck|qu|q|c(?!h)|g", "k"), (r"x", "ks"), (r"tz|z", "s"), (r"sch|ch|j", "s"), (r"b", "p"),
    (r"w", "f"), (r"ai|ay|ei|ey", "ai"), (r"aeu|eu|oi", "oi"), (r"ae", "a"), (r"oe", "o"), (r"ue", "u"), (r"y", "i"),
    (r"(?<=[aeiou])h", ""), (r"(.)\1+", r"\1"),
)  # fmt: skip


def name_fits(said: str, known: str) -> bool:
    """Every word that was said is a word of the known name, or sounds like one: "Frau Tomsen" fits "Svea Thomsen"."""
    words, names = spoken_words(said), spoken_words(known)
    return bool(words) and all(any(_alike(word, name) for name in names) for word in words)


def first_name(name: str | None) -> str | None:
    """The first of several names, without titles; None where there is only a family name."""
    words = [word for word in (name or "").split() if word.casefold().strip(".") not in TITLES]
    return words[0] if len(words) > 1 else None


def spoken_words(name: str) -> list[str]:
    return [word for word in folded(name.replace("-", " ").replace("ı", "i")).split() if word not in TITLES]


def _alike(one: str, other: str) -> bool:
    if one == other or sound(one) == sound(other):
        return True
    return min(len(one), len(other)) >= 4 and SequenceMatcher(None, one, other).ratio() >= ALIKE


def sound(word: str) -> str:
    """A spelling that names which sound alike share."""
    for letters, same in SOUNDS:
        word = re.sub(letters, same, word)
    return word
