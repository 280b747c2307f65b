"""Links to a time that is held: whoever has one books it with a name, or another one where it is taken; one link, one booking."""

from dataclasses import replace
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select, update

from app.core import settings
from app.core.clock import now
from app.core.errors import Conflict
from app.core.extensions import db
from app.core.link_tokens import generate_token, hash_token, may_be_token
from app.core.tenancy import unscoped
from app.domain.bookings import slot_locks
from app.domain.bookings.booking_request import BookingRequest, list_free_times
from app.domain.bookings.create import create_booking
from app.domain.bookings.history import Actor
from app.domain.bookings.holds import close_hold
from app.domain.customers.contacts import ContactDetails, find_or_create_contact
from app.domain.scheduling.types import SlotQuery, VisitPart
from app.models import Booking, BusySpan, Call, Hold

ACTOR = Actor("caller", "link")
# around a time that is taken
SEARCH_RADIUS = timedelta(days=7)
MAX_ALTERNATIVES = 12


class HoldLinkUsed(Conflict):
    """What the link was for is booked already."""

    code = "hold_used"


def extend_hold(hold: Hold, until: datetime) -> bool:
    """Hold the time until then, if that is later than before; whether it is held at all."""
    until = max(hold.expires_at, min(until, hold.starts_at))
    if not slot_locks.execute_count(update(Hold).where(Hold.id == hold.id, Hold.active()).values(expires_at=until)):
        return False
    db.session.execute(update(BusySpan).where(BusySpan.holder_id == hold.id).values(expires_at=until))
    db.session.refresh(hold)
    return True


def create_hold_url(hold: Hold) -> str:
    """A new address of the page where the held time is booked; the earlier one becomes invalid."""
    token = generate_token()
    hold.token_hash = hash_token(token)
    db.session.flush()
    return f"{settings().public_base}/b/{token}"


def find_linked_hold(token: str) -> Hold | None:
    """Find the hold of this token across companies, until its time begins; the token identifies it."""
    if not may_be_token(token):
        return None
    with unscoped():
        linked = select(Hold).where(Hold.token_hash == hash_token(token), Hold.call_id.is_not(None), Hold.starts_at > now())
        return db.session.scalars(linked).first()


def is_link_used(hold: Hold) -> bool:
    """Whether the held time, or another one in its place, is booked."""
    return hold.status == "used" or find_booking(hold) is not None


def find_booking(hold: Hold) -> Booking | None:
    """Find what was booked by the link."""
    return db.session.scalars(select(Booking).where(Booking.source_ref == _build_ref(hold)).order_by(Booking.id)).first()


def list_alternatives(hold: Hold) -> list[datetime]:
    """List the free times nearest to the held one, itself included where it is free again, in order."""
    since, until = max(now(), hold.starts_at - SEARCH_RADIUS), hold.starts_at + SEARCH_RADIUS
    query = SlotQuery(_list_wished_parts(hold), since, until, now(), branch_id=hold.branch_id, excluded_staff=_get_excluded_staff(hold))
    slots, _data = list_free_times(query, for_callers=True)
    starts = sorted({slot.starts_at for slot in slots}, key=lambda start: (abs(start - hold.starts_at), start))
    return sorted(starts[:MAX_ALTERNATIVES])


def book_by_link(hold_id: str, starts_at: datetime, *, name: str, email: str | None = None) -> Booking:
    """Book the held time, or another one, for the number that called; idempotent.

    The address is for this booking alone. Raises HoldLinkUsed and the errors of create_booking.
    """
    hold = db.session.scalars(
        select(Hold).where(Hold.id == hold_id).with_for_update().execution_options(populate_existing=True)
    ).one()  # fmt: skip
    if (booking := find_booking(hold)) is not None:
        return booking
    if hold.status == "used":
        raise HoldLinkUsed(_("Diese Zeit ist schon gebucht."))
    is_kept = hold.is_open and starts_at == hold.starts_at
    if hold.is_open and not is_kept:
        close_hold(hold, "released")
    customer = find_or_create_contact(ContactDetails(name, _get_number(hold)))
    request = BookingRequest(
        _list_wished_parts(hold), starts_at, hold.branch_id, "link", ACTOR, customer_id=customer.id, call_id=hold.call_id,
        contact_email=email, source_ref=_build_ref(hold), excluded_staff=_get_excluded_staff(hold),
    )  # fmt: skip
    if is_kept:
        parts = tuple(VisitPart(part["service_id"], part["staff_id"]) for part in hold.parts)
        request = replace(request, parts=parts, hold=hold, excluded_staff=frozenset())
    return create_booking(request)


def _build_ref(hold: Hold) -> str:
    return f"hold:{hold.id}"


def _get_number(hold: Hold) -> str | None:
    return db.session.scalar(select(Call.from_number).where(Call.id == hold.call_id, Call.caller_kind == "number"))


def _list_wished_parts(hold: Hold) -> tuple[VisitPart, ...]:
    return tuple(VisitPart(part["service_id"], part.get("requested_staff_id")) for part in hold.parts)


def _get_excluded_staff(hold: Hold) -> frozenset[str]:
    return frozenset(staff_id for part in hold.parts for staff_id in part.get("excluded_staff_ids", ()))
