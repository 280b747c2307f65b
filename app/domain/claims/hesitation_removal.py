"""Removes what speech adds to a sentence: "ähm", words broken off, "let me see"."""

# ruff: noqa: E501  (patterns are read in one line)

import re

from app.domain.language.vocabulary import CARDINALS, WEEKDAYS, fold

SOUNDS = r"ä+h+m*|ö+h+m*|e+h+m+|h+m+|uh+m*|er+m+|uhm+"
# "um" and "er" are German words
HESITATION = re.compile(rf"[,.…]* *(?<![\w-])(?:{SOUNDS}|(?<=, )(?:um|er)(?=,))(?![\w-])[,.…]* *", re.IGNORECASE)
# "für Dien-, nee, für Mittwoch"; "ein- und ausgehen" is whole
BROKEN_OFF = re.compile(r"(?<![\w-])\w+-(?=[,.… ]|$)(?! (?:bis|und|oder|and|or|to)\b)")
PARENTHESIS = re.compile(
    r"(?:^|, )(?:lassen sie mich (?:\w+ )?(?:überlegen|schauen|sehen)|warten sie|warte mal|moment mal|wie war das|sagen wir mal|na ja|naja|wissen sie|let me (?:see|think|check)|you know|i think|hang on|how should i put it|like)(?:,|(?= um\b| \d))",
    re.IGNORECASE,
)
CLASSES = (
    frozenset(WEEKDAYS) - {"so", "do", "mi", "sun", "sat", "sa", "di", "mo", "fr", "mon", "wed", "thu", "fri", "tue"},
    frozenset(CARDINALS) | {"halb", "viertel", "uhr", "half", "quarter", "past", "euro", "euros", "o'clock"},
)


def remove_hesitations(text: str) -> str:
    """Remove hesitations; one that stands between two things of a kind becomes a correction: "um zehn, äh, elf"."""
    text = PARENTHESIS.sub(",", BROKEN_OFF.sub(" ", text))
    pieces = [piece.strip() for piece in HESITATION.split(text)]
    joined = pieces[0]
    for piece in pieces[1:]:
        joint = ", nein, " if names_same_kind(joined, piece) else " "
        joined = f"{joined}{joint if joined and piece else ' '}{piece}"
    return " ".join(joined.split()).lstrip(", ")


def names_same_kind(before: str, after: str) -> bool:
    """Check whether the last words before and the first words after name a thing of one kind: two days, or two hours."""
    left, right = set(fold(before).replace(",", "").split()[-2:]), set(fold(after).replace(",", "").split()[:3])
    if left & {"und", "oder", "and", "or", "bis", "to", "until"}:
        return False
    return any(_has(left, words) and _has(right, words) for words in CLASSES)


def _has(words: set[str], kind: frozenset[str]) -> bool:
    return any(word.strip(".!?") in kind or (word[:1].isdigit() and "uhr" in kind) for word in words)
