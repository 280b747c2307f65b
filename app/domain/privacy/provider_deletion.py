"""Deletes calls at their provider because of what their callers declined: written down with the no, carried out afterwards, never given up.

`reserve` and `confirm` belong into a transaction each, `carry_out` between them into none.
"""

from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy import select

from app.core import settings
from app.core.clock import now
from app.core.errors import ProviderError
from app.core.event_bus import publish
from app.core.extensions import db
from app.core.ids import new_ulid
from app.events import ProviderDeletionQueued
from app.models import Call, CallDeletion, Connection
from app.providers import VOICE_ACCOUNTS, open_voice_account
from app.providers.credentials import Credentials
from app.providers.http import RateLimited
from app.providers.voice.management import VoiceRejected

log = structlog.get_logger()
LEASE = timedelta(seconds=60)
RETRY_DELAYS = tuple(timedelta(seconds=pause) for pause in (5, 30, 120, 600, 1800, 7200))
# a key that is missing or refused may be put right; until then the call is not forgotten
KEY_RETRY_DELAY = timedelta(hours=6)
OPEN_STATUSES = ("pending", "failed", "no_key")


@dataclass(frozen=True, slots=True)
class DeletionRequest:
    deletion_id: str
    token: str
    generation: int
    provider: str
    access: Credentials
    provider_call_id: str


def request_deletion(call: Call, reason: str, *, again: bool) -> None:
    """Notes that the call must not stay there. It waits for the call's end; `again`: something came after it was deleted."""
    row = db.session.scalars(select(CallDeletion).where(CallDeletion.call_id == call.id).with_for_update()).first()
    if row is None:
        row = CallDeletion(call_id=call.id, reason=reason, status="waiting", generation=1, attempts=0)
        db.session.add(row)
    elif again and row.status != "waiting":
        row.generation, row.status, row.claim_token, row.attempts = row.generation + 1, "pending", None, 0
        row.due_at = now()
        publish(ProviderDeletionQueued(call.company_id, row.id))
    if row.status == "waiting" and not call.is_running:
        row.status, row.due_at = "pending", now()
        db.session.flush()
        publish(ProviderDeletionQueued(call.company_id, row.id))
    db.session.flush()


def claim(deletion_id: str) -> DeletionRequest | None:
    """What is to be deleted now; None when there is nothing to do, or somebody else is at it."""
    row = _lock_deletion(deletion_id)
    if row is None or row.status not in OPEN_STATUSES or row.due_at is None or row.due_at > now():
        return None
    call = db.session.scalars(select(Call).where(Call.id == row.call_id)).one()
    access = _find_credentials(call)
    if access is None or call.provider not in VOICE_ACCOUNTS:
        row.status, row.due_at = "no_key", now() + KEY_RETRY_DELAY
        return None
    row.claim_token, row.due_at, row.attempts = new_ulid(), now() + LEASE, row.attempts + 1
    db.session.flush()
    return DeletionRequest(row.id, row.claim_token, row.generation, call.provider, access, call.provider_call_id)


def delete_at_provider(errand: DeletionRequest) -> ProviderError | None:
    """What went wrong; what the provider does not know is deleted."""
    try:
        open_voice_account(errand.provider, errand.access).delete_call(errand.provider_call_id)
    except ProviderError as error:
        return error
    return None


def complete(errand: DeletionRequest, error: ProviderError | None) -> None:
    row = _lock_deletion(errand.deletion_id)
    if row is None or row.claim_token != errand.token or row.generation != errand.generation:
        log.info("deletion.claim_lost", deletion=errand.deletion_id)
        return
    row.claim_token = None
    if error is None:
        row.status, row.error, row.due_at, row.deleted_at = "done", None, None, now()
        return
    row.error = error.code[:500]
    if isinstance(error, VoiceRejected):
        row.status, row.due_at = "failed", now() + KEY_RETRY_DELAY
    elif isinstance(error, RateLimited):
        row.attempts -= 1
        row.due_at = now() + timedelta(seconds=error.retry_after_s)
    else:
        row.due_at = now() + RETRY_DELAYS[min(row.attempts, len(RETRY_DELAYS)) - 1]


def list_due(limit: int) -> list[tuple[str, str]]:
    """(company, deletion) of what is due, the longest first; inside unscoped."""
    wanted = select(CallDeletion.company_id, CallDeletion.id).where(CallDeletion.status.in_(OPEN_STATUSES), CallDeletion.due_at <= now())
    return [(row.company_id, row.id) for row in db.session.execute(wanted.order_by(CallDeletion.due_at).limit(limit))]


def _find_credentials(call: Call) -> Credentials | None:
    """The account that the call's events came from."""
    key = settings().retell_account_key
    if call.connection_id:
        key = db.session.scalar(select(Connection.api_key).where(Connection.id == call.connection_id))
    return Credentials(settings().retell_base_url, key) if key else None


def _lock_deletion(deletion_id: str) -> CallDeletion | None:
    wanted = select(CallDeletion).where(CallDeletion.id == deletion_id).with_for_update()
    return db.session.scalars(wanted.execution_options(populate_existing=True)).first()
