"""Web Push (RFC 8030): a message encrypted for one browser (RFC 8291), signed with our key (RFC 8292), to the service that it named."""

import base64
import http.client
import socket
import ssl
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid import Vapid02

from app.core.errors import ProviderError
from app.core.ssrf_guard import PrivateAddressError, connect_public
from app.providers.http import ConnectionFailed, ProviderResponse, RequestRejected, ResponseTimeout, call_with_breaker

TIMEOUT_S = 5.0
# the answer is empty, or says in a few words what is wrong
MAX_RESPONSE_BYTES = 4096
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


class PublicHttpsConnection(http.client.HTTPSConnection):
    """HTTPS connection to public addresses only; the certificate is verified by host name."""

    def __init__(self, host: str, port: int, timeout_s: float) -> None:
        self._tls = ssl.create_default_context()
        super().__init__(host, port, timeout=timeout_s, context=self._tls)

    def connect(self) -> None:
        connection: socket.socket = connect_public(self.host, self.port, TIMEOUT_S)
        try:
            self.sock = self._tls.wrap_socket(connection, server_hostname=self.host)
        except OSError:
            connection.close()
            raise


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
    url = urlsplit(endpoint)
    connection = PublicHttpsConnection(url.hostname or "", url.port or 443, TIMEOUT_S)
    try:
        connection.connect()
    except PrivateAddressError as error:
        raise SubscriptionGone("The address is not a public one.", retryable=False) from error
    except OSError as error:
        raise ConnectionFailed("The push service cannot be reached.", retryable=True) from error
    try:
        connection.request("POST", f"{url.path}?{url.query}" if url.query else url.path or "/", body=body, headers=headers)
        response = connection.getresponse()
        response.read(MAX_RESPONSE_BYTES)
    except (OSError, http.client.HTTPException) as error:
        raise ResponseTimeout("The push service did not answer in time.", retryable=True) from error
    finally:
        connection.close()
    if response.status >= 500:
        raise ResponseTimeout(f"The push service answered {response.status}.", retryable=True)
    return ProviderResponse(response.status, {}, dict(response.getheaders()))


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
