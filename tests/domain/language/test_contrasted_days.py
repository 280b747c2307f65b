"""A weekday that is told apart from the coming one is that of a week later; what only sounds so is read as before."""

from datetime import date, datetime

from app.domain.language.parser import parse_time_expression
from tests.support.tables import each_row

TUESDAY = datetime.fromisoformat("2026-12-01T06:50:00+01:00")


@each_row(
    "words, language, day",
    [
        ("Donnerstag, nicht diesen, sondern den nächsten", "de", 10),
        ("nicht diesen, sondern nächsten Donnerstag", "de", 10),
        ("nicht diesen Donnerstag sondern den nächsten um zehn", "de", 10),
        ("den nächsten Donnerstag, nicht diesen", "de", 10),
        ("nächsten Mittwoch, also nicht morgen, der danach", "de", 9),
        ("am Freitag, aber nicht diesen, erst den nächsten", "de", 11),
        ("not this Thursday but next", "en", 10),
        ("Thursday, not this one, the next", "en", 10),
        ("next Thursday, not this one", "en", 10),
        ("Friday, but not this Friday, the next one at ten", "en", 11),
        ("nicht diesen Donnerstag, lieber Freitag", "de", 4),
        ("nicht morgen, nächsten Donnerstag", "de", 3),
        ("not this Thursday, Friday", "en", 4),
        ("not tomorrow, next Thursday", "en", 3),
        ("nicht diese, sondern nächste Woche Donnerstag", "de", 10),
    ],
)
def test_which_weekday_is_meant(words: str, language: str, day: int) -> None:
    when = parse_time_expression(words, TUESDAY, "Europe/Berlin", language)
    assert (when.day, when.question) == (date(2026, 12, day), None)
