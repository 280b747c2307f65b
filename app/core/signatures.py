"""Webhook signatures of Retell, Twilio and Cal.com, made and verified over the raw bytes.

Verifying never raises, for any header, and compares in constant time. With an empty secret it is always False.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

RETELL_TOLERANCE_MS = 300_000
RETELL_HEADER = re.compile(r"v=([0-9]{1,16}),d=([0-9a-f]{64})")

TWILIO_HASHES = {"HMAC_SHA1": hashlib.sha1, "HMAC_SHA256": hashlib.sha256}
DEFAULT_PORTS = {"https": 443, "http": 80}

FormItems = Iterable[tuple[str, str]]


def sign_retell(raw: bytes, key: str, now_ms: int) -> str:
    """The X-Retell-Signature of a body: `v=<unix ms>,d=<hex>`, HMAC-SHA256 over body and time."""
    return f"v={now_ms},d={_hmac(key, raw + str(now_ms).encode(), hashlib.sha256).hexdigest()}"


def verify_retell(raw: bytes, header: str | None, key: str | None, now_ms: int) -> bool:
    """Whether Retell signed these bytes with this key, at most five minutes in the past or future."""
    if not key or not isinstance(header, str) or not isinstance(raw, bytes):
        return False
    match = RETELL_HEADER.fullmatch(header)
    if match is None or abs(now_ms - int(match[1])) > RETELL_TOLERANCE_MS:
        return False
    return _same(_hmac(key, raw + str(int(match[1])).encode(), hashlib.sha256).hexdigest(), match[2])


def read_retell_time(header: str | None) -> int | None:
    """The Unix milliseconds that an X-Retell-Signature claims, or None where it is none."""
    match = RETELL_HEADER.fullmatch(header or "")
    return int(match[1]) if match else None


def sign_twilio(url: str, params: FormItems | Mapping[str, str], token: str, *, algorithm: str = "HMAC_SHA1") -> str:
    """The X-Twilio-Signature of a form post: HMAC over the public URL and the sorted, distinct parameters, in base64.

    For a JSON body pass no parameters; its URL carries `bodySHA256`.
    """
    text = url + "".join(name + value for name, value in sorted(set(_pairs(params))))
    return base64.b64encode(_hmac(token, text.encode("utf-8", "surrogatepass"), TWILIO_HASHES[algorithm]).digest()).decode()


def verify_twilio(
    url: str,
    params: FormItems | Mapping[str, str] | None,
    signature: str | None,
    token: str | None,
    *,
    body: bytes | None = None,
    settings_header: str | None = None,
) -> bool:
    """Whether Twilio signed this request to our public URL (scheme, host, path and query, as configured).

    `params` are all form fields, empty values and duplicates included. With `bodySHA256` in the URL the raw `body` must have
    that hash and the signature is over the URL alone; a body that is neither form nor hashed is unsigned and refused.
    `settings_header` is X-Twilio-Webhooks-Signature-Settings. Tried with and without port, since Twilio signs either.
    """
    algorithm = _twilio_algorithm(settings_header)
    if not token or not isinstance(signature, str) or algorithm not in TWILIO_HASHES:
        return False
    try:
        claimed_hash = parse_qs(urlsplit(url).query).get("bodySHA256")
        if claimed_hash and body is not None:
            if not _same(hashlib.sha256(body).hexdigest(), claimed_hash[0]):
                return False
            params = ()
        elif body and not params:
            return False
        pairs = _pairs(params or ())
        return any(_same(sign_twilio(candidate, pairs, token, algorithm=algorithm), signature) for candidate in _with_and_without_port(url))
    except (ValueError, TypeError, AttributeError):
        return False


def sign_hex_hmac(raw: bytes, secret: str) -> str:
    """HMAC-SHA256 of a body in hex, as Cal.com and others sign. It carries no time: repeated deliveries are recognised by content."""
    return _hmac(secret, raw, hashlib.sha256).hexdigest()


def verify_hex_hmac(raw: bytes, header: str | None, secret: str | None) -> bool:
    """Whether the header is the HMAC-SHA256 of these bytes in hex; Cal.com's `no-secret-provided` is none."""
    if not secret or not isinstance(header, str) or not isinstance(raw, bytes):
        return False
    return _same(sign_hex_hmac(raw, secret), header)


def _hmac(key: str, message: bytes, algorithm: Callable[[], Any]) -> hmac.HMAC:
    return hmac.new(key.encode("utf-8", "surrogatepass"), message, algorithm)


def _same(ours: str, theirs: str) -> bool:
    return hmac.compare_digest(ours.encode(), theirs.encode("utf-8", "surrogatepass"))


def _pairs(params: FormItems | Mapping[str, str]) -> list[tuple[str, str]]:
    """List (name, value), one per value, of a dict, a list of pairs, or a Werkzeug MultiDict."""
    if not isinstance(params, Mapping):
        return list(params)
    get_values = getattr(params, "getlist", None)
    return [(name, value) for name in params for value in (get_values(name) if get_values else [params[name]])]


def _twilio_algorithm(settings_header: str | None) -> str:
    for part in (settings_header if isinstance(settings_header, str) else "").split(","):
        name, _, value = part.partition("=")
        if name.strip() == "algorithm" and value.strip():
            return value.strip().upper()
    return "HMAC_SHA1"


def _with_and_without_port(url: str) -> list[str]:
    parts = urlsplit(url)
    host = parts.netloc
    if parts.port:
        return [url, parts._replace(netloc=host.rpartition(":")[0]).geturl()]
    port = DEFAULT_PORTS.get(parts.scheme, 80)
    return [url, parts._replace(netloc=f"{host}:{port}").geturl()]
