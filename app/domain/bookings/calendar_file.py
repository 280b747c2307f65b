"""Bookings as iCalendar files (RFC 5545)."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parseaddr


@dataclass(frozen=True, slots=True)
class IcsEvent:
    """One calendar entry; `version` rises with every change, so that calendars replace the entry instead of adding another."""

    uid: str
    title: str
    place: str
    starts_at: datetime
    ends_at: datetime
    changed_at: datetime
    version: int
    cancelled: bool = False
    url: str | None = None


def build_ics(appointments: list[IcsEvent], *, name: str, method: str = "PUBLISH", organizer: str = "", attendee: str = "") -> bytes:
    """Build a calendar file; times are UTC, and each calendar program shows them in its own zone.

    The methods REQUEST and CANCEL (RFC 5546) need the organizer, whose mailbox is in `organizer`, and are for one attendee.
    """
    # Imported here because it costs two megabytes that most processes never need.
    from icalendar import Calendar, Event, vCalAddress

    calendar = Calendar()
    calendar.add("prodid", "-//AskProAI//DE")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add("x-wr-calname", _to_line(name))
    for appointment in appointments:
        event = Event()
        event.add("uid", f"{appointment.uid}@askproai")
        event.add("sequence", appointment.version)
        event.add("dtstamp", appointment.changed_at.astimezone(UTC))
        event.add("dtstart", appointment.starts_at.astimezone(UTC))
        event.add("dtend", appointment.ends_at.astimezone(UTC))
        event.add("summary", _to_line(appointment.title))
        event.add("location", _to_line(appointment.place))
        event.add("status", "CANCELLED" if appointment.cancelled else "CONFIRMED")
        if appointment.url:
            event.add("url", appointment.url)
        if organizer:
            event.add("organizer", vCalAddress(f"mailto:{parseaddr(organizer)[1]}"), parameters={"CN": _to_line(name)})
        if attendee:
            # they have booked: nobody waits for an answer by mail
            event.add("attendee", vCalAddress(f"mailto:{attendee}"), parameters={"PARTSTAT": "ACCEPTED", "RSVP": "FALSE"})
        calendar.add_component(event)
    return calendar.to_ical()


def _to_line(text: str) -> str:
    """A name on one line without control characters, which a parameter such as CN may not hold at all (RFC 5545, 3.2)."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
