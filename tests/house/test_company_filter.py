"""The company filter fails closed: every owned model, every kind of statement, on both databases."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint, delete, exists, func, insert, literal, select, union_all, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import aliased

from app.core.tenancy import OWNED_TABLES, CompanyContextMissing, CompanyScoped, CrossCompanyAccess, company_scope, unscoped
from app.models import Branch, Call, Company, Customer, CustomerIdentifier, LiveEventSequence, Turn, User
from tests.factories.calls import CustomerFactory
from tests.factories.companies import CompanyFactory
from tests.factories.registry import factories, models
from tests.support.tables import each_row

OWNED = [model for model in models() if issubclass(model, CompanyScoped)]
# tables with a company column that are no owned models, and why the filter cannot hang on them
OPEN = {
    "users": "signing in looks a user up before any company is known",
    "user_branches": "loaded with the user, before any company is known",
    "api_keys": "the key is what tells the company",
    "webhook_events": "whose it is comes out when it is worked through",
    "provider_accounts": "the platform's account at a provider serves many companies",
    "audit_entries": "support and platform have entries too",
    "rejected_webhooks": "nobody proved whose they are",
    "feature_flags": "one row may stand for all companies",
}
# indexes of owned tables that machinery and support's lists read for all companies at once
ACROSS_COMPANIES = {
    "ix_calls_provider_call_id", "ix_calls_time", "ix_calls_to_number",
    "ix_live_events_occurred", "ix_slot_locks_slot_index", "ix_holds_status_expiry",
    "ix_waitlist_offers_expiry",
    "ix_booking_syncs_due", "ix_provider_deletions_due", "ix_agent_deployments_due",
    "ix_truth_checks_due", "ix_notifications_due", "ix_inbound_messages_due", "ix_notifications_provider_ref", "ix_line_checks_result",
    "ix_staff_notices_created", "ix_push_deliveries_due", "ix_push_deliveries_created", "ix_staff_digests_created",
    "ix_consent_requests_created", "ix_withdrawal_links_created", "ix_customer_merges_created",
}  # fmt: skip
# one over all companies
UNIQUE_EVERYWHERE = {
    "uq_phone_numbers_e164", "uq_holds_token_hash", "uq_waitlist_offers_token_hash", "uq_push_subscriptions_endpoint_hash",
    "uq_consent_requests_token_hash", "uq_satisfaction_questions_token_hash", "uq_customer_proxies_token_hash",
    "uq_invitations_token_hash",
}  # fmt: skip
each_owned_model = each_row("model", OWNED)


@pytest.fixture
def two_companies(db: SQLAlchemy) -> tuple[str, str]:
    """Each with one row of every owned model."""
    ids = []
    for _ in range(2):
        company = CompanyFactory()
        with company_scope(company.id):
            for model in OWNED:
                factories()[model]()
        ids.append(company.id)
    db.session.commit()
    return ids[0], ids[1]


def statements(model: type[CompanyScoped]) -> Iterator[tuple[str, Any]]:
    """One of each kind that touches the model, at its head or somewhere inside."""
    other = aliased(model)
    column = next(iter(model.__mapper__.primary_key))
    attribute = model.__mapper__.get_property_by_column(column).class_attribute
    yield "select", select(model)
    yield "select of a column", select(attribute)
    yield "count", select(func.count()).select_from(model)
    yield "alias", select(other)
    yield "join", select(Company.id).join(model, model.company_id == Company.id)
    yield "outer join", select(Company.id).outerjoin(model, model.company_id == Company.id)
    yield "subquery", select(select(model.company_id).subquery().c.company_id)
    yield "exists", select(Company.id).where(exists().where(model.company_id == Company.id))
    yield "in a list", select(Company.id).where(Company.id.in_(select(model.company_id)))
    yield "union", union_all(select(model.company_id), select(model.company_id))
    yield "common table", select(select(model.company_id).cte().c.company_id)
    yield "update", update(model).values(company_id=model.company_id).execution_options(synchronize_session=False)
    yield "delete", delete(model).execution_options(synchronize_session=False)
    yield "bare table", select(model.__table__)
    yield "update of the bare table", update(model.__table__).values(company_id=model.__table__.c.company_id)
    yield "delete from the bare table", delete(model.__table__)


def test_owned_models_are_exactly_those_with_a_company_column(app: Any) -> None:
    with_company = {mapper.local_table.name for mapper in Company.registry.mappers if "company_id" in mapper.local_table.c}
    assert with_company - OPEN.keys() == {model.__tablename__ for model in OWNED} == OWNED_TABLES


@each_owned_model
def test_without_a_company_every_statement_is_refused(db: SQLAlchemy, model: type[CompanyScoped]) -> None:
    for kind, statement in statements(model):
        with pytest.raises(CompanyContextMissing):
            db.session.execute(statement)
            pytest.fail(f"{model.__name__}: {kind} went through")


@each_owned_model
def test_without_a_company_nothing_is_written(db: SQLAlchemy, model: type[CompanyScoped]) -> None:
    db.session.rollback()
    with pytest.raises(CompanyContextMissing):
        db.session.execute(insert(model), [{"company_id": "x"}])
    with pytest.raises(CompanyContextMissing):
        db.session.add(model(company_id="01HZZZZZZZZZZZZZZZZZZZZZZZ"))
        db.session.flush()


def test_a_company_sees_its_own_rows_only(db: SQLAlchemy, two_companies: tuple[str, str]) -> None:
    mine, other = two_companies
    for model in OWNED:
        with company_scope(mine):
            seen = set(db.session.scalars(select(model.company_id)))
            assert seen == {mine}, model.__name__
            assert db.session.scalar(select(func.count()).select_from(model)) >= 1
            assert set(db.session.scalars(select(aliased(model).company_id))) == {mine}
            inner = select(model.company_id).subquery()
            assert set(db.session.scalars(select(inner.c.company_id))) == {mine}
            assert set(db.session.scalars(select(Company.id).where(Company.id.in_(select(model.company_id))))) == {mine}
            assert set(db.session.scalars(select(Company.id).where(exists().where(model.company_id == Company.id)))) == {mine}
            assert set(db.session.scalars(select(Company.id).join(model, model.company_id == Company.id))) == {mine}
            assert set(db.session.execute(union_all(select(model.company_id), select(model.company_id))).scalars()) == {mine}
            cte = select(model.company_id).cte()
            assert set(db.session.scalars(select(cte.c.company_id))) == {mine}
        with unscoped():
            assert {mine, other} <= set(db.session.scalars(select(model.company_id)))


def test_a_foreign_id_finds_nothing(db: SQLAlchemy, two_companies: tuple[str, str]) -> None:
    mine, other = two_companies
    for model in OWNED:
        if model is LiveEventSequence:
            continue
        with company_scope(other):
            row = db.session.scalars(select(model).limit(1)).one()
            key = model.__mapper__.primary_key_from_instance(row)
        with company_scope(mine):
            # the row is still in the session's memory: that way leads nowhere either
            assert db.session.get(model, key) is None, model.__name__
            db.session.expunge_all()
            assert db.session.get(model, key) is None, model.__name__


def test_updates_and_deletes_stay_at_home(db: SQLAlchemy, two_companies: tuple[str, str]) -> None:
    mine, other = two_companies
    with company_scope(mine):
        assert db.session.execute(update(Call).values(summary="mine")).rowcount >= 1
        db.session.execute(delete(Turn))
    with company_scope(other):
        assert set(db.session.scalars(select(Call.summary))) == {None}
        assert db.session.scalar(select(func.count()).select_from(Turn)) >= 1


@each_owned_model
def test_the_bare_table_is_refused_inside_a_company_too(db: SQLAlchemy, model: type[CompanyScoped]) -> None:
    """The filter hangs on models; a statement that goes around them would see everybody's rows."""
    with company_scope(CompanyFactory().id):
        for kind, statement in statements(model):
            if "bare table" in kind:
                with pytest.raises(CompanyContextMissing):
                    db.session.execute(statement)
                    pytest.fail(f"{model.__name__}: {kind} went through")


def test_rows_for_another_company_are_not_written(db: SQLAlchemy, two_companies: tuple[str, str]) -> None:
    mine, other = two_companies
    with company_scope(mine):
        for statement, rows in (
            (insert(Customer), [{"id": "a", "company_id": mine}, {"id": "b", "company_id": other}]),
            (insert(Customer).values(id="a", company_id=other), None),
            (insert(Customer).values([{"id": "a", "company_id": mine}, {"id": "b", "company_id": other}]), None),
            (insert(Customer).values({Customer.id: "a", Customer.company_id: other}), None),
            (insert(Customer), [{"id": "a"}]),
            (insert(Customer).values(id="a", company_id=select(Company.id).where(Company.id == other).scalar_subquery()), None),
            (insert(Customer).from_select(["id", "company_id"], select(literal("a"), literal(other))), None),
        ):
            with pytest.raises(CrossCompanyAccess):
                db.session.execute(statement, *([rows] if rows else []))
        with pytest.raises(CrossCompanyAccess):
            db.session.add(Customer(company_id=other))
            db.session.flush()


def test_a_loaded_row_cannot_be_changed_from_another_company(db: SQLAlchemy, two_companies: tuple[str, str]) -> None:
    mine, other = two_companies
    for change in ("edit", "move", "delete"):
        with company_scope(other):
            call = db.session.scalars(select(Call).limit(1)).one()
        with company_scope(mine):
            if change == "edit":
                call.summary = "changed"
            elif change == "move":
                call.company_id = mine
            else:
                db.session.delete(call)
            with pytest.raises(CrossCompanyAccess):
                db.session.flush()
        db.session.rollback()


def test_new_rows_get_the_company_at_work(db: SQLAlchemy) -> None:
    with company_scope(CompanyFactory().id):
        branch = Branch(slug="x", name="X")
        db.session.add(branch)
        db.session.flush()
        assert branch.company_id


def test_scopes_end_where_they_end(db: SQLAlchemy) -> None:
    with pytest.raises(RuntimeError), company_scope(CompanyFactory().id):
        raise RuntimeError
    with pytest.raises(CompanyContextMissing):
        db.session.scalars(select(Call))
    for nothing in ("", "*"):
        with pytest.raises(CompanyContextMissing), company_scope(nothing):
            pass


def test_a_reference_cannot_cross_companies(db: SQLAlchemy, two_companies: tuple[str, str]) -> None:
    """The database itself refuses: (company_id, x_id) → x(company_id, id)."""
    mine, other = two_companies
    tried = 0
    for model in OWNED:
        for constraint in model.__table__.constraints:
            if not isinstance(constraint, ForeignKeyConstraint) or constraint.referred_table.name == "companies":
                continue
            target = next(known for known in models() if known.__tablename__ == constraint.referred_table.name)
            if target is User:
                continue
            tried += 1
            column = next(name for name in constraint.column_keys if name != "company_id")
            with company_scope(other):
                foreign = db.session.scalars(select(target.id).limit(1)).one()
            with pytest.raises(DBAPIError) as refused, company_scope(mine):
                factories()[model](**{column: foreign})
                pytest.fail(f"{model.__name__}.{column} took another company's row")
            assert isinstance(refused.value, IntegrityError), f"{model.__name__}.{column}: {refused.value}"
            db.session.rollback()
    assert tried > 40


def test_references_between_owned_tables_name_the_company() -> None:
    loose = [
        f"{model.__tablename__}: {constraint.column_keys}"
        for model in OWNED
        for constraint in model.__table__.constraints
        if isinstance(constraint, ForeignKeyConstraint)
        and constraint.referred_table.name in OWNED_TABLES
        and constraint.column_keys[0] != "company_id"
    ]
    assert loose == []


def test_indexes_of_owned_tables_begin_with_the_company() -> None:
    astray = [
        thing.name
        for model in OWNED
        for thing in (*model.__table__.indexes, *model.__table__.constraints)
        if isinstance(thing, Index | UniqueConstraint) and next(iter(thing.columns)).name != "company_id"
    ]
    assert set(map(str, astray)) - ACROSS_COMPANIES - UNIQUE_EVERYWHERE == set()


def test_an_identity_of_a_family_stays_inside(db: SQLAlchemy) -> None:
    """Relationships load by the composite key: the same number at two companies leads to two customers."""
    ids = [CompanyFactory().id for _ in range(2)]
    for company_id in ids:
        with company_scope(company_id):
            customer = CustomerFactory()
            db.session.add(CustomerIdentifier(customer_id=customer.id, kind="phone", value="+491713920050"))
            db.session.flush()
    db.session.expire_all()
    for company_id in ids:
        with company_scope(company_id):
            found = db.session.scalars(select(Customer)).one()
            assert [identifier.company_id for identifier in found.identifiers] == [company_id]
