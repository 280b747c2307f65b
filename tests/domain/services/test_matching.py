"""Services and people are found by what callers say."""

from collections.abc import Iterator

import pytest
from flask_sqlalchemy import SQLAlchemy

from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.domain.services.fuzzy_text import fold, get_similarity
from app.domain.services.matching import UnknownService, find_service, find_staff, get_services
from app.models import ServiceSynonym, StaffMember
from tests.factories.salons import Salon, make_salon
from tests.support.tables import each_row


@pytest.fixture
def salon(db: SQLAlchemy) -> Iterator[Salon]:
    salon = make_salon()
    with company_scope(salon.company_id):
        yield salon


@each_row(
    "said, service, certainty",
    [
        ("Haarschnitt", "cut", 100),
        ("einen Termin zum haarschnitt bitte", "cut", 100),
        ("Haarschnit", "cut", 80),
        ("Damen Haarschnitt", "cut", 80),
        ("Strähnchen", "colour", 90),
        ("Straehnchen", "colour", 90),
        ("Balajage", "colour", 70),
        ("cut", "cut", 100),
    ],
)
def test_words_find_their_service(salon: Salon, said: str, service: str, certainty: int) -> None:
    found = find_service(said)
    assert found is not None
    assert found.service.id == salon.services[service]
    assert abs(found.certainty - certainty) <= 5


def test_an_id_finds_exactly_its_service_and_nothing_of_others(salon: Salon) -> None:
    other = make_salon("salon-b")
    assert find_service(salon.services["yoga"]).service.slug == "yoga"
    assert find_service(other.services["yoga"]) is None


@each_row("said", ["Fußmassage", "", "Termin bitte", "01J0000000000000000000TEST"])
def test_what_is_not_offered_is_not_guessed(salon: Salon, said: str) -> None:
    assert find_service(said) is None
    with pytest.raises(UnknownService):
        get_services(said)


def test_a_word_for_two_services_says_so(db: SQLAlchemy, salon: Salon) -> None:
    with transaction():
        for service in ("cut", "wash"):
            db.session.add(ServiceSynonym(service_id=salon.services[service], text="Haare machen", key="haare machen", certainty=80))
    found = find_service("Haare machen")
    assert found.certainty == 80
    assert {found.service.id, *(service.id for service in found.others)} == {salon.services["cut"], salon.services["wash"]}


def test_services_named_together_are_all_found(salon: Salon) -> None:
    assert [service.slug for service in get_services("Waschen, Haarschnitt und Strähnchen")] == ["wash", "cut", "colour"]


@each_row("said", ["Anna", "anna lindgren", "Frau Anna Lindgren", "Ana", "bei Anna"])
def test_people_are_found_as_callers_name_them(salon: Salon, said: str) -> None:
    person = find_staff(said)
    assert person is not None and person.id == salon.people["anna"]


def test_people_who_left_are_not_found(db: SQLAlchemy, salon: Salon) -> None:
    with transaction():
        db.session.get(StaffMember, salon.people["anna"]).is_active = False
    assert find_staff("Anna") is None
    assert find_staff("Ben", branch_id=salon.branches["pankow"]).id == salon.people["ben"]
    assert find_staff(salon.people["ben"]).name == "Ben Lindgren"


def test_folding_forgives_spelling() -> None:
    assert fold("Größe, Ätzend & Café!") == "grosse atzend cafe"
    assert get_similarity("schneiden", "haare schneiden") == 80
    assert get_similarity("yoga", "pediküre") == 0
