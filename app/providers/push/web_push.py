"""Web Push (RFC 8030): a message encrypted for one browser (RFC 8291), signed with our key (RFC 8292), to the service that it named."""

import base64
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid import Vapid02

from app.core.errors import ProviderError
from app.core.ssrf_guard import PrivateAddressError
from app.providers import public_http
from app.providers.http import ProviderResponse, RequestRejected, call_with_breaker

# RFC 8292, 2: at most 24 hours
TOKEN_LIFETIME = timedelta(hours=12)
# the subscription has ended (RFC 8030, 7.3 and 8.3)
GONE_STATUSES = (404, 410)


@dataclass(frozen=True, slots=True)
class PushTarget:
    """A browser's subscription: address, public key and shared secret, both base64url."""

    endpoint: str = field(repr=False)
    p256dh: str = field(repr=False)
    auth: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class PushMessage:
    """`topic`: a later message of the same topic replaces this one while the device is away."""

    topic: str
    payload: bytes = field(repr=False)
    ttl_s: int
    is_urgent: bool = False


@dataclass(frozen=True, slots=True)
class PushSender:
    """Our key, base64url of the private number, and where a push service reaches us (mailto: or https:)."""

    private_key: str = field(repr=False)
    contact: str


class SubscriptionGone(ProviderError):
    """The browser has ended this subscription, or its address is none that we may connect to."""

    code = "gone"


def generate_private_key() -> str:
    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return _encode(number.to_bytes(32, "big"))


def get_public_key(private_key: str) -> str:
    """The uncompressed point in base64url, as `PushManager.subscribe` takes it."""
    numbers = Vapid02.from_raw(private_key.encode()).public_key.public_numbers()
    return _encode(b"\x04" + numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big"))


def send_push(target: PushTarget, message: PushMessage, sender: PushSender, *, sent_at: datetime) -> None:
    """Hand the message to the push service. Raises SubscriptionGone, ConnectionFailed, ResponseTimeout, RateLimited, RequestRejected."""
    body, headers = _encrypt(target, message.payload), _build_headers(target, message, sender, sent_at)
    try:
        call_with_breaker("push", target.endpoint, lambda: _post(target.endpoint, body, headers))
    except RequestRejected as error:
        if error.response.status in GONE_STATUSES:
            raise SubscriptionGone(f"The push service answered {error.response.status}.", retryable=False) from error
        raise


def decode_key(text: str) -> bytes:
    """Raises ValueError."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _encrypt(target: PushTarget, payload: bytes) -> bytes:
    one_time_key = ec.generate_private_key(ec.SECP256R1())
    encrypted: bytes = http_ece.encrypt(
        payload, private_key=one_time_key, dh=decode_key(target.p256dh), auth_secret=decode_key(target.auth), version="aes128gcm"
    )
    return encrypted


def _build_headers(target: PushTarget, message: PushMessage, sender: PushSender, sent_at: datetime) -> dict[str, str]:
    url = urlsplit(target.endpoint)
    claims = {"aud": f"{url.scheme}://{url.netloc}", "exp": int((sent_at + TOKEN_LIFETIME).timestamp()), "sub": sender.contact}
    signed: dict[str, str] = Vapid02.from_raw(sender.private_key.encode()).sign(claims)
    return signed | {
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(message.ttl_s),
        "Topic": message.topic,
        "Urgency": "high" if message.is_urgent else "normal",
    }


def _post(endpoint: str, body: bytes, headers: dict[str, str]) -> ProviderResponse:
    try:
        return public_http.request("POST", endpoint, body=body, headers=headers)
    except PrivateAddressError as error:
        raise SubscriptionGone("The address is not a public one.", retryable=False) from error


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
