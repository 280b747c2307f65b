"""Compare words as spoken by people and as written by speech recognition."""

import re
import unicodedata
from difflib import SequenceMatcher

FILLERS = {
    "a", "an", "and", "appointment", "bei", "beim", "bitte", "book", "brauche", "buchen", "d", "das", "dem", "den", "der", "die",
    "ein", "eine", "einem", "einen", "einer", "einmal", "for", "fur", "gern", "gerne", "hatte", "i", "ich", "id", "like", "mal",
    "mein", "meine", "meinem", "meinen", "meiner", "mit", "mochte", "my", "need", "neu", "neue", "neuen", "please", "termin", "the",
    "to", "und", "want", "was", "wieder", "with", "would", "zu", "zum", "zur",
}  # fmt: skip
TITLES = {
    "doktor", "dr", "frau", "herr", "herrn", "miss", "mr", "mrs", "ms", "prof", "professor",
}  # fmt: skip
SPELLINGS = (("ß", "ss"), ("ä", "a"), ("ö", "o"), ("ü", "u"), ("ae", "a"), ("oe", "o"), ("ue", "u"))
MIN_SIMILARITY = 0.8


def fold(text: str) -> str:
    """Without case, accents, signs and the two ways of writing umlauts: "Strähnchen" and "Straehnchen" become one."""
    text = text.casefold()
    for written, plain in SPELLINGS:
        text = text.replace(written, plain)
    letters = unicodedata.normalize("NFKD", text)
    return " ".join(re.findall(r"[a-z0-9]+", "".join(letter for letter in letters if not unicodedata.combining(letter))))


def list_significant_words(text: str) -> list[str]:
    """The folded words that carry meaning: "Ich möchte bitte einen Termin zum Haare schneiden" gives haare, schneiden."""
    return [word for word in fold(text).split() if word not in FILLERS]


def strip_titles(text: str) -> list[str]:
    return [word for word in fold(text).split() if word not in TITLES]


def get_similarity(text: str, candidate: str) -> int:
    """Estimate in percent how likely two folded texts mean the same; 0 without any match."""
    if not text or not candidate:
        return 0
    if text == candidate:
        return 100
    said_words, known_words = set(text.split()), set(candidate.split())
    if said_words <= known_words or known_words <= said_words:
        return 80
    shorter, longer = sorted((text.replace(" ", ""), candidate.replace(" ", "")), key=len)
    if len(shorter) >= 4 and shorter in longer:
        return 75
    ratio = SequenceMatcher(None, text, candidate).ratio()
    return round(ratio * 85) if ratio >= MIN_SIMILARITY else 0
