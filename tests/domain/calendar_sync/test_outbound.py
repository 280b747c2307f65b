"""From here to Cal.com over real HTTP: whatever happens on the way, each booking stands there once."""

import pytest
from sqlalchemy import update

from app.core.extensions import db
from app.core.tenancy import clear_company, company_scope
from app.core.transactions import run_in_transaction
from app.domain.bookings.cancel import cancel_booking
from app.domain.bookings.errors import SlotTaken
from app.domain.bookings.reschedule import reschedule_booking
from app.domain.bookings.status import confirm_booking, edit_notes
from app.domain.calendar_sync import outbound
from app.domain.calendar_sync.provider_calls import send
from app.jobs import calendar_sync as job
from app.jobs.outboxes import sweep_outbox
from app.models import CalendarMapping, Connection, CustomerIdentifier
from app.providers import http
from tests.doubles.calcom_shapes import iso
from tests.factories.salon import at, make_customer, make_salon
from tests.support.calcom_world import ANNA, BEN, CUT_ANNA, DESK, CalcomWorld

TEN, ELEVEN, NOON = at("2026-05-12T10:00"), at("2026-05-12T11:00"), at("2026-05-12T12:00")


@pytest.fixture
def mira(calcom: CalcomWorld) -> str:
    customer_id = make_customer(calcom.salon)

    def work() -> None:
        db.session.add(CustomerIdentifier(customer_id=customer_id, kind="phone", value="+4915112345678"))
        db.session.add(CustomerIdentifier(customer_id=customer_id, kind="email", value="mira@example.de"))

    calcom.run(work)
    return customer_id


@pytest.fixture
def booked(calcom: CalcomWorld, mira: str) -> str:
    """A booking of ten o'clock that is to go there."""
    return calcom.book("cut:anna", customer_id=mira, notes="bitte leise")


def only_one(calcom: CalcomWorld, booking_id: str, start: object = TEN) -> None:
    """It stands there once, at this time, under our mark, and both know it."""
    rows = calcom.double.active_bookings()
    assert [(row["start"], row["metadata"]["ref"]) for row in rows] == [(iso(start), calcom.sync(booking_id).id)]
    assert calcom.state(booking_id) == ("synced", None)
    assert calcom.sync(booking_id).uid == rows[0]["uid"]


def test_booking_is_synced_with_its_change(calcom: CalcomWorld, booked: str) -> None:
    assert calcom.state(booked) == ("pending", None)
    calcom.send_due()
    only_one(calcom, booked)
    row = calcom.double.active_bookings()[0]
    assert row["metadata"]["booking_id"] == booked
    assert row["attendees"][0]["phoneNumber"] == "+4915112345678"
    assert (row["attendees"][0]["name"], row["bookingFieldsResponses"]["notes"]) == ("Mira Sommer", "bitte leise")


def test_rejected_booking_creates_no_sync(calcom: CalcomWorld, booked: str) -> None:
    with pytest.raises(SlotTaken):
        calcom.book("cut:anna")
    calcom.send_due()
    assert len(calcom.double.active_bookings()) == 1


@pytest.mark.parametrize("trouble", ["lost", "500 after", "junk"])
def test_lost_response_is_looked_up_before_retry(calcom: CalcomWorld, booked: str, trouble: str) -> None:
    calcom.double.fail(trouble)
    calcom.send_due()
    only_one(calcom, booked)
    assert calcom.double.requests.count("POST /bookings") == 1


@pytest.mark.parametrize("trouble", ["lost", "500 after"])
def test_failed_lookup_creates_no_duplicate(calcom: CalcomWorld, booked: str, trouble: str) -> None:
    calcom.double.fail(trouble)
    calcom.double.fail("500", on="GET /bookings")
    calcom.send_due()
    assert calcom.state(booked) == ("pending", "no_answer")
    assert calcom.booking(booked).status == "confirmed"
    calcom.advance(11)
    calcom.send_due()
    only_one(calcom, booked)
    assert calcom.double.requests.count("POST /bookings") == 1


def test_slow_response_creates_one_booking(calcom: CalcomWorld, booked: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "READ_TIMEOUT_S", 0.2)
    calcom.double.fail("slow", seconds=0.6)
    calcom.send_due()
    only_one(calcom, booked)


@pytest.mark.parametrize("trouble", ["cut", "500", "503"])
def test_failed_request_is_retried(calcom: CalcomWorld, booked: str, trouble: str) -> None:
    calcom.double.fail(trouble)
    calcom.send_due()
    assert calcom.state(booked) == ("pending", "no_answer")
    assert calcom.double.active_bookings() == []
    calcom.send_due()
    assert calcom.double.requests.count("POST /bookings") == 1
    calcom.advance(11)
    calcom.send_due()
    only_one(calcom, booked)


def test_rate_limit_delays_without_counting_failure(calcom: CalcomWorld, booked: str) -> None:
    calcom.double.fail("429", seconds=2)
    calcom.send_due()
    assert calcom.state(booked) == ("pending", "rate_limited")
    assert calcom.sync(booked).attempts == 0
    calcom.send_due()
    assert len(calcom.double.requests) == 1
    calcom.advance(3)
    calcom.clear_pauses()
    calcom.send_due()
    only_one(calcom, booked)


def test_unreachable_calendar_delays_and_creates_task(calcom: CalcomWorld, booked: str) -> None:
    with calcom.double.down():
        for _ in range(8):
            calcom.send_due()
            calcom.advance(601)
        assert calcom.state(booked) == ("pending", "not_reached")
        assert calcom.booking(booked).status == "confirmed"
    assert [task.reason for task in calcom.tasks()] == ["not_reached"]
    calcom.send_due()
    only_one(calcom, booked)


def test_slot_taken_at_provider_is_conflict(calcom: CalcomWorld, booked: str) -> None:
    calcom.double.block(ANNA, TEN, ELEVEN)
    calcom.send_due()
    assert calcom.state(booked) == ("conflict", "slot_taken")
    assert calcom.booking(booked).status == "pending"
    (task,) = calcom.tasks()
    assert (task.kind, task.reason, task.status) == ("check_booking", "slot_taken", "open")
    assert "Mira Sommer" in task.title
    assert "12.05.2026, 11:00" in (task.details or "")
    assert calcom.double.active_bookings() == []
    calcom.run(lambda: reschedule_booking(booked, DESK, starts_at=NOON))
    calcom.send_due()
    only_one(calcom, booked, NOON)
    assert calcom.booking(booked).status == "confirmed"


def test_no_room_for_what_the_desk_overbooked_is_no_news(calcom: CalcomWorld, booked: str, mira: str) -> None:
    """The other calendar holds the first appointment; that it has no room for a second one is what the desk decided."""
    calcom.send_due()
    over = calcom.book("cut:anna", customer_id=mira, actor=DESK, source="web", accepted=frozenset({"booked"}))
    calcom.send_due()
    assert (calcom.state(booked)[0], calcom.state(over)) == ("synced", ("conflict", "slot_taken"))
    assert [booking.status for booking in calcom.bookings()] == ["confirmed", "confirmed"]
    assert calcom.tasks() == []


def test_conflict_is_retried_by_staff(calcom: CalcomWorld, booked: str) -> None:
    calcom.double.block(ANNA, TEN, ELEVEN)
    calcom.send_due()
    calcom.double.blocked.clear()
    calcom.run(lambda: outbound.retry_sync(booked))
    calcom.send_due()
    only_one(calcom, booked)
    assert calcom.booking(booked).status == "confirmed"
    assert len(calcom.tasks()) == 1


def test_slot_of_own_request_is_no_conflict(calcom: CalcomWorld, booked: str) -> None:
    """It was still at work there when it was looked for, and is done by the time of the second one."""
    sync_id = calcom.sync(booked).id
    send(calcom.run(lambda: outbound.claim(sync_id)))
    calcom.run(lambda: calcom.reset_request(booked))
    calcom.send_due()
    only_one(calcom, booked)
    assert calcom.double.requests.count("POST /bookings") == 2
    assert calcom.tasks() == []


def test_rejected_request_fails_with_reason_and_task(calcom: CalcomWorld) -> None:
    nameless = calcom.book("cut:anna")
    calcom.send_due()
    assert calcom.state(nameless) == ("failed", "bad_contact")
    assert "contact method" in (calcom.sync(nameless).error or "")
    assert [task.reason for task in calcom.tasks()] == ["bad_contact"]
    assert calcom.booking(nameless).status == "confirmed"


def test_customer_without_email_uses_company_address(calcom: CalcomWorld) -> None:
    calcom.run(lambda: db.session.execute(update(CalendarMapping).values(contact_email="empfang@salon-lindgren.example")))
    nameless = calcom.book("cut:anna")
    calcom.send_due()
    only_one(calcom, nameless)
    assert calcom.double.active_bookings()[0]["attendees"][0]["email"] == "empfang@salon-lindgren.example"


def test_invalid_key_fails_and_is_retried_after_correction(calcom: CalcomWorld, booked: str) -> None:
    calcom.double.key = "cal_another"
    calcom.send_due()
    assert calcom.state(booked) == ("failed", "bad_key")
    calcom.double.key = "cal_test_lindgren"
    calcom.run(lambda: outbound.retry_sync(booked))
    calcom.send_due()
    only_one(calcom, booked)


# moving


def test_reschedule_stores_new_uid(calcom: CalcomWorld, booked: str) -> None:
    calcom.send_due()
    first = calcom.sync(booked).uid
    calcom.run(lambda: reschedule_booking(booked, DESK, starts_at=NOON))
    calcom.send_due()
    only_one(calcom, booked, NOON)
    second = calcom.sync(booked).uid
    assert calcom.external_statuses() == {first: "moved", second: "standing"}


@pytest.mark.parametrize("looks_fail", [0, 1])
@pytest.mark.parametrize("trouble", ["lost", "500 after", "cut", "500"])
def test_lost_reschedule_response_moves_once(calcom: CalcomWorld, booked: str, trouble: str, looks_fail: int) -> None:
    calcom.send_due()
    calcom.run(lambda: reschedule_booking(booked, DESK, starts_at=NOON))
    calcom.double.fail(trouble, on="POST /bookings/")
    calcom.double.fail("500", on="GET /bookings/", times=looks_fail)
    calcom.send_due()
    calcom.advance(11)
    calcom.send_due()
    only_one(calcom, booked, NOON)
    assert len(calcom.double.bookings) == 2


def test_reschedule_to_taken_external_slot_is_conflict(calcom: CalcomWorld, booked: str) -> None:
    calcom.send_due()
    calcom.double.block(ANNA, NOON, at("2026-05-12T13:00"))
    calcom.run(lambda: reschedule_booking(booked, DESK, starts_at=NOON))
    calcom.send_due()
    assert calcom.state(booked) == ("conflict", "slot_taken")
    assert [row["start"] for row in calcom.double.active_bookings()] == [iso(TEN)]
    calcom.run(lambda: reschedule_booking(booked, DESK, starts_at=TEN))
    calcom.send_due()
    only_one(calcom, booked)


def test_staff_change_changes_event_type(calcom: CalcomWorld, booked: str) -> None:
    calcom.send_due()
    calcom.run(lambda: reschedule_booking(booked, DESK, staff_id=calcom.salon.people["ben"]))
    calcom.send_due()
    only_one(calcom, booked)
    assert calcom.double.active_bookings()[0]["hosts"][0]["email"] == BEN


def test_unmapped_staff_member_frees_external_slot(calcom: CalcomWorld, mira: str) -> None:
    colour = calcom.book("colour:anna", customer_id=mira)
    calcom.send_due()
    assert len(calcom.double.active_bookings()) == 1
    calcom.run(lambda: reschedule_booking(colour, DESK, staff_id=calcom.salon.people["ben"]))
    calcom.send_due()
    assert calcom.double.active_bookings() == []
    assert calcom.state(colour) == ("synced", None)


def test_change_during_request_is_sent_afterwards(calcom: CalcomWorld, booked: str) -> None:
    sync_id = calcom.sync(booked).id
    errand = calcom.run(lambda: outbound.claim(sync_id))
    calcom.run(lambda: reschedule_booking(booked, DESK, starts_at=NOON))
    outcome = send(errand)
    assert calcom.run(lambda: outbound.complete(errand, outcome)) is True
    calcom.send_due()
    only_one(calcom, booked, NOON)


def test_irrelevant_change_sends_no_request(calcom: CalcomWorld, booked: str) -> None:
    calcom.send_due()
    asked = len(calcom.double.requests)
    calcom.run(lambda: edit_notes(booked, "neu", DESK))
    calcom.send_due()
    assert len(calcom.double.requests) == asked
    calcom.run(lambda: reschedule_booking(booked, DESK, starts_at=NOON))
    calcom.send_due()
    only_one(calcom, booked, NOON)


# cancelling


@pytest.mark.parametrize("trouble", [None, "lost", "cut", "500"])
def test_cancellation_frees_external_slot(calcom: CalcomWorld, booked: str, trouble: str | None) -> None:
    calcom.send_due()
    calcom.run(lambda: cancel_booking(booked, DESK))
    if trouble:
        calcom.double.fail(trouble, on="POST /bookings/")
    calcom.send_due()
    calcom.advance(11)
    calcom.send_due()
    assert calcom.double.active_bookings() == []
    assert calcom.state(booked) == ("synced", None)


def test_booking_cancelled_before_sync_is_never_sent(calcom: CalcomWorld, booked: str) -> None:
    calcom.run(lambda: cancel_booking(booked, DESK))
    calcom.send_due()
    assert calcom.double.requests == []
    assert calcom.state(booked) == ("synced", None)


def test_cancellation_after_lost_response_looks_booking_up(calcom: CalcomWorld, booked: str) -> None:
    calcom.double.fail("lost")
    calcom.double.fail("500", on="GET /bookings")
    calcom.send_due()
    calcom.run(lambda: cancel_booking(booked, DESK))
    calcom.send_due()
    assert calcom.double.active_bookings() == []
    assert calcom.state(booked) == ("synced", None)


def test_cancellation_with_replaced_uid_succeeds(calcom: CalcomWorld, booked: str) -> None:
    calcom.send_due()
    calcom.double.move(calcom.sync(booked).uid or "", NOON)
    calcom.run(lambda: cancel_booking(booked, DESK))
    calcom.send_due()
    assert calcom.double.active_bookings() == []


# workers


def test_worker_killed_after_request_leaves_one_booking(calcom: CalcomWorld, booked: str) -> None:
    sync_id = calcom.sync(booked).id
    send(calcom.run(lambda: outbound.claim(sync_id)))
    calcom.send_due()
    assert calcom.state(booked) == ("pending", None)
    calcom.advance(91)
    calcom.send_due()
    only_one(calcom, booked)


def test_two_workers_send_one_request(calcom: CalcomWorld, booked: str) -> None:
    sync_id = calcom.sync(booked).id
    assert calcom.run(lambda: outbound.claim(sync_id)) is not None
    assert calcom.run(lambda: outbound.claim(sync_id)) is None


def test_stalled_worker_changes_nothing(calcom: CalcomWorld, booked: str) -> None:
    sync_id = calcom.sync(booked).id
    errand = calcom.run(lambda: outbound.claim(sync_id))
    outcome = send(errand)
    calcom.advance(91)
    calcom.send_due()
    assert calcom.run(lambda: outbound.complete(errand, outcome)) is False
    only_one(calcom, booked)


def test_no_transaction_is_open_during_request(calcom: CalcomWorld, booked: str, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    monkeypatch.setattr(job, "send", lambda errand: seen.append(db.session().in_transaction()) or send(errand))
    calcom.send_due()
    assert seen == [False]


def test_sweep_sends_lost_syncs_once(calcom: CalcomWorld, booked: str) -> None:
    with clear_company():
        assert sweep_outbox("calendars") == 0
        calcom.advance(31)
        assert sweep_outbox("calendars") == 1
        assert sweep_outbox("calendars") == 0


def test_groups_and_unmapped_services_are_not_synced(calcom: CalcomWorld) -> None:
    calcom.book("yoga:anna")
    calcom.send_due()
    assert calcom.double.requests == []


def test_without_connection_no_sync_is_created(calcom: CalcomWorld, mira: str) -> None:
    calcom.run(lambda: setattr(db.session.get_one(Connection, calcom.connection_id), "is_active", False))
    calcom.book("cut:anna", customer_id=mira)
    calcom.send_due()
    assert calcom.double.requests == []


def test_foreign_company_cannot_claim_sync(calcom: CalcomWorld, booked: str) -> None:
    other = make_salon("praxis")
    with company_scope(other.company_id):
        assert run_in_transaction(lambda: outbound.claim(calcom.sync(booked).id)) is None


# consent


def test_booking_with_confirmation_stays_pending_until_confirmed(calcom: CalcomWorld, booked: str) -> None:
    calcom.double.event_types[CUT_ANNA]["needs_confirmation"] = True
    calcom.synchronize()
    assert calcom.booking(booked).status == "pending"
    calcom.run(lambda: confirm_booking(booked, DESK))
    calcom.synchronize()
    assert [row["status"] for row in calcom.double.active_bookings()] == ["accepted"]
    assert calcom.booking(booked).status == "confirmed"
    only_one(calcom, booked)


def test_external_confirmation_confirms_booking(calcom: CalcomWorld, booked: str) -> None:
    calcom.double.event_types[CUT_ANNA]["needs_confirmation"] = True
    calcom.synchronize()
    calcom.double.accept(calcom.double.active_bookings()[0])
    calcom.synchronize()
    assert calcom.booking(booked).status == "confirmed"
    only_one(calcom, booked)
