"""A company's own keys: taken, looked at for real, never shown again, replaced and taken away, with what follows from each."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select, text as sql

from app.core.tenancy import company_scope
from app.domain.agents.provisioning.workflow import find_deployment
from app.domain.notifications.sender_accounts import find_sender, receives_replies
from app.jobs.connections import check_connection, check_connections
from app.models import AuditEntry, Company, Connection
from tests.doubles.calcom import CalcomDouble
from tests.doubles.messaging import ACCOUNT, TOKEN, MailDouble, SmsGatewayDouble, TwilioDouble
from tests.doubles.retell import KEY, RetellDouble
from tests.factories.salon import Salon, make_salon
from tests.support.retell_world import RetellWorld, use_retell_double
from tests.support.tables import each_row
from tests.support.users import make_user, signed_in, token_of

PAGE = "/settings/connections"
SENDER = "+493023125100"


GATEWAY = {"url": "https://sms.salon.example/send", "key": "tests_only_gateway_key", "sender": "Lindgren"}


@pytest.fixture
def salon(db: SQLAlchemy) -> Salon:
    return make_salon()


def _in(app: Flask, db: SQLAlchemy, salon: Salon, role: str) -> FlaskClient:
    return signed_in(app, make_user(db.session.get_one(Company, salon.company_id), role))


@pytest.fixture
def owner(app: Flask, db: SQLAlchemy, salon: Salon) -> FlaskClient:
    return _in(app, db, salon, "owner")


@pytest.fixture
def twilio(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[TwilioDouble]:
    with TwilioDouble() as double:
        monkeypatch.setattr(app.config["SETTINGS"], "twilio_base_url", double.url)
        yield double


@pytest.fixture
def retell(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[RetellDouble]:
    with RetellDouble() as double:
        use_retell_double(app, double, monkeypatch)
        yield double


def post(client: FlaskClient, path: str, **fields: Any) -> Any:
    return client.post(path, data={"csrf_token": token_of(client), **fields})


def page(client: FlaskClient, path: str = PAGE) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return " ".join(answer.text.split())


def found(db: SQLAlchemy, salon: Salon, provider: str) -> Connection:
    db.session.rollback()
    with company_scope(salon.company_id):
        wanted = select(Connection).where(Connection.provider == provider)
        return db.session.scalars(wanted.execution_options(populate_existing=True)).one()


def looked(db: SQLAlchemy, salon: Salon, provider: str) -> Connection:
    with company_scope(salon.company_id):
        check_connection(found(db, salon, provider).id)
    return found(db, salon, provider)


def take_twilio(client: FlaskClient, **changes: str) -> Any:
    return post(client, f"{PAGE}/twilio", **{"account": ACCOUNT, "token": TOKEN, "sender": SENDER, **changes})


def test_a_key_is_taken_sealed_looked_at_and_never_shown_again(owner: FlaskClient, db: SQLAlchemy, salon: Salon, twilio: TwilioDouble):
    twilio.numbers.append(SENDER)
    assert take_twilio(owner).status_code == 302
    assert looked(db, salon, "twilio").state == "ok"
    shown = page(owner, f"{PAGE}/twilio")
    assert "Das Konto heißt dort „Salon Lindgren SMS“." in shown
    assert f"…{TOKEN[-4:]}" in shown
    assert ACCOUNT in shown
    assert f"/api/twilio/voice/status/{found(db, salon, 'twilio').id}" in shown
    assert TOKEN not in shown + page(owner)
    with db.engine.connect() as bare:
        row = bare.execute(sql("SELECT api_key, webhook_secret FROM connections")).one()
    assert TOKEN.encode() not in bytes(row.api_key) + bytes(row.webhook_secret)


def test_what_the_provider_says_no_to_is_red_and_said_why(owner: FlaskClient, db: SQLAlchemy, salon: Salon, twilio: TwilioDouble):
    take_twilio(owner, token="not the token at all".replace(" ", "_"))
    connection = looked(db, salon, "twilio")
    assert (connection.state, connection.reason) == ("refused", "not_allowed")
    assert "Der Anbieter lässt dieses Konto nicht herein." in page(owner)
    assert "Der Anbieter lässt dieses Konto nicht herein." in page(owner, "/dashboard")


def test_a_number_of_somebody_else_is_noticed(owner: FlaskClient, db: SQLAlchemy, salon: Salon, twilio: TwilioDouble):
    take_twilio(owner)
    looked(db, salon, "twilio")
    assert "gehört nicht zu diesem Konto" in page(owner)


def test_nobody_there_is_not_the_same_as_refused(owner: FlaskClient, db: SQLAlchemy, salon: Salon, twilio: TwilioDouble):
    take_twilio(owner)
    with twilio.down():
        assert looked(db, salon, "twilio").state == "unreachable"
    assert "nicht erreichbar" in page(owner)
    assert "nicht erreichbar" not in page(owner, "/dashboard")


def test_a_look_for_an_older_key_counts_no_more(owner: FlaskClient, db: SQLAlchemy, salon: Salon, twilio: TwilioDouble, monkeypatch):
    """While the provider is asked, somebody replaces the key."""
    from app.domain.operations import connection_test

    take_twilio(owner, token="an_older_token_x")
    before = connection_test.run_test

    def replaced_meanwhile(errand: Any) -> Any:
        answer = before(errand)
        take_twilio(owner)
        return answer

    monkeypatch.setattr(connection_test, "run_test", replaced_meanwhile)
    assert looked(db, salon, "twilio").state == "checking"
    monkeypatch.undo()


def test_an_empty_secret_stays_but_not_for_another_account(owner: FlaskClient, db: SQLAlchemy, salon: Salon):
    take_twilio(owner)
    assert take_twilio(owner, token="", sender="Lindgren").status_code == 302
    assert found(db, salon, "twilio").api_key == f"{ACCOUNT}:{TOKEN}"
    assert found(db, salon, "twilio").label == "Lindgren"
    assert take_twilio(owner, token="", account="AC" + "2" * 32).status_code == 422


@each_row(
    "provider, fields, said",
    [
        ("retell", {"api_key": "short"}, "Das ist kein Schlüssel"),
        ("calcom", {"api_key": ""}, "Der Schlüssel fehlt."),
        ("twilio", {"account": "AC1", "token": TOKEN, "sender": SENDER}, "beginnt mit AC"),
        ("twilio", {"account": ACCOUNT, "token": TOKEN, "sender": "Salon Lindgren Berlin"}, "2 bis 11"),
        ("sms_gateway", GATEWAY | {"url": "http://sms.salon.example/send"}, "beginnt"),
        ("sms_gateway", GATEWAY | {"url": "https://lena:secret@sms.salon.example"}, "ohne Zugangsdaten"),
        ("sms_gateway", GATEWAY | {"url": "https://sms..salon.example/send"}, "beginnt"),
        ("sms_gateway", GATEWAY | {"key": ""}, "Der Schlüssel fehlt"),
        ("sms_gateway", GATEWAY | {"header": "Host"}, "Der Name einer Kopfzeile"),
        ("sms_gateway", GATEWAY | {"header": "X-Key: a"}, "Der Name einer Kopfzeile"),
        ("sms_gateway", GATEWAY | {"text_field": "to"}, "Drei verschiedene Namen"),
        ("sms_gateway", GATEWAY | {"encoding": "xml"}, "aus der Liste"),
        ("sms_gateway", GATEWAY | {"sender": "Salon Lindgren Berlin"}, "2 bis 11"),
        ("smtp", {"host": "localhost", "address": "a@salon.example"}, "kein Name eines Servers"),
        ("smtp", {"host": "mail.salon.example", "port": "22", "address": "a@salon.example"}, "Erlaubt sind"),
        ("smtp", {"host": "mail.salon.example", "user": "a", "address": "a@salon.example"}, "Das Passwort fehlt."),
        ("smtp", {"host": "mail.salon.example", "address": "Salon"}, "Das ist keine Adresse"),
        ("smtp", {"host": "mail.salon.example", "address": "Salon <a@salon.example>, b@salon.example"}, "Das ist keine Adresse"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(owner: FlaskClient, db: SQLAlchemy, provider: str, fields: dict[str, str], said: str):
    answer = post(owner, f"{PAGE}/{provider}", **fields)
    assert answer.status_code == 422
    assert said in answer.text
    with db.engine.connect() as bare:
        assert bare.execute(sql("SELECT count(*) FROM connections")).scalar() == 0


def test_the_password_does_not_follow_to_another_mail_server(owner: FlaskClient, db: SQLAlchemy, salon: Salon):
    fields = {"host": "mail.salon.example", "port": "465", "user": "lena", "password": "p@ss:wörd/1", "address": "Salon <a@salon.example>"}
    assert post(owner, f"{PAGE}/smtp", **fields).status_code == 302
    assert found(db, salon, "smtp").api_key == "smtps://lena:p%40ss%3Aw%C3%B6rd%2F1@mail.salon.example:465"
    assert post(owner, f"{PAGE}/smtp", **fields | {"password": "", "address": "b@salon.example"}).status_code == 302
    assert post(owner, f"{PAGE}/smtp", **fields | {"password": "", "host": "mail.elsewhere.example"}).status_code == 422
    assert "p@ss" not in page(owner, f"{PAGE}/smtp")


def test_a_mail_server_inside_our_network_is_not_knocked_at(owner: FlaskClient, db: SQLAlchemy, salon: Salon, app: Flask, monkeypatch):
    with MailDouble() as mail, company_scope(salon.company_id):
        db.session.add(Connection(provider="smtp", api_key=mail.url, label="a@salon.example"))
        db.session.commit()
        connection = looked(db, salon, "smtp")
        assert (connection.state, connection.reason) == ("refused", "not_allowed")
        monkeypatch.setattr(app.config["SETTINGS"], "private_hosts", True)
        assert looked(db, salon, "smtp").state == "ok"


def test_a_gateway_of_ones_own_is_set_up_asked_and_shown_without_its_key(
    owner: FlaskClient, db: SQLAlchemy, salon: Salon, app: Flask, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(app.config["SETTINGS"], "private_hosts", True)
    with SmsGatewayDouble(header="X-Api-Key") as gateway:
        fields = {"url": f"{gateway.url}/sms", "key": gateway.key, "sender": "Lindgren", "header": "X-Api-Key", "encoding": "form"}
        assert post(owner, f"{PAGE}/sms_gateway", **fields).status_code == 302
        assert looked(db, salon, "sms_gateway").state == "ok"
        shown = page(owner, f"{PAGE}/sms_gateway")
        assert "X-Api-Key" in shown and f"{gateway.url}/sms" in shown and f"…{gateway.key[-4:]}" in shown
        assert gateway.key not in shown + page(owner)
        gateway.key = "another_key_than_ours"
        assert looked(db, salon, "sms_gateway").reason == "not_allowed"
        assert gateway.messages == []


def test_the_key_does_not_follow_to_another_gateway(owner: FlaskClient, db: SQLAlchemy, salon: Salon):
    assert post(owner, f"{PAGE}/sms_gateway", **GATEWAY).status_code == 302
    assert post(owner, f"{PAGE}/sms_gateway", **GATEWAY | {"key": "", "url": "https://sms.salon.example/v2"}).status_code == 302
    assert "tests_only_gateway_key" in (found(db, salon, "sms_gateway").api_key or "")
    assert post(owner, f"{PAGE}/sms_gateway", **GATEWAY | {"key": "", "url": "https://elsewhere.example/send"}).status_code == 422


def test_texts_leave_over_the_own_gateway_and_answers_from_the_number_that_was_written_to(owner: FlaskClient, db: SQLAlchemy, salon: Salon):
    take_twilio(owner)
    with company_scope(salon.company_id):
        assert receives_replies()
    assert post(owner, f"{PAGE}/sms_gateway", **GATEWAY).status_code == 302
    db.session.rollback()
    with company_scope(salon.company_id):
        assert (sender := find_sender("sms")) and (sender.provider, sender.address) == ("sms_gateway", "Lindgren")
        assert (answering := find_sender("sms", answers_at=SENDER)) and (answering.provider, answering.address) == ("twilio", SENDER)
        assert not receives_replies()
    assert post(owner, f"{PAGE}/sms_gateway/remove").status_code == 302
    db.session.rollback()
    with company_scope(salon.company_id):
        assert (sender := find_sender("sms")) and sender.provider == "twilio"


def test_a_calendar_is_asked_and_told_where_to_send_its_news(owner: FlaskClient, db: SQLAlchemy, salon: Salon, app: Flask, monkeypatch):
    with CalcomDouble() as calcom:
        monkeypatch.setattr(app.config["SETTINGS"], "calcom_base_url", calcom.url)
        assert post(owner, f"{PAGE}/calcom", api_key=calcom.key).status_code == 302
        connection = looked(db, salon, "calcom")
        assert connection.state == "ok"
        assert [to.url.rpartition("/")[2] for to in calcom.subscriptions] == [connection.id]
        assert calcom.subscriptions[0].secret == connection.webhook_secret


def test_a_new_voice_account_gets_the_assistant_written_into_it(app: Flask, db: SQLAlchemy, salon: Salon, retell: RetellDouble):
    world = RetellWorld(app, salon, retell)
    world.set_up()
    world.publish_and_deploy()
    with RetellDouble(key="key_of_another_account", port=0) as other:
        for number in retell.numbers:
            other.add_number(number)
        app.config["SETTINGS"].retell_base_url = other.url
        client = _in(app, db, salon, "owner")
        assert post(client, f"{PAGE}/retell", api_key="key_of_another_account").status_code == 302
        assert looked(db, salon, "retell").state == "ok"
        world.deploy()
        assert world.row().status == "right"
        assert len(other.agents) == 1


def test_taking_it_away_deletes_the_key_and_says_before_what_follows(app: Flask, db: SQLAlchemy, salon: Salon, retell: RetellDouble):
    world = RetellWorld(app, salon, retell)
    world.set_up()
    world.publish_and_deploy()
    app.config["SETTINGS"].retell_api_key = None
    client = _in(app, db, salon, "owner")
    assert "Unter 2 Rufnummern meldet sich dann niemand mehr von uns." in page(client, f"{PAGE}/retell/remove")
    assert found(db, salon, "retell").api_key == KEY
    assert post(client, f"{PAGE}/retell/remove").status_code == 302
    connection = found(db, salon, "retell")
    assert (connection.is_active, connection.api_key, connection.webhook_secret) == (False, None, None)
    with company_scope(salon.company_id):
        row = find_deployment(world.agent_id)
        assert row is not None
        assert row.status == "no_key"
    assert post(client, f"{PAGE}/retell/remove").status_code == 404
    # and back again, under the address that it had
    assert post(client, f"{PAGE}/retell", api_key=KEY).status_code == 302
    assert found(db, salon, "retell").id == connection.id


def test_who_did_what_is_written_down_without_the_key(owner: FlaskClient, db: SQLAlchemy, salon: Salon):
    take_twilio(owner)
    take_twilio(owner, token="another_token_of_it")
    take_twilio(owner, token="", sender="Lindgren")
    post(owner, f"{PAGE}/twilio/remove")
    db.session.rollback()
    rows = db.session.scalars(select(AuditEntry).where(AuditEntry.action.startswith("connection_")).order_by(AuditEntry.id)).all()
    assert [row.action for row in rows] == ["connection_made", "connection_key_replaced", "connection_changed", "connection_removed"]
    assert all(row.user_id and row.data == {"provider": "twilio"} for row in rows)


def test_a_manager_may_look_but_changes_no_key(app: Flask, db: SQLAlchemy, salon: Salon, owner: FlaskClient, twilio: TwilioDouble):
    take_twilio(owner)
    manager = _in(app, db, salon, "manager")
    assert "Prüfen dürfen Sie auch." in page(manager)
    assert post(manager, f"{PAGE}/twilio/check").status_code == 302
    assert take_twilio(manager, token="of_the_manager_x").status_code == 403
    assert post(manager, f"{PAGE}/twilio/remove").status_code == 403
    assert _in(app, db, salon, "front_desk").get(PAGE).status_code == 403


def test_what_nobody_looked_at_for_hours_is_looked_at_by_itself(db: SQLAlchemy, owner: FlaskClient, salon: Salon, twilio: TwilioDouble):
    take_twilio(owner)
    connection = looked(db, salon, "twilio")
    assert check_connections() == 0
    with company_scope(salon.company_id):
        row = found(db, salon, "twilio")
        row.checked_at = row.check_requested_at = connection.created_at.replace(year=2020)
        db.session.commit()
    assert check_connections() == 1


def test_the_page_waits_for_the_answer_and_no_longer(owner: FlaskClient, db: SQLAlchemy, salon: Salon, twilio: TwilioDouble):
    take_twilio(owner)
    assert 'hx-get="/settings/connections/twilio/part"' in page(owner, f"{PAGE}/twilio")
    assert "HX-Refresh" not in owner.get(f"{PAGE}/twilio/part").headers
    looked(db, salon, "twilio")
    assert owner.get(f"{PAGE}/twilio/part").headers["HX-Refresh"] == "true"
    assert owner.get(f"{PAGE}/somebody").status_code == 404
