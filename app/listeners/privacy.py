"""Enqueues the deletion of a call at its provider after the commit of the caller's refusal."""

from app.core.event_bus import subscribe
from app.core.tenancy import company_scope
from app.events import ProviderDeletionQueued
from app.jobs.provider_deletions import delete_call_at_provider


@subscribe(ProviderDeletionQueued, when="before_commit")
def delete_at_provider(events: list[ProviderDeletionQueued]) -> None:
    for event in events:
        with company_scope(event.company_id):
            delete_call_at_provider.enqueue(event.deletion_id)
