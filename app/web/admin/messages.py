"""Messages to customers of all companies, for support: what became of each and why, without its text."""

from types import SimpleNamespace
from typing import Annotated, Any

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _, ngettext
from sqlalchemy import select

from app.core import phone
from app.core.extensions import db
from app.domain.notifications.message_log import get_state
from app.domain.notifications.message_search import list_ids_to_number
from app.models import Company, Notification, SuppressedAddress
from app.web.admin.list_filters import SupportListQuery, list_company_options
from app.web.fields import ChoiceField, Id
from app.web.guards import for_support
from app.web.labels import MESSAGE_STATES, NOTIFICATION_REASONS, NOTIFICATION_STATUSES, describe_suppression
from app.web.message_labels import MESSAGE_KINDS
from app.web.partial_page import render_page

PAGE_SIZE = 50
# visible digits at the end of a number, of which support sees no more
VISIBLE_DIGITS = 3

blueprint = Blueprint("support_messages", __name__)


class MessageListQuery(SupportListQuery):
    status: Annotated[str, ChoiceField(*NOTIFICATION_STATUSES)] = ""
    # The cursor: messages older than this one follow.
    after: Id | None = None


@blueprint.get("/admin/messages")
@for_support("support.calls")
def index() -> Response:
    query = MessageListQuery.read_known()
    rows = _list_messages(query)
    more, rows = len(rows) > PAGE_SIZE, rows[:PAGE_SIZE]
    return render_page(
        "admin/messages.html",
        part="admin/messages_more.html",
        query=query,
        companies=list_company_options(),
        suppressed=_list_suppressed(query),
        chips=_build_chips(query),
        messages=[_build_row(row) for row in rows],
        next_href=_build_href(query, after=rows[-1].Notification.id) if more else None,
        shown=ngettext("%(num)s Nachricht", "%(num)s Nachrichten", len(rows)) if not more and not query.after else "",
    )


def _list_messages(query: MessageListQuery) -> list[Any]:
    """List the messages, newest first by id, which rises with time; one more than a page shows."""
    statement = select(Notification, Company.name.label("company")).outerjoin(Company, Company.id == Notification.company_id)
    statement = statement.where(*query.build_time_filter(Notification.created_at))
    if query.company:
        statement = statement.where(Notification.company_id == query.company)
    if query.status:
        statement = statement.where(Notification.status == query.status)
    if query.number:
        statement = statement.where(Notification.id.in_(list_ids_to_number(query.e164)))
    if query.after:
        statement = statement.where(Notification.id < query.after)
    return list(db.session.execute(statement.order_by(Notification.id.desc()).limit(PAGE_SIZE + 1)))


def _list_suppressed(query: MessageListQuery) -> list[SimpleNamespace]:
    """List the companies that must not write to the number that the list is filtered by, and why."""
    if not query.number:
        return []
    conditions = [SuppressedAddress.company_id == query.company] if query.company else []
    statement = select(SuppressedAddress, Company.name.label("company")).join(Company, Company.id == SuppressedAddress.company_id)
    rows = db.session.execute(statement.where(SuppressedAddress.address == query.e164, *conditions).order_by(Company.name))
    return [SimpleNamespace(company=row.company, sentence=describe_suppression(row.SuppressedAddress)) for row in rows]


def _build_row(row: Any) -> SimpleNamespace:
    message: Notification = row.Notification
    return SimpleNamespace(
        id=message.id,
        company_id=message.company_id,
        company=row.company,
        kind=MESSAGE_KINDS.get(message.kind, message.kind),
        channel={"sms": "SMS", "email": _("E-Mail")}.get(message.channel, "–"),
        recipient=_mask(message),
        status=MESSAGE_STATES[get_state(message)] if message.status == "pending" else NOTIFICATION_STATUSES[message.status],
        reason=NOTIFICATION_REASONS.get(message.reason or "", message.reason),
        created_at=message.created_at,
    )


def _mask(message: Notification) -> str:
    """Enough to compare it with what a customer says."""
    if message.channel == "sms":
        shown = phone.display(message.recipient)
        return f"… {shown[-VISIBLE_DIGITS:]}"
    user, at, host = message.recipient.partition("@")
    return f"{user[:1]}…{at}{host}" if at else ""


def _build_chips(query: MessageListQuery) -> list[dict[str, Any]]:
    options = [("", _("Alle")), *((key, str(status.label)) for key, status in NOTIFICATION_STATUSES.items())]
    return [{"label": label, "chosen": key == query.status, "href": _build_href(query, status=key)} for key, label in options]


def _build_href(query: MessageListQuery, **changes: str) -> str:
    return url_for("support_messages.index", **query.to_args(**changes))
