"""A notification: a message to a person, stored in the transaction of its event, and its delivery."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint, exists, func, or_
from sqlalchemy.orm import LoaderCriteriaOption, Mapped, mapped_column, with_loader_criteria

from app.core.calendar_scope import limit_to_calendar
from app.core.column_types import AsciiString, CaseSensitiveString, EncryptedString, Id, UtcDateTime
from app.core.extensions import db
from app.core.outbox import OrderedOutboxRow
from app.models.base import CompanyOwned, HasCreatedAt, HasUlid, company_foreign_key, company_table_args
from app.models.booking import Booking

BOOKING_SUBJECT = "booking:"
STATUSES = ("pending", "not_set_up", "sent", "dead", "expired")


class Notification(CompanyOwned, HasUlid, HasCreatedAt, OrderedOutboxRow, db.Model):
    __tablename__ = "notifications"
    __table_args__ = company_table_args(
        company_foreign_key("branch_id", "branches"),
        company_foreign_key("customer_id", "customers"),
        UniqueConstraint("company_id", "idempotency_key"),
        CheckConstraint("attempts >= 0", name="attempts"),
        Index("ix_notifications_due", "status", "due_at"),
        Index("ix_notifications_order", "company_id", "order_key", "status"),
        Index("ix_notifications_company_subject", "company_id", "subject"),
        Index("ix_notifications_customer", "company_id", "customer_id"),
        Index("ix_notifications_company_status", "company_id", "status", "due_at"),
        Index("ix_notifications_finished", "company_id", "finished_at"),
        Index("ix_notifications_provider_ref", "provider_ref"),
        Index("ix_notifications_recipient", "company_id", "recipient_index", "finished_at"),
    )

    branch_id: Mapped[str | None] = mapped_column(Id)
    customer_id: Mapped[str | None] = mapped_column(Id)
    # a name of domain/notifications/message_kinds
    kind: Mapped[str] = mapped_column(AsciiString(32))
    # Its subject, "booking:<id>": decides when it is outdated (notifications/validity), the page that lists it, and for a
    # booking that its customer knows the day (customers/provable_days). The idempotency key is the event that caused it.
    subject: Mapped[str] = mapped_column(AsciiString(64))
    idempotency_key: Mapped[str] = mapped_column(AsciiString(96))
    # sms, email
    channel: Mapped[str] = mapped_column(AsciiString(8))
    recipient: Mapped[str] = mapped_column(EncryptedString)
    # keyed hash of the recipient, to count and to find messages by it
    recipient_index: Mapped[str | None] = mapped_column(AsciiString(64))
    # over which channel the rule behind it wants it sent, where the person has no preference
    preferred_channel: Mapped[str | None] = mapped_column(AsciiString(8))
    title: Mapped[str | None] = mapped_column(String(160))
    # cleared once sent or expired: links and codes are not kept; a planned message is written when it leaves
    body: Mapped[str | None] = mapped_column(EncryptedString)
    # what was sent, without the links, which are the recipient's own; for a year
    sent_text: Mapped[str | None] = mapped_column(EncryptedString)
    # hash of the token of the link that it carries, by which an answer finds it
    link_hash: Mapped[str | None] = mapped_column(AsciiString(64))
    # quiet hours do not hold it until then: it answers what the recipient has just done
    immediate_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # start of a request whose result may be unknown; None if the carrier cannot have the message
    first_sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # not sent after this time
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # the carrier's id of the message
    provider_ref: Mapped[str | None] = mapped_column(CaseSensitiveString(120))
    # the number of ours that it leaves from, where it answers a message to that one
    sender_address: Mapped[str | None] = mapped_column(AsciiString(20))
    # the user who wrote it
    author_id: Mapped[str | None] = mapped_column(Id)
    # when the carrier reported its arrival, and when the recipient answered it
    delivered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # how: confirmed, moved, cancelled, declined; None where nothing came of it yet
    answer: Mapped[str | None] = mapped_column(AsciiString(16))
    # the start that it speaks of, which stays where the appointment is moved
    appointment_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # of a text message: its parts, and what they cost by the company's price
    segments: Mapped[int | None]
    cost_tenth_cents: Mapped[int | None]


@limit_to_calendar
def _only_of_visible_bookings(staff_id: str) -> LoaderCriteriaOption:
    """A message about an appointment says whose it is, when and with whom."""
    booking_id = func.substr(Notification.subject, len(BOOKING_SUBJECT) + 1)
    is_own = exists().where(Booking.id == booking_id, Booking.staff_id == staff_id)
    return with_loader_criteria(Notification, or_(Notification.subject.not_like(f"{BOOKING_SUBJECT}%"), is_own), include_aliases=True)
