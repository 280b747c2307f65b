"""Customers: who called last, and one person with calls, appointments and all ways to reach them."""

from types import SimpleNamespace
from typing import Annotated, Any

from flask import Blueprint, Response, make_response, render_template, request, url_for
from flask_babel import gettext as _, ngettext
from flask_login import current_user
from sqlalchemy import and_, select

from app.core.clock import now
from app.core.errors import NotFound
from app.core.extensions import db
from app.core.ids import is_ulid
from app.domain.accounts.permissions import can
from app.domain.bookings import queries
from app.domain.calls.search import CallSearch, find_calls, order_newest_first
from app.domain.customers.blocked_callers import find_blocked
from app.domain.customers.search import MAX_QUERY_LENGTH, find_shared_numbers, list_customers_sharing_contact, list_recent_callers
from app.models import Booking, Branch, Call, Customer, Service, StaffMember
from app.web.fields import Id, SearchField
from app.web.forms import Query
from app.web.guards import for_company
from app.web.labels import BOOKING_STATUSES

PAGE_SIZE = 50
MAX_CALLS = 10
MAX_BOOKINGS = 12
MAX_SHARING = 12

blueprint = Blueprint("customers", __name__)


class ListQuery(Query):
    q: Annotated[str, SearchField(MAX_QUERY_LENGTH)] = ""
    after: Id = ""


@blueprint.get("/customers")
@for_company("customers.read")
def index() -> Response:
    query = ListQuery.read_known()
    q, after = query.q, _find_customer(query.after)
    found = list_recent_callers(q, limit=PAGE_SIZE + 1, after=after)
    more, found = len(found) > PAGE_SIZE, found[:PAGE_SIZE]
    partial = request.headers.get("HX-Request-Type") == "partial"
    page = render_template(
        ("dashboard/customers_more.html" if after else "dashboard/customers_list.html") if partial else "dashboard/customers.html",
        q=q,
        customers=_build_rows(found),
        next_href=url_for("customers.index", q=q or None, after=found[-1].id) if more else None,
        shown=ngettext("%(num)s Person", "%(num)s Personen", len(found)) if not more and not after else "",
    )
    response = make_response(page)
    response.headers["Vary"] = "HX-Request-Type"
    return response


@blueprint.get("/customers/<customer_id>")
@for_company("customers.read")
def show(customer_id: str) -> str:
    customer = _find_customer(customer_id)
    if customer is None:
        raise NotFound(_("Diese Person steht nicht in der Kartei."))
    bookings = _list_bookings(customer)
    return render_template(
        "dashboard/customer.html",
        customer=customer,
        phones=_list_identities(customer, "phone"),
        emails=_list_identities(customer, "email"),
        blocked=find_blocked(_list_identities(customer, "phone")),
        may_block=can(current_user, "customers.write"),
        others=_build_rows(list_customers_sharing_contact(customer, limit=MAX_SHARING)),
        coming=[booking for booking in bookings if booking.is_coming][::-1],
        past=[booking for booking in bookings if not booking.is_coming],
        calls=_list_calls(customer),
    )


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


def _list_identities(customer: Customer, kind: str) -> list[str]:
    return [identity.value for identity in customer.identities if identity.kind == kind]


def _list_bookings(customer: Customer) -> list[SimpleNamespace]:
    """The latest first, with what and with whom."""
    search = queries.BookingSearch(branch_ids=list(current_user.branch_ids), customer_id=customer.id)
    found = queries.list_bookings(search, limit=MAX_BOOKINGS, newest_first=True)
    services = _get_names(Service, {booking.service_id for booking in found})
    people = _get_names(StaffMember, {booking.staff_id for booking in found})
    return [
        SimpleNamespace(
            id=booking.id,
            starts_at=booking.starts_at,
            service=services.get(booking.service_id, ""),
            staff=people.get(booking.staff_id, ""),
            word=BOOKING_STATUSES[booking.status],
            is_coming=_is_upcoming(booking),
        )
        for booking in found
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
