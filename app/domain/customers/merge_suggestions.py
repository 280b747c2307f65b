"""Suggests who may be on record twice: alike in name, and with a number, an address or a birthday in common.

A suggestion decides nothing. Families share numbers and birthdays, and namesakes names: neither is suggested as far as a name can tell.
"""

from collections.abc import Collection
from functools import lru_cache
from itertools import permutations
from pathlib import Path

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import aliased, selectinload

from app.core.extensions import db
from app.core.search_words import split_words
from app.domain.audit.log import find_acting_user_id, record
from app.domain.customers.name_matching import is_same_name, split_name, to_phonetic
from app.models import Customer, CustomerDistinction, CustomerIdentifier

# pairs with something in common that are looked at
MAX_PAIRS = 5000
# names of more words are too many to be put in every order
MAX_WORDS = 4
# shorter words have too many neighbours
MIN_LENGTH = 4
LONG = 8
Pair = tuple[Customer, Customer]


def list_suggestions(*, limit: int) -> list[Pair]:
    """List pairs who may be one person, the longest on record first of each."""
    ids = _list_pairs_in_common()
    told_apart = _load_distinctions({one for pair in ids for one in pair})
    wanted = [pair for pair in ids if frozenset(pair) not in told_apart]
    customers = _load({one for pair in wanted for one in pair})
    pairs = [_order(customers[one], customers[other]) for one, other in wanted if one in customers and other in customers]
    return [pair for pair in pairs if may_be_same(*pair)][:limit]


def list_suggestions_for(customer: Customer, *, limit: int) -> list[Customer]:
    """List who may be the same person as this one."""
    shared = [and_(CustomerIdentifier.kind == one.kind, CustomerIdentifier.value == one.value) for one in customer.identifiers]
    in_common = [Customer.birth_index == customer.birth_index] if customer.birth_index else []
    if shared:
        in_common.append(Customer.id.in_(select(CustomerIdentifier.customer_id).where(or_(*shared))))
    if not in_common:
        return []
    rows = select(Customer).options(selectinload(Customer.identifiers)).where(or_(*in_common), Customer.id != customer.id)
    others = db.session.scalars(rows.order_by(Customer.created_at, Customer.id).limit(MAX_PAIRS)).all()
    told_apart = _load_distinctions({customer.id})
    alike = [other for other in others if may_be_same(customer, other) and frozenset((customer.id, other.id)) not in told_apart]
    return alike[:limit]


def tell_apart(customer: Customer, other: Customer) -> None:
    """Note that the two are not one person; idempotent."""
    if frozenset((customer.id, other.id)) in _load_distinctions({customer.id}):
        return
    db.session.add(CustomerDistinction(customer_id=customer.id, other_id=other.id, author_id=find_acting_user_id()))
    db.session.flush()
    record("customers_told_apart", subject=customer.id, data={"other_id": other.id})


def may_be_same(one: Customer, other: Customer) -> bool:
    """Whether two who have something in common may be one person: alike in name, and not born on different days."""
    if one.birth_index and other.birth_index and one.birth_index != other.birth_index:
        return False
    return bool(one.name and other.name) and is_alike(one.name or "", other.name or "")


def is_alike(one: str, other: str) -> bool:
    """Whether one name may be the other, misheard, mistyped, or without a middle name; a family name alone is nobody's."""
    words, others = split_name(one), split_name(other)
    if min(len(words), len(others)) < 2:
        return False
    if is_same_name(one, other):
        return True
    if len(words) != len(others):
        short, long = sorted((words, others), key=len)
        return {short[0], short[-1]} == {long[0], long[-1]} and set(short) <= set(long)
    if len(words) > MAX_WORDS:
        return False
    return any(all(map(_is_same_word, words, order)) for order in permutations(others))


def _is_same_word(one: str, other: str) -> bool:
    one, other = (" ".join(split_words(word)) or word for word in (one, other))
    if one == other or (one[:1] == other[:1] and to_phonetic(one) == to_phonetic(other)):
        return True
    if {one, other} <= _load_given_names():
        # Lena and Lina are sisters, and no slip of the keyboard
        return False
    shortest = min(len(one), len(other))
    return shortest >= MIN_LENGTH and _count_slips(one, other) <= (2 if shortest >= LONG else 1)


def _count_slips(one: str, other: str) -> int:
    """The letters that are wrong, missing, too many or swapped (the optimal string alignment distance)."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for place, letter in enumerate(one, 1):
        last, before, row = before, row, [place]
        for column, counterpart in enumerate(other, 1):
            row.append(min(before[column] + 1, row[column - 1] + 1, before[column - 1] + (letter != counterpart)))
            if place > 1 and column > 1 and letter == other[column - 2] and one[place - 2] == counterpart:
                row[column] = min(row[column], last[column - 2] + 1)
    return row[-1]


@lru_cache(maxsize=1)
def _load_given_names() -> frozenset[str]:
    text = Path(__file__).with_name("given_names.txt").read_text()
    return frozenset(" ".join(split_words(name)) for name in text.split())


def _list_pairs_in_common() -> list[tuple[str, str]]:
    one, other = aliased(CustomerIdentifier), aliased(CustomerIdentifier)
    same_contact = and_(other.company_id == one.company_id, other.kind == one.kind, other.value == one.value)
    contacts = select(one.customer_id, other.customer_id).join(other, and_(same_contact, other.customer_id > one.customer_id))
    first, second = aliased(Customer), aliased(Customer)
    same_day = and_(second.company_id == first.company_id, second.birth_index == first.birth_index, second.id > first.id)
    birthdays = select(first.id, second.id).join(second, same_day)
    rows = [*db.session.execute(contacts.limit(MAX_PAIRS)), *db.session.execute(birthdays.limit(MAX_PAIRS))]
    return sorted({(row[0], row[1]) for row in rows}, reverse=True)


def _load_distinctions(customer_ids: Collection[str]) -> set[frozenset[str]]:
    """The pairs that people have told apart in which one of these is."""
    named = or_(CustomerDistinction.customer_id.in_(customer_ids), CustomerDistinction.other_id.in_(customer_ids))
    rows = select(CustomerDistinction.customer_id, CustomerDistinction.other_id).where(named)
    return {frozenset(row) for row in db.session.execute(rows)} if customer_ids else set()


def _load(customer_ids: Collection[str]) -> dict[str, Customer]:
    rows = select(Customer).options(selectinload(Customer.identifiers)).where(Customer.id.in_(customer_ids))
    return {customer.id: customer for customer in db.session.scalars(rows)} if customer_ids else {}


def _order(one: Customer, other: Customer) -> Pair:
    return (one, other) if (one.created_at, one.id) <= (other.created_at, other.id) else (other, one)
