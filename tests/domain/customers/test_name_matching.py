"""Names as they are heard."""

import pytest

from app.domain.customers.name_matching import find_first_name, is_same_name, is_similar_name


@pytest.mark.parametrize(
    ("said", "known"),
    [
        ("Svea Thomsen", "Svea Thomsen"), ("Frau Tomsen", "Svea Thomsen"), ("svea", "Svea Thomsen"), ("Frau Maier", "Lena Meyer"),
        ("Schmitt", "Anna Schmidt"), ("Kathrin Ebers", "Katrin Ebers"), ("Brüning", "Malte Bruening"), ("Yildiz", "Emre Yıldız"),
        ("Öztürk", "Yasemin Oeztuerk"), ("Claire Bennet", "Claire Bennett"), ("Doktor Adler", "Dr. Paul Adler"),
        ("Karl Heinz Brodersen", "Karl-Heinz Brodersen"), ("mein Name ist Jutta Behrens", "Jutta Behrens"),
    ],
)  # fmt: skip
def test_a_name_that_sounds_like_it_is_it(said: str, known: str) -> None:
    assert is_similar_name(said, known)


@pytest.mark.parametrize(
    ("said", "known"),
    [("Ole Thomsen", "Svea Thomsen"), ("Jan Ebers", "Katrin Ebers"), ("Lars", "Mara Lindgren"), ("", "Svea Thomsen"),
     ("Frau", "Svea Thomsen"), ("Svea Holm", "Svea Thomsen")],
)  # fmt: skip
def test_another_name_is_another_person(said: str, known: str) -> None:
    assert not is_similar_name(said, known)


def test_the_first_name_is_what_one_is_greeted_by() -> None:
    assert find_first_name("Dr. Judith Morgenstern") == "Judith"
    assert find_first_name("Thomsen") is None and find_first_name(None) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Anna Müller", "Frau Anna Müller"), ("Anna Müller", "anna mueller"), ("Anna Müller", "ANNA MULLER"),
        ("Çağla Öztürk", "Cagla Oeztuerk"),
        ("Łukasz Dąbrowski", "Lukasz Dabrowski"), ("Yıldız Aydın", "Yildiz Aydin"), ("Thomsen, Svea", "Svea Thomsen"),
        ("Hans Groß", "Hans Gross"),
        ("Prof. Dr. med. Jörg Weiß", "Joerg Weiss"), ("Anna-Maria Kunz", "Anna Maria Kunz"), ("Svea T-H-O-M-S-E-N", "Svea Thomsen"),
        ("Frau Dr. Anna Müller", "Anna Müller"), ("Fr. Anna Müller", "Anna Müller"),
        ("Herr Prof. Dr. Dr. h. c. mult. Jan Weiß", "Jan Weiss"),
        ("PD Dr. Anna Müller", "Anna Müller"), ("Anna Müller, M.Sc.", "Anna Müller"), ("Anna Müller LL.M.", "Müller, Anna"),
        ("Privatdozentin Dr. Anna Müller", "Anna Müller"), ("Dr.-Ing. Anna Müller", "Frau Anna Müller"),
        ("Mag. Anna Müller", "Anna Müller"),
        ("S V E A Thomsen", "Svea Thomsen"), ("Søren Ærø", "Soeren Aeroe"), ("İpek Kaya", "Ipek Kaya"),
    ],
)  # fmt: skip
def test_one_name_written_in_two_ways_is_the_same(one: str, other: str) -> None:
    assert is_same_name(one, other) and is_same_name(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Anna Keller", "Hanna Keller"), ("Daniel Berg", "Daniela Berg"), ("Emilia Kurz", "Emilie Kurz"),
        ("Lukas Dombrowski", "Łukasz Dąbrowski"),
        ("Svea Thomsen", "Svea Tomsen"), ("Frau Keller", "Anna Keller"), ("Anna", "Anna Keller"), ("Max Bauer", "Max Baur"),
        ("Jan Maier", "Jan Meier"), ("H. C. Andersen", "Andersen"), ("Joel Kranz", "Jol Kranz"), ("", ""),
        ("Anna Anna Keller", "Anna Keller"),
    ],
)  # fmt: skip
def test_names_that_sound_alike_are_two(one: str, other: str) -> None:
    assert not is_same_name(one, other)


@pytest.mark.parametrize(
    ("name", "first"),
    [("Sandmann, Helga", "Helga"), ("Dr. Helga Sandmann", "Helga"), ("Herr Sandmann", None), ("Familie Sandmann", None), (None, None)],
)
def test_the_first_name_is_never_the_family_name(name: str | None, first: str | None) -> None:
    assert find_first_name(name) == first
