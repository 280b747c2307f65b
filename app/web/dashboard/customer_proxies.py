"""Who may act for whom on the telephone: noted on the page of the person, who then confirms it, and revoked there."""

from dataclasses import dataclass
from typing import Annotated, Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _, lazy_gettext as _l
from werkzeug.wrappers import Response

from app.core.errors import AppError
from app.core.extensions import db
from app.core.phone import display
from app.core.transactions import run_in_transaction
from app.domain.customers.proxies import (
    RIGHTS,
    ProxyRequest,
    get_proxy,
    is_confirmed,
    list_own_addresses,
    list_proxies_of,
    list_represented_by,
    list_rights,
    request_proxy,
    revoke_proxy,
)
from app.domain.customers.search import MAX_QUERY_LENGTH, autocomplete, list_customers_sharing_contact
from app.domain.notifications.sender_accounts import is_set_up
from app.models import Customer, CustomerProxy
from app.web.dashboard.customer_list_view import build_rows
from app.web.dashboard.customer_lookup import get_customer
from app.web.fields import ChoiceField, Id, SearchField, TextField
from app.web.forms import Form, Query, to_errors
from app.web.guards import for_company

MAX_OFFERED = 8
RIGHT_LABELS = {"book": _l("buchen"), "change": _l("verschieben"), "cancel": _l("absagen")}

blueprint = Blueprint("customer_proxies", __name__)


class ProxyQuery(Query):
    """Who shall act, or what they are looked for by."""

    proxy: Id = ""
    q: Annotated[str, SearchField(MAX_QUERY_LENGTH)] = ""


class ProxyForm(Form):
    proxy: Id
    relation: Annotated[str, TextField(40)] = ""
    rights: tuple[Annotated[str, ChoiceField(*RIGHTS)], ...] = ()
    address: Annotated[str, TextField(190)] = ""


@dataclass(frozen=True)
class ProxyRow:
    id: str
    # the other one: who acts, or for whom
    customer_id: str
    name: str
    relation: str
    rights: str
    is_confirmed: bool


def build_proxies(customer: Customer) -> list[ProxyRow]:
    """Who may act for this person."""
    return [_build_row(row, row.proxy_id) for row in list_proxies_of(customer)]


def build_represented(customer: Customer) -> list[ProxyRow]:
    """For whom this person may act."""
    return [_build_row(row, row.customer_id) for row in list_represented_by(customer)]


@blueprint.get("/customers/<customer_id>/proxies")
@for_company("customers.write")
def new(customer_id: str) -> str:
    customer, query = get_customer(customer_id), ProxyQuery.read_known()
    if query.proxy:
        return _render_form(customer, get_customer(query.proxy), {"rights": list(RIGHTS)})
    found = autocomplete(query.q) if query.q else list_customers_sharing_contact(customer, limit=MAX_OFFERED)
    others = build_rows([other for other in found if other.id != customer.id and other.name], with_figures=False)
    return render_template("dashboard/customer_proxy_choice.html", customer=customer, q=query.q, others=others)


@blueprint.post("/customers/<customer_id>/proxies")
@for_company("customers.write")
def add(customer_id: str) -> Any:
    customer = get_customer(customer_id)
    proxy = get_customer(ProxyQuery.read_known().proxy)
    try:
        form = ProxyForm.read()
        request = ProxyRequest(form.relation, frozenset(form.rights), form.address)  # type: ignore[arg-type]
        run_in_transaction(lambda: request_proxy(customer, proxy, request))
    except AppError as error:
        db.session.rollback()
        if error.status not in (409, 422, 429):
            raise
        return _render_form(customer, proxy, ProxyForm.typed(), to_errors(error), str(error.message)), error.status
    flash(_("Gefragt. Sobald die Person den Link bestätigt hat, gilt die Vollmacht."), "message")
    return _return_to(customer_id)


@blueprint.post("/customers/<customer_id>/proxies/<proxy_id>/revoke")
@for_company("customers.write")
def revoke(customer_id: str, proxy_id: str) -> Response:
    row = get_proxy(get_customer(customer_id), proxy_id)
    run_in_transaction(lambda: revoke_proxy(row.id))
    flash(_("Beendet. Am Telefon gilt das sofort."), "message")
    return _return_to(customer_id)


def _render_form(
    customer: Customer, proxy: Customer, values: dict[str, Any], errors: dict[str, str] | None = None, refused: str = ""
) -> str:  # fmt: skip
    addresses = list_own_addresses(customer, proxy)
    return render_template(
        "dashboard/customer_proxy.html",
        customer=customer,
        proxy=proxy,
        values=values,
        errors=errors or {},
        refused="" if errors else refused,
        addresses=[(address, display(address) if channel == "sms" else address) for channel, address in addresses if is_set_up(channel)],
        has_own=bool(addresses),
        rights=[(right, RIGHT_LABELS[right]) for right in RIGHTS],
    )


def _build_row(row: CustomerProxy, other_id: str) -> ProxyRow:
    other = db.session.get_one(Customer, other_id)
    rights = ", ".join(str(RIGHT_LABELS[right]) for right in list_rights(row))
    return ProxyRow(row.id, other.id, other.name or _("Ohne Namen"), row.relation or "", rights, is_confirmed(row))


def _return_to(customer_id: str) -> Response:
    return redirect(url_for("customers.show", customer_id=customer_id, _anchor="proxies"))
