"""Numbers that no company owns: support assigns them to a branch, and their waiting events are processed."""

from datetime import UTC
from types import SimpleNamespace
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.core import phone
from app.core.errors import AppError
from app.core.extensions import db
from app.core.tenancy import unscoped
from app.core.transactions import transaction
from app.domain.audit.log import record
from app.domain.companies.phone_numbers import NumberTaken, assign_number, list_connection_companies, list_unassigned_numbers
from app.models import Branch, Company
from app.web.admin.labels import describe_number_conflict, describe_number_owner
from app.web.fields import Id, LocalMoment, MultilineField, TextField
from app.web.forms import Form, Query, raise_invalid, to_errors
from app.web.guards import for_support
from app.web.labels import PENDING_REASONS, PROVIDER_NAMES

blueprint = Blueprint("unassigned", __name__)


class UnassignedNumberQuery(Query):
    number: Annotated[str, TextField(64)] | None = None


class AssignNumberForm(Form):
    number: Annotated[str, TextField(64)]
    branch_id: Id = ""
    valid_from: LocalMoment | None = None
    note: Annotated[str, MultilineField(500)] = ""


@blueprint.get("/admin/unassigned")
@for_support("support.unassigned")
def index() -> str:
    return _render_page(UnassignedNumberQuery.read_known().number, form={}, errors={})


@blueprint.post("/admin/unassigned")
@for_support("support.unassigned")
def assign() -> Response | tuple[str, int]:
    try:
        form = AssignNumberForm.read()
        branch = _get_branch(form.branch_id)
        # The form has the local time of the branch.
        valid_from = form.valid_from.replace(tzinfo=ZoneInfo(branch.timezone)).astimezone(UTC) if form.valid_from else None
        with transaction():
            assign_number(form.number, company_id=branch.company_id, branch_id=branch.id, valid_from=valid_from)
            record(
                "number_assigned",
                subject=f"number:{form.number}",
                company_id=branch.company_id,
                data={"branch_id": branch.id, "note": form.note},
            )
    except NumberTaken as taken:
        return _render_page(
            AssignNumberForm.typed()["number"], form=AssignNumberForm.typed(), errors={"branch_id": describe_number_conflict(taken)}
        ), taken.status
    except AppError as error:
        typed, errors = AssignNumberForm.typed(), to_errors(error) or {"branch_id": str(error.message)}
        return _render_page(typed["number"], form=typed, errors=errors), 422
    flash(_("%(number)s ist zugeordnet. Was wartete, wird jetzt nachgetragen.", number=phone.display(form.number)))
    return redirect(url_for("unassigned.index"))


def _render_page(selected_number: str | None, *, form: dict[str, Any], errors: dict[str, str]) -> str:
    numbers = [_build_row(row) for row in list_unassigned_numbers()]
    selected = next((row for row in numbers if row.number and row.number == selected_number), None)
    return render_template(
        "admin/unassigned.html",
        numbers=numbers,
        ownerless=sum(row.owner is None for row in numbers),
        chosen=selected,
        owner_sentence=describe_number_owner(selected.number, selected.owner) if selected and selected.owner else None,
        senders=list_connection_companies(selected.number) if selected and selected.owner else [],
        branches=_list_branches() if selected and selected.is_assignable else [],
        form={"branch_id": "", "valid_from": "", "note": "", **form},
        errors=errors,
    )


def _build_row(row: dict[str, Any]) -> SimpleNamespace:
    """A number that is somebody's is not assigned anew, unless its events are older than its assignment."""
    number, owner = row["to_number"], row["owner"]
    return SimpleNamespace(
        number=number,
        display=phone.display(number) if number else None,
        provider=PROVIDER_NAMES.get(row["provider"], row["provider"]),
        calls=row["calls"],
        events=row["events"],
        first_at=row["first_at"],
        last_at=row["last_at"],
        reason=PENDING_REASONS.get(row["reason"], row["reason"]),
        owner=owner,
        is_assignable=bool(number) and (owner is None or row["reason"] == "before_valid_from"),
        href=url_for("unassigned.index", number=number) if number else url_for("webhooks.index", status="unassigned"),
    )


def _list_branches() -> list[tuple[str, list[tuple[str, str]]]]:
    """List all active branches by company."""
    with unscoped():
        rows = db.session.execute(
            select(Company.name.label("company"), Branch.id, Branch.name)
            .join(Branch, Branch.company_id == Company.id)
            .where(Company.is_active, Branch.is_active)
            .order_by(Company.name, Branch.name)
        ).all()
    companies: dict[str, list[tuple[str, str]]] = {}
    for row in rows:
        companies.setdefault(row.company, []).append((row.id, row.name))
    return list(companies.items())


def _get_branch(branch_id: str) -> Branch:
    with unscoped():
        branch = db.session.scalars(select(Branch).where(Branch.id == branch_id)).first()
    if branch is None:
        raise_invalid({"branch_id": _("Bitte wählen Sie eine Filiale.")})
    assert branch is not None
    return branch
