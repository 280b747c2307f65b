"""The truth check on a call in the database: what does not hold marks it and leaves one task; what becomes true takes that back."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from sqlalchemy import select, update

from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.domain.bookings.cancel import cancel_booking
from app.domain.bookings.create import create_booking
from app.domain.bookings.history import Actor
from app.domain.bookings.status import confirm_booking
from app.domain.companies import feature_flags
from app.domain.inbox import processor
from app.jobs import truth_checks
from app.models import Booking, Call, PhoneNumber, Task, TruthCheck
from tests.factories.salons import DESK, PRESENT, Salon, make_salon
from tests.support.lindgren import MITTE, call_body, send, transcript

CLAIMED = (
    "Guten Tag.", "Haarschnitt am Dienstag um zehn.", "Ich habe Sie für Dienstag, den 12. Mai, um 10 Uhr bei Anna eingetragen.", "Danke.",
)  # fmt: skip
# Monday 4 May 2026, 8:00 in Berlin
STARTED_MS = 1777874400000


@pytest.fixture
def salon(db) -> Iterator[Salon]:
    with time_machine.travel(PRESENT, tick=True):
        salon = make_salon()
        with company_scope(salon.company_id):
            db.session.add(PhoneNumber(e164=MITTE, branch_id=salon.branches["mitte"]))
            db.session.commit()
            yield salon


@pytest.fixture
def told(client, db, salon):
    """A call that was said so, from its start to its analysis, worked through and checked."""

    def told(*turns: str, event: str = "call_analyzed", call_id: str = "call_1", **more: Any) -> TruthCheck | None:
        body = call_body(
            event, call_id, start_timestamp=STARTED_MS, end_timestamp=STARTED_MS + 60_000, disconnection_reason="user_hangup",
            transcript_object=transcript(*turns), call_analysis={"call_summary": "Ein Gespräch.", "custom_analysis_data": {}}, **more,
        )  # fmt: skip
        assert send(client, body).status_code == 204
        db.session.commit()
        while processor.drain_batch(10):
            pass
        return check(db)

    return told


def check(db) -> TruthCheck | None:
    truth_checks.check_due_calls()
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(select(TruthCheck)).first()


def tasks(db) -> list[Task]:
    return list(db.session.scalars(select(Task)))


def book(salon: Salon, db, starts: str = "2026-05-12T10:00", **changes: Any) -> Booking:
    with transaction():
        booking = create_booking(salon.request("cut:anna", starts=starts, **changes))
    db.session.commit()
    return booking


def test_a_booking_that_was_only_said_marks_the_call_and_makes_one_task(told, db) -> None:
    found = told(*CLAIMED)
    assert found.verdict == "mismatch"
    (finding,) = found.findings
    assert (finding["what"], finding["turn"], finding["asked"]) == ("not_made", 2, False)
    (task,) = tasks(db)
    assert (task.kind, task.status, task.call_id) == ("mismatch", "open", found.call_id)
    assert "eingetragen" in task.details
    assert "So einen Termin gibt es nicht." in task.details


def test_while_it_is_switched_off_nothing_is_checked(told, salon, db) -> None:
    with transaction():
        feature_flags.set_flag("truth_check", feature_flags.ALL_COMPANIES, on=False)
    assert told(*CLAIMED) is None
    with transaction():
        feature_flags.set_flag("truth_check", salon.company_id, on=True)
    assert told(*CLAIMED, call_id="call_2").verdict == "mismatch"


def test_again_changes_nothing(told, db) -> None:
    told(*CLAIMED)
    before = db.session.scalars(select(TruthCheck)).one().findings
    told(*CLAIMED, event="call_ended")
    assert db.session.scalars(select(TruthCheck)).one().findings == before
    assert len(tasks(db)) == 1


def test_a_claim_that_holds_leaves_nothing(told, salon, db) -> None:
    first = told("Guten Tag.", "Ja?")
    assert first.verdict == "nothing"
    book(salon, db, call_id=first.call_id)
    assert told(*CLAIMED, event="call_ended").verdict == "clean"
    assert tasks(db) == []


def test_words_that_come_late_are_checked_too(told, db) -> None:
    assert told(*CLAIMED[:2]).verdict == "nothing"
    assert told(*CLAIMED, event="call_ended").verdict == "mismatch"


def test_what_the_desk_books_afterwards_settles_it(told, salon, db) -> None:
    found = told(*CLAIMED)
    call = db.session.get(Call, found.call_id)
    book(salon, db, customer_id=call.customer_id, source="web", actor=DESK)
    assert check(db).verdict == "resolved"
    (task,) = tasks(db)
    assert task.status == "done"
    assert db.session.scalars(select(TruthCheck)).one().findings[0]["what"] == "not_made"


def test_another_time_is_told_with_both_sides(told, salon, db) -> None:
    first = told("Guten Tag.", "Ja?")
    book(salon, db, starts="2026-05-12T11:00", call_id=first.call_id)
    found = told(*CLAIMED, event="call_ended")
    (finding,) = found.findings
    assert finding["what"] == "other_time"
    assert finding["booking"]["starts_at"].startswith("2026-05-12T11:00")
    assert "Dienstag, dem 12. Mai, um 11 Uhr, Haarschnitt bei Anna Lindgren" in tasks(db)[0].details


def test_what_people_cancel_later_was_no_lie(told, salon, db) -> None:
    first = told("Guten Tag.", "Ja?")
    booking = book(salon, db, call_id=first.call_id)
    assert told(*CLAIMED, event="call_ended").verdict == "clean"
    with time_machine.travel("2026-05-05T08:00:00+02:00"), transaction():
        cancel_booking(booking.id, DESK)
    assert check(db).verdict == "clean"


def test_what_the_calendar_never_took_was_one(told, salon, db) -> None:
    first = told("Guten Tag.", "Ja?")
    booking = book(salon, db, call_id=first.call_id)
    db.session.execute(_pending(booking.id))
    db.session.commit()
    assert told(*CLAIMED, event="call_ended").findings[0]["what"] == "not_confirmed"
    with transaction():
        cancel_booking(booking.id, Actor("calendar", "calcom"))
    found = check(db)
    assert (found.verdict, found.findings[0]["what"]) == ("mismatch", "not_made")


def test_a_booking_that_waited_settles_it_once_it_is_confirmed(told, salon, db) -> None:
    first = told("Guten Tag.", "Ja?")
    booking = book(salon, db, call_id=first.call_id)
    db.session.execute(_pending(booking.id))
    db.session.commit()
    assert told(*CLAIMED, event="call_ended").verdict == "mismatch"
    with transaction():
        confirm_booking(booking.id, DESK)
    assert check(db).verdict == "resolved"
    assert [task.status for task in tasks(db)] == ["done"]


def _pending(booking_id: str) -> Any:
    return update(Booking).where(Booking.id == booking_id).values(status="pending")


@pytest.mark.parametrize(
    ("turns", "verdict"),
    [
        ((), "nothing"),
        (("",), "nothing"),
        (("\ud83d\ude00 " * 50,), "nothing"),
        (tuple(CLAIMED * 50), "mismatch"),
        (
            (
                "Tamam, cuma günü saat on için randevunuzu oluşturdum. Görüşmek üzere, iyi günler dilerim efendim, tekrar bekleriz.",
                "Teşekkürler.",
            ),
            "not_checked",
        ),
    ],
)  # fmt: skip
def test_odd_transcripts_never_break_it(told, db, turns: tuple[str, ...], verdict: str) -> None:
    found = told(*turns)
    assert found.verdict == verdict
    assert found.reason == ("language" if verdict == "not_checked" else None)


def test_a_check_that_fails_says_so_and_is_not_tried_for_ever(told, db, monkeypatch) -> None:
    monkeypatch.setattr("app.domain.calls.truth_check.extract_claims", lambda *_: 1 / 0)
    found = told(*CLAIMED)
    assert (found.verdict, found.reason, found.due_at) == ("not_checked", "failed", None)


def test_until_the_analysis_there_is_time(told, db) -> None:
    """It may book what was agreed; without one the call is checked a while later."""
    found = told(*CLAIMED, event="call_ended")
    assert found.verdict is None
    with time_machine.travel("2026-05-04T08:10:00+02:00"):
        assert check(db).verdict == "mismatch"
