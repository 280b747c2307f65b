"""The companies: each with its branches, numbers and people."""

from flask import Blueprint, render_template
from flask_babel import gettext as _
from sqlalchemy import func, select

from app.core.errors import NotFound
from app.core.extensions import db
from app.core.ids import is_ulid
from app.models import Agent, Branch, Company, Connection, PhoneNumber, User
from app.web.dashboard.call import PROVIDERS
from app.web.guards import for_support

MOST = 500

blueprint = Blueprint("companies", __name__)


@blueprint.get("/admin/companies")
@for_support("support.companies")
def index() -> str:
    found = db.session.scalars(select(Company).order_by(Company.name, Company.id).limit(MOST)).all()
    return render_template("admin/companies.html", companies=found, branches=_counted(Branch), numbers=_counted(PhoneNumber))


@blueprint.get("/admin/companies/<company_id>")
@for_support("support.companies")
def show(company_id: str) -> str:
    company = db.session.get(Company, company_id) if is_ulid(company_id) else None
    if company is None:
        raise NotFound(_("Diese Firma gibt es nicht."))
    numbers: dict[str, list[PhoneNumber]] = {}
    for number in db.session.scalars(select(PhoneNumber).where(PhoneNumber.company_id == company.id).order_by(PhoneNumber.e164)):
        numbers.setdefault(number.branch_id, []).append(number)
    return render_template(
        "admin/company.html",
        company=company,
        branches=db.session.scalars(select(Branch).where(Branch.company_id == company.id).order_by(Branch.name)).all(),
        numbers=numbers,
        agents=db.session.scalars(select(Agent).where(Agent.company_id == company.id).order_by(Agent.name)).all(),
        connections=db.session.scalars(select(Connection).where(Connection.company_id == company.id).order_by(Connection.provider)).all(),
        people=db.session.scalars(select(User).where(User.company_id == company.id).order_by(User.email).limit(MOST)).all(),
        providers=PROVIDERS,
    )


def _counted(model: type[Branch] | type[PhoneNumber]) -> dict[str, int]:
    counted = select(model.company_id, func.count().label("many")).where(model.is_active).group_by(model.company_id)
    return {row.company_id: row.many for row in db.session.execute(counted)}
