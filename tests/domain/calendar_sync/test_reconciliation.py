"""The periodic comparison: what webhooks and answers did not tell is found, shown and brought into step."""

import pytest
from sqlalchemy import select

from app.core.extensions import db
from app.core.tenancy import clear_company, company_scope
from app.domain.bookings.cancel import cancel_booking
from app.jobs import calendar_sync as jobs
from app.models import CalendarReconciliation, Company, Connection, StaffNotice
from tests.doubles.calcom_shapes import iso
from tests.factories.salon import at, make_salon
from tests.support.calcom_world import CUT_ANNA, CUT_BEN, DESK, CalcomWorld
from tests.support.users import make_user

TEN, ELEVEN, NOON = at("2026-05-12T10:00"), at("2026-05-12T11:00"), at("2026-05-12T12:00")
MIRA = {"name": "Mira Sommer", "phoneNumber": "+4915112345678"}


def compare(calcom: CalcomWorld) -> CalendarReconciliation:
    """Without any webhook: they are all lost."""
    calcom.double.outbox.clear()
    with company_scope(calcom.salon.company_id):
        jobs.reconcile_calendar(calcom.connection_id)
    calcom.double.outbox.clear()
    return calcom.reconciliations()[-1]


def whats(comparison: CalendarReconciliation) -> list[str]:
    return [difference["what"] for difference in comparison.drift]


def test_synced_calendars_have_no_differences(calcom: CalcomWorld) -> None:
    ours = calcom.book("cut:anna", customer_id=calcom.make_customer())
    calcom.synchronize()
    first, second = compare(calcom), compare(calcom)
    assert [(run.result, run.repaired, run.checked_count) for run in (first, second)] == [("done", 0, 1), ("done", 0, 1)]
    assert (first.since, second.since is not None) == (None, True)
    assert calcom.booking(ours).version == 1


def test_missed_external_changes_are_applied(calcom: CalcomWorld) -> None:
    kept = calcom.double.book(CUT_ANNA, TEN, **MIRA)
    moved = calcom.double.book(CUT_BEN, TEN, "Ida Berg", email="ida@example.de")
    assert whats(compare(calcom)) == ["made", "made"]
    calcom.advance(700)
    calcom.double.move(calcom.double.move(moved, ELEVEN), NOON)
    calcom.advance(1)
    calcom.double.cancel(kept)
    comparison = compare(calcom)
    assert sorted(whats(comparison)) == ["cancelled", "moved"]
    assert comparison.since is not None
    assert [(b.starts_at, b.status) for b in calcom.bookings()] == [(TEN, "cancelled"), (NOON, "confirmed")]
    assert compare(calcom).repaired == 0


def test_first_reconciliation_imports_and_exports_future_bookings(calcom: CalcomWorld) -> None:
    calcom.run(lambda: setattr(db.session.get_one(Connection, calcom.connection_id), "is_active", False))
    ours = calcom.book("cut:anna", customer_id=calcom.make_customer())
    theirs = calcom.double.book(CUT_ANNA, NOON, "Ida Berg", email="ida@example.de")
    calcom.run(lambda: setattr(db.session.get_one(Connection, calcom.connection_id), "is_active", True))
    comparison = compare(calcom)
    assert sorted(whats(comparison)) == ["made", "sent"]
    calcom.synchronize()
    assert sorted(row["start"] for row in calcom.double.active_bookings()) == [iso(TEN), iso(NOON)]
    assert {calcom.state(booking.id) for booking in calcom.bookings()} == {("synced", None)}
    assert calcom.sync(ours).uid != theirs
    assert compare(calcom).repaired == 0


def test_blocked_import_succeeds_once_slot_is_free(calcom: CalcomWorld) -> None:
    ours = calcom.book("cut:anna", customer_id=calcom.make_customer("Ida Berg", "+4915112345679"))
    calcom.run(lambda: setattr(calcom.get_sync(ours), "state", "failed"))
    theirs = calcom.double.book(CUT_ANNA, TEN, **MIRA)
    assert whats(compare(calcom)) == ["refused"]
    calcom.advance(700)
    assert compare(calcom).repaired == 0
    assert len(calcom.tasks()) == 1
    calcom.run(lambda: cancel_booking(ours, DESK))
    calcom.advance(700)
    assert whats(compare(calcom)) == ["made"]
    assert calcom.external_statuses() == {theirs: "standing"}


def test_blocked_reschedule_succeeds_once_slot_is_free(calcom: CalcomWorld) -> None:
    uid = calcom.double.book(CUT_ANNA, TEN, **MIRA)
    compare(calcom)
    booking_id = calcom.bookings()[0].id
    other = calcom.book("cut:anna", starts="2026-05-12T12:00", customer_id=calcom.make_customer("Ida Berg", "+4915112345679"))
    calcom.advance(700)
    calcom.double.move(uid, NOON)
    assert whats(compare(calcom)) == ["refused"]
    assert calcom.state(booking_id) == ("conflict", "no_room_here")
    calcom.run(lambda: cancel_booking(other, DESK))
    calcom.advance(700)
    assert whats(compare(calcom)) == ["moved"]
    assert calcom.booking(booking_id).starts_at == NOON


def test_lost_response_is_found(calcom: CalcomWorld) -> None:
    ours = calcom.book("cut:anna", customer_id=calcom.make_customer())
    calcom.double.fail("lost")
    calcom.double.fail("500", on="GET /bookings", times=1)
    calcom.send_due()
    assert calcom.state(ours) == ("pending", "no_answer")
    compare(calcom)
    assert calcom.state(ours) == ("synced", None)
    assert len(calcom.double.active_bookings()) == 1


def test_syncs_failed_by_key_are_retried_after_correction(calcom: CalcomWorld) -> None:
    calcom.double.key = "cal_another"
    ours = calcom.book("cut:anna", customer_id=calcom.make_customer())
    calcom.send_due()
    assert calcom.state(ours) == ("failed", "bad_key")
    failed = compare(calcom)
    assert (failed.result, failed.error is not None and failed.error.startswith("bad_key")) == ("failed", True)
    calcom.double.key = "cal_test_lindgren"
    assert whats(compare(calcom)) == ["sent"]
    calcom.send_due()
    assert calcom.state(ours) == ("synced", None)


@pytest.mark.parametrize("trouble", ["500", "junk", "429"])
def test_failed_reconciliation_stores_reason_and_is_repeated(calcom: CalcomWorld, trouble: str) -> None:
    compare(calcom)
    calcom.advance(700)
    calcom.double.book(CUT_ANNA, TEN, **MIRA)
    calcom.double.fail(trouble, on="GET /bookings", times=2, seconds=1)  # type: ignore[arg-type]
    assert compare(calcom).result == "failed"
    assert calcom.bookings() == []
    calcom.advance(700)
    calcom.clear_pauses()
    calcom.double.restore()
    assert whats(compare(calcom)) == ["made"]


def test_daily_run_reports_vanished_external_bookings(calcom: CalcomWorld) -> None:
    ours = calcom.book("cut:anna", customer_id=calcom.make_customer())
    calcom.synchronize()
    compare(calcom)
    calcom.double.bookings.clear()
    calcom.advance(3600)
    assert compare(calcom).repaired == 0
    calcom.advance(24 * 3600)
    comparison = compare(calcom)
    assert comparison.since is None
    assert comparison.drift == [{"what": "missing", "uid": calcom.sync(ours).uid, "booking_id": ours}]
    assert calcom.booking(ours).status == "confirmed"


def test_companies_are_reconciled_separately(calcom: CalcomWorld) -> None:
    other = make_salon("praxis")
    with company_scope(other.company_id):
        CalcomWorld(calcom.app, other, calcom.double, calcom.clock).connect(api_key="cal_of_the_praxis")
    with clear_company():
        jobs.reconcile_calendars()
    with company_scope(other.company_id):
        jobs.reconcile_calendar(calcom.connection_id)
        assert db.session.scalars(select(CalendarReconciliation)).all() == []
    db.session.rollback()


def notices(calcom: CalcomWorld) -> list[str]:
    def read() -> list[str]:
        return list(db.session.scalars(select(StaffNotice.kind)))

    found: list[str] = calcom.run(read)
    return found


def test_calendar_that_is_imported_fills_no_bell(calcom: CalcomWorld) -> None:
    make_user(db.session.get_one(Company, calcom.salon.company_id))
    for hour in (TEN, ELEVEN, NOON):
        calcom.double.book(CUT_ANNA, hour, **MIRA)
    assert whats(compare(calcom)) == ["made", "made", "made"]
    assert notices(calcom) == []
    calcom.advance(700)
    calcom.double.book(CUT_BEN, TEN, "Ida Berg", email="ida@example.de")
    assert whats(compare(calcom)) == ["made"]
    assert notices(calcom) == ["booking_made"], "one whose webhook was lost is news"


def test_events_that_are_mapped_long_after_they_were_made_fill_no_bell(calcom: CalcomWorld) -> None:
    make_user(db.session.get_one(Company, calcom.salon.company_id))
    compare(calcom)
    calcom.double.book(CUT_ANNA, at("2026-05-19T10:00"), **MIRA)
    calcom.advance(25 * 3600)
    assert whats(compare(calcom)) == ["made"]
    assert notices(calcom) == []
