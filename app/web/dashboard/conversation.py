"""The conversation by text message on the pages of customers and bookings, and writing into it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.core.errors import AppError, NotFound
from app.core.extensions import db
from app.core.ids import is_ulid, new_ulid
from app.core.phone import display
from app.core.transactions import run_in_transaction
from app.domain.accounts.permissions import can
from app.domain.notifications.sender_accounts import is_set_up
from app.domain.replies.conversation import (
    MAX_TEXT_LENGTH,
    ConversationEntry,
    explain_no_text,
    find_text_number,
    list_conversation,
    write_text,
)
from app.domain.replies.handover import describe_words
from app.models import Booking, Customer
from app.web.fields import Id, MultilineField
from app.web.forms import Form
from app.web.guards import for_company, get_next_path
from app.web.labels import Label, describe_message, get_message_label
from app.web.message_labels import MESSAGE_KINDS, REPLY_RESULTS

blueprint = Blueprint("conversation", __name__)


class TextMessageForm(Form):
    text: Annotated[str, MultilineField(MAX_TEXT_LENGTH)]
    # the same form sent twice is one message
    key: Id


@dataclass(frozen=True)
class EntryRow:
    """A line of the conversation; `state` and `note`: what became of it."""

    at: datetime
    who: str
    text: str
    is_inbound: bool
    state: Label | None
    note: str


@dataclass(frozen=True)
class ConversationView:
    """`number`: where a text goes to, `blocked`: why none can be written, `lacks_sms`: that no account for texts is set up."""

    rows: list[EntryRow]
    customer_id: str | None
    number: str
    blocked: str | None
    may_write: bool
    key: str
    lacks_sms: bool
    max_length: int = MAX_TEXT_LENGTH


@blueprint.post("/customers/<customer_id>/sms")
@for_company("customers.write")
def write(customer_id: str) -> Response:
    """Send a text message to the customer, to the number from which they wrote last."""
    customer = db.session.scalars(select(Customer).where(Customer.id == customer_id)).first() if is_ulid(customer_id) else None
    if customer is None:
        raise NotFound(_("Diese Person steht nicht in der Kartei."))
    back = get_next_path(default=url_for("customers.show", customer_id=customer_id))
    try:
        form, author = TextMessageForm.read(), current_user._get_current_object()
        branch_id = next(iter(current_user.branch_ids), None)
        run_in_transaction(lambda: write_text(customer, form.text, author, key=form.key, branch_id=branch_id))
    except AppError as error:
        if error.status not in (409, 422):
            raise
        db.session.rollback()
        flash(str(error.message), "error")
    else:
        flash(_("Die SMS ist unterwegs."), "message")
    return redirect(back)


def build_conversation(customer: Customer | None, *, booking: Booking | None = None) -> ConversationView | None:
    """Build what the page of a customer, or of one of their bookings, shows of the conversation; None without a person."""
    if customer is None:
        return None
    numbers = {identifier.value for identifier in customer.identifiers if identifier.kind == "phone"}
    if booking is not None and booking.contact_phone:
        numbers.add(booking.contact_phone)
    entries = list_conversation(
        customer, numbers, branch_ids=current_user.branch_ids, since=booking.created_at if booking is not None else None
    )
    number = find_text_number(customer)
    return ConversationView(
        [_build_row(entry, customer) for entry in entries], customer.id, display(number) if number else "", explain_no_text(customer),
        can(current_user, "customers.write"), new_ulid(),
        lacks_sms=number is not None and not is_set_up("sms"),
    )  # fmt: skip


def _build_row(entry: ConversationEntry, customer: Customer) -> EntryRow:
    if entry.inbound is not None:
        # of a number that several people share it may be open who wrote
        is_known = entry.inbound.customer_id in (customer.id, None)
        who = (customer.name if entry.inbound.customer_id == customer.id else None) or display(entry.inbound.sender)
        result = str(REPLY_RESULTS.get(entry.inbound.result or "", ""))
        return EntryRow(entry.at, who if is_known else display(entry.inbound.sender), describe_words(entry.inbound), True, None, result)
    assert entry.notification is not None
    kind = str(MESSAGE_KINDS.get(entry.notification.kind, entry.notification.kind))
    return EntryRow(
        entry.at, entry.author or _("Automatisch"), entry.text or entry.notification.title or kind, False,
        get_message_label(entry.notification), describe_message(entry.notification),
    )  # fmt: skip
