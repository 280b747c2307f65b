"""Decide whether a stored message is still true, since its subject may have changed."""

from collections.abc import Callable, Collection

from sqlalchemy import select

from app.core.extensions import db
from app.domain.notifications.message_kinds import PLANNED_KINDS, get_kind
from app.models import (
    Booking,
    BookingChange,
    ConsentRequest,
    CustomerProxy,
    Invitation,
    Notification,
    OneTimeCode,
    StaffNotice,
    User,
    WaitlistOffer,
)

# a change of one of these makes a message about the booking untrue
STATED_FIELDS = frozenset({"status", "starts_at", "staff_id", "branch_id", "service_id"})


def is_outdated(row: Notification) -> bool:
    """Whether something happened to the subject of the message ("booking:<id>") after it was written."""
    kind, _colon, subject_id = row.subject.partition(":")
    check = CHECKS.get(kind)
    return check is not None and check(row, subject_id)


def changes_statement(change: BookingChange) -> bool:
    """Whether messages about the booking that were written before this change are untrue after it."""
    return not STATED_FIELDS.isdisjoint(change.before or {})


def _is_booking_changed(row: Notification, booking_id: str) -> bool:
    booking = db.session.scalars(select(Booking).where(Booking.id == booking_id)).first()
    if booking is None:
        return True
    later = select(BookingChange).where(BookingChange.booking_id == booking_id, BookingChange.occurred_at > row.created_at)
    return contradicts(row, booking, db.session.scalars(later).all())


def contradicts(row: Notification, booking: Booking, changes: Collection[BookingChange]) -> bool:
    """Whether the booking as it stands, or what changed in it since the message was written, makes the message untrue."""
    if (booking.status == "cancelled") != (get_kind(row.kind).announces_cancellation):
        return True
    if row.kind in PLANNED_KINDS and not booking.is_active:
        return True
    # a planned message says nothing of the status
    fields = STATED_FIELDS - {"status"} if row.kind in PLANNED_KINDS else STATED_FIELDS
    return any(not fields.isdisjoint(change.before or {}) for change in changes if change.occurred_at > row.created_at)


def _is_offer_closed(_row: Notification, offer_id: str) -> bool:
    return db.session.scalar(select(WaitlistOffer.status).where(WaitlistOffer.id == offer_id)) != "offered"


def _is_code_replaced(_row: Notification, code_id: str) -> bool:
    """Only the newest code of a call is accepted, and once."""
    code = db.session.scalars(select(OneTimeCode).where(OneTimeCode.id == code_id)).first()
    if code is None or code.used_at is not None:
        return True
    newer = select(OneTimeCode.id).where(OneTimeCode.call_id == code.call_id, OneTimeCode.created_at > code.created_at)
    return db.session.scalar(newer.limit(1)) is not None


def _is_notice_read(_row: Notification, notice_id: str) -> bool:
    notice = db.session.scalars(select(StaffNotice).where(StaffNotice.id == notice_id)).first()
    return notice is None or notice.read_at is not None or not _may_sign_in(notice.user_id)


def _is_digest_for_nobody(_row: Notification, user_id: str) -> bool:
    return not _may_sign_in(user_id)


def _is_request_closed(_row: Notification, request_id: str) -> bool:
    """What was confirmed or withdrawn needs no confirmation; the rest ends with the message's own deadline."""
    request = db.session.scalars(select(ConsentRequest).where(ConsentRequest.id == int(request_id))).first()
    return request is None or request.consent_id is not None or request.ended_at is not None


def _is_invitation_over(row: Notification, invitation_id: str) -> bool:
    """Accepted or withdrawn, or it has another link by now."""
    token_hash = db.session.scalar(select(Invitation.token_hash).where(Invitation.id == invitation_id)) or ""
    return not token_hash or not row.idempotency_key.endswith(token_hash[:16])


def _may_sign_in(user_id: str) -> bool:
    return db.session.scalar(select(User.is_active).where(User.id == user_id)) is True


def _is_proxy_settled(_row: Notification, proxy_id: str) -> bool:
    row = db.session.scalars(select(CustomerProxy).where(CustomerProxy.id == proxy_id)).first()
    return row is None or row.confirmed_at is not None or row.revoked_at is not None


CHECKS: dict[str, Callable[[Notification, str], bool]] = {
    "booking": _is_booking_changed, "offer": _is_offer_closed, "code": _is_code_replaced, "notice": _is_notice_read,
    "digest": _is_digest_for_nobody, "consent": _is_request_closed, "proxy": _is_proxy_settled, "invitation": _is_invitation_over,
}  # fmt: skip
