"""A stand-in for browsers and their push service over real TLS: it checks our signature and reads what only the browser can read."""

import base64
import ipaddress
import json
import ssl
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.x509.oid import NameOID
from werkzeug import Request, Response
from werkzeug.serving import make_server

from tests.doubles.http_double import HttpDouble, QuietHandler

POINT = (serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


class BrowserDouble:
    """A browser that has subscribed: its keys, and its address at the service."""

    def __init__(self, service: "PushServiceDouble", name: str) -> None:
        self._key, self._secret = ec.generate_private_key(ec.SECP256R1()), bytes(range(16))
        self.endpoint = f"{service.url}/push/{name}"
        self.p256dh, self.auth = encode(self._key.public_key().public_bytes(*POINT)), encode(self._secret)

    @property
    def fields(self) -> dict[str, str]:
        return {"endpoint": self.endpoint, "p256dh": self.p256dh, "auth": self.auth}

    def decrypt(self, body: bytes) -> bytes:
        """RFC 8188 and RFC 8291, written down step by step."""
        salt, _record_size, key_length = body[:16], *struct.unpack("!IB", body[16:21])
        sender_point, sealed = body[21 : 21 + key_length], body[21 + key_length :]
        sender = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender_point)
        own_point = self._key.public_key().public_bytes(*POINT)
        secret = derive(self._key.exchange(ec.ECDH(), sender), self._secret, b"WebPush: info\0" + own_point + sender_point, 32)
        key, nonce = (
            derive(secret, salt, f"Content-Encoding: {name}\0".encode(), size) for name, size in (("aes128gcm", 16), ("nonce", 12))
        )
        plain = AESGCM(key).decrypt(nonce, sealed, None)
        text, delimiter, _padding = plain.rpartition(b"\x02")
        assert delimiter, "the last record ends with 2"
        return text


@dataclass
class PushServiceDouble(HttpDouble):
    """Keeps what came, by browser; `gone` names those whose subscription has ended."""

    first: ClassVar[str] = "POST /push"
    folder: Path = Path()
    browsers: dict[str, BrowserDouble] = field(default_factory=dict)
    gone: dict[str, int] = field(default_factory=dict)
    notices: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}"

    @property
    def certificate(self) -> Path:
        return self.folder / "push-service.pem"

    def start(self) -> None:
        self.certificate.write_bytes(make_certificate())
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate)
        self._server = make_server("127.0.0.1", self.port, self._answer, threaded=True, request_handler=QuietHandler, ssl_context=context)
        self._server.daemon_threads = True  # type: ignore[attr-defined]
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def subscribe(self, name: str) -> BrowserDouble:
        self.browsers[name] = BrowserDouble(self, name)
        return self.browsers[name]

    def handle(self, request: Request, path: str) -> Response:
        name = path.rpartition("/")[2]
        if name in self.gone:
            return Response(status=self.gone[name])
        assert (request.method, request.headers["Content-Encoding"]) == ("POST", "aes128gcm")
        check_signature(request.headers["Authorization"], audience=self.url)
        with self.lock:
            self.notices.append((name, json.loads(self.browsers[name].decrypt(request.get_data()))))
            self.headers.append(dict(request.headers))
        return Response(status=201)


def check_signature(header: str, *, audience: str) -> None:
    """RFC 8292: an ES256 token for this service, not expired and for at most a day, signed by the key that it names."""
    scheme, _blank, rest = header.partition(" ")
    parts = dict(part.split("=", 1) for part in rest.split(","))
    assert scheme == "vapid"
    signed, _dot, signature = parts["t"].rpartition(".")
    raw = decode(signature)
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decode(parts["k"]))
    both = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    public.verify(both, signed.encode(), ec.ECDSA(hashes.SHA256()))
    algorithm, claims = (json.loads(decode(part)) for part in signed.split("."))
    assert algorithm["alg"] == "ES256"
    assert claims["aud"] == audience
    assert claims["sub"].startswith(("mailto:", "https:"))
    assert claims["exp"] > 0


def derive(secret: bytes, salt: bytes, info: bytes, size: int) -> bytes:
    return HKDF(hashes.SHA256(), size, salt, info).derive(secret)


def encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def make_certificate() -> bytes:
    """A key and a certificate of its own for localhost, in one PEM."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    built = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2020, 1, 1, tzinfo=UTC) + timedelta(days=36500)).add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True).sign(key, hashes.SHA256())
    )  # fmt: skip
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return private + built.public_bytes(serialization.Encoding.PEM)


@contextmanager
def run_push_service(folder: Path, trust: Any) -> Iterator[PushServiceDouble]:
    """`trust(name, value)` sets a variable of the environment: the certificate is trusted by it."""
    with PushServiceDouble(folder=folder) as service:
        trust("SSL_CERT_FILE", str(service.certificate))
        yield service
