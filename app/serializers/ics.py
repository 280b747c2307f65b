"""Bookings as calendars of phones and computers take them (RFC 5545)."""

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Appointment:
    """What stands in the calendar; `version` rises with every change, so that the entry is replaced and not doubled."""

    uid: str
    title: str
    place: str
    starts_at: datetime
    ends_at: datetime
    changed_at: datetime
    version: int
    cancelled: bool = False
    url: str | None = None


def build_ics(appointments: list[Appointment], *, name: str) -> bytes:
    """A calendar file; times are UTC, which every calendar shows in its own zone."""
    # two megabytes that most processes never need
    from icalendar import Calendar, Event

    calendar = Calendar()
    calendar.add("prodid", "-//AskProAI//DE")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    for appointment in appointments:
        event = Event()
        event.add("uid", f"{appointment.uid}@askproai")
        event.add("sequence", appointment.version)
        event.add("dtstamp", appointment.changed_at.astimezone(UTC))
        event.add("dtstart", appointment.starts_at.astimezone(UTC))
        event.add("dtend", appointment.ends_at.astimezone(UTC))
        event.add("summary", appointment.title)
        event.add("location", appointment.place)
        event.add("status", "CANCELLED" if appointment.cancelled else "CONFIRMED")
        if appointment.url:
            event.add("url", appointment.url)
        calendar.add_component(event)
    return calendar.to_ical()
