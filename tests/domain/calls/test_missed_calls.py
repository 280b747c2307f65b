"""Whoever called and was not served gets one text message; nobody else does."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.core.clock import now, to_ms
from app.core.tenancy import company_scope
from app.core.transactions import run_in_transaction, transaction
from app.domain.bookings.create import create_booking
from app.domain.calls import missed_calls
from app.domain.customers.blocked_callers import block_callers
from app.domain.customers.contacts import find_or_create
from app.domain.notifications import delivery
from app.domain.notifications.message_policies import save_message_rules
from app.domain.notifications.suppressions import suppress
from app.jobs import message_writers
from app.models import Call, Company, InboundMessage, PhoneNumber
from tests.factories.salon import at, make_salon
from tests.support.retell_webhooks import CALLER, MITTE, PANKOW, transcript
from tests.support.telephone_line import GREETING, SPOKEN, TelephoneLine
from tests.support.twilio_sms import drain, post_message

LANDLINE = "+493023125177"


def test_who_hung_up_before_anything_was_said_gets_one(line: TelephoneLine) -> None:
    line.ring()
    assert line.work(1.5) == []
    (text,) = line.work()
    assert text == ("Salon Lindgren: Sie haben uns angerufen, leider haben wir uns nicht gesprochen. Sie erreichen uns unter 030 23125100.")
    (row,) = line.rows()
    assert (row.kind, row.channel, row.status, row.body, row.segments) == ("missed_call", "sms", "sent", None, 1)
    assert line.twilio.messages[0]["to"] == CALLER
    assert line.work(60 * 13) == []


def test_who_can_answer_is_asked_what_it_is_about(line: TelephoneLine, app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.config["SETTINGS"], "twilio_sender", "+493023125198")
    line.ring()
    (text,) = line.work()
    assert "Antworten Sie hier kurz, worum es geht" in text


UNSERVED = {
    "hung up at the greeting": {},
    "not connected": {"reason": "dial_no_answer", "said": None, "length_s": 0},
    "failed before a word": {"reason": "error_llm_websocket_open", "said": None},
    "failed in the middle": {"reason": "error_asr", "said": SPOKEN, "length_s": 90},
    "nobody took the transfer": {"reason": "transfer_cancelled", "said": SPOKEN, "length_s": 90},
}
SERVED: dict[str, dict[str, Any]] = {
    "talked to": {"said": SPOKEN, "length_s": 90},
    "transferred": {"reason": "call_transfer", "said": SPOKEN, "length_s": 90},
    "withheld": {"from_number": "anonymous"},
    "landline": {"from_number": LANDLINE},
    "outbound": {"direction": "outbound", "from_number": MITTE, "to_number": CALLER, "said": None, "reason": "dial_no_answer"},
    "spam": {"reason": "marked_as_spam", "said": None},
    "wants no calls": {"reason": "user_requested_dnc", "said": GREETING},
    "in need": {"said": transcript("Guten Tag.", "Hilfe, mein Vater ist bewusstlos und atmet nicht!"), "reason": "error_asr"},
    "declined the AI": {
        "said": transcript("Guten Tag, hier ist die KI.", "Nein, ich will nicht mit einer KI reden."), "reason": "error_asr",
    },
    "declined the recording": {
        "said": transcript("Darf ich das Gespräch aufzeichnen?", "Nein, bitte nicht aufzeichnen."), "reason": "error_asr",
    },
    "said last week": {"start_timestamp": to_ms(at("2026-04-27T10:00")), "end_timestamp": to_ms(at("2026-04-27T10:01"))},
}  # fmt: skip


@pytest.mark.parametrize("call", UNSERVED.values(), ids=UNSERVED)
def test_who_was_not_served_is_written_to(line: TelephoneLine, call: dict[str, Any]) -> None:
    line.ring(**call)
    assert len(line.work()) == 1


@pytest.mark.parametrize("call", SERVED.values(), ids=SERVED)
def test_who_was_served_or_may_not_be_written_to_is_not(line: TelephoneLine, call: dict[str, Any]) -> None:
    line.ring(**call)
    assert line.work() == []


def test_a_transfer_that_was_taken_in_the_end_served(line: TelephoneLine) -> None:
    for event in ("transfer_started", "transfer_cancelled", "transfer_started", "transfer_bridged"):
        line.post(event, transfer_destination={"type": "predefined", "number": "+493023125111"})
    line.ring(said=SPOKEN, length_s=90, reason="error_unknown")
    assert line.work() == []


def test_one_a_day_whatever_the_order_and_number_of_events(line: TelephoneLine) -> None:
    for number in range(3):
        line.ring(f"call_{number}")
        line.ring(f"call_{number}")
        line.clock.shift(timedelta(seconds=20))
    assert len(line.work()) == 1
    line.ring("call_5")
    assert line.work(60) == []
    line.clock.move_to(at("2026-05-05T10:30"))
    line.ring("call_6")
    assert len(line.work()) == 1


def test_one_a_day_over_midnight(line: TelephoneLine) -> None:
    line.clock.move_to(at("2026-05-04T23:50"))
    line.ring("call_1")
    assert len(line.work()) == 1
    line.clock.move_to(at("2026-05-05T00:20"))
    line.ring("call_2")
    assert line.work(60 * 12) == []


def test_at_night_it_comes_at_once_or_in_the_morning(line: TelephoneLine) -> None:
    """It answers what the caller has just done; what comes late waits for the end of the quiet hours."""
    line.clock.move_to(at("2026-05-04T22:00"))
    line.ring()
    assert len(line.work()) == 1
    line.clock.move_to(at("2026-05-05T22:30"))
    line.twilio.fail("503", times=999)
    line.ring("call_2", from_number="+491713920051")
    assert line.work(30) == []
    line.twilio.restore()
    assert line.work(60 * 8.5) == []
    line.clock.move_to(at("2026-05-06T08:00"))
    assert len(line.work(10)) == 1


def test_who_was_served_meanwhile_is_not_written_to(line: TelephoneLine) -> None:
    line.ring("call_1")
    line.post("call_started", "call_2", start_timestamp=to_ms(now()), call_status="ongoing")
    assert line.work(10) == [], "they are talking"
    line.ring("call_2", said=SPOKEN, length_s=90)
    assert line.work(60) == []


def test_who_rings_again_in_vain_is(line: TelephoneLine) -> None:
    line.ring("call_1")
    line.post("call_started", "call_2", start_timestamp=to_ms(now()), call_status="ongoing")
    assert line.work(10) == []
    line.ring("call_2")
    assert len(line.work()) == 1


def test_who_writes_is_answered_and_not_written_to_besides(line: TelephoneLine) -> None:
    line.ring()
    with transaction():
        assert post_message(line.client, "Ich wollte einen Termin").status_code == 200
    drain()
    assert line.db.session.scalars(select(InboundMessage)).one()
    assert [text for text in line.work() if "angerufen" in text] == []


def test_who_gets_an_appointment_meanwhile_is_confirmed_that_alone(line: TelephoneLine) -> None:
    line.ring()
    run_in_transaction(
        lambda: create_booking(line.salon.request(customer_id=find_or_create("Mira Sommer", number=CALLER).id, source="web"))
    )
    (text,) = line.work()
    assert "ist gebucht" in text


def test_a_later_word_of_the_provider_takes_it_back(line: TelephoneLine) -> None:
    """The end alone tells nothing of what was said; the analysis does."""
    line.ring(said=None)
    line.post(
        "call_analyzed", transcript_object=SPOKEN, disconnection_reason="user_hangup", end_timestamp=to_ms(now()),
        call_analysis={"call_summary": "Haarschnitt.", "custom_analysis_data": {"anliegen": "auskunft"}},
    )  # fmt: skip
    assert line.work() == []


def test_a_late_refusal_takes_it_back(line: TelephoneLine) -> None:
    line.ring(reason="error_asr", said=SPOKEN)
    line.ring(reason="error_asr", said=[*SPOKEN, *transcript("", "Nein, ich will nicht, dass das aufgezeichnet wird.")[1:]])
    with transaction():
        line.db.session.scalars(select(Call)).one().keeps_words = False
    assert line.work() == []


def test_suppressed_blocked_and_by_rule(line: TelephoneLine) -> None:
    run_in_transaction(lambda: suppress("sms", CALLER, "opted_out"))
    run_in_transaction(lambda: block_callers(["+491713920051"]))
    line.ring("call_1")
    line.ring("call_2", from_number="+491713920051")
    assert line.rows() == []
    line.ring("call_3", from_number="+491713920052")
    run_in_transaction(lambda: save_message_rules({"missed_call_texts": False}))
    line.ring("call_4", from_number="+491713920053")
    assert line.work() == [] and [row.status for row in line.rows()] == ["expired"]


def test_who_opts_out_before_it_leaves_gets_none(line: TelephoneLine) -> None:
    line.ring()
    run_in_transaction(lambda: suppress("sms", CALLER, "opted_out"))
    assert line.work() == []


def test_in_the_language_of_the_caller(line: TelephoneLine) -> None:
    line.ring("call_1", metadata={"language": "en"})
    line.ring("call_2", from_number="+491713920051", metadata={"language": "tr"})
    run_in_transaction(lambda: find_or_create("Ann Summer", number="+491713920052")).language = "en"
    line.db.session.commit()
    line.ring("call_3", from_number="+491713920052")
    texts = line.work()
    assert ["Sorry we missed your call" in text for text in texts] == [True, False, True]


def test_another_company_knows_nothing_of_it(line: TelephoneLine) -> None:
    other = make_salon("salon-two")
    with company_scope(other.company_id), transaction():
        line.db.session.add(PhoneNumber(e164=PANKOW, branch_id=other.branches["mitte"]))
        line.db.session.get_one(Company, other.company_id).name = "Salon Zwei"
    line.ring("call_1")
    line.ring("call_2", to_number=PANKOW)
    line.ring("call_3", to_number=PANKOW, said=SPOKEN, length_s=60)
    assert [text.partition(":")[0] for text in line.work()] == ["Salon Lindgren"]
    with company_scope(other.company_id):
        assert line.work() == [], "served there, not here"


def test_a_worker_that_dies_sends_it_once(line: TelephoneLine) -> None:
    line.ring()
    line.clock.shift(timedelta(minutes=3))
    (row,) = line.rows()
    row_id = row.id
    attempt = run_in_transaction(lambda: delivery.claim(row_id, message_writers))
    assert attempt is not None
    delivery.send(attempt)
    assert line.work(10) == [] and len(line.twilio.messages) == 1
    assert line.rows()[0].status == "sent"


def test_served_between_two_tries_it_does_not_leave(line: TelephoneLine) -> None:
    line.twilio.fail("503", times=999)
    line.ring("call_1")
    line.work(4)
    line.ring("call_2", said=SPOKEN, length_s=60)
    line.twilio.restore()
    assert line.work(60) == []
    assert [(row.status, row.reason, row.body) for row in line.rows()] == [("expired", "overtaken", None)]


def test_planning_again_changes_nothing(line: TelephoneLine) -> None:
    line.ring()
    (call_id,) = line.db.session.scalars(select(Call.id)).all()
    line.db.session.rollback()
    for _again in range(3):
        run_in_transaction(lambda: missed_calls.plan_texts([call_id]))
    assert len(line.rows()) == 1 and len(line.work()) == 1
    run_in_transaction(lambda: missed_calls.plan_texts([call_id]))
    assert len(line.rows()) == 1 and line.work() == []
