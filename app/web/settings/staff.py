"""Staff members: their branches and services."""

from contextlib import nullcontext
from typing import Annotated, Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from app.core.errors import InvalidInput, NotFound
from app.core.extensions import db
from app.core.transactions import transaction
from app.domain.bookings.orphaned_bookings import BookingsAffected, guard_bookings
from app.domain.services import catalogue, catalogue_editor, overrides
from app.models import Branch, Service, StaffMember
from app.web.dashboard.absence_notes import list_orphaned_lines
from app.web.fields import Email, Flag, Id, Phone, TextField
from app.web.forms import Form, raise_invalid, to_errors
from app.web.guards import for_company
from app.web.settings.affected_bookings import AcceptedCount, AffectedBookings, build_affected
from app.web.settings.service_overrides_form import format_price, get_typed_overrides, read_overrides, to_fields

blueprint = Blueprint("staff", __name__)


class StaffMemberForm(Form):
    name: Annotated[str, TextField(120)]
    email: Email | None = None
    phone: Phone | None = None
    is_active: Flag = False
    branch_ids: tuple[Id, ...] = ()
    service_ids: tuple[Id, ...] = ()
    accepted: AcceptedCount = 0


@blueprint.get("/settings/staff")
@for_company("services.read")
def index() -> str:
    people = db.session.scalars(select(StaffMember).order_by(StaffMember.is_active.desc(), StaffMember.position, StaffMember.name)).all()
    branches, services = catalogue.load_assignments([person.id for person in people])
    return render_template(
        "settings/staff.html", people=people, branches=branches, services=services,
        branch_names=dict(_list_branches()), service_names=dict(_list_services()),
        lines=list_orphaned_lines(),
    )  # fmt: skip


@blueprint.get("/settings/staff/new")
@for_company("services.write")
def new() -> str:
    """Show the form with all branches and services ticked, because a staff member without any could not be booked."""
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
    form, errors = StaffMemberForm.parse()
    service_ids = form.service_ids if form else ()
    staff_overrides, override_errors = read_overrides(service_ids)
    try:
        raise_invalid(errors | override_errors)
        assert form is not None
        with transaction(), guard_bookings(accepted=form.accepted, staff_id=person.id) if person else nullcontext():
            saved = catalogue_editor.save_staff_member(person.id if person else None, **form.model_dump(exclude={"accepted"}))
            overrides.save_staff_overrides(saved.id, staff_overrides)
    except InvalidInput as error:
        return _render_form(person, get_typed_overrides(service_ids) | StaffMemberForm.typed(), to_errors(error)), 422
    except BookingsAffected as error:
        values = get_typed_overrides(service_ids) | StaffMemberForm.typed()
        return _render_form(person, values, {}, build_affected(error)), error.status
    if form.accepted:
        flash(_("Gespeichert: %(name)s. Diese Termine stehen noch.", name=form.name), "message")
        return redirect(url_for("absences.orphaned", staff_id=saved.id))
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


def _render_form(
    person: StaffMember | None, values: dict[str, Any], errors: dict[str, str], affected: AffectedBookings | None = None
) -> str:
    statement = select(Service).where(Service.id.in_(values["service_ids"]), Service.is_active).order_by(Service.position, Service.name)
    own_services = [(service.id, service.name, service) for service in db.session.scalars(statement) if not service.parts] if person else []
    return render_template(
        "settings/staff_member.html",
        person=person,
        values=values,
        errors=errors,
        affected=affected,
        branches=_list_branches(),
        services=_list_services(),
        own=own_services,
        price_text=format_price,
    )
