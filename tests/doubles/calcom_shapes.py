"""The JSON that Cal.com answers and sends: bookings of the API, errors, webhooks."""

from datetime import UTC, datetime
from typing import Any

Row = dict[str, Any]


def iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def success(data: Any, **more: Any) -> Row:
    return {"status": "success", "data": data, **more}


def error(path: str, code: str, message: str, status: int, at: datetime) -> Row:
    details = {"message": message, "error": code.removesuffix("Exception"), "statusCode": status}
    return {"status": "error", "timestamp": iso(at), "path": path, "error": {"code": code, "message": message, "details": details}}


def booking_title(event_type: Row, host: Row, attendee: Row) -> str:
    return f"{event_type['title']} zwischen {host['name']} und {attendee['name']}"


def webhook(trigger: str, booking: Row, at: datetime, **extras: Any) -> Row:
    """The body of a webhook of version 2021-10-20."""
    if trigger == "BOOKING_NO_SHOW_UPDATED":
        marks = [{"email": each["email"], "noShow": each["absent"]} for each in booking["attendees"]]
        payload = {"message": "marked as no-show", "attendees": marks, "bookingUid": booking["uid"], "bookingId": booking["id"]}
        return {"triggerEvent": trigger, "createdAt": iso(at), "payload": payload}
    host = booking["hosts"][0]
    payload = {
        "bookerUrl": "https://cal.com",
        "title": booking["title"],
        "type": booking["eventType"]["slug"],
        "startTime": booking["start"].replace(".000Z", "Z"),
        "endTime": booking["end"].replace(".000Z", "Z"),
        "additionalNotes": booking["bookingFieldsResponses"].get("notes", ""),
        "eventTypeId": booking["eventTypeId"],
        "organizer": {**{name: host[name] for name in ("id", "name", "email", "username", "timeZone")}, "language": {"locale": "de"}},
        "attendees": [_attendee(each) for each in booking["attendees"]],
        "responses": {
            slug: {"label": slug, "value": value, "isHidden": False} for slug, value in booking["bookingFieldsResponses"].items()
        },
        "userFieldsResponses": {},
        "customInputs": {},
        "destinationCalendar": None,
        "location": "",
        "iCalUID": booking["icsUid"],
        "iCalSequence": booking["sequence"],
        "uid": booking["uid"],
        "bookingId": booking["id"],
        "metadata": booking["metadata"],
        "status": {"cancelled": "CANCELLED", "pending": "PENDING", "rejected": "REJECTED"}.get(booking["status"], "ACCEPTED"),
        "length": booking["duration"],
        **extras,
    }
    return {"triggerEvent": trigger, "createdAt": iso(at), "payload": payload}


def _attendee(each: Row) -> Row:
    first, _, last = each["name"].partition(" ")
    known = {name: each[name] for name in ("email", "name", "timeZone", "phoneNumber") if name in each}
    return {**known, "firstName": first, "lastName": last, "language": {"locale": each.get("language", "en")}, "utcOffset": 60}
