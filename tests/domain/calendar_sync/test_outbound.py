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
from app.models import CalendarMapping, Connection, CustomerIdentity
from app.providers import http
from tests.doubles.calcom_shapes import iso
from tests.factories.salons import at, make_customer, make_salon
from tests.support.elsewhere import ANNA, BEN, CUT_ANNA, DESK, Elsewhere

TEN, ELEVEN, NOON = at("2026-05-12T10:00"), at("2026-05-12T11:00"), at("2026-05-12T12:00")


@pytest.fixture
def mira(elsewhere: Elsewhere) -> str:
    customer_id = make_customer(elsewhere.salon)

    def work() -> None:
        db.session.add(CustomerIdentity(customer_id=customer_id, kind="phone", value="+4915112345678"))
        db.session.add(CustomerIdentity(customer_id=customer_id, kind="email", value="mira@example.de"))

    elsewhere.do(work)
    return customer_id


@pytest.fixture
def booked(elsewhere: Elsewhere, mira: str) -> str:
    """A booking of ten o'clock that is to go there."""
    return elsewhere.book("cut:anna", customer_id=mira, notes="bitte leise")


def only_one(elsewhere: Elsewhere, booking_id: str, start: object = TEN) -> None:
    """It stands there once, at this time, under our mark, and both know it."""
    rows = elsewhere.double.standing()
    assert [(row["start"], row["metadata"]["ref"]) for row in rows] == [(iso(start), elsewhere.sync(booking_id).id)]
    assert elsewhere.state(booking_id) == ("synced", None)
    assert elsewhere.sync(booking_id).uid == rows[0]["uid"]


def test_a_booking_is_written_down_with_its_change_and_stands_there_soon(elsewhere: Elsewhere, booked: str) -> None:
    assert elsewhere.state(booked) == ("pending", None)
    elsewhere.work()
    only_one(elsewhere, booked)
    row = elsewhere.double.standing()[0]
    assert row["metadata"]["booking_id"] == booked
    assert row["attendees"][0]["phoneNumber"] == "+4915112345678"
    assert (row["attendees"][0]["name"], row["bookingFieldsResponses"]["notes"]) == ("Mira Sommer", "bitte leise")


def test_a_refused_booking_writes_nothing_down(elsewhere: Elsewhere, booked: str) -> None:
    with pytest.raises(SlotTaken):
        elsewhere.book("cut:anna")
    elsewhere.work()
    assert len(elsewhere.double.standing()) == 1


@pytest.mark.parametrize("trouble", ["lost", "500 after", "junk"])
def test_an_answer_that_got_lost_is_looked_for_before_anything_is_asked_again(elsewhere: Elsewhere, booked: str, trouble: str) -> None:
    elsewhere.double.fail(trouble)
    elsewhere.work()
    only_one(elsewhere, booked)
    assert elsewhere.double.requests.count("POST /bookings") == 1


@pytest.mark.parametrize("trouble", ["lost", "500 after"])
def test_even_when_looking_fails_too_it_stands_there_once(elsewhere: Elsewhere, booked: str, trouble: str) -> None:
    elsewhere.double.fail(trouble)
    elsewhere.double.fail("500", on="GET /bookings")
    elsewhere.work()
    assert elsewhere.state(booked) == ("pending", "no_answer")
    assert elsewhere.booking(booked).status == "confirmed"
    elsewhere.later(11)
    elsewhere.work()
    only_one(elsewhere, booked)
    assert elsewhere.double.requests.count("POST /bookings") == 1


def test_a_slow_answer_ends_in_one_booking(elsewhere: Elsewhere, booked: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "READ_TIMEOUT_S", 0.2)
    elsewhere.double.fail("slow", seconds=0.6)
    elsewhere.work()
    only_one(elsewhere, booked)


@pytest.mark.parametrize("trouble", ["cut", "500", "503"])
def test_what_was_not_done_is_done_later(elsewhere: Elsewhere, booked: str, trouble: str) -> None:
    elsewhere.double.fail(trouble)
    elsewhere.work()
    assert elsewhere.state(booked) == ("pending", "no_answer")
    assert elsewhere.double.standing() == []
    elsewhere.work()
    assert elsewhere.double.requests.count("POST /bookings") == 1
    elsewhere.later(11)
    elsewhere.work()
    only_one(elsewhere, booked)


def test_asked_to_wait_it_waits_and_counts_no_failure(elsewhere: Elsewhere, booked: str) -> None:
    elsewhere.double.fail("429", seconds=2)
    elsewhere.work()
    assert elsewhere.state(booked) == ("pending", "rate_limited")
    assert elsewhere.sync(booked).attempts == 0
    elsewhere.work()
    assert len(elsewhere.double.requests) == 1
    elsewhere.later(3)
    elsewhere.rested()
    elsewhere.work()
    only_one(elsewhere, booked)


def test_while_nobody_answers_it_waits_and_the_desk_hears_of_it(elsewhere: Elsewhere, booked: str) -> None:
    with elsewhere.double.down():
        for _ in range(8):
            elsewhere.work()
            elsewhere.later(601)
        assert elsewhere.state(booked) == ("pending", "not_reached")
        assert elsewhere.booking(booked).status == "confirmed"
    assert [task.reason for task in elsewhere.tasks()] == ["not_reached"]
    elsewhere.work()
    only_one(elsewhere, booked)


def test_a_slot_taken_there_becomes_a_conflict_that_the_desk_settles(elsewhere: Elsewhere, booked: str) -> None:
    elsewhere.double.block(ANNA, TEN, ELEVEN)
    elsewhere.work()
    assert elsewhere.state(booked) == ("conflict", "slot_taken")
    assert elsewhere.booking(booked).status == "pending"
    (task,) = elsewhere.tasks()
    assert (task.kind, task.reason, task.status) == ("check_booking", "slot_taken", "open")
    assert "Mira Sommer" in task.title
    assert "12.05.2026, 11:00" in (task.details or "")
    assert elsewhere.double.standing() == []
    elsewhere.do(lambda: reschedule_booking(booked, DESK, starts_at=NOON))
    elsewhere.work()
    only_one(elsewhere, booked, NOON)
    assert elsewhere.booking(booked).status == "confirmed"


def test_a_conflict_is_tried_again_when_the_desk_says_so(elsewhere: Elsewhere, booked: str) -> None:
    elsewhere.double.block(ANNA, TEN, ELEVEN)
    elsewhere.work()
    elsewhere.double.blocked.clear()
    elsewhere.do(lambda: outbound.retry_sync(booked))
    elsewhere.work()
    only_one(elsewhere, booked)
    assert elsewhere.booking(booked).status == "confirmed"
    assert len(elsewhere.tasks()) == 1


def test_a_slot_that_our_own_request_has_is_no_conflict(elsewhere: Elsewhere, booked: str) -> None:
    """It was still at work there when it was looked for, and is done by the time of the second one."""
    sync_id = elsewhere.sync(booked).id
    send(elsewhere.do(lambda: outbound.claim(sync_id)))
    elsewhere.do(lambda: elsewhere.forget_asking(booked))
    elsewhere.work()
    only_one(elsewhere, booked)
    assert elsewhere.double.requests.count("POST /bookings") == 2
    assert elsewhere.tasks() == []


def test_what_it_will_not_take_fails_with_the_reason_and_a_task(elsewhere: Elsewhere) -> None:
    nameless = elsewhere.book("cut:anna")
    elsewhere.work()
    assert elsewhere.state(nameless) == ("failed", "bad_contact")
    assert "contact method" in (elsewhere.sync(nameless).error or "")
    assert [task.reason for task in elsewhere.tasks()] == ["bad_contact"]
    assert elsewhere.booking(nameless).status == "confirmed"


def test_who_left_no_address_goes_there_under_that_of_the_desk(elsewhere: Elsewhere) -> None:
    elsewhere.do(lambda: db.session.execute(update(CalendarMapping).values(contact_email="empfang@salon-lindgren.example")))
    nameless = elsewhere.book("cut:anna")
    elsewhere.work()
    only_one(elsewhere, nameless)
    assert elsewhere.double.standing()[0]["attendees"][0]["email"] == "empfang@salon-lindgren.example"


def test_a_wrong_key_fails_and_is_tried_again_once_it_is_right(elsewhere: Elsewhere, booked: str) -> None:
    elsewhere.double.key = "cal_another"
    elsewhere.work()
    assert elsewhere.state(booked) == ("failed", "bad_key")
    elsewhere.double.key = "cal_test_lindgren"
    elsewhere.do(lambda: outbound.retry_sync(booked))
    elsewhere.work()
    only_one(elsewhere, booked)


# moving


def test_a_move_gives_it_a_new_name_there(elsewhere: Elsewhere, booked: str) -> None:
    elsewhere.work()
    first = elsewhere.sync(booked).uid
    elsewhere.do(lambda: reschedule_booking(booked, DESK, starts_at=NOON))
    elsewhere.work()
    only_one(elsewhere, booked, NOON)
    second = elsewhere.sync(booked).uid
    assert elsewhere.names() == {first: "moved", second: "standing"}


@pytest.mark.parametrize("looks_fail", [0, 1])
@pytest.mark.parametrize("trouble", ["lost", "500 after", "cut", "500"])
def test_a_move_whose_answer_got_lost_is_done_once(elsewhere: Elsewhere, booked: str, trouble: str, looks_fail: int) -> None:
    elsewhere.work()
    elsewhere.do(lambda: reschedule_booking(booked, DESK, starts_at=NOON))
    elsewhere.double.fail(trouble, on="POST /bookings/")
    elsewhere.double.fail("500", on="GET /bookings/", times=looks_fail)
    elsewhere.work()
    elsewhere.later(11)
    elsewhere.work()
    only_one(elsewhere, booked, NOON)
    assert len(elsewhere.double.bookings) == 2


def test_a_move_to_a_time_taken_there_is_a_conflict_and_the_old_time_stays_there(elsewhere: Elsewhere, booked: str) -> None:
    elsewhere.work()
    elsewhere.double.block(ANNA, NOON, at("2026-05-12T13:00"))
    elsewhere.do(lambda: reschedule_booking(booked, DESK, starts_at=NOON))
    elsewhere.work()
    assert elsewhere.state(booked) == ("conflict", "slot_taken")
    assert [row["start"] for row in elsewhere.double.standing()] == [iso(TEN)]
    elsewhere.do(lambda: reschedule_booking(booked, DESK, starts_at=TEN))
    elsewhere.work()
    only_one(elsewhere, booked)


def test_another_person_is_another_event_type_there(elsewhere: Elsewhere, booked: str) -> None:
    elsewhere.work()
    elsewhere.do(lambda: reschedule_booking(booked, DESK, staff_id=elsewhere.salon.people["ben"]))
    elsewhere.work()
    only_one(elsewhere, booked)
    assert elsewhere.double.standing()[0]["hosts"][0]["email"] == BEN


def test_a_person_who_is_not_there_frees_the_slot_there(elsewhere: Elsewhere, mira: str) -> None:
    colour = elsewhere.book("colour:anna", customer_id=mira)
    elsewhere.work()
    assert len(elsewhere.double.standing()) == 1
    elsewhere.do(lambda: reschedule_booking(colour, DESK, staff_id=elsewhere.salon.people["ben"]))
    elsewhere.work()
    assert elsewhere.double.standing() == []
    assert elsewhere.state(colour) == ("synced", None)


def test_a_change_made_while_the_request_is_out_follows_it(elsewhere: Elsewhere, booked: str) -> None:
    sync_id = elsewhere.sync(booked).id
    errand = elsewhere.do(lambda: outbound.claim(sync_id))
    elsewhere.do(lambda: reschedule_booking(booked, DESK, starts_at=NOON))
    outcome = send(errand)
    assert elsewhere.do(lambda: outbound.complete(errand, outcome)) is True
    elsewhere.work()
    only_one(elsewhere, booked, NOON)


def test_what_changes_nothing_there_asks_nothing_there(elsewhere: Elsewhere, booked: str) -> None:
    elsewhere.work()
    asked = len(elsewhere.double.requests)
    elsewhere.do(lambda: edit_notes(booked, "neu", DESK))
    elsewhere.work()
    assert len(elsewhere.double.requests) == asked
    elsewhere.do(lambda: reschedule_booking(booked, DESK, starts_at=NOON))
    elsewhere.work()
    only_one(elsewhere, booked, NOON)


# cancelling


@pytest.mark.parametrize("trouble", [None, "lost", "cut", "500"])
def test_cancelling_frees_the_slot_there(elsewhere: Elsewhere, booked: str, trouble: str | None) -> None:
    elsewhere.work()
    elsewhere.do(lambda: cancel_booking(booked, DESK))
    if trouble:
        elsewhere.double.fail(trouble, on="POST /bookings/")
    elsewhere.work()
    elsewhere.later(11)
    elsewhere.work()
    assert elsewhere.double.standing() == []
    assert elsewhere.state(booked) == ("synced", None)


def test_cancelled_before_it_went_there_it_never_goes(elsewhere: Elsewhere, booked: str) -> None:
    elsewhere.do(lambda: cancel_booking(booked, DESK))
    elsewhere.work()
    assert elsewhere.double.requests == []
    assert elsewhere.state(booked) == ("synced", None)


def test_cancelled_while_nobody_knows_whether_it_stands_there_it_is_looked_for(elsewhere: Elsewhere, booked: str) -> None:
    elsewhere.double.fail("lost")
    elsewhere.double.fail("500", on="GET /bookings")
    elsewhere.work()
    elsewhere.do(lambda: cancel_booking(booked, DESK))
    elsewhere.work()
    assert elsewhere.double.standing() == []
    assert elsewhere.state(booked) == ("synced", None)


def test_cancelled_under_a_name_that_it_has_no_more_it_goes_all_the_same(elsewhere: Elsewhere, booked: str) -> None:
    elsewhere.work()
    elsewhere.double.move(elsewhere.sync(booked).uid or "", NOON)
    elsewhere.do(lambda: cancel_booking(booked, DESK))
    elsewhere.work()
    assert elsewhere.double.standing() == []


# workers


def test_a_worker_that_dies_after_asking_leaves_one_booking(elsewhere: Elsewhere, booked: str) -> None:
    sync_id = elsewhere.sync(booked).id
    send(elsewhere.do(lambda: outbound.claim(sync_id)))
    elsewhere.work()
    assert elsewhere.state(booked) == ("pending", None)
    elsewhere.later(91)
    elsewhere.work()
    only_one(elsewhere, booked)


def test_two_workers_do_not_ask_at_once(elsewhere: Elsewhere, booked: str) -> None:
    sync_id = elsewhere.sync(booked).id
    assert elsewhere.do(lambda: outbound.claim(sync_id)) is not None
    assert elsewhere.do(lambda: outbound.claim(sync_id)) is None


def test_a_stalled_worker_that_comes_back_changes_nothing(elsewhere: Elsewhere, booked: str) -> None:
    sync_id = elsewhere.sync(booked).id
    errand = elsewhere.do(lambda: outbound.claim(sync_id))
    outcome = send(errand)
    elsewhere.later(91)
    elsewhere.work()
    assert elsewhere.do(lambda: outbound.complete(errand, outcome)) is False
    only_one(elsewhere, booked)


def test_no_transaction_is_open_while_the_other_calendar_answers(
    elsewhere: Elsewhere, booked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    monkeypatch.setattr(job, "send", lambda errand: seen.append(db.session().in_transaction()) or send(errand))
    elsewhere.work()
    assert seen == [False]


def test_the_sweep_sends_what_got_lost_and_nothing_twice(elsewhere: Elsewhere, booked: str) -> None:
    with clear_company():
        assert sweep_outbox("calendars") == 0
        elsewhere.later(31)
        assert sweep_outbox("calendars") == 1
        assert sweep_outbox("calendars") == 0


def test_a_group_and_a_service_that_is_not_there_stay_here(elsewhere: Elsewhere) -> None:
    elsewhere.book("yoga:anna")
    elsewhere.work()
    assert elsewhere.double.requests == []


def test_without_a_connection_nothing_is_written_down(elsewhere: Elsewhere, mira: str) -> None:
    elsewhere.do(lambda: setattr(db.session.get_one(Connection, elsewhere.connection_id), "is_active", False))
    elsewhere.book("cut:anna", customer_id=mira)
    elsewhere.work()
    assert elsewhere.double.requests == []


def test_the_keys_of_another_company_are_not_touched(elsewhere: Elsewhere, booked: str) -> None:
    other = make_salon("praxis")
    with company_scope(other.company_id):
        assert run_in_transaction(lambda: outbound.claim(elsewhere.sync(booked).id)) is None


# consent


def test_what_needs_consent_there_waits_here_until_it_is_given_here(elsewhere: Elsewhere, booked: str) -> None:
    elsewhere.double.event_types[CUT_ANNA]["needs_confirmation"] = True
    elsewhere.in_step()
    assert elsewhere.booking(booked).status == "pending"
    elsewhere.do(lambda: confirm_booking(booked, DESK))
    elsewhere.in_step()
    assert [row["status"] for row in elsewhere.double.standing()] == ["accepted"]
    assert elsewhere.booking(booked).status == "confirmed"
    only_one(elsewhere, booked)


def test_consent_given_there_makes_it_firm_here(elsewhere: Elsewhere, booked: str) -> None:
    elsewhere.double.event_types[CUT_ANNA]["needs_confirmation"] = True
    elsewhere.in_step()
    elsewhere.double.accept(elsewhere.double.standing()[0])
    elsewhere.in_step()
    assert elsewhere.booking(booked).status == "confirmed"
    only_one(elsewhere, booked)
