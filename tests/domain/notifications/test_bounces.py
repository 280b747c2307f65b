"""Mails that come back: read over IMAP, matched to the mail that was sent, and acted on; whatever else lies in the mailbox marks nobody."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.ids import new_ulid
from app.core.tenancy import clear_company, company_scope
from app.core.transactions import run_in_transaction
from app.domain.bookings.create import create_booking
from app.domain.customers.contacts import find_or_create
from app.domain.notifications import bounces
from app.domain.notifications.notification_queue import find_recipient
from app.domain.notifications.suppressions import lift
from app.jobs.notifications import read_bounces, send_notification
from app.models import BounceMailbox, Customer, Notification, SuppressedAddress
from tests.doubles.imap import ImapDouble
from tests.doubles.messaging import MailDouble, TwilioDouble
from tests.factories.salon import Salon, make_salon
from tests.support.delivery_reports import encode_parts, read_report

MIRA, MAIL = "+491713920050", "mira@example.org"


@pytest.fixture(autouse=True)
def mail(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[MailDouble]:
    with MailDouble() as double:
        monkeypatch.setattr(app.config["SETTINGS"], "smtp_url", double.url)
        monkeypatch.setattr(app.config["SETTINGS"], "mail_from", "Salon Lindgren <termine@salon.example>")
        yield double


@pytest.fixture
def mailbox(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[ImapDouble]:
    with ImapDouble() as double:
        monkeypatch.setattr(app.config["SETTINGS"], "bounce_mailbox_url", double.url)
        yield double


def write(db: SQLAlchemy, salon: Salon, *, number: str | None = None, email: str = MAIL) -> Notification:
    """Book for Mira, who gets a mail."""

    def work() -> str:
        customer = find_or_create("Mira Sommer", number=number, email=email)
        customer.preferred_channel = "email"
        return customer.id

    customer_id = run_in_transaction(work)
    run_in_transaction(lambda: create_booking(salon.request(customer_id=customer_id)))
    return deliver(db)[0]


def deliver(db: SQLAlchemy) -> list[Notification]:
    for row in rows(db):
        send_notification(row.id)
    return rows(db)


def rows(db: SQLAlchemy) -> list[Notification]:
    db.session.rollback()
    return list(db.session.scalars(select(Notification).order_by(Notification.id)))


def suppressed(db: SQLAlchemy) -> list[tuple[str, str, str]]:
    db.session.rollback()
    return [(row.channel, row.address, row.reason) for row in db.session.scalars(select(SuppressedAddress))]


def read(*mails: bytes, mailbox: ImapDouble) -> int:
    mailbox.add(*mails)
    with clear_company():
        failed: int = read_bounces()
    return failed


@pytest.mark.parametrize("name", ["postfix_unknown", "exchange_unknown", "gmail_unknown"])
def test_address_where_nobody_is_fails_the_message_and_is_not_written_to_again(
    db: SQLAlchemy, salon: Salon, mailbox: ImapDouble, name: str
) -> None:
    row = write(db, salon)
    assert row.provider_ref is not None
    report = read_report(name, message_id=row.provider_ref)
    assert read(report, encode_parts(report), mailbox=mailbox) == 1, "the second one says nothing new"
    assert [(row.status, row.reason) for row in rows(db)] == [("dead", "unreachable")]
    assert suppressed(db) == [("email", MAIL, "unreachable")]


def test_other_channel_takes_over(db: SQLAlchemy, salon: Salon, mailbox: ImapDouble, twilio: TwilioDouble) -> None:
    row = write(db, salon, number=MIRA)
    assert twilio.messages == []
    read(read_report("gmail_unknown", message_id=row.provider_ref or ""), mailbox=mailbox)
    first, second = deliver(db)
    assert (first.status, second.channel, second.status) == ("dead", "sms", "sent")
    assert [message["to"] for message in twilio.messages] == [MIRA]


@pytest.mark.parametrize(
    ("name", "reason"), [("exchange_mailbox_full", "mailbox_full"), ("exim_policy", "refused"), ("postfix_expired", "undelivered")]
)
def test_mail_that_was_given_up_for_another_reason_marks_nobody(
    db: SQLAlchemy, salon: Salon, mailbox: ImapDouble, name: str, reason: str
) -> None:
    row = write(db, salon)
    assert read(read_report(name, message_id=row.provider_ref or ""), mailbox=mailbox) == 1
    assert [(row.status, row.reason) for row in rows(db)] == [("dead", reason)]
    assert suppressed(db) == []


@pytest.mark.parametrize("name", ["postfix_delayed", "out_of_office", "read_receipt"])
def test_delay_and_answer_change_nothing(db: SQLAlchemy, salon: Salon, mailbox: ImapDouble, name: str) -> None:
    row = write(db, salon)
    assert read(read_report(name, message_id=row.provider_ref or ""), mailbox=mailbox) == 0
    assert [row.status for row in rows(db)] == ["sent"] and suppressed(db) == []


def test_forged_report_marks_nobody(db: SQLAlchemy, salon: Salon, mailbox: ImapDouble) -> None:
    row = write(db, salon)
    forged = [
        read_report("postfix_unknown", message_id=f"<{new_ulid()}@salon.example>"),
        read_report("postfix_unknown", message_id=f"<{row.id}@another.example>"),
        read_report("postfix_unknown", message_id=row.provider_ref or "", recipient="bo@example.org"),
        read_report("postfix_unknown", message_id="<>"),
        re.sub(rb"Message-ID:.*?\r\n", b"", read_report("postfix_unknown", message_id=row.provider_ref or "")),
    ]
    assert read(*forged, mailbox=mailbox) == 0
    assert [row.status for row in rows(db)] == ["sent"] and suppressed(db) == []


def test_report_counts_in_the_company_that_wrote(db: SQLAlchemy, salon: Salon, mailbox: ImapDouble) -> None:
    ours, other = write(db, salon), make_salon("salon-b")
    with company_scope(other.company_id):
        theirs = write(db, other)
        assert read(read_report("postfix_unknown", message_id=theirs.provider_ref or ""), mailbox=mailbox) == 1
        assert suppressed(db) == [("email", MAIL, "unreachable")]
    assert suppressed(db) == [] and [row.status for row in rows(db)] == ["sent"] and ours.company_id == salon.company_id


def test_mark_is_cleared_by_people_and_mails_go_there_again(db: SQLAlchemy, salon: Salon, mailbox: ImapDouble, mail: MailDouble) -> None:
    row = write(db, salon)
    read(read_report("postfix_unknown", message_id=row.provider_ref or ""), mailbox=mailbox)
    customer = db.session.scalars(select(Customer)).one()
    assert find_recipient(customer) is None
    run_in_transaction(lambda: lift("email", MAIL))
    assert find_recipient(customer) == ("email", MAIL)
    read(mailbox=mailbox)
    assert suppressed(db) == [], "a report counts once"


def test_mails_are_read_once_and_in_batches(db: SQLAlchemy, salon: Salon, mailbox: ImapDouble, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounces, "BATCH_SIZE", 2)
    row = write(db, salon)
    others = [read_report("out_of_office") for _number in range(4)]
    assert read(*others, read_report("gmail_unknown", message_id=row.provider_ref or ""), mailbox=mailbox) == 1
    fetched = [command for command in mailbox.heard if "FETCH" in command]
    assert len(fetched) == 5
    with clear_company():
        read_bounces()
    assert [command for command in mailbox.heard if "FETCH" in command] == fetched
    assert [position.last_uid for position in db.session.scalars(select(BounceMailbox))] == [5]


def test_mail_that_breaks_the_parser_keeps_no_other_from_being_read(
    db: SQLAlchemy, salon: Salon, mailbox: ImapDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    row, parse = write(db, salon), bounces.read_bounces

    def break_down(raw: bytes) -> list[bounces.Bounce]:
        if raw == b"bad":
            raise RecursionError
        return parse(raw)

    monkeypatch.setattr(bounces, "read_bounces", break_down)
    assert read(b"bad", read_report("gmail_unknown", message_id=row.provider_ref or ""), mailbox=mailbox) == 1


def test_mailbox_that_is_away_is_read_later(db: SQLAlchemy, salon: Salon, mailbox: ImapDouble) -> None:
    row = write(db, salon)
    report = read_report("gmail_unknown", message_id=row.provider_ref or "")
    mailbox.hangs_up_at = "UID FETCH"
    assert read(report, mailbox=mailbox) == 0
    mailbox.hangs_up_at = ""
    assert read(mailbox=mailbox) == 1


def test_without_a_mailbox_nothing_is_read(db: SQLAlchemy, salon: Salon) -> None:
    with clear_company():
        assert read_bounces() == 0
