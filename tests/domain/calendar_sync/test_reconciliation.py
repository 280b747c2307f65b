"""The periodic comparison: what webhooks and answers did not tell is found, shown and brought into step."""

import pytest
from sqlalchemy import select

from app.core.extensions import db
from app.core.tenancy import clear_company, company_scope
from app.domain.bookings.cancel import cancel_booking
from app.jobs import calendar_sync as jobs
from app.models import CalendarReconciliation, Connection
from tests.doubles.calcom_shapes import iso
from tests.factories.salons import at, make_salon
from tests.support.elsewhere import CUT_ANNA, CUT_BEN, DESK, Elsewhere

TEN, ELEVEN, NOON = at("2026-05-12T10:00"), at("2026-05-12T11:00"), at("2026-05-12T12:00")
MIRA = {"name": "Mira Sommer", "phoneNumber": "+4915112345678"}


def compare(elsewhere: Elsewhere) -> CalendarReconciliation:
    """Without any webhook: they are all lost."""
    elsewhere.double.outbox.clear()
    with company_scope(elsewhere.salon.company_id):
        jobs.reconcile_calendar(elsewhere.connection_id)
    elsewhere.double.outbox.clear()
    return elsewhere.comparisons()[-1]


def whats(comparison: CalendarReconciliation) -> list[str]:
    return [difference["what"] for difference in comparison.drift]


def test_in_step_it_finds_nothing_and_says_so(elsewhere: Elsewhere) -> None:
    ours = elsewhere.book("cut:anna", customer_id=elsewhere.mira())
    elsewhere.in_step()
    first, second = compare(elsewhere), compare(elsewhere)
    assert [(run.result, run.repaired, run.seen) for run in (first, second)] == [("done", 0, 1), ("done", 0, 1)]
    assert (first.since, second.since is not None) == (None, True)
    assert elsewhere.booking(ours).version == 1


def test_what_was_booked_moved_and_cancelled_there_unheard_happens_here(elsewhere: Elsewhere) -> None:
    kept = elsewhere.double.book(CUT_ANNA, TEN, **MIRA)
    moved = elsewhere.double.book(CUT_BEN, TEN, "Ida Berg", email="ida@example.de")
    assert whats(compare(elsewhere)) == ["made", "made"]
    elsewhere.later(700)
    elsewhere.double.move(elsewhere.double.move(moved, ELEVEN), NOON)
    elsewhere.later(1)
    elsewhere.double.cancel(kept)
    comparison = compare(elsewhere)
    assert sorted(whats(comparison)) == ["cancelled", "moved"]
    assert comparison.since is not None
    assert [(b.starts_at, b.status) for b in elsewhere.bookings()] == [(TEN, "cancelled"), (NOON, "confirmed")]
    assert compare(elsewhere).repaired == 0


def test_a_first_look_takes_in_what_is_to_come_and_sends_what_is_here(elsewhere: Elsewhere) -> None:
    elsewhere.do(lambda: setattr(db.session.get_one(Connection, elsewhere.connection_id), "is_active", False))
    ours = elsewhere.book("cut:anna", customer_id=elsewhere.mira())
    theirs = elsewhere.double.book(CUT_ANNA, NOON, "Ida Berg", email="ida@example.de")
    elsewhere.do(lambda: setattr(db.session.get_one(Connection, elsewhere.connection_id), "is_active", True))
    comparison = compare(elsewhere)
    assert sorted(whats(comparison)) == ["made", "sent"]
    elsewhere.in_step()
    assert sorted(row["start"] for row in elsewhere.double.standing()) == [iso(TEN), iso(NOON)]
    assert {elsewhere.state(booking.id) for booking in elsewhere.bookings()} == {("synced", None)}
    assert elsewhere.sync(ours).uid != theirs
    assert compare(elsewhere).repaired == 0


def test_what_found_no_room_here_is_taken_in_once_there_is_some(elsewhere: Elsewhere) -> None:
    ours = elsewhere.book("cut:anna", customer_id=elsewhere.mira("Ida Berg", "+4915112345679"))
    elsewhere.do(lambda: setattr(elsewhere.of(ours), "state", "failed"))
    theirs = elsewhere.double.book(CUT_ANNA, TEN, **MIRA)
    assert whats(compare(elsewhere)) == ["refused"]
    elsewhere.later(700)
    assert compare(elsewhere).repaired == 0
    assert len(elsewhere.tasks()) == 1
    elsewhere.do(lambda: cancel_booking(ours, DESK))
    elsewhere.later(700)
    assert whats(compare(elsewhere)) == ["made"]
    assert elsewhere.names() == {theirs: "standing"}


def test_a_move_that_found_no_room_here_is_made_once_there_is_some(elsewhere: Elsewhere) -> None:
    uid = elsewhere.double.book(CUT_ANNA, TEN, **MIRA)
    compare(elsewhere)
    booking_id = elsewhere.bookings()[0].id
    other = elsewhere.book("cut:anna", starts="2026-05-12T12:00", customer_id=elsewhere.mira("Ida Berg", "+4915112345679"))
    elsewhere.later(700)
    elsewhere.double.move(uid, NOON)
    assert whats(compare(elsewhere)) == ["refused"]
    assert elsewhere.state(booking_id) == ("conflict", "no_room_here")
    elsewhere.do(lambda: cancel_booking(other, DESK))
    elsewhere.later(700)
    assert whats(compare(elsewhere)) == ["moved"]
    assert elsewhere.booking(booking_id).starts_at == NOON


def test_an_answer_that_never_came_is_found(elsewhere: Elsewhere) -> None:
    ours = elsewhere.book("cut:anna", customer_id=elsewhere.mira())
    elsewhere.double.fail("lost")
    elsewhere.double.fail("500", on="GET /bookings", times=1)
    elsewhere.work()
    assert elsewhere.state(ours) == ("pending", "no_answer")
    compare(elsewhere)
    assert elsewhere.state(ours) == ("synced", None)
    assert len(elsewhere.double.standing()) == 1


def test_what_failed_for_the_key_is_tried_again_once_it_is_right(elsewhere: Elsewhere) -> None:
    elsewhere.double.key = "cal_another"
    ours = elsewhere.book("cut:anna", customer_id=elsewhere.mira())
    elsewhere.work()
    assert elsewhere.state(ours) == ("failed", "bad_key")
    failed = compare(elsewhere)
    assert (failed.result, failed.error is not None and failed.error.startswith("bad_key")) == ("failed", True)
    elsewhere.double.key = "cal_test_lindgren"
    assert whats(compare(elsewhere)) == ["sent"]
    elsewhere.work()
    assert elsewhere.state(ours) == ("synced", None)


@pytest.mark.parametrize("trouble", ["500", "junk", "429"])
def test_a_look_that_fails_says_why_and_the_next_one_misses_nothing(elsewhere: Elsewhere, trouble: str) -> None:
    compare(elsewhere)
    elsewhere.later(700)
    elsewhere.double.book(CUT_ANNA, TEN, **MIRA)
    elsewhere.double.fail(trouble, on="GET /bookings", times=2, seconds=1)  # type: ignore[arg-type]
    assert compare(elsewhere).result == "failed"
    assert elsewhere.bookings() == []
    elsewhere.later(700)
    elsewhere.rested()
    elsewhere.double.mend()
    assert whats(compare(elsewhere)) == ["made"]


def test_once_a_day_what_vanished_there_is_shown(elsewhere: Elsewhere) -> None:
    ours = elsewhere.book("cut:anna", customer_id=elsewhere.mira())
    elsewhere.in_step()
    compare(elsewhere)
    elsewhere.double.bookings.clear()
    elsewhere.later(3600)
    assert compare(elsewhere).repaired == 0
    elsewhere.later(24 * 3600)
    comparison = compare(elsewhere)
    assert comparison.since is None
    assert comparison.drift == [{"what": "missing", "uid": elsewhere.sync(ours).uid, "booking_id": ours}]
    assert elsewhere.booking(ours).status == "confirmed"


def test_each_company_is_compared_with_its_own(elsewhere: Elsewhere) -> None:
    other = make_salon("praxis")
    with company_scope(other.company_id):
        Elsewhere(elsewhere.app, other, elsewhere.double, elsewhere.clock).connect(api_key="cal_of_the_praxis")
    with clear_company():
        jobs.reconcile_calendars()
    with company_scope(other.company_id):
        jobs.reconcile_calendar(elsewhere.connection_id)
        assert db.session.scalars(select(CalendarReconciliation)).all() == []
    db.session.rollback()
