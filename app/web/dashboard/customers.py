"""Customers: the list by last call, and one customer with calls, bookings and contacts."""

from types import SimpleNamespace
from typing import Annotated, Any

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _, ngettext
from flask_login import current_user
from sqlalchemy import and_, select
from werkzeug.wrappers import Response as BaseResponse

from app.core.clock import now
from app.core.errors import InvalidInput, NotFound
from app.core.extensions import db
from app.core.ids import is_ulid
from app.core.phone import display
from app.core.transactions import run_in_transaction
from app.domain.accounts.permissions import can
from app.domain.bookings import queries
from app.domain.bookings.notifications import readdress_planned
from app.domain.calls.search import CallSearch, find_calls, order_newest_first
from app.domain.customers.blocked_callers import find_blocked
from app.domain.customers.contacts import save_contacts
from app.domain.customers.search import (
    MAX_QUERY_LENGTH,
    MAX_SUGGESTIONS,
    find_shared_numbers,
    list_customers_sharing_contact,
    list_recent_callers,
    list_sound_alikes,
)
from app.domain.marketing import satisfaction
from app.domain.notifications.message_log import list_of_customer
from app.domain.notifications.notification_queue import find_recipient
from app.domain.notifications.suppressions import lift, list_suppressed
from app.models import Booking, Branch, Call, Customer, Service, StaffMember
from app.web.dashboard.conversation import build_conversation
from app.web.dashboard.marketing_consents import build_consents, build_history
from app.web.fields import ChoiceField, Email, Id, Phone, SearchField, TextField
from app.web.forms import Form, Query, to_errors
from app.web.guards import for_company
from app.web.labels import BOOKING_STATUSES
from app.web.partial_page import render_page

PAGE_SIZE = 50
MAX_CALLS = 10
MAX_BOOKINGS = 12
MAX_SHARING = 12
MAX_MESSAGES = 5
MAX_ANSWERS = 5

blueprint = Blueprint("customers", __name__)


class CustomerListQuery(Query):
    q: Annotated[str, SearchField(MAX_QUERY_LENGTH)] = ""
    after: Id = ""


@blueprint.get("/customers")
@for_company("customers.read")
def index() -> Response:
    query = CustomerListQuery.read_known()
    q, after = query.q, _find_customer(query.after)
    rows = list_recent_callers(q, limit=PAGE_SIZE + 1, after=after)
    more, rows = len(rows) > PAGE_SIZE, rows[:PAGE_SIZE]
    return render_page(
        "dashboard/customers.html",
        part="dashboard/customers_more.html" if after else "dashboard/customers_list.html",
        q=q,
        customers=_build_rows(rows),
        alike=[] if rows else _build_rows(list_sound_alikes(q, limit=MAX_SUGGESTIONS)),
        next_href=url_for("customers.index", q=q or None, after=rows[-1].id) if more else None,
        shown=ngettext("%(num)s Person", "%(num)s Personen", len(rows)) if not more and not after else "",
    )


class PreferredChannelForm(Form):
    channel: Annotated[str, ChoiceField("sms", "email")] | None = None


class AllowMessagesForm(Form):
    address: Annotated[str, TextField(190)]


class ContactsForm(Form):
    """All numbers and addresses; an empty one is none."""

    phones: tuple[Phone, ...] = ()
    emails: tuple[Email, ...] = ()


@blueprint.get("/customers/<customer_id>")
@for_company("customers.read")
def show(customer_id: str) -> str:
    return _render_customer(_get_customer(customer_id))


@blueprint.post("/customers/<customer_id>/contacts")
@for_company("customers.write")
def edit_contacts(customer_id: str) -> Any:
    """Change the numbers and addresses at which the person is reached and known."""
    customer = _get_customer(customer_id)

    def work() -> None:
        save_contacts(customer, numbers=form.phones, emails=form.emails)
        readdress_planned(customer)

    try:
        form = ContactsForm.read()
        run_in_transaction(work)
    except InvalidInput as error:
        db.session.rollback()
        return _render_customer(customer, typed=ContactsForm.typed(), errors=to_errors(error)), 422
    flash(_("Gespeichert. Was noch ansteht, geht an die neuen Angaben."), "message")
    return redirect(url_for("customers.show", customer_id=customer_id))


def _render_customer(customer: Customer, *, typed: dict[str, Any] | None = None, errors: dict[str, str] | None = None) -> str:
    suppressed = list_suppressed(customer)
    bookings = _list_bookings(customer)
    sent, planned = list_of_customer(customer.id, limit=MAX_MESSAGES)
    return render_template(
        "dashboard/customer.html",
        customer=customer,
        phones=_list_identifiers(customer, "phone"),
        emails=_list_identifiers(customer, "email"),
        typed=typed or {},
        errors=errors or {},
        blocked=find_blocked(_list_identifiers(customer, "phone")),
        may_write=can(current_user, "customers.write"),
        suppressed={row.address: row for row in suppressed},
        other_way=find_recipient(customer) if suppressed else None,
        others=_build_rows(list_customers_sharing_contact(customer, limit=MAX_SHARING)),
        coming=[booking for booking in bookings if booking.is_coming][::-1],
        past=[booking for booking in bookings if not booking.is_coming],
        calls=_list_calls(customer),
        sent=sent,
        planned=planned,
        conversation=build_conversation(customer),
        consents=build_consents(customer),
        consent_history=build_history(customer),
        answers=satisfaction.list_of_customer(customer.id, current_user.branch_ids, limit=MAX_ANSWERS),
    )


@blueprint.post("/customers/<customer_id>/channel")
@for_company("customers.write")
def prefer_channel(customer_id: str) -> BaseResponse:
    """Set how the person likes to be written to; empty: as the business does."""
    customer, channel = _get_customer(customer_id), PreferredChannelForm.read().channel

    def work() -> None:
        customer.preferred_channel = channel

    run_in_transaction(work)
    flash(_("Gespeichert. Wo dieser Weg nicht geht, nehmen wir den anderen."), "message")
    return redirect(url_for("customers.show", customer_id=customer_id))


@blueprint.post("/customers/<customer_id>/messages")
@for_company("customers.write")
def allow_messages(customer_id: str) -> BaseResponse:
    """Write again to a number or address at which the carrier refused: the person has taken the opt-out back, or it works again."""
    customer, address = _get_customer(customer_id), AllowMessagesForm.read().address
    row = next((row for row in list_suppressed(customer) if row.address == address), None)
    if row is None:
        raise NotFound(_("Das gibt es hier nicht."))
    run_in_transaction(lambda: lift(row.channel, row.address))
    shown = display(address) if row.channel == "sms" else address
    flash(_("An %(address)s wird wieder geschrieben.", address=shown), "message")
    return redirect(url_for("customers.show", customer_id=customer_id))


def _get_customer(customer_id: str) -> Customer:
    customer = _find_customer(customer_id)
    if customer is None:
        raise NotFound(_("Diese Person steht nicht in der Kartei."))
    return customer


def _find_customer(customer_id: str) -> Customer | None:
    return db.session.scalars(select(Customer).where(Customer.id == customer_id)).first() if is_ulid(customer_id) else None


def _build_rows(customers: list[Customer]) -> list[SimpleNamespace]:
    numbers = {customer.id: customer.of_kind("phone") for customer in customers}
    shared = find_shared_numbers({number for number in numbers.values() if number})
    return [
        SimpleNamespace(
            id=customer.id,
            name=customer.name,
            number=numbers[customer.id],
            email=customer.of_kind("email"),
            is_shared=numbers[customer.id] in shared,
            last_call_at=customer.last_call_at,
        )
        for customer in customers
    ]


def _list_identifiers(customer: Customer, kind: str) -> list[str]:
    return [identifier.value for identifier in customer.identifiers if identifier.kind == kind]


def _list_bookings(customer: Customer) -> list[SimpleNamespace]:
    """List the bookings of a customer, latest first, with service and staff names."""
    search = queries.BookingSearch(branch_ids=list(current_user.branch_ids), customer_id=customer.id)
    bookings = queries.list_bookings(search, limit=MAX_BOOKINGS, newest_first=True)
    services = _get_names(Service, {booking.service_id for booking in bookings})
    people = _get_names(StaffMember, {booking.staff_id for booking in bookings})
    return [
        SimpleNamespace(
            id=booking.id,
            starts_at=booking.starts_at,
            service=services.get(booking.service_id, ""),
            staff=people.get(booking.staff_id, ""),
            word=BOOKING_STATUSES[booking.status],
            is_coming=_is_upcoming(booking),
        )
        for booking in bookings
    ]


def _is_upcoming(booking: Booking) -> bool:
    return booking.starts_at > now() and booking.status != "cancelled"


def _get_names(model: type[Any], ids: set[str]) -> dict[str, str]:
    return {row.id: row.name for row in db.session.execute(select(model.id, model.name).where(model.id.in_(ids)))} if ids else {}


def _list_calls(customer: Customer) -> list[Any]:
    ids = find_calls(CallSearch(customer_id=customer.id, branch_ids=list(current_user.branch_ids)), limit=MAX_CALLS)
    columns = (Call.id, Call.started_at, Call.status, Call.outcome, Call.summary, Call.duration_s, Branch.name.label("branch"))
    statement = select(*columns).join(Branch, and_(Branch.company_id == Call.company_id, Branch.id == Call.branch_id))
    return list(db.session.execute(order_newest_first(statement.where(Call.id.in_(ids))))) if ids else []
