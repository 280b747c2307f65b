"""HTTP requests to addresses that users enter: public hosts only, no redirects, short time-outs, a bounded answer."""

import http.client
import socket
import ssl
from contextlib import suppress
from threading import Timer
from urllib.parse import SplitResult, urlsplit

from app.core import settings
from app.core.ssrf_guard import PrivateAddressError, connect_public
from app.providers.http import ConnectionFailed, ProviderResponse, ResponseTimeout, parse_json_object

# of connecting and of each read; and of all together, since an answer may come byte by byte
TIMEOUT_S, TOTAL_TIMEOUT_S = 5.0, 12.0
MAX_RESPONSE_BYTES = 64 * 1024


class PublicHttpConnection(http.client.HTTPConnection):
    """Connects to public addresses only."""

    def connect(self) -> None:
        self.sock = connect_public(self.host, self.port, TIMEOUT_S)


class PublicHttpsConnection(http.client.HTTPSConnection):
    """The same over TLS; the certificate is verified by host name."""

    def __init__(self, host: str, port: int) -> None:
        self._tls = ssl.create_default_context()
        super().__init__(host, port, timeout=TIMEOUT_S, context=self._tls)

    def connect(self) -> None:
        connection = connect_public(self.host, self.port, TIMEOUT_S)
        try:
            self.sock = self._tls.wrap_socket(connection, server_hostname=self.host)
        except OSError:
            connection.close()
            raise


def is_permitted_url(text: str) -> bool:
    """Whether this is an https address without credentials in it; with PRIVATE_HOSTS http is allowed, too."""
    try:
        url = urlsplit(text)
        port = url.port
    except ValueError:
        return False
    schemes = ("https", "http") if settings().private_hosts else ("https",)
    is_complete = url.scheme in schemes and bool(url.hostname) and "@" not in url.netloc and (port is None or port > 0)
    return is_complete and text.isascii() and text.isprintable() and " " not in text


def get_url_host(text: str) -> str:
    """The host of the address in small letters, without brackets; empty where it has none."""
    try:
        return (urlsplit(text).hostname or "").lower()
    except ValueError:
        return ""


def request(method: str, address: str, *, body: bytes | None = None, headers: dict[str, str]) -> ProviderResponse:
    """Send a request and return the answer below 500; what is no JSON object is an empty body.

    Raises PrivateAddressError, ConnectionFailed, ResponseTimeout (5xx too).
    """
    url = urlsplit(address)
    connection = _open(url)
    try:
        try:
            connection.connect()
        except PrivateAddressError:
            raise
        except OSError as error:
            raise ConnectionFailed("The address cannot be reached.", retryable=True) from error
        limit = Timer(TOTAL_TIMEOUT_S, _cut, [connection])
        limit.daemon = True
        limit.start()
        try:
            connection.request(method, f"{url.path or '/'}{f'?{url.query}' if url.query else ''}", body=body, headers=headers)
            response = connection.getresponse()
            raw = response.read(MAX_RESPONSE_BYTES)
        except (OSError, http.client.HTTPException) as error:
            raise ResponseTimeout("The address did not answer in time.", retryable=True) from error
        finally:
            limit.cancel()
    finally:
        connection.close()
    if response.status >= 500:
        raise ResponseTimeout(f"The address answered {response.status}.", retryable=True, http_status=response.status)
    return ProviderResponse(response.status, parse_json_object(raw) or {}, dict(response.getheaders()))


def _cut(connection: http.client.HTTPConnection) -> None:
    with suppress(OSError):
        connection.sock.shutdown(socket.SHUT_RDWR)


def _open(url: SplitResult) -> http.client.HTTPConnection:
    if url.scheme == "https":
        return PublicHttpsConnection(url.hostname or "", url.port or 443)
    return PublicHttpConnection(url.hostname or "", url.port or 80, timeout=TIMEOUT_S)
