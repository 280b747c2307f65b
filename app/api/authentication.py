"""Authentication of API keys: company, scopes and rate limits of a request."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

import structlog
from flask import g, request
from flask_babel import gettext as _
from sqlalchemy import column, table, update
from sqlalchemy.exc import SQLAlchemyError

from app.core.clock import now
from app.core.column_types import Id, UtcDateTime
from app.core.database import read_only
from app.core.errors import NotAllowed, NotSignedIn, TooManyRequests
from app.core.extensions import db
from app.core.rate_limiter import RateLimit, network_of
from app.core.route_guards import View, declare_guard, enter_for_request
from app.core.tenancy import company_scope
from app.core.transactions import autonomous_transaction
from app.domain.accounts.api_keys import ActiveApiKey, find_key

LAST_USED_RESOLUTION = timedelta(minutes=1)
# Per address and minute, for unknown keys only; valid keys from the same address still work.
FAILED_KEYS_LIMIT = RateLimit("api_key.wrong", 30)
log = structlog.get_logger()
keys = table("api_keys", column("id", Id), column("last_used_at", UtcDateTime))


class KeyInvalid(NotSignedIn):
    code = "key_invalid"


class ScopeMissing(NotAllowed):
    code = "scope_missing"


def require_scope(scope: str | None = None) -> Callable[[View], View]:
    """Require an active key with the scope (None: any key) and run the request inside the key's company.

    Sets `g.key` and `g.timezone`. 401 without or with an unknown key, 403 without the scope, 429 beyond the key's
    requests a minute, and for too many unknown keys from one address.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded_view(*args: Any, **kwargs: Any) -> Any:
            key = _authenticate_key()
            if scope is not None and scope not in key.scopes:
                raise ScopeMissing(_("Diesem Schlüssel fehlt das Recht %(scope)s.", scope=scope), scope=scope)
            wait_s = RateLimit("api_key", key.per_minute).hit(key.id)
            if wait_s is not None:
                raise TooManyRequests(_("Zu viele Anfragen mit diesem Schlüssel. Bitte warten Sie einen Moment."), retry_after_s=wait_s)
            g.key, g.timezone = key, key.timezone
            structlog.contextvars.bind_contextvars(api_client=key.id)
            enter_for_request(company_scope(key.company_id))
            response = view(*args, **kwargs)
            _record_use(key)
            return response

        return declare_guard("key", scope or "any")(guarded_view)  # type: ignore[return-value]

    return decorate


def _authenticate_key() -> ActiveApiKey:
    scheme, _blank, plain = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not plain.strip():
        raise KeyInvalid(_("Bitte schicken Sie Ihren Schlüssel: Authorization: Bearer …"))
    # Read-only, so that authentication never waits for a write lock.
    with read_only():
        key = find_key(plain.strip())
        db.session.rollback()
    if key is None:
        wait_s = FAILED_KEYS_LIMIT.hit(network_of(request.remote_addr))
        if wait_s is not None:
            raise TooManyRequests(
                _("Zu viele unbekannte Schlüssel von dieser Adresse. Bitte warten Sie einen Moment."), retry_after_s=wait_s
            )
        raise KeyInvalid(_("Diesen Schlüssel kennen wir nicht, oder er ist gesperrt."))
    return key


def _record_use(key: ActiveApiKey) -> None:
    """Record the use at most once a minute; a database error is logged and does not fail the request."""
    used_at = now()
    if key.last_used_at is not None and used_at - key.last_used_at < LAST_USED_RESOLUTION:
        return
    try:
        with autonomous_transaction() as connection:
            connection.execute(update(keys).where(keys.c.id == key.id).values(last_used_at=used_at))
    except SQLAlchemyError as error:
        log.warning("api_key.use_not_noted", error=type(error).__name__)
