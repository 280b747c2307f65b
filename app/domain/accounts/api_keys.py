"""API keys of a company: shown once, stored as a hash, invalid as soon as they are revoked."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from app.core.clock import now
from app.core.errors import InvalidInput, NotFound
from app.core.extensions import db
from app.core.ids import is_ulid
from app.domain.audit.log import record
from app.models import ApiKey, Company

# the scopes of a key
SCOPES = (
    "calls:read", "branches:read", "customers:read", "services:read", "staff:read", "slots:read", "bookings:read", "bookings:write",
)  # fmt: skip
KEY_PREFIX = "apk_"
VISIBLE_LENGTH = 12


@dataclass(frozen=True, slots=True)
class ActiveApiKey:
    """An active key with what a request needs."""

    id: str
    company_id: str
    timezone: str
    scopes: frozenset[str]
    per_minute: int
    last_used_at: datetime | None


def create_key(company: Company, name: str, scopes: list[str], *, plain: str | None = None) -> tuple[ApiKey, str]:
    """Create a key; gives it with its text, which is not stored. `plain` sets the text (for the demo). Raises InvalidInput."""
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown or not scopes:
        sentence = _("Ein Schlüssel braucht eines oder mehrere dieser Rechte: %(scopes)s.", scopes=", ".join(SCOPES))
        raise InvalidInput(sentence, fields={"scopes": sentence})
    plain = plain or KEY_PREFIX + secrets.token_urlsafe(32)
    shown = plain[: min(VISIBLE_LENGTH, len(plain) // 3)]
    key = ApiKey(company_id=company.id, name=name[:80], prefix=shown, key_hash=hash_key(plain), scopes=sorted(set(scopes)))
    db.session.add(key)
    db.session.flush()
    record("api_key_made", subject=f"api_key:{key.id}", data={"scopes": key.scopes}, company_id=company.id)
    return key, plain


def find_key(plain: str) -> ActiveApiKey | None:
    """Find the active key with this text, uncached, so that revocation is immediate."""
    statement = (
        select(ApiKey.id, ApiKey.company_id, Company.timezone, ApiKey.scopes, ApiKey.per_minute, ApiKey.last_used_at)
        .join(Company, Company.id == ApiKey.company_id)
        .where(ApiKey.key_hash == hash_key(plain), ApiKey.revoked_at.is_(None), Company.is_active)
    )
    row = db.session.execute(statement).first()
    return ActiveApiKey(row[0], row[1], row[2], frozenset(row[3]), row[4], row[5]) if row else None


def list_keys(company_id: str | None = None) -> list[ApiKey]:
    """List all keys, or those of one company, newest last."""
    statement = select(ApiKey).order_by(ApiKey.created_at, ApiKey.id)
    return list(db.session.scalars(statement.where(ApiKey.company_id == company_id) if company_id else statement))


def revoke_key(key_id: str) -> ApiKey:
    """Revoke a key by id or visible prefix; idempotent. Raises NotFound."""
    statement = select(ApiKey).where(ApiKey.id == key_id if is_ulid(key_id) else ApiKey.prefix == key_id)
    keys = db.session.scalars(statement).all() if key_id.isascii() else []
    if len(keys) != 1:
        raise NotFound(_("Diesen Schlüssel gibt es nicht.") if not keys else _("So beginnen mehrere Schlüssel. Nennen Sie die Kennung."))
    key = keys[0]
    if key.revoked_at is None:
        key.revoked_at = now()
        record("api_key_revoked", subject=f"api_key:{key.id}", company_id=key.company_id)
    return key


def hash_key(plain: str) -> str:
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()
