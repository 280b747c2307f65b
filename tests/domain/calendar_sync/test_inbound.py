"""From Cal.com to here: webhooks over real HTTP, echoes of our own, in any order and any number."""

import json
from itertools import permutations

import pytest
from sqlalchemy import select

from app.core.extensions import db
from app.core.tenancy import company_scope
from app.domain.bookings.cancel import cancel_booking
from app.domain.bookings.reschedule import reschedule_booking
from app.models import BookingChange, Customer, WorkingHours
from tests.factories.salons import at, make_salon
from tests.support.elsewhere import ANNA, BEN, CUT_ANNA, CUT_BEN, DESK, WASH_ANYBODY, Elsewhere, beside

TEN, ELEVEN, NOON = at("2026-05-12T10:00"), at("2026-05-12T11:00"), at("2026-05-12T12:00")
MIRA = {"name": "Mira Sommer", "phoneNumber": "+4915112345678"}


def book_there(elsewhere: Elsewhere, start: object = TEN, event_type: int = CUT_ANNA) -> str:
    return elsewhere.double.book(event_type, start, **MIRA)  # type: ignore[arg-type]


def placed(elsewhere: Elsewhere, *statuses: str) -> list[tuple[object, str]]:
    return [(booking.starts_at, booking.status) for booking in elsewhere.bookings(*statuses)]


# booked there


def test_what_is_booked_there_stands_here(elsewhere: Elsewhere) -> None:
    uid = book_there(elsewhere)
    elsewhere.hear()
    (booking,) = elsewhere.bookings()
    assert (booking.starts_at, booking.status, booking.source) == (TEN, "confirmed", "calcom")
    assert (booking.staff_id, booking.service_id) == (elsewhere.salon.people["anna"], elsewhere.salon.services["cut"])
    assert (booking.branch_id, booking.zone) == (elsewhere.salon.branches["mitte"], "Europe/Berlin")
    assert elsewhere.state(booking.id) == ("synced", None)
    assert elsewhere.sync(booking.id).uid == uid
    customer = elsewhere.do(lambda: [(c.name, c.of_kind("phone"), c.of_kind("email")) for c in db.session.scalars(select(Customer))])
    assert customer == [("Mira Sommer", "+4915112345678", "mira@example.de")]
    change = elsewhere.do(lambda: [(c.action, c.actor_type, c.way) for c in db.session.scalars(select(BookingChange))])
    assert change == [("made", "calendar", "calcom")]


def test_it_is_not_sent_back(elsewhere: Elsewhere) -> None:
    book_there(elsewhere)
    elsewhere.in_step()
    assert elsewhere.double.requests == []


def test_hours_and_policies_are_not_asked_for_what_is_promised_there(elsewhere: Elsewhere) -> None:
    from sqlalchemy import delete

    elsewhere.do(lambda: db.session.execute(delete(WorkingHours)))
    book_there(elsewhere)
    elsewhere.hear()
    assert placed(elsewhere) == [(TEN, "confirmed")]


def test_deliveries_of_the_same_event_make_one_row(elsewhere: Elsewhere) -> None:
    book_there(elsewhere)
    elsewhere.hear(order=lambda bodies: bodies * 3)
    # the same in other words, as a second webhook of the account would send it
    document = json.loads(elsewhere.body_of(0))
    document["createdAt"] = "2026-05-04T06:30:00.000Z"
    elsewhere.double.outbox.append(json.dumps(document).encode())
    elsewhere.hear()
    assert placed(elsewhere) == [(TEN, "confirmed")]
    assert len(elsewhere.events()) == 2


def test_whoever_cal_com_chose_does_it_here(elsewhere: Elsewhere) -> None:
    elsewhere.double.block(ANNA, TEN, ELEVEN)
    book_there(elsewhere, event_type=WASH_ANYBODY)
    elsewhere.hear()
    assert [booking.staff_id for booking in elsewhere.bookings()] == [elsewhere.salon.people["ben"]]


def test_an_event_type_that_is_none_of_ours_is_passed_over(elsewhere: Elsewhere) -> None:
    elsewhere.double.add_event_type(17, "Podcast", 30, ANNA)
    book_there(elsewhere, event_type=17)
    elsewhere.hear()
    assert elsewhere.bookings() == []
    assert [event.status for event in elsewhere.events()] == ["ignored"]


def test_a_time_taken_here_is_not_sold_twice_and_the_desk_is_asked(elsewhere: Elsewhere) -> None:
    ours = elsewhere.book("cut:anna")
    uid = book_there(elsewhere)
    elsewhere.hear()
    assert [booking.id for booking in elsewhere.bookings()] == [ours]
    assert elsewhere.names()[uid] == "refused"
    (task,) = elsewhere.tasks()
    assert (task.kind, task.reason) == ("check_booking", "no_room_here")
    assert "Mira Sommer" in task.title
    assert "+4915112345678" in (task.details or "")
    elsewhere.hear(order=lambda _bodies: [elsewhere.body_of(0)])
    assert len(elsewhere.tasks()) == 1


def test_an_appointment_written_into_both_by_hand_becomes_one(elsewhere: Elsewhere) -> None:
    from app.domain.customers.contacts import find_or_create

    customer_id = elsewhere.do(lambda: find_or_create("Mira Sommer", number="+4915112345678").id)
    ours = elsewhere.book("cut:anna", customer_id=customer_id)
    uid = book_there(elsewhere)
    elsewhere.hear()
    elsewhere.in_step()
    assert [booking.id for booking in elsewhere.bookings()] == [ours]
    assert elsewhere.state(ours) == ("synced", None)
    assert [row["uid"] for row in elsewhere.double.standing()] == [uid]


def test_a_request_there_waits_here_too(elsewhere: Elsewhere) -> None:
    elsewhere.double.event_types[CUT_ANNA]["needs_confirmation"] = True
    uid = book_there(elsewhere)
    elsewhere.hear()
    assert placed(elsewhere) == [(TEN, "pending")]
    elsewhere.later(60)
    elsewhere.double.accept(elsewhere.double.bookings[uid])
    elsewhere.hear()
    assert placed(elsewhere) == [(TEN, "confirmed")]


# echoes


@pytest.mark.parametrize("when", ["before", "kept"])
def test_the_echo_of_our_own_booking_is_recognised(elsewhere: Elsewhere, when: str) -> None:
    elsewhere.double.subscriptions[0].when = when  # type: ignore[assignment]
    elsewhere.double.delivered = lambda: beside(elsewhere.app, elsewhere.drain)
    ours = elsewhere.book("cut:anna", customer_id=elsewhere.mira())
    elsewhere.in_step()
    assert [booking.id for booking in elsewhere.bookings()] == [ours]
    assert elsewhere.state(ours) == ("synced", None)
    assert [event.status for event in elsewhere.events()] == ["handled"]
    assert elsewhere.booking(ours).version == 1


def test_the_echo_tells_what_the_lost_answer_did_not(elsewhere: Elsewhere) -> None:
    ours = elsewhere.book("cut:anna", customer_id=elsewhere.mira())
    elsewhere.double.fail("lost")
    elsewhere.double.fail("500", on="GET /bookings", times=9)
    elsewhere.work()
    assert elsewhere.state(ours) == ("pending", "no_answer")
    elsewhere.hear()
    assert elsewhere.state(ours) == ("synced", None)
    elsewhere.later(60)
    elsewhere.work()
    assert elsewhere.double.requests.count("POST /bookings") == 1


def test_echoes_of_moves_and_cancellations_change_nothing(elsewhere: Elsewhere) -> None:
    ours = elsewhere.book("cut:anna", customer_id=elsewhere.mira())
    elsewhere.work()
    elsewhere.do(lambda: reschedule_booking(ours, DESK, starts_at=NOON))
    elsewhere.work()
    elsewhere.do(lambda: cancel_booking(ours, DESK))
    elsewhere.work()
    for order in permutations(range(3)):
        bodies = list(elsewhere.double.outbox)
        elsewhere.hear(order=lambda waiting, order=order: [waiting[n] for n in order])
        elsewhere.double.outbox += bodies
        assert placed(elsewhere) == [(NOON, "cancelled")]
    assert elsewhere.double.standing() == []


def test_two_of_one_mark_leave_one_standing(elsewhere: Elsewhere) -> None:
    """Cal.com answered a second request although the first one was still at work."""
    ours = elsewhere.book("wash:anna", customer_id=elsewhere.mira())
    elsewhere.work()
    first = elsewhere.sync(ours).uid
    body = {"start": "2026-05-12T08:00:00Z", "eventTypeId": WASH_ANYBODY, "attendee": {**MIRA, "timeZone": "Europe/Berlin"}}
    elsewhere.double.ordered({**body, "metadata": {"ref": elsewhere.sync(ours).id}})
    assert len(elsewhere.double.standing()) == 2
    elsewhere.hear()
    elsewhere.in_step()
    assert [row["uid"] for row in elsewhere.double.standing()] == [first]
    assert elsewhere.state(ours) == ("synced", None)
    assert len(elsewhere.bookings()) == 1


# moved and cancelled there


@pytest.mark.parametrize("origin", ["here", "there"])
def test_a_move_there_moves_it_here(elsewhere: Elsewhere, origin: str) -> None:
    booking_id, uid = stands_in_both(elsewhere, origin)
    new = elsewhere.double.move(uid, NOON, "verhindert")
    elsewhere.hear()
    assert placed(elsewhere) == [(NOON, "confirmed")]
    assert elsewhere.sync(booking_id).uid == new
    assert elsewhere.names() == {uid: "moved", new: "standing"}
    elsewhere.work()
    assert [row["uid"] for row in elsewhere.double.standing()] == [new]


@pytest.mark.parametrize("origin", ["here", "there"])
def test_a_cancellation_there_frees_the_time_here(elsewhere: Elsewhere, origin: str) -> None:
    booking_id, uid = stands_in_both(elsewhere, origin)
    elsewhere.double.cancel(uid, "krank")
    elsewhere.hear(order=lambda bodies: bodies * 2)
    assert placed(elsewhere) == [(TEN, "cancelled")]
    assert elsewhere.state(booking_id) == ("synced", None)
    elsewhere.book("cut:anna")
    assert placed(elsewhere, "confirmed") == [(TEN, "confirmed")]


def test_a_move_there_to_a_time_taken_here_is_a_conflict(elsewhere: Elsewhere) -> None:
    booking_id, uid = stands_in_both(elsewhere, "there")
    other = elsewhere.book("cut:anna", starts="2026-05-12T12:00", customer_id=elsewhere.mira("Ida Berg", "+4915112345679"))
    new = elsewhere.double.move(uid, NOON)
    elsewhere.hear()
    assert elsewhere.state(booking_id) == ("conflict", "no_room_here")
    assert elsewhere.sync(booking_id).uid == new
    assert elsewhere.booking(booking_id).starts_at == TEN
    assert elsewhere.booking(booking_id).status == "pending"
    assert [task.reason for task in elsewhere.tasks()] == ["no_room_here"]
    elsewhere.do(lambda: cancel_booking(other, DESK))
    elsewhere.try_again(booking_id)
    assert elsewhere.booking(booking_id).starts_at == NOON
    assert elsewhere.booking(booking_id).status == "confirmed"
    assert elsewhere.state(booking_id) == ("synced", None)


def test_of_two_changes_the_later_one_stays(elsewhere: Elsewhere) -> None:
    booking_id, uid = stands_in_both(elsewhere, "there")
    elsewhere.double.move(uid, ELEVEN)
    elsewhere.later(30)
    elsewhere.do(lambda: reschedule_booking(booking_id, DESK, starts_at=NOON))
    elsewhere.hear()
    elsewhere.in_step()
    assert placed(elsewhere) == [(NOON, "confirmed")]
    assert [row["start"] for row in elsewhere.double.standing()] == ["2026-05-12T10:00:00.000Z"]
    elsewhere.do(lambda: reschedule_booking(booking_id, DESK, starts_at=TEN))
    elsewhere.later(30)
    elsewhere.double.move(elsewhere.sync(booking_id).uid or "", ELEVEN)
    elsewhere.hear()
    elsewhere.in_step()
    assert placed(elsewhere) == [(ELEVEN, "confirmed")]
    assert len(elsewhere.double.standing()) == 1


def test_the_life_of_a_booking_there_ends_alike_in_every_order(elsewhere: Elsewhere) -> None:
    uid = book_there(elsewhere)
    elsewhere.later(60)
    moved = elsewhere.double.move(uid, ELEVEN)
    elsewhere.later(60)
    again = elsewhere.double.move(moved, NOON)
    bodies = list(elsewhere.double.outbox)
    for number, order in enumerate(permutations(range(3))):
        if number:
            elsewhere.start_over()
        elsewhere.double.outbox = [bodies[n] for n in order]
        for _ in order:
            rest = elsewhere.double.outbox[1:]
            elsewhere.hear(order=lambda waiting: waiting[:1])
            elsewhere.double.outbox = rest
        assert placed(elsewhere, "confirmed") == [(NOON, "confirmed")], order
        assert placed(elsewhere) == [(NOON, "confirmed")], order
        assert elsewhere.sync(elsewhere.bookings()[0].id).uid == again


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_what_was_cancelled_at_last_stands_nowhere_in_whatever_order_it_is_heard(elsewhere: Elsewhere, order: tuple[int, ...]) -> None:
    uid = book_there(elsewhere)
    elsewhere.later(60)
    moved = elsewhere.double.move(uid, ELEVEN)
    elsewhere.later(60)
    elsewhere.double.cancel(moved)
    bodies = list(elsewhere.double.outbox)
    for number in order:
        elsewhere.double.outbox = [bodies[number]]
        elsewhere.hear()
    assert placed(elsewhere, "confirmed", "pending") == []
    assert len(elsewhere.bookings()) <= 1


def test_a_cancellation_of_a_name_that_has_a_successor_is_passed_over(elsewhere: Elsewhere) -> None:
    _booking_id, uid = stands_in_both(elsewhere, "there")
    elsewhere.double.move(uid, NOON)
    elsewhere.hear()
    elsewhere.double.tell("BOOKING_CANCELLED", elsewhere.double.bookings[uid])
    elsewhere.hear()
    assert placed(elsewhere) == [(NOON, "confirmed")]


def test_a_move_whose_webhook_was_lost_is_made_up_for_by_the_next(elsewhere: Elsewhere) -> None:
    _booking_id, uid = stands_in_both(elsewhere, "there")
    middle = elsewhere.double.move(uid, ELEVEN)
    elsewhere.double.outbox.clear()
    elsewhere.double.move(middle, NOON)
    elsewhere.hear()
    assert placed(elsewhere) == [(NOON, "confirmed")]


def test_nobody_came_is_told_here_once_its_time_has_come(elsewhere: Elsewhere) -> None:
    booking_id, uid = stands_in_both(elsewhere, "there")
    elsewhere.double.mark_absent(uid)
    elsewhere.hear()
    assert elsewhere.booking(booking_id).status == "confirmed"
    elsewhere.clock.move_to(ELEVEN)
    elsewhere.double.mark_absent(uid)
    elsewhere.hear()
    assert elsewhere.booking(booking_id).status == "no_show"


def test_another_host_there_is_another_person_here(elsewhere: Elsewhere) -> None:
    uid = book_there(elsewhere, event_type=WASH_ANYBODY)
    elsewhere.hear()
    elsewhere.double.block(ANNA, NOON, at("2026-05-12T13:00"))
    elsewhere.double.move(uid, NOON)
    elsewhere.hear()
    (booking,) = elsewhere.bookings()
    assert (booking.starts_at, booking.staff_id) == (NOON, elsewhere.salon.people["ben"])


# whose it is


def test_another_companys_connection_reaches_nothing_of_ours(elsewhere: Elsewhere) -> None:
    booking_id, uid = stands_in_both(elsewhere, "here")
    other = make_salon("praxis")
    with company_scope(other.company_id):
        theirs = Elsewhere(elsewhere.app, other, elsewhere.double, elsewhere.clock)
        connection = theirs.connect()
    elsewhere.double.cancel(uid)
    url = elsewhere.double.subscriptions[0].url.rpartition("/")[0]
    elsewhere.hear(url=f"{url}/{connection}")
    assert elsewhere.booking(booking_id).status == "confirmed"
    assert [event.status for event in elsewhere.events()][-1] == "ignored"


def test_the_platforms_own_webhook_finds_the_company_that_uses_its_account(elsewhere: Elsewhere) -> None:
    url = elsewhere.double.subscriptions[0].url.rpartition("/")[0]
    elsewhere.double.subscriptions[0].url = url
    elsewhere.double.subscriptions[0].secret = "tests_only_calcom"
    book_there(elsewhere)
    elsewhere.hear()
    assert elsewhere.bookings() == []
    assert [(event.status, event.reason) for event in elsewhere.events()] == [("unassigned", "unknown_calendar")]
    elsewhere.use_the_platforms_account()
    book_there(elsewhere, NOON, CUT_BEN)
    elsewhere.hear()
    assert placed(elsewhere) == [(NOON, "confirmed")]
    assert elsewhere.bookings()[0].staff_id == elsewhere.salon.people["ben"]


def stands_in_both(elsewhere: Elsewhere, origin: str) -> tuple[str, str]:
    """A booking of ten o'clock in step; its id here and its name there."""
    if origin == "here":
        booking_id = elsewhere.book("cut:anna", customer_id=elsewhere.mira())
        elsewhere.in_step()
    else:
        book_there(elsewhere)
        elsewhere.hear()
        booking_id = elsewhere.bookings()[0].id
    assert elsewhere.state(booking_id) == ("synced", None)
    elsewhere.later(60)
    return booking_id, elsewhere.sync(booking_id).uid or ""


def test_names_of_hosts_are_read_in_lower_case(elsewhere: Elsewhere) -> None:
    elsewhere.double.event_types[WASH_ANYBODY]["hosts"][0]["email"] = BEN.upper()
    book_there(elsewhere, event_type=WASH_ANYBODY)
    elsewhere.hear()
    assert [booking.staff_id for booking in elsewhere.bookings()] == [elsewhere.salon.people["ben"]]
