"""Delete calls at their provider after a refused recording: stored with the refusal, retried until done.

`claim` and `complete` belong in a transaction each, `delete_at_provider` between them in none.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from app.core import settings
from app.core.clock import now
from app.core.errors import ProviderError
from app.core.event_bus import publish
from app.core.extensions import db
from app.core.outbox import Outbox
from app.events import ProviderDeletionQueued
from app.models import Call, Connection, ProviderDeletion
from app.providers import VOICE_ACCOUNTS, open_voice_account
from app.providers.credentials import Credentials
from app.providers.voice.management import VoiceRejected

RETRY_DELAYS = tuple(timedelta(seconds=pause) for pause in (5, 30, 120, 600, 1800, 7200))
# a missing or rejected key may be put right
KEY_RETRY_DELAY = timedelta(hours=6)
OUTBOX = Outbox(ProviderDeletion, lease=timedelta(seconds=60), retry_delays=RETRY_DELAYS, open_statuses=("pending", "failed", "no_key"))


@dataclass(frozen=True, slots=True)
class ProviderCallDeletion:
    deletion_id: str
    token: str
    provider: str
    access: Credentials
    provider_call_id: str


def request_deletion(call: Call, reason: str, *, again: bool) -> None:
    """Request the deletion at the call's end; `again` once more, because data came in after it."""
    row = db.session.scalars(select(ProviderDeletion).where(ProviderDeletion.call_id == call.id).with_for_update()).first()
    if row is None:
        row = ProviderDeletion(call_id=call.id, reason=reason, status="waiting", generation=1, attempts=0)
        db.session.add(row)
    elif again and row.status != "waiting":
        row.generation += 1
        OUTBOX.reopen(row)
        publish(ProviderDeletionQueued(call.company_id, row.id))
    if row.status == "waiting" and not call.is_running:
        row.status, row.due_at = "pending", now()
        db.session.flush()
        publish(ProviderDeletionQueued(call.company_id, row.id))
    db.session.flush()


def claim(deletion_id: str) -> ProviderCallDeletion | None:
    """Claim a deletion that is due; None when there is nothing to delete now."""
    row = OUTBOX.find_claimable(deletion_id)
    if row is None:
        return None
    call = db.session.scalars(select(Call).where(Call.id == row.call_id)).one()
    access = _find_credentials(call)
    if access is None or call.provider not in VOICE_ACCOUNTS:
        OUTBOX.postpone(row, KEY_RETRY_DELAY)
        row.status = "no_key"
        return None
    return ProviderCallDeletion(row.id, OUTBOX.claim(row), call.provider, access, call.provider_call_id)


def delete_at_provider(request: ProviderCallDeletion) -> ProviderError | None:
    """Delete the call at its provider; gives the error. A call that the provider does not know counts as deleted."""
    try:
        open_voice_account(request.provider, request.access).delete_call(request.provider_call_id)
    except ProviderError as error:
        return error
    return None


def complete(request: ProviderCallDeletion, error: ProviderError | None) -> None:
    """Store the result; a rejected deletion is retried later, since a wrong key may be put right."""
    row = OUTBOX.find_claimed(request.deletion_id, request.token)
    if row is None:
        return
    if error is None:
        OUTBOX.complete(row, "done")
        row.due_at, row.deleted_at = None, now()
    elif isinstance(error, VoiceRejected):
        row.record_error(error)
        OUTBOX.postpone(row, KEY_RETRY_DELAY)
        row.status = "failed"
    else:
        OUTBOX.retry(row, error)


def _find_credentials(call: Call) -> Credentials | None:
    """The account through which the call's events came."""
    key = settings().retell_account_key
    if call.connection_id:
        key = db.session.scalar(select(Connection.api_key).where(Connection.id == call.connection_id))
    return Credentials(settings().retell_base_url, key) if key else None
