"""Corrects the signs of an address: "Punkt, nein, Bindestrich", "Punkt, nein, kein Punkt"."""

from collections.abc import Sequence

from app.domain.language.spelling.phrases import PHRASES
from app.domain.language.spelling.tokens import Token
from app.domain.language.spelling.word_lists import word_set

# before a sign that is taken back
NO_SIGN = word_set("kein keinen no ohne without nicht not")


def correct_signs(tokens: Sequence[Token | str]) -> list[Token | str] | None:
    """Put a sign in the place of the one before it: "Punkt, nein, Bindestrich"; "Punkt, nein, kein Punkt". None where it is not certain."""
    tokens = list(tokens)
    for place, sign in enumerate(tokens):
        if not isinstance(sign, str) or not place:
            continue
        end = place + 1
        while end < len(tokens) and isinstance(tokens[end], Token) and _is_correcting(tokens, end):
            end += 1
        words = [token.word for token in tokens[place + 1 : end] if isinstance(token, Token)]
        if end == len(tokens) or not is_correction(tokens[place + 1 : end]):
            continue
        new = tokens[end]
        is_taken_back = words[-1] in NO_SIGN and len(words) > 1
        if not isinstance(new, str) and not is_taken_back:
            continue
        if "@" in (sign, new):
            return None
        if is_taken_back != (new == sign):
            return None
        rest = tokens[end + 1 :]
        before = tokens[place - 1 : place] if is_taken_back and rest and _is_same(tokens[place - 1], rest[0]) else []
        return correct_signs([*tokens[: place - len(before)], *([] if is_taken_back else [new]), *rest])
    return tokens


def _is_correcting(tokens: Sequence[Token | str], place: int) -> bool:
    token = tokens[place]
    is_word = isinstance(token, Token) and (
        token.word in NO_SIGN or PHRASES.get((token.word,)) in ("correction", "maybe", "filler") or token.word in ("wait", "doch")
    )
    return is_word and len(token.word) > 1


def is_correction(tokens: Sequence[Token | str]) -> bool:
    """Whether a word of correction is among them."""
    return any(isinstance(token, Token) and (PHRASES.get((token.word,)) == "correction" or token.word == "no") for token in tokens)


def _is_same(one: Token | str, other: Token | str) -> bool:
    return isinstance(one, Token) and isinstance(other, Token) and one.word == other.word
