"""Who is suggested as one person: duplicates with slips, other spellings and second numbers; never families, never namesakes."""

from dataclasses import dataclass
from datetime import date
from random import Random

import pytest
from flask_sqlalchemy import SQLAlchemy

from app.core.extensions import db as database
from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.domain.customers.caller_assurance import set_birth_date
from app.domain.customers.merge_suggestions import is_alike, list_suggestions, list_suggestions_for, tell_apart
from app.models import Customer, CustomerIdentifier
from tests.factories.companies import CompanyFactory
from tests.support.tables import each_row

GIVEN = (
    "Anna Hanna Katharina Svea Mareike Jonas Lukas Matthias Stefan Christoph Birgit Sabine Özlem Jörg Günther Philipp Franziska Thorsten"
    " Leonie Wiebke"
)
FIRST = GIVEN.split()
SIBLINGS = (("Anna", "Hanna"), ("Lena", "Lina"), ("Jan", "Jana"), ("Paul", "Paula"), ("Julia", "Julian"), ("Marie", "Maria"),
            ("Tim", "Tom"), ("Luca", "Lucas"), ("Mira", "Mara"), ("Stefan", "Stefanie"))  # fmt: skip
FAMILIES = (
    "Thomsen Brandenburg Müller Schmidt Öztürk Hoffmann Krüger Weißenfels Lindemann Wagenknecht Petersen Dąbrowski Schäfer Kowalczyk"
    " Baumgartner Fischer Lüdemann Nowak Zimmermann Vogelsang"
)
LAST = FAMILIES.split()
VARIANTS = (("ü", "ue"), ("ö", "oe"), ("ä", "ae"), ("ß", "ss"), ("dt", "tt"), ("ph", "f"), ("th", "t"), ("nn", "n"), ("ff", "f"))


@dataclass(frozen=True)
class GeneratedPair:
    names: tuple[str, str]
    numbers: tuple[str, str]
    emails: tuple[str, str] = ("", "")
    birthdays: tuple[date | None, date | None] = (None, None)
    is_same: bool = False


def generate_pairs(seed: int) -> list[GeneratedPair]:
    """Half of them duplicates, a quarter families on one number, a quarter namesakes."""
    rng = Random(seed)
    numbers = iter(f"+49171392{place:04}" for place in range(1000))
    pairs = []
    for place in range(100):
        name, born = f"{rng.choice(FIRST)} {rng.choice(LAST)}", date(1950 + rng.randrange(50), 1 + rng.randrange(12), 1 + rng.randrange(28))
        other, first, address = _vary(name, rng), next(numbers), f"person{place}@post.example"
        match place % 3:
            case 0:
                pairs.append(GeneratedPair((name, other), (first, first), birthdays=(born, None), is_same=True))
            case 1:
                pairs.append(GeneratedPair((name, other), (first, next(numbers)), birthdays=(born, born), is_same=True))
            case _:
                pairs.append(GeneratedPair((name, other), (first, next(numbers)), (address, address), is_same=True))
    for place in range(50):
        family, number = rng.choice(LAST), next(numbers)
        given = rng.choice(SIBLINGS) if place % 2 else tuple(rng.sample(FIRST, 2))
        twins = date(1990 + rng.randrange(20), 1 + rng.randrange(12), 1 + rng.randrange(28)) if place % 5 == 0 else None
        pairs.append(GeneratedPair((f"{given[0]} {family}", f"{given[1]} {family}"), (number, number), birthdays=(twins, twins)))
    for place in range(50):
        name, number = f"{rng.choice(FIRST)} {rng.choice(LAST)}", next(numbers)
        # half of them have a number each, half are grandmother and granddaughter on one
        other = number if place % 2 else next(numbers)
        pairs.append(GeneratedPair((name, name), (number, other), birthdays=(date(1931, 2, 1 + place % 28), date(2001, 2, 1 + place % 28))))
    return pairs


def _vary(name: str, rng: Random) -> str:
    """The name as it was typed or written another time."""
    spellings = [name.replace(one, other) for one, other in VARIANTS if one in name]
    kind = rng.randrange(4)
    if kind == 0 and spellings:
        return rng.choice(spellings)
    if kind == 1:
        return " ".join(reversed(name.split()))
    word = rng.choice([word for word in name.split() if len(word) >= 5] or [name.split()[-1]])
    at = rng.randrange(1, len(word) - 1)
    slips = (word[:at] + word[at + 1 :], word[:at] + word[at] + word[at:], word[:at] + word[at + 1] + word[at] + word[at + 2 :])
    return name.replace(word, rng.choice(slips))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_suggestions_are_right_for_generated_pairs(db: SQLAlchemy, seed: int) -> None:
    pairs = generate_pairs(seed)
    assert len(pairs) == 200 and sum(pair.is_same for pair in pairs) == 100
    company = CompanyFactory()
    database.session.commit()
    with company_scope(company.id):
        with transaction():
            ids = [frozenset(_create(pair, place) for place in range(2)) for pair in pairs]
        suggested = {frozenset((one.id, other.id)) for one, other in list_suggestions(limit=1000)}
    right = [(pair_ids in suggested) == pair.is_same for pair_ids, pair in zip(ids, pairs, strict=True)]
    wrong = [pair.names for pair, is_right in zip(pairs, right, strict=True) if not is_right]
    assert sum(right) >= 0.95 * len(pairs), wrong
    # of the wrong ones none may be two people
    assert suggested <= {pair_ids for pair_ids, pair in zip(ids, pairs, strict=True) if pair.is_same}


def _create(pair: GeneratedPair, place: int) -> str:
    customer = Customer(name=pair.names[place])
    set_birth_date(customer, pair.birthdays[place])
    database.session.add(customer)
    database.session.flush()
    for kind, value in (("phone", pair.numbers[place]), ("email", pair.emails[place])):
        if value:
            database.session.add(CustomerIdentifier(customer_id=customer.id, kind=kind, value=value))
    return customer.id


@each_row(
    "one, other, alike",
    [
        ("Svea Thomsen", "Svea Tomsen", True), ("Jörg Müller", "Joerg Mueller", True), ("Thomsen, Svea", "Svea Thomsen", True),
        ("Dr. Anna Keller", "Anna Keller", True), ("Anna Maria Keller", "Anna Keller", True), ("Stephan Schmidt", "Stefan Schmitt", True),
        ("Katrin Ebers", "Kathrin Ebers", True), ("Mraie Vogt", "Marie Vogt", True),
        ("Anna Keller", "Hanna Keller", False), ("Marie Vogt", "Maria Vogt", False), ("Jan Ebers", "Jana Ebers", False),
        ("Keller", "Anna Keller", False), ("Anna Keller", "Anna Vogt", False), ("Anna", "Anna", False), ("Max Ode", "Max Ohm", False),
    ],
)  # fmt: skip
def test_what_may_be_one_name(one: str, other: str, alike: bool) -> None:
    assert is_alike(one, other) is is_alike(other, one) is alike


def test_who_was_told_apart_and_who_was_born_on_another_day(db: SQLAlchemy) -> None:
    company = CompanyFactory()
    database.session.commit()
    same = GeneratedPair(("Svea Thomsen", "Svea Tomsen"), ("+491713920001", "+491713920001"))
    with company_scope(company.id):
        with transaction():
            one, other = (database.session.get_one(Customer, _create(same, place)) for place in range(2))
            ids = one.id, other.id
        assert [each.id for each in list_suggestions_for(one, limit=9)] == [ids[1]]
        with transaction():
            set_birth_date(one, date(1985, 3, 3))
            set_birth_date(other, date(2011, 3, 3))
        assert list_suggestions(limit=9) == [] and list_suggestions_for(one, limit=9) == []
        with transaction():
            set_birth_date(other, None)
        assert len(list_suggestions(limit=9)) == 1
        with transaction():
            tell_apart(other, one)
            tell_apart(one, other)
        assert list_suggestions(limit=9) == [] and list_suggestions_for(one, limit=9) == list_suggestions_for(other, limit=9) == []
