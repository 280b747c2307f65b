"""Customers are found as calls are: whatever the case, the accents and the way of writing; on both databases."""

import pytest
import time_machine
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import update

from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.domain.bookings.create import create_booking
from app.domain.calls.search import CallSearch, find_calls
from app.domain.customers.matching import create_named_customer
from app.domain.customers.search import autocomplete, find_customers, list_recent_callers, list_sound_alikes
from app.models import Call, Company, Customer, CustomerIdentifier
from tests.factories.salon import make_salon
from tests.support.calls import make_call
from tests.support.tables import each_row
from tests.support.users import make_company

KNOWN = {
    "Özlem Öztürk": "+491713920053", "Hans-Jörg Müller": "+493023125115", "Emre Yıldız": "+4366412345678", "Łukasz Dąbrowski": None,
    "Svea Thomsen": "+491713920050", "Ole Groß": None, "Zoé Bär": None, "Salon 4711": None,
}  # fmt: skip


@pytest.fixture
def salon(db: SQLAlchemy) -> Company:
    company = make_company()
    with company_scope(company.id), transaction():
        for name, number in KNOWN.items():
            db.session.add(customer := Customer(name=name))
            db.session.flush()
            if number:
                db.session.add(CustomerIdentifier(customer_id=customer.id, kind="phone", value=number))
    return company


@each_row(
    "typed, name",
    [
        ("özlem", "Özlem Öztürk"), ("ÖZLEM", "Özlem Öztürk"), ("oezlem", "Özlem Öztürk"), ("ozlem", "Özlem Öztürk"),
        ("öztürk", "Özlem Öztürk"), ("Oeztuerk Özlem", "Özlem Öztürk"), ("özt öz", "Özlem Öztürk"), ("o\u0308zlem", "Özlem Öztürk"),
        ("mueller", "Hans-Jörg Müller"), ("muller", "Hans-Jörg Müller"), ("MÜLLER", "Hans-Jörg Müller"), ("joerg", "Hans-Jörg Müller"),
        ("hans-jörg", "Hans-Jörg Müller"), ("müller, hans", "Hans-Jörg Müller"), ("yildiz", "Emre Yıldız"), ("YILDIZ", "Emre Yıldız"),
        ("lukasz", "Łukasz Dąbrowski"), ("dabrowski", "Łukasz Dąbrowski"), ("gross", "Ole Groß"), ("GROSS", "Ole Groß"),
        ("groß", "Ole Groß"), ("zoe", "Zoé Bär"), ("baer", "Zoé Bär"), ("bar", "Zoé Bär"), ("4711", "Salon 4711"),
        ("salon 47", "Salon 4711"), ("3920053", "Özlem Öztürk"), ("0171 3920053", "Özlem Öztürk"), ("0171/3920053", "Özlem Öztürk"),
        ("+491713920053", "Özlem Öztürk"),
        ("0049 171 3920053", "Özlem Öztürk"), ("392 0053", "Özlem Öztürk"), ("0664 12345678", "Emre Yıldız"), ("+43664", "Emre Yıldız"),
        ("23125115", "Hans-Jörg Müller"), ("030 23125115", "Hans-Jörg Müller"), ("öz 3920053", "Özlem Öztürk"),
    ],
)  # fmt: skip
def test_a_customer_is_found_by(salon: Company, typed: str, name: str) -> None:
    with company_scope(salon.id):
        assert [customer.name for customer in find_customers(typed, limit=9)] == [name]
        assert [customer.name for customer in list_recent_callers(typed, limit=9)] == [name]
        assert autocomplete(typed)[0].name == name


@each_row(
    "typed", ["ztürk", "uller", "öz müller", "%", "_", "\\", "'", "--", "39", "0171 3920054", "+49392", "\ud800", "(((", "öz 3920050"]
)
def test_a_customer_is_not_found_by(salon: Company, typed: str) -> None:
    with company_scope(salon.id):
        assert find_customers(typed, limit=9) == []


def test_a_new_name_is_what_is_searched(salon: Company) -> None:
    with company_scope(salon.id):
        with transaction():
            find_customers("svea", limit=1)[0].name = "Svea Jäger"
        assert [customer.name for customer in find_customers("jaeger", limit=9)] == ["Svea Jäger"]
        assert find_customers("thomsen", limit=9) == []
        with transaction():
            find_customers("svea", limit=1)[0].name = None
        assert find_customers("svea", limit=9) == []


@each_row("typed", ["özlem", "oeztuerk", "ÖZTÜRK özlem"])
def test_a_call_is_found_by_its_customer(salon: Company, db: SQLAlchemy, typed: str) -> None:
    with company_scope(salon.id):
        ozlem = find_customers("özlem", limit=1)[0].id
    call_id = make_call(salon, words=("Guten Tag.",))
    with company_scope(salon.id):
        with transaction():
            db.session.execute(update(Call).where(Call.id == call_id).values(customer_id=ozlem))
        assert call_id in find_calls(CallSearch(query=typed), limit=9)


def test_a_number_stored_with_a_booking_only_is_found_in_part(present: time_machine.Traveller) -> None:
    salon = make_salon()
    with company_scope(salon.company_id):
        with transaction():
            customer = create_named_customer("Peer Probst", None)
            create_booking(salon.request(customer_id=customer.id, contact_phone="+491713920077"))
        assert [each.name for each in find_customers("3920077", limit=9)] == ["Peer Probst"]


@each_row(
    "typed, names",
    [
        ("Tomsen", ["Svea Thomsen"]), ("Swea Thomson", ["Svea Thomsen"]), ("Öslem", ["Özlem Öztürk"]), ("Osturk", ["Özlem Öztürk"]),
        ("Gros", ["Ole Groß"]), ("Dabrofski", ["Łukasz Dąbrowski"]),
        # one slip of the keyboard: swapped, missing, one too many, wrong
        ("Thmosen", ["Svea Thomsen"]), ("Svea Thomsn", ["Svea Thomsen"]), ("Thomssen", ["Svea Thomsen"]),
        ("Rhomsen", ["Svea Thomsen"]), ("Rhomsrn", []),
        ("Nadolny", []), ("4711", []), ("", []), ("h", []),
    ],
)  # fmt: skip
def test_names_that_sound_alike_are_offered(salon: Company, typed: str, names: list[str]) -> None:
    with company_scope(salon.id):
        assert [customer.name for customer in list_sound_alikes(typed, limit=9)] == names


def test_a_part_of_an_address_finds_its_owner(salon: Company) -> None:
    with company_scope(salon.id), transaction():
        for name, address in (("Mira Sommer", "mira.sommer@post.example"), ("Jo Nadolny", "jo@gmx.example")):
            customer = create_named_customer(name, None)
            customer.identifiers.append(CustomerIdentifier(kind="email", value=address))
    with company_scope(salon.id):
        for typed in ("post.example", "mira.s", "sommer@post", "MIRA.SOMMER@POST.EXAMPLE", "@post"):
            assert [customer.name for customer in find_customers(typed, limit=9)] == ["Mira Sommer"], typed
        for pattern in ("%.%", "_ira.sommer", "%@post"):
            assert find_customers(pattern, limit=9) == [], pattern
