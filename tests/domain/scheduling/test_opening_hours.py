"""Opening hours as people ask for them."""

from datetime import date, datetime

from app.domain.scheduling.holidays import HolidayRegion, find_holiday_name, get_public_holidays
from app.domain.scheduling.opening_hours import find_next_opening, get_day_opening
from app.domain.scheduling.types import SchedulingBranch, SchedulingClosure, WeeklySpan
from tests.domain.scheduling.salon import at, salon


def test_a_day_tells_its_spans_and_its_holiday() -> None:
    facts = salon()
    mitte = facts.branches[0]
    assert get_day_opening(mitte, facts, date(2026, 5, 12)) == (((at("2026-05-12T09:00"), at("2026-05-12T18:00")),), None)
    assert get_day_opening(mitte, facts, date(2026, 5, 14)) == ((), "Christi Himmelfahrt")


def test_a_span_across_midnight_is_told_whole_and_only_on_its_own_day() -> None:
    bar = SchedulingBranch("bar", "Europe/Berlin", (WeeklySpan(5, 22 * 60, 26 * 60),))
    assert get_day_opening(bar, salon(), date(2026, 5, 16)).spans == ((at("2026-05-16T22:00"), at("2026-05-17T02:00")),)
    assert get_day_opening(bar, salon(), date(2026, 5, 17)).spans == ()


def test_next_opening_skips_closures_and_weekends() -> None:
    facts = salon(closures=(SchedulingClosure(datetime(2026, 5, 18), datetime(2026, 5, 19)),))
    mitte = facts.branches[0]
    assert find_next_opening(mitte, facts, at("2026-05-16T12:00")) == (True, at("2026-05-19T09:00"))
    assert find_next_opening(mitte, facts, at("2026-05-16T19:00")) == (False, at("2026-05-19T09:00"))
    assert find_next_opening(SchedulingBranch("never", "Europe/Berlin", ()), facts, at("2026-05-16T19:00")) == (False, None)


def test_holidays_follow_the_federal_state() -> None:
    assert find_holiday_name(date(2026, 3, 8), HolidayRegion("DE", "BE")) == "Frauentag"
    assert find_holiday_name(date(2026, 3, 8), HolidayRegion("DE", "BY")) is None
    assert find_holiday_name(date(2026, 1, 6), HolidayRegion("DE", "BY")) == "Heilige Drei Könige"
    assert get_public_holidays(HolidayRegion("DE", "nowhere"), 2026) == get_public_holidays(HolidayRegion("DE"), 2026)
    assert get_public_holidays(HolidayRegion("XX"), 2026) == {}
