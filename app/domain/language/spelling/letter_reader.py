"""Reads letters: bare, by their names, with a word for them, doubled, and with signs."""

import re
from collections.abc import Sequence

from app.domain.language.parsed_time import Language
from app.domain.language.spelling.alphabets import AMBIGUOUS_NAMES, CLUSTERS, CODE_WORDS, LETTER_NAMES, SIGNS
from app.domain.language.spelling.items import BARE, SURE, WEAK, SpokenItem
from app.domain.language.spelling.phrases import (
    ADJECTIVES,
    CAPITALS,
    COMPARISONS,
    COUNTS,
    COUNTS_THAT_ARE_DIGITS,
    DESCRIPTION_PRONOUNS,
    DESCRIPTIONS,
    LETTER_PHRASES,
    PHRASES,
    SIGN_PREPOSITIONS,
)
from app.domain.language.spelling.talk import TALK
from app.domain.language.spelling.tokens import Token
from app.domain.language.spelling.variants import is_common_name
from app.domain.language.vocabulary import fold

PLURAL = re.compile(r"([^\W\d_])['’]?s")
# where a sign stands
BELOW = frozenset({"unten", "drunter", "darunter", "below", "underneath", "bottom", "under"})
SIGN_PLACES = BELOW | {
    "drauf",
    "drueber",
    "darauf",
    "darueber",
    "oben",
    "on",
    "top",
    "above",
    "over",
    "it",
    "through",
    "the",
    "durch",
    "dran",
}
HOOKS = frozenset({"haken", "haekchen"})
AUXILIARIES = frozenset({"would", "will", "should", "could", "might", "to", "must"})
# few words begin with these
SOUNDING_LETTERS = frozenset("ßxyqcj")
PHRASES_OF_ONE = frozenset(words[0] for words in PHRASES if len(words) == 1)
MAX_MISHEARD_LETTER = 4
# fewer names of letters may be syllables
MIN_NAMED = 3


class LetterReader:
    """Reads the letters of a line; every reader gives the item and the number of words it takes, or None."""

    def __init__(self, tokens: Sequence[Token], language: Language) -> None:
        self.tokens, self.language = tokens, language
        german = {name: values for name, values in LETTER_NAMES["de"].items() if len(name) > 3}
        self.names = {**german, **LETTER_NAMES[language]}
        # whoever names consonants by their names means no text with them
        single = {token.word for token in tokens if len(token.word) == 1 and token.word.isalpha()}
        self.names_consonants = single <= set("aeiou") or self._are_apart()

    def _are_apart(self) -> bool:
        """Whether letters are named one by one, with a pause behind each: "el, ih, en, de", and no "M E I er"."""
        letters = [token for token in self.tokens if len(token.word) == 1 or token.word in self.names]
        return sum(len(token.word) > 1 for token in letters) >= MIN_NAMED and all(token.pause for token in letters[:-1])

    def word(self, place: int) -> str:
        return self.tokens[place].word if 0 <= place < len(self.tokens) else ""

    def read_sure_letter(self, place: int) -> tuple[SpokenItem, int] | None:
        start, count, digit = place, 1, ""
        phrase = self._phrase_letters(place)
        if (
            phrase is None
            and (many := COUNTS.get(self.word(place)))
            and (self._letters(self._skip_adjectives(place + 1)) or self.word(place + 1) in CODE_WORDS or self.word(place + 1) == "mal")
        ):
            count, digit = many, str(many) if self.word(place) in COUNTS_THAT_ARE_DIGITS else ""
            place += 1
            if self.word(place) == "mal":
                place, digit = place + 1, ""
        is_capital = False
        while self.word(place) in ADJECTIVES and self._letters(place + 1):
            is_capital |= self.word(place) in CAPITALS
            place += 1
        if (by_word := self._read_code_after_comparison(place)) and count == 1:
            return by_word[0], place - start + by_word[1]
        found = self._letters(place)
        if found is None:
            if count > 1 and self.word(place) in CODE_WORDS:
                values = CODE_WORDS[self.word(place)]
                return SpokenItem("letter", "", tuple(value * count for value in values)), place - start + 1
            return None
        values, used, is_bare = found
        values = tuple(value.upper() for value in values) if is_capital else values
        place += used
        if sign := self._read_sign(place, values):
            values, used = sign
            place, is_bare = place + used, False
        if word := self._read_comparison(place):
            named = self._phrase_letters(word[0])
            values = named[0] if named and set(named[0]) & set(values) else _compare(values, self.tokens[word[0]].text)
            used = word[1] - 1 + named[1] if named else word[1]
            place, is_bare = place + used, False
        elif count == 1 and is_bare and place - start == 1:
            # a single letter, or a word that may be one: for others to say
            token = self.tokens[start]
            if len(token.text) == 1:
                after, used = self._read_repetition(place)
                texts = _double(values, after, is_unsure=self.word(place) == "doppelt")
                return SpokenItem("letter", token.text, texts, SURE if after > 1 else BARE), 1 + used
            return None
        after, used = self._read_repetition(place) if count == 1 else (1, 0)
        texts = _double(values, after, is_unsure=self.word(place) == "doppelt") if used else tuple(value * count for value in values)
        if self.word(start) == "doppelt":
            # "doppelt L", or a double T and an L
            texts += tuple(f"tt{value}" for value in values)
        digits = tuple(f"{digit}{value}" for value in values) if digit else ()
        return SpokenItem("letter", self.tokens[start].text, texts, SURE, digits=digits), place + used - start

    def _skip_adjectives(self, place: int) -> int:
        while self.word(place) in ADJECTIVES:
            place += 1
        return place

    def _letters(self, place: int) -> tuple[tuple[str, ...], int, bool] | None:
        """What the words from here on may stand for as letters: texts, words used, whether it is a bare letter or its name."""
        if place >= len(self.tokens):
            return None
        token = self.tokens[place]
        if found := self._phrase_letters(place):
            return *found, False
        if token.word == "umlaut" and place + 1 < len(self.tokens):
            base = self._letters(place + 1)
            first = base[0][0] if base else fold(self.tokens[place + 1].text)[:1]
            if first in SIGNS["umlaut"].values():
                return (first,), 1 + (base[1] if base else 1), False
            return ((SIGNS["umlaut"][first],), 1 + (base[1] if base else 1), False) if first in SIGNS["umlaut"] else None
        if len(token.text) == 1 and token.text.lower() != token.text.upper():
            return (_lower(token.text),), 1, True
        if (plural := PLURAL.fullmatch(token.text)) and self.word(place - 1) in COUNTS:
            return (_lower(plural[1]),), 1, False
        if token.word in self.names:
            return self._name_values(token), 1, True
        if token.word in CLUSTERS:
            return (_lower(token.text),), 1, True
        return None

    def _name_values(self, token: Token) -> tuple[str, ...]:
        if len(token.text) == 2 and token.text.isupper():
            # written as two letters
            return (_lower(token.text),)
        values = self.names[token.word]
        is_ambiguous = token.word in AMBIGUOUS_NAMES[self.language] and not self.names_consonants
        return (*values, token.word) if is_ambiguous and token.word not in values else values

    def _phrase_letters(self, place: int) -> tuple[tuple[str, ...], int] | None:
        for length in range(min(3, len(self.tokens) - place), 0, -1):
            words = tuple(token.word for token in self.tokens[place : place + length])
            if any(token.pause for token in self.tokens[place : place + length - 1]):
                continue
            if letters := LETTER_PHRASES.get(words):
                is_german_w = words[0] == "double" and self.language == "de"
                return (letters if not is_german_w else ("w", "uu")), length
        return None

    def _read_sign(self, place: int, values: tuple[str, ...]) -> tuple[tuple[str, ...], int] | None:
        """A sign that is said after its letter: "a Umlaut", "c mit Cedille", "e accent aigu", "o with two dots"."""
        start = place
        while place - start < 4 and self.word(place) in SIGN_PREPOSITIONS:
            place += 1
        for length in (2, 1):
            sign = " ".join(token.word for token in self.tokens[place : place + length])
            if place + length <= len(self.tokens) and sign in SIGNS and len(values) == 1 and values[0] in SIGNS[sign]:
                end = place + length
                signed = (SIGNS[sign][values[0]],)
                while self.word(end) in SIGN_PLACES:
                    below = SIGNS["cedille"].get(values[0])
                    signed = (below,) if sign in HOOKS and below and self.word(end) in BELOW else signed
                    end += 1
                if sign == "haekchen" and end == place + length:
                    signed = tuple(dict.fromkeys((*signed, SIGNS["cedille"].get(values[0], signed[0]))))
                return signed, end - start
        return None

    def _read_comparison(self, place: int) -> tuple[int, int] | None:
        """The place of the word after "wie", and how many words that are."""
        if place and self.tokens[place - 1].pause and self.word(place) != "wie":
            return None
        for language in (self.language, "en" if self.language == "de" else "de"):
            for words in COMPARISONS[language]:
                end = place + len(words)
                described = self.word(end) == "im" or (self.word(end) in DESCRIPTION_PRONOUNS and self.word(end) not in CODE_WORDS)
                if words == ("wie",) and described:
                    continue
                if words == ("as",) and self.word(end) in ("a", "the"):
                    continue
                is_digit = words[0] in ("4", "four") and self.word(end) not in CODE_WORDS
                if end < len(self.tokens) and tuple(token.word for token in self.tokens[place:end]) == words and not is_digit:
                    if self.word(end) == "umlaut" and end + 1 < len(self.tokens):
                        return end + 1, len(words) + 2
                    return end, len(words) + 1
        return None

    def _read_code_after_comparison(self, place: int) -> tuple[SpokenItem, int] | None:
        """ "wie Berta" without a letter before it; "die wie Dora", where a short word stands for the letter."""
        token = self.tokens[place] if place < len(self.tokens) else None
        if token is None:
            return None
        if token.word == "wie" and place + 1 < len(self.tokens):
            umlaut = self.word(place + 1) == "umlaut" and place + 2 < len(self.tokens)
            word = self.tokens[place + 1 + umlaut]
            if word.word in DESCRIPTIONS or (word.word in DESCRIPTION_PRONOUNS and word.word not in CODE_WORDS):
                return None
            values = CODE_WORDS.get(word.word) or (_lower(word.text[:1]),)
            return SpokenItem("letter", "", _with_umlaut(values) if umlaut else values), 2 + umlaut
        is_letter = len(token.text) == 1 or token.word in self.names or token.word in CLUSTERS or self._phrase_letters(place)
        if (
            not is_letter
            and len(token.text) <= MAX_MISHEARD_LETTER
            and not token.text.isupper()
            and (word_at := self._read_comparison(place + 1))
        ):
            word = self.tokens[word_at[0]]
            if word.word in CODE_WORDS and token.word not in PHRASES_OF_ONE and self._are_comparisons() and not is_common_name(token.word):
                return SpokenItem("letter", "", CODE_WORDS[word.word]), 1 + word_at[1]
        return None

    def _are_comparisons(self) -> bool:
        """Whether more letters are said with a word for them, so that a short word before one is no name."""
        return sum(token.word in ("wie", "as", "for", "like") for token in self.tokens) >= 2

    def _read_repetition(self, place: int) -> tuple[int, int]:
        """ "L zweimal", "L doppelt", "L twice"."""
        words = self.word(place), self.word(place + 1)
        if words[0] in ("zweimal", "twice", "doppelt") and self._letters(place + 1) is None:
            return 2, 1
        return (2, 2) if words == ("zwei", "mal") and self._letters(place + 2) is None else (1, 0)

    def read_weak_letter(self, place: int) -> tuple[SpokenItem, int] | None:
        token = self.tokens[place]
        if self.names.get(token.word) == ("q",) and (following := self._letters(place + 1)) and following[0] == ("u",):
            # "Kuh, U, A …": the name of the letter, and no word for a K
            return SpokenItem("letter", token.text, ("q",), BARE), 1
        if token.word in CODE_WORDS and len(token.text) > 1 and (token.word not in TALK[self.language] or token.text[0].isupper()):
            return SpokenItem("letter", token.text, CODE_WORDS[token.word], WEAK, is_code_word=True), 1
        before = self.tokens[place - 1] if place else None
        if before and not before.pause and token.word == "be" and before.word in AUXILIARIES:
            # "that would be Y for yellow": no B
            return None
        if found := self._letters(place):
            return SpokenItem("letter", token.text, found[0], WEAK), found[1]
        if token.text.isupper() and len(token.text) >= 2 and token.text.isalpha():
            return SpokenItem("letter", token.text, (_lower(token.text),), WEAK), 1
        return None


def _double(values: tuple[str, ...], count: int, *, is_unsure: bool) -> tuple[str, ...]:
    """The letters so many times; "L doppelt" may be followed by a double T as well."""
    return (*(value * count for value in values), *(f"{value}tt" for value in values if is_unsure))


def _compare(values: tuple[str, ...], word: str) -> tuple[str, ...]:
    """Compare letters with the word that was named for them: the ones that fit, else both readings."""
    fitting = tuple(value for value in values if _fits(value.lower(), word))
    if fitting:
        return fitting
    others = CODE_WORDS.get(fold(word)) or (_lower(word[:1]),)
    return tuple(dict.fromkeys((*values, *others)))


def _fits(letters: str, word: str) -> bool:
    """Whether a word is said for these letters: it begins with them, or has them where none begins with such a letter."""
    small = _lower(word)
    if (letters,) == CODE_WORDS.get(fold(word)) or small.startswith(letters):
        return True
    if letters in ("ä", "ö", "ü") and fold(word).startswith(fold(letters)):
        return True
    return (letters in SOUNDING_LETTERS and letters in small) or (letters == "ß" and "ss" in small)


def _with_umlaut(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(SIGNS["umlaut"].get(value, value) for value in values)


def _lower(text: str) -> str:
    """Small letters; a capital İ is an i."""
    return text.replace("İ", "i").lower()
