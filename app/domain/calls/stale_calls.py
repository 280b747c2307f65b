"""Closes running calls unknown to their provider, which no event will end."""

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import select

from app.core.clock import now
from app.core.extensions import db
from app.domain.calls.event_merge import UNKNOWN_AT_PROVIDER
from app.domain.calls.lifecycle import MatchedCallEvent, apply_events
from app.domain.calls.reconciliation import PROVIDER, ClaimedReconciliation
from app.domain.companies.number_lookup import NumberMatch
from app.models import Call
from app.providers.voice.call_webhook_reader import ProviderCallEvent

# so long after its beginning a call may be listed late; then the provider's word counts
LISTING_GRACE_PERIOD = timedelta(minutes=15)


def close_unknown_calls(run: ClaimedReconciliation, call_ids: Collection[str]) -> int:
    """End calls unknown to the account long enough after their start; returns their number. Call it inside unscoped()."""
    statement = select(Call).where(
        Call.provider == PROVIDER,
        Call.provider_call_id.in_(call_ids),
        Call.running(),
        Call.started_at < now() - LISTING_GRACE_PERIOD,
    )
    unknown = [call for call in db.session.scalars(statement) if call.connection_id == run.connection_id] if call_ids else []
    if unknown:
        apply_events([_build_end_event(call, run) for call in unknown])
    return len(unknown)


def _build_end_event(call: Call, run: ClaimedReconciliation) -> MatchedCallEvent:
    event = ProviderCallEvent(
        PROVIDER, "ended", "call_unknown", call.provider_call_id, status="error", end_category="technical",
        disconnection_reason=UNKNOWN_AT_PROVIDER,
    )  # fmt: skip
    place = NumberMatch(call.company_id, call.branch_id, call.phone_number_id or "", call.agent_id, "number", call.to_number or "")
    return MatchedCallEvent(None, now(), run.connection_id, event, place)
