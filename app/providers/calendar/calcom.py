"""Cal.com, API v2 (cal.com/docs/api-reference/v2): each group of endpoints has its own version, a wrong one answers in another shape."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from app.providers.calendar.base import (
    Access,
    CalendarRefused,
    Contact,
    Reason,
    RemoteBooking,
    RemoteEventType,
    RemoteOrder,
    RemoteSlot,
)
from app.providers.calendar.calcom_mapping import api_booking, instant, iso
from app.providers.calendar.calcom_webhooks import KINDS
from app.providers.http import Answer, NoAnswer, Refused, Request, TooFast, send
from app.providers.payload_reader import Reader
from app.providers.throttle import Pace

SLOTS, BOOKINGS, EVENT_TYPES = "2024-09-04", "2024-08-13", "2024-06-14"
WEBHOOK_VERSION = "2021-10-20"
# Cal.com allows a key 120 requests a minute and then closes it for a minute
PACE = Pace("calcom", limit=110)
PAGE, MOST_PAGES = 250, 40
# what its refusals say (HTTP 400 and 404), and what that means
TEXTS: tuple[tuple[str, Reason], ...] = (
    ("already has booking at this time", "slot_taken"),
    ("can't be booked at the", "outside_window"),
    ("meeting in the past", "in_the_past"),
    ("already ended", "in_the_past"),
    ("maximum number of active bookings", "customer_limit"),
    ("because it has been cancelled", "gone"),
    ("could not find original booking", "gone"),
    ("at least one contact method", "bad_contact"),
    ("invalid phone number", "bad_contact"),
    ("invalid email", "bad_contact"),
    ("event type with id", "no_such_event_type"),
)
STATUSES: dict[int, Reason] = {401: "bad_key", 403: "forbidden", 404: "not_found"}


class Calcom:
    """One Cal.com account."""

    name = "calcom"

    def __init__(self, access: Access) -> None:
        self._access = access

    def slots(self, event_type: str, starts_from: datetime, starts_before: datetime, *, ignoring: str | None = None) -> list[RemoteSlot]:
        query = {"eventTypeId": event_type, "start": iso(starts_from), "end": iso(starts_before), "timeZone": "UTC", "format": "range"}
        if ignoring:
            query["bookingUidToReschedule"] = ignoring
        days = self._ask("GET", "/slots", SLOTS, query=query).get("data")
        reader = Reader()
        found = []
        for slots in (days if isinstance(days, dict) else {}).values():
            for slot in slots if isinstance(slots, list) else []:
                starts_at = instant(reader, "start", slot.get("start") if isinstance(slot, dict) else None)
                if starts_at and starts_from <= starts_at < starts_before:
                    found.append(RemoteSlot(starts_at, instant(reader, "end", slot.get("end"))))
        return sorted(found, key=lambda slot: slot.starts_at)

    def book(self, order: RemoteOrder) -> RemoteBooking:
        body: dict[str, Any] = {
            "start": iso(order.starts_at),
            "eventTypeId": int(order.event_type),
            "attendee": _attendee(order.contact),
            "metadata": {"source": "askproai", **order.marks, "ref": order.ref},
        }
        if order.minutes:
            body["lengthInMinutes"] = order.minutes
        if order.notes:
            body["bookingFieldsResponses"] = {"notes": order.notes[:1000]}
        return self._booking(self._ask("POST", "/bookings", BOOKINGS, body=body))

    def find_by_ref(self, ref: str, *, event_type: str, made_after: datetime) -> RemoteBooking | None:
        query = {"eventTypeId": event_type, "afterCreatedAt": iso(made_after - timedelta(minutes=1)), "sortCreated": "desc"}
        found = [booking for booking in self._list(query, take=PAGE) if booking.ref == ref]
        return next((booking for booking in found if booking.stands), found[0] if found else None)

    def get(self, uid: str) -> RemoteBooking | None:
        try:
            return self._booking(self._ask("GET", f"/bookings/{quote(uid, safe='')}", BOOKINGS))
        except CalendarRefused as refused:
            if refused.code == "not_found":
                return None
            raise

    def reschedule(self, uid: str, starts_at: datetime, *, why: str | None = None) -> RemoteBooking:
        body = {"start": iso(starts_at)} | ({"reschedulingReason": why} if why else {})
        return self._booking(self._ask("POST", f"/bookings/{quote(uid, safe='')}/reschedule", BOOKINGS, body=body))

    def cancel(self, uid: str, *, why: str | None = None) -> bool:
        body = {"cancellationReason": why} if why else {}
        try:
            self._ask("POST", f"/bookings/{quote(uid, safe='')}/cancel", BOOKINGS, body=body)
        except CalendarRefused as refused:
            if refused.code not in ("gone", "not_found"):
                raise
            return False
        return True

    def confirm(self, uid: str) -> RemoteBooking:
        return self._booking(self._ask("POST", f"/bookings/{quote(uid, safe='')}/confirm", BOOKINGS, body={}))

    def event_types(self) -> list[RemoteEventType]:
        data = self._ask("GET", "/event-types", EVENT_TYPES).get("data")
        reader = Reader()
        found = []
        for each in data if isinstance(data, list) else []:
            row = reader.mapping("eventType", each)
            ref, minutes = reader.line("id", row.get("id"), 64), reader.whole("lengthInMinutes", row.get("lengthInMinutes"), high=1440)
            if ref:
                title = reader.line("title", row.get("title"), 200) or ref
                found.append(RemoteEventType(ref, title, minutes or 0, reader.line("slug", row.get("slug"), 120)))
        return found

    def listen(self, address: str, secret: str) -> None:
        rows = self._ask("GET", "/webhooks", BOOKINGS, query={"take": str(PAGE)}).get("data")
        known = [each for each in (rows if isinstance(rows, list) else []) if isinstance(each, dict)]
        mine = next((str(each.get("id")) for each in known if each.get("subscriberUrl") == address), None)
        body = {"active": True, "subscriberUrl": address, "triggers": list(KINDS), "secret": secret, "version": WEBHOOK_VERSION}
        if mine:
            self._ask("PATCH", f"/webhooks/{quote(mine, safe='')}", BOOKINGS, body=body)
        else:
            self._ask("POST", "/webhooks", BOOKINGS, body=body)

    def updated_since(self, moment: datetime | None) -> Iterator[RemoteBooking]:
        """Page by page from the last change seen: skipping rows would miss those that move up while we read."""
        query = {"sortUpdatedAt": "asc"} | ({} if moment else {"status": "upcoming,unconfirmed"})
        seen: set[tuple[str, datetime | None]] = set()
        for _page in range(MOST_PAGES):
            since = {"afterUpdatedAt": iso(moment)} if moment else {}
            rows = self._list(query | since, take=PAGE)
            news = [booking for booking in rows if (booking.uid, booking.changed_at) not in seen]
            yield from news
            seen |= {(booking.uid, booking.changed_at) for booking in news}
            if len(rows) < PAGE or not news or news[-1].changed_at is None:
                return
            moment = news[-1].changed_at

    def _list(self, query: Mapping[str, str], *, take: int) -> list[RemoteBooking]:
        rows = self._ask("GET", "/bookings", BOOKINGS, query={**query, "take": str(take)}).get("data")
        reader = Reader()
        return [booking for row in (rows if isinstance(rows, list) else []) if (booking := api_booking(reader, row))]

    def _booking(self, answer: dict[str, Any]) -> RemoteBooking:
        booking = api_booking(Reader(), answer.get("data"))
        if booking is None:
            raise NoAnswer("Cal.com's answer names no booking.", retryable=True)
        return booking

    def _ask(
        self, method: str, path: str, version: str, *, query: Mapping[str, str] | None = None, body: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        PACE.take(self._access.key)
        url = self._access.base_url.rstrip("/") + path
        try:
            return send(Request("calcom", method, url, self._access.key, {"cal-api-version": version}, query, body)).body
        except TooFast as waiting:
            PACE.rest(self._access.key, waiting.retry_after_s)
            raise
        except Refused as refused:
            raise _in_our_words(refused.answer) from refused


def _attendee(contact: Contact) -> dict[str, str]:
    attendee = {"name": contact.name[:160] or "Unbekannt", "timeZone": contact.zone, "language": contact.language}
    if contact.email:
        attendee["email"] = contact.email
    if contact.phone:
        attendee["phoneNumber"] = contact.phone
    return attendee


def _in_our_words(answer: Answer) -> CalendarRefused:
    """Its refusals come as {"error": {"code", "message", "details"}} or bare as {"message"}; the text says what is meant."""
    error = answer.body.get("error")
    message = error.get("message") if isinstance(error, dict) else answer.body.get("message")
    text = message if isinstance(message, str) else f"HTTP {answer.status}"
    known = next((reason for words, reason in TEXTS if words in text.lower()), None)
    return CalendarRefused(text[:500], reason=known or STATUSES.get(answer.status, "invalid"))
