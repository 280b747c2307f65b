"""Fields of forms: what an honest person types is read; what is out of range, unreadable or hostile gets one sentence."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale
from pydantic_core import PydanticCustomError

from app.core.errors import InvalidInput
from app.web import fields
from app.web.formatting import format_decimal_input
from tests.support.tables import each_row

HOSTILE = ("9" * 5000, "NaN", "Infinity", "1e400", "-1", "٣", "²", "0x10", "1_000", "\x00", "<script>", "ÿ" * 100_000)


@pytest.fixture(autouse=True)
def reader(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        yield


@each_row(
    "field, text, value",
    [
        (fields.TextField(10), "  Anna   Berg ", "Anna Berg"),
        (fields.MultilineField(20), " eins\r\nzwei ", "eins\nzwei"),
        (fields.IntegerField(1, 500), " 42 ", 42),
        (fields.EuroField(), "58", 5800),
        (fields.EuroField(), "58,5", 5850),
        (fields.EuroField(), "58.05 €", 5805),
        (fields.DecimalField(places=1, maximum=99_999), "7,5", 75),
        (fields.DecimalField(places=1, maximum=99_999), "7.5", 75),
        (fields.DecimalField(places=1, maximum=99_999), " 7 ", 70),
        (fields.DateField(), "2026-11-29", date(2026, 11, 29)),
        (fields.TimeField(), "9:30", time(9, 30)),
        (fields.TimeField(), "09:30:00", time(9, 30)),
        (fields.DateTimeField(), "2026-11-29T10:00:00+01:00", datetime(2026, 11, 29, 9, tzinfo=UTC)),
        (fields.DateTimeField(is_local=True), "2026-11-29T10:00", datetime(2026, 11, 29, 10)),
        (fields.SlugField(), "job-1:a_b.c", "job-1:a_b.c"),
        (fields.IdField(), "01HZZZZZZZZZZZZZZZZZZZZZZZ", "01HZZZZZZZZZZZZZZZZZZZZZZZ"),
        (fields.ChoiceField("week", "day"), "week", "week"),
        (fields.CheckboxField(), "1", True),
        (fields.CheckboxField(), "on", False),
    ],
)
def test_field_reads_what_a_person_types(field: fields.Field, text: str, value: Any) -> None:
    assert field.read(text) == value


@each_row(
    "field, texts",
    [
        (fields.IntegerField(1, 500), ("0", "501", "1.5", "zwei", *HOSTILE)),
        (fields.EuroField(), ("100000,01", "1.000", "1,005", "-1", *HOSTILE)),
        (fields.DecimalField(places=1, maximum=80), ("8,1", "7,55", "7.", ",5", "1.000,5", "-1", *HOSTILE)),
        (fields.DateField(), ("9999-12-31", "0001-01-01", "2026-02-30", "20261129", "2026-W48-7", "1899-12-31", "2200-01-01", *HOSTILE)),
        (fields.TimeField(), ("24:00", "9:60", "10:00+23:59", *HOSTILE)),
        (fields.DateTimeField(), ("9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "2026-11-29T10:00:00", "2026-11-29", *HOSTILE)),
        (fields.DateTimeField(is_local=True), ("9999-12-31T23:59", "0001-01-01T00:00", "2026-11-29T10:00:00+01:00", *HOSTILE)),
        (fields.SlugField(), ("a b", "ä", "a\ufffd", "x" * 65)),
        (fields.IdField(), ("01HZ", "01HZZZZZZZZZZZZZZZZZZZZZZ'", *HOSTILE)),
        (fields.ChoiceField("week"), ("month", *HOSTILE)),
        (fields.TextField(190), ("ÿ" * 191,)),
        (fields.ParserField(float), ("zwei", "ÿ" * 501)),
    ],
)
def test_field_refuses_with_one_sentence(field: fields.Field, texts: tuple[str, ...]) -> None:
    for text in texts:
        with pytest.raises(PydanticCustomError) as refusal:
            field.read(text)
        assert refusal.value.message().endswith("."), text[:40]


def test_sentence_of_a_reader_of_ones_own_is_that_of_the_field() -> None:
    def never(_text: str) -> None:
        raise InvalidInput("Heute nicht.")

    with pytest.raises(PydanticCustomError, match="Heute nicht"):
        fields.ParserField(never).read("morgen")


def test_what_no_person_types_is_left_out() -> None:
    assert fields.strip_unreadable("A\x00n\ud800n\udfffa\x1b\t\n") == "Anna\t\n"


@each_row(
    "language, value, places, is_short, text",
    [
        ("de", 75, 1, False, "7,5"),
        ("en", 75, 1, False, "7.5"),
        ("de", 5805, 2, False, "58,05"),
        ("en", 5800, 2, False, "58.00"),
        ("en", 5800, 2, True, "58"),
        ("de", 12_345_600, 2, True, "123456"),
    ],
)
def test_a_field_shows_a_number_as_its_reader_types_it(language: str, value: int, places: int, is_short: bool, text: str) -> None:
    with force_locale(language):
        shown = format_decimal_input(value, places=places, is_short=is_short)
    assert shown == text
    assert fields.parse_decimal(shown, places=places) == value
