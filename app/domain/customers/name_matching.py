"""Compare names: equal names identify people, similar ones require a question."""

import re
import unicodedata
from difflib import SequenceMatcher

from app.core.search_words import fold_letters

NON_NAME_WORDS = (
    "frau fräulein fr herr herrn hr familie fam doktor doktorin doctor dr prof professor professorin privatdozent"
    " privatdozentin pd dipl ing med dent vet mag magister mba mr mrs ms miss mister sir madam madame hier ist mein name this is my i am"
)
TITLES = frozenset(NON_NAME_WORDS.split())
# "Dr. h. c.", "M.Sc.", "LL.M.": titles of which single letters would be taken for names
TITLES_OF_LETTERS = re.compile(
    r"(?<=\bdr\.) *h\. ?c\.|(?<=\bdr) +h\. ?c\.|\bmult\.|\b[bm]\. ?sc\.?(?!\w)|\bll\. ?[bm]\.?(?!\w)|\bph\. ?d\.?(?!\w)", re.IGNORECASE
)
MIN_SIMILARITY = 0.8
TRANSLITERATIONS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
# three letters and more, spelled one by one
SPELLED_LETTERS = re.compile(r"(?<!\w)\w(?:[ .,-]+\w(?!\w)){2,}(?!\w)")
# letters that sound alike on the telephone, replaced in this order (after the Cologne phonetics)
PHONETIC_RULES = (
    (r"ph|v", "f"), (r"th|dt|d", "t"), (r"ck|qu|q|c(?!h)|g", "k"), (r"x", "ks"), (r"tz|z", "s"), (r"sch|ch|j", "s"), (r"b", "p"),
    (r"w", "f"), (r"ai|ay|ei|ey", "ai"), (r"aeu|eu|oi", "oi"), (r"ae", "a"), (r"oe", "o"), (r"ue", "u"), (r"y", "i"),
    (r"(?<=[aeiou])h", ""), (r"(.)\1+", r"\1"),
)  # fmt: skip


def is_same_name(one: str, other: str) -> bool:
    """Check whether both are the same name, regardless of case, accents, umlauts, titles and word order.

    Every word counts: "Anna Keller" is not "Hanna Keller", and "Frau Keller" is neither.
    """
    return bool(_list_spellings(one) & _list_spellings(other))


def is_similar_name(spoken: str, name: str) -> bool:
    """Check whether each spoken word is, or sounds like, a word of the name: "Frau Tomsen" and "Svea Thomsen"."""
    words, names = split_name(spoken), split_name(name)
    return bool(words) and all(any(_is_similar_word(word, name) for name in names) for word in words)


def find_first_name(name: str | None) -> str | None:
    """Find the first name, without titles; None where there is only a family name."""
    family, comma, given = (name or "").partition(",")
    words = [word for word in (given if comma else family).split() if word.casefold().strip(".") not in TITLES]
    return words[0] if len(words) > (0 if comma else 1) else None


def split_name(name: str) -> list[str]:
    """Split a name into words without titles; a spelled name is one word."""
    joined = SPELLED_LETTERS.sub(lambda letters: re.sub(r"[ .,-]+", "", letters[0]), TITLES_OF_LETTERS.sub(" ", name))
    words = fold_name(re.sub(r"[-/,.]", " ", joined)).split()
    return [word for word in words if word not in TITLES] or words


def fold_name(text: str) -> str:
    """Fold a name: no case, accents, punctuation or doubled spaces."""
    return " ".join("".join(letter for letter in fold_letters(text) if letter.isalnum() or letter.isspace()).split())


def to_phonetic(word: str) -> str:
    """Convert a word to a spelling shared by words that sound alike."""
    for letters, same in PHONETIC_RULES:
        word = re.sub(letters, same, word)
    return word


def _list_spellings(name: str) -> set[str]:
    """List spellings: "jorg muller" and "joerg mueller", never mixed, so that "Bauer" is not "Baur"."""
    small = unicodedata.normalize("NFC", name.casefold())
    return {" ".join(sorted(split_name(text))) for text in (small, small.translate(TRANSLITERATIONS))} - {""}


def _is_similar_word(one: str, other: str) -> bool:
    if one == other or to_phonetic(one) == to_phonetic(other):
        return True
    return min(len(one), len(other)) >= 4 and SequenceMatcher(None, one, other).ratio() >= MIN_SIMILARITY
