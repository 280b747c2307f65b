"""The steps by which a caller is recognised, what each allows, and that wrong tries end it."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from flask_sqlalchemy import SQLAlchemy

from app.core.clock import now
from app.core.tenancy import company_scope
from app.domain.customers.caller_assurance import (
    ATTEMPT_WINDOW,
    MAX_ATTEMPTS_PER_CALL,
    MAX_ATTEMPTS_PER_CUSTOMER,
    MAX_ATTEMPTS_PER_DAY,
    MAX_NAMES_PER_CALL,
    IdentifiedCaller,
    VerificationMethod,
    find_by_birth_date,
    identify_caller,
    is_number_within_attempts,
    is_within_attempts,
    record_verification,
    set_birth_date,
)
from app.models import Call, Company, Customer
from tests.factories.calls import CallFactory, CustomerFactory, CustomerIdentifierFactory, VerificationAttemptFactory
from tests.factories.companies import CompanyFactory

NUMBER = "+491713920050"


@pytest.fixture
def company(db: SQLAlchemy) -> Iterator[Company]:
    made = CompanyFactory()
    with company_scope(made.id):
        yield made


def person(name: str | None = "Svea Thomsen", number: str | None = NUMBER) -> Customer:
    customer = CustomerFactory(name=name)
    if number:
        CustomerIdentifierFactory(customer_id=customer.id, value=number)
    return customer


def a_call(**values: Any) -> Call:
    return CallFactory(**{"status": "ongoing", "outcome": None, "from_number": NUMBER, **values})


def steps(caller: IdentifiedCaller) -> tuple[str, str | None, list[str]]:
    return caller.certainty, caller.customer.name if caller.customer else None, list(caller.rights)


def test_nobody_known_may_only_book(company: Company) -> None:
    assert steps(identify_caller(a_call(), company)) == ("none", None, ["book"])


def test_the_number_alone_hears_the_name_changes_and_proof_cancels(company: Company) -> None:
    svea, call = person(), a_call()
    assert steps(identify_caller(call, company)) == ("number", "Svea Thomsen", ["hear", "book"])
    record_verification(call, "name", ok=True, customer=svea)
    assert steps(identify_caller(call, company)) == ("name", "Svea Thomsen", ["hear", "change", "book"])
    record_verification(call, "birth_date", ok=True, customer=svea)
    assert steps(identify_caller(call, company)) == ("verified", "Svea Thomsen", ["hear", "change", "cancel", "book"])
    record_verification(call, "code", ok=True, customer=svea)
    assert identify_caller(call, company).certainty == "code"


def test_what_another_call_proved_counts_for_nothing(company: Company) -> None:
    svea = person()
    record_verification(a_call(), "birth_date", ok=True, customer=svea)
    assert identify_caller(a_call(), company).certainty == "number"


def test_a_company_sets_its_own_steps(company: Company) -> None:
    person()
    company.caller_rights = {"hear": "verified", "cancel": "number", "change": "nonsense"}
    assert steps(identify_caller(a_call(), company))[2] == ["cancel", "book"]


def test_several_people_on_one_number_are_nobody_until_they_say_who(company: Company) -> None:
    person()
    ole, call = person("Ole Thomsen"), a_call()
    caller = identify_caller(call, company)
    assert (steps(caller), caller.is_ambiguous_caller, len(caller.candidates)) == (("number", None, ["book"]), True, 2)
    record_verification(call, "name", ok=True, customer=ole)
    assert steps(identify_caller(call, company))[:2] == ("name", "Ole Thomsen")


def test_saying_another_name_begins_anew(company: Company) -> None:
    svea, call = person(), a_call()
    ole = person("Ole Thomsen")
    record_verification(call, "name", ok=True, customer=svea)
    record_verification(call, "birth_date", ok=True, customer=svea)
    record_verification(call, "name", ok=True, customer=ole)
    assert steps(identify_caller(call, company))[:2] == ("name", "Ole Thomsen")
    record_verification(call, "name", ok=False, customer=None)
    assert steps(identify_caller(call, company)) == ("number", None, ["book"])


@pytest.mark.parametrize("values", [{"caller_kind": "withheld", "from_number": None}, {"caller_kind": "invalid", "from_number": "0171"}])
def test_a_number_that_is_none_recognises_nobody(company: Company, values: dict[str, Any]) -> None:
    person()
    caller = identify_caller(a_call(**values), company)
    assert (caller.certainty, caller.rights) == ("none", ["book"])


@pytest.mark.parametrize(
    ("kinds", "most"),
    [
        (["birth_date"], MAX_ATTEMPTS_PER_CALL),
        (["booking", "code"], MAX_ATTEMPTS_PER_CALL),
        (["name"], MAX_NAMES_PER_CALL),
        (["alike"], MAX_NAMES_PER_CALL),
    ],
)
def test_wrong_tries_lock_the_call_names_later_than_proofs(company: Company, kinds: list[VerificationMethod], most: int) -> None:
    svea, call = person(), a_call()
    for number in range(most):
        assert not identify_caller(call, company).is_locked
        record_verification(call, kinds[number % len(kinds)], ok=False, customer=svea)
        record_verification(call, "name", ok=True, customer=svea)
    caller = identify_caller(call, company)
    assert caller.is_locked and caller.rights == ["book"]


def test_wrong_names_and_wrong_proofs_are_counted_apart(company: Company) -> None:
    svea, call = person(), a_call()
    for kind, times in (("birth_date", MAX_ATTEMPTS_PER_CALL - 1), ("name", MAX_NAMES_PER_CALL - 1)):
        for _ in range(times):
            record_verification(call, kind, ok=False, customer=svea)
    assert not identify_caller(call, company).is_locked


def test_whoever_was_verified_stays_so_in_a_locked_call(company: Company) -> None:
    svea, call = person(), a_call()
    record_verification(call, "birth_date", ok=True, customer=svea)
    for _ in range(MAX_ATTEMPTS_PER_CALL):
        record_verification(call, "code", ok=False, customer=svea)
    assert identify_caller(call, company).is_locked
    assert steps(identify_caller(call, company)) == ("verified", "Svea Thomsen", ["hear", "change", "cancel", "book"])


@pytest.mark.parametrize(
    ("hear", "levels"),
    [(None, "no no yes"), ("number", "yes yes yes"), ("name", "no yes yes"), ("verified", "no no yes"), ("nonsense", "no no yes")],
)
def test_all_appointments_are_told_to_the_verified_unless_the_company_says_otherwise(
    company: Company, hear: str | None, levels: str
) -> None:
    svea, call = person(), a_call()
    company.caller_rights = {"hear": hear} if hear else None
    told = []
    for kind in ("", "name", "birth_date"):
        if kind:
            record_verification(call, kind, ok=True, customer=svea)
        told.append("yes" if identify_caller(call, company).can_hear_all else "no")
    assert " ".join(told) == levels


def test_a_customer_without_a_name_may_only_book(company: Company) -> None:
    person(name=None)
    caller = identify_caller(a_call(), company)
    assert (caller.certainty, caller.is_known, caller.rights) == ("number", False, ["book"])


def test_a_weaker_proof_of_the_same_person_takes_nothing_away(company: Company) -> None:
    svea, call = person(), a_call()
    for kind in ("code", "birth_date", "name"):
        record_verification(call, kind, ok=True, customer=svea)
    assert identify_caller(call, company).certainty == "code"


def test_many_wrong_tries_about_one_person_end_that_for_a_day(company: Company) -> None:
    svea, other = person(), person("Ole Thomsen", None)
    for _ in range(MAX_ATTEMPTS_PER_CUSTOMER):
        assert is_within_attempts(svea)
        record_verification(a_call(), "birth_date", ok=False, customer=svea)
    assert not is_within_attempts(svea) and is_within_attempts(other)


@pytest.mark.parametrize(
    ("values", "is_counted"),
    [
        ({}, True),
        ({"kind": "booking"}, True),
        ({"kind": "name"}, False),
        ({"kind": "alike"}, False),
        ({"ok": True}, False),
        ({"occurred_at": now() - ATTEMPT_WINDOW + timedelta(hours=1)}, True),
        ({"occurred_at": now() - ATTEMPT_WINDOW - timedelta(hours=1)}, False),
    ],
)
def test_wrong_proofs_about_a_customer_count_for_a_month_from_any_number(
    company: Company, values: dict[str, Any], is_counted: bool
) -> None:
    svea = person()
    for number in range(MAX_ATTEMPTS_PER_CUSTOMER):
        call = a_call(from_number=f"+4917139200{number:02}")
        VerificationAttemptFactory(**{"call_id": call.id, "customer_id": svea.id, "kind": "birth_date", "ok": False, **values})
    assert is_within_attempts(svea) != is_counted


@pytest.mark.parametrize(
    ("values", "call_values", "is_counted"),
    [
        ({}, {}, True),
        ({"kind": "name"}, {}, True),
        ({"ok": True}, {}, False),
        ({}, {"from_number": "+491713920051"}, False),
        ({"occurred_at": now() - timedelta(hours=23)}, {"started_at": now() - timedelta(hours=23)}, True),
        ({"occurred_at": now() - timedelta(hours=25)}, {"started_at": now() - timedelta(hours=25)}, False),
    ],
)
def test_wrong_tries_from_a_number_count_for_a_day_about_anybody(
    company: Company, values: dict[str, Any], call_values: dict[str, Any], is_counted: bool
) -> None:
    for number in range(MAX_ATTEMPTS_PER_DAY):
        assert is_number_within_attempts(a_call())
        call = a_call(**call_values)
        customer = person(f"Svea Thomsen {number}", None)
        VerificationAttemptFactory(**{"call_id": call.id, "customer_id": customer.id, "kind": "birth_date", "ok": False, **values})
    assert is_number_within_attempts(a_call()) != is_counted


def test_a_date_of_birth_is_sealed_and_found_by_its_hash(company: Company, db: SQLAlchemy) -> None:
    svea = person()
    set_birth_date(svea, date(1985, 3, 3))
    db.session.flush()
    raw = db.session.connection().exec_driver_sql("SELECT birth_date, birth_index FROM customers WHERE birth_index IS NOT NULL").one()
    assert b"1985" not in bytes(raw[0]) and "1985" not in raw[1]
    assert find_by_birth_date(date(1985, 3, 3), "Frau Svea THOMSEN") == [svea] and find_by_birth_date(date(1985, 3, 3), "Svea Tomsen") == []
    assert find_by_birth_date(date(1985, 3, 3), "Ole") == [] and find_by_birth_date(date(1985, 3, 4), "Svea Thomsen") == []
    set_birth_date(svea, None)
    db.session.flush()
    assert find_by_birth_date(date(1985, 3, 3), "Svea Thomsen") == []
