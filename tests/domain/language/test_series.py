"""Series of appointments are recognised with their first days; one appointment is none."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from app.domain.language.series import list_series_days
from tests.support.tables import each_row

NOW = datetime(2026, 11, 30, 12, tzinfo=ZoneInfo("Europe/Berlin"))


@each_row(
    "words, days",
    [
        ("ab dem 15. Dezember, immer dienstags alle vier Wochen", ["2026-12-15", "2027-01-12", "2027-02-09"]),
        ("every four weeks on Tuesdays starting December 15th", ["2026-12-15", "2027-01-12", "2027-02-09"]),
        ("every Tuesday from December 15th", ["2026-12-15", "2026-12-22", "2026-12-29"]),
        ("alle 14 Tage mittwochs ab dem 2. Dezember", ["2026-12-02", "2026-12-16", "2026-12-30"]),
        ("every other Friday", ["2026-12-04", "2026-12-18", "2027-01-01"]),
        ("jeden zweiten Mittwoch", ["2026-12-02", "2026-12-16", "2026-12-30"]),
        ("once a month, starting 5 January", ["2027-01-05"]),
        ("jeden Tag", []),
        ("every day", []),
        ("any Tuesday", []),
        ("nächsten Dienstag", []),
        ("in vier Wochen", []),
        (None, []),
    ],
)
def test_series_days(words: str | None, days: list[str]) -> None:
    assert [day.isoformat() for day in list_series_days(words, NOW, "Europe/Berlin", date(2026, 11, 30))] == days
