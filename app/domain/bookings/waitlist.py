"""The waitlist: a freed slot is held and offered to the entries in turn."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy import or_, select

from app.core.clock import now
from app.core.errors import Conflict, InvalidInput
from app.core.event_bus import publish
from app.core.extensions import db
from app.core.ids import new_ulid
from app.core.link_tokens import generate_token, hash_token
from app.domain.bookings import waitlist_calls
from app.domain.bookings.booking_request import BookingRequest, expand_service, validate_request
from app.domain.bookings.create import create_booking, create_hold
from app.domain.bookings.errors import BookingError
from app.domain.bookings.history import Actor
from app.domain.bookings.holds import close_hold
from app.domain.notifications.receipts import mark_answered
from app.domain.scheduling.availability import find_free_slots
from app.domain.scheduling.loader import load_scheduling_data
from app.domain.scheduling.types import Slot, SlotQuery, VisitPart
from app.events import WaitlistOffered
from app.models import Booking, BookingChange, Branch, Hold, Service, WaitlistEntry, WaitlistOffer

OFFER_MINUTES = 30
# entries tried for one freed slot
MAX_CANDIDATES = 50
SYSTEM_ACTOR = Actor("system", "web")
LINK_ACTOR = Actor("caller", "link")


class OfferExpired(Conflict):
    """The offer has expired, was declined, or its slot is taken."""

    code = "offer_gone"


def join_waitlist(
    customer_id: str,
    service_id: str,
    *,
    window_from: datetime,
    window_until: datetime,
    branch_id: str | None = None,
    staff_id: str | None = None,
    day_from: int = 0,
    day_until: int = 1440,
    call_id: str | None = None,
    contact_phone: str | None = None,
) -> WaitlistEntry:
    """Add the customer to the waitlist; for the same service and branch only the window is updated.

    `day_from` and `day_until` are minutes after local midnight. Raises UnknownService, UnknownStaff, InvalidInput.
    """
    validate_request(BookingRequest((VisitPart(service_id, staff_id),), window_from, branch_id, "link", SYSTEM_ACTOR))
    if window_until <= max(window_from, now()) or not 0 <= day_from < day_until <= 1440:
        raise InvalidInput(_("In diesem Zeitraum kann nichts frei werden."), fields={"window_until": "invalid"})
    statement = select(WaitlistEntry).where(
        WaitlistEntry.customer_id == customer_id, WaitlistEntry.service_id == service_id, WaitlistEntry.status == "waiting",
        WaitlistEntry.branch_id == branch_id if branch_id else WaitlistEntry.branch_id.is_(None),
    )  # fmt: skip
    entry = db.session.scalars(statement).first()
    if entry is None:
        entry = WaitlistEntry(id=new_ulid(), customer_id=customer_id, service_id=service_id, branch_id=branch_id, call_id=call_id)
        db.session.add(entry)
    entry.staff_id, entry.window_from, entry.window_until = staff_id, window_from, window_until
    entry.day_from, entry.day_until, entry.contact_phone = day_from, day_until, contact_phone
    db.session.flush()
    return entry


def offer_slot(
    branch_id: str, starts_at: datetime, ends_at: datetime, *, minutes: int = OFFER_MINUTES, unreached: WaitlistEntry | None = None
) -> WaitlistOffer | None:
    """Hold a slot around the freed time for the first matching entry that a message reaches; publishes WaitlistOffered.

    None without one: then nothing is held, and whoever matches is to be phoned, first of all `unreached`, whose offer did not arrive.
    A declined slot is not offered to the same entry again. `renew_offer_token` creates the token for the message's link.
    """
    timezone = db.session.scalars(select(Branch.timezone).where(Branch.id == branch_id)).one()
    to_call = (unreached, starts_at) if unreached else None
    for entry in _list_candidates(branch_id, starts_at, ends_at):
        slot = _find_slot(entry, branch_id, starts_at, ends_at, timezone)
        if slot is None:
            continue
        if not waitlist_calls.is_reached(entry):
            to_call = to_call or (entry, slot.starts_at)
            continue
        parts = tuple(VisitPart(part.service_id, part.staff_id) for part in slot.parts) or (VisitPart(entry.service_id, slot.staff_id),)
        request = BookingRequest(
            parts, slot.starts_at, branch_id, "link", SYSTEM_ACTOR, customer_id=entry.customer_id, call_id=entry.call_id
        )
        try:
            hold = create_hold(request, minutes=minutes)
        except BookingError:
            continue
        offer = WaitlistOffer(
            id=new_ulid(), entry_id=entry.id, hold_id=hold.id, token_hash=hash_token(generate_token()), expires_at=hold.expires_at
        )  # fmt: skip
        entry.status = "offered"
        db.session.add(offer)
        db.session.flush()
        publish(WaitlistOffered(offer.company_id, branch_id, offer.id, entry.id))
        return offer
    if to_call:
        entry, slot_starts_at = to_call
        waitlist_calls.ask_to_call(entry, branch_id, slot_starts_at)
    return None


def renew_offer_token(offer: WaitlistOffer) -> str:
    """Replace the token for the link to the offer; the earlier one becomes invalid."""
    token = generate_token()
    offer.token_hash = hash_token(token)
    db.session.flush()
    return token


def find_offer(token: str) -> WaitlistOffer | None:
    """Find the offer of this token in the current company (inside unscoped: in any)."""
    return db.session.scalars(select(WaitlistOffer).where(WaitlistOffer.token_hash == hash_token(token))).first()


def accept_offer(offer_id: str, *, actor: Actor = LINK_ACTOR) -> Booking:
    """Book the offered slot; idempotent. Raises OfferExpired and the errors of create_booking."""
    offer, entry, hold = _lock_offer(offer_id)
    if offer.status == "accepted" and offer.booking_id:
        return db.session.scalars(select(Booking).where(Booking.id == offer.booking_id)).one()
    if offer.status != "offered" or offer.expires_at <= now():
        raise OfferExpired(_("Dieses Angebot gilt nicht mehr."))
    parts = tuple(VisitPart(part["service_id"], part["staff_id"]) for part in hold.parts)
    request = BookingRequest(
        parts, hold.starts_at, hold.branch_id, "link", actor, customer_id=entry.customer_id, call_id=entry.call_id,
        contact_phone=entry.contact_phone, contact_email=entry.contact_email, source_ref=f"waitlist:{offer.id}", hold=hold,
    )  # fmt: skip
    booking = create_booking(request)
    offer.status, offer.booking_id, entry.status = "accepted", booking.id, "booked"
    mark_answered([f"offer:{offer.id}"], "confirmed")
    db.session.flush()
    return booking


def decline_offer(offer_id: str) -> WaitlistOffer | None:
    """Decline the offer; the entry waits on and the slot is offered to the next. Return that offer or None."""
    mark_answered([f"offer:{offer_id}"], "declined")
    return _close_offer(offer_id, "declined")


def give_up_offer(offer_id: str) -> WaitlistOffer | None:
    """End an offer whose message reached nobody: its time goes to the next, else whoever waits is to be phoned."""
    return _close_offer(offer_id, "expired", is_unreached=True)


def expire_offers(limit: int = 100) -> int:
    """Expire unanswered offers of the current company and offer their slots to the next."""
    due = select(WaitlistOffer.id).where(WaitlistOffer.status == "offered", WaitlistOffer.expires_at <= now()).limit(limit)
    expired_ids = db.session.scalars(due.order_by(WaitlistOffer.expires_at)).all()
    for offer_id in expired_ids:
        _close_offer(offer_id, "expired")
    return len(expired_ids)


def withdraw_entry(entry_id: str) -> None:
    """Withdraw an entry; its open offer goes to the next. Closed entries are left unchanged."""
    entry = db.session.scalars(select(WaitlistEntry).where(WaitlistEntry.id == entry_id).with_for_update()).one()
    open_offers = select(WaitlistOffer.id).where(WaitlistOffer.entry_id == entry_id, WaitlistOffer.status == "offered")
    if entry.status in ("waiting", "offered"):
        entry.status = "withdrawn"
        db.session.flush()
        for offer_id in db.session.scalars(open_offers).all():
            _close_offer(offer_id, "declined")


def close_past_entries() -> int:
    """Expire entries of the current company whose window has passed; return their number."""
    past_entries = select(WaitlistEntry).where(WaitlistEntry.status == "waiting", WaitlistEntry.window_until <= now())
    entries = db.session.scalars(past_entries).all()
    for entry in entries:
        entry.status = "expired"
    db.session.flush()
    return len(entries)


def _list_candidates(branch_id: str, starts_at: datetime, ends_at: datetime) -> list[WaitlistEntry]:
    """Lock the matching entries, longest waiting first, except those that were offered this slot before."""
    offered_before = (
        select(WaitlistOffer.entry_id)
        .join(Hold, Hold.id == WaitlistOffer.hold_id)
        .where(Hold.branch_id == branch_id, Hold.starts_at < ends_at, Hold.ends_at > starts_at)
    )
    statement = (
        select(WaitlistEntry)
        .where(WaitlistEntry.status == "waiting", WaitlistEntry.window_from < ends_at, WaitlistEntry.window_until > starts_at)
        .where(or_(WaitlistEntry.branch_id.is_(None), WaitlistEntry.branch_id == branch_id))
        .where(WaitlistEntry.id.not_in(offered_before))
        .order_by(WaitlistEntry.created_at, WaitlistEntry.id)
        .limit(MAX_CANDIDATES)
        .with_for_update()
    )
    return list(db.session.scalars(statement))


def _find_slot(entry: WaitlistEntry, branch_id: str, starts_at: datetime, ends_at: datetime, timezone: str) -> Slot | None:
    """Find the free slot nearest to the start of the freed time that overlaps it and fits the entry."""
    parts = expand_service(entry.service_id, entry.staff_id)
    ids = [part.service_id for part in parts]
    minutes = {row.id: row.minutes for row in db.session.execute(select(Service.id, Service.minutes).where(Service.id.in_(ids)))}
    length = timedelta(minutes=sum(minutes[service_id] for service_id in ids))
    first, last = max(starts_at - length, entry.window_from, now()), min(ends_at, entry.window_until)
    if first >= last:
        return None
    query = SlotQuery(parts, first, last, now(), branch_id=branch_id)
    for slot in find_free_slots(query, load_scheduling_data(query, for_callers=True)).find_nearest(starts_at, MAX_CANDIDATES):
        local = slot.starts_at.astimezone(ZoneInfo(timezone))
        if entry.day_from <= local.hour * 60 + local.minute < entry.day_until and slot.ends_at > starts_at:
            return slot
    return None


def _lock_offer(offer_id: str) -> tuple[WaitlistOffer, WaitlistEntry, Hold]:
    options = {"populate_existing": True}
    offer = db.session.scalars(
        select(WaitlistOffer).where(WaitlistOffer.id == offer_id).with_for_update().execution_options(**options)
    ).first()  # fmt: skip
    if offer is None:
        raise OfferExpired(_("Dieses Angebot gilt nicht mehr."))
    entry = db.session.scalars(select(WaitlistEntry).where(WaitlistEntry.id == offer.entry_id).with_for_update()).one()
    return offer, entry, db.session.scalars(select(Hold).where(Hold.id == offer.hold_id).execution_options(**options)).one()


def _close_offer(offer_id: str, status: str, *, is_unreached: bool = False) -> WaitlistOffer | None:
    """Close an open offer, release its hold and offer the slot to the next entry; closed offers are left unchanged."""
    offer, entry, hold = _lock_offer(offer_id)
    if offer.status != "offered":
        return None
    offer.status = status
    if entry.status == "offered":
        entry.status = "waiting"
    db.session.flush()
    close_hold(hold, "released" if status == "declined" else "expired")
    if hold.starts_at <= now():
        return None
    return offer_slot(hold.branch_id, hold.starts_at, hold.ends_at, unreached=entry if is_unreached else None)


RECENT_WINDOW = timedelta(minutes=15)


def offer_freed_slot(booking_id: str) -> WaitlistOffer | None:
    """Offer the slot freed by this booking to the next entry; idempotent."""
    booking = db.session.scalars(select(Booking).where(Booking.id == booking_id)).first()
    freed = _get_freed_slot(booking) if booking else None
    if freed is None or freed[1] <= now():
        return None
    return offer_slot(*freed)


def list_recently_cancelled() -> list[str]:
    """List ids of recently cancelled future bookings of the current company, to redo lost jobs."""
    statement = select(Booking.id).where(
        Booking.status == "cancelled", Booking.starts_at > now(), Booking.cancelled_at > now() - RECENT_WINDOW
    )  # fmt: skip
    return list(db.session.scalars(statement.order_by(Booking.cancelled_at)))


def list_waiting_companies() -> list[str]:
    """List companies with waiting entries; call it inside unscoped()."""
    return list(db.session.scalars(select(WaitlistEntry.company_id).where(WaitlistEntry.status == "waiting").distinct()))


def list_companies_with_expired_offers() -> list[str]:
    """List companies with unanswered expired offers; call it inside unscoped()."""
    statement = select(WaitlistOffer.company_id).where(WaitlistOffer.status == "offered", WaitlistOffer.expires_at <= now())
    return list(db.session.scalars(statement.distinct()))


def _get_freed_slot(booking: Booking) -> tuple[str, datetime, datetime] | None:
    """Branch, start and end of the freed slot: the booking's own when cancelled, else its slot before the last move."""
    if booking.status == "cancelled":
        return booking.branch_id, booking.starts_at, booking.ends_at
    moves = select(BookingChange.before).where(BookingChange.booking_id == booking.id, BookingChange.action == "moved")
    before = db.session.scalars(moves.order_by(BookingChange.id.desc()).limit(1)).first()
    if not before:
        return None
    starts_at, ends_at = (before.get(name) for name in ("starts_at", "ends_at"))
    return (
        before.get("branch_id") or booking.branch_id,
        datetime.fromisoformat(starts_at) if starts_at else booking.starts_at,
        datetime.fromisoformat(ends_at) if ends_at else booking.ends_at,
    )
