"""Names, addresses, streets and number plates that are spelled with talk around and between: each is read or asked, none is wrong."""

import random
from collections.abc import Callable, Sequence

import pytest

from app.domain.language.parsed_time import Language
from app.domain.language.spelling import READERS, SpellingKind
from tests.domain.language.spelling.test_name_generated import NAMES, Speaker

# said of no letter, of letters in ways that no rule knows, and about how something is written
TALK: dict[Language, tuple[str, ...]] = {
    "de": (
        "so steht es im Ausweis", "die Leitung knackt gerade", "ich bin beim Bäcker", "mein Opa kam aus Schlesien", "das fragen alle",
        "ganz langsam zum Mitschreiben", "haben Sie was zu schreiben", "wie mein Bruder auch", "klingt komisch, ist aber so", "in Ziffern",
        "ohne Gewähr", "das haben Sie sicher im System", "meine Frau lacht schon", "und das war's dann auch", "der Rest wie gehabt",
        "alles klein geschrieben", "in einem Wort", "als Zahl", "direkt dran", "mit Leerzeichen", "mit einer kleinen Pause",
        "vorne groß, hinten klein", "ist das angekommen", "wie man es eben spricht", "nach der alten Tafel", "oder so ähnlich",
        "das letzte weiß ich nicht", "den ersten bitte groß", "ist ein türkischer Name",
    ),
    "en": (
        "that's what it says in my passport", "the line is crackling", "I'm at the baker's", "my grandad was from Leeds", "everybody asks",
        "have you got a pen", "same as my brother", "sounds odd but there you go", "listen carefully", "it's not hard", "no problem",
        "like on the telly", "hang on, let me look", "it's on my card too", "and that was it", "the rest is normal", "all lower case",
        "all one word", "in digits", "as a number", "with a little gap", "small at the front", "just as you say it", "something like that",
        "I forget the last bit", "the first one is capital", "right next to it", "stuck on the end", "written out", "it's a Polish name",
    ),
}  # fmt: skip
SIGNS: dict[Language, dict[str, str]] = {
    "de": {".": "punkt", "_": "unterstrich", "-": "minus"},
    "en": {".": "dot", "_": "underscore", "-": "dash"},
}
COUNT = 250


class Caller:
    """Says strings at random with talk around them, the same way in every run."""

    def __init__(self, seed: int, language: Language) -> None:
        self.random, self.language = random.Random(seed), language

    def choose_name(self) -> str:
        return self.random.choice([name for name in NAMES if name.isascii()] if self.language == "en" else NAMES)

    def spell(self, text: str) -> str:
        speaker = Speaker(self.random.randrange(1000), self.language, self.random.choice(("bare", "compared", "words", "names")))
        return self.random.choice((" ", ", ")).join(speaker.spell(text.lower()))

    def talk(self, pieces: Sequence[str]) -> str:
        said = list(pieces)
        for _talk in range(self.random.choice((0, 1, 1, 1, 2))):
            said.insert(self.random.randrange(len(said) + 1), self.random.choice(TALK[self.language]))
        return self.random.choice((", ", ",", ". ", " ")).join(said)

    def name(self) -> tuple[str, list[str]]:
        name = self.choose_name()
        return name, self.random.choice(([name, self.spell(name)], [self.spell(name)]))

    def email(self) -> tuple[str, list[str]]:
        first, last = (name.lower() for name in (self.choose_name(), self.choose_name()))
        if not (first + last).isascii():
            first, last = "anna", "keller"
        sign, number = self.random.choice(list(SIGNS[self.language])), self.random.choice(("", "7", "42", "1985"))
        domain = self.random.choice(("gmx.de", "web.de", "gmail.com"))
        pieces = [first, SIGNS[self.language][sign], self.random.choice((last, self.spell(last))), number]
        return f"{first}{sign}{last}{number}@{domain}", [
            *filter(None, pieces), f"at {domain.replace('.', ' ' + SIGNS[self.language]['.'] + ' ')}"
        ]  # fmt: skip

    def street(self) -> tuple[str, list[str]]:
        name, kind = self.choose_name(), self.random.choice(("straße", "weg", "allee"))
        number = self.random.choice(("12", "3", "140", "7 b", "21 c"))
        street = f"{name}{kind}"
        choices = ([street, number], [f"{street} {number}"], [self.spell(name), kind, number], [street, self.spell(name), number])
        return f"{street} {number}", self.random.choice(choices)

    def plate(self) -> tuple[str, list[str]]:
        district, letters = self.random.choice(("HH", "B", "M", "K", "LEV", "S")), self.random.choice(("A", "XY", "MK", "TT"))
        number = self.random.choice(("1", "12", "345", "2020"))
        pieces = [self.spell(district), "Strich" if self.language == "de" else "dash", self.spell(letters), number]
        return f"{district}-{letters} {number}", self.random.choice((pieces, [" ".join(pieces)]))


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("kind", ["name", "email", "street", "plate"])
def test_what_is_said_around_is_never_part_of_it(kind: SpellingKind, language: Language) -> None:
    caller = Caller(11, language)
    say: Callable[[], tuple[str, list[str]]] = getattr(caller, kind)
    read = 0
    for _string in range(COUNT):
        text, pieces = say()
        said = caller.talk(pieces)
        reading = READERS[kind](said, language).text
        assert reading is None or reading.casefold() == text.casefold(), said
        read += reading is not None
    assert read >= COUNT * 0.15
