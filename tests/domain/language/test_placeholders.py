"""Placeholders of models are nothing said, and what people are called is none."""

# ruff: noqa: E501  (tables of words)

from app.domain.language.placeholders import Kind, is_placeholder
from tests.support.tables import each_row


@each_row(
    "text, kind",
    [
        *((text, "text") for text in (
            "", " ", "null",
            "NULL", "None", "undefined", "unknown", "Unbekannt", "N/A", "n/a", "n. a.", "k.A.", "nan", "-", "--", "…", "...", "?",
            "string", "<string>", "{{customer_name}}", "{{ name }}", "{name}", "${name}", "$customer_name", "%name%", "[Name]", "__name__",
            "not provided", "Not specified", "nicht angegeben", "keine Angabe", "placeholder", "TBD",
        )),
        *((text, "name") for text in (
            "Kunde", "kundin", "Customer", "the caller", "Anrufer", "customer_name", "customerName", "Name", "Vorname Nachname", "Full Name",
            "01KQS00M0Y6B6D18N1JFHNWMEH", "3f2504e0-4f89-11d3-9a0c-0305e82c3301", "{{first_name}} {{last_name}}", "{{first_name}} Müller", "Frau {{name}}", "<name>", "string", "unknown", "Anonymous", "Frau", "Herr",
            "Herr/Frau", "Unbekannter Anrufer", "null", "Gast", "No name",
        )),
        *((text, "phone") for text in (
            "anonymous", "unterdrückt", "same number", "diese Nummer", "from_number", "{{phone}}", "1234567890", "+491234567890", "0123456789",
            "0000000000", "0", "string", "+1234567890",
            "die Nummer, mit der ich anrufe", "meine Nummer", "my number", "same as mine", "the number I'm calling from",
            "die, mit der ich anrufe", "unter dieser", "diese hier", "the one I am calling you from", "die sehen Sie ja auf dem Display",
            "just call me back on this number", "die gleiche, von der ich gerade telefoniere", "this one", "meine",
        )),
        *((text, "email") for text in ("user@example.com", "E-Mail", "name@example.com", "kunde@beispiel.de", "{{email}}", "none", "keine")),
    ],
)  # fmt: skip
def test_a_placeholder_says_nothing(text: str, kind: Kind) -> None:
    assert is_placeholder(text, kind)


@each_row(
    "text, kind",
    [
        *((text, "name") for text in (
            "Anna Kunde", "Frau Kunde", "Gustav Gast", "Herr Person", "Frau Name", "Ann Nil", "Na Li", "Frau Müller", "N. Ahlers", "Leo Null",
            "Erika Muster", "User Sven", "Yu",
        )),
        *((text, "phone") for text in ("0171 3920077", "+491713920077", "171", "030 23125100", "null eins sieben eins drei neun zwo",
            "meine alte Nummer", "not this number", "die von meiner Mutter", "my work number", "same as my wife's", "meine 0171 3920077",
        )),
        *((text, "email") for text in ("bruni@example.com", "kunde@salon.example", "test@gmx.de", "info@example.org")),
        *((text, "text") for text in ("Herrenschnitt", "10", "morgen", "bitte <3 anrufen", "der Kunde kommt später", "Text bitte an Tom", "0")),
    ],
)  # fmt: skip
def test_what_somebody_said_is_none(text: str, kind: Kind) -> None:
    assert not is_placeholder(text, kind)
