"""Shared by the booking pages: visible bookings, the actor, times from forms, and the responses of actions."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from flask import flash, g, get_template_attribute, jsonify, redirect, request
from flask_babel import gettext as _, lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.core.clock import now
from app.core.errors import AppError, NotFound
from app.core.extensions import db
from app.core.ids import is_ulid
from app.domain.accounts.permissions import can
from app.domain.bookings.errors import IdempotencyKeyReused
from app.domain.bookings.history import Actor
from app.domain.bookings.notifications import find_destination, find_unreachable_reason
from app.domain.notifications.delivery import find_hold_end
from app.domain.notifications.message_kinds import PLANNED_KINDS
from app.domain.notifications.notification_queue import list_notifications
from app.domain.notifications.sender_accounts import find_outage
from app.models import Booking, Notification
from app.web.formatting import when
from app.web.guards import get_next_path
from app.web.labels import NOTIFICATION_REASONS
from app.web.settings import connection_labels
from app.web.toasts import Toast, flash_toast

NOTHING_LEAVES = _l("Es geht gerade nichts hinaus.")
# so long after it was caused a message is what the desk has just done
FRESH_FOR = timedelta(seconds=30)
View = Callable[..., Any]


def get_visible_booking(booking_id: str) -> Booking:
    """Get a booking the reader may see, whose clock the page then shows. Raises NotFound for those of other companies and branches."""
    booking = db.session.scalars(select(Booking).where(Booking.id == booking_id)).first() if is_ulid(booking_id) else None
    if booking is None or not can(current_user, "bookings.read", branch_id=booking.branch_id):
        raise NotFound(_("Diesen Termin gibt es nicht."))
    g.timezone = booking.timezone
    return booking


def current_actor() -> Actor:
    return Actor("user", "web", current_user.id)


def to_utc(day: date, clock: time, timezone: str) -> datetime:
    """Convert a local day and time of the branch to UTC."""
    return datetime.combine(day, clock, ZoneInfo(timezone)).astimezone(UTC)


def is_xhr() -> bool:
    """Check whether the calendar's script sent the request and expects JSON."""
    return request.headers.get("X-Asked-By") == "script"


def respond(said: str | Toast, *, undo: str = "", back: str, **data: Any) -> Response:
    """Respond to an action with a toast that offers to undo it: JSON for the script, else a redirect."""
    toast = replace(said if isinstance(said, Toast) else Toast(said), undo=undo)
    if is_xhr():
        html = get_template_attribute("partials/controls.html", "toast")(toast)
        return jsonify(toast=str(html), **data)
    flash_toast(toast)
    return redirect(get_next_path(default=back))


def with_reachability(message: str, booking: Booking, *, is_new: bool = False) -> Toast:
    """Append to a message what the customer hears of it from us and when; or that they do not, and why, so that the desk tells them."""
    if booking.starts_at <= now():
        return Toast(message)
    sentence, destination = message.rstrip("."), find_destination(booking)
    if reason := find_unreachable_reason(booking):
        consequence = _("Eine Bestätigung können wir nicht schicken.") if is_new else _("Bitte sagen Sie selbst Bescheid.")
        missing = destination[0] if destination and reason == "not_set_up" else ""
        return Toast(f"{sentence}. {consequence} {describe_unreachable(reason)}", "warn", set_up=missing)
    if destination and (outage := find_outage(destination[0])):
        why = connection_labels.describe_reason(outage.provider, outage.reason)
        return Toast(f"{sentence}. {NOTHING_LEAVES} {why}", "warn")
    leaving = next((row for row in list_notifications(f"booking:{booking.id}") if _is_fresh(row)), None)
    return Toast(f"{sentence}. {_describe_leaving(leaving, is_new=is_new)}" if leaving else message)


def describe_unreachable(reason: str) -> str:
    """Say why no message gets to the customer of a booking."""
    return str(NOTIFICATION_REASONS.get(reason) or _("Der Versand von Nachrichten ist nicht eingerichtet."))


def _is_fresh(row: Notification) -> bool:
    """Whether it was caused by what has just been done, and goes out."""
    return row.status in ("pending", "sent") and row.kind not in PLANNED_KINDS and row.created_at > now() - FRESH_FOR


def _describe_leaving(row: Notification, *, is_new: bool) -> str:
    is_text = row.channel == "sms"
    if is_new:
        what = _("Die Bestätigung per SMS") if is_text else _("Die Bestätigung per E-Mail")
    else:
        what = _("Die Nachricht per SMS") if is_text else _("Die Nachricht per E-Mail")
    if row.status == "pending" and (until := find_hold_end(row)):
        return _("%(what)s geht erst %(when)s hinaus.", what=what, when=when(until, in_sentence=True))
    if row.status == "pending" and row.due_at > now():
        return _("%(what)s geht in einer Minute hinaus.", what=what)
    return _("%(what)s geht jetzt hinaus.", what=what)


def with_error_feedback(view: View) -> View:
    """Turn an AppError into JSON for the script, else into a message on the previous page; 403, 404 and 5xx are raised."""

    @wraps(view)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        try:
            return view(*args, **kwargs)
        except AppError as error:
            if error.status in (403, 404) or error.status >= 500:
                raise
            db.session.rollback()
            if is_xhr():
                fields = error.data.get("fields", {})
                return jsonify(message=user_message(error), fields=fields, code=error.code), error.status
            flash(user_message(error), "error")
            return redirect(get_next_path(default=request.path.rpartition("/")[0]))

    return wrapped


def user_message(error: AppError) -> str:
    """Get the message of an error for users; a stale version, a form that has booked and field errors have sentences of their own."""
    if isinstance(error, IdempotencyKeyReused):
        booked = when(error.booking.starts_at, in_sentence=True)
        return _("Mit diesem Formular ist schon gebucht: %(when)s. Soll es ein weiterer Termin sein, buchen Sie noch einmal.", when=booked)
    if error.code == "changed_meanwhile":
        return _("Jemand anderes hat diesen Termin gerade geändert. So steht er jetzt.")
    fields = error.data.get("fields")
    return next(iter(fields.values())) if isinstance(fields, dict) and fields else str(error.message)
