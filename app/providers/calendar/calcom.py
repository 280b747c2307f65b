"""Cal.com, API v2 (cal.com/docs/api-reference/v2): every group of endpoints has its own version; a wrong one changes the format."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from app.providers.calendar.base import (
    AttendeeContact,
    CalendarRejected,
    Credentials,
    ExternalBookingRequest,
    RejectionReason,
    RemoteBooking,
    RemoteEventType,
    RemoteSlot,
)
from app.providers.calendar.calcom_mapping import format_timestamp, parse_api_booking, parse_timestamp
from app.providers.calendar.calcom_webhooks import KINDS
from app.providers.http import ProviderRequest, ProviderResponse, RateLimited, RequestRejected, ResponseTimeout, send
from app.providers.payload_reader import PayloadReader
from app.providers.throttle import Throttle

SLOTS, BOOKINGS, EVENT_TYPES = "2024-09-04", "2024-08-13", "2024-06-14"
WEBHOOK_VERSION = "2021-10-20"
# Cal.com allows 120 requests a minute per key and blocks the key for a minute beyond that.
THROTTLE = Throttle("calcom", limit=110)
PAGE_SIZE, MAX_PAGES = 250, 40
# Fragments of error messages (HTTP 400 and 404) and the reason they stand for.
REJECTION_TEXTS: tuple[tuple[str, RejectionReason], ...] = (
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
REJECTION_STATUSES: dict[int, RejectionReason] = {401: "bad_key", 403: "forbidden", 404: "not_found"}


class CalcomCalendar:
    """One Cal.com account."""

    name = "calcom"

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials

    def list_slots(
        self, event_type: str, starts_from: datetime, starts_before: datetime, *, ignoring: str | None = None
    ) -> list[RemoteSlot]:
        query = {
            "eventTypeId": event_type,
            "start": format_timestamp(starts_from),
            "end": format_timestamp(starts_before),
            "timeZone": "UTC",
            "format": "range",
        }
        if ignoring:
            query["bookingUidToReschedule"] = ignoring
        days = self._request("GET", "/slots", SLOTS, query=query).get("data")
        reader = PayloadReader()
        available = []
        for slots in (days if isinstance(days, dict) else {}).values():
            for slot in slots if isinstance(slots, list) else []:
                starts_at = parse_timestamp(reader, "start", slot.get("start") if isinstance(slot, dict) else None)
                if starts_at and starts_from <= starts_at < starts_before:
                    available.append(RemoteSlot(starts_at, parse_timestamp(reader, "end", slot.get("end"))))
        return sorted(available, key=lambda slot: slot.starts_at)

    def create_booking(self, order: ExternalBookingRequest) -> RemoteBooking:
        body: dict[str, Any] = {
            "start": format_timestamp(order.starts_at),
            "eventTypeId": int(order.event_type),
            "attendee": _to_attendee(order.contact),
            "metadata": {"source": "askproai", **order.metadata, "ref": order.ref},
        }
        if order.minutes:
            body["lengthInMinutes"] = order.minutes
        if order.notes:
            body["bookingFieldsResponses"] = {"notes": order.notes[:1000]}
        return self._parse_booking(self._request("POST", "/bookings", BOOKINGS, body=body))

    def find_by_ref(self, ref: str, *, event_type: str, created_after: datetime) -> RemoteBooking | None:
        query = {"eventTypeId": event_type, "afterCreatedAt": format_timestamp(created_after - timedelta(minutes=1)), "sortCreated": "desc"}
        matching = [booking for booking in self._list(query, take=PAGE_SIZE) if booking.ref == ref]
        return next((booking for booking in matching if booking.stands), matching[0] if matching else None)

    def get(self, uid: str) -> RemoteBooking | None:
        try:
            return self._parse_booking(self._request("GET", f"/bookings/{quote(uid, safe='')}", BOOKINGS))
        except CalendarRejected as rejection:
            if rejection.code == "not_found":
                return None
            raise

    def reschedule(self, uid: str, starts_at: datetime, *, reason: str | None = None) -> RemoteBooking:
        body = {"start": format_timestamp(starts_at)} | ({"reschedulingReason": reason} if reason else {})
        return self._parse_booking(self._request("POST", f"/bookings/{quote(uid, safe='')}/reschedule", BOOKINGS, body=body))

    def cancel(self, uid: str, *, reason: str | None = None) -> bool:
        body = {"cancellationReason": reason} if reason else {}
        try:
            self._request("POST", f"/bookings/{quote(uid, safe='')}/cancel", BOOKINGS, body=body)
        except CalendarRejected as rejection:
            if rejection.code not in ("gone", "not_found"):
                raise
            return False
        return True

    def confirm(self, uid: str) -> RemoteBooking:
        return self._parse_booking(self._request("POST", f"/bookings/{quote(uid, safe='')}/confirm", BOOKINGS, body={}))

    def list_event_types(self) -> list[RemoteEventType]:
        data = self._request("GET", "/event-types", EVENT_TYPES).get("data")
        reader = PayloadReader()
        event_types = []
        for each in data if isinstance(data, list) else []:
            row = reader.mapping("eventType", each)
            ref, minutes = reader.line("id", row.get("id"), 64), reader.integer("lengthInMinutes", row.get("lengthInMinutes"), high=1440)
            if ref:
                title = reader.line("title", row.get("title"), 200) or ref
                event_types.append(RemoteEventType(ref, title, minutes or 0, reader.line("slug", row.get("slug"), 120)))
        return event_types

    def register_webhook(self, address: str, secret: str) -> None:
        rows = self._request("GET", "/webhooks", BOOKINGS, query={"take": str(PAGE_SIZE)}).get("data")
        webhooks = [each for each in (rows if isinstance(rows, list) else []) if isinstance(each, dict)]
        webhook_id = next((str(each.get("id")) for each in webhooks if each.get("subscriberUrl") == address), None)
        body = {"active": True, "subscriberUrl": address, "triggers": list(KINDS), "secret": secret, "version": WEBHOOK_VERSION}
        if webhook_id:
            self._request("PATCH", f"/webhooks/{quote(webhook_id, safe='')}", BOOKINGS, body=body)
        else:
            self._request("POST", "/webhooks", BOOKINGS, body=body)

    def list_updated_since(self, moment: datetime | None) -> Iterator[RemoteBooking]:
        """Page by the last change seen: an offset would skip rows that move up while reading."""
        query = {"sortUpdatedAt": "asc"} | ({} if moment else {"status": "upcoming,unconfirmed"})
        seen: set[tuple[str, datetime | None]] = set()
        for _page in range(MAX_PAGES):
            since = {"afterUpdatedAt": format_timestamp(moment)} if moment else {}
            rows = self._list(query | since, take=PAGE_SIZE)
            unseen = [booking for booking in rows if (booking.uid, booking.changed_at) not in seen]
            yield from unseen
            seen |= {(booking.uid, booking.changed_at) for booking in unseen}
            if len(rows) < PAGE_SIZE or not unseen or unseen[-1].changed_at is None:
                return
            moment = unseen[-1].changed_at

    def _list(self, query: Mapping[str, str], *, take: int) -> list[RemoteBooking]:
        rows = self._request("GET", "/bookings", BOOKINGS, query={**query, "take": str(take)}).get("data")
        reader = PayloadReader()
        return [booking for row in (rows if isinstance(rows, list) else []) if (booking := parse_api_booking(reader, row))]

    def _parse_booking(self, answer: dict[str, Any]) -> RemoteBooking:
        booking = parse_api_booking(PayloadReader(), answer.get("data"))
        if booking is None:
            raise ResponseTimeout("Cal.com's answer names no booking.", retryable=True)
        return booking

    def _request(
        self, method: str, path: str, version: str, *, query: Mapping[str, str] | None = None, body: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        THROTTLE.acquire(self._credentials.key)
        url = self._credentials.base_url.rstrip("/") + path
        try:
            return send(ProviderRequest("calcom", method, url, self._credentials.key, {"cal-api-version": version}, query, body)).body
        except RateLimited as error:
            THROTTLE.pause(self._credentials.key, error.retry_after_s)
            raise
        except RequestRejected as rejection:
            raise _to_rejection(rejection.response) from rejection


def _to_attendee(contact: AttendeeContact) -> dict[str, str]:
    attendee = {"name": contact.name[:160] or "Unbekannt", "timeZone": contact.timezone, "language": contact.language}
    if contact.email:
        attendee["email"] = contact.email
    if contact.phone:
        attendee["phoneNumber"] = contact.phone
    return attendee


def _to_rejection(answer: ProviderResponse) -> CalendarRejected:
    """Errors arrive as {"error": {"code", "message", "details"}} or as {"message"}; only the text names the reason."""
    error = answer.body.get("error")
    message = error.get("message") if isinstance(error, dict) else answer.body.get("message")
    text = message if isinstance(message, str) else f"HTTP {answer.status}"
    reason = next((reason for words, reason in REJECTION_TEXTS if words in text.lower()), None)
    return CalendarRejected(text[:500], reason=reason or REJECTION_STATUSES.get(answer.status, "invalid"))
