"""The history of a booking in sentences: actor, action, time, channel and reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from app.core.extensions import db
from app.domain.bookings.change_notices import build_change_key
from app.domain.bookings.notifications import build_confirmation_key
from app.domain.bookings.queries import list_changes, load_staff_names
from app.domain.notifications.message_log import LOST_STATES, get_state
from app.domain.notifications.notification_queue import build_resent_key
from app.models import Booking, BookingChange, BookingSync, Notification, User
from app.web.formatting import when
from app.web.labels import list_override_labels
from app.web.layout import get_assistant_name


@dataclass(frozen=True)
class HistoryLine:
    at: datetime
    who: str
    what: str
    reason: str | None
    # the message about it that nobody got, and what that means
    unsent: Notification | None = None
    unsent_label: str = ""


def list_history(booking: Booking) -> list[HistoryLine]:
    """List the changes of a booking, newest first."""
    changes = list_changes(booking)
    users = {change.actor_id for change in changes if change.actor_type == "user" and change.actor_id}
    names = {row.id: row.name for row in db.session.execute(select(User.id, User.name).where(User.id.in_(users)))} if users else {}
    people, unsent = load_staff_names(), _load_unsent(booking, changes)
    return [
        HistoryLine(
            change.occurred_at, _describe_actor(change, names), _describe_change(change, people), change.reason,
            unsent.get(change.version), _("Ohne Bestätigung") if _is_known(change) else _("Nicht mitgeteilt"),
        )
        for change in changes
    ]  # fmt: skip


def _load_unsent(booking: Booking, changes: Sequence[BookingChange]) -> dict[int, Notification]:
    """The messages about these changes that reached nobody, by the version of the change."""
    keys = {build_confirmation_key(booking) if change.action == "made" else build_change_key(change): change.version for change in changes}
    rows = db.session.scalars(select(Notification).where(Notification.idempotency_key.in_(keys))).all()
    again = {build_resent_key(row) for row in rows}
    sent = set(db.session.scalars(select(Notification.idempotency_key).where(Notification.idempotency_key.in_(again))))
    lost = [row for row in rows if get_state(row) in LOST_STATES and build_resent_key(row) not in sent]
    return {keys[row.idempotency_key]: row for row in lost}


def _is_known(change: BookingChange) -> bool:
    """Whether the customer was there: who books, and who changes it by themselves."""
    return change.action == "made" or change.actor_type == "caller"


def find_sync(booking: Booking) -> tuple[str, str, str | None] | None:
    """Find the sync status in the external calendar: (colour role, sentence, the provider's message); None without a sync."""
    sync = db.session.scalars(select(BookingSync).where(BookingSync.booking_id == booking.id)).first()
    if sync is None:
        return None
    state, sentence = {
        "synced": ("booked", _("Steht genauso im verbundenen Kalender.")),
        "pending": ("held", _("Wird gerade in den verbundenen Kalender eingetragen.")),
        "failed": ("bad", _("Der verbundene Kalender hat den Termin nicht angenommen.")),
        "conflict": ("warn", _("Im verbundenen Kalender ist zu dieser Zeit kein Platz.")),
    }.get(sync.status, ("ended", sync.status))
    return state, sentence, sync.error if sync.status in ("failed", "conflict") else None


def _describe_actor(change: BookingChange, names: dict[str, str]) -> str:
    if change.actor_type == "user":
        return names.get(change.actor_id or "", _("Empfang"))
    if change.actor_type == "caller":
        if change.channel == "link":
            return _("Kundin oder Kunde, über den Link")
        if change.channel == "sms":
            return _("Kundin oder Kunde, per SMS")
        return _("%(assistant)s, am Telefon", assistant=get_assistant_name())
    return {"program": _("Ein Programm, über die API"), "calendar": _("Der verbundene Kalender")}.get(change.actor_type, _("Automatisch"))


def _describe_change(change: BookingChange, people: dict[str, str]) -> str:
    before, after = change.before or {}, change.after or {}
    if change.action == "moved":
        parts = []
        if "starts_at" in after and "starts_at" in before:
            parts.append(_("von %(old)s auf %(new)s", old=_format_time(before["starts_at"]), new=_format_time(after["starts_at"])))
        if "staff_id" in after and "staff_id" in before:
            parts.append(_("von %(old)s zu %(new)s", old=people.get(before["staff_id"], "?"), new=people.get(after["staff_id"], "?")))
        parts += list_override_labels(after.get("overridden"))
        return _("Verschoben: %(how)s", how=", ".join(parts)) if parts else _("Verschoben")
    ignored = ", ".join(list_override_labels(after.get("overridden")))
    return {
        "made": _("Gebucht: %(how)s", how=ignored) if ignored else _("Gebucht"),
        "confirmed": _("Bestätigt"),
        "acknowledged": _("Zugesagt"),
        "edited": _("Notiz geändert"),
        "cancelled": _("Abgesagt"),
        "no_show": _("Nicht erschienen"),
        "done": _("War da"),
    }.get(change.action, change.action)


def _format_time(text: Any) -> str:
    return when(datetime.fromisoformat(text))
