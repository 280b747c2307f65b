"""The log of messages to customers: planned, held, sent, delivered, failed with the reason, answered."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _, ngettext
from flask_login import current_user
from sqlalchemy import select

from app.core import phone
from app.core.extensions import db
from app.core.ids import is_ulid
from app.domain.accounts.permissions import can
from app.domain.bookings.message_resend import list_resendable
from app.domain.notifications.message_kinds import get_kind
from app.domain.notifications.message_log import LOGGED_KINDS, OPEN_STATES, STATES, MessageSearch, count_states, get_state, list_messages
from app.domain.notifications.sender_accounts import is_set_up, list_set_up
from app.models import Booking, Customer, Notification
from app.providers.messaging import mailbox
from app.providers.messaging.base import Channel
from app.web.branch_filter import get_branch_filter
from app.web.dashboard.channel_outages import list_channel_outages
from app.web.fields import ChoiceField, Id
from app.web.forms import Query
from app.web.guards import for_company
from app.web.labels import MESSAGE_STATES, Label, describe_message, get_message_label
from app.web.message_labels import MESSAGE_KINDS
from app.web.partial_page import render_page

PAGE_SIZE = 50

blueprint = Blueprint("message_log", __name__)


class MessageLogQuery(Query):
    state: Annotated[str, ChoiceField(*STATES)] = ""
    kind: Annotated[str, ChoiceField(*LOGGED_KINDS)] = ""
    customer_id: Id = ""
    # The cursor: messages after this one follow.
    after: Id | None = None

    @property
    def search(self) -> MessageSearch:
        branches = get_branch_filter(all_if_none=True)
        return MessageSearch(branches, self.state or None, self.kind, self.customer_id or None)  # type: ignore[arg-type]


@dataclass(frozen=True)
class MessageRow:
    id: str
    at: datetime
    who: str | None
    address: str
    what: str
    starts_at: datetime | None
    booking_id: str | None
    call_id: str | None
    channel: str
    segments: int | None
    cost_cents: float | None
    state: Label
    reason: str
    may_resend: bool
    may_send_now: bool


@blueprint.get("/messages")
@for_company("bookings.read")
def index() -> Response:
    query = MessageLogQuery.read_known()
    rows = list_messages(query.search, limit=PAGE_SIZE + 1, after=query.after)
    more, rows = len(rows) > PAGE_SIZE, rows[:PAGE_SIZE]
    return render_page(
        "dashboard/message_log.html",
        part="dashboard/message_log_more.html",
        query=query,
        chips=_build_chips(query),
        kinds=[("", _("Alles")), *((name, MESSAGE_KINDS[name]) for name in LOGGED_KINDS)],
        messages=_build_rows(rows),
        customer=db.session.scalars(select(Customer).where(Customer.id == query.customer_id)).first() if query.customer_id else None,
        next_href=_build_href(query, after=rows[-1][0].id) if more else None,
        shown=ngettext("%(num)s Nachricht", "%(num)s Nachrichten", len(rows)) if not more and not query.after else "",
        is_set_up=is_set_up("sms") or is_set_up("email"),
        outages=list_channel_outages(),
        has_mailbox=mailbox.is_used(),
        here=_build_href(query),
    )


def _build_rows(rows: list[tuple[Notification, str | None]]) -> list[MessageRow]:
    messages = [row for row, _name in rows]
    bookings, resendable, channels = _load_bookings(messages), list_resendable(messages), list_set_up()
    return [_build_row(row, name, bookings.get(row.subject), channels, is_resendable=row.id in resendable) for row, name in rows]


def _build_row(row: Notification, name: str | None, booking: Booking | None, channels: list[Channel], *, is_resendable: bool) -> MessageRow:
    state = get_state(row)
    may_write = can(current_user, "bookings.write", branch_id=row.branch_id) if row.branch_id else False
    return MessageRow(
        id=row.id,
        at=row.due_at if state in OPEN_STATES else row.finished_at or row.created_at,
        who=name,
        address=phone.display(row.recipient) if row.channel == "sms" else row.recipient,
        what=str(MESSAGE_KINDS.get(row.kind, row.kind)),
        starts_at=row.appointment_at,
        booking_id=booking.id if booking else None,
        call_id=row.subject.partition(":")[2] if get_kind(row.kind).answers_call else None,
        channel={"sms": _("SMS"), "email": _("E-Mail")}.get(row.channel, ""),
        segments=row.segments,
        cost_cents=row.cost_tenth_cents / 10 if row.cost_tenth_cents and row.provider_ref else None,
        state=get_message_label(row, channels),
        reason=describe_message(row, channels),
        may_resend=may_write and is_resendable,
        may_send_now=may_write and state == "held" and row.reason == "quiet_hours",
    )


def _load_bookings(rows: list[Notification]) -> dict[str, Booking]:
    """Load the bookings that the messages are about, by subject."""
    ids = {row.subject.partition(":")[2] for row in rows if row.subject.startswith("booking:")}
    bookings = db.session.scalars(select(Booking).where(Booking.id.in_({booking_id for booking_id in ids if is_ulid(booking_id)})))
    return {f"booking:{booking.id}": booking for booking in bookings}


def _build_chips(query: MessageLogQuery) -> list[dict[str, Any]]:
    counts = count_states(get_branch_filter(all_if_none=True))
    options = [("", _("Verlauf")), *((state, str(MESSAGE_STATES[state].label)) for state in STATES)]
    return [
        {"label": label, "count": counts.get(state) or "", "chosen": state == query.state, "href": _build_href(query, state=state)}
        for state, label in options
    ]


def _build_href(query: MessageLogQuery, **changes: str) -> str:
    chosen = {"state": query.state, "kind": query.kind, "customer_id": query.customer_id, **changes}
    return url_for("message_log.index", **{name: value for name, value in chosen.items() if value})
