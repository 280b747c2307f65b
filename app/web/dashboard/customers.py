"""Customers: the list with what their appointments tell, and one customer with everything that happened."""

from typing import Annotated, Any

from flask import Blueprint, Response, flash, redirect, url_for
from flask_babel import gettext as _, ngettext
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from app.core.clock import now
from app.core.errors import NotFound
from app.core.extensions import db
from app.core.ids import is_ulid
from app.core.phone import display
from app.core.transactions import run_in_transaction
from app.domain.accounts.permissions import can
from app.domain.bookings.customer_list import SORT_KEYS, CustomerSearch, list_customers, load_figures
from app.domain.calls.customer_timeline import ENTRY_KINDS, list_timeline
from app.domain.customers.blocked_callers import find_blocked
from app.domain.customers.merge import find_kept_id
from app.domain.customers.merge_suggestions import list_suggestions_for
from app.domain.customers.search import MAX_QUERY_LENGTH, MAX_SUGGESTIONS, list_customers_sharing_contact, list_sound_alikes
from app.domain.customers.tags import MAX_TAG_LENGTH, list_tags, load_tags
from app.domain.marketing import satisfaction
from app.domain.notifications.notification_queue import find_recipient
from app.domain.notifications.suppressions import lift, list_suppressed
from app.models import Customer, StaffMember, User
from app.web.dashboard import customer_list_view, customer_timeline_view
from app.web.dashboard.conversation import build_conversation
from app.web.dashboard.customer_list_view import ABSENCES, NO_FIGURES, build_rows
from app.web.dashboard.customer_lookup import find_customer, get_customer, list_identifiers
from app.web.dashboard.customer_merges import list_undoable
from app.web.dashboard.customer_proxies import build_proxies, build_represented
from app.web.dashboard.marketing_consents import build_consents, build_history
from app.web.fields import ChoiceField, Flag, IntegerField, SearchField, TextField
from app.web.forms import Form, Query
from app.web.guards import for_company
from app.web.partial_page import render_page

PAGE_SIZE = 50
MAX_PAGES = 1000
TIMELINE_SIZE = 20
MAX_SHARING = 12
MAX_ANSWERS = 5

blueprint = Blueprint("customers", __name__)


class CustomerListQuery(Query):
    q: Annotated[str, SearchField(MAX_QUERY_LENGTH)] = ""
    tag: Annotated[str, SearchField(MAX_TAG_LENGTH)] = ""
    absent: Annotated[str, ChoiceField(*ABSENCES)] = ""
    sort: Annotated[str, ChoiceField(*SORT_KEYS)] = "last_call"
    reversed: Flag = False
    page: Annotated[int, IntegerField(1, MAX_PAGES)] = 1

    @property
    def search(self) -> CustomerSearch:
        absent_since = now() - ABSENCES[self.absent] if self.absent else None
        branch_ids = tuple(current_user.branch_ids)
        return CustomerSearch(self.q, self.tag, absent_since, self.sort, self.reversed, branch_ids)  # type: ignore[arg-type]


class TimelineQuery(Query):
    kind: Annotated[str, ChoiceField(*customer_timeline_view.KIND_LABELS)] = ""
    page: Annotated[int, IntegerField(1, MAX_PAGES)] = 1


class AllowMessagesForm(Form):
    address: Annotated[str, TextField(190)]


@blueprint.get("/customers")
@for_company("customers.read")
def index() -> Response:
    query = CustomerListQuery.read_known()
    rows = list_customers(query.search, limit=PAGE_SIZE + 1, offset=(query.page - 1) * PAGE_SIZE)
    more, rows = len(rows) > PAGE_SIZE and query.page < MAX_PAGES, rows[:PAGE_SIZE]
    return render_page(
        "dashboard/customers.html",
        part="dashboard/customers_more.html" if query.page > 1 else "dashboard/customers_list.html",
        asked=query,
        customers=build_rows(rows),
        alike=[] if rows or query.tag or query.absent else build_rows(list_sound_alikes(query.q, limit=MAX_SUGGESTIONS)),
        tags=list_tags(),
        absences=customer_list_view.list_absences(),
        sorts=customer_list_view.list_sorts(),
        order=customer_list_view.describe_order(query.sort, query.reversed),
        href=lambda **changes: _build_href(query, **changes),
        is_filtered=bool(query.q or query.tag or query.absent),
        may_write=can(current_user, "customers.write"),
        next_href=_build_href(query, page=query.page + 1) if more else None,
        shown=ngettext("%(num)s Person", "%(num)s Personen", len(rows)) if not more and query.page == 1 else "",
    )


@blueprint.get("/customers/<customer_id>")
@for_company("customers.read")
def show(customer_id: str) -> BaseResponse:
    if is_ulid(customer_id) and find_customer(customer_id) is None and (kept_id := find_kept_id(customer_id)):
        return redirect(url_for("customers.show", customer_id=kept_id))
    customer, query = get_customer(customer_id), TimelineQuery.read_known()
    part = "dashboard/customer_timeline_more.html" if query.page > 1 else "dashboard/customer_timeline.html"
    return render_page("dashboard/customer.html", part=part, **_build_timeline(customer, query), **_build_customer(customer))


def _build_timeline(customer: Customer, query: TimelineQuery) -> dict[str, Any]:
    kinds = [kind for kind in ENTRY_KINDS if query.kind in ("", "message" if kind == "reply" else kind)]
    branch_ids, offset = tuple(current_user.branch_ids), (query.page - 1) * TIMELINE_SIZE
    entries = list_timeline(customer, kinds=kinds, branch_ids=branch_ids, limit=TIMELINE_SIZE + 1, offset=offset)
    more = len(entries) > TIMELINE_SIZE and query.page < MAX_PAGES
    return {
        "customer": customer,
        "timeline": customer_timeline_view.build_rows(customer, entries[:TIMELINE_SIZE]),
        "timeline_page": query.page,
        "kind": query.kind,
        "kinds": [("", _("Alles")), *customer_timeline_view.KIND_LABELS.items()],
        "timeline_href": url_for("customers.show", customer_id=customer.id, kind=query.kind or None, page=query.page + 1) if more else None,
    }


def _build_customer(customer: Customer) -> dict[str, Any]:
    suppressed, numbers = list_suppressed(customer), list_identifiers(customer, "phone")
    branch_ids, may_write = tuple(current_user.branch_ids), can(current_user, "customers.write")
    return {
        "phones": numbers,
        "emails": list_identifiers(customer, "email"),
        "figures": load_figures([customer.id], branch_ids=branch_ids).get(customer.id, NO_FIGURES),
        "tags": load_tags([customer.id]).get(customer.id, []),
        "known_tags": list_tags(),
        "authors": _load_authors(customer),
        "preferred_staff": _find_staff_name(customer),
        "blocked": find_blocked(numbers),
        "may_write": may_write,
        "may_book": can(current_user, "bookings.write"),
        "suppressed": {row.address: row for row in suppressed},
        "other_way": find_recipient(customer) if suppressed else None,
        "others": build_rows(list_customers_sharing_contact(customer, limit=MAX_SHARING), with_figures=False),
        "look_alikes": build_rows(list_suggestions_for(customer, limit=MAX_SHARING), with_figures=False) if may_write else [],
        "merges": list_undoable(customer) if may_write else [],
        "proxies": build_proxies(customer),
        "represented": build_represented(customer),
        "conversation": build_conversation(customer),
        "consents": build_consents(customer),
        "consent_history": build_history(customer),
        "answers": satisfaction.list_of_customer(customer.id, branch_ids, limit=MAX_ANSWERS),
    }


def _load_authors(customer: Customer) -> dict[str, str]:
    """The names of those who wrote the notes."""
    ids = {note.author_id for note in customer.notes if note.author_id}
    return {user.id: user.name for user in db.session.scalars(select(User).where(User.id.in_(ids)))} if ids else {}


def _find_staff_name(customer: Customer) -> str | None:
    return db.session.scalar(select(StaffMember.name).where(StaffMember.id == (customer.preferred_staff_id or "")))


@blueprint.post("/customers/<customer_id>/messages")
@for_company("customers.write")
def allow_messages(customer_id: str) -> BaseResponse:
    """Write again to a number or address at which the carrier refused: the person has taken the opt-out back, or it works again."""
    customer, address = get_customer(customer_id), AllowMessagesForm.read().address
    row = next((row for row in list_suppressed(customer) if row.address == address), None)
    if row is None:
        raise NotFound(_("Das gibt es hier nicht."))
    run_in_transaction(lambda: lift(row.channel, row.address))
    shown = display(address) if row.channel == "sms" else address
    flash(_("An %(address)s wird wieder geschrieben.", address=shown), "message")
    return redirect(url_for("customers.show", customer_id=customer_id))


def _build_href(query: CustomerListQuery, **changes: Any) -> str:
    chosen = {"q": query.q, "tag": query.tag, "absent": query.absent, "sort": query.sort, "reversed": query.reversed and "1", **changes}
    chosen["sort"] = "" if chosen["sort"] == "last_call" else chosen["sort"]
    return url_for("customers.index", **{name: value for name, value in chosen.items() if value})
