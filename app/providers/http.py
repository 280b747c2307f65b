"""HTTP requests to providers: short time-outs, retries only where safe, a circuit breaker, and metrics."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlencode, urlsplit

import orjson
import requests
from pybreaker import CircuitBreakerError
from requests.adapters import HTTPAdapter
from requests.auth import HTTPBasicAuth
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError, ProxyError, SSLError
from urllib3.util import Retry

from app.core import metrics
from app.core.circuit_breaker import breaker
from app.core.dry_run import is_dry_run
from app.core.errors import ProviderError

CONNECT_TIMEOUT_S, READ_TIMEOUT_S = 2.0, 5.0
# Limit for the whole body: a slow trickle never exceeds the time-out of a single read.
BODY_TIMEOUT_S = 8.0
MAX_RESPONSE_BYTES = 8 * 1024 * 1024
# Errors of establishing a connection: the request was never sent.
CONNECTION_ERRORS = (NewConnectionError, ConnectTimeoutError, SSLError, ProxyError)


class ConnectionFailed(ProviderError):
    """The provider was not reached; the request had no effect."""

    code = "not_reached"


class ResponseTimeout(ProviderError):
    """The request was sent and no readable response arrived; its effect is unknown."""

    code = "no_answer"


class RateLimited(ProviderError):
    """The provider or our own throttle asks to wait; the request had no effect. `retry_after_s` in data."""

    code = "rate_limited"

    @property
    def retry_after_s(self) -> float:
        return float(str(self.data.get("retry_after_s", 60)))


class RequestRejected(ProviderError):
    """The provider answered with an error; `response` is its answer."""

    code = "refused"

    def __init__(self, message: str, response: "ProviderResponse") -> None:
        super().__init__(message, retryable=False)
        self.response = response


@dataclass(frozen=True, slots=True)
class ProviderRequest:
    """One request; `token` is sent in the Authorization header only, as the password where `user` is given.

    `body` is sent as JSON, `form` URL-encoded.
    """

    provider: str
    method: str
    url: str
    token: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] | None = None
    body: Mapping[str, Any] | None = None
    form: Mapping[str, str] | None = None
    user: str | None = None

    @property
    def content(self) -> tuple[bytes | None, str]:
        if self.form is not None:
            return urlencode(self.form).encode(), "application/x-www-form-urlencoded"
        return orjson.dumps(self.body) if self.body is not None else None, "application/json"

    @property
    def auth(self) -> requests.auth.AuthBase:
        return HTTPBasicAuth(self.user.encode(), self.token.encode()) if self.user else BearerAuth(self.token)


@dataclass(frozen=True, slots=True)
class ProviderResponse:
    """The JSON response; `body` is an empty dict where there was none."""

    status: int
    body: dict[str, Any]
    headers: Mapping[str, str]


class BearerAuth(requests.auth.AuthBase):
    """Sets the Authorization header last, so that no .netrc of the machine can replace it."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, prepared: requests.PreparedRequest) -> requests.PreparedRequest:
        prepared.headers["Authorization"] = f"Bearer {self._token}"
        return prepared


def send(request: ProviderRequest) -> ProviderResponse:
    """Send a request and return the response below 300.

    Raises ConnectionFailed, ResponseTimeout (5xx too), RateLimited (429) or RequestRejected (3xx and other 4xx).
    """
    return call_with_breaker(request.provider, request.url, lambda: _perform(request))


def call_with_breaker(provider: str, url: str, perform: Callable[[], ProviderResponse]) -> ProviderResponse:
    """Run `perform` under the circuit breaker of the host and record metrics; returns and raises as `send` does.

    `perform` raises ConnectionFailed and ResponseTimeout (5xx too), and returns every other response unchanged.
    """
    if is_dry_run():
        raise ConnectionFailed("No request is sent in a dry run.")
    result, began = "failed", time.perf_counter()
    try:
        with breaker(f"{provider}:{urlsplit(url).netloc}", shown_as=provider).calling():
            response = perform()
        result = "ok" if response.status < 300 else "rate_limited" if response.status == 429 else "refused"
    except CircuitBreakerError as error:
        result = "held_back"
        raise ConnectionFailed("The provider failed repeatedly; its circuit breaker is open.", retryable=True) from error
    except ProviderError as error:
        result = error.code
        raise
    finally:
        metrics.PROVIDER_REQUESTS.labels(provider, result).inc()
        if result != "held_back":
            metrics.PROVIDER_SECONDS.labels(provider).observe(time.perf_counter() - began)
    if response.status == 429:
        raise RateLimited("The provider asks to wait.", retryable=True, retry_after_s=_parse_retry_after_s(response.headers))
    if response.status >= 300:
        # a redirect is followed nowhere: what lies there was neither entered nor looked at
        raise RequestRejected(f"The provider answered {response.status}.", response)
    return response


def _perform(request: ProviderRequest) -> ProviderResponse:
    data, kind = request.content
    try:
        response = _get_session().request(
            request.method,
            request.url,
            params=request.query,
            data=data,
            headers={"Accept": "application/json", "Content-Type": kind, **request.headers},
            auth=request.auth,
            timeout=(CONNECT_TIMEOUT_S, READ_TIMEOUT_S),
            allow_redirects=False,
            stream=True,
        )
        with response:
            raw = read_body(response.iter_content(64 * 1024))
    except requests.RequestException as error:
        if _is_connection_error(error):
            raise ConnectionFailed("The provider cannot be reached.", retryable=True) from error
        raise ResponseTimeout("The provider did not answer in time.", retryable=True) from error
    if response.status_code >= 500:
        raise ResponseTimeout(f"The provider answered {response.status_code}.", retryable=True, http_status=response.status_code)
    return ProviderResponse(response.status_code, parse_body(raw, response.status_code), response.headers)


def read_body(chunks: Iterable[bytes]) -> bytes:
    """Read the whole body within MAX_RESPONSE_BYTES and BODY_TIMEOUT_S. Raises ResponseTimeout."""
    deadline = time.monotonic() + BODY_TIMEOUT_S
    parts, size = [], 0
    for part in chunks:
        parts.append(part)
        size += len(part)
        if size > MAX_RESPONSE_BYTES or time.monotonic() > deadline:
            raise ResponseTimeout("The provider's answer is too long or too slow.", retryable=True)
    return b"".join(parts)


def parse_body(raw: bytes, status: int) -> dict[str, Any]:
    """Parse a JSON body; error responses may be unreadable, a success must be a JSON object. Raises ResponseTimeout."""
    if (body := parse_json_object(raw)) is not None:
        return body
    if (status < 300 and raw.strip()) or 300 <= status < 400:
        raise ResponseTimeout("The provider's answer cannot be read.", retryable=True)
    return {}


def parse_json_object(raw: bytes) -> dict[str, Any] | None:
    """Parse a JSON object; None where it is none."""
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None
    return body if isinstance(body, dict) else None


def _is_connection_error(error: requests.RequestException) -> bool:
    if isinstance(error, requests.ConnectTimeout):
        return True
    cause = error.args[0] if error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else cause
    return isinstance(reason, CONNECTION_ERRORS)


def _parse_retry_after_s(headers: Mapping[str, str]) -> float:
    """Parse Retry-After, or a reset header in seconds from now or as a Unix time; a minute without either."""
    for name, value in headers.items():
        if name.lower() == "retry-after" or name.lower().startswith("x-ratelimit-reset"):
            try:
                seconds = float(value)
            except ValueError:
                continue
            if seconds >= 1_000_000:
                seconds -= time.time()
            return min(max(seconds, 1.0), 600.0)
    return 60.0


@cache
def _get_session() -> requests.Session:
    """Create the session: one retry for failed connections, and one for 502-504 on GET only."""
    retry = Retry(
        total=2, connect=1, read=0, redirect=0, other=0, status=1, allowed_methods={"GET"}, status_forcelist={502, 503, 504},
        backoff_factor=0.2, respect_retry_after_header=False, raise_on_status=False,
    )  # fmt: skip
    session = requests.Session()
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    for scheme in ("https://", "http://"):
        session.mount(scheme, HTTPAdapter(pool_connections=8, pool_maxsize=32, max_retries=retry))
    return session
