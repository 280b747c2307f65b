"""The truth check on a call in the database: what does not hold marks it and leaves one task; what becomes true takes that back."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from sqlalchemy import delete, select, update

from app.core.metrics import TRUTH_CLAIMS
from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.domain.bookings.cancel import cancel_booking
from app.domain.bookings.create import create_booking
from app.domain.bookings.history import Actor
from app.domain.bookings.status import confirm_booking
from app.domain.calls.truth_catalogue import load_catalogue
from app.domain.calls.truth_evidence import load_evidence
from app.domain.companies import feature_flags
from app.domain.customers.contacts import find_or_create
from app.domain.inbox import processor
from app.jobs import truth_checks
from app.models import Booking, Branch, Call, Notification, PhoneNumber, StaffTask, TruthCheck, WorkingHours
from tests.factories.salon import DESK, PRESENT, Salon, make_salon
from tests.support.retell_webhooks import MITTE, call_body, send, transcript

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


def tasks(db) -> list[StaffTask]:
    return list(db.session.scalars(select(StaffTask)))


def book(salon: Salon, db, starts: str = "2026-05-12T10:00", **changes: Any) -> Booking:
    with transaction():
        booking = create_booking(salon.request("cut:anna", starts=starts, contact_phone="+491713920077", **changes))
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


def tool(name: str, result: dict[str, Any], **arguments: str) -> list[dict[str, Any]]:
    """A use of a function and its answer, as the provider reports them."""
    key = f"tool_{name}"
    return [
        {"role": "tool_call_invocation", "tool_call_id": key, "name": name, "arguments": json.dumps(arguments)},
        {"role": "tool_call_result", "tool_call_id": key, "successful": True, "content": json.dumps(result)},
    ]


def speak(told, *parts: str | list[dict[str, Any]]) -> TruthCheck | None:
    """A call of alternating turns, the agent first, with tool calls between them."""
    words = iter(transcript(*(part for part in parts if isinstance(part, str))))
    turns = [item for part in parts for item in ([next(words)] if isinstance(part, str) else part)]
    return told(transcript_with_tool_calls=turns)


FOUND_FREE = {"ok": True, "say": "", "data": {"slots": [{"starts_at": "2026-05-12T14:00:00+02:00", "staff": "Ben Lindgren"}]}}


@pytest.mark.parametrize(
    ("words", "what", "stored"),
    [
        (("Wie lange haben Sie heute auf?", "Heute bis 20 Uhr."), "other_hours", "ist von 9 Uhr bis 18 Uhr geöffnet."),
        (("Haben Sie sonntags auf?", "Ja, sonntags von zehn bis zwei."), "other_hours", "ist geschlossen."),
        (("Ich hätte gern einen Rückruf.", "Gern, wir rufen Sie gleich zurück."), "no_callback", "Ein Rückruf ist nicht notiert."),
        (("Sagen Sie Anna bitte, ich komme später.", "Das richte ich aus."), "no_message", "Eine Nachricht ist nicht notiert."),
        (("Ist Samstag etwas frei?", "Leider nein, Sie stehen jetzt auf der Warteliste."), "not_on_waitlist", "Warteliste steht niemand."),
        (("Bekomme ich das schriftlich?", "Ja, Sie bekommen gleich eine SMS."), "not_sent", "Eine SMS ging nicht hinaus."),
        (("Was kostet ein Haarschnitt?", "39 Euro."), "other_price", "Haarschnitt kostet 35 Euro."),
        (("Wie lange dauert Balayage?", "Etwa eine Stunde."), "other_duration", "Balayage dauert anderthalb Stunden."),
        (("Ist morgen was frei?", "Ja, morgen um elf ist noch frei."), "not_free", "in diesem Gespräch nicht gesucht"),
    ],
)
def test_what_was_told_and_what_is_stored_stand_beside_each_other(told, db, words: tuple[str, str], what: str, stored: str) -> None:
    found = told("Guten Tag.", *words, "Danke.")
    assert [(finding["what"], finding["turn"]) for finding in found.findings] == [(what, 2)]
    (task,) = tasks(db)
    assert words[1] in task.details
    assert stored in task.details


@pytest.mark.parametrize(
    ("name", "result", "words"),
    [
        ("request_callback", {"ok": True, "say": "", "data": {"task_id": "t"}}, ("Bitte um Rückruf.", "Wir rufen Sie gleich zurück.")),
        ("take_message", {"ok": True, "say": "", "data": {"task_id": "t"}}, ("Sagen Sie Anna, ich bin da.", "Ich richte es ihr aus.")),
        ("join_waitlist", {"ok": True, "say": "", "data": {}}, ("Ist Samstag frei?", "Sie stehen auf der Warteliste.")),
        ("send_link", {"ok": True, "say": "", "data": {"notification_id": "n"}}, ("Schicken Sie es?", "Die SMS ist unterwegs.")),
        ("check_availability", FOUND_FREE, ("Ist am zwölften etwas frei?", "Ja, am Dienstag um zwei ist bei Ben frei.")),
        (
            "get_opening_hours",
            {"ok": True, "say": "", "data": {"open": True, "date": "2026-05-04", "spans": [["09:00", "20:00"]]}},
            ("Wie lange haben Sie heute auf?", "Heute bis 20 Uhr."),
        ),
        (
            "get_service_info",
            {"ok": True, "say": "", "data": {"service": {"name": "Hochsteckfrisur", "minutes": 75, "price_cents": 8900}}},
            ("Was kostet eine Hochsteckfrisur?", "Die Hochsteckfrisur kostet 89 Euro."),
        ),
    ],
)
def test_what_a_tool_did_or_told_is_evidence(told, name: str, result: dict[str, Any], words: tuple[str, str]) -> None:
    assert speak(told, "Guten Tag.", words[0], tool(name, result), words[1], "Danke.").verdict == "clean"


def test_time_that_a_search_did_not_find_is_told_with_those_it_found(told, db) -> None:
    found = speak(told, "Guten Tag.", "Am zwölften?", tool("check_availability", FOUND_FREE), "Am Dienstag um elf ist noch frei.", "Nein.")
    assert found.findings[0]["what"] == "not_free"
    assert "Gefunden wurde nur: am Dienstag, dem 12. Mai, um 14 Uhr." in tasks(db)[0].details


@pytest.mark.parametrize(
    ("name", "result", "words", "what", "stored"),
    [
        (
            "check_availability", FOUND_FREE, ("Geht am zwölften etwas?", "Leider nein, am Dienstag ist alles ausgebucht."), "not_full",
            "Frei war: am Dienstag, dem 12. Mai, um 14 Uhr.",
        ),
        (
            "get_cancellation_fee", {"ok": True, "say": "", "data": {"fee_cents": 1500}},
            ("Was kostet mich die Absage?", "Die Absagegebühr beträgt zwanzig Euro."), "other_fee", "Die Absage kostet 15 Euro.",
        ),
    ],
)  # fmt: skip
def test_what_a_tool_told_stands_beside_what_the_agent_made_of_it(
    told, db, name: str, result: dict[str, Any], words: tuple[str, str], what: str, stored: str
) -> None:
    found = speak(told, "Guten Tag.", words[0], tool(name, result), words[1], "Danke.")
    assert [finding["what"] for finding in found.findings] == [what]
    assert stored in tasks(db)[0].details


def test_price_and_length_that_nothing_here_has_are_told_as_such(told, db) -> None:
    told("Guten Tag.", "Was nehmen Sie für eine Hochsteckfrisur?", "Das kostet bei uns 481 Euro.", "Danke.")
    assert "Einen solchen Preis gibt es in der Preisliste nicht." in tasks(db)[0].details


def test_foreign_function_may_have_kept_a_promise_that_is_then_only_counted(told) -> None:
    before = TRUTH_CLAIMS.labels("callback", "unverified")._value.get()
    found = speak(told, "Guten Tag.", "Rückruf bitte.", tool("create_ticket", {"id": 4}), "Wir rufen Sie gleich zurück.", "Danke.")
    assert (found.verdict, found.claim_count) == ("nothing", 0)
    assert TRUTH_CLAIMS.labels("callback", "unverified")._value.get() == before + 1


@pytest.mark.parametrize(("kind", "channels"), [("booking_link", {"sms"}), ("booking_reminder", set())])
def test_what_is_planned_ahead_of_an_appointment_is_no_message_that_the_call_promised(
    told, salon, db, kind: str, channels: set[str]
) -> None:
    told("Guten Tag.", "Auf Wiederhören.")
    with transaction():
        call = db.session.scalars(select(Call)).one()
        call.customer_id = find_or_create("Mira Sommer", number="+491713920077").id
        db.session.add(Notification(
            kind=kind, subject="booking:1", idempotency_key="1", channel="sms", recipient="+491713920077", status="pending",
            customer_id=call.customer_id, created_at=call.started_at, due_at=call.started_at, expires_at=call.started_at,
        ))  # fmt: skip
    assert load_evidence(call, [], load_catalogue(salon.company_id)).notifications == channels


def test_wrong_branch_and_address_are_told_with_the_right_ones(told, salon, db) -> None:
    db.session.get_one(Branch, salon.branches["mitte"]).street = "Torstraße 12"
    db.session.commit()
    first = told("Guten Tag.", "Ja?")
    book(salon, db, call_id=first.call_id)
    found = told(
        "Guten Tag.", "Wo muss ich hin?", "Der Termin am Dienstag um zehn in Pankow ist gebucht. Wir sind in der Torstraße 21.", "Gut.",
        event="call_ended",
    )  # fmt: skip
    assert [finding["what"] for finding in found.findings] == ["other_branch", "other_address"]
    details = tasks(db)[0].details
    assert "Haarschnitt bei Anna Lindgren in Berlin-Mitte." in details
    assert "Hinterlegt ist für Berlin-Mitte: Torstraße 12." in details


def test_hours_of_a_branch_that_has_none_are_not_known(told, salon, db) -> None:
    db.session.execute(delete(WorkingHours))
    db.session.commit()
    assert told("Guten Tag.", "Wie lange haben Sie heute auf?", "Heute bis 20 Uhr.", "Danke.").verdict == "nothing"


def test_denied_appointment_was_shown_by_a_tool(told, salon, db) -> None:
    booking = book(salon, db)
    shown = {"ok": True, "say": "", "data": {"bookings": [{"booking_id": booking.id}]}}
    found = speak(
        told, "Guten Tag.", "Habe ich einen Termin?", tool("query_appointments", shown), "Ich finde keinen Termin für Sie.", "Oh."
    )
    assert found.findings[0]["what"] == "denied"


def test_until_the_analysis_there_is_time(told, db) -> None:
    """It may book what was agreed; without one the call is checked a while later."""
    found = told(*CLAIMED, event="call_ended")
    assert found.verdict is None
    with time_machine.travel("2026-05-04T08:10:00+02:00"):
        assert check(db).verdict == "mismatch"
