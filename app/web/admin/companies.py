"""The companies: their list, and one company with its branches, numbers and users."""

from typing import Any

from flask import Blueprint, render_template
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select

from app.core.errors import NotFound
from app.core.extensions import db
from app.core.ids import is_ulid
from app.core.tenancy import company_scope
from app.domain.accounts.permissions import can
from app.domain.companies.industries import get_industry
from app.domain.customers.one_time_codes import MAX_PER_COMPANY_PER_DAY, VerificationSendStats, get_send_stats
from app.domain.operations.company_list import list_companies
from app.domain.operations.setup_checklist import list_missing_steps
from app.models import Agent, Branch, Company, Connection, Invitation, PhoneNumber, User
from app.web.admin.labels import SETUP_STEPS
from app.web.guards import for_support
from app.web.labels import PROVIDER_NAMES

MAX_COMPANIES = 500

blueprint = Blueprint("companies", __name__)


@blueprint.get("/admin/companies")
@for_support("support.companies")
def index() -> str:
    return render_template("admin/companies.html", rows=list_companies(MAX_COMPANIES), get_industry=get_industry)


@blueprint.get("/admin/companies/<company_id>")
@for_support("support.companies")
def show(company_id: str) -> str:
    return render_company(get_company(company_id), form={}, errors={})


def get_company(company_id: str) -> Company:
    company = db.session.get(Company, company_id) if is_ulid(company_id) else None
    if company is None:
        raise NotFound(_("Diese Firma gibt es nicht."))
    return company


def render_company(company: Company, *, form: dict[str, Any], errors: dict[str, str]) -> str:
    """Render a company; `form` and `errors` are those of the form that adds a number."""
    numbers: dict[str, list[PhoneNumber]] = {}
    for number in db.session.scalars(select(PhoneNumber).where(PhoneNumber.company_id == company.id).order_by(PhoneNumber.e164)):
        numbers.setdefault(number.branch_id, []).append(number)
    branches = db.session.scalars(select(Branch).where(Branch.company_id == company.id).order_by(Branch.name)).all()
    people = db.session.scalars(select(User).where(User.company_id == company.id).order_by(User.email).limit(MAX_COMPANIES)).all()
    return render_template(
        "admin/company.html",
        company=company,
        industry=get_industry(company.industry).name,
        branches=branches,
        branch_options=[(branch.id, branch.name) for branch in branches],
        numbers=numbers,
        agents=db.session.scalars(select(Agent).where(Agent.company_id == company.id).order_by(Agent.name)).all(),
        connections=db.session.scalars(select(Connection).where(Connection.company_id == company.id).order_by(Connection.provider)).all(),
        people=people,
        invited=db.session.scalars(select(Invitation).where(Invitation.company_id == company.id).order_by(Invitation.email)).all(),
        may_let_in=not people or can(current_user, "support.users"),
        providers=PROVIDER_NAMES,
        sent=_get_send_stats(company),
        most_sent=MAX_PER_COMPANY_PER_DAY,
        missing=[(step, SETUP_STEPS[step]) for step in list_missing_steps(company.id)],
        form=form,
        errors=errors,
    )


def _get_send_stats(company: Company) -> VerificationSendStats:
    with company_scope(company.id):
        return get_send_stats()
