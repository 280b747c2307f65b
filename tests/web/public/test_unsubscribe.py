"""The link of a marketing message and the question on the own page: consent is never given by silence, and withdrawn by one click."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy

from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.domain.bookings.create import create_booking
from app.domain.bookings.self_service_links import create_link
from app.domain.customers.contacts import find_or_create
from app.domain.marketing.rules import MarketingRules, save_marketing_rules
from app.domain.notifications.marketing_consents import (
    create_withdrawal_link,
    give_consent,
    has_consent,
    list_history,
    write_wording,
)
from app.models import Company
from tests.factories.salon import DESK, PRESENT, Salon, make_salon
from tests.support.users import csrf_token

MIRA = "+491713920050"


class Page:
    def __init__(self, db: SQLAlchemy, client: FlaskClient, salon: Salon) -> None:
        self.db, self.client, self.salon = db, client, salon
        with company_scope(salon.company_id), transaction():
            self.customer_id = find_or_create("Mira Sommer", number=MIRA).id
            save_marketing_rules(MarketingRules(has_birthdays=True))

    def book(self, **changes: Any) -> str:
        with company_scope(self.salon.company_id), transaction():
            values = {"customer_id": self.customer_id, "source": "web", "actor": DESK} | changes
            return create_link(create_booking(self.salon.request("cut:anna", **values)))

    def agree(self) -> None:
        with company_scope(self.salon.company_id), transaction():
            customer = find_or_create("Mira Sommer", number=MIRA)
            wording = write_wording("sms", MIRA, self.db.session.get_one(Company, self.salon.company_id))
            give_consent(customer, "sms", MIRA, wording=wording, source="desk", obtained="im Salon")

    def link(self) -> str:
        with company_scope(self.salon.company_id), transaction():
            return create_withdrawal_link("sms", MIRA)

    def post(self, token: str, what: str, **fields: str) -> str:
        data = {"csrf_token": csrf_token(self.client, f"/b/{token}"), **fields}
        answer = self.client.post(f"/b/{token}/{what}", data=data, follow_redirects=True)
        return answer.text

    def version(self) -> str:
        with company_scope(self.salon.company_id):
            return write_wording("sms", MIRA, self.db.session.get_one(Company, self.salon.company_id)).version

    def may_write(self) -> bool:
        self.db.session.rollback()
        with company_scope(self.salon.company_id):
            return has_consent(self.customer_id, "sms", MIRA)

    def history(self) -> list[tuple[str, str]]:
        with company_scope(self.salon.company_id):
            return [(row.answer, row.source) for row in list_history(self.customer_id)]


@pytest.fixture
def page(db: SQLAlchemy, client: FlaskClient) -> Iterator[Page]:
    with time_machine.travel(PRESENT, tick=True):
        yield Page(db, client, make_salon())


def test_box_is_not_ticked_and_shows_the_wording_that_is_kept(page: Page) -> None:
    token = page.book()
    text = page.client.get(f"/b/{token}").text
    assert '<input type="checkbox" name="agreed" value="1">' in text
    assert "Ja, Salon Lindgren darf mir per SMS an die Nummer … 50 Werbung schicken" in text
    assert MIRA not in text
    assert "Fast geschafft" in page.post(token, "consent", agreed="1", wording=page.version())
    assert not page.may_write(), "whoever has the link of the page may tick the box"


def test_without_the_tick_there_is_no_consent(page: Page) -> None:
    page.post(page.book(), "consent", wording=page.version())
    assert page.history() == []


def test_another_wording_than_the_one_shown_is_not_agreed_to(page: Page) -> None:
    assert "Der Wortlaut hat sich gerade geändert" in page.post(page.book(), "consent", agreed="1", wording="0" * 16)
    assert page.history() == []


def test_nothing_is_asked_where_no_marketing_is_sent(page: Page) -> None:
    with company_scope(page.salon.company_id), transaction():
        save_marketing_rules(MarketingRules())
    assert "agreed" not in page.client.get(f"/b/{page.book()}").text


def test_nothing_is_asked_of_whoever_has_another_contact_for_the_booking(page: Page) -> None:
    token = page.book(contact_phone="+491713920051")
    assert "agreed" not in page.client.get(f"/b/{token}").text
    assert page.client.post(f"/b/{token}/consent", data={"csrf_token": csrf_token(page.client, f"/b/{token}"), "agreed": "1",
                                                         "wording": page.version()}).status_code == 404  # fmt: skip


def test_own_page_withdraws(page: Page) -> None:
    page.agree()
    assert "Sie bekommen keine Werbung mehr." in page.post(page.book(), "withdraw")
    assert page.history() == [("withdrawn", "page"), ("given", "desk")]


def test_own_page_withdraws_for_everybody_with_this_number(page: Page) -> None:
    page.agree()
    with company_scope(page.salon.company_id), transaction():
        tom = find_or_create("Tom Sommer", number=MIRA)
        wording = write_wording("sms", MIRA, page.db.session.get_one(Company, page.salon.company_id))
        give_consent(tom, "sms", MIRA, wording=wording, source="desk", obtained="im Salon")
        tom_id = tom.id
    page.post(page.book(), "withdraw")
    page.db.session.rollback()
    with company_scope(page.salon.company_id):
        assert not has_consent(tom_id, "sms", MIRA)


def test_link_asks_first_and_withdraws_by_one_click(page: Page) -> None:
    page.agree()
    token = page.link()
    answer = page.client.get(f"/b/{token}", follow_redirects=True)
    assert "Werbung abbestellen" in answer.text and MIRA not in answer.text
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert page.may_write()
    # as mail programs do it (RFC 8058): no cookie, no token of a form
    answer = page.client.application.test_client().post(f"/b/{token}/unsubscribe", data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200 and "Abbestellt" in answer.text
    assert not page.may_write()
    assert page.client.post(f"/b/{token}/unsubscribe").status_code == 200
    assert page.history() == [("withdrawn", "link"), ("given", "desk")]
    again = page.client.get(f"/b/{token}/unsubscribe").text
    assert "Abbestellt" in again and 'action="/b/' not in again
    page.agree()
    assert f"/b/{token}/unsubscribe" in page.client.get(f"/b/{token}/unsubscribe").text, "who agreed anew may withdraw anew"


def test_link_withdraws_for_one_company_alone(page: Page) -> None:
    page.agree()
    other = Page(page.db, page.client, make_salon("salon-zwei"))
    other.agree()
    page.client.post(f"/b/{page.link()}/unsubscribe")
    assert (page.may_write(), other.may_write()) == (False, True)


@pytest.mark.parametrize("token", ["x", "A" * 43, "a" * 5000])
def test_unknown_links_withdraw_nothing(page: Page, token: str) -> None:
    page.agree()
    assert page.client.get(f"/b/{token}/unsubscribe").status_code == 404
    assert page.client.post(f"/b/{token}/unsubscribe").status_code == 404
    assert page.client.post(f"/b/{page.book()}/unsubscribe").status_code == 404
    assert page.may_write()
