"""The form of a customer's record: a new one, and changes of one."""

from dataclasses import dataclass
from typing import Annotated, Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.core.errors import InvalidInput
from app.core.extensions import db
from app.core.phone import display
from app.core.transactions import run_in_transaction
from app.domain.bookings.notifications import readdress_planned
from app.domain.customers.contacts import ContactDetails, validate_contact
from app.domain.customers.record_editor import CustomerRecord, create_customer, save_customer
from app.domain.customers.search import list_same_people
from app.domain.services import catalogue
from app.models import Customer
from app.web.dashboard.customer_list_view import build_rows
from app.web.dashboard.customer_lookup import get_customer
from app.web.fields import ChoiceField, Day, Flag, Id, IntegerField, TextField
from app.web.forms import Form, get_typed_texts, to_errors
from app.web.guards import for_company

MAX_CONTACTS = 10
MAX_STAFF = 200
KINDS = ("phone", "email")

blueprint = Blueprint("customer_record", __name__)


class CustomerForm(Form):
    """The numbers and addresses have fields of their own: phone-0, phone-1, email-0 …; `first_phone`: which comes first."""

    name: Annotated[str, TextField(160)] = ""
    birth_date: Day | None = None
    language: Annotated[str, ChoiceField("de", "en")] | None = None
    channel: Annotated[str, ChoiceField("sms", "email")] | None = None
    staff_id: Id | None = None
    first_phone: Annotated[int, IntegerField(0, MAX_CONTACTS - 1)] = 0
    first_email: Annotated[int, IntegerField(0, MAX_CONTACTS - 1)] = 0
    # the person is none of those who look the same
    is_other: Flag = False


@dataclass(frozen=True)
class ContactField:
    name: str
    value: str
    is_first: bool


@blueprint.get("/customers/new")
@for_company("customers.write")
def new() -> str:
    return _render(None, {}, {"phone": [""], "email": [""]})


@blueprint.post("/customers/new")
@for_company("customers.write")
def create() -> Any:
    return _save(None)


@blueprint.get("/customers/<customer_id>/edit")
@for_company("customers.write")
def edit(customer_id: str) -> str:
    customer = get_customer(customer_id)
    values = {
        "name": customer.name or "", "birth_date": customer.birth_date or "", "language": customer.language or "",
        "channel": customer.preferred_channel or "", "staff_id": customer.preferred_staff_id or "",
    }  # fmt: skip
    contacts = {kind: [one.value for one in customer.identifiers if one.kind == kind] for kind in KINDS}
    shown = {"phone": [display(number) for number in contacts["phone"]], "email": contacts["email"]}
    return _render(customer, values, {kind: [*shown[kind], ""][:MAX_CONTACTS] for kind in KINDS})


@blueprint.post("/customers/<customer_id>/edit")
@for_company("customers.write")
def save(customer_id: str) -> Any:
    return _save(get_customer(customer_id))


def _save(customer: Customer | None) -> Response | tuple[str, int]:
    contacts = _read_contacts()
    same: list[Customer] = []
    try:
        form = CustomerForm.read()
        record = CustomerRecord(
            form.name, contacts["phone"], contacts["email"], form.first_phone, form.first_email, form.birth_date, form.language,
            form.channel, form.staff_id,
        )  # fmt: skip
        same = [] if customer or form.is_other else list_same_people(_read_details(record))
        if not same:
            saved_id = run_in_transaction(lambda: _write(customer, record))
            flash(_("Gespeichert."), "message")
            return redirect(url_for("customers.show", customer_id=saved_id))
        errors = {}
    except InvalidInput as error:
        db.session.rollback()
        errors = to_errors(error)
    return _render(customer, CustomerForm.typed(), contacts, errors, same), 422


def _write(customer: Customer | None, record: CustomerRecord) -> str:
    if customer is None:
        return create_customer(record).id
    save_customer(customer, record)
    readdress_planned(customer)
    return customer.id


def _read_contacts() -> dict[str, list[str]]:
    """The typed texts by kind, each at its place."""
    names = [f"{kind}-{place}" for kind in KINDS for place in range(MAX_CONTACTS)]
    typed = get_typed_texts(names, max_length=190)
    places = {kind: [place for place in range(MAX_CONTACTS) if f"{kind}-{place}" in typed] for kind in KINDS}
    return {kind: [typed.get(f"{kind}-{place}", "") for place in range(max(places[kind], default=-1) + 1)] for kind in KINDS}


def _read_details(record: CustomerRecord) -> ContactDetails:
    """What may name somebody who is on record already; a wrong number is refused as the record is saved."""
    try:
        return validate_contact(record.name, number=next(iter(record.numbers), None), email=next(iter(record.emails), None))
    except InvalidInput:
        return ContactDetails(record.name)


def _render(
    customer: Customer | None, values: dict[str, Any], contacts: dict[str, list[str]], errors: dict[str, str] | None = None,
    same: list[Customer] | None = None,
) -> str:  # fmt: skip
    first = {kind: _find_first(values, kind) for kind in KINDS}
    fields = {
        kind: [ContactField(f"{kind}-{place}", text, place == first[kind]) for place, text in enumerate(contacts[kind] or [""])]
        for kind in KINDS
    }
    return render_template(
        "dashboard/customer_edit.html",
        customer=customer,
        values=values,
        contacts=fields,
        max_contacts=MAX_CONTACTS,
        errors=errors or {},
        same=build_rows(same or [], with_figures=False),
        people=[(person.id, person.name) for person in catalogue.list_staff(limit=MAX_STAFF)],
    )


def _find_first(values: dict[str, Any], kind: str) -> int:
    text = str(values.get(f"first_{kind}") or "0")
    return int(text) if text.isdecimal() and len(text) < 3 else 0
