"""Wishes for several people at once."""

from app.domain.language.party_size import asks_for_several, split_names
from tests.support.tables import each_row


@each_row(
    "words",
    [
        "zwei Herrenschnitte", "2x Herrenschnitt", "zweimal Waschen", "Herrenschnitt für zwei Personen", "Haarschnitt für uns beide",
        "bitte drei Damenschnitte", "Schnitt für meine beiden Söhne", "ein Haarschnitt für mich und meinen Mann",
        "Kinderschnitt für meine Kinder", "two haircuts", "a haircut for two", "haircuts for the two of us", "a cut for both kids",
        "a haircut for me and my son", "Grippeimpfung für meinen Mann und mich", "cuts for my wife and me",
    ],
)  # fmt: skip
def test_several_are_noticed(words: str) -> None:
    assert asks_for_several(words)


@each_row(
    "words, name",
    [
        ("Herrenschnitt", ""), ("ein Herrenschnitt um zwei", ""), ("Herrenschnitt für zwei Uhr", ""), ("Farbe in zwei Tönen", ""),
        ("2 Farben", "2 Farben"), ("a haircut for my son", ""), ("Yoga für die Kinder", ""), ("Kinderschnitt für mein Kind", ""),
        ("Ölwechsel bei 2000 km", ""), ("einen Haarschnitt, bitte", ""),
    ],
)  # fmt: skip
def test_one_is_one(words: str, name: str) -> None:
    assert not asks_for_several(words, name)


@each_row(
    "name, people",
    [
        ("Anna Keller", ["Anna Keller"]),
        ("Anna und Otto Keller", ["Anna Keller", "Otto Keller"]),
        ("Anna Keller and Otto Lang", ["Anna Keller", "Otto Lang"]),
        ("Herr und Frau Keller", ["Herr Keller", "Frau Keller"]),
        ("Schmidt & Partner", ["Schmidt & Partner"]),
        ("Karl von und zu Guttenberg", ["Karl von und zu Guttenberg"]),
        ("Thomsen, Svea", ["Thomsen, Svea"]),
        ("Andrea Sandmann", ["Andrea Sandmann"]),
    ],
)
def test_names_are_split(name: str, people: list[str]) -> None:
    assert split_names(name) == people
