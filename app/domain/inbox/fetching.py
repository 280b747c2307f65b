"""Puts a call that was fetched from its provider into the inbox, as if its webhook had come."""

from app.domain.inbox import storing
from app.providers.voice.management import FetchedCall

# the event's name says that we fetched it, and did not get it sent
FETCHED = "fetched"


def store_fetched(call: FetchedCall, *, provider: str, connection_id: str | None) -> None:
    """One key for each stage of the call, so that fetching it again stores nothing twice."""
    name = call.event.name
    storing.store(
        storing.Incoming(
            provider=provider,
            event=f"{FETCHED}_{name}",
            dedupe_key=f"{FETCHED}\n{call.listed.call_id}\n{name}\n{call.listed.status}",
            body=call.body,
            provider_call_id=call.listed.call_id,
            dialled=call.event.business_raw,
            connection_id=connection_id,
        )
    )
