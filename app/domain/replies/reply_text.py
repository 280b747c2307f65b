"""The normalized text of an answer: small letters without umlauts, accents and apostrophes, symbols as words, slips corrected."""

import re
import unicodedata

from app.domain.replies.vocabulary import COMPILED, CORRECTED, SALUTATION, SIGNATURE, Mark

MAX_READ_LENGTH = 400
SPELLINGS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "oe"})
# what a symbol says; any other one says nothing
SYMBOLS = str.maketrans(
    dict.fromkeys("👍👌✅☑✔💯🆗", " thumbsup ")
    | dict.fromkeys("🙏❤♥💕💖💙💚💛🧡💜🤍😊🙂😀😃😄😁☺😉🥰😍🤗🌸🌷💐😘🥳", " smile ")
    | dict.fromkeys("👎❌✖🚫🛑⛔", " thumbsdown ")
)  # fmt: skip
APOSTROPHES = re.compile(r"(?<=\w)['’`´ʼ](?=\w)")
WORD = re.compile(r"[a-z]+|\d+[.:]\d{2}(?!\d)|\d+\.(?=\s?(?:\d|[a-z]))|\d+|\?")
MIN_CORRECTED_LENGTH = 5


def normalize_reply(text: str) -> str:
    """Normalize the text: words, numbers and question marks with one space between them."""
    plain = APOSTROPHES.sub("", unicodedata.normalize("NFKC", text[:MAX_READ_LENGTH]).casefold()).translate(SYMBOLS)
    plain = "".join(letter for letter in plain if letter not in "\ufe0f\u20e3\u200d")
    letters = unicodedata.normalize("NFKD", plain.translate(SPELLINGS))
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    plain = SIGNATURE.sub(" ", SALUTATION.sub(" ", plain))
    # "jaaaa", "suuuper"
    plain = re.sub(r"([a-z])\1{2,}", r"\1", plain)
    return " ".join(map(correct_slip, WORD.findall(plain)))


def mark_phrases(normalized: str) -> str:
    """Replace what is known by its mark: "<yes> <polite> hund"."""
    for mark, pattern in COMPILED:
        normalized = pattern.sub(f"<{mark}>", normalized)
    return normalized


def list_marks(marked: str) -> list[Mark]:
    marks: list[Mark] = re.findall(r"<(\w+)>", marked)  # type: ignore[assignment]
    return marks


def correct_slip(word: str) -> str:
    """A known word that is one slip away, two for long ones: a letter left out, doubled, changed, or two exchanged."""
    if len(word) < MIN_CORRECTED_LENGTH or word in CORRECTED or not word.isalpha() or is_known(word):
        return word
    distances = {known: count_slips(word, known) for known in CORRECTED if abs(len(known) - len(word)) <= 2}
    nearest = min(distances, key=distances.__getitem__, default=None)
    return nearest if nearest and distances[nearest] <= (2 if len(nearest) >= 9 else 1) else word


def is_known(word: str) -> bool:
    return any(pattern.fullmatch(word) for _mark, pattern in COMPILED)


def count_slips(word: str, known: str) -> int:
    """The optimal string alignment distance: insertions, deletions, substitutions, and exchanges of neighbours."""
    rows = [list(range(len(known) + 1))]
    for i, letter in enumerate(word, 1):
        row = [i]
        for j, other in enumerate(known, 1):
            cost = min(rows[-1][j] + 1, row[j - 1] + 1, rows[-1][j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == known[j - 2] and word[i - 2] == other:
                cost = min(cost, rows[-2][j - 2] + 1)
            row.append(cost)
        rows.append(row)
    return rows[-1][-1]
