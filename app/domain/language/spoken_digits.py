"""Reads the digits of a telephone number as callers say them."""

import re

from app.domain.language.vocabulary import fold, replace_number_words

REPEATS = {
    "double": 2, "doppel": 2, "doppelt": 2, "doppelte": 2, "zweimal": 2, "twice": 2,
    "triple": 3, "treble": 3, "dreifach": 3, "dreifache": 3, "dreimal": 3, "viermal": 4,
}  # fmt: skip
# said between digits without being one
FILLERS = frozenset(
    (
        "aeh", "aehm", "oeh", "hm", "also", "ja", "jo", "und", "dann", "danach", "noch", "mal", "die", "der", "den", "das", "bitte",
        "strich", "minus", "vorwahl",
        "durchwahl", "klammer", "auf", "zu", "um", "uh", "er", "erm", "the", "and", "then", "please", "dash", "area",
        "code",
    )
)  # fmt: skip
CORRECTIONS = frozenset(
    (
        "nein", "nee", "ne", "nicht", "falsch", "quatsch", "korrektur", "korrigiere", "moment", "stopp", "stop", "no", "not", "sorry",
        "wrong", "wait", "correction",
    )
)  # fmt: skip
REPEAT_PREFIX = re.compile(rf"\b({'|'.join(REPEATS)})-?(?=[a-z]{{3}})")


def read_digits(text: str) -> str | None:
    """Read the digits with a leading +; None where a word between them is not understood, or takes something back."""
    words = re.findall(r"\+|\d+|[a-z']+", replace_number_words(REPEAT_PREFIX.sub(r"\1 ", fold(text))))
    if not CORRECTIONS.isdisjoint(words):
        return None
    digits, is_unclear, repeat = "", False, 1
    for place, word in enumerate(words):
        value = _to_digits(word, words[place + 1 : place + 2], has_digits=bool(digits))
        if value is not None:
            if is_unclear:
                return None
            digits, repeat = digits + value[0] * (repeat - 1) + value, 1
        elif word in REPEATS:
            repeat = REPEATS[word]
        elif word not in FILLERS:
            # a sentence before and after the number is no part of it
            is_unclear = bool(digits)
    return digits if digits and repeat == 1 else None


def _to_digits(word: str, following: list[str], *, has_digits: bool) -> str | None:
    if word.isdigit():
        return word
    if word in ("oh", "o"):
        # "oh, my number is …" begins with no zero
        return "0" if has_digits or any(_is_digit(each) for each in following) else None
    return "+" if word in ("plus", "+") and not has_digits else None


def _is_digit(word: str) -> bool:
    return word.isdigit() or word in REPEATS or word in ("oh", "o")
