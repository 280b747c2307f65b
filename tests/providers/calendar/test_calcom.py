"""Cal.com's driver against its double over real HTTP, and its webhooks."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from prometheus_client import REGISTRY

from app.core import redis as redis_room
from app.core.circuit_breaker import MAX_FAILURES, RESET_TIMEOUT_S
from app.providers import get_webhook_kind, get_webhook_reader, http, open_calendar
from app.providers.calendar import calcom
from app.providers.calendar.base import Calendar, CalendarRejected, Credentials
from app.providers.calendar.calcom_webhooks import CalcomWebhookReader
from app.providers.http import ConnectionFailed, RateLimited, ResponseTimeout
from app.providers.throttle import Throttle
from app.providers.webhook_reader import Unreadable
from tests.doubles.calcom import CalcomDouble
from tests.doubles.calcom_shapes import webhook
from tests.providers.calendar.contract import MIRA, NINE, CalendarContract

HAIRCUT = "910044"


@pytest.fixture
def ground(redis: Any, redis_url: str) -> Iterator[None]:
    """As much of an application as drivers stand on."""
    app = Flask(__name__)
    app.extensions["askproai_redis"] = redis_room.connect(redis_url)
    with app.app_context(), time_machine.travel("2026-05-04T08:00:00+02:00", tick=True):
        yield


@pytest.fixture
def double() -> Iterator[CalcomDouble]:
    with CalcomDouble() as calcom:
        calcom.add_event_type(910044, "Haarschnitt", 30, "anna@salon-lindgren.example")
        yield calcom


@pytest.fixture
def driver(ground: None, double: CalcomDouble) -> Calendar:
    return open_calendar("calcom", Credentials(double.url, double.key))


@pytest.fixture
def event_type() -> str:
    return HAIRCUT


class TestCalcom(CalendarContract):
    def test_a_wrong_key_is_told_as_such_and_never_shown(self, ground: None, double: CalcomDouble) -> None:
        access = Credentials(double.url, "cal_of_somebody_else")
        assert self.refusal(lambda: open_calendar("calcom", access).list_event_types()) == "bad_key"
        assert "cal_of" not in repr(access)

    def test_an_unknown_event_type_is_told_as_such(self, driver: Calendar) -> None:
        assert self.refusal(lambda: driver.create_booking(self.order("17"))) == "no_such_event_type"

    def test_a_request_that_needs_consent_is_pending_until_then(self, driver: Calendar, double: CalcomDouble) -> None:
        double.add_event_type(5, "Beratung", 30, "ben@salon-lindgren.example", needs_confirmation=True)
        asked = driver.create_booking(self.order("5"))
        assert asked.status == "pending"
        assert driver.confirm(asked.uid).status == "confirmed"

    def test_a_made_up_address_is_nobodys(self, driver: Calendar, double: CalcomDouble) -> None:
        made = driver.create_booking(self.order(HAIRCUT, contact=replace(MIRA, email=None)))
        assert double.bookings[made.uid]["attendees"][0]["email"].endswith("@sms.cal.com")
        assert made.contact is not None
        assert made.contact.email is None
        assert made.contact.phone == MIRA.phone

    def test_a_slow_answer_is_not_waited_for(self, driver: Calendar, double: CalcomDouble, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(http, "READ_TIMEOUT_S", 0.2)
        double.fail("slow", seconds=1)
        with pytest.raises(ResponseTimeout):
            driver.create_booking(self.order(HAIRCUT))
        assert len(double.active_bookings()) == 1

    def test_reading_is_asked_once_more_after_a_passing_error(self, driver: Calendar, double: CalcomDouble) -> None:
        made = driver.create_booking(self.order(HAIRCUT))
        double.fail("503", on="GET /bookings")
        assert driver.get(made.uid) is not None

    def test_after_failures_in_a_row_it_is_left_alone_and_tried_again_later(self, driver: Calendar, double: CalcomDouble) -> None:
        double.fail("500", times=MAX_FAILURES)
        for _ in range(MAX_FAILURES):
            with pytest.raises(ResponseTimeout):
                driver.create_booking(self.order(HAIRCUT))
        for _ in range(3):
            with pytest.raises(ConnectionFailed):
                driver.create_booking(self.order(HAIRCUT))
        assert len(double.requests) == MAX_FAILURES
        assert shown_state() == 2
        with time_machine.travel(datetime.now(UTC) + timedelta(seconds=RESET_TIMEOUT_S + 1)):
            assert driver.create_booking(self.order(HAIRCUT)).status == "confirmed"
        assert shown_state() == 0

    def test_refusals_do_not_open_the_breaker(self, driver: Calendar) -> None:
        for _ in range(MAX_FAILURES + 2):
            assert self.refusal(lambda: driver.create_booking(self.order("17"))) == "no_such_event_type"

    def test_the_own_pace_keeps_below_the_limit(self, driver: Calendar, double: CalcomDouble, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(calcom, "THROTTLE", Throttle("calcom-small", limit=3))
        for _ in range(3):
            driver.get("x")
        with pytest.raises(RateLimited):
            driver.get("x")
        assert len(double.requests) == 3

    def test_more_changes_than_a_page_holds_are_all_read(
        self, driver: Calendar, double: CalcomDouble, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(calcom, "PAGE_SIZE", 3)
        for number in range(8):
            uid = double.book(910044, NINE + timedelta(days=1, minutes=30 * number))
            double.bookings[uid]["updatedAt"] = f"2026-05-04T06:{number:02}:00.000Z"
        assert len({booking.uid for booking in driver.list_updated_since(datetime(2026, 5, 4, 6, tzinfo=UTC))}) == 8

    def test_without_redis_breaker_and_pace_still_work(self, double: CalcomDouble) -> None:
        app, double.key = Flask(__name__), "cal_without_redis"
        away = open_calendar("calcom", Credentials(double.url, double.key))
        with app.app_context(), time_machine.travel("2026-05-04T08:00:00+02:00", tick=True):
            double.fail("500", times=MAX_FAILURES)
            for _ in range(MAX_FAILURES):
                with pytest.raises(ResponseTimeout):
                    away.create_booking(self.order(HAIRCUT))
            with pytest.raises(ConnectionFailed):
                away.create_booking(self.order(HAIRCUT))
            assert len(double.requests) == MAX_FAILURES


def shown_state() -> float | None:
    return REGISTRY.get_sample_value("breaker_state", {"provider": "calcom"})


EXAMPLE = {
    "id": 1, "uid": "bk_new", "title": "x",
    "hosts": [{"id": 7, "name": "Anna", "email": "Anna@Salon.example", "username": "anna", "timeZone": "Europe/Berlin"}],
    "start": "2026-05-12T08:00:00.000Z", "end": "2026-05-12T08:30:00.000Z", "duration": 30, "eventTypeId": 910044,
    "eventType": {"id": 910044, "slug": "schnitt"}, "metadata": {"ref": "01JREF"}, "icsUid": "chain@Cal.com", "status": "accepted",
    "attendees": [{"name": "Mira Sommer", "email": "mira@example.de", "timeZone": "Europe/Berlin", "language": "de", "absent": True}],
    "bookingFieldsResponses": {"attendeePhoneNumber": "+4915112345678", "notes": "bitte leise"}, "sequence": 3,
}  # fmt: skip
AT = datetime(2026, 5, 11, 10, 2, 11, 4000, tzinfo=UTC)


def body(trigger: str, **extras: Any) -> bytes:
    return json.dumps(webhook(trigger, EXAMPLE, AT, **extras)).encode()


class TestWebhooks:
    reader = CalcomWebhookReader()

    def test_the_registry_knows_what_its_webhooks_are_about(self) -> None:
        assert get_webhook_kind("calcom") == "calendars"
        assert get_webhook_kind("retell") == "calls"
        assert get_webhook_reader("calcom").name == "calcom"

    @pytest.mark.parametrize(
        ("trigger", "kind"),
        [
            ("BOOKING_CREATED", "made"), ("BOOKING_REQUESTED", "requested"), ("BOOKING_RESCHEDULED", "moved"),
            ("BOOKING_CANCELLED", "cancelled"), ("BOOKING_REJECTED", "rejected"), ("BOOKING_NO_SHOW_UPDATED", "no_show"),
            ("MEETING_ENDED", "unknown"), ("SOMETHING_NEW", "unknown"),
        ],
    )  # fmt: skip
    def test_each_event_is_read_in_our_words(self, trigger: str, kind: str) -> None:
        event = self.reader.read(body(trigger))
        assert (event.kind, event.happened_at, event.problems) == (kind, AT, ())
        assert event.booking is not None
        assert event.booking.uid == "bk_new"

    def test_a_move_names_both(self) -> None:
        event = self.reader.read(body("BOOKING_RESCHEDULED", rescheduleUid="bk_old"))
        booking = event.booking
        assert booking is not None
        assert (booking.uid, booking.moved_from, booking.ref, booking.series_uid, event.sequence) == (
            "bk_new",
            "bk_old",
            "01JREF",
            "chain@Cal.com",
            3,
        )
        assert booking.hosts == ("anna@salon.example", "anna", "7")
        assert booking.contact is not None
        assert (booking.contact.phone, booking.notes) == ("+4915112345678", "bitte leise")

    def test_a_no_show_that_is_taken_back_is_none(self) -> None:
        document = json.loads(body("BOOKING_NO_SHOW_UPDATED"))
        document["payload"]["attendees"][0]["noShow"] = False
        assert self.reader.read(json.dumps(document).encode()).kind == "unknown"

    def test_offsets_and_z_mean_the_same(self) -> None:
        document = json.loads(body("BOOKING_CANCELLED"))
        document["payload"]["startTime"] = "2026-05-12T08:00:00+00:00"
        event = self.reader.read(json.dumps(document).encode())
        assert event.booking is not None
        assert event.booking.starts_at == datetime(2026, 5, 12, 8, tzinfo=UTC)

    def test_deliveries_of_one_event_have_one_key_and_other_events_others(self) -> None:
        keys = [self.reader.peek(body(name)).dedupe_key for name in ("BOOKING_CREATED", "BOOKING_CREATED", "BOOKING_CANCELLED")]
        assert keys[0] == keys[1] != keys[2]
        assert self.reader.peek(b'{"triggerEvent":"PING"}').dedupe_key != self.reader.peek(b'{"triggerEvent": "PING"}').dedupe_key

    @pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"null", b'{"triggerEvent":1}', b"\xff\xfe", b"[" * 5000])
    def test_what_is_no_event_is_unreadable(self, raw: bytes) -> None:
        for look in (self.reader.peek, self.reader.read):
            with pytest.raises(Unreadable):
                look(raw)

    @pytest.mark.parametrize(
        "payload",
        [
            b"null", b"[]", b'"x"', b'{"uid":["a"],"startTime":{}}', b'{"uid":"x","startTime":"9999-99-99","attendees":[1,null,{}]}',
            b'{"uid":"\\ud800","metadata":[],"responses":7,"organizer":"x"}', b'{"uid":"x","startTime":"0001-01-01T00:00:00+14:00"}',
            b'{"uid":"x","iCalSequence":1e400,"attendees":{"a":1}}', b'{"uid":' + b"[" * 900 + b"]" * 900 + b"}",
        ],
    )  # fmt: skip
    def test_odd_payloads_are_read_without_an_error(self, payload: bytes) -> None:
        raw = b'{"triggerEvent":"BOOKING_CREATED","createdAt":17,"payload":' + payload + b"}"
        assert self.reader.peek(raw).event == "BOOKING_CREATED"
        assert self.reader.read(raw).kind == "made"


def test_refusals_keep_the_vendors_words_for_support(driver: Calendar) -> None:
    with pytest.raises(CalendarRejected, match="Event type with id 17 not found"):
        driver.create_booking(CalendarContract.order("17"))
