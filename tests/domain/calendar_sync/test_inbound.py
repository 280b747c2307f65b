"""From Cal.com to here: webhooks over real HTTP, echoes of our own, in any order and any number."""

import json
from itertools import permutations

import pytest
from sqlalchemy import select, update

from app.core.extensions import db
from app.core.tenancy import company_scope
from app.domain.bookings.cancel import cancel_booking
from app.domain.bookings.reschedule import reschedule_booking
from app.models import BookingChange, Branch, CalendarMapping, Customer, WorkingHours
from tests.factories.salon import at, make_salon
from tests.support.calcom_world import ANNA, BEN, CUT_ANNA, CUT_BEN, DESK, WASH_ANYBODY, CalcomWorld, run_in_thread

TEN, ELEVEN, NOON = at("2026-05-12T10:00"), at("2026-05-12T11:00"), at("2026-05-12T12:00")
MIRA = {"name": "Mira Sommer", "phoneNumber": "+4915112345678"}


def book_there(calcom: CalcomWorld, start: object = TEN, event_type: int = CUT_ANNA) -> str:
    return calcom.double.book(event_type, start, **MIRA)  # type: ignore[arg-type]


def placed(calcom: CalcomWorld, *statuses: str) -> list[tuple[object, str]]:
    return [(booking.starts_at, booking.status) for booking in calcom.bookings(*statuses)]


# booked there


def test_external_booking_is_imported(calcom: CalcomWorld) -> None:
    uid = book_there(calcom)
    calcom.receive_webhooks()
    (booking,) = calcom.bookings()
    assert (booking.starts_at, booking.status, booking.source) == (TEN, "confirmed", "calcom")
    assert (booking.staff_id, booking.service_id) == (calcom.salon.people["anna"], calcom.salon.services["cut"])
    assert (booking.branch_id, booking.timezone) == (calcom.salon.branches["mitte"], "Europe/Berlin")
    assert calcom.state(booking.id) == ("synced", None)
    assert calcom.sync(booking.id).uid == uid
    customer = calcom.run(lambda: [(c.name, c.of_kind("phone"), c.of_kind("email")) for c in db.session.scalars(select(Customer))])
    assert customer == [("Mira Sommer", "+4915112345678", "mira@example.de")]
    change = calcom.run(lambda: [(c.action, c.actor_type, c.channel) for c in db.session.scalars(select(BookingChange))])
    assert change == [("made", "calendar", "calcom")]


@pytest.mark.parametrize(
    ("entered", "notes"),
    [
        ({"email": "mira@example.de, ole@example.de"}, "mira@example.de, ole@example.de"),
        ({"phoneNumber": "+49 15"}, "+49 15"),
        ({"email": "mira(at)example", "phoneNumber": "+49 15"}, "+49 15\nmira(at)example"),
    ],
)
def test_contact_that_cannot_be_read_stands_in_the_notes(calcom: CalcomWorld, entered: dict[str, str], notes: str) -> None:
    calcom.double.book(CUT_ANNA, TEN, **MIRA | entered)
    calcom.receive_webhooks()
    assert [booking.notes for booking in calcom.bookings()] == [notes]


def test_imported_booking_is_not_sent_back(calcom: CalcomWorld) -> None:
    book_there(calcom)
    calcom.synchronize()
    assert calcom.double.requests == []


def test_import_ignores_opening_hours_and_policies(calcom: CalcomWorld) -> None:
    from sqlalchemy import delete

    calcom.run(lambda: db.session.execute(delete(WorkingHours)))
    book_there(calcom)
    calcom.receive_webhooks()
    assert placed(calcom) == [(TEN, "confirmed")]


def test_repeated_deliveries_create_one_row(calcom: CalcomWorld) -> None:
    book_there(calcom)
    calcom.receive_webhooks(order=lambda bodies: bodies * 3)
    # the same in other words, as a second webhook of the account would send it
    document = json.loads(calcom.read_body(0))
    document["createdAt"] = "2026-05-04T06:30:00.000Z"
    calcom.double.outbox.append(json.dumps(document).encode())
    calcom.receive_webhooks()
    assert placed(calcom) == [(TEN, "confirmed")]
    assert len(calcom.events()) == 2


def test_host_chosen_by_calcom_becomes_staff_member(calcom: CalcomWorld) -> None:
    calcom.double.block(ANNA, TEN, ELEVEN)
    book_there(calcom, event_type=WASH_ANYBODY)
    calcom.receive_webhooks()
    assert [booking.staff_id for booking in calcom.bookings()] == [calcom.salon.people["ben"]]


def test_unmapped_event_type_is_ignored(calcom: CalcomWorld) -> None:
    calcom.double.add_event_type(17, "Podcast", 30, ANNA)
    book_there(calcom, event_type=17)
    calcom.receive_webhooks()
    assert calcom.bookings() == []
    assert [event.status for event in calcom.events()] == ["ignored"]


def test_external_booking_of_taken_slot_creates_task(calcom: CalcomWorld) -> None:
    ours = calcom.book("cut:anna")
    uid = book_there(calcom)
    calcom.receive_webhooks()
    assert [booking.id for booking in calcom.bookings()] == [ours]
    assert calcom.external_statuses()[uid] == "refused"
    (task,) = calcom.tasks()
    assert (task.kind, task.reason) == ("check_booking", "no_room_here")
    assert "Mira Sommer" in task.title
    assert "+4915112345678" in (task.details or "")
    calcom.receive_webhooks(order=lambda _bodies: [calcom.read_body(0)])
    assert len(calcom.tasks()) == 1


@pytest.mark.parametrize(
    ("attendee_zone", "branch_zone", "clock"),
    [
        ("America/New_York", "Europe/Berlin", "12.05.2026, 10:00"),
        ("Asia/Tokyo", "Europe/Lisbon", "12.05.2026, 09:00"),
        ("Europe/Berlin", "Atlantic/Canary", "12.05.2026, 09:00"),
    ],
)
def test_task_about_taken_slot_tells_the_clock_of_the_branch(calcom: CalcomWorld, attendee_zone: str, branch_zone: str, clock: str) -> None:
    calcom.run(lambda: setattr(db.session.get(Branch, calcom.salon.branches["mitte"]), "timezone", branch_zone))
    calcom.book("cut:anna")
    calcom.double.book(CUT_ANNA, TEN, **MIRA, timeZone=attendee_zone)
    calcom.receive_webhooks()
    assert [task.title for task in calcom.tasks()] == [f"Termin klären: Mira Sommer, {clock}: im anderen Kalender gebucht, hier nicht frei"]


def test_task_about_taken_slot_of_any_branch_tells_the_clock_of_the_company(calcom: CalcomWorld) -> None:
    def prepare() -> None:
        db.session.execute(update(CalendarMapping).values(branch_id=None))
        for branch in db.session.scalars(select(Branch)):
            branch.is_active = branch.id == calcom.salon.branches["mitte"]

    calcom.run(prepare)
    calcom.book("cut:anna")
    calcom.double.book(CUT_ANNA, TEN, **MIRA, timeZone="America/New_York")
    calcom.receive_webhooks()
    assert ["12.05.2026, 10:00" in task.title for task in calcom.tasks()] == [True]


def test_booking_entered_in_both_calendars_is_linked(calcom: CalcomWorld) -> None:
    from app.domain.customers.contacts import find_or_create

    customer_id = calcom.run(lambda: find_or_create("Mira Sommer", number="+4915112345678").id)
    ours = calcom.book("cut:anna", customer_id=customer_id)
    uid = book_there(calcom)
    calcom.receive_webhooks()
    calcom.synchronize()
    assert [booking.id for booking in calcom.bookings()] == [ours]
    assert calcom.state(ours) == ("synced", None)
    assert [row["uid"] for row in calcom.double.active_bookings()] == [uid]


def test_external_request_is_pending(calcom: CalcomWorld) -> None:
    calcom.double.event_types[CUT_ANNA]["needs_confirmation"] = True
    uid = book_there(calcom)
    calcom.receive_webhooks()
    assert placed(calcom) == [(TEN, "pending")]
    calcom.advance(60)
    calcom.double.accept(calcom.double.bookings[uid])
    calcom.receive_webhooks()
    assert placed(calcom) == [(TEN, "confirmed")]


# echoes


@pytest.mark.parametrize("when", ["before", "kept"])
def test_echo_of_own_booking_is_recognised(calcom: CalcomWorld, when: str) -> None:
    calcom.double.subscriptions[0].when = when  # type: ignore[assignment]
    calcom.double.delivered = lambda: run_in_thread(calcom.app, calcom.drain)
    ours = calcom.book("cut:anna", customer_id=calcom.make_customer())
    calcom.synchronize()
    assert [booking.id for booking in calcom.bookings()] == [ours]
    assert calcom.state(ours) == ("synced", None)
    assert [event.status for event in calcom.events()] == ["handled"]
    assert calcom.booking(ours).version == 1


def test_echo_replaces_lost_response(calcom: CalcomWorld) -> None:
    ours = calcom.book("cut:anna", customer_id=calcom.make_customer())
    calcom.double.fail("lost")
    calcom.double.fail("500", on="GET /bookings", times=9)
    calcom.send_due()
    assert calcom.state(ours) == ("pending", "no_answer")
    calcom.receive_webhooks()
    assert calcom.state(ours) == ("synced", None)
    calcom.advance(60)
    calcom.send_due()
    assert calcom.double.requests.count("POST /bookings") == 1


def test_echoes_of_moves_and_cancellations_change_nothing(calcom: CalcomWorld) -> None:
    ours = calcom.book("cut:anna", customer_id=calcom.make_customer())
    calcom.send_due()
    calcom.run(lambda: reschedule_booking(ours, DESK, starts_at=NOON))
    calcom.send_due()
    calcom.run(lambda: cancel_booking(ours, DESK))
    calcom.send_due()
    for order in permutations(range(3)):
        bodies = list(calcom.double.outbox)
        calcom.receive_webhooks(order=lambda waiting, order=order: [waiting[n] for n in order])
        calcom.double.outbox += bodies
        assert placed(calcom) == [(NOON, "cancelled")]
    assert calcom.double.active_bookings() == []


def test_duplicate_external_bookings_are_reduced_to_one(calcom: CalcomWorld) -> None:
    """Cal.com answered a second request although the first one was still at work."""
    ours = calcom.book("wash:anna", customer_id=calcom.make_customer())
    calcom.send_due()
    first = calcom.sync(ours).uid
    body = {"start": "2026-05-12T08:00:00Z", "eventTypeId": WASH_ANYBODY, "attendee": {**MIRA, "timeZone": "Europe/Berlin"}}
    calcom.double.create_booking({**body, "metadata": {"ref": calcom.sync(ours).id}})
    assert len(calcom.double.active_bookings()) == 2
    calcom.receive_webhooks()
    calcom.synchronize()
    assert [row["uid"] for row in calcom.double.active_bookings()] == [first]
    assert calcom.state(ours) == ("synced", None)
    assert len(calcom.bookings()) == 1


# moved and cancelled there


@pytest.mark.parametrize("origin", ["here", "there"])
def test_external_reschedule_moves_booking(calcom: CalcomWorld, origin: str) -> None:
    booking_id, uid = stands_in_both(calcom, origin)
    new = calcom.double.move(uid, NOON, "verhindert")
    calcom.receive_webhooks()
    assert placed(calcom) == [(NOON, "confirmed")]
    assert calcom.sync(booking_id).uid == new
    assert calcom.external_statuses() == {uid: "moved", new: "standing"}
    calcom.send_due()
    assert [row["uid"] for row in calcom.double.active_bookings()] == [new]


@pytest.mark.parametrize("origin", ["here", "there"])
def test_external_cancellation_frees_slot(calcom: CalcomWorld, origin: str) -> None:
    booking_id, uid = stands_in_both(calcom, origin)
    calcom.double.cancel(uid, "krank")
    calcom.receive_webhooks(order=lambda bodies: bodies * 2)
    assert placed(calcom) == [(TEN, "cancelled")]
    assert calcom.state(booking_id) == ("synced", None)
    calcom.book("cut:anna")
    assert placed(calcom, "confirmed") == [(TEN, "confirmed")]


def test_external_reschedule_to_taken_slot_is_conflict(calcom: CalcomWorld) -> None:
    booking_id, uid = stands_in_both(calcom, "there")
    other = calcom.book("cut:anna", starts="2026-05-12T12:00", customer_id=calcom.make_customer("Ida Berg", "+4915112345679"))
    new = calcom.double.move(uid, NOON)
    calcom.receive_webhooks()
    assert calcom.state(booking_id) == ("conflict", "no_room_here")
    assert calcom.sync(booking_id).uid == new
    assert calcom.booking(booking_id).starts_at == TEN
    assert calcom.booking(booking_id).status == "pending"
    assert [task.reason for task in calcom.tasks()] == ["no_room_here"]
    calcom.run(lambda: cancel_booking(other, DESK))
    calcom.retry(booking_id)
    assert calcom.booking(booking_id).starts_at == NOON
    assert calcom.booking(booking_id).status == "confirmed"
    assert calcom.state(booking_id) == ("synced", None)


def test_later_of_two_changes_wins(calcom: CalcomWorld) -> None:
    booking_id, uid = stands_in_both(calcom, "there")
    calcom.double.move(uid, ELEVEN)
    calcom.advance(30)
    calcom.run(lambda: reschedule_booking(booking_id, DESK, starts_at=NOON))
    calcom.receive_webhooks()
    calcom.synchronize()
    assert placed(calcom) == [(NOON, "confirmed")]
    assert [row["start"] for row in calcom.double.active_bookings()] == ["2026-05-12T10:00:00.000Z"]
    calcom.run(lambda: reschedule_booking(booking_id, DESK, starts_at=TEN))
    calcom.advance(30)
    calcom.double.move(calcom.sync(booking_id).uid or "", ELEVEN)
    calcom.receive_webhooks()
    calcom.synchronize()
    assert placed(calcom) == [(ELEVEN, "confirmed")]
    assert len(calcom.double.active_bookings()) == 1


def test_events_in_any_order_end_in_same_state(calcom: CalcomWorld) -> None:
    uid = book_there(calcom)
    calcom.advance(60)
    moved = calcom.double.move(uid, ELEVEN)
    calcom.advance(60)
    again = calcom.double.move(moved, NOON)
    bodies = list(calcom.double.outbox)
    for number, order in enumerate(permutations(range(3))):
        if number:
            calcom.delete_bookings()
        calcom.double.outbox = [bodies[n] for n in order]
        for _ in order:
            rest = calcom.double.outbox[1:]
            calcom.receive_webhooks(order=lambda waiting: waiting[:1])
            calcom.double.outbox = rest
        assert placed(calcom, "confirmed") == [(NOON, "confirmed")], order
        assert placed(calcom) == [(NOON, "confirmed")], order
        assert calcom.sync(calcom.bookings()[0].id).uid == again


def test_events_that_wait_together_are_applied_in_the_order_in_which_they_happened(calcom: CalcomWorld) -> None:
    first = book_there(calcom)
    calcom.advance(60)
    calcom.double.cancel(first)
    calcom.advance(60)
    book_there(calcom)
    calcom.receive_webhooks()
    assert placed(calcom) == [(TEN, "cancelled"), (TEN, "confirmed")]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_cancelled_booking_stays_cancelled_in_any_event_order(calcom: CalcomWorld, order: tuple[int, ...]) -> None:
    uid = book_there(calcom)
    calcom.advance(60)
    moved = calcom.double.move(uid, ELEVEN)
    calcom.advance(60)
    calcom.double.cancel(moved)
    bodies = list(calcom.double.outbox)
    for number in order:
        calcom.double.outbox = [bodies[number]]
        calcom.receive_webhooks()
    assert placed(calcom, "confirmed", "pending") == []
    assert len(calcom.bookings()) <= 1


def test_cancellation_of_replaced_uid_is_ignored(calcom: CalcomWorld) -> None:
    _booking_id, uid = stands_in_both(calcom, "there")
    calcom.double.move(uid, NOON)
    calcom.receive_webhooks()
    calcom.double.emit_webhook("BOOKING_CANCELLED", calcom.double.bookings[uid])
    calcom.receive_webhooks()
    assert placed(calcom) == [(NOON, "confirmed")]


def test_lost_reschedule_is_recovered_by_next_webhook(calcom: CalcomWorld) -> None:
    _booking_id, uid = stands_in_both(calcom, "there")
    middle = calcom.double.move(uid, ELEVEN)
    calcom.double.outbox.clear()
    calcom.double.move(middle, NOON)
    calcom.receive_webhooks()
    assert placed(calcom) == [(NOON, "confirmed")]


def test_external_no_show_is_applied_after_start(calcom: CalcomWorld) -> None:
    booking_id, uid = stands_in_both(calcom, "there")
    calcom.double.mark_absent(uid)
    calcom.receive_webhooks()
    assert calcom.booking(booking_id).status == "confirmed"
    calcom.clock.move_to(ELEVEN)
    calcom.double.mark_absent(uid)
    calcom.receive_webhooks()
    assert calcom.booking(booking_id).status == "no_show"


def test_external_host_change_changes_staff_member(calcom: CalcomWorld) -> None:
    uid = book_there(calcom, event_type=WASH_ANYBODY)
    calcom.receive_webhooks()
    calcom.double.block(ANNA, NOON, at("2026-05-12T13:00"))
    calcom.double.move(uid, NOON)
    calcom.receive_webhooks()
    (booking,) = calcom.bookings()
    assert (booking.starts_at, booking.staff_id) == (NOON, calcom.salon.people["ben"])


# whose it is


def test_foreign_connection_changes_no_booking(calcom: CalcomWorld) -> None:
    booking_id, uid = stands_in_both(calcom, "here")
    other = make_salon("praxis")
    with company_scope(other.company_id):
        theirs = CalcomWorld(calcom.app, other, calcom.double, calcom.clock)
        connection = theirs.connect()
    calcom.double.cancel(uid)
    url = calcom.double.subscriptions[0].url.rpartition("/")[0]
    calcom.receive_webhooks(url=f"{url}/{connection}")
    assert calcom.booking(booking_id).status == "confirmed"
    assert [event.status for event in calcom.events()][-1] == "ignored"


def test_platform_webhook_finds_company_of_its_account(calcom: CalcomWorld) -> None:
    url = calcom.double.subscriptions[0].url.rpartition("/")[0]
    calcom.double.subscriptions[0].url = url
    calcom.double.subscriptions[0].secret = "tests_only_calcom"
    book_there(calcom)
    calcom.receive_webhooks()
    assert calcom.bookings() == []
    assert [(event.status, event.reason) for event in calcom.events()] == [("unassigned", "unknown_calendar")]
    calcom.use_platform_account()
    book_there(calcom, NOON, CUT_BEN)
    calcom.receive_webhooks()
    assert placed(calcom) == [(NOON, "confirmed")]
    assert calcom.bookings()[0].staff_id == calcom.salon.people["ben"]


def stands_in_both(calcom: CalcomWorld, origin: str) -> tuple[str, str]:
    """A booking of ten o'clock in step; its id here and its name there."""
    if origin == "here":
        booking_id = calcom.book("cut:anna", customer_id=calcom.make_customer())
        calcom.synchronize()
    else:
        book_there(calcom)
        calcom.receive_webhooks()
        booking_id = calcom.bookings()[0].id
    assert calcom.state(booking_id) == ("synced", None)
    calcom.advance(60)
    return booking_id, calcom.sync(booking_id).uid or ""


def test_host_addresses_are_case_insensitive(calcom: CalcomWorld) -> None:
    calcom.double.event_types[WASH_ANYBODY]["hosts"][0]["email"] = BEN.upper()
    book_there(calcom, event_type=WASH_ANYBODY)
    calcom.receive_webhooks()
    assert [booking.staff_id for booking in calcom.bookings()] == [calcom.salon.people["ben"]]
