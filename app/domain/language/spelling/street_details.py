"""Leaves out where in the house somebody lives and what is beside it: "Rosenweg 7, dritter Stock", "gegenüber vom Bäcker"."""

from collections.abc import Sequence

from app.domain.language.spelling.street_remarks import COMPOUND_KINDS
from app.domain.language.spelling.talk import NEGATIONS
from app.domain.language.spelling.tokens import Token, split_clauses, to_number
from app.domain.language.spelling.word_lists import word_set
from app.domain.language.vocabulary import ORDINALS

GERMAN_KINDS = COMPOUND_KINDS | word_set("markt wall graben stieg pfad twiete kamp deich zeile")
KINDS = GERMAN_KINDS | word_set(
    "winkel park promenade road street lane avenue drive close way square place gardens gate crescent terrace court hill row mews grove"
    " walk"
)
# where in the building somebody lives: no part of street and number
DETAILS = word_set(
    """
    flat apartment unit floor suite wohnung etage stock stockwerk hinterhaus vorderhaus seitenfluegel hinterhof eingang aufgang postfach
    ecke corner
    """
)
# beside what it is, and with what such a clause begins
BESIDE = word_set("gegenueber neben beim nahe naehe opposite near beside behind")
DETAIL_OPENINGS = word_set("das ist und gleich direkt genau es liegt its thats right just and that is")
DETAIL_WORDS = word_set(
    "im in der die das dem und ganz oben unten links rechts mitte the on top left right and first second third ground erdgeschoss"
)


def drop_details(tokens: Sequence[Token]) -> list[Token]:
    """Without the clauses behind the number that say where in the house it is, or what is beside it."""
    kept: list[Token] = []
    has_number = False
    for clause in split_clauses(tokens):
        words = [token.word for token in clause]
        if not (has_number and _is_detail(words)):
            kept += clause
        has_number |= any(word[0].isdecimal() or to_number(word) is not None for word in words)
    return kept


def _is_detail(words: Sequence[str]) -> bool:
    begin = next((place for place, word in enumerate(words) if word not in DETAIL_OPENINGS), 0)
    if words[begin] in BESIDE:
        return not any(word in KINDS or word in NEGATIONS or len(word) == 1 for word in words)
    are_known = all(
        word in DETAILS or word in DETAIL_WORDS or ORDINALS.get(word.rstrip("nrsm")) or to_number(word) is not None for word in words
    )
    return are_known and not DETAILS.isdisjoint(words)
