"""The words of a text as searches compare them: folded here, so that no database has to know what letters are the same."""

import re
import unicodedata

WORD = re.compile(r"[^\W_]+")
MAX_WORD_LENGTH = 60
# of the words of one name; some signs become many letters
MAX_INDEX_LENGTH = 400
# letters without a Unicode decomposition
PLAIN_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "ə": "e", "æ": "ae", "œ": "oe", "þ": "th"})


def split_words(text: str) -> list[str]:
    """The words of a text, folded: no capitals, no accents, ä as a and so as ae, ß as ss."""
    plain = _strip_accents(text.casefold())
    for digraph, letter in (("ae", "a"), ("oe", "o"), ("ue", "u")):
        plain = plain.replace(digraph, letter)
    return [word[:MAX_WORD_LENGTH] for word in WORD.findall(plain)]


def index_words(name: str) -> str:
    """The words of a name, a blank before each, so that ` word` is where one begins; with "Yıldız" found as "yildiz"."""
    return "".join(f" {word}" for word in split_words(fold_letters(name)))[:MAX_INDEX_LENGTH]


def fold_letters(text: str) -> str:
    """Small letters without accents, those of other alphabets by their nearest: "Yıldız" as "yildiz", ß as ss."""
    return _strip_accents(text.casefold().translate(PLAIN_LETTERS))


def _strip_accents(text: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
