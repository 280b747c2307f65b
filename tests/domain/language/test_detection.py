"""The language of few words: enough of one and hardly any of the other."""

from app.domain.language.detection import detect_language
from app.domain.language.parsed_time import Language
from tests.support.tables import each_row


@each_row(
    "said, language",
    [
        ("Are you open New Year's Day?", "en"),
        ("Is Tom free Wednesday 16th of December at 5 pm for a men's cut?", "en"),
        ("Half past five then.", "en"),
        ("I need to move my appointment on Thursday.", "en"),
        ("Any day next week except Wednesday, and anyone but Jonas please.", "en"),
        ("This is Hannes Behrens.", "en"),
        ("Two kids' cuts on Friday the 18th.", "en"),
        ("I’d like a Damenschnitt", "en"),
        ("Was kost'n bei euch Strähnchen?", "de"),
        ("Herrenschnitt, Dienstag oder Mittwoch, je nachdem, um fünf.", "de"),
        ("Für Balayage, ab nächster Woche, am liebsten vormittags.", "de"),
        ("Hallo, ich muss leider absagen, sorry.", "de"),
        ("Mei Auto is tot, springt nimmer an, steht dahoam, die Batterie is hi", "de"),
        ("Kostet dit wat, wenn ick absage?", "de"),
        ("Des is mei Termin, der is am Freitag", "de"),
        ("Moin, ik bruuk en Termin", "de"),
        ("Hello", None),
        ("Okay.", None),
        ("Simon Bennett", None),
        ("ja, yes", None),
        ("", None),
    ],
)
def test_language_of_few_words(said: str, language: Language | None) -> None:
    assert detect_language([said]) == language


@each_row("said, language", [("Balayage, yeah.", "en"), ("Ja.", "de"), ("Simon Bennett", None), ("Friday Herrenschnitt", "en")])
def test_one_word_makes_a_language_likely(said: str, language: Language | None) -> None:
    assert detect_language([said], at_least=1) == language
