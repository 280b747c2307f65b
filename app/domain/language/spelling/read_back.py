"""Spells back what was read, in words that a voice can say: "Y I L M A Z", "m Punkt Y I L M A Z at gmx Punkt de"."""

import re
import unicodedata
from collections.abc import Sequence

from app.domain.language.parsed_time import Language
from app.domain.language.spelling.street_remarks import COMPOUND
from app.domain.language.spelling.variants import is_common_name
from app.domain.language.spelling.word_lists import load_words

PIECES = re.compile(r"[^\W\d_]+|\d+|\W|_")
SIGNS: dict[Language, dict[str, str]] = {
    "de": {
        "-": "Bindestrich", "'": "Apostroph", ".": "Punkt", "@": "at", "_": "Unterstrich", "+": "plus", "ß": "Eszett", "ı": "i ohne Punkt",
    },
    "en": {"-": "hyphen", "'": "apostrophe", ".": "dot", "@": "at", "_": "underscore", "+": "plus", "ß": "sharp s", "ı": "dotless i"},
}  # fmt: skip
# the signs of letters that have no name of their own (Unicode names of combining characters)
MARKS: dict[Language, dict[str, str]] = {
    "de": {
        "DIAERESIS": "Umlaut", "ACUTE ACCENT": "mit Akut", "GRAVE ACCENT": "mit Gravis", "CIRCUMFLEX ACCENT": "mit Dach",
        "CEDILLA": "mit Cedille", "CARON": "mit Haken", "TILDE": "mit Tilde", "BREVE": "mit Bogen", "RING ABOVE": "mit Kringel",
        "OGONEK": "mit Ogonek",
    },
    "en": {
        "DIAERESIS": "with two dots", "ACUTE ACCENT": "with an acute accent", "GRAVE ACCENT": "with a grave accent",
        "CIRCUMFLEX ACCENT": "with a circumflex", "CEDILLA": "with a cedilla", "CARON": "with a caron", "TILDE": "with a tilde",
        "BREVE": "with a breve", "RING ABOVE": "with a ring", "OGONEK": "with an ogonek",
    },
}  # fmt: skip


def spell_name(name: str, language: Language) -> str:
    """Spell the words of a name that are not common, or all of them: "K E L L E R" for "Anna Keller"."""
    words = name.split()
    rare = [word for place, word in enumerate(words) if not is_common_name(word) or place == len(words) - 1]
    return ", ".join(_spell(word.upper() if "ß" not in word else word, language) for word in rare)


def spell_email(address: str, language: Language) -> str:
    """Spell an address; names of people and of mail providers are said as words."""
    local, _at, domain = address.partition("@")
    said = [_say_piece(piece, language) for piece in PIECES.findall(local)]
    is_known = domain in load_words("email_providers.txt")
    end = [piece if is_known else _say_piece(piece, language) for piece in PIECES.findall(domain)]
    # the country is said as it is
    end[-1] = domain.rpartition(".")[2]
    return " ".join(SIGNS[language].get(piece, piece) for piece in (*said, "@", *end))


def spell_plate(plate: str, language: Language) -> str:
    """Spell a number plate, part by part: "H H, A B, 1 2 3"."""
    return ", ".join(_spell(part, language) for part in re.split(r"[-\s]+", plate))


def spell_differences(texts: Sequence[str], language: Language) -> list[str]:
    """Spell only the words in which texts differ: "M A I E R" and "M E I E R" of two streets; all of them where they are not alike."""
    pieces = [PIECES.findall(text) for text in texts]
    if len({len(each) for each in pieces}) == 1:
        places = [place for place in range(len(pieces[0])) if len({each[place] for each in pieces}) > 1]
    else:
        common = set(pieces[0]).intersection(*pieces)
        places = []
        pieces = [[piece for piece in each if piece not in common] for each in pieces]
    said = [[each[place] for place in places] if places else each for each in pieces]
    end = _find_common_kind([each[-1] for each in said if each])
    return [", ".join(_spell(_capitalise(piece.removesuffix(end)), language) for piece in each if piece.strip()) for each in said]


def _find_common_kind(words: Sequence[str]) -> str:
    """The kind of street with which all words end: it need not be spelled."""
    kinds = {match[2] if (match := COMPOUND.fullmatch(word)) else "" for word in words}
    return kinds.pop() if len(kinds) == 1 else ""


def _capitalise(word: str) -> str:
    return word if "ß" in word else word.upper()


def _say_piece(piece: str, language: Language) -> str:
    return piece if piece in SIGNS[language] or is_common_name(piece) else _spell(piece.upper(), language)


def _spell(word: str, language: Language) -> str:
    return " ".join(_say_letter(letter, language) for letter in word)


def _say_letter(letter: str, language: Language) -> str:
    if letter in SIGNS[language]:
        return SIGNS[language][letter]
    decomposed = unicodedata.normalize("NFD", letter)
    base, marks = decomposed[:1], decomposed[1:]
    if not marks or (language == "de" and letter in "ÄÖÜäöü"):
        return letter.upper()
    names = (unicodedata.name(mark, "").removeprefix("COMBINING ") for mark in marks)
    return " ".join([base.upper(), *(MARKS[language][name] for name in names if name in MARKS[language])])
