import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.tenancy import company_scope, unscoped
from app.core.transactions import transaction
from app.domain.emergencies import on_call
from app.domain.operations import onboarding
from app.domain.operations.branches import BranchDetails, create_branch
from app.domain.operations.company_list import list_companies
from app.domain.operations.setup_checklist import STEPS, list_missing_booking_steps, list_missing_steps
from app.domain.scheduling.hours_editor import save_week
from app.models import AgentDeployment, AgentVersion, Branch, Service, StaffBranch, StaffMember, StaffService
from tests.support.calls import make_call
from tests.support.users import make_company, make_user


def test_each_step_is_missing_until_it_is_done(app: Flask, db: SQLAlchemy) -> None:
    with unscoped(), transaction():
        company, _agent = onboarding.create_company("Salon Sonne", "hair_salon")
    missing = [missing_in(company.id)]
    with transaction():
        branch = create_branch(company, "Mitte", BranchDetails())
    missing.append(missing_in(company.id))
    with transaction():
        onboarding.add_number(company, branch.id, "+493023125100")
    missing.append(missing_in(company.id))
    make_user(company)
    missing.append(missing_in(company.id))
    with company_scope(company.id), transaction():
        db.session.query(AgentDeployment).one().status = "right"
    missing.append(missing_in(company.id))
    with company_scope(company.id), transaction():
        db.session.add(cut := Service(slug="cut", name="Schnitt", minutes=30))
    missing.append(missing_in(company.id))
    with company_scope(company.id), transaction():
        db.session.add(mara := StaffMember(name="Mara"))
    missing.append(missing_in(company.id))
    with company_scope(company.id), transaction():
        save_week(branch.id, None, [[] for _day in range(7)])
        db.session.add_all([StaffBranch(staff_id=mara.id, branch_id=branch.id), StaffService(staff_id=mara.id, service_id=cut.id)])
    missing.append(missing_in(company.id))
    with company_scope(company.id), transaction():
        save_week(branch.id, None, [[(540, 1080)], *([] for _day in range(6))])
    missing.append(missing_in(company.id))
    steps = STEPS[:-1]
    assert missing == [list(steps[number:]) for number in range(len(steps) + 1)]


def test_who_works_on_other_days_than_the_branch_is_open_can_not_be_booked(app: Flask, db: SQLAlchemy) -> None:
    company = make_company()
    with company_scope(company.id), transaction():
        branch_id = db.session.scalars(select(Branch.id)).one()
        db.session.add_all([cut := Service(slug="cut", name="Schnitt", minutes=30), mara := StaffMember(name="Mara")])
        db.session.flush()
        db.session.add_all([StaffBranch(staff_id=mara.id, branch_id=branch_id), StaffService(staff_id=mara.id, service_id=cut.id)])
        save_week(branch_id, None, [[(540, 1080)], *([] for _day in range(6))])
        save_week(branch_id, mara.id, [[], [(540, 1080)], *([] for _day in range(5))])
        mara_id = mara.id
        assert list_missing_booking_steps(company.id) == list_missing_booking_steps(company.id, branch_id) == ["hours"]
    with company_scope(company.id), transaction():
        save_week(branch_id, mara_id, [[(600, 700)], *([] for _day in range(6))])
        assert list_missing_booking_steps(company.id) == list_missing_booking_steps(company.id, branch_id) == []
        db.session.get_one(StaffMember, mara_id).is_active = False
        db.session.flush()
        assert list_missing_booking_steps(company.id, branch_id) == ["staff", "assignment", "hours"]


@pytest.mark.parametrize("way", ["shift", "branch", "agent"])
def test_an_emergency_reaches_somebody_by_a_shift_or_a_number(app: Flask, db: SQLAlchemy, way: str) -> None:
    with unscoped(), transaction():
        company, _agent = onboarding.create_company("Praxis Sonne", "medical_practice")
        branch = create_branch(company, "Mitte", BranchDetails())
        company_id = company.id
    assert missing_in(company_id)[-1] == "on_call"
    with company_scope(company_id), transaction():
        if way == "shift":
            on_call.add_weekly_shifts(branch, "Mara", "+4915112345678", weekdays=[0], from_minute=0, until_minute=60)
        elif way == "branch":
            branch.forward_number = "+4915112345678"
        else:
            version = db.session.scalars(select(AgentVersion)).one()
            version.content = {**version.content, "forward_number": "+4915112345678"}
    assert "on_call" not in missing_in(company_id)


def test_what_another_company_has_helps_nobody(app: Flask, db: SQLAlchemy) -> None:
    make_user(make_company())
    with unscoped(), transaction():
        company, _agent = onboarding.create_company("Salon Sonne", "hair_salon")
    assert missing_in(company.id) == list(STEPS[:-1])


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
        return list_missing_steps(company_id)
