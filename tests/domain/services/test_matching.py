"""Services and people are found by what callers say."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask_babel import force_locale
from flask_sqlalchemy import SQLAlchemy

from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.domain.language.parsed_time import Language
from app.domain.services.fuzzy_text import fold, get_similarity
from app.domain.services.matching import AmbiguousService, UnknownService, find_service
from app.domain.services.requested_services import get_services
from app.domain.services.staff_matching import AmbiguousStaff, UnknownStaff, find_staff, select_staff
from app.domain.services.vocabulary import get_term_similarity, parse_terms
from app.models import ServiceSynonym, StaffMember
from tests.factories.salon import Salon, make_salon
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


@each_row(
    "one, other",
    [
        ("Männerhaarschnitt", "Herrenschnitt"),
        ("Haare schneiden für Herren", "Herrenschnitt"),
        ("haircut for men", "Herrenschnitt"),
        ("a haircut for ladies, please", "Damenschnitt"),
        ("kids' cut", "Kinderschnitt"),
        ("Ansatz nachfärben", "Ansatzfarbe"),
        ("root touch-up", "Ansatzfarbe"),
        ("wash and blow-dry", "Waschen und Föhnen"),
        ("Reifenwechsel", "Radwechsel"),
        ("oil change", "Ölwechsel"),
        ("blood test", "Blutabnahme"),
    ],
)
def test_words_of_both_languages_mean_the_same(one: str, other: str) -> None:
    assert get_term_similarity(parse_terms(one), parse_terms(other)) == 90


@each_row(
    "said, name",
    [
        ("Männerhaarschnitt", "Damenschnitt"),
        ("Bartschnitt", "Haarschnitt"),
        ("Haarschnitt für meine Frau", "Herrenschnitt"),
        ("Färben", "Schnitt"),
    ],
)
def test_what_is_for_others_or_something_else_is_not_meant(said: str, name: str) -> None:
    assert parse_terms(said).excludes(parse_terms(name))
    assert get_term_similarity(parse_terms(said), parse_terms(name)) == 0 or parse_terms(name).terms < parse_terms(said).terms


def test_a_son_may_be_a_child_or_a_man() -> None:
    said = parse_terms("Haarschnitt für meinen Sohn")
    assert not said.excludes(parse_terms("Kinderschnitt")) and not said.excludes(parse_terms("Herrenschnitt"))
    assert said.excludes(parse_terms("Damenschnitt"))


@each_row(
    "said, language, sentence",
    [
        ("Haarverlängerung", "de", r"Haarverlängerung machen wir nicht\. Wir bieten .* an"),
        ("Fußreflexzonen", "de", "„Fußreflexzonen“ steht nicht im Angebot. Wir bieten unter anderem .* an"),
        ("teeth cleaning", "en", r"I'm afraid we have no teeth cleaning\. We offer"),
        ("reiki", "en", "Among others we offer"),
    ],
)
def test_what_is_not_offered_names_what_is(app: Flask, salon: Salon, said: str, language: Language, sentence: str) -> None:
    with app.test_request_context(), force_locale(language), pytest.raises(UnknownService, match=sentence) as error:
        get_services(said, language=language)
    assert len(error.value.data["services"]) == 3


def test_one_unknown_of_several_services_is_not_left_out(salon: Salon) -> None:
    with pytest.raises(UnknownService) as error:
        get_services("Haarschnitt und Zahnreinigung")
    assert error.value.data["service"] == "Zahnreinigung"


def test_only_a_service_that_is_not_wanted_is_asked_about(salon: Salon) -> None:
    with pytest.raises(AmbiguousService):
        get_services("kein Haarschnitt")
    assert [service.slug for service in get_services("kein Haarschnitt, sondern Waschen")] == ["wash"]


@each_row(
    "said, person, excluded",
    [
        ("nicht Anna", None, ["anna"]),
        ("anyone but Ben", None, ["ben"]),
        ("Anna, nicht Ben", "anna", []),
        ("Anna oder Ben", None, []),
        ("egal, nur nicht Ben", None, ["ben"]),
        ("am liebsten Anna, sonst egal", "anna", []),
        ("Anna, wenn sie Zeit hat", "anna", []),
        ("nobody but Anna", "anna", []),
        ("Anna, aber nicht Anna", None, ["anna"]),
    ],
)
def test_people_are_chosen_and_excluded(salon: Salon, said: str, person: str | None, excluded: list[str]) -> None:
    selection = select_staff(said)
    assert selection.person is None if person is None else selection.person is not None and selection.person.id == salon.people[person]
    assert [each.id for each in selection.excluded] == [salon.people[each] for each in excluded]


@each_row(
    "said, error",
    [("Lindgren", AmbiguousStaff), ("nicht Lindgren", AmbiguousStaff), ("nicht Gerlinde", UnknownStaff), ("Anna oder Ida", UnknownStaff)],
)
def test_people_who_cannot_be_told_apart_or_found_are_asked_about(salon: Salon, said: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        select_staff(said)
