"""The form of a customer's record, and notes and tags beside it."""

import re
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.extensions import db as database
from app.core.ids import new_ulid
from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.domain.customers.caller_assurance import hash_birth_date
from app.domain.customers.contacts import find_or_create
from app.domain.customers.tags import add_tag, list_tags
from app.models import AuditEntry, Company, Customer, CustomerNote, CustomerTag
from tests.factories.salon import make_salon
from tests.support.users import make_company, make_user, signed_in, token_of

NUMBER, OTHER = "+491713920051", "+491713920052"


@pytest.fixture
def salon(app: Flask, db: SQLAlchemy) -> Company:
    made = make_salon()
    with company_scope(made.company_id):
        return db.session.get_one(Company, made.company_id)


@pytest.fixture
def desk(app: Flask, salon: Company) -> FlaskClient:
    return signed_in(app, make_user(salon, "front_desk"))


@pytest.fixture
def hanna(salon: Company) -> str:
    with company_scope(salon.id), transaction():
        return find_or_create("Hanna Vogt", number=NUMBER).id


def _post(client: FlaskClient, path: str, **fields: Any) -> Any:
    return client.post(path, data={"csrf_token": token_of(client), **{name.replace("__", "-"): value for name, value in fields.items()}})


def _load(salon: Company, customer_id: str) -> Customer:
    database.session.rollback()
    with company_scope(salon.id):
        return database.session.scalars(select(Customer).where(Customer.id == customer_id)).one()


def _contacts(customer: Customer) -> list[tuple[str, str]]:
    return [(one.kind, one.value) for one in customer.identifiers]


def test_a_new_person_with_all_that_is_known(desk: FlaskClient, salon: Company) -> None:
    staff_id = re.findall(r'<option value="(\w{26})">', desk.get("/customers/new").text)[0]
    answer = _post(
        desk, "/customers/new", name="  Mira   Sommer ", phone__0="0171 3920051", phone__2="0171 3920052", first_phone="2",
        email__0="Mira@Post.example", birth_date="1985-03-03", language="en", channel="email", staff_id=staff_id,
    )  # fmt: skip
    assert answer.status_code == 302
    customer = _load(salon, answer.location.rpartition("/")[2])
    with company_scope(salon.id):
        assert (customer.name, customer.birth_date, customer.language) == ("Mira Sommer", "1985-03-03", "en")
        assert (customer.preferred_channel, customer.preferred_staff_id) == ("email", staff_id)
        assert customer.of_kind("phone") == OTHER and set(_contacts(customer)) == {
            ("phone", NUMBER), ("phone", OTHER), ("email", "mira@post.example"),
        }  # fmt: skip
        assert customer.birth_index == hash_birth_date(date(1985, 3, 3))
    page = desk.get(answer.location).text
    assert "3. März 1985" in page and "Englisch" in page and page.index("+49 171 3920052") < page.index("+49 171 3920051")


def test_the_first_number_is_the_one_that_is_called(app: Flask, desk: FlaskClient, salon: Company, hanna: str) -> None:
    page = desk.get(f"/customers/{hanna}/edit").text
    assert 'name="phone-0"' in page and 'name="phone-1"' in page
    assert _post(desk, f"/customers/{hanna}/edit", name="Hanna Vogt", phone__0="0171 3920051", phone__1="0171 3920052").status_code == 302
    assert _load(salon, hanna).of_kind("phone") == NUMBER
    fields = {"name": "Hanna Vogt", "phone__0": "0171 3920051", "phone__1": "0171 3920052", "first_phone": "1"}
    assert _post(desk, f"/customers/{hanna}/edit", **fields).status_code == 302
    assert _load(salon, hanna).of_kind("phone") == OTHER
    assert _post(desk, f"/customers/{hanna}/edit", name="Hanna Vogt", phone__0="0171 3920051").status_code == 302
    assert _contacts(_load(salon, hanna)) == [("phone", NUMBER)]
    database.session.rollback()
    changes = database.session.scalars(select(AuditEntry.data).where(AuditEntry.action == "customer_contacts_changed")).all()
    assert changes == [{"removed": 0, "added": 1}, {"removed": 1, "added": 0}]


def test_each_wrong_field_says_so_in_our_words(desk: FlaskClient, salon: Company, hanna: str) -> None:
    answer = _post(
        desk, f"/customers/{hanna}/edit", name="", phone__0="12", phone__1="0171 3920052", email__0="hanna@", birth_date="2990-01-01",
        staff_id=new_ulid(),
    )  # fmt: skip
    assert answer.status_code == 422
    assert "Dieses Datum liegt zu weit weg." in answer.text
    answer = _post(
        desk, f"/customers/{hanna}/edit", name="", phone__0="12", phone__1="0171 3920052", email__0="hanna@", birth_date="2090-01-01",
        staff_id=new_ulid(),
    )  # fmt: skip
    for sentence in ("Diese Rufnummer gibt es so nicht.", "genau eine E-Mail-Adresse", "Dieser Tag liegt in der Zukunft."):
        assert sentence in answer.text
    assert 'id="phone-0-note"' in answer.text and 'id="phone-1-note"' not in answer.text and 'value="hanna@"' in answer.text
    assert "Bitte wählen." in answer.text
    assert "Bitte einen Namen angeben, oder wenigstens eine Rufnummer." in _post(desk, f"/customers/{hanna}/edit", name="").text
    assert _contacts(_load(salon, hanna)) == [("phone", NUMBER)]


def test_who_may_be_on_record_already_is_asked_about(desk: FlaskClient, salon: Company, hanna: str) -> None:
    for fields in ({"phone__0": "0171 3920051"}, {}):
        answer = _post(desk, "/customers/new", name="Hanna Vogt", **fields)
        assert answer.status_code == 422 and "Vielleicht steht die Person schon in der Kartei." in answer.text
        assert f"/customers/{hanna}" in answer.text
    assert _post(desk, "/customers/new", name="Hanna Vogt", is_other="1").status_code == 302
    assert _post(desk, "/customers/new", name="Ole Vogt", phone__0="0171 3920051").status_code == 302


def test_only_who_may_write_changes_and_only_their_own_people(app: Flask, desk: FlaskClient, salon: Company, hanna: str) -> None:
    reader = signed_in(app, make_user(salon, "read_only"))
    stranger = signed_in(app, make_user(make_company("werkstatt-kruse")))
    with company_scope(salon.id), transaction():
        customer = database.session.get_one(Customer, hanna)
        add_tag(customer, "Stammkundin")
        note = CustomerNote(customer_id=hanna, body="Mag es still.")
        database.session.add(note)
        database.session.flush()
        note_id = note.id
    posts = {
        "edit": {"name": "Fremd"}, "notes": {"body": "Fremd"}, "notes/pin": {"note": note_id, "pinned": "1"},
        "notes/delete": {"note": note_id}, "tags": {"tag": "Fremd"}, "tags/remove": {"tag": "Stammkundin"},
    }  # fmt: skip
    for path, fields in posts.items():
        assert _post(reader, f"/customers/{hanna}/{path}", **fields).status_code == 403, path
        assert _post(stranger, f"/customers/{hanna}/{path}", **fields).status_code == 404, path
        assert _post(desk, f"/customers/{new_ulid()}/{path}", **fields).status_code == 404, path
    page = reader.get(f"/customers/{hanna}").text
    assert "Mag es still." in page and "Stammkundin" in page and "Neue Notiz" not in page and "/edit" not in page
    assert reader.get("/customers/new").status_code == reader.get(f"/customers/{hanna}/edit").status_code == 403
    assert stranger.get(f"/customers/{hanna}/edit").status_code == 404
    with company_scope(salon.id):
        assert _load(salon, hanna).name == "Hanna Vogt"


def test_notes_have_author_and_time_and_pinned_ones_come_first(app: Flask, desk: FlaskClient, salon: Company, hanna: str) -> None:
    path = f"/customers/{hanna}"
    _post(desk, f"{path}/notes", body="Allergie gegen Ammoniak.", pinned="1")
    _post(desk, f"{path}/notes", body="Kommt mit dem Rad.\nParkt hinten.")
    page = desk.get(path).text
    assert page.index("Allergie gegen Ammoniak.") < page.index("Kommt mit dem Rad.") and "Astrid Lindgren" in page
    first, second = re.findall(r'id="note-(\d+)"', page)
    _post(desk, f"{path}/notes/pin", note=first, pinned="0")
    assert re.findall(r'id="note-(\d+)"', desk.get(path).text) == [second, first]
    with company_scope(salon.id), transaction():
        other = find_or_create("Ole Brandt").id
    assert _post(desk, f"/customers/{other}/notes/delete", note=first).status_code == 404
    assert _post(desk, f"{path}/notes/delete", note=first).status_code == 302
    assert "Allergie" not in desk.get(path).text
    assert "Diese Angabe fehlt." in desk.get(_post(desk, f"{path}/notes", body=" ").location).text


def test_a_tag_is_spelled_one_way_and_stays_in_its_company(app: Flask, desk: FlaskClient, salon: Company, hanna: str) -> None:
    kruse = make_company("werkstatt-kruse")
    with company_scope(kruse.id), transaction():
        add_tag(find_or_create("Kai Kruse"), "Flotte")
    with company_scope(salon.id), transaction():
        ole = find_or_create("Ole Brandt").id
    _post(desk, f"/customers/{hanna}/tags", tag="Stammkundschaft")
    _post(desk, f"/customers/{ole}/tags", tag="STAMMKUNDSCHAFT")
    _post(desk, f"/customers/{ole}/tags", tag="stammkundschaft")
    database.session.rollback()
    with company_scope(salon.id):
        assert list_tags() == ["Stammkundschaft"]
        assert len(database.session.scalars(select(CustomerTag)).all()) == 2
    page = desk.get("/customers").text
    assert '<option value="Stammkundschaft">' in page and "Flotte" not in page
    assert "Flotte" not in desk.get(f"/customers/{hanna}").text
    assert "Kruse" not in desk.get("/customers?tag=Flotte").text
    assert _post(desk, f"/customers/{ole}/tags/remove", tag="Stammkundschaft").status_code == 302
    assert _post(desk, f"/customers/{ole}/tags/remove", tag="Stammkundschaft").status_code == 404


def test_a_booking_is_begun_from_the_person(desk: FlaskClient, salon: Company, hanna: str) -> None:
    staff_id = re.findall(r'<option value="(\w{26})">', desk.get(f"/customers/{hanna}/edit").text)[1]
    _post(desk, f"/customers/{hanna}/edit", name="Hanna Vogt", phone__0="0171 3920051", staff_id=staff_id)
    assert f"/calendar/new?customer_id={hanna}" in desk.get(f"/customers/{hanna}").text
    form = desk.get(f"/calendar/new?customer_id={hanna}").text
    assert f'name="person" value="{hanna}"' in form and 'value="Hanna Vogt"' in form and 'value="+49 171 3920051"' in form
    assert f'<option value="{staff_id}" selected>' in form
    assert desk.get(f"/calendar/new?customer_id={new_ulid()}").status_code == 404


def test_the_timeline_is_one_paged_and_links_everything(
    app: Flask, desk: FlaskClient, salon: Company, hanna: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.web.dashboard.customers.TIMELINE_SIZE", 2)
    for text in ("Eins", "Zwei", "Drei"):
        _post(desk, f"/customers/{hanna}/notes", body=text)
    first = desk.get(f"/customers/{hanna}", headers={"HX-Request-Type": "partial"}).text
    assert re.findall("Eins|Zwei|Drei", first) == ["Drei", "Zwei"] and "page=2" in first
    second = desk.get(f"/customers/{hanna}?page=2", headers={"HX-Request-Type": "partial"}).text
    assert re.findall("Eins|Zwei|Drei", second) == ["Eins"] and "Weitere laden" not in second
    assert "Hier steht noch nichts." in desk.get(f"/customers/{hanna}?kind=call").text
    assert first.count("#note-") == 2
