import pytest
from flask import Flask
from flask_babel import force_locale

from app.core.errors import InvalidInput
from app.domain.companies.industries import INDUSTRIES
from app.domain.scheduling.opening_hours_text import format_week, parse_week
from tests.support.tables import each_row

NINE_TO_SIX, NOT = [(540, 1080)], []


@each_row(
    "text, week",
    [
        ("Mo-Fr 9-18", [NINE_TO_SIX] * 5 + [NOT] * 2),
        ("mo-fr 9-18, sa 9-14", [NINE_TO_SIX] * 5 + [[(540, 840)], NOT]),
        ("Montag bis Freitag: 9 bis 18 Uhr; Samstag 9-14", [NINE_TO_SIX] * 5 + [[(540, 840)], NOT]),
        ("Mon to Fri 9:00-18:00", [NINE_TO_SIX] * 5 + [NOT] * 2),
        ("Mo, Di und Do 9-18", [NINE_TO_SIX, NINE_TO_SIX, NOT, NINE_TO_SIX, NOT, NOT, NOT]),
        ("Mo 8-12, 14-18; Mi 8-13", [[(480, 720), (840, 1080)], NOT, [(480, 780)], NOT, NOT, NOT, NOT]),
        ("Sa-Mo 9-18", [NINE_TO_SIX, NOT, NOT, NOT, NOT, NINE_TO_SIX, NINE_TO_SIX]),
        ("Mo-So 9-18, So geschlossen", [NINE_TO_SIX] * 6 + [NOT]),
        ("Fr 18-2", [NOT, NOT, NOT, NOT, [(1080, 1560)], NOT, NOT]),
        ("", [NOT] * 7),
    ],
)
def test_a_week_is_read_as_people_write_it(app: Flask, text: str, week: list) -> None:
    assert parse_week(text) == week


@each_row("text", ["9-18", "immer", "Mo", "Mo-Fr", "Mo-Fr neun bis sechs", "Mo 9-18 18-20", "Mo 25-26", "Mo 9-12, 11-14"])
def test_what_is_no_week_is_refused_in_words(app: Flask, text: str) -> None:
    with app.test_request_context(), pytest.raises(InvalidInput) as refused:
        parse_week(text)
    assert str(refused.value.message)


def test_the_usual_week_of_every_industry_can_be_read_and_written(app: Flask) -> None:
    for industry in INDUSTRIES.values():
        week = parse_week(industry.hours)
        assert any(week), industry.key
        for language in ("de", "en"):
            with app.test_request_context(), force_locale(language):
                assert parse_week(format_week(week)) == week, (industry.key, language)


def test_a_week_is_written_with_equal_days_together(app: Flask) -> None:
    with app.test_request_context(), force_locale("de"):
        assert format_week(parse_week("tu-fr 9-18, sa 9-14")) == "Di-Fr 9-18, Sa 9-14"


@each_row("text", ["Mo-Fr 9-5", "Mo-Fr 9-13, 2-6", "Mo-Do 9-17, Fr 9 bis 2 Uhr"])
def test_a_week_with_hours_that_are_hardly_meant_is_asked(app: Flask, text: str) -> None:
    with app.test_request_context(), force_locale("de"), pytest.raises(InvalidInput) as asked:
        parse_week(text)
    assert str(asked.value.message).startswith("Meinen Sie")
