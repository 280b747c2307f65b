"""Double opt-in: a box that is ticked on the own page is no consent before its link was followed, which goes to the address alone."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.clock import now
from app.core.tenancy import company_scope
from app.core.transactions import run_in_transaction, transaction
from app.domain.bookings.create import create_booking
from app.domain.bookings.self_service_links import create_link
from app.domain.customers.contacts import find_or_create
from app.domain.marketing.rules import MarketingRules, save_marketing_rules
from app.domain.notifications.marketing_consents import has_consent, list_history, withdraw_address, write_wording
from app.domain.notifications.message_kinds import KINDS
from app.domain.notifications.suppressions import suppress
from app.jobs.marketing import delete_old_consent_links
from app.jobs.notifications import send_notification
from app.models import Company, ConsentRequest, CustomerIdentifier, Notification
from tests.doubles.messaging import ACCOUNT, TOKEN, MailDouble, TwilioDouble
from tests.factories.salon import DESK, PRESENT, Salon, make_salon
from tests.support.users import csrf_token, make_user, signed_in

MIRA = "+491713920050"


class World:
    """A salon that sends marketing, Mira who has an appointment, and what was sent to her."""

    def __init__(self, db: SQLAlchemy, client: FlaskClient, twilio: TwilioDouble, clock: time_machine.Traveller) -> None:
        self.db, self.client, self.twilio, self.clock = db, client, twilio, clock
        self.salon: Salon = make_salon()
        with company_scope(self.salon.company_id), transaction():
            self.customer_id = find_or_create("Mira Sommer", number=MIRA).id
            save_marketing_rules(MarketingRules(has_birthdays=True))

    def book(self, customer_id: str | None = None, **changes: Any) -> str:
        """The token of an appointment's page."""
        values = {"customer_id": customer_id or self.customer_id, "source": "web", "actor": DESK, "notify": False} | changes
        with company_scope(self.salon.company_id), transaction():
            self.page = create_link(create_booking(self.salon.request("cut:anna", **values)))
        return self.page

    def tick(self, token: str) -> str:
        with company_scope(self.salon.company_id):
            version = write_wording("sms", MIRA, self.db.session.get_one(Company, self.salon.company_id)).version
        data = {"csrf_token": csrf_token(self.client, f"/b/{token}"), "agreed": "1", "wording": version}
        text: str = self.client.post(f"/b/{token}/consent", data=data, follow_redirects=True).text
        return text

    def messages(self) -> list[Notification]:
        self.db.session.rollback()
        with company_scope(self.salon.company_id):
            rows = select(Notification).where(Notification.kind == "consent_confirmation").order_by(Notification.id)
            return list(self.db.session.scalars(rows))

    def deliver(self) -> list[str]:
        """Send what waits; the links that arrived."""
        with company_scope(self.salon.company_id):
            for row in self.messages():
                send_notification(row.id)
        return [re.findall(r"http\S+/b/(\S+)", message["body"])[0] for message in self.twilio.messages]

    def confirm(self, token: str) -> int:
        page = self.client.get(f"/b/{token}/marketing")
        if page.status_code != 200:
            return page.status_code
        data = {"csrf_token": csrf_token(self.client, f"/b/{self.page}")}
        return self.client.post(f"/b/{token}/marketing", data=data).status_code

    def may_write(self, customer_id: str | None = None) -> bool:
        self.db.session.rollback()
        with company_scope(self.salon.company_id):
            return has_consent(customer_id or self.customer_id, "sms", MIRA)


@pytest.fixture
def world(app: Flask, db: SQLAlchemy, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with TwilioDouble() as double, time_machine.travel(PRESENT, tick=True) as clock:
        for name, value in {"base_url": double.url, "account_sid": ACCOUNT, "auth_token": TOKEN, "sender": "Lindgren"}.items():
            monkeypatch.setattr(app.config["SETTINGS"], f"twilio_{name}", value)
        yield World(db, client, double, clock)


def test_consent_counts_once_it_was_confirmed_and_both_moments_are_kept(world: World) -> None:
    ticked_at = now()
    page = world.book()
    assert "Fast geschafft" in world.tick(page)
    assert not world.may_write()
    text = world.client.get(f"/b/{page}").text
    assert "Wir haben Ihnen einen Link geschickt" in text and 'name="agreed"' not in text
    (token,) = world.deliver()
    world.clock.shift(timedelta(hours=3))
    answer = world.client.get(f"/b/{token}", follow_redirects=True)
    assert "Ja, Salon Lindgren darf mir per SMS an die Nummer … 50 Werbung schicken" in answer.text
    assert answer.headers["X-Robots-Tag"] == "noindex" and MIRA not in answer.text
    assert not world.may_write(), "looking into a link confirms nothing"
    assert world.confirm(token) == 200
    assert world.may_write()
    with company_scope(world.salon.company_id):
        (consent,) = list_history(world.customer_id)
        (request,) = world.db.session.scalars(select(ConsentRequest)).all()
    assert consent.created_at - request.created_at >= timedelta(hours=3) and request.created_at - ticked_at < timedelta(minutes=10)
    assert (consent.answer, consent.source, consent.address, request.consent_id) == ("given", "page", MIRA, consent.id)
    assert (consent.wording, consent.wording_version) == (request.wording, request.wording_version)
    assert world.confirm(token) == 200 and "Bestätigt" in world.client.get(f"/b/{token}/marketing").text
    with company_scope(world.salon.company_id):
        assert len(list_history(world.customer_id)) == 1, "confirmed twice is one consent"


def test_message_is_a_service_and_advertises_nothing(world: World) -> None:
    assert KINDS["consent_confirmation"].message_class == "service"
    world.tick(world.book())
    world.deliver()
    (message,) = world.twilio.messages
    assert re.sub(r"http\S+", "LINK", message["body"]) == (
        "Salon Lindgren: Bitte bestätigen Sie Ihre Einwilligung in Werbung, sonst gilt sie nicht: LINK"
    )
    assert message["to"] == MIRA


def test_one_address_is_asked_once_a_day_whoever_ticks(world: World) -> None:
    world.tick(page := world.book())
    with company_scope(world.salon.company_id), transaction():
        tom = find_or_create("Tom Sommer", number=MIRA).id
    toms_page = world.book(tom, starts="2026-05-12T15:00")
    assert "heute schon geschickt" in world.tick(toms_page)
    assert "heute schon geschickt" in world.tick(page), "a form that was open before"
    assert len(world.messages()) == 1
    world.clock.shift(timedelta(hours=24, minutes=1))
    world.tick(toms_page)
    assert len(world.messages()) == 2
    _first, second = world.deliver()
    assert world.confirm(second) == 200
    assert world.may_write(tom) and not world.may_write(), "Tom has agreed for himself"


def test_what_is_not_confirmed_expires_and_is_deleted(world: World) -> None:
    world.tick(world.book(starts="2026-05-26T15:00"))
    (token,) = world.deliver()
    world.clock.shift(timedelta(days=7, minutes=1))
    assert world.confirm(token) == 404
    assert world.client.get(f"/b/{token}").status_code in (302, 404)
    assert not world.may_write()
    assert delete_old_consent_links() == 1
    with company_scope(world.salon.company_id):
        assert world.db.session.scalars(select(ConsentRequest)).all() == []


def test_what_was_confirmed_is_kept_as_evidence(world: World) -> None:
    world.tick(world.book())
    (token,) = world.deliver()
    world.confirm(token)
    world.clock.shift(timedelta(days=400))
    assert delete_old_consent_links() == 0
    assert world.may_write()


@pytest.mark.parametrize("how", ["page", "stop", "link", "desk"])
def test_who_says_no_meanwhile_cannot_be_confirmed_any_more(world: World, how: str) -> None:
    world.tick(page := world.book())
    (token,) = world.deliver()
    if how == "page":
        world.client.post(f"/b/{page}/withdraw", data={"csrf_token": csrf_token(world.client, f"/b/{page}")})
    with company_scope(world.salon.company_id):
        if how == "stop":
            run_in_transaction(lambda: suppress("sms", MIRA, "opted_out"))
        elif how != "page":
            run_in_transaction(lambda: withdraw_address("sms", MIRA, source=how))  # type: ignore[arg-type]
    assert world.confirm(token) == 404
    assert not world.may_write()


def test_confirmation_ends_with_the_address(world: World) -> None:
    """The number is another person's by then."""
    world.tick(world.book())
    (token,) = world.deliver()
    with company_scope(world.salon.company_id), transaction():
        for identifier in world.db.session.scalars(select(CustomerIdentifier)).all():
            world.db.session.delete(identifier)
    assert world.confirm(token) == 404
    assert not world.may_write()


def test_message_that_waited_is_not_sent_once_nobody_wants_it(world: World) -> None:
    world.tick(page := world.book())
    world.client.post(f"/b/{page}/withdraw", data={"csrf_token": csrf_token(world.client, f"/b/{page}")})
    assert world.deliver() == []
    assert [(row.status, row.reason) for row in world.messages()] == [("expired", "overtaken")]


@pytest.mark.parametrize("token", ["x", "A" * 43, "a" * 5000])
def test_unknown_links_confirm_nothing(world: World, token: str) -> None:
    world.tick(page := world.book())
    assert world.confirm(token) == 404
    assert world.confirm(page) == 404, "the link of the page is no proof"
    assert not world.may_write()


def test_customer_page_shows_what_waits_and_both_moments(app: Flask, world: World) -> None:
    with company_scope(world.salon.company_id):
        company = world.db.session.get_one(Company, world.salon.company_id)
        desk = signed_in(app, make_user(company, role="front_desk"))
    world.tick(world.book())
    (token,) = world.deliver()
    assert "Bestätigung steht aus" in desk.get(f"/customers/{world.customer_id}").text
    world.confirm(token)
    text = desk.get(f"/customers/{world.customer_id}").text
    assert "Bestätigung steht aus" not in text and "auf der eigenen Seite, angekreuzt" in text


def test_mail_is_confirmed_by_a_button(app: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with MailDouble() as mail:
        monkeypatch.setattr(app.config["SETTINGS"], "smtp_url", mail.url)
        monkeypatch.setattr(app.config["SETTINGS"], "mail_from", "termine@salon.example")
        with company_scope(world.salon.company_id), transaction():
            bo = find_or_create("Bo Lind", email="bo@example.org").id
            version = write_wording("email", "bo@example.org", world.db.session.get_one(Company, world.salon.company_id)).version
        page = world.book(bo)
        data = {"csrf_token": csrf_token(world.client, f"/b/{page}"), "agreed": "1", "wording": version}
        assert world.client.post(f"/b/{page}/consent", data=data).status_code == 302
        with company_scope(world.salon.company_id):
            for row in world.messages():
                send_notification(row.id)
        (sent,) = mail.mails
    html = sent.get_body(("html",))
    assert html is not None and ">Bestätigen</a>" in html.get_content()
    assert sent["List-Unsubscribe"] is None
