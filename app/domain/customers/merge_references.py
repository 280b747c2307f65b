"""What becomes of everything that references a customer when two records are merged: one line for each foreign key.

`tests/house/test_customer_references.py` demands a line for every new one.
"""

from dataclasses import dataclass
from typing import Any, Literal

from app.models import (
    Booking,
    Call,
    ConsentRequest,
    CustomerDistinction,
    CustomerIdentifier,
    CustomerLink,
    CustomerMerge,
    CustomerNote,
    CustomerProxy,
    CustomerTag,
    InboundMessage,
    MarketingConsent,
    Notification,
    OneTimeCode,
    SatisfactionQuestion,
    StaffTask,
    UnmetDemand,
    VerificationAttempt,
    WaitlistEntry,
)

Shown = Literal["bookings", "calls", "messages", "tasks", "notes", "waitlist", "tags", "contacts", "proxies", "consents"]


@dataclass(frozen=True, slots=True)
class CustomerReference:
    """Rows of `model` whose `column` names the customer; they go over to the kept record."""

    model: Any
    column: str
    # as what the preview counts them; None: they go along unseen
    shown: Shown | None = None
    # beside the customer these make a row the same as one of the kept record: it is not needed twice, and goes
    same: tuple[str, ...] = ()
    # names another customer: a row that would name the kept one twice goes
    other: str | None = None
    # when the row came about, to tell what is new since a merge
    since: str | None = "created_at"

    @property
    def name(self) -> str:
        return f"{self.model.__tablename__}.{self.column}"


REFERENCES = (
    CustomerReference(CustomerIdentifier, "customer_id", "contacts", same=("kind", "value")),
    CustomerReference(CustomerTag, "customer_id", "tags", same=("tag",), since=None),
    CustomerReference(CustomerNote, "customer_id", "notes"),
    CustomerReference(Booking, "customer_id", "bookings"),
    CustomerReference(WaitlistEntry, "customer_id", "waitlist"),
    CustomerReference(Call, "customer_id", "calls", since="started_at"),
    CustomerReference(Notification, "customer_id", "messages"),
    CustomerReference(InboundMessage, "customer_id", "messages", since="received_at"),
    CustomerReference(StaffTask, "customer_id", "tasks"),
    # all answers stay evidence; where the two differ, the withdrawal wins (domain/customers/merge)
    CustomerReference(MarketingConsent, "customer_id", "consents"),
    CustomerReference(ConsentRequest, "customer_id"),
    CustomerReference(SatisfactionQuestion, "customer_id"),
    CustomerReference(UnmetDemand, "customer_id"),
    # what was sent to the one person and tried about them
    CustomerReference(CustomerLink, "customer_id"),
    CustomerReference(OneTimeCode, "customer_id"),
    CustomerReference(VerificationAttempt, "customer_id", since="occurred_at"),
    CustomerReference(CustomerProxy, "customer_id", "proxies", other="proxy_id"),
    CustomerReference(CustomerProxy, "proxy_id", "proxies", other="customer_id"),
    CustomerReference(CustomerDistinction, "customer_id", same=("other_id",), other="other_id"),
    CustomerReference(CustomerDistinction, "other_id", same=("customer_id",), other="customer_id"),
    # an earlier merge leads to the record that is kept now
    CustomerReference(CustomerMerge, "kept_id"),
)
