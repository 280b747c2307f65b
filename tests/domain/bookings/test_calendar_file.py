"""Calendar files stay readable whatever names they hold."""

from datetime import UTC, datetime

import pytest
from icalendar import Calendar

from app.domain.bookings.calendar_file import IcsEvent, build_ics

NOON = datetime(2026, 5, 12, 10, tzinfo=UTC)


@pytest.mark.parametrize("name", ["Salon\nLindgren", "Salon\r\n Lindgren", "Salon\x00Lindgren", "Salon\u2028Lindgren"])
def test_a_name_is_one_line(name: str) -> None:
    event = IcsEvent("01J", f"Schnitt, {name}", f"{name}, Berlin", NOON, NOON, NOON, 1)
    file = build_ics([event], name=name, method="REQUEST", organizer="a@salon.example", attendee="mira@example.org")
    calendar = Calendar.from_ical(file)
    (entry,) = calendar.walk("VEVENT")
    assert (calendar["x-wr-calname"], entry["organizer"].params["CN"]) == ("Salon Lindgren", "Salon Lindgren")
    assert (entry["summary"], entry["location"]) == ("Schnitt, Salon Lindgren", "Salon Lindgren, Berlin")
    assert file.count(b"\r\n") == file.count(b"\n")
    assert max(len(line) for line in file.split(b"\r\n")) <= 75
