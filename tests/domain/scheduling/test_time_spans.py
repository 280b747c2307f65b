"""Hours of a day as people write them: read, asked about where they are hardly meant, and written so that they can be read again."""

import pytest
from flask import Flask
from flask_babel import force_locale

from app.core.errors import InvalidInput
from app.domain.scheduling.time_spans import format_spans, parse_spans
from tests.support.tables import each_row


@each_row(
    "text, spans, again",
    [
        ("9-13, 14:30 bis 18 Uhr", [(540, 780), (870, 1080)], "9-13, 14:30-18"),
        ("18-2", [(1080, 1560)], "18-2"),
        ("20:30-5", [(1230, 1740)], "20:30-5"),
        ("17-1 und 9-12", [(540, 720), (1020, 1500)], "9-12, 17-1"),
        ("14-18;9-12", [(540, 720), (840, 1080)], "9-12, 14-18"),
        ("10-0", [(600, 1440)], "10-24"),
        ("0-24", [(0, 1440)], "0-24"),
        ("0-6", [(0, 360)], "0-6"),
        ("6-12", [(360, 720)], "6-12"),
        ("9am-5pm", [(540, 1020)], "9-17"),
        ("9 a.m. to 12 p.m., 1 pm - 5:30 pm", [(540, 720), (780, 1050)], "9-12, 13-17:30"),
        ("9-5pm", [(540, 1020)], "9-17"),
        ("9pm-12am", [(1260, 1440)], "21-24"),
        ("2-6pm", [(840, 1080)], "14-18"),
        ("2 bis 6 Uhr nachmittags, 8 Uhr abends bis 10 Uhr abends", [(840, 1080), (1200, 1320)], "14-18, 20-22"),
        ("9-5 am Folgetag", [(540, 1740)], "9-5 am Folgetag"),
        ("9-5 Uhr früh", [(540, 1740)], "9-5 am Folgetag"),
        ("9am to 5am", [(540, 1740)], "9-5 am Folgetag"),
        ("2-6 früh", [(120, 360)], "2-6 früh"),
        ("18-17 am nächsten Tag", [(1080, 2460)], "18-17 am Folgetag"),
        (" ", [], ""),
    ],
)
def test_hours_are_read_as_people_write_them(app: Flask, text: str, spans: list[tuple[int, int]], again: str) -> None:
    with app.test_request_context(), force_locale("de"):
        assert parse_spans(text) == spans
        assert format_spans(spans) == again
        assert parse_spans(format_spans(spans)) == spans


@each_row(
    "text, likely, otherwise",
    [
        ("9-5", "9-17", "9-5 am Folgetag"),
        ("09:00 - 05:00", "9-17", "9-5 am Folgetag"),
        ("10 bis 2 Uhr", "10-14", "10-2 am Folgetag"),
        ("8-8", "8-20", "8-8 am Folgetag"),
        ("12-3", "12-15", "12-3 am Folgetag"),
        ("9:30-6:30", "9:30-18:30", "9:30-6:30 am Folgetag"),
        ("9am-5", "9-17", "9-5 am Folgetag"),
        ("2pm-6", "14-18", "14-6"),
        ("9-13, 2-6", "14-18", "2-6 früh"),
        ("1-5", "13-17", "1-5 früh"),
    ],
)
def test_what_is_hardly_meant_is_asked(app: Flask, text: str, likely: str, otherwise: str) -> None:
    with app.test_request_context(), force_locale("de"):
        with pytest.raises(InvalidInput) as asked:
            parse_spans(text)
        assert str(asked.value.message) == f"Meinen Sie {likely}? Sonst schreiben Sie: {otherwise}."
        assert parse_spans(likely)
        assert parse_spans(otherwise)


@each_row("text", ["18-17", "14-12", "13-12:30"])
def test_a_night_of_almost_a_day_is_asked(app: Flask, text: str) -> None:
    with app.test_request_context(), force_locale("de"):
        with pytest.raises(InvalidInput) as asked:
            parse_spans(text)
        assert "mehr als 16 Stunden" in str(asked.value.message)
        assert str(asked.value.message).endswith(f"{text} am Folgetag.")


def test_what_is_asked_in_english_can_be_answered_in_english(app: Flask) -> None:
    with app.test_request_context(), force_locale("en"):
        for spans in ([(540, 1740)], [(120, 360)], [(1080, 2460)]):
            assert parse_spans(format_spans(spans)) == spans
        with pytest.raises(InvalidInput) as asked:
            parse_spans("9-5")
        assert "9-17" in str(asked.value.message)


@each_row("text", ["neun bis fünf", "9-13, 12-14", "25-26", "9-25", "18-24:01", "9:75-10", "9", "17am-18", "9-5 pm am"])
def test_hours_that_make_no_sense_are_refused(app: Flask, text: str) -> None:
    with app.test_request_context(), pytest.raises(InvalidInput):
        parse_spans(text)
