"""Dates of birth, as callers say them and as models write them."""

from datetime import date

import pytest

from app.domain.language.birth_dates import parse_birth_date

TODAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    "text",
    [
        "1985-03-03", "03.03.1985", "3.3.1985", "3.3.85", "3. März 1985", "dritter März neunzehnhundertfünfundachtzig", "3. März 85",
        "dritter dritter fünfundachtzig", "am dritten März fünfundachtzig", "March 3rd, 1985", "3 March 1985",
        "the third of March nineteen eighty-five", "3/3/1985", "geboren am 3.3.1985",
    ],
)  # fmt: skip
def test_a_date_of_birth_is_read(text: str) -> None:
    assert parse_birth_date(text, TODAY) == date(1985, 3, 3)


def test_two_digits_mean_the_last_hundred_years() -> None:
    assert parse_birth_date("1.2.03", TODAY) == date(2003, 2, 1)
    assert parse_birth_date("1.2.26", TODAY) == date(2026, 2, 1)
    assert parse_birth_date("1.2.27", TODAY) == date(1927, 2, 1)


@pytest.mark.parametrize("text", ["", "März", "31.2.1985", "3.3.2027", "1.1.1850", "ja", "3. März"])
def test_what_is_no_date_of_birth_is_none(text: str) -> None:
    assert parse_birth_date(text, TODAY) is None
