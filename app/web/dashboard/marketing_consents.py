"""Consent to marketing on the page of a customer: noted with how the team came by it, withdrawn, and its history."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, cast

from flask import Blueprint, flash, g, redirect, url_for
from flask_babel import gettext as _, lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.core.errors import AppError, NotFound
from app.core.extensions import db
from app.core.ids import is_ulid
from app.core.phone import display
from app.core.transactions import run_in_transaction
from app.domain.marketing.consent_offer import check_version
from app.domain.notifications.consent_requests import find_open_request, load_requested_at
from app.domain.notifications.marketing_consents import (
    KINDS,
    MAX_OBTAINED_LENGTH,
    Wording,
    find_latest,
    give_consent,
    list_history,
    withdraw_address,
    write_wording,
)
from app.models import Customer, MarketingConsent, User
from app.providers.messaging.base import Channel
from app.web.fields import ChoiceField, Flag, TextField
from app.web.forms import Form
from app.web.guards import for_company

SOURCES = {
    "desk": _l("vom Team eingetragen"),
    "page": _l("auf der eigenen Seite"),
    "link": _l("über den Link einer Nachricht"),
    "stop": _l("mit STOP"),
    "merge": _l("beim Zusammenführen zweier Karteikarten"),
}

blueprint = Blueprint("marketing_consents", __name__)


class AddressForm(Form):
    channel: Annotated[str, ChoiceField("sms", "email")]
    address: Annotated[str, TextField(190)]


class GiveConsentForm(AddressForm):
    """`agreed`: the person has said yes to the wording of this version."""

    agreed: Flag = False
    wording: Annotated[str, TextField(16)]
    obtained: Annotated[str, TextField(MAX_OBTAINED_LENGTH)] = ""


@dataclass(frozen=True)
class ConsentRow:
    """An address of the customer; `wording` is what they would agree to."""

    channel: Channel
    address: str
    shown: str
    is_given: bool
    is_requested: bool
    wording: Wording


@dataclass(frozen=True)
class HistoryRow:
    at: datetime
    shown: str
    is_given: bool
    # when the box was ticked that was confirmed then
    requested_at: datetime | None
    source: str
    who: str
    wording: str
    obtained: str


def build_consents(customer: Customer) -> list[ConsentRow]:
    """One row for each number and mail address."""
    channels = {kind: channel for channel, kind in KINDS.items()}
    addresses = [(channels[identifier.kind], identifier.value) for identifier in customer.identifiers if identifier.kind in channels]
    return [
        ConsentRow(
            channel, address, _show(channel, address), _is_given(find_latest(customer.id, channel, address)),
            find_open_request(customer.id, channel, address) is not None, write_wording(channel, address, g.company),
        )
        for channel, address in addresses
    ]  # fmt: skip


def build_history(customer: Customer) -> list[HistoryRow]:
    rows = list_history(customer.id)
    authors = {row.author_id for row in rows if row.author_id}
    names = {user.id: user.name for user in db.session.scalars(select(User).where(User.id.in_(authors)))} if authors else {}
    requested_at = load_requested_at(customer.id)
    return [
        HistoryRow(
            row.created_at, _show(row.channel, row.address), _is_given(row), requested_at.get(row.id), str(SOURCES[row.source]),
            names.get(row.author_id or "", ""), row.wording or "", row.obtained or "",
        )
        for row in rows
    ]  # fmt: skip


@blueprint.post("/customers/<customer_id>/marketing")
@for_company("customers.write")
def give(customer_id: str) -> Response:
    customer, form = _get_customer(customer_id), GiveConsentForm.read()
    channel = cast(Channel, form.channel)
    wording = write_wording(channel, form.address, g.company)

    def work() -> None:
        check_version(wording, form.wording)
        give_consent(
            customer, channel, form.address, wording=wording, source="desk", obtained=form.obtained.strip(), author_id=current_user.id
        )

    if not form.agreed:
        return _return_to(customer_id, _("Bitte bestätigen, dass die Person diesem Satz zugestimmt hat."), "error")
    try:
        run_in_transaction(work)
    except AppError as error:
        return _return_to(customer_id, error.message, "error")
    return _return_to(customer_id, _("Einwilligung eingetragen."))


@blueprint.post("/customers/<customer_id>/marketing/withdraw")
@for_company("customers.write")
def withdraw(customer_id: str) -> Response:
    _customer, form = _get_customer(customer_id), AddressForm.read()
    author_id = current_user.id
    run_in_transaction(lambda: withdraw_address(form.channel, form.address, source="desk", author_id=author_id))
    sentence = _("Widerruf eingetragen: An %(address)s geht keine Werbung mehr.", address=_show(form.channel, form.address))
    return _return_to(customer_id, sentence)


def _return_to(customer_id: str, sentence: str, category: str = "message") -> Response:
    flash(sentence, category)
    return redirect(url_for("customers.show", customer_id=customer_id, _anchor="marketing"))


def _get_customer(customer_id: str) -> Customer:
    customer = db.session.scalars(select(Customer).where(Customer.id == customer_id)).first() if is_ulid(customer_id) else None
    if customer is None:
        raise NotFound(_("Diese Person steht nicht in der Kartei."))
    return customer


def _is_given(row: MarketingConsent | None) -> bool:
    return row is not None and row.answer == "given"


def _show(channel: str, address: str) -> str:
    return display(address) if channel == "sms" else address
