"""The history of a booking: actor, channel, change and reason."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from app.core.extensions import db
from app.models import Booking, BookingChange

ActorKind = Literal["caller", "user", "program", "calendar", "system"]
TRACKED_FIELDS = ("status", "starts_at", "ends_at", "staff_id", "branch_id", "service_id", "notes", "price_cents", "overridden")


@dataclass(frozen=True, slots=True)
class Actor:
    """The actor of a change: a caller, user, API program, external calendar or the system; and the channel (call, web, link …)."""

    kind: ActorKind
    channel: str
    id: str | None = None


def snapshot(booking: Booking) -> dict[str, Any]:
    """The tracked fields with their current values."""
    values = {name: getattr(booking, name) for name in TRACKED_FIELDS}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()}


def append(booking: Booking, action: str, actor: Actor, *, reason: str | None = None, before: dict[str, Any] | None = None) -> None:
    """Append a change; of `before` (a snapshot taken before it) only changed fields are stored."""
    after = snapshot(booking)
    changed_fields = [name for name in TRACKED_FIELDS if before is None or before[name] != after[name]]
    db.session.add(
        BookingChange(
            booking_id=booking.id, action=action, actor_type=actor.kind, actor_id=actor.id, channel=actor.channel,
            reason=reason[:250] if reason else None,
            before={name: before[name] for name in changed_fields} if before else None,
            after={name: after[name] for name in changed_fields if after[name] is not None or before},
            version=booking.version,
        )
    )  # fmt: skip
