"""The pages of message texts: list, edit with preview and versions, a test mail to oneself; who may, and nobody else's."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale
from flask_sqlalchemy import SQLAlchemy
from werkzeug.test import TestResponse

from app.core.ids import new_ulid
from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.domain.bookings.create import create_booking
from app.domain.notifications.message_templates import render_message
from app.domain.notifications.template_versions import TemplateScope
from app.models import Booking, Company, UserBranch
from tests.doubles.messaging import MailDouble
from tests.factories.salon import PRESENT, Salon, make_customer, make_salon
from tests.support.users import make_user, signed_in, token_of

LIST, PAGE = "/settings/message-texts", "/settings/message-texts/booked"
TEXTS = {"title": "Bis {Tag}", "body": "Hallo {Name}, {Leistung} am {Termin}. {Link}", "based_on": "0"}


@pytest.fixture
def salon(db: SQLAlchemy) -> Iterator[Salon]:
    with time_machine.travel(PRESENT, tick=True):
        yield make_salon()


@pytest.fixture
def owner(app: Flask, db: SQLAlchemy, salon: Salon) -> FlaskClient:
    return signed_in(app, make_user(db.session.get_one(Company, salon.company_id)))


def post(browser: FlaskClient, path: str = PAGE, **fields: Any) -> TestResponse:
    return browser.post(path, data={"csrf_token": token_of(browser), **fields})


def book(salon: Salon, *parts: str) -> Booking:
    customer = make_customer(salon)
    with company_scope(salon.company_id), transaction():
        return create_booking(salon.request(*parts, customer_id=customer))


def write(salon: Salon, scope: TemplateScope = TemplateScope()) -> str:  # noqa: B008
    with company_scope(salon.company_id), force_locale("de"):
        return render_message("booked", {"what": "Yoga", "when": "heute", "link": "L", "company": "S", "where": "M"}, scope)[1]


def test_a_text_is_changed_and_marked_in_the_list(owner: FlaskClient, salon: Salon) -> None:
    page = owner.get(LIST).text
    assert "Überall gilt der Standardtext von AskProAI" in page and "{Betrieb}: {Leistung} am {Termin}, {Filiale}, ist gebucht." in page
    assert "Notfall" not in page and "Alarm an die Bereitschaft" in page, "what stays ours is named only"
    assert post(owner, **TEXTS).status_code == 302
    assert write(salon) == "Hallo, Yoga am heute. L"
    page = owner.get(LIST).text
    assert "Ein Text ist Ihr eigener" in page and "Ihr Text" in page
    page = owner.get(PAGE).text
    assert "Fassung 1" in page and "Hallo {Name}, {Leistung} am {Termin}. {Link}" in page


def test_the_preview_takes_the_next_real_appointment(owner: FlaskClient, salon: Salon) -> None:
    assert "Mit Beispielen aus Ihrem Betrieb" in owner.get(PAGE).text
    book(salon, "cut:anna")
    shown = post(owner, f"{PAGE}/preview", **TEXTS).text
    assert "Hallo Mira Sommer, Haarschnitt am Di. 12. Mai um 10:00. http" in shown and "Am Beispiel des Termins" in shown
    assert "1 SMS-Teil, 0,08" in shown and "<html" not in shown
    shown = post(owner, f"{PAGE}/preview", **TEXTS | {"body": "„{Termin}“ {Quatsch}"}).text
    assert "Nicht im kurzen Alphabet der SMS: „ “" in shown and "{Quatsch} gibt es in dieser Nachricht nicht" in shown
    elsewhere = owner.get(PAGE, query_string={"branch_id": salon.branches["pankow"]}).text
    assert "Mit Beispielen aus Ihrem Betrieb" in elsewhere and "Mira Sommer: " not in elsewhere


def test_examples_are_of_the_company_and_of_the_service(owner: FlaskClient, salon: Salon) -> None:
    page = owner.get(PAGE, query_string={"service_id": salon.services["yoga"], "branch_id": salon.branches["pankow"]}).text
    beside = page.partition("Was eingesetzt werden kann")[2].partition("Fassungen")[0]
    assert "Salon Lindgren" in beside and "Yoga" in beside and "Haarschnitt" not in beside
    assert "Pankow" in beside and "Torstraße 12" not in beside
    assert "Haarschnitt" in owner.get(PAGE).text.partition("Was eingesetzt werden kann")[2], "the first service of the company"


def test_reloading_after_a_test_leads_back_to_the_text(owner: FlaskClient, salon: Salon) -> None:
    answer = owner.get(f"{PAGE}/test", query_string={"service_id": salon.services["yoga"]})
    assert answer.status_code == 302 and answer.location == f"{PAGE}?service_id={salon.services['yoga']}"


def test_text_is_never_markup_nor_code(owner: FlaskClient, salon: Salon) -> None:
    hostile = "<script>alert(1)</script> %(link)s {Termin} {Link}"
    assert post(owner, **TEXTS | {"body": hostile}).status_code == 302
    for page in (owner.get(PAGE).text, owner.get(LIST).text):
        assert "<script>alert" not in page and "&lt;script&gt;alert(1)" in page
    assert write(salon) == "<script>alert(1)</script> %(link)s heute L"
    refused = post(owner, **TEXTS | {"body": "{{ config }} {Termin} {Link}"})
    assert refused.status_code == 422


def test_errors_stand_beside_the_field_and_keep_what_was_typed(owner: FlaskClient, salon: Salon) -> None:
    refused = post(owner, **TEXTS | {"body": "Bis bald am {Termin}", "title": ""})
    assert refused.status_code == 422
    assert (
        "Es fehlt {Link}." in refused.text
        and "Bitte schreiben Sie einen Betreff." in refused.text
        and "Bis bald am {Termin}" in refused.text
    )
    assert post(owner, **TEXTS).status_code == 302
    stale = post(owner, **TEXTS)
    assert stale.status_code == 409 and "Jemand anderes hat diesen Text inzwischen geändert." in stale.text


def test_versions_are_restored_and_taken_back(owner: FlaskClient, salon: Salon) -> None:
    post(owner, **TEXTS)
    post(owner, **TEXTS | {"body": "Zwei {Termin} {Link}", "based_on": "1"})
    assert post(owner, f"{PAGE}/restore", version="1", based_on="2").status_code == 302
    assert write(salon).startswith("Hallo")
    assert post(owner, f"{PAGE}/restore", version="2", based_on="2").status_code == 302
    assert "Jemand anderes" in owner.get(PAGE).text and write(salon).startswith("Hallo")
    assert post(owner, f"{PAGE}/restore", version="9", based_on="3").status_code == 404
    assert post(owner, f"{PAGE}/reset", based_on="3").status_code == 302
    assert write(salon).startswith("S: Yoga") and "Eigener Text zurückgenommen." in owner.get(PAGE).text


def test_a_service_in_a_branch_has_its_own_in_each_language(owner: FlaskClient, salon: Salon) -> None:
    mitte, yoga = salon.branches["mitte"], salon.services["yoga"]
    address = f"{PAGE}?branch_id={mitte}&service_id={yoga}"
    assert post(owner, address, **TEXTS).status_code == 302
    assert write(salon, TemplateScope(mitte, yoga)).startswith("Hallo") and write(salon).startswith("S: Yoga")
    assert "an einer Stelle anders" in owner.get(LIST).text
    assert "Yoga, Berlin-Mitte: Ihr Text" in owner.get(address).text
    english = owner.get(f"{address}&language=en").text
    assert "{service} on {appointment}" in english and "Standardtext von AskProAI" in english


def test_foreign_and_unknown_scopes_and_names_are_not_found(app: Flask, db: SQLAlchemy, owner: FlaskClient, salon: Salon) -> None:
    other = make_salon("salon-zwei")
    addresses = [f"{PAGE}?{field}={row_id}" for field, row_id in (
        ("branch_id", other.branches["mitte"]), ("service_id", other.services["cut"]), ("branch_id", new_ulid()),
    )]  # fmt: skip
    for address in (*addresses, f"{LIST}/code", f"{LIST}/unknown"):
        assert owner.get(address).status_code == 404, address
        assert post(owner, address, **TEXTS).status_code == 404, address
    post(owner, **TEXTS)
    stranger = signed_in(app, make_user(db.session.get_one(Company, other.company_id)))
    assert "Überall gilt der Standardtext von AskProAI" in stranger.get(LIST).text and "Hallo {Name}" not in stranger.get(PAGE).text
    assert post(stranger, f"{PAGE}/restore", version="1", based_on="0").status_code == 404


def test_whoever_is_limited_to_a_branch_sees_its_appointments_only(app: Flask, db: SQLAlchemy, salon: Salon) -> None:
    book(salon, "cut:anna")
    user = make_user(db.session.get_one(Company, salon.company_id), "manager")
    user.branches = [UserBranch(branch_id=salon.branches["pankow"], company_id=salon.company_id)]
    db.session.commit()
    browser = signed_in(app, user)
    assert "Mit Beispielen aus Ihrem Betrieb" in browser.get(PAGE).text
    assert browser.get(f"{PAGE}?branch_id={salon.branches['mitte']}").status_code == 404


@pytest.mark.parametrize(("role", "writes"), [("manager", 302), ("front_desk", 403), ("staff", 403), ("read_only", 403)])
def test_who_may_change_them(app: Flask, db: SQLAlchemy, salon: Salon, role: str, writes: int) -> None:
    browser = signed_in(app, make_user(db.session.get_one(Company, salon.company_id), role))
    assert browser.get(PAGE).status_code == 200
    assert ("Text speichern" in browser.get(PAGE).text) == (writes == 302)
    assert post(browser, **TEXTS).status_code == writes
    for action in ("restore", "reset", "preview", "test"):
        if writes == 403:
            assert post(browser, f"{PAGE}/{action}", **TEXTS, version="1").status_code == 403


@pytest.fixture
def mail(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[MailDouble]:
    with MailDouble() as double:
        monkeypatch.setattr(app.config["SETTINGS"], "smtp_url", double.url)
        monkeypatch.setattr(app.config["SETTINGS"], "mail_from", "Salon Lindgren <termine@salon.example>")
        yield double


def test_a_test_goes_to_oneself_and_saves_nothing(app: Flask, owner: FlaskClient, salon: Salon, mail: MailDouble) -> None:
    sent = post(owner, f"{PAGE}/test", **TEXTS)
    assert sent.status_code == 200 and "Der Test ist unterwegs an" in sent.text and "Hallo {Name}" in sent.text
    (message,) = mail.mails
    assert message["Subject"].startswith("Test: Bis ")
    text, html = (part.get_content() for part in message.iter_parts())
    assert "Das ist ein Test." in text and "Das ist ein Test." in html and 'class="m-button"' in html
    assert write(salon).startswith("S: Yoga")
    assert post(owner, f"{PAGE}/test", **TEXTS | {"body": "ohne"}).status_code == 422
    answers = [post(owner, f"{PAGE}/test", **TEXTS).status_code for _ in range(6)]
    assert answers == [200] * 4 + [429] * 2 and len(mail.mails) == 5


def test_without_a_mail_server_no_test_is_promised(owner: FlaskClient, salon: Salon) -> None:
    refused = post(owner, f"{PAGE}/test", **TEXTS)
    assert refused.status_code == 409 and "E-Mail ist noch nicht eingerichtet." in refused.text


def test_what_goes_by_text_message_only_has_no_subject_to_write(owner: FlaskClient, salon: Salon) -> None:
    page = owner.get(f"{LIST}/missed_call_no_reply").text
    assert "Betreff" not in page and "Text der SMS" in page and "m-card" not in page
    title = re.search(r'name="title" value="([^"]+)"', page)
    assert title is not None
    saved = post(owner, f"{LIST}/missed_call_no_reply", title=title[1], body="Bitte rufen Sie an: {Telefon}", based_on="0")
    assert saved.status_code == 302
