"""Days and times that are told from an appointment, and words that only say again what is told."""

from datetime import datetime
from zoneinfo import ZoneInfo

from app.domain.language.relative_to_appointment import points_to_appointment, relate
from tests.support.tables import each_row

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 30, 12, tzinfo=BERLIN)
# a Friday
APPOINTMENT = datetime(2026, 12, 11, 18, tzinfo=BERLIN)


@each_row(
    "words, related",
    [
        ("ne Stunde später", "2026-12-11T19:00"),
        ("'ne halbe Stunde früher", "2026-12-11T17:30"),
        ("halbe Stund später", "2026-12-11T18:30"),
        ("derselbe Tag", "2026-12-11"),
        ("am selben Tag", "2026-12-11"),
        ("same day", "2026-12-11"),
        ("am gleichen Tag um elf", "2026-12-11 um elf"),
        ("zur gleichen Zeit", "18:00"),
        ("same time as before please", "18:00"),
        ("Freitag zur gleichen Zeit", "Freitag 18:00"),
        ("same day, same time", "2026-12-11 18:00"),
        ("next week, same day", "Friday next week"),
        ("same day, December 17th", "December 17th"),
        ("am selben Tag, 19.12.", "19.12."),
        ("same time, 11", "11"),
        ("gleiche Uhrzeit, halb vier", "halb vier"),
        ("Monday the same week", "2026-12-07"),
        ("Samstag derselben Woche", "2026-12-12"),
        ("eine Woche später", "2026-12-18"),
        ("a week later", "2026-12-18"),
        ("einen Tag nach hinten", "2026-12-12"),
        ("the day after", "2026-12-12"),
        ("zwei Tage früher", "2026-12-09"),
        ("eine Stunde später", "2026-12-11T19:00"),
        ("half an hour earlier", "2026-12-11T17:30"),
        ("den Samstag drauf", "2026-12-12"),
        ("the Monday after", "2026-12-14"),
        ("am Mittwoch davor", "2026-12-09"),
    ],
)
def test_what_points_to_the_appointment_is_related_to_it(words: str, related: str) -> None:
    assert relate(words, APPOINTMENT, now=NOW, timezone="Europe/Berlin") == related


@each_row(
    "words",
    [
        "Freitag",
        "nächsten Freitag",
        "Friday before noon",
        "Friday after three",
        "Samstag nach dem 12.",
        "Monday after next",
        "in einer Woche",
    ],
)
def test_what_does_not_point_to_it_is_left_as_it_is(words: str) -> None:
    assert relate(words, APPOINTMENT, now=NOW, timezone="Europe/Berlin") == words
    assert not points_to_appointment(words)


@each_row(
    "words, left", [("same day", "same day"), ("zur gleichen Zeit", "zur gleichen Zeit"), ("same day, December 17th", "December 17th")]
)
def test_without_an_appointment_only_what_is_said_twice_goes(words: str, left: str) -> None:
    assert relate(words, None, now=NOW, timezone="Europe/Berlin") == left
