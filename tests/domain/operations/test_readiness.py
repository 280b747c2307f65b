from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from app.core.tenancy import company_scope, unscoped
from app.core.transactions import transaction
from app.domain.operations import onboarding
from app.domain.operations.company_list import list_companies
from app.domain.operations.onboarding import Place
from app.domain.operations.readiness import STEPS, missing_steps
from app.models import AgentDeployment, Service, StaffMember
from tests.support.calls import make_call
from tests.support.people import make_company, make_user


def test_each_step_is_missing_until_it_is_done(app: Flask, db: SQLAlchemy) -> None:
    with unscoped(), transaction():
        company, _agent = onboarding.create_company("Salon Sonne", "hair_salon")
    missing = [missing_in(company.id)]
    with transaction():
        branch = onboarding.create_branch(company, "Mitte", Place())
    missing.append(missing_in(company.id))
    with transaction():
        onboarding.add_number(company, branch.id, "+493023125100")
    missing.append(missing_in(company.id))
    make_user(company)
    missing.append(missing_in(company.id))
    with company_scope(company.id), transaction():
        db.session.query(AgentDeployment).one().state = "right"
    missing.append(missing_in(company.id))
    with company_scope(company.id), transaction():
        db.session.add(Service(slug="cut", name="Schnitt", minutes=30))
    missing.append(missing_in(company.id))
    with company_scope(company.id), transaction():
        db.session.add(StaffMember(name="Mara"))
    missing.append(missing_in(company.id))
    assert missing == [list(STEPS[number:]) for number in range(len(STEPS) + 1)]


def test_what_another_company_has_helps_nobody(app: Flask, db: SQLAlchemy) -> None:
    make_user(make_company())
    with unscoped(), transaction():
        company, _agent = onboarding.create_company("Salon Sonne", "hair_salon")
    assert missing_in(company.id) == list(STEPS)


def test_the_list_counts_what_each_company_has(app: Flask, db: SQLAlchemy) -> None:
    lindgren = make_company(branches=("Mitte", "Pankow"))
    make_company("werkstatt-kruse", branches=())
    make_user(lindgren)
    make_user(lindgren, "staff", is_active=False)
    make_call(lindgren)
    with unscoped():
        rows = {row.company.slug: row for row in list_companies()}
    first, second = rows["salon-lindgren"], rows["werkstatt-kruse"]
    assert (first.branches, first.numbers, first.users) == (2, 0, 1) and first.last_call_at is not None
    assert (second.branches, second.numbers, second.users, second.last_call_at) == (0, 0, 0, None)


def missing_in(company_id: str) -> list[str]:
    with unscoped():
        return missing_steps(company_id)
