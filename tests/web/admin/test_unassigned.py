"""The tray of numbers without a company."""

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.tenancy import unscoped
from app.models import AuditEntry, PhoneNumber, WebhookEvent
from tests.support.lindgren import call_body, send
from tests.support.people import branch_ids, csrf_token, make_company, make_user, signed_in

UNKNOWN = "+493023125190"


def _wait_unassigned(app: Flask, db: SQLAlchemy) -> None:
    from app.domain.inbox.processor import drain_batch

    assert send(app.test_client(), call_body("call_started", to_number=UNKNOWN)).status_code == 204
    assert drain_batch(10) == 1
    assert db.session.scalar(select(WebhookEvent.status)) == "unassigned"


def test_a_number_that_is_assigned_leaves_the_tray_and_its_events_become_due(app: Flask, db: SQLAlchemy) -> None:
    salon = make_company()
    _wait_unassigned(app, db)
    support = signed_in(app, make_user(None, "support"))
    page = support.get("/admin/unassigned", query_string={"number": UNKNOWN})
    assert "1 Nummer ohne Firma" in page.text
    assert "Nummer gehört keiner Filiale" in page.text
    form = {
        "number": UNKNOWN,
        "branch_id": branch_ids(salon)[0],
        "valid_from": "",
        "note": "Neue Leitung",
        "csrf_token": csrf_token(support, "/admin/webhooks"),
    }
    assert support.post("/admin/unassigned", data=form).status_code == 302
    assert db.session.scalar(select(WebhookEvent.status)) == "pending"
    with unscoped():
        assert db.session.scalar(select(PhoneNumber.company_id).where(PhoneNumber.e164 == UNKNOWN)) == salon.id
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "number_assigned")).one()
    assert entry.company_id == salon.id
    assert "Alle Nummern haben eine Firma" in support.get("/admin/unassigned").text


def test_what_is_wrong_stands_beside_its_field(app: Flask, db: SQLAlchemy) -> None:
    make_company()
    _wait_unassigned(app, db)
    support = signed_in(app, make_user(None, "support"))
    token = csrf_token(support, "/admin/webhooks")
    for branch, since, sentence in (
        ("", "", "Bitte wählen Sie eine Filiale."),
        ("01JZZZZZZZZZZZZZZZZZZZZZZZ", "gestern", "Das ist kein Zeitpunkt."),
        ("x" * 600, "9999-99-99", "Bitte wählen."),
    ):
        answer = support.post("/admin/unassigned", data={"number": UNKNOWN, "branch_id": branch, "valid_from": since, "csrf_token": token})
        assert answer.status_code == 422
        assert sentence in answer.text


def test_people_of_a_company_see_no_tray(app: Flask, db: SQLAlchemy) -> None:
    owner = signed_in(app, make_user(make_company()))
    assert owner.get("/admin/unassigned").status_code == 404
    assert owner.get("/admin/webhooks").status_code == 404
