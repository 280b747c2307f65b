"""Whatever is asked, and however: only rows of the company at work answer, and without a company nothing does."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import delete, exists, func, insert, literal, select, text, union_all, update
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import aliased

from app.core.tenancy import (
    OWNED_TABLES,
    CompanyContextMissing,
    CompanyScoped,
    CrossCompanyAccess,
    clear_company,
    company_scope,
    current_company_id,
    unscoped,
)
from app.models import Branch, Company, Customer
from tests.support.tables import each_row

Row = dict[str, str]


@pytest.fixture
def two(db: SQLAlchemy) -> tuple[str, str]:
    """Two companies with a branch and a customer each, both called after their company."""
    ids = []
    for slug in ("lindgren", "kruse"):
        company = Company(slug=slug, name=slug)
        db.session.add(company)
        db.session.flush()
        with company_scope(company.id):
            db.session.add_all([Branch(slug=slug, name=slug), Customer(name=slug)])
            db.session.commit()
        ids.append(company.id)
    db.session.expunge_all()
    return ids[0], ids[1]


OTHER = aliased(Branch)
READS: dict[str, Callable[[], Any]] = {
    "rows": lambda: select(Branch.name),
    "entities": lambda: select(Branch).with_only_columns(Branch.name),
    "an alias": lambda: select(OTHER.name),
    "an alias beside the model": lambda: select(Branch.name).join(OTHER, OTHER.name != Branch.name, isouter=True),
    "a lock": lambda: select(Branch.name).with_for_update(),
    "a join with something of everybody": lambda: select(Company.name).join(Branch, Branch.company_id == Company.id),
    "a join from something of everybody": lambda: select(Branch.name).select_from(Company).join(Branch, Branch.company_id == Company.id),
    "a join of two": lambda: select(Customer.name).join(Branch, Branch.company_id == Customer.company_id),
    "a subquery": lambda: select(select(Branch.name).subquery().c.name),
    "a common table": lambda: select(select(Branch.name).cte("of_all").c.name),
    "a union": lambda: select(union_all(select(Branch.name), select(Customer.name)).subquery().c.name),
    "a scalar subquery": lambda: select(select(func.max(Branch.name)).scalar_subquery()),
    "an in": lambda: select(Company.name).where(Company.id.in_(select(Branch.company_id))),
    "an exists": lambda: select(Company.name).where(exists().where(Branch.company_id == Company.id)),
    "a group": lambda: select(Branch.name).group_by(Branch.name).having(func.count() > 0),
    "a window": lambda: select(Branch.name, func.row_number().over(order_by=Branch.name)),
}


@each_row("how", READS)
def test_rows_past_the_orm_are_its_own_too(db: SQLAlchemy, two: tuple[str, str], how: str) -> None:
    for company_id, own in zip(two, ("lindgren", "kruse"), strict=True):
        with company_scope(company_id):
            assert {row[0] for row in db.session().plain_rows(READS[how](), {})} == {own}
    with clear_company(), pytest.raises(CompanyContextMissing):
        db.session().plain_rows(READS[how](), {})


def test_rows_past_the_orm_are_asked_of_models_only(db: SQLAlchemy, two: tuple[str, str]) -> None:
    with company_scope(two[0]), pytest.raises(CompanyContextMissing):
        db.session().plain_rows(select(Branch.__table__.c.name), {})


@each_row("how", READS)
def test_a_company_reads_its_own_rows_only(db: SQLAlchemy, two: tuple[str, str], how: str) -> None:
    for company_id, own in zip(two, ("lindgren", "kruse"), strict=True):
        with company_scope(company_id):
            assert set(db.session.scalars(READS[how]())) == {own}


@each_row("how", READS)
def test_without_a_company_nothing_is_read(db: SQLAlchemy, two: tuple[str, str], how: str) -> None:
    with pytest.raises(CompanyContextMissing):
        db.session.scalars(READS[how]()).all()


def test_counts_and_loose_existence_are_the_companys_own(db: SQLAlchemy, two: tuple[str, str]) -> None:
    with company_scope(two[0]):
        assert db.session.scalar(select(func.count()).select_from(Branch)) == 1
        assert db.session.scalar(select(func.count(Branch.id))) == 1
        assert db.session.scalars(select(literal(1)).where(exists().where(Branch.name == "kruse"))).all() == []
        assert db.session.query(Branch).count() == 1


def test_support_sees_all_of_them_in_the_open(db: SQLAlchemy, two: tuple[str, str]) -> None:
    with unscoped():
        assert set(db.session.scalars(select(Branch.name))) == {"lindgren", "kruse"}


def test_a_row_is_got_by_its_id_only_inside_its_company(db: SQLAlchemy, two: tuple[str, str]) -> None:
    with unscoped():
        foreign = db.session.scalars(select(Branch).where(Branch.name == "kruse")).one()
    with company_scope(two[0]):
        assert db.session.get(Branch, foreign.id) is None, "the identity map knows it, the company must not"
        db.session.expunge_all()
        assert db.session.get(Branch, foreign.id) is None
    with company_scope(two[1]):
        assert db.session.get(Branch, foreign.id) is not None
    with pytest.raises(CompanyContextMissing):
        db.session.get(Branch, foreign.id)


def test_updates_and_deletes_reach_the_companys_own_rows_only(db: SQLAlchemy, two: tuple[str, str]) -> None:
    with company_scope(two[0]):
        assert db.session.execute(update(Branch).values(city="Berlin")).rowcount == 1
        assert db.session.execute(update(Branch).where(Branch.name == "kruse").values(city="Berlin")).rowcount == 0
        assert db.session.execute(delete(Customer).where(Customer.name == "kruse")).rowcount == 0
        db.session.commit()
    with unscoped():
        assert dict(db.session.execute(select(Branch.name, Branch.city)).all()) == {"lindgren": "Berlin", "kruse": None}
        assert db.session.query(Customer).count() == 2


def test_updates_by_primary_key_reach_the_companys_own_rows_only(db: SQLAlchemy, two: tuple[str, str]) -> None:
    with unscoped():
        ids = dict(db.session.execute(select(Branch.name, Branch.id)).all())
    with company_scope(two[0]), pytest.raises(CrossCompanyAccess):
        db.session.execute(update(Branch), [{"id": ids["lindgren"], "city": "Berlin"}, {"id": ids["kruse"], "city": "Berlin"}])
    db.session.rollback()
    with company_scope(two[0]):
        db.session.execute(update(Branch), [{"id": ids["lindgren"], "city": "Berlin"}])
        db.session.commit()
    with unscoped():
        assert dict(db.session.execute(select(Branch.name, Branch.city)).all()) == {"lindgren": "Berlin", "kruse": None}


BARE: dict[str, Callable[[], Any]] = {
    "a select": lambda: select(Branch.__table__.c.name),
    "a count": lambda: select(func.count()).select_from(Branch.__table__),
    "a subquery": lambda: select(select(Branch.__table__.c.name).subquery().c.name),
    "an in": lambda: select(Company.name).where(Company.id.in_(select(Branch.__table__.c.company_id))),
    "an exists": lambda: select(Company.name).where(exists(select(Branch.__table__.c.id))),
    "a join": lambda: select(Company.name).join(Branch.__table__, Branch.__table__.c.company_id == Company.id),
    "an update": lambda: update(Branch.__table__).values(city="Berlin"),
    "a delete": lambda: delete(Customer.__table__),
    "an update from": lambda: update(Company).where(Company.id == Branch.__table__.c.company_id).values(industry="x"),
}


@each_row("how", BARE)
def test_a_bare_table_is_refused_because_the_filter_hangs_on_models(db: SQLAlchemy, two: tuple[str, str], how: str) -> None:
    for scope in (clear_company(), company_scope(two[0])):
        with scope, pytest.raises(CompanyContextMissing):
            db.session.execute(BARE[how]())
        db.session.rollback()


def test_new_rows_get_the_company_at_work(db: SQLAlchemy, two: tuple[str, str]) -> None:
    with company_scope(two[0]):
        row = Customer(name="Frieda")
        db.session.add(row)
        db.session.flush()
        assert row.company_id == two[0]
    db.session.rollback()


def test_a_row_of_another_company_is_never_written(db: SQLAlchemy, two: tuple[str, str]) -> None:
    with company_scope(two[0]), pytest.raises(CrossCompanyAccess):
        db.session.add(Customer(name="Frieda", company_id=two[1]))
        db.session.flush()
    db.session.rollback()
    with unscoped():
        foreign = db.session.scalars(select(Branch).where(Branch.name == "kruse")).one()
    for change in (lambda: setattr(foreign, "name", "taken"), lambda: db.session.delete(foreign)):
        with company_scope(two[0]), pytest.raises(CrossCompanyAccess):
            change()
            db.session.flush()
        db.session.rollback()
    with unscoped(), pytest.raises(CrossCompanyAccess):
        db.session.add(Customer(name="nobody's"))
        db.session.flush()
    db.session.rollback()
    with pytest.raises(CompanyContextMissing):
        db.session.add(Customer(name="nobody's", company_id=two[1]))
        db.session.flush()
    db.session.rollback()


def test_a_row_does_not_change_hands(db: SQLAlchemy, two: tuple[str, str]) -> None:
    with company_scope(two[0]):
        own = db.session.scalars(select(Branch)).one()
        own.company_id = two[1]
        with pytest.raises(CrossCompanyAccess):
            db.session.flush()
        db.session.rollback()
        with pytest.raises(CrossCompanyAccess):
            db.session.execute(update(Branch).values(company_id=two[1]))
        with pytest.raises(CrossCompanyAccess):
            db.session.execute(update(Branch), [{"id": own.id, "company_id": two[1]}])


def test_inserts_name_the_company_at_work_in_every_row(db: SQLAlchemy, two: tuple[str, str]) -> None:
    own = {"company_id": two[0], "name": "own"}
    for rows in ([{**own, "company_id": two[1]}], [own, {**own, "company_id": two[1]}], [{"name": "nobody's"}]):
        with company_scope(two[0]), pytest.raises(CrossCompanyAccess):
            db.session.execute(insert(Customer), rows)
        with company_scope(two[0]), pytest.raises(CrossCompanyAccess):
            db.session.execute(insert(Customer).values(rows))
        with company_scope(two[0]), pytest.raises(CrossCompanyAccess):
            db.session.execute(sqlite_insert(Customer).values(rows).on_conflict_do_nothing())
    with company_scope(two[0]):
        db.session.execute(insert(Customer), [own])
        assert db.session.scalars(select(Customer.name).order_by(Customer.name)).all() == ["lindgren", "own"]
    with pytest.raises(CompanyContextMissing):
        db.session.execute(insert(Customer), [own])


def test_the_ways_around_the_unit_of_work_are_closed(db: SQLAlchemy, two: tuple[str, str]) -> None:
    foreign = {"company_id": two[1], "name": "smuggled"}
    with company_scope(two[0]):
        for smuggle in (
            lambda: db.session.bulk_insert_mappings(Customer, [foreign]),
            lambda: db.session.bulk_save_objects([Customer(**foreign)]),
            lambda: db.session.bulk_update_mappings(Customer, [{"id": "x", "name": "y"}]),
        ):
            with pytest.raises(CrossCompanyAccess):
                smuggle()


def test_scopes_nest_and_end(two: tuple[str, str]) -> None:
    assert current_company_id() is None
    with company_scope(two[0]):
        with company_scope(two[1]):
            assert current_company_id() == two[1]
        with unscoped():
            assert current_company_id() is None
        with clear_company():
            assert current_company_id() is None
        assert current_company_id() == two[0]
    assert current_company_id() is None
    for nothing in ("", "*", None):
        with pytest.raises(CompanyContextMissing), company_scope(nothing):  # type: ignore[arg-type]
            pass


def test_a_scope_is_of_one_thread_and_one_request(app: Flask, two: tuple[str, str]) -> None:
    import threading

    seen: list[str | None] = []
    with company_scope(two[0]):
        thread = threading.Thread(target=lambda: seen.append(current_company_id()))
        thread.start()
        thread.join()
    assert seen == [None]


def test_every_table_with_a_company_is_owned_or_says_why_not(db: SQLAlchemy) -> None:
    """A new table that names a company and is not owned would be outside the filter."""
    seen_by_machinery = {
        "webhook_events": "whose it is comes out when it is worked through",
        "rejected_webhooks": "support's; nobody proved whose they are, the company is only what they name",
        "users": "signing in comes before the company is known; platform users have none",
        "audit_entries": "support's entries belong to no company",
        "feature_flags": "a flag may stand for all",
        "provider_accounts": "the platform's own account at a provider belongs to no company",
        "api_keys": "a key is looked up before its company is known",
        "user_branches": "read when somebody signs in, with the user's own company in its key",
    }
    with_company = {table.name for table in db.metadata.tables.values() if "company_id" in table.c}
    assert with_company - OWNED_TABLES - seen_by_machinery.keys() == set()


def test_every_reference_between_owned_tables_stays_inside_the_company(db: SQLAlchemy) -> None:
    """The database itself refuses a row of one company that points to a row of another."""
    loose = [
        f"{table.name}.{','.join(key.column_keys)}"
        for table in db.metadata.tables.values()
        if table.name in OWNED_TABLES
        for key in table.foreign_key_constraints
        if key.referred_table.name in OWNED_TABLES and "company_id" not in key.column_keys
    ]
    assert loose == []


def test_raw_sql_is_not_for_the_session(db: SQLAlchemy, two: tuple[str, str]) -> None:
    """The filter cannot look into text: what names an owned table there is refused."""
    with company_scope(two[0]), pytest.raises(CompanyContextMissing):
        db.session.execute(text("SELECT name FROM branches"))
    assert db.session.execute(text("SELECT 1")).scalar() == 1
    assert issubclass(Branch, CompanyScoped)
