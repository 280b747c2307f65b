"""The tray of numbers without a company."""

import re

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.tenancy import company_scope, unscoped
from app.core.transactions import transaction
from app.models import AuditEntry, Company, Connection, PhoneNumber, WebhookEvent
from tests.factories.companies import WebhookEventFactory
from tests.support.retell_webhooks import call_body, send
from tests.support.users import branch_ids, make_company, make_user, signed_in, token_of

UNKNOWN = "+493023125190"


def _wait_unassigned(app: Flask, db: SQLAlchemy, to_number: str = UNKNOWN) -> None:
    from app.domain.inbox.processor import drain_batch

    assert send(app.test_client(), call_body("call_started", to_number=to_number)).status_code == 204
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
        "csrf_token": token_of(support),
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
    token = token_of(support)
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


def _add_number(db: SQLAlchemy, company: Company, e164: str, *, is_active: bool = True) -> None:
    with company_scope(company.id), transaction():
        db.session.add(PhoneNumber(e164=e164, branch_id=branch_ids(company)[0], is_active=is_active))


def test_a_number_that_is_off_names_its_owner_and_is_switched_on_from_the_tray(app: Flask, db: SQLAlchemy) -> None:
    salon = make_company()
    _add_number(db, salon, UNKNOWN, is_active=False)
    _wait_unassigned(app, db)
    support = signed_in(app, make_user(None, "support"))
    row = support.get("/admin/unassigned").text
    assert "Nummer ist ausgeschaltet" in row
    assert "Salon Lindgren, Berlin-Mitte" in row
    assert "Nummer ohne Firma" not in row
    page = support.get("/admin/unassigned", query_string={"number": UNKNOWN}).text
    assert "030 23125190 ist ausgeschaltet. Sie gehört zu Salon Lindgren, Berlin-Mitte." in page
    assert 'name="branch_id"' not in page
    switch = re.search(r'action="(/admin/companies/[^"]+/on)"', page)
    assert switch
    answer = support.post(switch[1], data={"csrf_token": token_of(support), "next": "/admin/unassigned"})
    assert (answer.status_code, answer.location) == (302, "/admin/unassigned")
    assert db.session.scalar(select(WebhookEvent.status)) == "pending"


def test_a_number_of_a_company_that_is_off_waits_with_it(app: Flask, db: SQLAlchemy) -> None:
    salon = make_company()
    _add_number(db, salon, UNKNOWN)
    with transaction():
        db.session.get_one(Company, salon.id).is_active = False
    _wait_unassigned(app, db)
    page = signed_in(app, make_user(None, "support")).get("/admin/unassigned", query_string={"number": UNKNOWN}).text
    assert "Firma ist stillgelegt" in page and "Salon Lindgren, Berlin-Mitte. Die Firma ist stillgelegt." in page
    assert 'name="branch_id"' not in page and "Nummer einschalten" not in page


@pytest.mark.parametrize("is_on", [True, False])
def test_a_number_is_not_given_away_from_the_tray(app: Flask, db: SQLAlchemy, is_on: bool) -> None:
    salon, other = make_company(), make_company("werkstatt-kruse")
    _add_number(db, salon, UNKNOWN, is_active=is_on)
    support = signed_in(app, make_user(None, "support"))
    form = {"number": UNKNOWN, "branch_id": branch_ids(other)[0], "csrf_token": token_of(support)}
    answer = support.post("/admin/unassigned", data=form)
    assert answer.status_code == 409
    added = support.post(f"/admin/companies/{other.id}/numbers", data=form)
    assert (added.status_code, "ist dort ausgeschaltet" in added.text) == (409, not is_on)
    assert "Salon Lindgren" in added.text
    with unscoped():
        assert db.session.execute(select(PhoneNumber.company_id, PhoneNumber.is_active)).one() == (salon.id, is_on)


def test_events_over_another_companys_connection_name_both(app: Flask, db: SQLAlchemy) -> None:
    salon, other = make_company(), make_company("werkstatt-kruse")
    _add_number(db, salon, UNKNOWN)
    with company_scope(other.id), transaction():
        connection = Connection(provider="retell", api_key="key_of_theirs")
        db.session.add(connection)
    WebhookEventFactory(
        status="unassigned", reason="other_company_connection", to_number=UNKNOWN, connection_id=connection.id, company_id=salon.id
    )
    db.session.commit()
    support = signed_in(app, make_user(None, "support"))
    page = support.get("/admin/unassigned", query_string={"number": UNKNOWN}).text
    assert "030 23125190 gehört zu Salon Lindgren, Berlin-Mitte." in page
    assert "über die Verbindung von Werkstatt Kruse" in page
    assert 'name="branch_id"' not in page
