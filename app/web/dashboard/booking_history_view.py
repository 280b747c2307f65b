"""The history of a booking in sentences: actor, action, time, channel and reason."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from app.core.extensions import db
from app.domain.bookings.queries import list_changes, load_staff_names
from app.models import Booking, BookingChange, BookingSync, User
from app.web.formatting import when
from app.web.labels import list_override_labels
from app.web.layout import get_assistant_name


@dataclass(frozen=True)
class HistoryLine:
    at: datetime
    who: str
    what: str
    reason: str | None


def list_history(booking: Booking) -> list[HistoryLine]:
    """List the changes of a booking, newest first."""
    changes = list_changes(booking)
    users = {change.actor_id for change in changes if change.actor_type == "user" and change.actor_id}
    names = {row.id: row.name for row in db.session.execute(select(User.id, User.name).where(User.id.in_(users)))} if users else {}
    people = load_staff_names()
    return [
        HistoryLine(change.occurred_at, _describe_actor(change, names), _describe_change(change, people), change.reason)
        for change in changes
    ]


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
