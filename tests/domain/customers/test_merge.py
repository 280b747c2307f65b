"""Two records become one, and two again, byte for byte."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.clock import now
from app.core.tenancy import company_scope, unscoped
from app.core.transactions import transaction
from app.domain.customers.caller_assurance import find_customers_by_number
from app.domain.customers.contacts import add_identifier, find_or_create
from app.domain.customers.merge import MergeImpossible, find_kept_id, merge_customers, preview_merge
from app.domain.customers.merge_references import REFERENCES
from app.domain.customers.merge_undo import forget_snapshots, plan_undo, undo_merge
from app.domain.customers.notes import add_note
from app.domain.customers.record_editor import CustomerRecord, save_customer
from app.domain.customers.tags import add_tag, load_tags
from app.domain.notifications.marketing_consents import Wording, give_consent, has_consent, withdraw_consent
from app.models import Booking, Customer, CustomerMerge, CustomerProxy
from tests.factories.companies import CompanyFactory
from tests.factories.registry import factories
from tests.support.raw_rows import read_raw_rows

FIRST, SECOND, SHARED = "+491713920050", "+491713920051", "+491713920052"
# a merge is written down, and stays so when it was taken back
KEPT_RECORDS = ("audit_entries", "customer_merges")


@pytest.fixture
def company(db: SQLAlchemy) -> Any:
    made = CompanyFactory()
    db.session.commit()
    return made.id


@pytest.fixture
def pair(db: SQLAlchemy, company: str) -> tuple[str, str]:
    """The same person twice: with one number each and one in common, and something of every kind."""
    with company_scope(company):
        with transaction():
            kept, merged = find_or_create("Svea Thomsen", number=FIRST), find_or_create("Svea Thomson", number=SECOND)
            ids = kept.id, merged.id
            for customer in (kept, merged):
                add_identifier(customer, "phone", SHARED)
                add_tag(customer, "Stammkundin")
            add_tag(merged, "Allergie")
            values = CustomerRecord("Svea Thomson", [SECOND, SHARED], ["svea@post.example"], 1, birth_date=datetime(1985, 3, 3).date())
            save_customer(merged, values)
            add_note(merged, "Mag es still.", is_pinned=True)
        for customer_id in ids:
            with transaction():
                for reference in REFERENCES:
                    extra = {"value": f"{customer_id}@post.example", "kind": "email"} if "identifiers" in reference.name else {}
                    extra |= {"tag": f"von {customer_id}"} if "tags" in reference.name else {}
                    factories()[reference.model](**{reference.column: customer_id}, **extra)
        with transaction():
            factories()[CustomerProxy](customer_id=ids[1], proxy_id=ids[0])
    return ids


def _merge(db: SQLAlchemy, pair: tuple[str, str], **options: Any) -> str:
    with transaction():
        kept, merged = (db.session.scalars(select(Customer).where(Customer.id == one)).one() for one in pair)
        return merge_customers(kept, merged, **options).id


def _undo(db: SQLAlchemy, merge_id: str) -> Any:
    with transaction():
        return undo_merge(db.session.get_one(CustomerMerge, merge_id))


def test_merged_and_taken_back_nothing_has_changed(db: SQLAlchemy, company: str, pair: tuple[str, str]) -> None:
    before = read_raw_rows(db, but=KEPT_RECORDS)
    with company_scope(company):
        merge_id = _merge(db, pair, name_of="merged")
        meanwhile = read_raw_rows(db, but=KEPT_RECORDS)
        assert not any(repr(pair[1]) in row for table in meanwhile.values() for row in table)
        with transaction():
            assert plan_undo(db.session.get_one(CustomerMerge, merge_id)).is_complete
        assert _undo(db, merge_id).is_complete
    after = read_raw_rows(db, but=KEPT_RECORDS)
    assert [table for table in before if before[table] != after[table]] == []


def test_everything_goes_over_and_nothing_twice(db: SQLAlchemy, company: str, pair: tuple[str, str]) -> None:
    with company_scope(company):
        kept, merged = (db.session.scalars(select(Customer).where(Customer.id == one)).one() for one in pair)
        preview = preview_merge(kept, merged)
        assert preview.moved["bookings"] >= 1 and preview.moved["notes"] == 2 and not preview.has_other_birthday
        _merge(db, pair)
        kept = db.session.scalars(select(Customer).where(Customer.id == pair[0])).one()
        assert (kept.name, kept.birth_date) == ("Svea Thomsen", "1985-03-03")
        assert kept.of_kind("phone") == FIRST and sorted(one.value for one in kept.identifiers if one.kind == "phone") == [
            FIRST,
            SECOND,
            SHARED,
        ]
        assert load_tags([pair[0]])[pair[0]] == sorted(["Allergie", "Stammkundin", *(f"von {each}" for each in pair)])
        assert db.session.scalars(select(Customer).where(Customer.id == pair[1])).first() is None
        assert find_kept_id(pair[1]) == pair[0]
        for number in (FIRST, SECOND, SHARED):
            assert [each.id for each in find_customers_by_number(company, number)] == [pair[0]]


def test_a_withdrawal_wins_whatever_came_later(db: SQLAlchemy, company: str) -> None:
    wording = Wording("Ja.", "1")
    with company_scope(company):
        with transaction():
            one, other = find_or_create("Svea Thomsen", number=SHARED), find_or_create("Svea Thomson", number=SHARED)
            ids = one.id, other.id
        with transaction():
            one, other = (db.session.scalars(select(Customer).where(Customer.id == each)).one() for each in ids)
            give_consent(other, "sms", SHARED, wording=wording, source="page")
            withdraw_consent(other.id, "sms", SHARED, source="stop")
            give_consent(one, "sms", SHARED, wording=wording, source="page")
        assert has_consent(ids[0], "sms", SHARED)
        assert preview_merge(one, other).withdrawn == [("sms", SHARED)]
        merge_id = _merge(db, ids)
        assert not has_consent(ids[0], "sms", SHARED)
        _undo(db, merge_id)
        assert has_consent(ids[0], "sms", SHARED) and not has_consent(ids[1], "sms", SHARED)


def test_what_has_changed_since_stays_and_is_named(db: SQLAlchemy, company: str, pair: tuple[str, str]) -> None:
    with company_scope(company):
        merge_id = _merge(db, pair, name_of="merged")
        with transaction():
            kept = db.session.scalars(select(Customer).where(Customer.id == pair[0])).one()
            kept.name = "Svea Thomsen-Koch"
            new_id = factories()[Booking](customer_id=kept.id, created_at=now() + timedelta(seconds=1)).id
            gone = next(one for one in kept.identifiers if one.value == SECOND)
            db.session.delete(gone)
        with transaction():
            plan = plan_undo(db.session.get_one(CustomerMerge, merge_id))
        assert (plan.new, plan.lost, "name" in plan.changed) == ({"bookings": 1}, {"contacts": 1}, True)
        assert _undo(db, merge_id) == plan
        rows = {row.id: row for row in db.session.scalars(select(Customer).where(Customer.id.in_(pair)))}
        assert rows[pair[0]].name == "Svea Thomsen-Koch" and rows[pair[1]].name == "Svea Thomson"
        assert db.session.get_one(Booking, new_id).customer_id == pair[0]


def test_it_is_taken_back_once_in_order_and_for_thirty_days(db: SQLAlchemy, company: str, pair: tuple[str, str]) -> None:
    with company_scope(company):
        with transaction():
            third = find_or_create("Swea Thomsen", number="+491713920053").id
        first = _merge(db, pair)
        second = _merge(db, (pair[0], third))
        with pytest.raises(MergeImpossible), transaction():
            undo_merge(db.session.get_one(CustomerMerge, first))
        _undo(db, second)
        with pytest.raises(MergeImpossible), transaction():
            undo_merge(db.session.get_one(CustomerMerge, second))
        third_merge = _merge(db, (third, pair[0]))
        with pytest.raises(MergeImpossible), transaction():
            undo_merge(db.session.get_one(CustomerMerge, first))
        assert find_kept_id(pair[1]) == third
        _undo(db, third_merge)
        with time_machine.travel(datetime.now(UTC) + timedelta(days=31)):
            with pytest.raises(MergeImpossible), transaction():
                undo_merge(db.session.get_one(CustomerMerge, first))
            with unscoped(), transaction():
                assert forget_snapshots(9) == 1
            assert db.session.get_one(CustomerMerge, first).snapshot is None


def test_a_record_is_not_merged_with_itself(db: SQLAlchemy, company: str, pair: tuple[str, str]) -> None:
    with company_scope(company), pytest.raises(MergeImpossible):
        _merge(db, (pair[0], pair[0]))
