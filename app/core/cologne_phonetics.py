"""Kölner Phonetik: a code of digits that German words which sound alike share (H. J. Postel, IBM-Nachrichten 19, 1969).

It is for recognising: what shares a code may be offered, and is not taken for the same.
"""

import re

from app.core.search_words import MAX_INDEX_LENGTH, fold_letters, split_words

# in this order; a pattern is a letter with what stands before and after it
RULES = tuple(
    (re.compile(pattern), code)
    for pattern, code in (
        (r"[aeijouy]", "0"), (r"p(?=h)", "3"), (r"[bp]", "1"), (r"[dt](?![csz])", "2"), (r"[dt]", "8"), (r"[fvw]", "3"), (r"[gkq]", "4"),
        (r"(?<=[ckq])x", "8"), (r"x", "48"), (r"^c(?=[ahkloqrux])", "4"), (r"^c", "8"), (r"(?<![sz])c(?=[ahkoqux])", "4"), (r"c", "8"),
        (r"l", "5"), (r"[mn]", "6"), (r"r", "7"), (r"[sz]", "8"), (r"h", ""),
    )
)  # fmt: skip


def encode(word: str) -> str:
    """The code of one word: "657" for Müller, Mueller and Miller; empty where it has no letters that sound."""
    letters = re.sub(r"[^a-z]", "", fold_letters(word))
    digits = "".join(_encode_letter(letters, place) for place in range(len(letters)))
    runs = re.sub(r"(.)\1+", r"\1", digits)
    return runs[:1] + runs[1:].replace("0", "")


def index_sounds(name: str) -> str:
    """The codes of a name's words with a blank around each, so that ` 657 ` is a whole word."""
    codes = [code for word in split_words(name) if (code := encode(word))]
    return f" {' '.join(codes)} "[:MAX_INDEX_LENGTH] if codes else ""


def _encode_letter(word: str, place: int) -> str:
    return next(code for pattern, code in RULES if pattern.match(word, place))
