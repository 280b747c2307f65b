"""Handles call events: matched by the dialled number, applied to the call."""

from collections.abc import Sequence

from app.domain.calls import lifecycle
from app.domain.companies.number_lookup import CallAddress, NumberMatch, find_owners
from app.domain.inbox.inbox_item import InboxItem


def check(item: InboxItem) -> None:
    """Ignore events that change no call."""
    if item.event.kind == "unknown":
        item.ignore(f"The event {item.event.name[:64]} is not one that moves a call.")
    elif not item.event.provider_call_id:
        item.ignore("The event names no call.")


def match(items: Sequence[InboxItem]) -> None:
    """Match each call to its company; what has no owner yet waits unassigned, under the number that was dialled."""
    for item, owner in zip(items, find_owners([_to_address(item) for item in items]), strict=True):
        item.match = owner.match
        if owner.reason:
            item.mark_unassigned(owner.reason, number_company_id=owner.company_id)
            item.row.to_number = owner.number or (item.event.business_raw or "")[:64] or None


def _to_address(item: InboxItem) -> CallAddress:
    event = item.event
    return CallAddress(
        item.row.provider, event.provider_call_id, event.business_raw, item.row.connection_id, event.agent_ref, event.started_at
    )


def apply(items: Sequence[InboxItem]) -> None:
    lifecycle.apply_events(
        [
            lifecycle.MatchedCallEvent(
                webhook_event_id=item.row.id,
                received_at=item.row.received_at,
                connection_id=item.row.connection_id,
                event=item.event,
                match=item.match,
                replayed=item.row.handled_at is not None,
            )
            for item in items
            if isinstance(item.match, NumberMatch)
        ]
    )
