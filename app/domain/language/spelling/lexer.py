"""Cuts what was said into items, in order: letters, words, numbers, and what is said around them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from app.domain.language.parsed_time import Language
from app.domain.language.spelling.alphabets import CODE_WORDS
from app.domain.language.spelling.items import SpokenItem
from app.domain.language.spelling.letter_reader import LetterReader
from app.domain.language.spelling.phrases import COUNTS, DESCRIPTION_PRONOUNS, DESCRIPTIONS, ENGLISH_FILLERS, MAX_PHRASE, PHRASES, Kind
from app.domain.language.spelling.talk import INSTRUCTIONS, ORIGINS, TALK, is_harmless
from app.domain.language.spelling.tokens import Token, to_number, tokenize
from app.domain.language.spelling.word_lists import word_set
from app.domain.language.vocabulary import CARDINALS

LARGE_NUMBERS = frozenset({"hundert", "tausend", "hundred", "thousand", "million"})
REPETITIONS = frozenset({"double", "triple", "doppel", "doppelt", "doppelte", "zweimal", "dreimal", "dreifach", "twice"})
# what follows an article or a pronoun
A_WORDS = ORIGINS | word_set("gap blank space single woman man lady boy girl name word letter number digit car plate london cologne bit")
I_WORDS = word_set("always never usually know think guess write spell say have had just am was will would can do did dont live hate love")
COMPARED = frozenset({"for", "as", "like", "is"})
ENGLISH_TENS = frozenset({"twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"})


def lex(text: str, language: Language) -> list[SpokenItem]:
    return lex_tokens(tokenize(text), language)


def lex_tokens(tokens: Sequence[Token], language: Language) -> list[SpokenItem]:
    return list(_Lexer(tokens, language).run())


class _Lexer:
    def __init__(self, tokens: Sequence[Token], language: Language) -> None:
        self.tokens, self.language, self.letters = tokens, language, LetterReader(tokens, language)

    def run(self) -> Iterator[SpokenItem]:
        place = 0
        while place < len(self.tokens):
            item, used = self._read_aside(place) or self._read_item(place)
            place += used
            yield replace(item, pause=self.tokens[place - 1].pause)

    def _read_item(self, place: int) -> tuple[SpokenItem, int]:
        readers = (
            self._read_article, self._read_zero, self._read_repeated_digit, self._read_long_phrase, self.letters.read_sure_letter,
            self._read_description, self._read_phrase, self._read_number, self.letters.read_weak_letter,
        )  # fmt: skip
        return next((found for read in readers if (found := read(place))), None) or self._read_word(place)

    def _read_word(self, place: int) -> tuple[SpokenItem, int]:
        token = self.tokens[place]
        return SpokenItem("talk" if len(self.tokens) > 1 and token.word.replace("'", "") in TALK[self.language] else "word", token.text), 1

    def _read_aside(self, place: int) -> tuple[SpokenItem, int] | None:
        """A clause that says nothing of the letters: "ist ein türkischer Name", "that's all of it"."""
        if place and not self.tokens[place - 1].pause:
            return None
        if len(self.letters.word(place)) == len(self.letters.word(place - 1)) == 1 and self._read_article(place) is None:
            # "S, T, A it's a Polish name": one more letter
            return None
        end = next((end for end in range(place, len(self.tokens)) if self.tokens[end].pause), len(self.tokens) - 1) + 1
        words = tuple(token.word for token in self.tokens[place:end])
        return (SpokenItem("filler"), end - place) if is_harmless(words, self.language) else None

    def _read_description(self, place: int) -> tuple[SpokenItem, int] | None:
        """ "wie der Vogel", "wie man es spricht", "like the flower": a remark up to the next pause."""
        if self.letters.word(place) in ("so", "beides", "beide", "geschrieben", "also") and self.letters.word(place + 1) == "wie":
            found = self._read_description(place + 1)
            return (found[0], found[1] + 1) if found else None
        words = self.letters.word(place), self.letters.word(place + 1)
        is_description = words[0] in ("wie", "like") and words[1] in DESCRIPTIONS
        is_apart = place == 0 or self.tokens[place - 1].pause
        is_description |= is_apart and words[0] in ("wie", "like") and words[1] in DESCRIPTION_PRONOUNS
        is_description |= words[0] == "like" and place > 0 and self.tokens[place - 1].pause
        is_description |= words == ("as", "in") and self.letters.word(place + 2) in ("the", "a")
        if not is_description:
            return None
        end = place
        while end < len(self.tokens) and not self.tokens[end].pause and not self._begins_spelling(end + 1):
            end += 1
        end = min(end + 1, len(self.tokens))
        words = [token.word for token in self.tokens[place:end]]
        # "wie man es spricht mit einer Pause": more was said than what the name is like
        is_letter = words[-1] in self.letters.names or words[-1] in CODE_WORDS
        is_clear = not INSTRUCTIONS & set(words[2:]) and (len(words) < 4 or not is_letter)
        # "wie im Fernsehen Thomsen Theo, …": the name, or its first letter
        is_clear &= sum(token.text[0].isupper() for token in self.tokens[place + 2 : end]) < 2
        return SpokenItem("description" if is_clear else "unclear", " ".join(words)), end - place

    def _begins_spelling(self, place: int) -> bool:
        """Whether a number or a row of single letters begins here."""
        is_letter = len(self.letters.word(place)) == 1
        return self._is_number(place) or (is_letter and (len(self.letters.word(place + 1)) == 1 or self._is_number(place + 1)))

    def _read_long_phrase(self, place: int) -> tuple[SpokenItem, int] | None:
        return self._read_phrase(place, shortest=2)

    def _read_phrase(self, place: int, *, shortest: int = 1) -> tuple[SpokenItem, int] | None:
        for length in range(min(MAX_PHRASE, len(self.tokens) - place), shortest - 1, -1):
            tokens = self.tokens[place : place + length]
            if (any(token.pause for token in tokens[:-1]) and length > 2) or (length == 1 and self._is_chunk(tokens[0])):
                continue
            words = tuple(token.word.replace("'", "") for token in tokens)
            kind: Kind | None = "filler" if self.language == "en" and words in ENGLISH_FILLERS else PHRASES.get(words)
            if kind:
                return SpokenItem(kind, " ".join(token.text for token in tokens)), length
        if shortest > 1:
            return None
        if self.letters.word(place) == "no" and self.language == "en":
            is_correction = self.tokens[place].pause or place + 1 == len(self.tokens)
            return SpokenItem("correction" if is_correction else "without", "no"), 1
        return None

    def _is_chunk(self, token: Token) -> bool:
        """Whether letters were written together, in capitals: "NE" on a number plate is no no."""
        return (
            1 < len(token.text) < 4 and token.text.isupper() and not all(each.text.isupper() for each in self.tokens if each.word.isalpha())
        )

    def _get_digit(self, place: int) -> int | None:
        """The digit of a word, none of ten and more."""
        word = self.letters.word(place)
        number = CARDINALS.get(word, int(word) if word.isdecimal() and len(word) == 1 else -1)
        return number if 0 <= number < 10 else None

    def _is_number(self, place: int) -> bool:
        word = self.letters.word(place)
        return bool(word) and (word.isdecimal() or to_number(word) is not None)

    def _read_article(self, place: int) -> tuple[SpokenItem, int] | None:
        """English "a woman" and "I always": no letters."""
        token = self.tokens[place]
        following = self.letters.word(place + 1)
        is_word = (token.word == "a" and following in A_WORDS) or (token.text == "I" and (following in I_WORDS or self._is_verb(place + 1)))
        return (SpokenItem("talk", token.text), 1) if self.language == "en" and is_word and not token.pause else None

    def _is_verb(self, place: int) -> bool:
        """Whether a word behind "I" at the beginning of a clause is none of a spelling: "I forget the last bit"."""
        word = self.letters.word(place)
        is_first = place > 1 and (self.tokens[place - 2].pause or len(self.letters.word(place - 2)) == 1)
        is_small = bool(word) and len(word) > 2 and self.tokens[place].text.islower() and word not in self.letters.names
        is_small &= not any(phrase[:2] == ("i", word) for phrase in PHRASES)
        return is_first and is_small and not {word} & (COMPARED | CODE_WORDS.keys() | COUNTS.keys()) and (word,) not in PHRASES

    def _read_zero(self, place: int) -> tuple[SpokenItem, int] | None:
        """ "four oh four"; before digits it may be the letter as well."""
        count = COUNTS.get(self.letters.word(place), 1) if self.letters.word(place) in REPETITIONS else 1
        start = place + (count > 1)
        if self.language != "en" or self.letters.word(start) != "oh" or not self._is_number(start + 1):
            return None
        if self._is_number(place - 1):
            return SpokenItem("number", "oh", ("0" * count,)), start + 1 - place
        return SpokenItem("letter", "oh", ("o" * count,), digits=("0" * count,)), start + 1 - place

    def _read_repeated_digit(self, place: int) -> tuple[SpokenItem, int] | None:
        """ "double seven", "zweimal die Drei"."""
        if (word := self.letters.word(place)) not in REPETITIONS:
            return None
        end = place + 1 + (self.letters.word(place + 1) in ("die", "der", "mal", "the"))
        digit = self._get_digit(end)
        return None if digit is None else (SpokenItem("number", word, (str(digit) * COUNTS[word],)), end + 1 - place)

    def _read_hundreds(self, place: int) -> tuple[SpokenItem, int] | None:
        """ "one hundred and twelve", "two hundred"."""
        end = place + 1
        if not (digit := self._get_digit(place)) or self.letters.word(end) != "hundred":
            return None
        rest, used = 0, 1
        after = end + 1 + (self.letters.word(end + 1) == "and")
        if (number := self._read_number(after) if after < len(self.tokens) else None) and not self.tokens[after - 1].pause:
            value = number[0].values[0] if number[0].kind == "number" else ""
            if value.isdecimal() and int(value) < 100:
                rest, used = int(value), after + number[1] - end
        return SpokenItem("number", self.tokens[place].text, (str(digit * 100 + rest),)), 1 + used

    def _read_number(self, place: int) -> tuple[SpokenItem, int] | None:
        token = self.tokens[place]
        if token.text.isdecimal():
            return SpokenItem("number", token.text, (token.text,)), 1
        if hundreds := self._read_hundreds(place):
            return hundreds
        if token.word == "hundert" and not self._is_number(place + 1):
            return SpokenItem("number", token.text, ("100",)), 1
        if token.word in LARGE_NUMBERS:
            return SpokenItem("unclear", token.text), 1
        if token.word in ENGLISH_TENS and not token.pause and 0 < CARDINALS.get(self.letters.word(place + 1), 0) < 10:
            return SpokenItem("number", token.text, (str(CARDINALS[token.word] + CARDINALS[self.letters.word(place + 1)]),)), 2
        if token.word not in self.letters.names and (number := to_number(token.word)) is not None:
            return SpokenItem("number", token.text, (str(number),)), 1
        return None
