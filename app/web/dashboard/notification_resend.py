"""Send messages to customers once more, or now instead of after the quiet hours."""

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.core.errors import NotFound
from app.core.extensions import db
from app.core.ids import is_ulid
from app.core.transactions import run_in_transaction
from app.domain.bookings.message_resend import resend
from app.domain.notifications import delivery, held_messages
from app.jobs.notifications import send_notification
from app.models import Notification
from app.web.branch_filter import get_branch_filter
from app.web.guards import for_company, get_next_path

blueprint = Blueprint("messages", __name__)


@blueprint.post("/messages/<notification_id>/again")
@for_company("bookings.write")
def again(notification_id: str) -> Response:
    _require_own(notification_id)
    if run_in_transaction(lambda: _resend(notification_id)):
        flash(_("Die Nachricht ist noch einmal unterwegs."), "message")
    else:
        flash(_("Diese Nachricht gilt nicht mehr oder erreicht niemanden. Es ging nichts hinaus."), "error")
    return redirect(get_next_path(default=url_for("message_log.index")))


@blueprint.post("/messages/<notification_id>/now")
@for_company("bookings.write")
def send_now(notification_id: str) -> Response:
    """Send a message that waits for the end of the quiet hours."""
    _require_own(notification_id)
    if run_in_transaction(lambda: _send_now(notification_id)):
        flash(_("Die Nachricht geht jetzt hinaus."), "message")
    else:
        flash(_("Diese Nachricht wartet nicht mehr."), "error")
    return redirect(get_next_path(default=url_for("message_log.index")))


def _require_own(notification_id: str) -> None:
    branches = get_branch_filter(all_if_none=True)
    statement = select(Notification.id).where(Notification.id == notification_id, Notification.branch_id.in_(branches))
    if not is_ulid(notification_id) or db.session.scalar(statement) is None:
        raise NotFound(_("Das gibt es hier nicht."))


def _send_now(notification_id: str) -> bool:
    row = held_messages.send_now(notification_id)
    if row is None:
        return False
    send_notification.enqueue(row.id)
    return True


def _resend(notification_id: str) -> bool:
    row: Notification | None = db.session.get_one(Notification, notification_id)
    row = resend(row) if row.subject.startswith("booking:") else delivery.resend(notification_id)
    if row is None or row.status != "pending":
        return False
    send_notification.enqueue(row.id)
    return True
