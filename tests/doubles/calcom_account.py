"""The content and the rules of a Cal.com account: event types, hosts, bookings."""

import hashlib
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import phonenumbers

from tests.doubles.calcom_shapes import Row, booking_title, iso, success

TAKEN = "User either already has booking at this time or is not available"
BOOKING_FIELDS = {
    "start", "eventTypeId", "attendee", "bookingFieldsResponses", "metadata", "guests", "location", "lengthInMinutes",
}  # fmt: skip
BERLIN = ZoneInfo("Europe/Berlin")


class Refusal(Exception):
    def __init__(self, status: int, message: str, code: str = "BadRequestException", *, bare: bool = False) -> None:
        super().__init__(message)
        self.status, self.code, self.bare = status, code, bare


@dataclass
class CalcomAccount:
    event_types: dict[int, Row] = field(default_factory=dict)
    bookings: dict[str, Row] = field(default_factory=dict)
    blocked: list[tuple[str, datetime, datetime]] = field(default_factory=list)
    lock: Any = field(default_factory=threading.RLock, repr=False)
    _ids: Any = field(default_factory=lambda: iter(range(7_720_000, 9_000_000)), repr=False)

    def emit_webhook(self, trigger: str, row: Row, **extras: Any) -> None:
        """Emit a webhook; implemented by the double."""

    def active_bookings(self) -> list[Row]:
        return [row for row in self.bookings.values() if row["status"] in ("accepted", "pending")]

    def find_by_ref(self, ref: str) -> list[Row]:
        return [row for row in self.bookings.values() if row["metadata"].get("ref") == ref]

    def add_event_type(self, number: int, title: str, minutes: int, *hosts: str, needs_confirmation: bool = False) -> None:
        self.event_types[number] = {
            "id": number, "title": title, "slug": title.lower().replace(" ", "-"), "lengthInMinutes": minutes,
            "hosts": [host(email) for email in hosts], "needs_confirmation": needs_confirmation,
        }  # fmt: skip

    def block(self, host: str, starts_at: datetime, ends_at: datetime) -> None:
        """Block the host through another calendar of the account."""
        self.blocked.append((host, starts_at, ends_at))

    # what people do there

    def book(self, event_type: int, start: datetime, name: str = "Mira Sommer", **attendee: Any) -> str:
        """Book as on Cal.com's own page; return the uid."""
        person = {"name": name, "timeZone": "Europe/Berlin", "language": "de", "email": "mira@example.de", **attendee}
        with self.lock:
            return self._make(self.event_types[event_type], start, person, {}, {})["uid"]

    def move(self, uid: str, start: datetime, why: str = "") -> str:
        with self.lock:
            return self._move(self.bookings[uid], start, why)["uid"]

    def cancel(self, uid: str, why: str = "") -> None:
        with self.lock:
            self.end(self.bookings[uid], why)

    def mark_absent(self, uid: str) -> None:
        with self.lock:
            row = self.bookings[uid]
            for attendee in row["attendees"]:
                attendee["absent"] = True
            self.emit_webhook("BOOKING_NO_SHOW_UPDATED", row)

    # what the API asks for

    def create_booking(self, body: Row) -> Row:
        only(body, BOOKING_FIELDS)
        event_type = self.event_types.get(body.get("eventTypeId", 0))
        if event_type is None:
            raise Refusal(404, f"Event type with id {body.get('eventTypeId')} not found.", "NotFoundException")
        attendee, metadata = body.get("attendee") or {}, body.get("metadata") or {}
        if not attendee.get("name") or not attendee.get("timeZone"):
            raise Refusal(400, "attendee.name should not be empty, attendee.timeZone must be a valid IANA time-zone")
        if not attendee.get("email") and not attendee.get("phoneNumber"):
            raise Refusal(400, "Attendee must have at least one contact method (email or phone number)")
        if "phoneNumber" in attendee and not is_number(attendee["phoneNumber"]):
            raise Refusal(400, "Invalid phone number format. Please use international format.")
        if any(not isinstance(value, str) or len(value) > 500 or len(key) > 40 for key, value in metadata.items()):
            raise Refusal(400, "metadata property is wrong")
        person = {"email": attendee.get("phoneNumber", "").lstrip("+") + "@sms.cal.com", "language": "en", **attendee}
        return self._make(event_type, time(body.get("start")), person, metadata, body.get("bookingFieldsResponses") or {})

    def _make(self, event_type: Row, start: datetime, person: Row, metadata: Row, responses: Row) -> Row:
        chosen = self._free_host(event_type, start)
        moment, uid = iso(datetime.now(UTC)), uuid.uuid4().hex[:22]
        end = start + timedelta(minutes=event_type["lengthInMinutes"])
        row = {
            "id": next(self._ids), "uid": uid, "title": booking_title(event_type, chosen, person),
            "description": responses.get("notes", ""), "hosts": [chosen],
            "status": "pending" if event_type["needs_confirmation"] else "accepted", "start": iso(start), "end": iso(end),
            "duration": event_type["lengthInMinutes"], "eventTypeId": event_type["id"],
            "eventType": {"id": event_type["id"], "slug": event_type["slug"]}, "location": "", "absentHost": False,
            "createdAt": moment, "updatedAt": moment, "metadata": dict(metadata), "icsUid": f"{uid}@Cal.com",
            "attendees": [{"absent": False, "displayEmail": person["email"], **person}], "guests": [],
            "bookingFieldsResponses": {"name": person["name"], "email": person["email"], **responses}, "sequence": 0,
        }  # fmt: skip
        self.bookings[uid] = row
        self.emit_webhook("BOOKING_REQUESTED" if row["status"] == "pending" else "BOOKING_CREATED", row)
        return row

    def reschedule(self, row: Row, body: Row) -> Row:
        uid = row["uid"]
        if row.get("rescheduledToUid"):
            raise Refusal(400, f"Can't reschedule booking with uid={uid} because it has been cancelled and rescheduled already.")
        if row["status"] == "cancelled":
            raise Refusal(400, f"Can't reschedule booking with uid={uid} because it has been cancelled.")
        if row["status"] == "rejected":
            raise Refusal(404, "Could not find original booking", bare=True)
        return self._move(row, time(body.get("start")), body.get("reschedulingReason", ""))

    def _move(self, old: Row, start: datetime, why: str) -> Row:
        event_type = self.event_types[old["eventTypeId"]]
        chosen = self._free_host(event_type, start, ignoring=old["uid"])
        moment, uid = iso(datetime.now(UTC)), uuid.uuid4().hex[:22]
        end = start + timedelta(minutes=old["duration"])
        row = {
            **old, "id": next(self._ids), "uid": uid, "hosts": [chosen], "start": iso(start), "end": iso(end), "createdAt": moment,
            "updatedAt": moment, "rescheduledFromUid": old["uid"], "reschedulingReason": why, "sequence": old["sequence"] + 1,
            "status": "pending" if event_type["needs_confirmation"] else "accepted",
        }  # fmt: skip
        self.bookings[uid] = row
        old.update(status="cancelled", rescheduledToUid=uid, updatedAt=moment)
        before = {"rescheduleStartTime": old["start"], "rescheduleEndTime": old["end"]}
        self.emit_webhook("BOOKING_RESCHEDULED", row, rescheduleUid=old["uid"], rescheduleId=old["id"], **before)
        return row

    def end(self, row: Row, why: str) -> Row:
        row.update(status="cancelled", updatedAt=iso(datetime.now(UTC)), cancellationReason=why, sequence=row["sequence"] + 1)
        self.emit_webhook("BOOKING_CANCELLED", row, cancellationReason=why, cancelledBy=row["attendees"][0]["email"])
        return row

    def accept(self, row: Row) -> Row:
        row.update(status="accepted", updatedAt=iso(datetime.now(UTC)))
        self.emit_webhook("BOOKING_CREATED", row)
        return row

    def _free_host(self, event_type: Row, start: datetime, *, ignoring: str = "") -> Row:
        if start <= datetime.now(UTC):
            raise Refusal(400, "Attempting to book a meeting in the past.")
        end = start + timedelta(minutes=event_type["lengthInMinutes"])
        for host in event_type["hosts"]:
            if self._is_free(host["email"], start, end, ignoring):
                return host
        raise Refusal(400, TAKEN if len(event_type["hosts"]) == 1 else TAKEN.replace("User", "One of the hosts"))

    def _is_free(self, host: str, start: datetime, end: datetime, ignoring: str = "") -> bool:
        taken = [
            (time(row["start"]), time(row["end"]))
            for row in self.active_bookings()
            if row["hosts"][0]["email"] == host and row["uid"] != ignoring
        ]
        taken += [(since, until) for name, since, until in self.blocked if name == host]
        return all(end <= since or until <= start for since, until in taken)

    def slots(self, asked: Any) -> Row:
        """List slots every quarter of an hour from 9 to 18, except on Sundays."""
        event_type = self.event_types.get(int(asked.get("eventTypeId", 0)))
        if event_type is None:
            raise Refusal(404, f"Event type with id {asked.get('eventTypeId')} not found.", "NotFoundException")
        timezone, minutes = ZoneInfo(asked.get("timeZone", "UTC")), event_type["lengthInMinutes"]
        start, last, found = time(asked["start"]), time(asked["end"]), {}
        start += timedelta(minutes=-start.minute % 15)
        while start < last:
            local, end = start.astimezone(BERLIN), start + timedelta(minutes=minutes)
            minute = local.hour * 60 + local.minute
            opened = local.weekday() < 6 and 9 * 60 <= minute <= 18 * 60 - minutes
            hosts = [one for one in event_type["hosts"] if self._is_free(one["email"], start, end, asked.get("bookingUidToReschedule", ""))]
            if opened and hosts and start > datetime.now(UTC):
                slot = {"start": start.astimezone(timezone).isoformat(timespec="milliseconds")}
                if asked.get("format") == "range":
                    slot["end"] = end.astimezone(timezone).isoformat(timespec="milliseconds")
                found.setdefault(start.astimezone(timezone).date().isoformat(), []).append(slot)
            start += timedelta(minutes=15)
        return found

    def list_bookings(self, asked: Any) -> Row:
        rows = list(self.bookings.values())
        keeps: dict[str, Callable[[Row, str], bool]] = {
            "eventTypeId": lambda row, wanted: str(row["eventTypeId"]) == wanted,
            "afterCreatedAt": lambda row, wanted: row["createdAt"] >= iso(time(wanted)),
            "afterUpdatedAt": lambda row, wanted: row["updatedAt"] >= iso(time(wanted)),
            "afterStart": lambda row, wanted: row["start"] >= iso(time(wanted)),
            "bookingUid": lambda row, wanted: row["uid"] == wanted,
            "status": lambda row, wanted: state(row) in wanted.split(","),
        }
        for name, keep in keeps.items():
            if asked.get(name):
                rows = [row for row in rows if keep(row, asked[name])]
        for name, column in (("sortCreated", "createdAt"), ("sortUpdatedAt", "updatedAt"), ("sortStart", "start")):
            if asked.get(name):
                rows.sort(key=lambda row: row[column], reverse=asked[name] == "desc")
        take, skip = int(asked.get("take", 100)), int(asked.get("skip", 0))
        if not 1 <= take <= 250:
            raise Refusal(400, "take must not be greater than 250")
        page = [shown(row) for row in rows[skip : skip + take]]
        return success(page, pagination={"totalItems": len(rows), "returnedItems": len(page), "hasNextPage": skip + take < len(rows)})


def time(text: Any) -> datetime:
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (TypeError, ValueError):
        raise Refusal(400, "start must be a valid ISO 8601 date string") from None


def only(body: Row, allowed: set[str]) -> None:
    if odd := body.keys() - allowed:
        raise Refusal(400, f"property {min(odd)} should not exist")


def state(row: Row) -> str:
    if row["status"] in ("cancelled", "rejected"):
        return "cancelled"
    over = time(row["end"]) <= datetime.now(UTC)
    return "unconfirmed" if row["status"] == "pending" else "past" if over else "upcoming"


def shown(row: Row) -> Row:
    return without(row, "sequence")


def without(row: Row, *names: str) -> Row:
    return {name: value for name, value in row.items() if name not in names}


def host(email: str) -> Row:
    name = email.partition("@")[0]
    number = int(hashlib.sha256(email.encode()).hexdigest()[:6], 16)
    return {"id": number, "name": name.title(), "email": email, "displayEmail": email, "username": name, "timeZone": "Europe/Berlin"}


def is_number(text: str) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(text, None))
    except phonenumbers.NumberParseException:
        return False
