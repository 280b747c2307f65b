"""Names as they are heard."""

import pytest

from app.domain.customers.naming import first_name, name_fits


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
    assert name_fits(said, known)


@pytest.mark.parametrize(
    ("said", "known"),
    [("Ole Thomsen", "Svea Thomsen"), ("Jan Ebers", "Katrin Ebers"), ("Lars", "Mara Lindgren"), ("", "Svea Thomsen"),
     ("Frau", "Svea Thomsen"), ("Svea Holm", "Svea Thomsen")],
)  # fmt: skip
def test_another_name_is_another_person(said: str, known: str) -> None:
    assert not name_fits(said, known)


def test_the_first_name_is_what_one_is_greeted_by() -> None:
    assert first_name("Dr. Judith Morgenstern") == "Judith"
    assert first_name("Thomsen") is None and first_name(None) is None
