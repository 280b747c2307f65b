"""Customers as the API returns them."""

from datetime import datetime
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field

from app.models import Customer
from app.serializers.page import Page


class CustomerItem(BaseModel):
    id: str
    name: str | None = Field(description="null until somebody said it.")
    language: str | None
    phones: list[str] = Field(description="E.164; families share a number.")
    emails: list[str]
    notes: str | None = Field(description="All of them, pinned ones first, then the newest.")
    created_at: datetime
    last_call_at: datetime | None


class CustomerList(Page):
    items: list[CustomerItem]


def build_customer_item(customer: Customer, timezone: ZoneInfo) -> CustomerItem:
    return CustomerItem(
        id=customer.id,
        name=customer.name,
        language=customer.language,
        phones=_list_values(customer, "phone"),
        emails=_list_values(customer, "email"),
        notes="\n\n".join(note.body for note in customer.notes) or None,
        created_at=customer.created_at.astimezone(timezone),
        last_call_at=customer.last_call_at.astimezone(timezone) if customer.last_call_at else None,
    )


def _list_values(customer: Customer, kind: str) -> list[str]:
    return [identifier.value for identifier in customer.identifiers if identifier.kind == kind]
