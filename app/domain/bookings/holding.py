"""Keeps a time for somebody while they decide: like a booking it takes people and rooms, but it runs out by itself."""

import hashlib

from sqlalchemy import select, update

from app.core.clock import now
from app.core.extensions import db
from app.domain.bookings import occupying
from app.models import Hold


def find_hold(token: str) -> Hold | None:
    """The open hold of this token, or None when there is none or it has run out."""
    held = select(Hold).where(Hold.token_hash == hash_of(token), Hold.status == "open", Hold.expires_at > now())
    return db.session.scalars(held).first()


def use_hold(hold: Hold) -> None:
    """Gives the hold's time free for the booking that takes its place in the same transaction."""
    occupying.release(hold.id)
    db.session.execute(update(Hold).where(Hold.id == hold.id).values(status="used"))


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
