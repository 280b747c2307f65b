"""Marketing goes only where there is consent at the moment of sending, each message once; everything else leaves nothing."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event, select

from app.core.clock import now
from app.core.tenancy import company_scope
from app.core.transactions import run_in_transaction, transaction
from app.domain.bookings.cancel import cancel_booking
from app.domain.bookings.create import create_booking
from app.domain.bookings.status import mark_no_show
from app.domain.customers.blocked_callers import block_callers
from app.domain.customers.caller_assurance import set_birth_date
from app.domain.customers.contacts import find_or_create
from app.domain.marketing import message_plans
from app.domain.marketing.message_plans import plan_messages
from app.domain.marketing.rules import MarketingRules, save_marketing_rules
from app.domain.notifications.marketing_consents import (
    ConsentMissing,
    create_withdrawal_link,
    find_withdrawal_link,
    give_consent,
    has_consent,
    list_history,
    withdraw_consent,
    write_wording,
)
from app.domain.notifications.notification_queue import NotificationDraft, PlannedMessage, plan_notification, queue_notification
from app.domain.notifications.suppressions import lift, suppress
from app.jobs.marketing import delete_old_consent_links
from app.jobs.notifications import send_notification
from app.models import Company, Customer, CustomerIdentifier, Notification
from tests.doubles.messaging import MailDouble, TwilioDouble
from tests.factories.salon import DESK, Salon, at, make_salon

MIRA, MAIL = "+491713920050", "mira@example.org"
URL = "https://bewertung.example/lindgren"
REVIEW = MarketingRules(review_hours=24, review_url=URL)
WIN_BACK = MarketingRules(win_back_weeks=8)


class Marketing:
    """The salon with a customer, and what leaves."""

    def __init__(self, db: SQLAlchemy, salon: Salon, twilio: TwilioDouble, clock: time_machine.Traveller) -> None:
        self.db, self.salon, self.twilio, self.clock = db, salon, twilio, clock
        self.mira = self.add("Mira Sommer", number=MIRA)

    def add(self, name: str, **contact: Any) -> str:
        with transaction():
            return find_or_create(name, **contact).id

    def get(self, customer_id: str) -> Customer:
        return self.db.session.get_one(Customer, customer_id)

    def agree(self, customer_id: str = "", channel: Any = "sms", address: str = MIRA) -> None:
        with transaction():
            company = self.db.session.get_one(Company, self.salon.company_id)
            wording = write_wording(channel, address, company)
            give_consent(self.get(customer_id or self.mira), channel, address, wording=wording, source="desk", obtained="im Salon gefragt")

    def rule(self, rules: MarketingRules) -> None:
        with transaction():
            save_marketing_rules(rules)

    def visit(self, starts: str = "2026-05-12T10:00", *, service: str = "cut", customer_id: str = "") -> str:
        with transaction():
            request = self.salon.request(f"{service}:anna", starts=starts, customer_id=customer_id or self.mira, source="web", actor=DESK)
            return create_booking(request).id

    def plan(self) -> None:
        run_in_transaction(lambda: plan_messages(self.salon.company_id))

    def work(self, until: str) -> list[str]:
        """What of it leaves until then; planned now and again, as the clock does."""
        before, step = len(self.twilio.messages), max(timedelta(minutes=30), (at(until) - now()) / 24)
        while now() < at(until):
            self.clock.move_to(min(now() + step, at(until)))
            self.plan()
            self.send()
        return [row["body"] for row in self.twilio.messages[before:] if "Abbestellen" in row["body"]]

    def send(self) -> None:
        self.db.session.rollback()
        due = select(Notification.id).where(Notification.status == "pending", Notification.due_at <= now())
        for row_id in self.db.session.scalars(due.order_by(Notification.created_at)).all():
            send_notification(row_id)

    def rows(self) -> list[Notification]:
        self.db.session.rollback()
        kinds = ("review_request", "satisfaction", "birthday", "win_back", "recall")
        return list(self.db.session.scalars(select(Notification).where(Notification.kind.in_(kinds))))


@pytest.fixture
def marketing(db: SQLAlchemy, salon: Salon, twilio: TwilioDouble, present: time_machine.Traveller) -> Marketing:
    return Marketing(db, salon, twilio, present)


@pytest.fixture
def mail(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[MailDouble]:
    with MailDouble() as double:
        monkeypatch.setattr(app.config["SETTINGS"], "smtp_url", double.url)
        monkeypatch.setattr(app.config["SETTINGS"], "mail_from", "Salon Lindgren <termine@salon.example>")
        yield double


def test_review_request_goes_out_once_after_a_visit(marketing: Marketing) -> None:
    marketing.rule(REVIEW)
    marketing.agree()
    marketing.visit()
    assert marketing.work("2026-05-13T10:00") == []
    (text,) = marketing.work("2026-05-16T10:00")
    thanks = "Salon Lindgren: Danke für Ihren Besuch am Di. 12. Mai. Wir freuen uns über Ihre Bewertung:"
    assert text.startswith(f"{thanks} {URL} Abbestellen: http")
    assert marketing.work("2026-05-30T10:00") == []


def test_who_comes_often_is_asked_for_a_review_once_in_half_a_year(marketing: Marketing) -> None:
    marketing.rule(REVIEW)
    marketing.agree()
    marketing.visit()
    assert len(marketing.work("2026-05-16T10:00")) == 1
    marketing.visit("2026-05-19T10:00")
    assert marketing.work("2026-05-23T10:00") == []
    marketing.clock.move_to(at("2026-12-01T10:00"))
    marketing.visit("2026-12-08T10:00")
    assert len(marketing.work("2026-12-12T10:00")) == 1


def test_without_consent_nothing_is_planned(marketing: Marketing) -> None:
    marketing.rule(REVIEW)
    marketing.visit()
    assert marketing.work("2026-05-16T10:00") == []
    assert marketing.rows() == []


def test_without_a_rule_nothing_is_planned(marketing: Marketing) -> None:
    marketing.agree()
    marketing.visit()
    assert marketing.work("2026-05-16T10:00") == []


def test_who_did_not_come_is_not_asked(marketing: Marketing) -> None:
    marketing.rule(REVIEW)
    marketing.agree()
    missed, cancelled = marketing.visit(), marketing.visit("2026-05-12T14:00")
    with transaction():
        cancel_booking(cancelled, DESK)
    marketing.clock.move_to(at("2026-05-12T12:00"))
    marketing.plan()
    with transaction():
        mark_no_show(missed, DESK)
    assert marketing.work("2026-05-16T10:00") == []


def test_consent_that_is_withdrawn_meanwhile_ends_what_is_planned(marketing: Marketing) -> None:
    marketing.rule(REVIEW)
    marketing.agree()
    marketing.visit()
    marketing.work("2026-05-12T20:00")
    with transaction():
        assert withdraw_consent(marketing.mira, "sms", MIRA, source="desk")
    assert marketing.work("2026-05-16T10:00") == []
    assert [(row.status, row.reason) for row in marketing.rows()] == [("expired", "no_consent")]


def test_stop_withdraws_consent_and_start_does_not_bring_it_back(marketing: Marketing) -> None:
    marketing.rule(REVIEW)
    marketing.agree()
    with transaction():
        suppress("sms", MIRA, "opted_out")
    with transaction():
        lift("sms", MIRA)
    marketing.visit()
    assert marketing.work("2026-05-16T10:00") == []
    assert [(row.answer, row.source) for row in list_history(marketing.mira)] == [("withdrawn", "stop"), ("given", "desk")]


def test_a_new_number_does_not_inherit_consent(marketing: Marketing) -> None:
    marketing.rule(REVIEW)
    marketing.agree()
    marketing.visit()
    marketing.work("2026-05-12T20:00")
    with transaction():
        (identifier,) = marketing.db.session.scalars(select(CustomerIdentifier).where(CustomerIdentifier.value == MIRA)).all()
        identifier.value = "+491713920051"
    marketing.db.session.expire_all()
    assert not has_consent(marketing.mira, "sms", MIRA)
    assert not has_consent(marketing.mira, "sms", "+491713920051")
    assert marketing.work("2026-05-16T10:00") == []


def test_who_shares_the_number_has_not_consented(marketing: Marketing) -> None:
    tom = marketing.add("Tom Sommer", number=MIRA)
    marketing.agree()
    assert has_consent(marketing.mira, "sms", MIRA)
    assert not has_consent(tom, "sms", MIRA)


def test_consent_holds_for_one_company(marketing: Marketing) -> None:
    marketing.agree()
    other = make_salon("salon-zwei")
    with company_scope(other.company_id):
        with transaction():
            twin = find_or_create("Mira Sommer", number=MIRA).id
        assert not has_consent(twin, "sms", MIRA)
        assert not has_consent(marketing.mira, "sms", MIRA)


def test_blocked_callers_get_none(marketing: Marketing) -> None:
    marketing.rule(REVIEW)
    marketing.agree()
    marketing.visit()
    marketing.work("2026-05-12T20:00")
    with transaction():
        block_callers([MIRA])
    assert marketing.work("2026-05-16T10:00") == []


def test_no_marketing_is_sent_in_quiet_hours(marketing: Marketing) -> None:
    marketing.rule(MarketingRules(review_hours=12, review_url=URL))
    marketing.agree()
    marketing.visit()
    assert marketing.work("2026-05-13T07:30") == []
    assert len(marketing.work("2026-05-13T09:00")) == 1


def test_win_back_goes_out_once_a_pause_and_not_to_who_comes(marketing: Marketing) -> None:
    marketing.rule(WIN_BACK)
    marketing.agree()
    marketing.visit()
    assert marketing.work("2026-07-06T09:00") == []
    (text,) = marketing.work("2026-07-10T09:00")
    assert "Ihr letzter Besuch ist eine Weile her" in text
    assert marketing.work("2026-07-20T09:00") == []


def test_who_has_an_appointment_ahead_is_not_won_back(marketing: Marketing) -> None:
    marketing.rule(WIN_BACK)
    marketing.agree()
    marketing.visit()
    marketing.clock.move_to(at("2026-07-06T09:00"))
    marketing.visit("2026-07-28T10:00")
    assert marketing.work("2026-07-10T09:00") == []


def test_pauses_from_before_the_rule_are_let_go(marketing: Marketing) -> None:
    marketing.agree()
    marketing.visit()
    marketing.clock.move_to(at("2026-08-03T09:00"))
    marketing.rule(WIN_BACK)
    assert marketing.work("2026-08-05T09:00") == []


def test_recall_is_about_its_service_alone(marketing: Marketing) -> None:
    marketing.rule(MarketingRules(recall_weeks={marketing.salon.services["colour"]: 4}))
    marketing.agree()
    marketing.visit(service="colour")
    marketing.visit("2026-05-19T10:00", service="cut")
    (text,) = marketing.work("2026-06-12T09:00")
    assert "Balayage war zuletzt am Di. 12. Mai" in text


def test_birthday_is_congratulated_once_a_year_at_ten(marketing: Marketing) -> None:
    marketing.rule(MarketingRules(has_birthdays=True))
    marketing.agree()
    with transaction():
        set_birth_date(marketing.get(marketing.mira), date(1990, 5, 20))
    assert marketing.work("2026-05-20T09:30") == []
    assert len(marketing.work("2026-05-20T11:00")) == 1
    assert marketing.work("2026-05-22T11:00") == []


def test_a_mail_carries_the_one_click_headers(marketing: Marketing, mail: MailDouble) -> None:
    marketing.rule(REVIEW)
    erik = marketing.add("Erik Berg", email="erik@example.org")
    marketing.agree(erik, "email", "erik@example.org")
    marketing.visit(customer_id=erik)
    marketing.work("2026-05-16T10:00")
    (letter,) = [letter for letter in mail.mails if letter["Subject"] == "Wie war es bei uns?"]
    link = letter["List-Unsubscribe"]
    assert link.startswith("<http") and link.endswith("/unsubscribe>")
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    others = [letter for letter in mail.mails if letter["Subject"] != "Wie war es bei uns?"]
    assert others and not any(letter["List-Unsubscribe"] for letter in others)


def test_marketing_without_consent_cannot_be_queued(marketing: Marketing) -> None:
    draft = NotificationDraft("win_back", "customer:1", "key-1", "Hallo", "Hallo", now() + timedelta(days=1))
    plan = PlannedMessage("birthday", "customer:1", "key-2", now(), now() + timedelta(days=1), "sms")
    for recipient in (("sms", MIRA), None):
        for customer_id in (marketing.mira, None):
            with pytest.raises(ConsentMissing):
                queue_notification(draft, recipient, customer_id=customer_id)
            with pytest.raises(ConsentMissing):
                plan_notification(plan, recipient, customer_id=customer_id)
    marketing.agree()
    with transaction():
        assert queue_notification(draft, ("sms", MIRA), customer_id=marketing.mira).status == "pending"


def test_planning_asks_no_question_for_each_customer(marketing: Marketing) -> None:
    """What it costs depends on what is due, and not on how many have consented."""
    marketing.rule(MarketingRules(review_hours=24, review_url=URL, has_birthdays=True, win_back_weeks=8))

    def count() -> int:
        statements: list[str] = []
        listen = lambda _connection, _cursor, text, *_more: statements.append(text)  # noqa: E731
        event.listen(marketing.db.engine, "before_cursor_execute", listen)
        try:
            marketing.db.session.rollback()
            plan_messages(marketing.salon.company_id)
        finally:
            event.remove(marketing.db.engine, "before_cursor_execute", listen)
        return len(statements)

    def grow(first: int, number: int) -> None:
        for index in range(first, first + number):
            phone = f"+4917139300{index:02}"
            customer_id = marketing.add(f"Kundin {index}", number=phone)
            with transaction():
                set_birth_date(marketing.get(customer_id), date(1990, 1, 1))
            marketing.agree(customer_id, address=phone)
            marketing.visit(f"2026-05-12T{9 + index:02}:00", customer_id=customer_id)

    grow(0, 2)
    marketing.clock.move_to(at("2026-05-13T20:00"))
    planned = plan_messages(marketing.salon.company_id)
    assert len(planned) == 2
    few = count()
    marketing.clock.move_to(at("2026-05-11T10:00"))
    grow(2, 4)
    marketing.clock.move_to(at("2026-05-13T20:00"))
    assert len(plan_messages(marketing.salon.company_id)) == 4
    assert count() == few, "what is planned already costs nothing more"


def test_plans_are_stored_in_small_transactions(marketing: Marketing, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that fails leaves what was planned before, and what follows is planned the next time."""
    monkeypatch.setattr(message_plans, "BATCH_SIZE", 1)
    marketing.rule(REVIEW)
    for index in range(3):
        phone = f"+4917139300{index:02}"
        customer_id = marketing.add(f"Kundin {index}", number=phone)
        marketing.agree(customer_id, address=phone)
        marketing.visit(f"2026-05-12T{9 + index:02}:00", customer_id=customer_id)
    marketing.clock.move_to(at("2026-05-14T10:00"))
    find, seen = message_plans.find_marketing_recipient, []

    def fail_second(customer: Customer) -> Any:
        seen.append(customer.id)
        if len(seen) == 2:
            raise RuntimeError
        return find(customer)

    with monkeypatch.context() as patched, pytest.raises(RuntimeError):
        patched.setattr(message_plans, "find_marketing_recipient", fail_second)
        plan_messages(marketing.salon.company_id)
    assert len(marketing.rows()) == 1
    plan_messages(marketing.salon.company_id)
    assert len(marketing.rows()) == 3


def test_links_to_withdraw_are_deleted_once_nobody_needs_them(marketing: Marketing) -> None:
    marketing.agree()
    with transaction():
        standing = create_withdrawal_link("sms", MIRA)
        unused = create_withdrawal_link("email", MAIL)
    marketing.clock.shift(timedelta(days=89))
    assert delete_old_consent_links() == 0
    marketing.clock.shift(timedelta(days=2))
    assert delete_old_consent_links() == 1
    assert find_withdrawal_link(unused) is None and find_withdrawal_link(standing) is not None
    with transaction():
        withdraw_consent(marketing.mira, "sms", MIRA, source="desk")
    assert delete_old_consent_links() == 1
    marketing.agree()
    with transaction():
        old = create_withdrawal_link("sms", MIRA)
    marketing.clock.shift(timedelta(days=3 * 365 - 1))
    assert delete_old_consent_links() == 0 and find_withdrawal_link(old) is not None
    marketing.clock.shift(timedelta(days=2))
    assert delete_old_consent_links() == 1 and find_withdrawal_link(old) is None
