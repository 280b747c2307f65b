"""Numbers that no company owns: support gives them to a branch, and what waited is worked through."""

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
from app.domain.companies.phone_numbers import NumberTaken, assign_number, list_unassigned_numbers
from app.models import Branch, Company
from app.web.admin.labels import describe_number_conflict
from app.web.fields import Id, LocalMoment, MultilineField, TextField
from app.web.forms import Form, Query, raise_invalid, to_errors
from app.web.guards import for_support
from app.web.labels import PENDING_REASONS, PROVIDER_NAMES

blueprint = Blueprint("unassigned", __name__)


class NumberQuery(Query):
    number: Annotated[str, TextField(64)] | None = None


class AssignForm(Form):
    number: Annotated[str, TextField(64)]
    branch_id: Id = ""
    valid_from: LocalMoment | None = None
    note: Annotated[str, MultilineField(500)] = ""


@blueprint.get("/admin/unassigned")
@for_support("support.unassigned")
def index() -> str:
    return _render_page(NumberQuery.read_known().number, form={}, errors={})


@blueprint.post("/admin/unassigned")
@for_support("support.unassigned")
def assign() -> Response | tuple[str, int]:
    try:
        form = AssignForm.read()
        branch = _get_branch(form.branch_id)
        # the hands of the clock there
        valid_from = form.valid_from.replace(tzinfo=ZoneInfo(branch.zone)).astimezone(UTC) if form.valid_from else None
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
            AssignForm.typed()["number"], form=AssignForm.typed(), errors={"branch_id": describe_number_conflict(taken)}
        ), taken.status
    except AppError as refusal:
        typed, wrong = AssignForm.typed(), to_errors(refusal) or {"branch_id": str(refusal.message)}
        return _render_page(typed["number"], form=typed, errors=wrong), 422
    flash(_("%(number)s ist zugeordnet. Was wartete, wird jetzt nachgetragen.", number=phone.display(form.number)))
    return redirect(url_for("unassigned.index"))


def _render_page(chosen: str | None, *, form: dict[str, Any], errors: dict[str, str]) -> str:
    numbers = [_build_row(row) for row in list_unassigned_numbers()]
    picked = next((row for row in numbers if row.number and row.number == chosen), None)
    return render_template(
        "admin/unassigned.html",
        numbers=numbers,
        chosen=picked,
        branches=_list_branches() if picked else [],
        form={"branch_id": "", "valid_from": "", "note": "", **form},
        errors=errors,
    )


def _build_row(row: dict[str, Any]) -> SimpleNamespace:
    number = row["dialled"]
    return SimpleNamespace(
        number=number,
        display=phone.display(number) if number else None,
        provider=PROVIDER_NAMES.get(row["provider"], row["provider"]),
        calls=row["calls"],
        events=row["events"],
        first_at=row["first_at"],
        last_at=row["last_at"],
        reason=PENDING_REASONS.get(row["reason"], row["reason"]),
        href=url_for("unassigned.index", number=number) if number else url_for("webhooks.index", status="unassigned"),
    )


def _list_branches() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every branch there is, by company."""
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
