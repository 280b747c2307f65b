"""A row of every kind in a company, and the addresses of all routes with ids of those rows in their gaps."""

from typing import Any

from sqlalchemy import String, Text, inspect
from werkzeug.routing import Rule

from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.models import Company, WebhookEvent
from tests.factories.registry import factories

# what stands in an address → whose row is meant; a new name must be added here
MEANT = {
    "call_id": "Call",
    "company_id": "Company",
    "task_id": "StaffTask",
    "event_id": "WebhookEvent",
    "booking_id": "Booking",
    "customer_id": "Customer",
    "merge_id": "CustomerMerge",
    "proxy_id": "CustomerProxy",
    "branch_id": "Branch",
    "service_id": "Service",
    "staff_id": "StaffMember",
    "agent_id": "Agent",
    "key_id": "ApiKey",
    "user_id": "User",
    "connection": "Connection",
    "provider": "Connection",
    "state": "PhoneNumber",
    "how": "Call",
    "blocked_id": "BlockedCaller",
    "closure_id": "Closure",
    "shift_id": "OnCallShift",
    "entry_id": "WaitlistEntry",
    "number_id": "PhoneNumber",
    "check_id": "LineCheck",
    "notification_id": "Notification",
    "notice_id": "StaffNotice",
    "device_id": "PushSubscription",
    "passkey_id": "Passkey",
    "session_id": "WebSession",
    "room_id": "Resource",
    "feed": "CalendarFeed",
    "token": "BookingLink",
    "template_name": "MessageTemplateVersion",
    "company_slug": "Company",
    "digest": "CompanyLogo",
    "invitation_id": "Invitation",
}
# texts with a grammar of their own, which the mark would break
PLAIN = {
    "id", "company_id", "slug", "timezone", "role", "status", "outcome", "language", "country", "provider", "kind", "email", "e164",
    "from_number", "to_number", "value", "theme", "state", "direction", "caller_kind", "end_category", "sentiment", "type", "action",
    "channel", "actor_type", "scope", "repeats", "colour", "source", "token_hash", "key_hash", "password_hash", "prefix", "key",
    "provider_agent_id", "digest", "content_type", "phone", "industry", "seq", "private_key",
}  # fmt: skip


def address_of(rule: Rule, values: dict[str, str]) -> str:
    address = rule.rule
    for name, value in values.items():
        for gap in (f"<{name}>", f"<int:{name}>", f"<string:{name}>"):
            address = address.replace(gap, value)
    return address


def fill(company: Company, mark: str) -> dict[str, str]:
    """A row of everything, its texts marked; the ids by model."""
    ids: dict[str, str] = {"Company": company.id}
    with company_scope(company.id), transaction():
        for model, factory in factories().items():
            if model is Company:
                continue
            texts = {
                column.key: f"{mark} {column.key}"[: column.type.length or 200]
                for column in inspect(model).columns
                if isinstance(column.type, String | Text) and column.key not in PLAIN and not column.foreign_keys and _takes_umlauts(column)
            }
            extra = {"company_id": company.id, "call_id": None, "status": "unassigned", "to_number": mark} if model is WebhookEvent else {}
            row = factory(**{**texts, **extra})
            ids.setdefault(model.__name__, str(getattr(row, "id", None) or getattr(row, "token_hash", None) or getattr(row, "id_hash", "")))
    return ids


def _takes_umlauts(column: Any) -> bool:
    """Not ids, words of ours and references: those are ASCII."""
    return isinstance(column.type, Text) or (type(column.type) is String and "mysql" not in column.type._variant_mapping)
