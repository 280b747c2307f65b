"""The team: who works where and does what."""

from typing import Annotated, Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from app.core.errors import InvalidInput, NotFound
from app.core.extensions import db
from app.core.transactions import transaction
from app.domain.services import catalogue, catalogue_editor, overrides
from app.models import Branch, Service, StaffMember
from app.web.fields import Email, Flag, Id, Phone, TextField
from app.web.forms import Form, raise_invalid, to_errors
from app.web.guards import for_company
from app.web.settings.overrides_form import format_price, get_typed_overrides, read_overrides, to_fields

blueprint = Blueprint("staff", __name__)


class StaffMemberForm(Form):
    name: Annotated[str, TextField(120)]
    email: Email | None = None
    phone: Phone | None = None
    is_active: Flag = False
    branch_ids: tuple[Id, ...] = ()
    service_ids: tuple[Id, ...] = ()


@blueprint.get("/settings/staff")
@for_company("services.read")
def index() -> str:
    people = db.session.scalars(select(StaffMember).order_by(StaffMember.is_active.desc(), StaffMember.position, StaffMember.name)).all()
    branches, services = catalogue.load_assignments([person.id for person in people])
    return render_template(
        "settings/staff.html", people=people, branches=branches, services=services,
        branch_names=dict(_list_branches()), service_names=dict(_list_services()),
    )  # fmt: skip


@blueprint.get("/settings/staff/new")
@for_company("services.write")
def new() -> str:
    """Works everywhere and does everything until somebody unticks it: without a tick nothing could be booked."""
    values = {
        "is_active": True,
        "branch_ids": [key for key, _name in _list_branches()],
        "service_ids": [key for key, _name in _list_services()],
    }
    return _render_form(None, values, {})


@blueprint.get("/settings/staff/<staff_id>")
@for_company("services.read")
def edit(staff_id: str) -> str:
    person = _get_staff_member(staff_id)
    branches, services = catalogue.load_assignments([person.id])
    values = {name: getattr(person, name) for name in ("name", "email", "phone", "is_active")}
    values |= to_fields(overrides.load_staff_overrides(person.id))
    return _render_form(person, {**values, "branch_ids": branches.get(person.id, []), "service_ids": services.get(person.id, [])}, {})


@blueprint.post("/settings/staff/new")
@for_company("services.write")
def make() -> Any:
    return _save_staff_member(None)


@blueprint.post("/settings/staff/<staff_id>")
@for_company("services.write")
def save(staff_id: str) -> Any:
    return _save_staff_member(_get_staff_member(staff_id))


def _save_staff_member(person: StaffMember | None) -> Any:
    form, wrong = StaffMemberForm.parse()
    does = form.service_ids if form else ()
    own, wrong_own = read_overrides(does)
    try:
        raise_invalid(wrong | wrong_own)
        assert form is not None
        with transaction():
            saved = catalogue_editor.save_staff_member(person.id if person else None, **form.model_dump())
            overrides.save_staff_overrides(saved.id, own)
    except InvalidInput as error:
        return _render_form(person, get_typed_overrides(does) | StaffMemberForm.typed(), to_errors(error)), 422
    flash(_("Gespeichert: %(name)s", name=form.name), "message")
    return redirect(url_for("staff.index"))


def _get_staff_member(staff_id: str) -> StaffMember:
    person = db.session.get(StaffMember, staff_id) if staff_id.isascii() else None
    if person is None:
        raise NotFound(_("Das gibt es hier nicht."))
    return person


def _list_branches() -> list[tuple[str, str]]:
    return [(row.id, row.name) for row in db.session.execute(select(Branch.id, Branch.name).where(Branch.is_active).order_by(Branch.name))]


def _list_services() -> list[tuple[str, str]]:
    statement = select(Service.id, Service.name).where(Service.is_active).order_by(Service.position, Service.name)
    return [(row.id, row.name) for row in db.session.execute(statement)]


def _render_form(person: StaffMember | None, values: dict[str, Any], errors: dict[str, str]) -> str:
    does = select(Service).where(Service.id.in_(values["service_ids"]), Service.is_active).order_by(Service.position, Service.name)
    own = [(service.id, service.name, service) for service in db.session.scalars(does) if not service.parts] if person else []
    return render_template(
        "settings/staff_member.html",
        person=person,
        values=values,
        errors=errors,
        branches=_list_branches(),
        services=_list_services(),
        own=own,
        price_text=format_price,
    )
