"""The page behind the question how a visit was: one click answers, words may follow, and only who has the link sees it."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.domain.bookings.create import create_booking
from app.domain.customers.contacts import find_or_create
from app.domain.marketing.message_writer import write
from app.domain.marketing.rules import MarketingRules, save_marketing_rules
from app.domain.notifications.message_links import find_action_link
from app.models import Company, Notification, SatisfactionQuestion, StaffTask, User
from tests.factories.calendar import NotificationFactory
from tests.factories.salon import DESK, PRESENT, Salon, make_salon
from tests.support.users import csrf_token, limit_to, make_user, signed_in

PAGE = "/b/{}/rate"


class World:
    def __init__(self, db: SQLAlchemy, client: FlaskClient, clock: time_machine.Traveller) -> None:
        self.db, self.client, self.clock = db, client, clock
        self.salon: Salon = make_salon()
        self.token = self.ask()

    def ask(self) -> str:
        """The token of the question about a visit."""
        with company_scope(self.salon.company_id), transaction():
            save_marketing_rules(MarketingRules(satisfaction_hours=2))
            customer = find_or_create("Mira Sommer", email="mira@example.org")
            self.customer_id = customer.id
            request = self.salon.request("cut:anna", customer_id=customer.id, source="web", actor=DESK, notify=False)
            self.booking_id = create_booking(request).id
        with company_scope(self.salon.company_id), transaction():
            row = NotificationFactory(
                company_id=self.salon.company_id, customer_id=self.customer_id, kind="satisfaction", subject=f"visit:{self.booking_id}",
                channel="email", recipient="mira@example.org",
            )  # fmt: skip
            written = write(self.db.session.get_one(Notification, row.id))
        assert written is not None and "Wie war Ihr Besuch am Di. 12. Mai?" in written[1]
        link = find_action_link(written[1])
        assert link is not None and link.endswith("/rate")
        return link.split("/")[-2]

    def post(self, token: str = "", **fields: str) -> str:
        path = PAGE.format(token or self.token)
        data = {"csrf_token": csrf_token(self.client, PAGE.format(self.token)), **fields}
        text: str = self.client.post(path, data=data, follow_redirects=True).text
        return text

    def answers(self) -> list[tuple[int | None, str | None, str | None]]:
        self.db.session.rollback()
        with company_scope(self.salon.company_id):
            rows = self.db.session.scalars(select(SatisfactionQuestion).execution_options(populate_existing=True)).all()
            return [(row.score, row.comment, row.source) for row in rows]

    def tasks(self) -> list[tuple[str, str | None]]:
        with company_scope(self.salon.company_id):
            return [(task.title, task.details) for task in self.db.session.scalars(select(StaffTask))]

    def user(self, **values: object) -> User:
        with company_scope(self.salon.company_id):
            return make_user(self.db.session.get_one(Company, self.salon.company_id), **values)


@pytest.fixture
def world(db: SQLAlchemy, client: FlaskClient) -> Iterator[World]:
    with time_machine.travel(PRESENT, tick=True) as clock:
        yield World(db, client, clock)


def test_one_click_answers_and_words_may_follow(world: World) -> None:
    page = world.client.get(PAGE.format(world.token))
    assert page.status_code == 200 and page.headers["X-Robots-Tag"] == "noindex" and "Mira" not in page.text
    assert world.answers() == [(None, None, None)], "looking answers nothing"
    assert "Danke für Ihre Antwort: 4 von 5." in world.post(score="4")
    assert world.answers() == [(4, None, "page")]
    world.post(score="4", comment="  Sehr nett  ")
    assert world.answers() == [(4, "Sehr nett", "page")] and world.tasks() == []


def test_nobody_is_asked_for_a_company_that_is_switched_off(world: World) -> None:
    with transaction():
        world.db.session.get_one(Company, world.salon.company_id).is_active = False
    assert world.client.get(PAGE.format(world.token)).status_code == 404


def test_another_score_keeps_the_words(world: World) -> None:
    world.post(score="4", comment="Sehr nett")
    page = world.client.get(PAGE.format(world.token)).text
    assert '<input type="hidden" name="comment" value="Sehr nett">' in page
    world.post(score="5", comment="Sehr nett")
    assert world.answers() == [(5, "Sehr nett", "page")]


def test_bad_answer_is_one_task_also_where_words_follow(world: World) -> None:
    world.post(score="2")
    assert world.tasks() == [("Unzufrieden: Mira Sommer, 2 von 5", "Besuch am Di. 12. Mai")]
    world.post(score="1", comment="Zu laut")
    assert world.tasks() == [("Unzufrieden: Mira Sommer, 1 von 5", "Besuch am Di. 12. Mai\nZu laut")]


@pytest.mark.parametrize("score", ["0", "6", "", "x", "3.5"])
def test_nothing_else_is_a_score(world: World, score: str) -> None:
    world.post(score=score)
    assert world.answers() == [(None, None, None)]


def test_page_ends_and_unknown_links_show_nothing(world: World) -> None:
    for token in ("x", "A" * 43, "a" * 5000):
        assert world.client.get(PAGE.format(token)).status_code == 404
    world.clock.shift(timedelta(days=14, minutes=1))
    assert world.client.get(PAGE.format(world.token)).status_code == 404
    assert world.client.get(f"/b/{world.token}").status_code == 404


def test_answer_stands_at_customer_booking_and_in_the_figures(app: Flask, world: World) -> None:
    desk = signed_in(app, world.user(role="owner", email="o@example.org"))
    assert "Wie es war" not in desk.get("/settings/marketing").text.partition("<form")[0]
    world.post(score="2", comment="Viel <b>zu</b> laut")
    for path in (f"/customers/{world.customer_id}", f"/bookings/{world.booking_id}", "/settings/marketing"):
        text = desk.get(path).text
        assert "Viel &lt;b&gt;zu&lt;/b&gt; laut" in text and "unzufrieden" in text, path
    assert "2 von 5" in text and "1 Antwort" in text
    elsewhere = world.user(role="manager", email="m@example.org")
    with company_scope(world.salon.company_id):
        limit_to(elsewhere, world.salon.branches["pankow"])
    for path in (f"/customers/{world.customer_id}", "/settings/marketing"):
        assert "laut" not in signed_in(app, elsewhere).get(path).text, path


def test_answers_of_another_company_stay_there(app: Flask, world: World) -> None:
    world.post(score="5", comment="Geheim")
    other = make_salon("salon-zwei")
    with company_scope(other.company_id):
        user = make_user(world.db.session.get_one(Company, other.company_id))
    assert "Geheim" not in signed_in(app, user).get("/settings/marketing").text
