"""The devices on which a person gets notices by push."""

import hashlib
from collections.abc import Collection, Sequence
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from flask_babel import gettext as _
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from app.core.errors import InvalidInput, NotFound
from app.core.extensions import db
from app.core.tenancy import unscoped
from app.domain.audit.log import record
from app.models import PushSubscription, User
from app.providers.push.web_push import PushTarget, decode_key

MAX_DEVICES = 10
MAX_ENDPOINT_LENGTH = 1000
AUTH_BYTES = 16


def list_devices(user: User) -> Sequence[PushSubscription]:
    mine = select(PushSubscription).where(PushSubscription.user_id == user.id)
    return db.session.scalars(mine.order_by(PushSubscription.created_at, PushSubscription.id)).all()


def load_device_ids(user_ids: Collection[str]) -> dict[str, list[str]]:
    """The ids of the devices of these people, by person."""
    devices: dict[str, list[str]] = {}
    rows = db.session.execute(
        select(PushSubscription.user_id, PushSubscription.id).where(PushSubscription.user_id.in_(user_ids)).order_by(PushSubscription.id)
    )
    for user_id, device_id in rows:
        devices.setdefault(user_id, []).append(device_id)
    return devices


def add_device(user: User, target: PushTarget, device: str) -> PushSubscription:
    """Store a browser's subscription; one that another person had in the same browser, in whatever company, is theirs no more.

    Beyond MAX_DEVICES the oldest one goes. Raises InvalidInput.
    """
    _check_target(target)
    digest = hash_endpoint(target.endpoint)
    _remove_endpoint(digest)
    devices = list_devices(user)
    for oldest in devices[: max(0, len(devices) - MAX_DEVICES + 1)]:
        db.session.delete(oldest)
    try:
        with db.session.begin_nested():
            row = _insert_device(user, target, device)
    except IntegrityError:
        # the same browser asked twice at once: the second one counts
        _remove_endpoint(digest)
        row = _insert_device(user, target, device)
    record("push_device_added", subject=f"user:{user.id}")
    return row


def remove_device(user: User, device_id: str) -> None:
    """Raises NotFound."""
    row = next((each for each in list_devices(user) if each.id == device_id), None)
    if row is None:
        raise NotFound(_("Das gibt es hier nicht."))
    db.session.delete(row)
    db.session.flush()
    record("push_device_removed", subject=f"user:{user.id}")


def remove_all_devices(user_ids: Collection[str]) -> None:
    """A new password, another role or a block ends push, too; in any company."""
    with unscoped():
        theirs = delete(PushSubscription).where(PushSubscription.user_id.in_(user_ids))
        db.session.execute(theirs.execution_options(synchronize_session=False))


def end_push_of_browser(device_id: str, user_id: str) -> None:
    """End the push of the browser in which this person signs out; whatever else it names is left."""
    with unscoped():
        own = delete(PushSubscription).where(PushSubscription.id == device_id, PushSubscription.user_id == user_id)
        db.session.execute(own.execution_options(synchronize_session=False))


def _remove_endpoint(digest: str) -> None:
    """Of whoever had it in the same browser, in whatever company."""
    with unscoped():
        same = delete(PushSubscription).where(PushSubscription.endpoint_hash == digest)
        db.session.execute(same.execution_options(synchronize_session=False))


def _insert_device(user: User, target: PushTarget, device: str) -> PushSubscription:
    row = PushSubscription(
        user_id=user.id, endpoint=target.endpoint, endpoint_hash=hash_endpoint(target.endpoint), p256dh=target.p256dh, auth=target.auth,
        device=device[:80],
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


def hash_endpoint(endpoint: str) -> str:
    return hashlib.sha256(endpoint.encode()).hexdigest()


def _check_target(target: PushTarget) -> None:
    """Only https, and keys that one can encrypt for. Where the name leads is checked when we connect."""
    try:
        url = urlsplit(target.endpoint)
        is_address = url.scheme == "https" and bool(url.hostname) and url.username is None and url.port != 0
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decode_key(target.p256dh))
        is_usable = is_address and len(decode_key(target.auth)) == AUTH_BYTES and target.endpoint.isascii()
    except ValueError:
        is_usable = False
    if not is_usable or len(target.endpoint) > MAX_ENDPOINT_LENGTH or len(target.p256dh) > 100:
        raise InvalidInput(_("Dieser Browser hat keine gültige Adresse für Push genannt."))
