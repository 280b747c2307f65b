"""Urgent notices come by mail at once, to whom they concern, unless they were read meanwhile."""

from collections.abc import Iterator
from email.message import EmailMessage

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.clock import now
from app.core.event_bus import publish
from app.core.extensions import db as the_db
from app.core.tenancy import company_scope, unscoped
from app.core.transactions import transaction
from app.domain.notifications.message_log import MessageSearch, list_messages
from app.domain.tasks.lifecycle import create_task
from app.events import ConnectionProblemFound
from app.jobs.notifications import send_notification
from app.models import Company, Connection, Notification, StaffNotice
from tests.doubles.messaging import MailDouble
from tests.support.users import branch_ids, make_company, make_user


def _read(mail: EmailMessage) -> str:
    """The text of the mail, without its HTML."""
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


@pytest.fixture
def mails(app: Flask) -> Iterator[MailDouble]:
    with MailDouble() as double:
        app.config["SETTINGS"] = app.config["SETTINGS"].model_copy(
            update={"smtp_url": double.url, "mail_from": "AskProAI <team@askproai.example>"}
        )
        yield double


@pytest.fixture
def company(db: SQLAlchemy, mails: MailDouble) -> Company:
    return make_company()


def _cause(company: Company, kind: str = "emergency") -> None:
    with company_scope(company.id), transaction():
        create_task(kind, "Notfall: Atemnot, 0171 3920050", source_ref=f"{kind}:1", branch_id=branch_ids(company)[0])


def _send_all(company: Company) -> list[Notification]:
    the_db.session.rollback()
    with company_scope(company.id):
        for row_id in list(the_db.session.scalars(select(Notification.id))):
            send_notification(row_id)
        the_db.session.rollback()
        return list(the_db.session.scalars(select(Notification)))


def test_an_emergency_comes_by_mail_without_a_name_or_number(company: Company, mails: MailDouble) -> None:
    make_user(company)
    make_user(company, "front_desk")
    _cause(company)
    _send_all(company)
    _send_all(company)
    [mail] = mails.mails
    assert (mail["To"], mail["Subject"]) == ("owner@salon-lindgren.example", "Notfall am Telefon: Salon Lindgren")
    with unscoped():
        [notice] = [row for row in the_db.session.scalars(select(StaffNotice)) if row.id in _read(mail)]
    text = _read(mail)
    assert text.startswith("Notfall am Telefon\nBerlin-Mitte\n\nAnsehen: http://localhost:")
    assert f"/notices/{notice.id}\n" in text
    page = mail.get_body(("html",))
    assert page is not None
    assert f'/notices/{notice.id}"' in page.get_content()
    assert "Atemnot" not in text + page.get_content()
    assert "3920050" not in text


def test_what_is_not_urgent_comes_by_no_mail(company: Company, mails: MailDouble) -> None:
    make_user(company)
    _cause(company, "callback")
    assert _send_all(company) == []


def test_what_was_read_meanwhile_is_not_mailed(company: Company, mails: MailDouble) -> None:
    make_user(company)
    _cause(company)
    with company_scope(company.id), transaction():
        the_db.session.scalars(select(StaffNotice)).one().read_at = now()
    assert [(row.status, row.reason) for row in _send_all(company)] == [("expired", "overtaken")]
    assert mails.mails == []


def test_mails_to_the_team_are_no_part_of_the_log_of_messages(company: Company, mails: MailDouble) -> None:
    make_user(company)
    _cause(company)
    assert len(_send_all(company)) == 1
    with company_scope(company.id):
        assert list_messages(MessageSearch(branch_ids(company)), limit=10) == []


def test_without_a_mail_server_nothing_is_queued(app: Flask, company: Company) -> None:
    make_user(company)
    app.config["SETTINGS"] = app.config["SETTINGS"].model_copy(update={"smtp_url": None})
    _cause(company)
    assert _send_all(company) == []


def test_a_refused_account_of_the_company_is_not_what_tells_of_it(company: Company, mails: MailDouble) -> None:
    """Nor of anything else: people of the company are written to by us."""
    make_user(company)
    with MailDouble() as theirs:
        theirs.says["MAIL"] = "535 authentication failed"
        with company_scope(company.id), transaction():
            the_db.session.add(Connection(provider="smtp", api_key=theirs.url, label="Salon <kontakt@lindgren.example>"))
        with company_scope(company.id), transaction():
            connection_id = the_db.session.scalars(select(Connection.id)).one()
            publish(ConnectionProblemFound(company.id, connection_id, now()))
        assert [row.status for row in _send_all(company)] == ["sent"]
        assert theirs.heard == []
    [mail] = mails.mails
    assert mail["From"] == "AskProAI <team@askproai.example>"
