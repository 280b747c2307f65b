"""Words that tell a day from one that was said before them, in another breath or by somebody else."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from app.domain.language.back_references import points_back, points_to_end, tell_from_day
from tests.support.tables import each_row

NOW = datetime(2026, 11, 30, 12, tzinfo=ZoneInfo("Europe/Berlin"))
SUNDAY = date(2026, 12, 6)


@each_row(
    "words, day",
    [
        ("okay then the Tuesday after that", "2026-12-08"),
        ("the Tuesday after", "2026-12-08"),
        ("the following Tuesday", "2026-12-08"),
        ("the Tuesday following", "2026-12-08"),
        ("the Tuesday before that", "2026-12-01"),
        ("den Dienstag danach", "2026-12-08"),
        ("dann den Dienstag drauf", "2026-12-08"),
        ("den folgenden Dienstag", "2026-12-08"),
        ("am darauffolgenden Dienstag", "2026-12-08"),
        ("der Dienstag in der Woche darauf", "2026-12-08"),
        ("Tuesday the week after", "2026-12-08"),
        ("the day after that", "2026-12-07"),
        ("the next day", "2026-12-07"),
        ("am Tag danach", "2026-12-07"),
        ("am nächsten Tag", "2026-12-07"),
        ("the day before", "2026-12-05"),
        ("a week later", "2026-12-13"),
        ("zwei Tage später", "2026-12-08"),
        ("that day", "2026-12-06"),
        ("an dem Tag", "2026-12-06"),
        ("Friday that week", "2026-12-04"),
    ],
)
def test_words_that_point_back_are_told_from_the_day_before(words: str, day: str) -> None:
    assert points_back(words)
    assert tell_from_day(words, SUNDAY, now=NOW, timezone="Europe/Berlin").day == date.fromisoformat(day)


@pytest.mark.parametrize(
    "words",
    [
        "Tuesday",
        "the Tuesday after next",
        "übernächsten Dienstag",
        "Tuesday after Easter",
        "Tuesday after 5",
        "Tuesday before noon",
        "Dienstag früher",
        "the day after tomorrow",
        "the day after my birthday",
        "not this Tuesday, the Tuesday after that",
        "Montag, und den Dienstag danach",
        "in einer Woche",
    ],
)
def test_words_that_stand_by_themselves_do_not_point_back(words: str) -> None:
    assert not points_back(words) and not points_to_end(words)


@pytest.mark.parametrize(
    "words",
    [
        "right after that",
        "straight after",
        "gleich danach",
        "dann direkt im Anschluss bitte",
        "afterwards",
        "right after her",
    ],
)
def test_words_that_point_to_the_end_of_what_was_agreed(words: str) -> None:
    assert points_to_end(words) and not points_back(words)
