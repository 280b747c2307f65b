"""Onboarding by support: a company, its branches and numbers, and its first user."""

from typing import Annotated, Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import exists, select
from werkzeug.wrappers import Response

from app.core.errors import AppError, InvalidInput, NotAllowed
from app.core.extensions import db
from app.core.locale import LANGUAGES
from app.core.phone import display
from app.core.tenancy import company_scope
from app.core.transactions import run_in_transaction
from app.domain.accounts import invitations, users
from app.domain.accounts.access import Access
from app.domain.accounts.invitations import IssuedInvitation
from app.domain.accounts.permissions import can
from app.domain.companies.industries import INDUSTRIES
from app.domain.companies.phone_numbers import NumberTaken
from app.domain.operations import branches, onboarding
from app.domain.operations.business_fields import MAX_NAME
from app.domain.operations.onboarding import CompanyExists
from app.domain.scheduling.holidays import GERMAN_STATES
from app.domain.scheduling.opening_hours_text import format_week, parse_week
from app.jobs.agents import deploy_agent
from app.models import Company, Notification, User
from app.models.user import COMPANY_ROLES
from app.web.admin.companies import get_company, render_company
from app.web.admin.labels import describe_number_conflict
from app.web.fields import ChoiceField, Email, Flag, Id, ParserField, Phone, TextField
from app.web.forms import Form, to_errors
from app.web.guards import for_support
from app.web.labels import ROLES
from app.web.settings.invitations import pass_on

blueprint = Blueprint("onboarding", __name__)

Name = Annotated[str, TextField(MAX_NAME)]
State = Annotated[str, ChoiceField(*GERMAN_STATES)]


class CompanyForm(Form):
    name: Name
    industry: Annotated[str, ChoiceField(*INDUSTRIES)]
    timezone: Annotated[str, TextField(64)] = "Europe/Berlin"
    state: State = ""
    language: Annotated[str, ChoiceField(*LANGUAGES)] = "de"
    is_another: Flag = False


class BranchForm(Form):
    name: Name
    street: Annotated[str, TextField(160)] | None = None
    postcode: Annotated[str, TextField(16)] | None = None
    city: Annotated[str, TextField(80)] | None = None
    state: State | None = None
    forward_number: Phone | None = None
    hours: Annotated[list[Any], ParserField(parse_week)] | None = None


class NumberForm(Form):
    number: Phone
    branch_id: Id
    label: Annotated[str, TextField(80)] | None = None


class MoveNumberForm(Form):
    branch_id: Id


class UserForm(Form):
    email: Email
    name: Annotated[str, TextField(120)] = ""
    role: Annotated[str, ChoiceField(*COMPANY_ROLES)] = "owner"


@blueprint.get("/admin/companies/new")
@for_support("support.companies")
def new_company() -> str:
    return _render_company_form({"timezone": "Europe/Berlin", "language": "de"}, {})


@blueprint.post("/admin/companies/new")
@for_support("support.companies")
def make_company() -> Response | tuple[str, int]:
    try:
        form = CompanyForm.read()
        company = run_in_transaction(
            lambda: onboarding.create_company(
                form.name, form.industry, timezone=form.timezone, state=form.state, language=form.language, by=current_user.id,
                is_another=form.is_another,
            )[0]
        )  # fmt: skip
    except CompanyExists as error:
        return _render_company_form(CompanyForm.typed(), to_errors(error), asks_again=True), error.status
    except AppError as error:
        return _render_company_form(CompanyForm.typed(), to_errors(error)), error.status
    flash(_("%(name)s ist angelegt. Als Nächstes braucht sie eine Filiale.", name=company.name))
    return redirect(url_for("onboarding.new_branch", company_id=company.id))


@blueprint.get("/admin/companies/<company_id>/branches/new")
@for_support("support.companies")
def new_branch(company_id: str) -> str:
    company = get_company(company_id)
    return _render_branch_form(company, {"state": company.state or "", "hours": format_week(branches.get_default_week(company))}, {})


@blueprint.post("/admin/companies/<company_id>/branches/new")
@for_support("support.companies")
def make_branch(company_id: str) -> Response | tuple[str, int]:
    company = get_company(company_id)
    try:
        form = BranchForm.read()
        details = branches.BranchDetails(
            street=form.street,
            postcode=form.postcode,
            city=form.city,
            state=form.state,
            forward_number=form.forward_number,
            week=form.hours,
        )
        branch = run_in_transaction(lambda: branches.create_branch(company, form.name, details))
    except AppError as error:
        return _render_branch_form(company, BranchForm.typed(), to_errors(error)), error.status
    flash(_("%(name)s ist angelegt.", name=branch.name))
    return redirect(url_for("companies.show", company_id=company.id))


@blueprint.post("/admin/companies/<company_id>/numbers")
@for_support("support.companies")
def add_number(company_id: str) -> Response | tuple[str, int]:
    company = get_company(company_id)
    try:
        form = NumberForm.read()
        number, deployments = run_in_transaction(lambda: onboarding.add_number(company, form.branch_id, form.number, label=form.label))
    except NumberTaken as taken:
        return render_company(company, form=NumberForm.typed(), errors={"number": describe_number_conflict(taken)}), taken.status
    except AppError as error:
        errors = to_errors(error) or {"branch_id": str(error.message)}
        return render_company(company, form=NumberForm.typed(), errors=errors), 422
    _enqueue_deployments(company, deployments)
    flash(_("%(number)s gehört jetzt zu dieser Filiale.", number=display(number.e164)))
    return redirect(url_for("companies.show", company_id=company.id))


@blueprint.post("/admin/companies/<company_id>/numbers/<number_id>/branch")
@for_support("support.companies")
def move_number(company_id: str, number_id: str) -> Response:
    company, form = get_company(company_id), MoveNumberForm.read()
    with company_scope(company.id):
        number, deployments = run_in_transaction(lambda: onboarding.move_number(number_id, form.branch_id))
    _enqueue_deployments(company, deployments)
    flash(_("%(number)s gehört jetzt zu dieser Filiale.", number=display(number.e164)))
    return redirect(url_for("companies.show", company_id=company.id))


@blueprint.get("/admin/companies/<company_id>/users/new")
@for_support("support.companies")
def new_user(company_id: str) -> str:
    company = get_company(company_id)
    return _render_user_form(company, {"role": "owner"}, {}, roles=_list_roles(company))


@blueprint.post("/admin/companies/<company_id>/users/new")
@for_support("support.companies")
def make_user(company_id: str) -> str | tuple[str, int]:
    """Create a user and show the one-time password, this once."""
    company = get_company(company_id)

    def work() -> tuple[User, str]:
        # Locked, so that of two concurrent requests for the first user the second sees the first.
        db.session.execute(select(Company.id).where(Company.id == company.id).with_for_update())
        roles = _list_roles(company)
        form = UserForm.read()
        if form.role not in roles:
            raise NotAllowed(_("Das dürfen Sie hier nicht."))
        return users.create_user(form.email, form.role, company=company, name=form.name or None)

    try:
        user, password = run_in_transaction(work)
    except NotAllowed:
        raise
    except AppError as error:
        errors = to_errors(error) or {"email": str(error.message)}
        return _render_user_form(company, UserForm.typed(), errors, roles=_list_roles(company)), error.status
    return render_template("admin/user_created.html", company=company, user=user, password=password)


@blueprint.post("/admin/companies/<company_id>/users/invite")
@for_support("support.companies")
def invite_user(company_id: str) -> Any:
    """Invite instead: by mail, or by a link that is shown this once."""
    company = get_company(company_id)

    def work() -> tuple[IssuedInvitation, Notification | None]:
        db.session.execute(select(Company.id).where(Company.id == company.id).with_for_update())
        roles, form = _list_roles(company), UserForm.read()
        if form.role not in roles:
            raise NotAllowed(_("Das dürfen Sie hier nicht."))
        issued = invitations.invite(form.email, Access(form.role), name=form.name or None, by=current_user)
        return issued, pass_on(issued)

    try:
        with company_scope(company.id):
            issued, mail = run_in_transaction(work)
    except InvalidInput as error:
        return _render_user_form(company, UserForm.typed(), to_errors(error), roles=_list_roles(company)), error.status
    if mail is None:
        return render_template("admin/user_invited.html", company=company, invitation=issued.invitation, link=issued.link)
    flash(_("Die Einladung an %(email)s ist unterwegs.", email=issued.invitation.email))
    return redirect(url_for("companies.show", company_id=company.id))


def _list_roles(company: Company) -> tuple[str, ...]:
    """List the roles the reader may grant: all for administrators, for support the first owner only. Raises NotAllowed."""
    if can(current_user, "support.users"):
        return COMPANY_ROLES
    if db.session.scalar(select(exists().where(User.company_id == company.id))):
        raise NotAllowed(_("Diese Firma hat schon Zugänge. Weitere legt eine Administratorin an."))
    return ("owner",)


def _enqueue_deployments(company: Company, deployments: tuple[str, ...]) -> None:
    with company_scope(company.id):
        for deployment_id in deployments:
            deploy_agent.enqueue(deployment_id)


def _render_company_form(form: dict[str, Any], errors: dict[str, str], *, asks_again: bool = False) -> str:
    """Render the form; `asks_again` shows the question whether a second company of this name is intended."""
    return render_template(
        "admin/company_new.html", form=form, errors=errors, asks_again=asks_again or form.get("is_another"),
        industries=[(key, industry.name) for key, industry in INDUSTRIES.items()],
        states=_list_states(_("nur bundesweite Feiertage")), languages=[("de", _("Deutsch")), ("en", _("Englisch"))],
    )  # fmt: skip


def _render_branch_form(company: Company, form: dict[str, Any], errors: dict[str, str]) -> str:
    states = _list_states(_("nur bundesweite Feiertage")) if company.country == "DE" else []
    return render_template("admin/branch_new.html", company=company, form=form, errors=errors, states=states)


def _render_user_form(company: Company, form: dict[str, Any], errors: dict[str, str], *, roles: tuple[str, ...]) -> str:
    role_options = [(role, ROLES[role]) for role in roles]
    return render_template("admin/user_new.html", company=company, form=form, errors=errors, roles=role_options)


def _list_states(empty_label: str) -> list[tuple[str, str]]:
    return [("", empty_label), *sorted(GERMAN_STATES.items(), key=lambda row: row[1])]
