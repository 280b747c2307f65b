"""Detects the spoken language by function words."""

import re
from collections.abc import Iterable

from app.domain.language.time_expression import Language

# words that the other language lacks
GERMAN = (
    "ich und der die das ist ein eine einen nicht sie wir mit bei auch noch für haben hätte gern bitte danke ja nein termin heute morgen"
    " uhr guten mein meine kann können möchte würde wann wie vielen auf wiederhören schon wäre"
)
ENGLISH = (
    "the and is you have i'd i'm would could like please thanks thank yes with for my can do what when how appointment today tomorrow"
    " hello hi it that's this not book okay speak english"
)
FUNCTION_WORDS: dict[Language, frozenset[str]] = {"de": frozenset(GERMAN.split()), "en": frozenset(ENGLISH.split())}
MIN_MATCHES = 3


def detect_language(sentences: Iterable[str]) -> Language | None:
    """Detect the language; None where there is too little text."""
    words = re.findall(r"[\w']+", " ".join(sentences).casefold())
    counts = {language: sum(word in little for word in words) for language, little in FUNCTION_WORDS.items()}
    best: Language = "de" if counts["de"] >= counts["en"] else "en"
    other: Language = "en" if best == "de" else "de"
    return best if counts[best] >= MIN_MATCHES and counts[best] >= 2 * counts[other] else None
