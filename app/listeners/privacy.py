"""What follows from a no: the call is deleted at its provider, after the commit that wrote it down."""

from app.core.event_bus import subscribe
from app.core.tenancy import company_scope
from app.events import ProviderDeletionQueued
from app.jobs.privacy import delete_call


@subscribe(ProviderDeletionQueued, when="before_commit")
def delete_there(events: list[ProviderDeletionQueued]) -> None:
    for event in events:
        with company_scope(event.company_id):
            delete_call.enqueue(event.deletion_id)
