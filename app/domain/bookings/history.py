"""Writes down what became of a booking: who, by which way, what, and why."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from app.core.extensions import db
from app.models import Booking, BookingChange

ActorKind = Literal["caller", "user", "program", "calendar", "house"]
TRACKED_FIELDS = ("status", "starts_at", "ends_at", "staff_id", "branch_id", "service_id", "notes", "price_cents")


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a caller, a user, a program with a key, another calendar or the house itself; and by which way (call, web, link …)."""

    kind: ActorKind
    channel: str
    id: str | None = None


def snapshot(booking: Booking) -> dict[str, Any]:
    """The fields that history tells, as they are now."""
    values = {name: getattr(booking, name) for name in TRACKED_FIELDS}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()}


def append(booking: Booking, action: str, actor: Actor, *, reason: str | None = None, before: dict[str, Any] | None = None) -> None:
    """Adds a line; of `before` (a picture taken before the change) only what has changed is kept."""
    after = snapshot(booking)
    changed_fields = [name for name in TRACKED_FIELDS if before is None or before[name] != after[name]]
    db.session.add(
        BookingChange(
            booking_id=booking.id, action=action, actor_type=actor.kind, actor_id=actor.id, way=actor.channel,
            why=reason[:250] if reason else None,
            before={name: before[name] for name in changed_fields} if before else None,
            after={name: after[name] for name in changed_fields if after[name] is not None or before},
            version=booking.version,
        )
    )  # fmt: skip
