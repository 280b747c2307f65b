"""Numbers that no company owns: support gives them to a branch, and what waited is worked through."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.core import phone
from app.core.errors import AppError
from app.core.extensions import db
from app.core.requests import reader_zone
from app.core.tenancy import every_company
from app.core.transactions import transaction
from app.domain.audit.writing import record
from app.domain.companies.numbers import assign_number, unassigned_numbers
from app.models import Branch, Company
from app.web.dashboard.call import PROVIDERS
from app.web.guards import for_support
from app.web.words import WAITING_REASONS

blueprint = Blueprint("unassigned", __name__)


@blueprint.get("/admin/unassigned")
@for_support("support.unassigned")
def index() -> str:
    return _page(request.args.get("number"), form={}, errors={})


@blueprint.post("/admin/unassigned")
@for_support("support.unassigned")
def assign() -> Response | tuple[str, int]:
    number = request.form.get("number", "")[:64]
    form = {field: request.form.get(field, "")[:500] for field in ("branch_id", "valid_from", "note")}
    branch, valid_from, errors = _checked(form)
    if not errors and branch is not None:
        try:
            with transaction():
                assign_number(number, company_id=branch.company_id, branch_id=branch.id, valid_from=valid_from)
                record(
                    "number_assigned",
                    subject=f"number:{number}",
                    company_id=branch.company_id,
                    data={"branch_id": branch.id, "note": form["note"]},
                )
        except AppError as refusal:
            errors = {"branch_id": str(refusal.message)}
    if errors:
        return _page(number, form=form, errors=errors), 422
    flash(_("%(number)s ist zugeordnet. Was wartete, wird jetzt nachgetragen.", number=phone.display(number)))
    return redirect(url_for("unassigned.index"))


def _page(chosen: str | None, *, form: dict[str, str], errors: dict[str, str]) -> str:
    numbers = [_row(row) for row in unassigned_numbers()]
    picked = next((row for row in numbers if row.number and row.number == chosen), None)
    return render_template(
        "admin/unassigned.html",
        numbers=numbers,
        chosen=picked,
        branches=_branches() if picked else [],
        form={"branch_id": "", "valid_from": "", "note": "", **form},
        errors=errors,
    )


def _row(row: dict[str, Any]) -> SimpleNamespace:
    number = row["dialled"]
    return SimpleNamespace(
        number=number,
        display=phone.display(number) if number else None,
        provider=PROVIDERS.get(row["provider"], row["provider"]),
        calls=row["calls"],
        events=row["events"],
        first_at=row["first_at"],
        last_at=row["last_at"],
        reason=WAITING_REASONS.get(row["reason"], row["reason"]),
        href=url_for("unassigned.index", number=number) if number else url_for("webhooks.index", status="unassigned"),
    )


def _branches() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every branch there is, by company."""
    with every_company():
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


def _checked(form: dict[str, str]) -> tuple[Branch | None, datetime | None, dict[str, str]]:
    """The branch and the instant meant, and what is wrong with what was typed."""
    errors = {}
    with every_company():
        branch = db.session.scalars(select(Branch).where(Branch.id == form["branch_id"])).first()
    if branch is None:
        errors["branch_id"] = _("Bitte wählen Sie eine Filiale.")
    valid_from = None
    if form["valid_from"]:
        try:
            zone = ZoneInfo(branch.zone if branch else reader_zone())
            valid_from = datetime.fromisoformat(form["valid_from"]).replace(tzinfo=zone).astimezone(UTC)
        except (ValueError, OverflowError):
            errors["valid_from"] = _("Das ist kein Zeitpunkt.")
    return branch, valid_from, errors
