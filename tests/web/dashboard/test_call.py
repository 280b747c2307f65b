"""The page of one call."""

from datetime import timedelta

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.clock import now
from app.core.tenancy import company_scope, unscoped
from app.core.transactions import transaction
from app.domain.inbox.processor import drain_batch
from app.domain.notifications.notification_queue import PlannedMessage, plan_notification
from app.models import Call, Company, TruthCheck
from tests.support.calls import add_tool, make_call
from tests.support.retell_webhooks import START_MS, call_body, make_company_with_number, send
from tests.support.users import make_company, make_user, signed_in


@pytest.fixture
def salon(db: SQLAlchemy) -> Company:
    return make_company()


def test_it_tells_what_was_said_and_done(app: Flask, salon: Company) -> None:
    call_id = make_call(
        salon, name="Hanna Vogt", words=("Guten Tag.", "Einen Schnitt, bitte."), summary="Möchte einen Schnitt.", cost_cents=43
    )
    add_tool(salon, call_id, "check_availability", arguments={"service": "Schneiden"}, result={"ok": True, "data": {"slots": [1, 2, 3]}})
    add_tool(salon, call_id, "book_appointment", ok=False, result={"ok": False, "say": "Die Zeit ist vergeben."})
    page = signed_in(app, make_user(salon)).get(f"/calls/{call_id}").text
    for words in (
        "Hanna Vogt",
        "Einen Schnitt, bitte.",
        "Möchte einen Schnitt.",
        "Freie Termine geprüft: 3 gefunden",
        "Schneiden",
        "0,43 US-$",
    ):
        assert words in page
    assert "Nicht gelungen: Termin gebucht" in page
    assert "Die Zeit ist vergeben." in page


def test_an_emergency_that_was_answered_did_not_fail(app: Flask, salon: Company) -> None:
    call_id = make_call(salon)
    add_tool(salon, call_id, "check_availability", ok=False, result={"ok": True, "code": "emergency", "say": "Bitte wählen Sie die 112."})
    page = signed_in(app, make_user(salon)).get(f"/calls/{call_id}").text
    assert "Notfall gehört" in page and "Bitte wählen Sie die 112." in page
    assert "Nicht gelungen" not in page


def test_the_flight_recorder_tells_which_webhooks_brought_it(app: Flask, db: SQLAlchemy) -> None:
    salon = make_company_with_number()
    client, owner = app.test_client(), make_user(salon)
    send(client, call_body("call_started", call_status="ongoing"))
    send(client, call_body("call_ended", call_status="ended", end_timestamp=START_MS + 60_000))
    drain_batch(10)
    with unscoped():
        call_id = db.session.scalars(select(Call.id)).one()
    page = signed_in(app, owner).get(f"/calls/{call_id}").text
    for step in ("call_started empfangen", "call_ended empfangen", "Verarbeitet und gespeichert"):
        assert step in page


@pytest.mark.parametrize(
    "odd",
    [{"result": 7}, {"result": ["x"]}, {"result": None, "ok": None, "finished_at": None}, {"arguments": {"a": {"b": [1, None, True]}}}],
)
def test_odd_tools_do_not_break_it(app: Flask, salon: Company, odd: dict[str, object]) -> None:
    call_id = make_call(salon, status="ongoing", outcome=None)
    add_tool(salon, call_id, "something_new", **odd)
    assert signed_in(app, make_user(salon)).get(f"/calls/{call_id}").status_code == 200


@pytest.mark.parametrize(("role", "hears"), [("owner", True), ("front_desk", True), ("staff", False), ("read_only", False)])
def test_only_who_may_listen_gets_the_recording(app: Flask, salon: Company, role: str, hears: bool) -> None:
    call_id = make_call(salon, recording_url="https://recordings.example/a.wav")
    page = signed_in(app, make_user(salon, role)).get(f"/calls/{call_id}").text
    assert ("recordings.example" in page) is hears


def test_a_recording_address_that_is_no_secure_one_is_not_shown(app: Flask, salon: Company) -> None:
    call_id = make_call(salon, recording_url="javascript:alert(1)")
    assert "javascript:" not in signed_in(app, make_user(salon)).get(f"/calls/{call_id}").text


def test_a_withheld_number_is_neither_shown_nor_offered_for_calling_back(app: Flask, salon: Company) -> None:
    call_id = make_call(salon, caller_kind="withheld", from_number="anonymous")
    page = signed_in(app, make_user(salon)).get(f"/calls/{call_id}").text
    assert "Nummer unterdrückt" in page
    assert "tel:" not in page


def test_a_running_call_renews_its_columns_only(app: Flask, salon: Company) -> None:
    call_id = make_call(salon, status="ongoing", outcome=None, duration_s=None, started_at=now(), words=("Guten Tag.",))
    client = signed_in(app, make_user(salon))
    assert f'data-call="{call_id}"' in client.get(f"/calls/{call_id}").text
    part = client.get(f"/calls/{call_id}", headers={"HX-Request": "true", "HX-Request-Type": "partial"})
    assert "Guten Tag." in part.text
    assert "<html" not in part.text
    assert "HX-Request-Type" in part.headers["Vary"]


FINDING = {"what": "not_made", "turn": 1, "said": "Ich habe Sie eingetragen.", "tool": "book_appointment", "refused": None, "asked": False}


def checked(db: SQLAlchemy, salon: Company, verdict: str, **values: object) -> str:
    call_id = make_call(salon, words=("Guten Tag.", "Ich habe Sie eingetragen."))
    with company_scope(salon.id):
        call = db.session.get_one(Call, call_id)
        db.session.add(TruthCheck(call_id=call_id, branch_id=call.branch_id, started_at=call.started_at, verdict=verdict, **values))
        db.session.commit()
    return call_id


def test_what_was_untrue_is_said_for_the_call_and_below_its_turn(app: Flask, db: SQLAlchemy, salon: Company) -> None:
    call_id = checked(db, salon, "mismatch", claim_count=1, findings=[FINDING])
    client = signed_in(app, make_user(salon))
    page = client.get(f"/calls/{call_id}").text
    assert "Eine Aussage von Lena stimmt nicht." in page
    assert "So ist es nicht." in page
    assert page.index("Ich habe Sie eingetragen.") < page.index("So einen Termin gibt es nicht.")
    assert "Gesagt wurde: „Ich habe Sie eingetragen.“" in page
    assert "In diesem Gespräch wurde es nicht einmal versucht." in page
    partial = client.get(f"/calls/{call_id}", headers={"HX-Request-Type": "partial"}).text
    assert "So einen Termin gibt es nicht." in partial


@pytest.mark.parametrize(
    ("verdict", "values", "said"),
    [
        ("clean", {"claim_count": 2}, "2 Aussagen von Lena geprüft, alle stimmen."),
        ("resolved", {"claim_count": 1, "findings": [FINDING]}, "Was Lena sagte, stimmt inzwischen."),
        ("not_checked", {"reason": "language"}, "Das können wir nur auf Deutsch und Englisch."),
        ("not_checked", {"reason": "failed"}, "Die Prüfung ist gescheitert. Das liegt an uns."),
    ],
)
def test_each_verdict_is_a_sentence(app: Flask, db: SQLAlchemy, salon: Company, verdict: str, values: dict[str, object], said: str) -> None:
    page = signed_in(app, make_user(salon)).get(f"/calls/{checked(db, salon, verdict, **values)}").text
    assert said in page
    assert "So ist es nicht." not in page


def test_where_nothing_was_stated_nothing_is_claimed(app: Flask, db: SQLAlchemy, salon: Company) -> None:
    page = signed_in(app, make_user(salon)).get(f"/calls/{checked(db, salon, 'nothing')}").text
    assert "geprüft" not in page.partition('id="call"')[2].partition("</section>")[0]


def test_it_shows_the_messages_that_it_led_to(app: Flask, salon: Company) -> None:
    call_id, other_id = make_call(salon, from_number="+491713920050"), make_call(salon)
    with company_scope(salon.id), transaction():
        plan = PlannedMessage("missed_call", f"missed_call:{call_id}", "missed_call:1", now(), now() + timedelta(hours=1), "sms")
        plan_notification(plan, ("sms", "+491713920050"), customer_id=None)
    browser = signed_in(app, make_user(salon))
    assert "SMS nach einem verpassten Anruf" in browser.get(f"/calls/{call_id}").text
    assert "SMS nach einem verpassten Anruf" not in browser.get(f"/calls/{other_id}").text
    assert f'href="/calls/{call_id}">SMS nach einem verpassten Anruf' in browser.get("/messages?state=sending").text
