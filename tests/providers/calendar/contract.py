"""What every driver of another calendar must do, whoever the vendor is; its double stands behind it."""

from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.providers.calendar import base
from app.providers.calendar.base import AttendeeContact, Calendar, CalendarRejected, ExternalBookingRequest, RemoteBooking
from app.providers.http import ConnectionFailed, RateLimited, ResponseTimeout

NINE = datetime(2026, 5, 12, 7, 0, tzinfo=UTC)
MIRA = AttendeeContact("Mira Sommer", email="mira@example.de", phone="+4915112345678")


class CalendarContract:
    """Inherit and give the fixtures `driver`, `double` (in the vendor's terms) and `event_type`."""

    @staticmethod
    def order(event_type: str, starts_at: datetime = NINE, ref: str = "01JREF", **changes: Any) -> ExternalBookingRequest:
        return ExternalBookingRequest(event_type, starts_at, changes.pop("contact", MIRA), ref, **changes)

    def test_what_is_booked_is_found_again_by_uid_and_by_our_mark(self, driver: Calendar, event_type: str) -> None:
        made = driver.create_booking(self.order(event_type, notes="Rezept vorhanden"))
        assert (made.status, made.starts_at, made.ref, made.event_type) == ("confirmed", NINE, "01JREF", event_type)
        assert made.ends_at == NINE + timedelta(minutes=30)
        assert made.contact is not None
        assert (made.contact.name, made.contact.email, made.contact.phone) == (MIRA.name, MIRA.email, MIRA.phone)
        assert driver.get(made.uid) == made
        assert driver.find_by_ref("01JREF", event_type=event_type, created_after=datetime.now(UTC)) == made
        assert driver.find_by_ref("01JREF", event_type=event_type, created_after=datetime.now(UTC) + timedelta(hours=1)) is None
        assert driver.find_by_ref("another", event_type=event_type, created_after=datetime.now(UTC)) is None

    def test_what_is_not_there_is_none(self, driver: Calendar) -> None:
        assert driver.get("nothing-has-this-uid") is None

    def test_free_times_are_those_that_can_be_booked(self, driver: Calendar, event_type: str) -> None:
        before = driver.list_slots(event_type, NINE, NINE + timedelta(hours=2))
        assert before[0].starts_at == NINE
        assert before[0].ends_at == NINE + timedelta(minutes=30)
        driver.create_booking(self.order(event_type))
        after = driver.list_slots(event_type, NINE, NINE + timedelta(hours=2))
        assert after[0].starts_at == NINE + timedelta(minutes=30)

    def test_the_own_booking_does_not_stand_in_the_way_of_its_move(self, driver: Calendar, event_type: str) -> None:
        made = driver.create_booking(self.order(event_type))
        slots = driver.list_slots(event_type, NINE, NINE + timedelta(hours=1), ignoring=made.uid)
        assert slots[0].starts_at == NINE

    def test_a_move_leads_from_the_old_one_to_the_new(self, driver: Calendar, event_type: str) -> None:
        made = driver.create_booking(self.order(event_type))
        moved = driver.reschedule(made.uid, NINE + timedelta(hours=3), reason="verhindert")
        assert (moved.status, moved.starts_at, moved.ref) == ("confirmed", NINE + timedelta(hours=3), "01JREF")
        old = driver.get(made.uid)
        if moved.uid != made.uid:
            assert old is not None
            assert (old.stands, old.moved_to, moved.moved_from) == (False, moved.uid, made.uid)
        assert driver.find_by_ref("01JREF", event_type=event_type, created_after=datetime.now(UTC)) == moved

    def test_cancelling_twice_is_fine(self, driver: Calendar, event_type: str) -> None:
        made = driver.create_booking(self.order(event_type))
        assert driver.cancel(made.uid, reason="krank")
        assert not driver.cancel(made.uid, reason="krank")
        gone = driver.get(made.uid)
        assert gone is not None
        assert (gone.status, gone.stands) == ("cancelled", False)
        assert not driver.cancel("nothing-has-this-uid")

    def test_a_taken_slot_is_told_as_such(self, driver: Calendar, event_type: str) -> None:
        driver.create_booking(self.order(event_type))
        assert self.refusal(lambda: driver.create_booking(self.order(event_type, ref="other"))) == "slot_taken"

    def test_the_past_and_bad_contacts_are_told_as_such(self, driver: Calendar, event_type: str) -> None:
        past = self.order(event_type, datetime(2026, 5, 1, 8, tzinfo=UTC))
        assert self.refusal(lambda: driver.create_booking(past)) == "in_the_past"
        assert self.refusal(lambda: driver.create_booking(self.order(event_type, contact=AttendeeContact("Mira")))) == "bad_contact"
        assert (
            self.refusal(lambda: driver.create_booking(self.order(event_type, contact=AttendeeContact("Mira", phone="+491"))))
            == "bad_contact"
        )

    def test_moving_what_is_cancelled_is_told_as_such(self, driver: Calendar, event_type: str) -> None:
        made = driver.create_booking(self.order(event_type))
        driver.cancel(made.uid)
        assert self.refusal(lambda: driver.reschedule(made.uid, NINE + timedelta(hours=1))) == "gone"

    def test_changes_come_once_each_and_the_oldest_first(self, driver: Calendar, event_type: str) -> None:
        started = datetime.now(UTC)
        first = driver.create_booking(self.order(event_type, ref="first"))
        second = driver.create_booking(self.order(event_type, NINE + timedelta(hours=1), ref="second"))
        driver.cancel(first.uid)
        changed = list(driver.list_updated_since(started))
        assert [(booking.uid, booking.status) for booking in changed] == [(second.uid, "confirmed"), (first.uid, "cancelled")]
        assert [booking.uid for booking in driver.list_updated_since(None)] == [second.uid]

    def test_what_can_be_booked_is_named(self, driver: Calendar, event_type: str) -> None:
        assert event_type in {each.ref for each in driver.list_event_types()}

    def test_it_is_told_once_where_to_send_what_happens(self, driver: Calendar, double: Any) -> None:
        for secret in ("first", "second"):
            driver.register_webhook("https://salon.example/api/calcom/webhook/1", secret)
        assert [(each.url, each.secret) for each in double.subscriptions] == [("https://salon.example/api/calcom/webhook/1", "second")]

    def test_without_an_answer_it_may_have_happened(self, driver: Calendar, double: Any, event_type: str) -> None:
        for trouble in ("lost", "cut", "junk", "500", "500 after"):
            double.fail(trouble)
            with pytest.raises(ResponseTimeout) as unknown:
                driver.create_booking(self.order(event_type, NINE + timedelta(hours=len(double.requests)), ref=trouble))
            assert unknown.value.retryable

    def test_nothing_is_sent_twice_by_itself(self, driver: Calendar, double: Any, event_type: str) -> None:
        double.fail("500", times=5)
        with pytest.raises(ResponseTimeout):
            driver.create_booking(self.order(event_type))
        assert len(double.requests) == 1

    def test_when_nobody_listens_nothing_has_happened(self, driver: Calendar, double: Any, event_type: str) -> None:
        with double.down(), pytest.raises(ConnectionFailed):
            driver.create_booking(self.order(event_type))
        assert driver.create_booking(self.order(event_type)).status == "confirmed"

    def test_asked_to_wait_it_waits_without_asking_again(self, driver: Calendar, double: Any, event_type: str) -> None:
        double.fail("429", seconds=600)
        with pytest.raises(RateLimited) as waiting:
            driver.create_booking(self.order(event_type))
        assert waiting.value.retry_after_s == 600
        with pytest.raises(RateLimited) as still:
            driver.create_booking(self.order(event_type))
        assert 0 < still.value.retry_after_s <= 600
        assert len(double.requests) == 1

    def test_no_vendor_type_leaves_the_driver(self, driver: Calendar, event_type: str) -> None:
        made = driver.create_booking(self.order(event_type))
        assert type(made) is RemoteBooking
        for each in fields(made):
            value = getattr(made, each.name)
            assert type(value).__module__ in ("builtins", "datetime", base.__name__)
            assert not is_dataclass(value) or type(value) is AttendeeContact

    @staticmethod
    def refusal(work: Any) -> str:
        with pytest.raises(CalendarRejected) as refused:
            work()
        assert not refused.value.retryable
        return refused.value.code
