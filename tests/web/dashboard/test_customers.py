"""The list of customers and one of them."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import update

from app.core.clock import now
from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.domain.customers.contacts import find_or_create
from app.domain.customers.search import list_recent_callers
from app.domain.customers.tags import add_tag
from app.domain.notifications.suppressions import find_suppressed, suppress
from app.models import Booking, Call, Company, Customer, CustomerIdentifier
from tests.factories.salon import Salon, make_salon
from tests.support.calls import make_call
from tests.support.users import make_company, make_user, signed_in, token_of

NUMBER = "+491713920051"


def _customer(name: str | None, *, minutes_ago: int | None = None, number: str | None = None) -> Customer:
    from app.core.extensions import db

    called = None if minutes_ago is None else now() - timedelta(minutes=minutes_ago)
    customer = Customer(name=name, last_call_at=called)
    db.session.add(customer)
    db.session.flush()
    if number:
        db.session.add(CustomerIdentifier(customer_id=customer.id, kind="phone", value=number))
    return customer


def _booking(salon: Salon, customer: Customer, days: int, status: str, cents: int) -> None:
    from app.core.extensions import db

    starts_at = now() + timedelta(days=days)
    db.session.add(Booking(
        branch_id=salon.branches["mitte"], service_id=salon.services["cut"], staff_id=salon.people["anna"], customer_id=customer.id,
        status=status, starts_at=starts_at, ends_at=starts_at + timedelta(hours=1), timezone="Europe/Berlin", source="web",
        price_cents=cents,
    ))  # fmt: skip
    db.session.flush()


@pytest.fixture
def salon(app: Flask, db: SQLAlchemy) -> Company:
    return make_company()


def test_who_called_last_comes_first_and_pages_follow_without_gaps(salon: Company) -> None:
    with company_scope(salon.id):
        with transaction():
            same = now() - timedelta(hours=1)
            for place in range(7):
                _customer(f"Nie {place}")
                _customer(f"Gerufen {place}", minutes_ago=place)
                _customer(f"Zugleich {place}").last_call_at = same
        seen, after = [], None
        while page := list_recent_callers(limit=4, after=after):
            seen += [customer.name for customer in page]
            after = page[-1]
    assert len(seen) == len(set(seen)) == 21
    assert seen[:7] == [f"Gerufen {place}" for place in range(7)]
    assert all(name.startswith("Nie") for name in seen[-7:])


def test_a_person_is_shown_with_calls_and_with_whom_the_number_is_shared(app: Flask, db: SQLAlchemy, salon: Company) -> None:
    with company_scope(salon.id), transaction():
        hanna, ole = _customer("Hanna Vogt", minutes_ago=3, number=NUMBER), _customer("Ole Vogt", number=NUMBER)
        ids = hanna.id, ole.id
    call_id = make_call(salon, summary="Frage nach einem Termin.")
    with company_scope(salon.id), transaction():
        db.session.execute(update(Call).where(Call.id == call_id).values(customer_id=ids[0]))
    owner = signed_in(app, make_user(salon))
    listed = owner.get("/customers").text
    assert "Hanna Vogt" in listed and "mehrere Personen" in listed
    assert listed.index("Hanna Vogt") < listed.index("Ole Vogt")
    page = owner.get(f"/customers/{ids[0]}").text
    assert "Frage nach einem Termin." in page and f"/calls/{call_id}" in page
    assert "Am selben Anschluss" in page and "Ole Vogt" in page
    assert owner.get("/customers?q=0171 3920051").text.count("Vogt</a>") == 2
    assert "Niemand mit" in owner.get("/customers?q=Nadolny").text


def test_where_nobody_is_found_those_are_offered_who_sound_alike(app: Flask, db: SQLAlchemy, salon: Company) -> None:
    with company_scope(salon.id), transaction():
        _customer("Svea Thomsen", number=NUMBER)
    owner = signed_in(app, make_user(salon))
    page = owner.get("/customers?q=Tomsen").text
    assert "Niemand mit" in page and "Ähnliche Namen" in page and "Svea Thomsen" in page
    assert "Ähnliche Namen" not in owner.get("/customers?q=Nadolny").text
    suggested = owner.get("/calendar/customers?q=Tomsen").json
    assert [each["name"] for each in suggested] == ["Svea Thomsen"]


def test_the_list_tells_what_appointments_tell(app: Flask, db: SQLAlchemy) -> None:
    salon = make_salon()
    with company_scope(salon.company_id), transaction():
        company = db.session.get_one(Company, salon.company_id)
        hanna, ole, nina = _customer("Hanna Vogt", number=NUMBER), _customer("Ole Brandt", minutes_ago=5), _customer("Nina Neu")
        for days, status, cents in ((-30, "done", 4800), (-20, "confirmed", 5250), (-10, "no_show", 9900), (-5, "cancelled", 700)):
            _booking(salon, hanna, days, status, cents)
        _booking(salon, hanna, 7, "confirmed", 4800)
        _booking(salon, ole, -200, "done", 3000)
        for each in (hanna, ole):
            each.created_at = now() - timedelta(days=400)
        add_tag(ole, "Stammkunde")
        nina_id = nina.id
    owner = signed_in(app, make_user(company))

    def names(query: str) -> list[str]:
        return re.findall(r'ap-rowlink" href="[^"]+">([^<]+)<', owner.get(f"/customers?{query}").text)

    page = owner.get("/customers").text
    assert "100,50 €" in page and "30,00 €" in page
    assert names("") == ["Ole Brandt", "Nina Neu", "Hanna Vogt"]
    assert names("sort=spent")[0] == names("sort=visits")[0] == names("sort=no_shows")[0] == names("sort=last")[0] == "Hanna Vogt"
    assert names("sort=last&reversed=1") == ["Ole Brandt", "Hanna Vogt", "Nina Neu"]
    assert names("sort=next")[0] == "Hanna Vogt" and names("sort=name") == ["Hanna Vogt", "Nina Neu", "Ole Brandt"]
    assert names("tag=Stammkunde") == ["Ole Brandt"] and names("tag=Fremd") == []
    assert names("absent=6") == ["Ole Brandt"] and nina_id not in owner.get("/customers?absent=1").text
    assert names("q=brandt&tag=Stammkunde") == ["Ole Brandt"]
    assert 'aria-sort="descending"' in owner.get("/customers?sort=spent").text


def test_pages_follow_without_gaps(app: Flask, salon: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.web.dashboard.customers.PAGE_SIZE", 3)
    with company_scope(salon.id), transaction():
        for place in range(7):
            _customer(f"Person {place}", minutes_ago=place)
    owner = signed_in(app, make_user(salon))
    pages = [owner.get(f"/customers?page={page}", headers={"HX-Request-Type": "partial"}).text for page in (1, 2, 3)]
    assert [re.findall(r"Person \d", page) for page in pages] == [
        ["Person 0", "Person 1", "Person 2"], ["Person 3", "Person 4", "Person 5"], ["Person 6"],
    ]  # fmt: skip
    assert "page=2" in pages[0] and "page=4" not in pages[2]


def test_another_companys_customer_is_nobody(app: Flask, salon: Company) -> None:
    other = make_company("werkstatt-kruse")
    with company_scope(other.id), transaction():
        foreign = _customer("Kai Kruse", number=NUMBER).id
    owner = signed_in(app, make_user(salon))
    assert owner.get(f"/customers/{foreign}").status_code == 404
    assert "Kruse" not in owner.get("/customers").text


def test_a_number_that_opted_out_says_so_until_it_is_taken_back(app: Flask, db: SQLAlchemy, salon: Company) -> None:
    with company_scope(salon.id), transaction():
        customer = find_or_create("Hanna Vogt", number=NUMBER, email="hanna@example.org")
        suppress("sms", NUMBER, "opted_out")
    path = f"/customers/{customer.id}"
    desk, reader = signed_in(app, make_user(salon, "front_desk")), signed_in(app, make_user(salon, "read_only"))
    page = desk.get(path).text
    assert "keine SMS" in page and "Das gilt, bis sie START schickt." in page
    assert "Wir schreiben jetzt an hanna@example.org." in page
    assert "keine SMS" in reader.get(path).text and "Wieder schreiben" not in reader.get(path).text
    form = {"csrf_token": token_of(reader), "address": NUMBER}
    assert reader.post(f"{path}/messages", data=form).status_code == 403
    form["csrf_token"] = token_of(desk)
    assert desk.post(f"{path}/messages", data=form | {"address": "+491713920059"}).status_code == 404
    assert desk.post(f"{path}/messages", data=form).status_code == 302
    assert "keine SMS" not in desk.get(path).text


@pytest.mark.parametrize(
    ("channel", "address", "sentence"),
    [("sms", NUMBER, "Diese Nummer nimmt keine SMS an"), ("email", "hanna@example.org", "Diese Adresse nimmt keine E-Mail an")],
)
def test_an_address_that_takes_nothing_says_so_and_which_way_is_left(
    app: Flask, db: SQLAlchemy, salon: Company, channel: str, address: str, sentence: str
) -> None:
    with company_scope(salon.id), transaction():
        customer = find_or_create("Hanna Vogt", number=NUMBER, email="hanna@example.org")
        suppress(channel, address, "unreachable")
    page = signed_in(app, make_user(salon)).get(f"/customers/{customer.id}").text
    assert sentence in page
    assert f"Wir schreiben jetzt an {'hanna@example.org' if channel == 'sms' else '+49 171 3920051'}." in page
    with company_scope(salon.id), transaction():
        suppress("email", "hanna@example.org", "unreachable")
        suppress("sms", NUMBER, "opted_out")
    assert "Einen anderen Weg kennen wir nicht." in signed_in(app, make_user(salon, "manager")).get(f"/customers/{customer.id}").text


def test_another_company_neither_sees_nor_lifts_it(app: Flask, db: SQLAlchemy, salon: Company) -> None:
    other = make_company("werkstatt-kruse")
    with company_scope(salon.id), transaction():
        customer = find_or_create("Hanna Vogt", number=NUMBER)
        suppress("sms", NUMBER, "opted_out")
    with company_scope(other.id), transaction():
        theirs = find_or_create("Hanna Vogt", number=NUMBER)
    stranger = signed_in(app, make_user(other))
    assert "keine SMS" not in stranger.get(f"/customers/{theirs.id}").text
    for customer_id in (customer.id, theirs.id):
        form = {"csrf_token": token_of(stranger), "address": NUMBER}
        assert stranger.post(f"/customers/{customer_id}/messages", data=form).status_code == 404
    with company_scope(salon.id):
        assert find_suppressed([NUMBER])
