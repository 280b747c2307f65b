"""A proxy noted by the desk counts once the person has confirmed it from their own phone; and ends when either of them says so."""

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
from app.core.ids import new_ulid
from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.domain.customers.contacts import add_identifier, find_or_create
from app.domain.customers.proxies import is_confirmed
from app.jobs.notifications import send_notification
from app.models import AuditEntry, Company, Customer, CustomerProxy, Notification
from tests.doubles.messaging import ACCOUNT, TOKEN, TwilioDouble
from tests.factories.salon import PRESENT
from tests.support.users import csrf_token, make_company, make_user, signed_in, token_of

MOTHER, SON = "+491713920050", "+491713920051"


class World:
    """A salon with Katrin and her son Jan, and somebody at the desk."""

    def __init__(self, app: Flask, db: SQLAlchemy, twilio: TwilioDouble) -> None:
        self.app, self.db, self.twilio = app, db, twilio
        self.salon: Company = make_company()
        with company_scope(self.salon.id), transaction():
            self.mother, self.son = find_or_create("Katrin Ebers", number=MOTHER).id, find_or_create("Jan Ebers", number=SON).id
        self.desk, self.own = signed_in(app, make_user(self.salon, "front_desk")), app.test_client()

    def ask(self, client: FlaskClient | None = None, **fields: Any) -> Any:
        client = client or self.desk
        values = {"proxy": self.mother, "relation": "Mutter", "rights": ["change", "cancel"], "address": SON, **fields}
        return client.post(f"/customers/{self.son}/proxies", data={"csrf_token": token_of(client), **values})

    def deliver(self) -> str:
        """Send what waits; the token of the last link that arrived."""
        self.db.session.rollback()
        with company_scope(self.salon.id):
            for row in self.db.session.scalars(select(Notification).where(Notification.status == "pending")).all():
                send_notification(row.id)
        return re.findall(r"http\S+/b/(\S+)", self.twilio.messages[-1]["body"])[0]

    def post(self, path: str) -> Any:
        return self.own.post(path, data={"csrf_token": csrf_token(self.own, path.removesuffix("/end"))})

    def row(self) -> CustomerProxy:
        self.db.session.rollback()
        with company_scope(self.salon.id):
            return self.db.session.scalars(select(CustomerProxy).order_by(CustomerProxy.id.desc())).first()  # type: ignore[return-value]


@pytest.fixture
def world(app: Flask, db: SQLAlchemy, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with TwilioDouble() as double, time_machine.travel(PRESENT, tick=True):
        for name, value in {"base_url": double.url, "account_sid": ACCOUNT, "auth_token": TOKEN, "sender": "Lindgren"}.items():
            monkeypatch.setattr(app.config["SETTINGS"], f"twilio_{name}", value)
        yield World(app, db, double)


def test_it_counts_once_the_person_has_followed_the_link(world: World) -> None:
    assert world.ask().status_code == 302
    page = world.desk.get(f"/customers/{world.son}").text
    assert "Bestätigung steht aus" in page and "verschieben, absagen" in page and "(Mutter)" in page
    token = world.deliver()
    assert world.twilio.messages[-1]["to"] == SON and "Ebers" not in world.twilio.messages[-1]["body"]
    assert world.own.get(f"/b/{token}").location == f"/b/{token}/proxy"
    asked = world.own.get(f"/b/{token}/proxy").text
    assert "Darf Katrin Ebers (Mutter) bei" in asked and "Termine absagen" in asked and "Termine buchen" not in asked
    assert not is_confirmed(world.row())
    assert "Bestätigt" in world.post(f"/b/{token}/proxy").text and is_confirmed(world.row())
    assert "bestätigt" in world.desk.get(f"/customers/{world.mother}").text
    actions = world.db.session.scalars(select(AuditEntry.action).where(AuditEntry.action.startswith("proxy")).order_by(AuditEntry.id)).all()
    assert actions == ["proxy_requested", "proxy_confirmed"]


def test_the_person_and_the_desk_end_it(world: World) -> None:
    world.ask()
    token = world.deliver()
    world.post(f"/b/{token}/proxy")
    assert "In Ordnung" in world.post(f"/b/{token}/proxy/end").text and not is_confirmed(world.row())
    assert world.own.get(f"/b/{token}/proxy").status_code == 404
    assert world.ask().status_code == 302
    token = world.deliver()
    world.post(f"/b/{token}/proxy")
    for client, status in ((signed_in(world.app, make_user(world.salon, "read_only")), 403), (world.desk, 302)):
        path = f"/customers/{world.son}/proxies/{world.row().id}/revoke"
        assert client.post(path, data={"csrf_token": token_of(client)}).status_code == status
    assert not is_confirmed(world.row()) and world.own.get(f"/b/{token}/proxy").status_code == 404


def test_a_link_that_is_refused_expired_or_made_up_confirms_nothing(world: World) -> None:
    world.ask()
    token = world.deliver()
    assert world.own.get(f"/b/{'x' * 43}/proxy").status_code == 404
    with time_machine.travel(now() + timedelta(days=8)):
        assert world.own.get(f"/b/{token}/proxy").status_code == 404
    assert "In Ordnung" in world.post(f"/b/{token}/proxy/end").text
    assert world.row().revoked_at is not None and world.row().confirmed_at is None


def test_what_both_have_proves_nothing(world: World) -> None:
    with company_scope(world.salon.id), transaction():
        add_identifier(world.db.session.scalars(select(Customer).where(Customer.id == world.mother)).one(), "phone", SON)
    page = world.desk.get(f"/customers/{world.son}/proxies?proxy={world.mother}").text
    assert "Was beide haben, beweist nichts." in page
    refused = world.ask()
    assert refused.status_code == 422 and world.row() is None


def test_an_address_that_became_shared_confirms_no_more(world: World) -> None:
    world.ask()
    token = world.deliver()
    with company_scope(world.salon.id), transaction():
        add_identifier(world.db.session.scalars(select(Customer).where(Customer.id == world.mother)).one(), "phone", SON)
    assert world.own.get(f"/b/{token}/proxy").status_code == 404


def test_what_is_wrong_is_said_at_its_field_and_nobody_is_asked_too_often(world: World) -> None:
    assert "Bitte wählen Sie, was erlaubt sein soll." in world.ask(rights=[]).text
    assert world.ask(address="+491713920099").status_code == 422 and world.ask(rights=["fly"]).status_code == 422
    assert world.ask().status_code == 302 and "Diese Vollmacht gibt es schon." in world.ask().text
    for _ in range(2):
        path = f"/customers/{world.son}/proxies/{world.row().id}/revoke"
        world.desk.post(path, data={"csrf_token": token_of(world.desk)})
        assert world.ask().status_code == 302
    world.desk.post(f"/customers/{world.son}/proxies/{world.row().id}/revoke", data={"csrf_token": token_of(world.desk)})
    assert world.ask().status_code == 429


def test_only_who_may_write_and_only_in_their_company(world: World) -> None:
    kruse = make_company("werkstatt-kruse")
    with company_scope(kruse.id), transaction():
        foreign = find_or_create("Kai Kruse", number=MOTHER).id
    reader, stranger = signed_in(world.app, make_user(world.salon, "read_only")), signed_in(world.app, make_user(kruse))
    assert world.ask(reader).status_code == 403 and reader.get(f"/customers/{world.son}/proxies").status_code == 403
    assert world.ask(stranger).status_code == 404 and stranger.get(f"/customers/{world.son}/proxies").status_code == 404
    for alien in (foreign, new_ulid()):
        assert world.ask(proxy=alien).status_code == 404
        assert world.desk.get(f"/customers/{world.son}/proxies?proxy={alien}").status_code == 404
    assert world.ask().status_code == 302
    path = f"/customers/{foreign}/proxies/{world.row().id}/revoke"
    assert stranger.post(path, data={"csrf_token": token_of(stranger)}).status_code == 404
    assert world.row().revoked_at is None
    page = world.desk.get(f"/customers/{world.son}/proxies?q=Ebers").text
    assert "Katrin Ebers" in page and "Kai Kruse" not in page
