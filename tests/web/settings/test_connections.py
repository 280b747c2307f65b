"""A company's own keys: taken, looked at for real, never shown again, replaced and taken away, with what follows from each."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select, text as sql

from app.core.tenancy import company_scope
from app.domain.agents.provisioning.workflow import find_deployment
from app.domain.companies import connection_credentials_form
from app.domain.companies.connections import ConnectionTestResult, complete_test
from app.domain.notifications.sender_accounts import find_sender, receives_replies
from app.domain.notifications.suppressions import suppress
from app.domain.operations import connection_test
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


@pytest.fixture(autouse=True)
def twilio(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[TwilioDouble]:
    with TwilioDouble(numbers=[SENDER]) as double:
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


@pytest.fixture
def gateway(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmsGatewayDouble]:
    monkeypatch.setattr(app.config["SETTINGS"], "private_hosts", True)
    with SmsGatewayDouble() as double:
        yield double


@pytest.fixture
def mail(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[MailDouble]:
    """A mail server at a port that the form takes."""
    monkeypatch.setattr(app.config["SETTINGS"], "private_hosts", True)
    with MailDouble() as double:
        monkeypatch.setattr(connection_credentials_form, "MAIL_PORTS", (urlsplit(double.url).port,))
        yield double


def mail_form(mail: MailDouble, **changes: str) -> dict[str, str]:
    at = urlsplit(mail.url)
    return {"host": "127.0.0.1", "port": str(at.port), "address": "Salon Lindgren <termine@salon.example>", **changes}


def fall_out(db: SQLAlchemy, salon: Salon, provider: str, state: str, reason: str) -> None:
    with company_scope(salon.company_id):
        row = found(db, salon, provider)
        complete_test(row.id, row.check_requested_at, ConnectionTestResult(state, reason))
        db.session.commit()


def test_a_key_is_taken_sealed_looked_at_and_never_shown_again(owner: FlaskClient, db: SQLAlchemy, salon: Salon, twilio: TwilioDouble):
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


def test_what_the_provider_says_no_to_is_not_taken_over_and_said_why(
    owner: FlaskClient, db: SQLAlchemy, salon: Salon, app: Flask, monkeypatch: pytest.MonkeyPatch
):
    answer = take_twilio(owner, token="not_the_token_at_all")
    assert answer.status_code == 422
    text = " ".join(answer.text.split())
    assert "Noch nicht übernommen. Twilio nimmt Kontokennung und Zugangswort nicht an. Solange geht keine SMS hinaus." in text
    assert ACCOUNT in text and "not_the_token_at_all" not in text
    with db.engine.connect() as bare:
        assert bare.execute(sql("SELECT count(*) FROM connections")).scalar() == 0
    for name, value in (("twilio_account_sid", ACCOUNT), ("twilio_auth_token", TOKEN), ("twilio_sender", SENDER)):
        monkeypatch.setattr(app.config["SETTINGS"], name, value)
    text = take_twilio(owner, token="not_the_token_at_all").text
    assert "Solange gehen SMS weiter über AskProAI hinaus." in text
    with company_scope(salon.company_id):
        assert (sender := find_sender("sms")) and sender.key == TOKEN


def test_a_failed_change_leaves_what_works(owner: FlaskClient, db: SQLAlchemy, salon: Salon, twilio: TwilioDouble):
    take_twilio(owner)
    with twilio.down():
        text = take_twilio(owner, sender="Lindgren").text
    assert "Solange bleibt es bei der bisherigen Verbindung" in text
    row = found(db, salon, "twilio")
    assert (row.state, row.label) == ("ok", SENDER)


def test_the_secret_of_a_failed_check_need_not_be_typed_again(
    owner: FlaskClient, db: SQLAlchemy, salon: Salon, mail: MailDouble, app: Flask
):
    mail.says |= {"EHLO": "250-double\r\n250 AUTH PLAIN", "AUTH": "535 no"}
    wrong = post(owner, f"{PAGE}/smtp", **mail_form(mail, user="lena", password="geheim123456"))
    sealed = re.search(r'name="kept" value="([^"]+)"', wrong.text)
    assert wrong.status_code == 422 and sealed and "geheim123456" not in wrong.text
    assert "Bitte neu eingeben." in wrong.text and "Der Mailserver nimmt diesen Benutzernamen mit diesem Passwort nicht an." in wrong.text
    assert 'value="lena"' in wrong.text
    mail.says["AUTH"] = "235 welcome"
    other = signed_in(app, make_user(db.session.get_one(Company, salon.company_id), "owner", email="zweite@salon.example"))
    assert post(other, f"{PAGE}/smtp", **mail_form(mail, user="lena", kept=sealed[1])).status_code == 422
    assert post(owner, f"{PAGE}/smtp", **mail_form(mail, user="lena", kept=f"x{sealed[1]}")).status_code == 422
    assert post(owner, f"{PAGE}/smtp", **mail_form(mail, user="lena", kept=sealed[1])).status_code == 302
    assert ":geheim123456@" in (found(db, salon, "smtp").api_key or "")


def test_a_number_of_somebody_else_is_not_taken_over_and_noticed_later(
    owner: FlaskClient, db: SQLAlchemy, salon: Salon, twilio: TwilioDouble
):
    twilio.numbers.clear()
    answer = take_twilio(owner)
    assert answer.status_code == 422 and "gehört nicht zu diesem Konto" in answer.text
    twilio.numbers.append(SENDER)
    take_twilio(owner)
    twilio.numbers.clear()
    looked(db, salon, "twilio")
    assert "gehört nicht zu diesem Konto" in page(owner)


def test_what_falls_out_later_is_said_where_people_look(owner: FlaskClient, app: Flask, db: SQLAlchemy, salon: Salon, twilio: TwilioDouble):
    take_twilio(owner)
    assert "gehen gerade nicht hinaus" not in page(owner, "/messages") + page(owner, "/dashboard")
    with twilio.down():
        assert looked(db, salon, "twilio").state == "unreachable"
        assert looked(db, salon, "twilio").state == "unreachable"
    said = "SMS gehen gerade nicht hinaus. Der Anbieter war nicht erreichbar."
    assert said in page(owner, "/messages") and said in page(owner, "/dashboard")
    desk = page(_in(app, db, salon, "front_desk"), "/messages")
    assert said in desk and "Verbindung prüfen" not in desk
    assert page(owner, "/notices").count("Twilio ist nicht zu erreichen.") == 1
    fall_out(db, salon, "twilio", "refused", "not_allowed")
    assert "SMS gehen gerade nicht hinaus. Twilio nimmt Kontokennung und Zugangswort nicht an." in page(owner, "/dashboard")
    with company_scope(salon.company_id):
        found(db, salon, "twilio").check_requested_at = datetime(2020, 1, 1, tzinfo=UTC)
        db.session.commit()
    assert check_connections() == 1
    assert looked(db, salon, "twilio").state == "ok"
    assert "gehen gerade nicht hinaus" not in page(owner, "/messages") + page(owner, "/dashboard")


def test_a_test_goes_to_the_reader_and_says_what_became_of_it(
    owner: FlaskClient, db: SQLAlchemy, salon: Salon, twilio: TwilioDouble, mail: MailDouble
):
    assert post(owner, f"{PAGE}/sms_gateway/test", phone="0171 3920050").status_code == 409
    take_twilio(owner)
    answer = post(owner, f"{PAGE}/twilio/test", phone="0171 3920050")
    assert answer.status_code == 200 and "verschickt an +49 171 3920050: Der Anbieter hat die Nachricht angenommen." in answer.text
    assert [(row["to"], row["body"]) for row in twilio.messages] == [
        ("+491713920050", "Test von Salon Lindgren: Ihre Nachrichten kommen an.")
    ]
    assert owner.get(f"{PAGE}/twilio/test").status_code == 302
    twilio.refuse["+491713920050"] = 21614
    answer = post(owner, f"{PAGE}/twilio/test", phone="0171 3920050")
    assert answer.status_code == 409 and "Der Test ging nicht hinaus. Der Anbieter erreicht diese Nummer nicht." in answer.text
    for wrong in ("030 23125190", "0900 1234567", "mobil", ""):
        assert post(owner, f"{PAGE}/twilio/test", phone=wrong).status_code == 422
    with company_scope(salon.company_id):
        suppress("sms", "+491713920051", "opted_out")
        db.session.commit()
    assert post(owner, f"{PAGE}/twilio/test", phone="0171 3920051").status_code == 422
    assert len(twilio.messages) == 1

    assert post(owner, f"{PAGE}/smtp", **mail_form(mail)).status_code == 302
    assert "Der Anbieter hat die Nachricht angenommen." in post(owner, f"{PAGE}/smtp/test").text
    assert [str(letter["Subject"]) for letter in mail.mails] == ["Test: Salon Lindgren"]
    mail.says["RCPT"] = "550 no such user"
    assert "Der Mailserver kennt diese Adresse nicht." in post(owner, f"{PAGE}/smtp/test").text
    assert post(owner, f"{PAGE}/smtp/test").status_code == 429
    rows = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "connection_tested").order_by(AuditEntry.id)).all()
    assert [(row.data["provider"], row.data["result"]) for row in rows if row.data] == [
        ("twilio", "sent"), ("twilio", "unreachable"), ("smtp", "sent"), ("smtp", "unreachable"),
    ]  # fmt: skip


def test_only_who_may_change_a_connection_sends_tests(app: Flask, db: SQLAlchemy, salon: Salon, owner: FlaskClient, twilio: TwilioDouble):
    take_twilio(owner)
    manager = _in(app, db, salon, "manager")
    assert "Test an mich schicken" in page(owner, f"{PAGE}/twilio")
    assert "Test an mich schicken" not in page(manager, f"{PAGE}/twilio")
    assert post(manager, f"{PAGE}/twilio/test", phone="0171 3920050").status_code == 403
    assert post(owner, f"{PAGE}/retell/test").status_code == 404
    assert twilio.messages == []


def test_a_look_for_an_older_key_counts_no_more(owner: FlaskClient, db: SQLAlchemy, salon: Salon, twilio: TwilioDouble, monkeypatch):
    """While the provider is asked, somebody replaces the key."""
    from app.domain.operations import connection_test

    take_twilio(owner)
    before = connection_test.run_test

    def replaced_meanwhile(errand: Any) -> Any:
        monkeypatch.setattr(connection_test, "run_test", before)
        take_twilio(owner, sender="Lindgren")
        return ConnectionTestResult("refused", "not_allowed")

    monkeypatch.setattr(connection_test, "run_test", replaced_meanwhile)
    assert looked(db, salon, "twilio").state == "ok"


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
        ("sms_gateway", GATEWAY | {"url": "http://sms.salon.example/send"}, "muss mit https:// beginnen"),
        ("sms_gateway", GATEWAY | {"url": "https://lena:secret@sms.salon.example"}, "ohne Zugangsdaten"),
        ("sms_gateway", GATEWAY | {"url": "https://sms..salon.example/send"}, "Das ist keine Adresse"),
        ("sms_gateway", GATEWAY | {"url": "https://[::/send"}, "Das ist keine Adresse"),
        ("sms_gateway", GATEWAY | {"url": "https://localhost:8080/send"}, "in einem privaten Netz"),
        ("sms_gateway", GATEWAY | {"url": "https://192.168.0.4/send"}, "in einem privaten Netz"),
        ("sms_gateway", GATEWAY | {"url": "https://127.0.0.1/send"}, "in einem privaten Netz"),
        ("sms_gateway", GATEWAY | {"url": "https://[::1]/send"}, "in einem privaten Netz"),
        ("sms_gateway", GATEWAY | {"url": "https://gateway.fritz.box/send"}, "in einem privaten Netz"),
        ("sms_gateway", GATEWAY | {"key": ""}, "Der Schlüssel fehlt"),
        ("sms_gateway", GATEWAY | {"header": "Host"}, "Der Name einer Kopfzeile"),
        ("sms_gateway", GATEWAY | {"header": "X-Key: a"}, "Der Name einer Kopfzeile"),
        ("sms_gateway", GATEWAY | {"text_field": "to"}, "Drei verschiedene Namen"),
        ("sms_gateway", GATEWAY | {"encoding": "xml"}, "aus der Liste"),
        ("sms_gateway", GATEWAY | {"sender": "Salon Lindgren Berlin"}, "2 bis 11"),
        ("smtp", {"host": "mail", "address": "a@salon.example"}, "kein Name eines Servers"),
        ("smtp", {"host": "localhost", "address": "a@salon.example"}, "in einem privaten Netz"),
        ("smtp", {"host": "10.0.0.5", "address": "a@salon.example"}, "in einem privaten Netz"),
        ("smtp", {"host": "mail.salon.example", "port": "22", "address": "a@salon.example"}, "Erlaubt sind"),
        ("smtp", {"host": "mail.salon.example", "user": "a", "address": "a@salon.example"}, "Das Passwort fehlt."),
        ("smtp", {"host": "mail.salon.example", "address": "Salon"}, "Das ist keine E-Mail-Adresse"),
        ("smtp", {"host": "mail.salon.example", "address": "Salon <a@salon.example>, b@salon.example"}, "Das ist keine E-Mail-Adresse"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(owner: FlaskClient, db: SQLAlchemy, provider: str, fields: dict[str, str], said: str):
    answer = post(owner, f"{PAGE}/{provider}", **fields)
    assert answer.status_code == 422
    assert said in answer.text
    with db.engine.connect() as bare:
        assert bare.execute(sql("SELECT count(*) FROM connections")).scalar() == 0


@pytest.mark.parametrize(
    ("address", "provider", "url"),
    [
        ("salon@gmx.de", "", "smtps://salon%40gmx.de:geheim@mail.gmx.net:465"),
        ("Salon <salon@web.de>", "", "smtp://salon%40web.de:geheim@smtp.web.de:587"),
        ("salon@t-online.de", "", "smtps://salon%40t-online.de:geheim@securesmtp.t-online.de:465"),
        ("salon@gmail.com", "", "smtps://salon%40gmail.com:geheim@smtp.gmail.com:465"),
        ("termine@salon.de", "ionos", "smtps://termine%40salon.de:geheim@smtp.ionos.de:465"),
        ("termine@salon.de", "strato", "smtps://termine%40salon.de:geheim@smtp.strato.de:465"),
        ("termine@salon.de", "google", "smtps://termine%40salon.de:geheim@smtp.gmail.com:465"),
        ("termine@salon.de", "microsoft", "smtp://termine%40salon.de:geheim@smtp.office365.com:587"),
        ("termine@salon.de", "other", "smtps://termine%40salon.de:geheim@mail.salon.de:465"),
    ],
)
def test_an_address_and_a_password_are_enough_at_a_known_provider(app: Flask, address: str, provider: str, url: str) -> None:
    given = {"address": address, "provider": provider, "password": "geheim"}
    if provider == "other":
        given |= {"host": "mail.salon.de", "port": "465"}
    with app.test_request_context():
        keys = connection_credentials_form.parse_keys("smtp", given, None)
    assert (keys.api_key, keys.label) == (url, address)


def test_who_has_a_domain_of_their_own_is_asked_for_the_provider(owner: FlaskClient, db: SQLAlchemy) -> None:
    answer = post(owner, f"{PAGE}/smtp", address="termine@salon-lindgren.de", password="geheim")
    assert answer.status_code == 422
    assert "Bitte wählen Sie, bei wem Ihr Postfach liegt." in answer.text
    assert 'value="termine@salon-lindgren.de"' in answer.text


@pytest.mark.parametrize(
    ("says", "said"),
    [
        ({"MAIL": "550 not yours"}, "verschickt nichts von dieser Adresse"),
        ({"EHLO": "250-double\r\n250 AUTH PLAIN", "AUTH": "535 no"}, "nimmt diesen Benutzernamen mit diesem Passwort nicht an"),
    ],
)
def test_each_cause_of_a_failed_check_has_its_sentence(
    owner: FlaskClient, db: SQLAlchemy, mail: MailDouble, says: dict[str, str], said: str
) -> None:
    mail.says = says
    answer = post(owner, f"{PAGE}/smtp", **mail_form(mail, password="wrong" if "AUTH" in says else ""))
    assert answer.status_code == 422
    assert said in answer.text


def test_a_refused_password_names_what_the_provider_asks_for(owner: FlaskClient, db: SQLAlchemy, monkeypatch: pytest.MonkeyPatch) -> None:
    refused = ConnectionTestResult("refused", "not_allowed")
    monkeypatch.setattr(connection_test, "run_test", lambda _test: refused)
    for address, provider, hint in (
        ("salon@gmail.com", "", "App-Passwort"), ("a@salon.de", "microsoft", "Authentifiziertes SMTP"), ("a@salon.de", "ionos", ""),
    ):  # fmt: skip
        text = post(owner, f"{PAGE}/smtp", address=address, provider=provider, password="geheim").text
        assert "nimmt diesen Benutzernamen mit diesem Passwort nicht an." in text
        assert hint in text
        assert ("App-Passwort" in text) is (provider == "")


def test_the_test_stands_first_once_the_account_is_saved(owner: FlaskClient, db: SQLAlchemy, mail: MailDouble) -> None:
    before = page(owner, f"{PAGE}/smtp")
    assert 'id="test"' not in before
    assert post(owner, f"{PAGE}/smtp", **mail_form(mail)).status_code == 302
    after = page(owner, f"{PAGE}/smtp")
    assert after.index('id="test"') < after.index('id="address"')


@pytest.mark.parametrize("path", ["/messages", "/settings/messages", "/dashboard"])
def test_where_no_channel_is_set_up_the_way_there_stands_beside_it(owner: FlaskClient, db: SQLAlchemy, mail: MailDouble, path: str) -> None:
    notice = "Weder SMS noch E-Mail ist eingerichtet"
    before = page(owner, path)
    assert notice in before
    assert f'href="{PAGE}' in before[before.index(notice) - 400 : before.index(notice) + 400]
    post(owner, f"{PAGE}/smtp", **mail_form(mail))
    assert notice not in page(owner, path)


def test_the_password_does_not_follow_to_another_mail_server(owner: FlaskClient, db: SQLAlchemy, salon: Salon, mail: MailDouble):
    mail.says["EHLO"] = "250-double\r\n250 AUTH PLAIN"
    mail.says["AUTH"] = "235 welcome"
    fields = mail_form(mail, user="lena", password="p@ss:w/rd%1", address="Salon <a@salon.example>")
    assert post(owner, f"{PAGE}/smtp", **fields).status_code == 302
    assert (found(db, salon, "smtp").api_key or "").startswith("smtp://lena:p%40ss%3Aw%2Frd%251@127.0.0.1:")
    assert post(owner, f"{PAGE}/smtp", **fields | {"password": "", "address": "b@salon.example"}).status_code == 302
    assert post(owner, f"{PAGE}/smtp", **fields | {"password": "", "host": "127.0.0.2"}).status_code == 422
    assert "p@ss" not in page(owner, f"{PAGE}/smtp")


def test_a_mail_server_inside_our_network_is_not_knocked_at(owner: FlaskClient, db: SQLAlchemy, salon: Salon, app: Flask, monkeypatch):
    with MailDouble() as mail, company_scope(salon.company_id):
        db.session.add(Connection(provider="smtp", api_key=mail.url, label="a@salon.example"))
        db.session.commit()
        connection = looked(db, salon, "smtp")
        assert (connection.state, connection.reason) == ("refused", "private_address")
        assert "in einem privaten Netz" in page(owner, f"{PAGE}/smtp")
        monkeypatch.setattr(app.config["SETTINGS"], "private_hosts", True)
        assert looked(db, salon, "smtp").state == "ok"


def test_a_gateway_of_ones_own_is_set_up_asked_and_shown_without_its_key(
    owner: FlaskClient, db: SQLAlchemy, salon: Salon, gateway: SmsGatewayDouble
):
    gateway.header = "X-Api-Key"
    fields = {"url": f"{gateway.url}/sms", "key": gateway.key, "sender": "Lindgren", "header": "X-Api-Key", "encoding": "form"}
    assert post(owner, f"{PAGE}/sms_gateway", **fields).status_code == 302
    assert found(db, salon, "sms_gateway").state == "ok"
    shown = page(owner, f"{PAGE}/sms_gateway")
    assert "X-Api-Key" in shown and f"{gateway.url}/sms" in shown and f"…{gateway.key[-4:]}" in shown
    assert gateway.key not in shown + page(owner)
    gateway.key = "another_key_than_ours"
    assert looked(db, salon, "sms_gateway").reason == "not_allowed"
    assert gateway.messages == []


def gateway_form(gateway: SmsGatewayDouble, **changes: str) -> dict[str, str]:
    return {"url": f"{gateway.url}/sms", "key": gateway.key, "sender": "Lindgren", **changes}


def test_the_key_does_not_follow_to_another_gateway(owner: FlaskClient, db: SQLAlchemy, salon: Salon, gateway: SmsGatewayDouble):
    assert post(owner, f"{PAGE}/sms_gateway", **gateway_form(gateway)).status_code == 302
    assert post(owner, f"{PAGE}/sms_gateway", **gateway_form(gateway, key="", url=f"{gateway.url}/v2")).status_code == 302
    assert "tests_only_gateway_key" in (found(db, salon, "sms_gateway").api_key or "")
    other = post(owner, f"{PAGE}/sms_gateway", **gateway_form(gateway, key="", url="http://elsewhere.example/send"))
    assert other.status_code == 422 and "Der Schlüssel fehlt" in other.text


def test_texts_leave_over_the_own_gateway_and_answers_from_the_number_that_was_written_to(
    owner: FlaskClient, db: SQLAlchemy, salon: Salon, gateway: SmsGatewayDouble
):
    take_twilio(owner)
    with company_scope(salon.company_id):
        assert receives_replies()
    assert post(owner, f"{PAGE}/sms_gateway", **gateway_form(gateway)).status_code == 302
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
    with company_scope(salon.company_id):
        found(db, salon, "twilio").api_key = f"{ACCOUNT}:an_older_token_x"
        db.session.commit()
    take_twilio(owner)
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
    post(owner, f"{PAGE}/twilio/check")
    assert 'hx-get="/settings/connections/twilio/part"' in page(owner, f"{PAGE}/twilio")
    assert "HX-Refresh" not in owner.get(f"{PAGE}/twilio/part").headers
    looked(db, salon, "twilio")
    assert owner.get(f"{PAGE}/twilio/part").headers["HX-Refresh"] == "true"
    assert owner.get(f"{PAGE}/somebody").status_code == 404
