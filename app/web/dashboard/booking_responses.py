"""What the pages about bookings share: which booking and branch the reader may touch, times from forms, and how an action is answered."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from flask import flash, get_template_attribute, jsonify, redirect, request
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.core.errors import AppError, NotFound
from app.core.extensions import db
from app.core.ids import is_ulid
from app.domain.accounts.permissions import can
from app.domain.bookings.history import Actor
from app.models import Booking
from app.web.guards import get_next_path

View = Callable[..., Any]


def get_visible_booking(booking_id: str) -> Booking:
    """Raises NotFound for bookings of other companies and of branches that are not the reader's."""
    booking = db.session.scalars(select(Booking).where(Booking.id == booking_id)).first() if is_ulid(booking_id) else None
    if booking is None or not can(current_user, "bookings.read", branch_id=booking.branch_id):
        raise NotFound(_("Diesen Termin gibt es nicht."))
    return booking


def current_actor() -> Actor:
    return Actor("user", "web", current_user.id)


def to_utc(day: date, clock: time, zone: str) -> datetime:
    """The instant of a day and a time of day on the branch's clocks."""
    return datetime.combine(day, clock, ZoneInfo(zone)).astimezone(UTC)


def is_xhr() -> bool:
    """Whether the calendar's script asks, which wants data and not a page."""
    return request.headers.get("X-Asked-By") == "script"


def respond(message: str, *, undo: str = "", back: str, **data: Any) -> Response:
    """What was done, as a message with the way to take it back."""
    category = f"undo {undo}" if undo else "message"
    if is_xhr():
        toast = get_template_attribute("partials/controls.html", "toast")(message, category)
        return jsonify(toast=str(toast), **data)
    flash(message, category)
    return redirect(get_next_path(default=back))


def with_error_feedback(view: View) -> View:
    """A refusal is told to the script as data and to everybody else as a message on the page they came from."""

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
    """The sentence for people; a version that is not the present one is nobody's fault."""
    if error.code == "changed_meanwhile":
        return _("Jemand anderes hat diesen Termin gerade geändert. So steht er jetzt.")
    fields = error.data.get("fields")
    return next(iter(fields.values())) if isinstance(fields, dict) and fields else str(error.message)
