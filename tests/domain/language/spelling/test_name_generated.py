"""Names spelled in every manner, with fillers and corrections: each is read or asked, and none is wrong."""

import random

import pytest

from app.domain.language.parsed_time import Language
from app.domain.language.spelling import read_name
from app.domain.language.spelling.alphabets import ENGLISH_ALPHABET, GERMAN_ALPHABET, LETTER_NAMES
from app.domain.language.spelling.word_lists import load_words

ALPHABETS = {"de": GERMAN_ALPHABET, "en": ENGLISH_ALPHABET}
NAMES = sorted(
    name for name in load_words("common_names.txt") if 3 < len(name) < 12 and set(name.lower()) <= set("abcdefghijklmnopqrstuvwxyzäöüß")
)
CONFUSED = {"b": "p", "p": "b", "d": "t", "t": "d", "m": "n", "n": "m", "f": "s", "s": "f", "v": "w", "w": "v"}
FILLERS = {"de": ("ähm", "und dann", "also"), "en": ("um", "and then", "then")}
CORRECTIONS = {"de": ("nein", "nein Entschuldigung", "Quatsch"), "en": ("no sorry", "no wait", "I mean")}
OPENINGS = {"de": ("mein Name ist", "das schreibt sich", ""), "en": ("my name is", "it's spelled", "")}
COUNT = 600


class Speaker:
    """Says letters at random, the same way in every run."""

    def __init__(self, seed: int, language: Language, manner: str) -> None:
        self.random, self.language, self.manner = random.Random(seed), language, manner

    def spell(self, name: str) -> list[str]:
        said, place = [], 0
        while place < len(name):
            letter, is_double = name[place], name[place : place + 2] == name[place] * 2 and name[place] not in "uvß"
            count = 2 if is_double and self.manner in ("bare", "compared") and self.random.random() < 0.5 else 1
            said.append(self.say(letter, count=count))
            place += count
        return said

    def say(self, letter: str, *, count: int = 1) -> str:
        words = ALPHABETS[self.language].get(letter, "").split()
        capital = "scharfes S" if letter == "ß" else letter.upper()
        if count == 2:
            capital = self.random.choice(("Doppel-{}", "zweimal {}") if self.language == "de" else ("double {}",)).format(capital)
        if not words or letter == "ß" or self.manner == "bare":
            return capital
        if self.manner == "words":
            return self.random.choice(words)
        if self.manner == "names":
            names = [said for said, values in LETTER_NAMES[self.language].items() if values == (letter,) and len(said) > 1]
            return min(names, default=letter)
        return f"{capital} {'wie' if self.language == 'de' else 'as in'} {self.random.choice(words)}"

    def slip(self, name: str, said: list[str]) -> list[str]:
        """Hesitate, or say a wrong letter or half of the name first."""
        kind = self.random.choice(("none", "filler", "letter", "anew"))
        place = self.random.randrange(1, len(said))
        correction = f", {self.random.choice(CORRECTIONS[self.language])},"
        if kind == "filler":
            return [*said[:place], self.random.choice(FILLERS[self.language]), *said[place:]]
        if kind == "letter" and len(said) == len(name) and name[place] in CONFUSED:
            return [*said[:place], self.say(CONFUSED[name[place]]), correction, *said[place:]]
        return [*said[:place], correction, *said] if kind == "anew" and place > 1 else said


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("manner", ["bare", "compared", "words", "names"])
def test_every_name_is_read_or_asked(language: Language, manner: str) -> None:
    speaker, asked = Speaker(7, language, manner), 0
    names = NAMES if language == "de" else [name for name in NAMES if name.isascii()]
    for name in speaker.random.sample(names, COUNT):
        letters = speaker.slip(name.lower(), speaker.spell(name.lower()))
        before = speaker.random.choice((*OPENINGS[language], f"{name},"))
        said = f"{before} {speaker.random.choice((' ', ', ')).join(letters)}".strip().replace(" ,", ",").replace(",,", ",")
        text = read_name(said, language).text
        assert text is None or text.casefold() == name.casefold(), said
        asked += text is None
    assert asked <= COUNT * 0.06


@pytest.mark.parametrize("seed", range(3))
def test_no_words_are_too_odd(seed: int) -> None:
    chance = random.Random(seed)
    words = [
        *CONFUSED,
        *"AÄMÜß",
        "wie",
        "mit",
        "Umlaut",
        "doppelt",
        "zwei",
        "accent",
        "Cedille",
        "nein",
        "nicht",
        "sondern",
        "statt",
        "hinten",
    ]
    words += ["Berta", "Müller", "ypsilon", "er", "HH", "M-Ü-L", "Doppel-n", "l's", "12", "@", "-", "🙂", "\ud800", "İ", "", "'"]
    for _each in range(500):
        said = " ".join(chance.choice(words) for _word in range(chance.randrange(12)))
        for language in ("de", "en"):
            reading = read_name(said, language)
            assert reading.text or reading.text is None or not said.strip()
