"""Passkeys: sign-in with a key pair of the user's device in place of password and code (WebAuthn Level 3, over py_webauthn)."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from app.core import settings
from app.core.clock import now
from app.core.errors import InvalidInput, NotFound, NotSignedIn
from app.core.extensions import db
from app.core.ids import is_ulid
from app.domain.accounts.account_mails import queue_account_mail
from app.domain.accounts.account_tokens import create_token
from app.domain.accounts.sign_in import can_sign_in
from app.domain.audit.log import record
from app.models import Passkey, User

MAX_PASSKEYS = 20
MAX_NAME_LENGTH = 80
# what a browser sends is some kilobytes long
MAX_CREDENTIAL_LENGTH = 20_000
TIMEOUT_MS = 300_000


@dataclass(frozen=True, slots=True)
class Challenge:
    """Options for the browser, as JSON, and the challenge in them, which its session keeps."""

    options: dict[str, Any]
    text: str


class PasskeyRefused(NotSignedIn):
    """Unknown key, wrong signature, other origin or blocked account; indistinguishable from outside."""

    code = "passkey_refused"


def find_relying_party() -> str | None:
    """The host that passkeys are made for; None where browsers make none: without a name, or without https off this machine."""
    host = urlsplit(settings().public_base).hostname or ""
    try:
        ip_address(host)
    except ValueError:
        return host if host and settings().has_secure_address else None
    return None


def begin_registration(user: User) -> Challenge:
    """Ask the browser for a new key. Raises InvalidInput where the user has too many."""
    library = _load_library()
    if (db.session.scalar(select(func.count()).select_from(Passkey).where(Passkey.user_id == user.id)) or 0) >= MAX_PASSKEYS:
        raise InvalidInput(_("Mehr als %(most)s Passkeys gehen nicht. Entfernen Sie erst einen.", most=MAX_PASSKEYS))
    _row, text = create_token("passkey_registration", user)
    options = library.generate_registration_options(
        rp_id=_get_relying_party(), rp_name="AskProAI", user_id=user.id.encode(), user_name=user.email, user_display_name=user.name,
        challenge=text.encode(), timeout=TIMEOUT_MS, exclude_credentials=[_describe(passkey) for passkey in list_passkeys(user)],
        authenticator_selection=library.helpers.structs.AuthenticatorSelectionCriteria(
            resident_key=library.helpers.structs.ResidentKeyRequirement.REQUIRED,
            user_verification=library.helpers.structs.UserVerificationRequirement.REQUIRED,
        ),
    )  # fmt: skip
    return Challenge(json.loads(library.options_to_json(options)), text)


def complete_registration(user: User, credential: str, *, challenge: str, name: str) -> Passkey:
    """Store the key that the browser has made for this challenge, which was used up before. Raises InvalidInput."""
    library = _load_library()
    try:
        verified = library.verify_registration_response(
            credential=credential, expected_challenge=challenge.encode(), expected_rp_id=_get_relying_party(),
            expected_origin=_get_origin(), require_user_verification=True,
        )  # fmt: skip
        transports = _read_transports(credential)
    except _list_faults() as error:
        raise InvalidInput(_("Das hat nicht geklappt. Bitte versuchen Sie es noch einmal.")) from error
    passkey = Passkey(
        user_id=user.id, name=name, credential_id=verified.credential_id, credential_hash=_hash(verified.credential_id),
        public_key=verified.credential_public_key, sign_count=verified.sign_count, transports=transports,
    )  # fmt: skip
    try:
        with db.session.begin_nested():
            db.session.add(passkey)
    except IntegrityError:
        raise InvalidInput(_("Diesen Passkey gibt es schon.")) from None
    record("passkey_added", subject=f"user:{user.id}", company_id=user.company_id)
    queue_account_mail("passkey_added", user)
    return passkey


def begin_sign_in() -> Challenge:
    """Ask the browser for any key that it has for us; nobody is named."""
    library = _load_library()
    _row, text = create_token("passkey_sign_in", None)
    options = library.generate_authentication_options(
        rp_id=_get_relying_party(), challenge=text.encode(), timeout=TIMEOUT_MS,
        user_verification=library.helpers.structs.UserVerificationRequirement.REQUIRED,
    )  # fmt: skip
    return Challenge(json.loads(library.options_to_json(options)), text)


def authenticate(credential: str, *, challenge: str) -> User:
    """Find whose key has signed this challenge, which was used up before. Raises PasskeyRefused."""
    library = _load_library()
    try:
        response = library.helpers.parse_authentication_credential_json(credential)
        passkey = _find_passkey(response.raw_id)
        user = db.session.get(User, passkey.user_id) if passkey else None
        if passkey is None or user is None or not can_sign_in(user) or response.response.user_handle != user.id.encode():
            raise _build_refusal()
        verified = library.verify_authentication_response(
            credential=response, expected_challenge=challenge.encode(), expected_rp_id=_get_relying_party(),
            expected_origin=_get_origin(), credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count, require_user_verification=True,
        )  # fmt: skip
    except _list_faults() as error:
        raise _build_refusal() from error
    passkey.sign_count, passkey.last_used_at = verified.new_sign_count, now()
    return user


def list_passkeys(user: User) -> Sequence[Passkey]:
    own = select(Passkey).where(Passkey.user_id == user.id).order_by(Passkey.created_at, Passkey.id)
    return db.session.scalars(own).all()


def get_passkey(user: User, passkey_id: str) -> Passkey:
    """Get one of the user's own. Raises NotFound."""
    passkey = db.session.get(Passkey, passkey_id) if is_ulid(passkey_id) else None
    if passkey is None or passkey.user_id != user.id:
        raise NotFound(_("Das gibt es hier nicht."))
    return passkey


def rename_passkey(user: User, passkey_id: str, name: str) -> None:
    """Raises NotFound."""
    get_passkey(user, passkey_id).name = name
    record("passkey_renamed", subject=f"user:{user.id}", company_id=user.company_id)


def remove_passkey(user: User, passkey_id: str) -> None:
    """Raises NotFound."""
    db.session.delete(get_passkey(user, passkey_id))
    record("passkey_removed", subject=f"user:{user.id}", company_id=user.company_id)


def _find_passkey(credential_id: bytes) -> Passkey | None:
    """Locked, since two answers of one device must not both pass its counter."""
    return db.session.scalar(select(Passkey).where(Passkey.credential_hash == _hash(credential_id)).with_for_update())


def _get_relying_party() -> str:
    host = find_relying_party()
    if host is None:
        raise InvalidInput(_("Passkeys gehen nur unter einer Adresse mit https und einem Namen. Die dieses Servers ist keine solche."))
    return host


def _get_origin() -> str:
    """As browsers name it: the public address without a path, and without the port that its scheme implies."""
    address = urlsplit(settings().public_base)
    port = f":{address.port}" if address.port not in (None, {"https": 443, "http": 80}.get(address.scheme)) else ""
    return f"{address.scheme}://{address.hostname}{port}"


def _describe(passkey: Passkey) -> Any:
    structs = _load_library().helpers.structs
    known = {transport.value for transport in structs.AuthenticatorTransport}
    transports = [structs.AuthenticatorTransport(word) for word in passkey.transports if word in known]
    return structs.PublicKeyCredentialDescriptor(id=passkey.credential_id, transports=transports)


def _read_transports(credential: str) -> list[str]:
    found = json.loads(credential).get("response", {}).get("transports", [])
    return [word[:16] for word in found[:8] if isinstance(word, str)] if isinstance(found, list) else []


def _hash(credential_id: bytes) -> str:
    return hashlib.sha256(credential_id).hexdigest()


def _build_refusal() -> PasskeyRefused:
    return PasskeyRefused(_("Mit diesem Passkey geht es nicht. Melden Sie sich mit Ihrem Passwort an."))


def _list_faults() -> tuple[type[Exception], ...]:
    """What the library raises for an answer that it does not accept, and what hostile ones provoke in it."""
    return (_load_library().helpers.exceptions.WebAuthnException, ValueError, TypeError, KeyError, AttributeError)


@cache
def _load_library() -> Any:
    """Loaded with the first passkey: it brings OpenSSL along, which costs every process memory and time at its start."""
    import webauthn
    import webauthn.helpers.exceptions
    import webauthn.helpers.structs

    return webauthn
