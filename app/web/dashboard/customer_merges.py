"""Records that may be one person: suggestions, the preview of a merge, the merge itself, and the way back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _, lazy_gettext as _l, ngettext
from werkzeug.wrappers import Response

from app.core.errors import AppError
from app.core.extensions import db
from app.core.phone import display
from app.core.transactions import run_in_transaction
from app.domain.customers.merge import UNDO_PERIOD, list_merges, merge_customers, preview_merge
from app.domain.customers.merge_references import Shown
from app.domain.customers.merge_suggestions import list_suggestions, list_suggestions_for, tell_apart
from app.domain.customers.merge_undo import UndoPlan, get_merge, get_merged_name, is_undoable, plan_undo, undo_merge
from app.domain.customers.search import MAX_QUERY_LENGTH, autocomplete
from app.models import Customer, CustomerMerge
from app.web.dashboard.customer_list_view import build_rows
from app.web.dashboard.customer_lookup import get_customer
from app.web.fields import ChoiceField, Id, SearchField
from app.web.forms import Form, Query
from app.web.guards import for_company

MAX_SUGGESTIONS = 100
MAX_OFFERED = 8
# columns of the record that a reader knows by a word; the others follow them
COLUMN_LABELS = {
    "name": _l("Name"),
    "birth_date": _l("Geburtstag"),
    "language": _l("Sprache"),
    "preferred_channel": _l("Schreiben per"),
    "preferred_staff_id": _l("Kommt am liebsten zu"),
}

blueprint = Blueprint("customer_merges", __name__)


class OtherQuery(Query):
    other: Id = ""
    # looks for the other one
    q: Annotated[str, SearchField(MAX_QUERY_LENGTH)] = ""


class MergeForm(Form):
    other: Id
    # whose name stays
    name: Annotated[str, ChoiceField("kept", "merged")] = "kept"


class OtherForm(Form):
    other: Id


class UndoForm(Form):
    merge: Id


@dataclass(frozen=True)
class MergeRow:
    id: str
    at: datetime
    name: str | None
    until: datetime


def list_undoable(customer: Customer) -> list[MergeRow]:
    """The merges into this record that can be taken back."""
    return [_describe_merge(row) for row in list_merges(customer) if is_undoable(row)]


@blueprint.get("/customers/duplicates")
@for_company("customers.write")
def suggestions() -> str:
    pairs = list_suggestions(limit=MAX_SUGGESTIONS)
    rows = {row.id: row for row in build_rows([one for pair in pairs for one in pair])}
    return render_template("dashboard/customer_duplicates.html", pairs=[(rows[one.id], rows[other.id]) for one, other in pairs])


@blueprint.get("/customers/<customer_id>/merge")
@for_company("customers.write")
def preview(customer_id: str) -> str:
    customer, query = get_customer(customer_id), OtherQuery.read_known()
    if not query.other:
        return _choose_other(customer, query.q)
    other = get_customer(query.other)
    plan = preview_merge(customer, other)
    kept, merged = build_rows([customer, other])
    withdrawn = [display(address) if channel == "sms" else address for channel, address in plan.withdrawn]
    return render_template(
        "dashboard/customer_merge.html",
        kept=kept,
        merged=merged,
        records={row.id: row for row in (customer, other)},
        plan=plan,
        moved=_describe_counts(plan.moved),
        withdrawn=withdrawn,
    )


@blueprint.post("/customers/<customer_id>/merge")
@for_company("customers.write")
def merge(customer_id: str) -> Response:
    customer, form = get_customer(customer_id), MergeForm.read()
    other = get_customer(form.other)
    try:
        run_in_transaction(lambda: merge_customers(customer, other, name_of=form.name))  # type: ignore[arg-type]
    except AppError as error:
        db.session.rollback()
        flash(error.message, "error")
    else:
        flash(_("Zusammengeführt. 30 Tage lang lässt sich das zurücknehmen."), "message")
    return _return_to(customer_id)


@blueprint.post("/customers/<customer_id>/distinct")
@for_company("customers.write")
def distinct(customer_id: str) -> Response:
    """Note that the two are not the same person."""
    customer = get_customer(customer_id)
    other = get_customer(OtherForm.read().other)
    run_in_transaction(lambda: tell_apart(customer, other))
    flash(_("Gemerkt. Die beiden werden nicht mehr vorgeschlagen."), "message")
    return redirect(url_for("customer_merges.suggestions"))


@blueprint.get("/customers/<customer_id>/unmerge/<merge_id>")
@for_company("customers.write")
def preview_undo(customer_id: str, merge_id: str) -> str | Response:
    customer = get_customer(customer_id)
    row = get_merge(customer, merge_id)
    try:
        plan = plan_undo(row)
    except AppError as error:
        flash(error.message, "error")
        return _return_to(customer_id)
    return render_template(
        "dashboard/customer_unmerge.html",
        customer=customer,
        merge=_describe_merge(row),
        staying=_describe_counts(plan.new),
        lost=_describe_counts(plan.lost),
        changed=_describe_columns(plan),
    )


@blueprint.post("/customers/<customer_id>/unmerge/<merge_id>")
@for_company("customers.write")
def undo(customer_id: str, merge_id: str) -> Response:
    row = get_merge(get_customer(customer_id), merge_id)
    merged_id = row.merged_id
    try:
        run_in_transaction(lambda: undo_merge(row))
    except AppError as error:
        db.session.rollback()
        flash(error.message, "error")
        return _return_to(customer_id)
    flash(_("Zurückgenommen. Es sind wieder zwei Karteikarten."), "message")
    return _return_to(merged_id)


def _choose_other(customer: Customer, typed: str) -> str:
    found = autocomplete(typed) if typed else list_suggestions_for(customer, limit=MAX_OFFERED)
    others = [other for other in found if other.id != customer.id]
    return render_template("dashboard/customer_merge_choice.html", customer=customer, q=typed, others=build_rows(others))


def _describe_merge(row: CustomerMerge) -> MergeRow:
    return MergeRow(row.id, row.created_at, get_merged_name(row), row.created_at + UNDO_PERIOD)


def _describe_counts(counts: dict[Shown, int]) -> list[str]:
    return [_describe_count(name, count) for name, count in counts.items()]


def _describe_count(name: Shown, count: int) -> str:
    match name:
        case "bookings":
            return ngettext("%(num)s Termin", "%(num)s Termine", count)
        case "calls":
            return ngettext("%(num)s Anruf", "%(num)s Anrufe", count)
        case "messages":
            return ngettext("%(num)s Nachricht", "%(num)s Nachrichten", count)
        case "tasks":
            return ngettext("%(num)s Aufgabe", "%(num)s Aufgaben", count)
        case "notes":
            return ngettext("%(num)s Notiz", "%(num)s Notizen", count)
        case "waitlist":
            return ngettext("%(num)s Platz auf der Warteliste", "%(num)s Plätze auf der Warteliste", count)
        case "tags":
            return ngettext("%(num)s Schlagwort", "%(num)s Schlagwörter", count)
        case "contacts":
            return ngettext("%(num)s Nummer oder Adresse", "%(num)s Nummern oder Adressen", count)
        case "proxies":
            return ngettext("%(num)s Vollmacht", "%(num)s Vollmachten", count)
        case "consents":
            return ngettext("%(num)s Antwort zu Werbung", "%(num)s Antworten zu Werbung", count)


def _describe_columns(plan: UndoPlan) -> list[str]:
    return [str(COLUMN_LABELS[name]) for name in plan.changed if name in COLUMN_LABELS]


def _return_to(customer_id: str) -> Response:
    return redirect(url_for("customers.show", customer_id=customer_id))
