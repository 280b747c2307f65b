"""Names that are spelled, in whole and in part, with slips and corrections."""

from app.domain.language.parsed_time import Language
from app.domain.language.spelling import read_name
from tests.domain.language.spelling.strings import list_strings
from tests.support.tables import each_row


@each_row("said, language, text", list_strings("name"))
def test_what_is_certain_is_read_and_everything_else_is_asked(said: str, language: Language, text: str | None) -> None:
    assert read_name(said, language).text == text


@each_row(
    "said",
    [
        "Svea Thomsen", "Hans Peter Richard", "Karl-Heinz Brodersen", "J. R. Ewing", "Dr. Paul Adler", "Anna und Otto Keller",
        "von der Heide",
        "Thomsen, Svea", "Ludwig Otto", "Emil Anton", "Özlem Öztürk", "李 明", "O'Connor", "Anna Maria de la Cruz", "Frau Zeh", "Ida Ka",
        "El Haddad",
        "Herr Er", "Max Mustermann GmbH & Co. KG", "Karl \"); DROP TABLE--", "Familie Kuh", "X Æ A-12", "Victor Hugo", "Otto",
        "A. Müller", "Jo",
        "Kind von Frau Keller", "Leo Messi", "Mike Tango", "Gülşen Yıldırım", "", "🙂",
    ],
)  # fmt: skip
def test_a_name_that_is_not_spelled_is_left_as_it_is(said: str) -> None:
    reading = read_name(said)
    assert (reading.text, reading.is_spelled) == (said, False)


@each_row(
    "said, options",
    [
        ("M E I er", ("Meier", "Meir")), ("T wie Dora, O, M", ("Dom", "Tom")), ("Z wie Cäsar, I, M, A", ("Cima", "Zima")),
        ("Hanna ohne h", ("Anna", "Hanna")), ("K wie Keller, E wie Äpfel, L, E, R", ()), ("mit th", ()),
    ],
)  # fmt: skip
def test_what_may_be_several_names_is_asked_with_them(said: str, options: tuple[str, ...]) -> None:
    reading = read_name(said)
    assert reading.text is None
    if options:
        assert reading.options == options


@each_row(
    "said",
    [
        "Siobhan O'Leary, that's S I O B H A N",
        "Siobhan O'Leary S I O B H A N",
        "S I O B H A N, O'Leary",
        "Siobhan O’Leary, O L E A R Y",
    ],
)
def test_a_name_with_an_apostrophe_is_one_beside_letters(said: str) -> None:
    assert read_name(said, "en").text == "Siobhan O'Leary"
