"""Days and times as people type them mean the day and the time that they mean; what cannot be read is not guessed."""

from datetime import date, datetime, time

import pytest
import time_machine
from flask import Flask
from flask_babel import force_locale

from app.web.typed_moments import read_clock, read_day, read_moment, show_moment


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("3.12.", date(2026, 12, 3)),
        ("3.12", date(2026, 12, 3)),
        ("03.12.2026", date(2026, 12, 3)),
        ("3. 12. 26", date(2026, 12, 3)),
        ("03/12/2026", date(2026, 12, 3)),
        ("2026-12-03", date(2026, 12, 3)),
        ("1.12.", date(2026, 12, 1)),
        ("30.11.", date(2027, 11, 30)),
        ("29.2.", date(2028, 2, 29)),
        ("3. Dezember", date(2026, 12, 3)),
        ("morgen", date(2026, 12, 2)),
        ("tomorrow", date(2026, 12, 2)),
        ("", None), ("31.2.", None), ("31.2.2026", None), ("2026-13-01", None), ("32.1.", None), ("bald", None), ("3", None),
        ("9:30", None), ("3.12.2026 9:30", None), ("x" * 500, None), ("1.13.", None), ("0.1.", None),
    ],
)  # fmt: skip
@time_machine.travel("2026-12-01T10:00:00+01:00", tick=False)
def test_a_day(app: Flask, text: str, day: date | None) -> None:
    with app.test_request_context():
        assert read_day(text) == day


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("9:30", time(9, 30)), ("9.30", time(9, 30)), ("0930", time(9, 30)), ("930", time(9, 30)), ("9", time(9)), ("9 Uhr", time(9)),
        ("9 Uhr 30", time(9, 30)), ("14:30:15", time(14, 30)), ("halb zehn", time(9, 30)), ("0:00", time()),
        ("", None), ("24:00", None), ("9:60", None), ("25", None), ("99999", None), ("morgen", None), ("irgendwann", None), ("-1", None),
    ],
)  # fmt: skip
@time_machine.travel("2026-12-01T10:00:00+01:00", tick=False)
def test_a_time(app: Flask, text: str, at: time | None) -> None:
    with app.test_request_context():
        assert read_clock(text) == at


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@time_machine.travel("2026-12-01T10:00:00+01:00", tick=False)
def test_a_day_with_its_time_and_back_in_the_readers_language(app: Flask) -> None:
    moment = datetime(2026, 12, 3, 9, 30)
    for language, day in (("de", "03.12.2026"), ("en", "03/12/2026")):
        with app.test_request_context(), force_locale(language):
            assert (show_moment("2026-12-03", "date"), show_moment(time(9, 30), "time")) == (day, "09:30")
            assert (show_moment("2026-12-03T09:30", "datetime-local"), show_moment("morgn", "date")) == (f"{day} 09:30", "morgn")
            assert (read_day(day), read_moment(f"{day} 09:30"), read_moment("2026-12-03T09:30")) == (date(2026, 12, 3), moment, moment)
            assert read_moment("3.12.") is read_moment("9:30") is read_moment("") is None
