"""Requests to providers: short time-outs, repeated only where that is safe, held back by a breaker, counted and timed."""

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

CONNECT_S, READ_S = 2.0, 5.0
# a body that drips in never exceeds the time-out of a single read
WHOLE_S = 8.0
MOST_BYTES = 8 * 1024 * 1024
# what stands behind these was never sent
NEVER_SENT = (NewConnectionError, ConnectTimeoutError, SSLError, ProxyError)


class NotSent(ProviderError):
    """The provider was not reached: nothing has happened there."""

    code = "not_reached"


class NoAnswer(ProviderError):
    """It was sent, and no answer came that can be read: it may have happened or not."""

    code = "no_answer"


class TooFast(ProviderError):
    """The provider, or our own pace, asks to wait; nothing has happened. `retry_after_s` in data."""

    code = "rate_limited"

    @property
    def retry_after_s(self) -> float:
        return float(str(self.data.get("retry_after_s", 60)))


class Refused(ProviderError):
    """It answered and said no; `answer` is what it said."""

    code = "refused"

    def __init__(self, message: str, answer: "Answer") -> None:
        super().__init__(message, retryable=False)
        self.answer = answer


@dataclass(frozen=True, slots=True)
class Request:
    """One request; `token` goes into the Authorization header and into nothing else, with `user` as that one's password.

    `body` goes as JSON, `form` as the fields of a form.
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
        return HTTPBasicAuth(self.user.encode(), self.token.encode()) if self.user else Bearer(self.token)


@dataclass(frozen=True, slots=True)
class Answer:
    """The JSON that came back; `body` is an empty dict where there was none."""

    status: int
    body: dict[str, Any]
    headers: Mapping[str, str]


class Bearer(requests.auth.AuthBase):
    """Sets the header last, so that no .netrc of the machine can put another one there."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, prepared: requests.PreparedRequest) -> requests.PreparedRequest:
        prepared.headers["Authorization"] = f"Bearer {self._token}"
        return prepared


def send(request: Request) -> Answer:
    """The answer below 400. Raises NotSent, NoAnswer (5xx too), TooFast (429) or Refused (other 4xx)."""
    return watched(request.provider, request.url, lambda: _exchange(request))


def watched(provider: str, url: str, exchange: Callable[[], Answer]) -> Answer:
    """What `exchange` brings back below 400, held back by the host's breaker, counted and timed; raises as `send` does.

    `exchange` raises NotSent and NoAnswer (5xx too), and gives back every other answer as it came.
    """
    if is_dry_run():
        raise NotSent("Nothing leaves the house in a rehearsal.")
    result, began = "failed", time.perf_counter()
    try:
        with breaker(f"{provider}:{urlsplit(url).netloc}", shown_as=provider).calling():
            answer = exchange()
        result = "ok" if answer.status < 400 else "rate_limited" if answer.status == 429 else "refused"
    except CircuitBreakerError as error:
        result = "held_back"
        raise NotSent("The provider failed again and again and is left alone for a while.", retryable=True) from error
    except ProviderError as error:
        result = error.code
        raise
    finally:
        metrics.PROVIDER_REQUESTS.labels(provider, result).inc()
        if result != "held_back":
            metrics.PROVIDER_SECONDS.labels(provider).observe(time.perf_counter() - began)
    if answer.status == 429:
        raise TooFast("The provider asks to wait.", retryable=True, retry_after_s=_wait_s(answer.headers))
    if answer.status >= 400:
        raise Refused(f"The provider answered {answer.status}.", answer)
    return answer


def _exchange(request: Request) -> Answer:
    data, kind = request.content
    try:
        response = _session().request(
            request.method,
            request.url,
            params=request.query,
            data=data,
            headers={"Accept": "application/json", "Content-Type": kind, **request.headers},
            auth=request.auth,
            timeout=(CONNECT_S, READ_S),
            allow_redirects=False,
            stream=True,
        )
        with response:
            raw = whole(response.iter_content(64 * 1024))
    except requests.RequestException as error:
        if _was_never_sent(error):
            raise NotSent("The provider cannot be reached.", retryable=True) from error
        raise NoAnswer("The provider did not answer in time.", retryable=True) from error
    if response.status_code >= 500:
        raise NoAnswer(f"The provider answered {response.status_code}.", retryable=True, http_status=response.status_code)
    return Answer(response.status_code, parsed(raw, response.status_code), response.headers)


def whole(pieces: Iterable[bytes]) -> bytes:
    """The whole body, if it is not too long and comes in time. Raises NoAnswer."""
    until = time.monotonic() + WHOLE_S
    parts, size = [], 0
    for part in pieces:
        parts.append(part)
        size += len(part)
        if size > MOST_BYTES or time.monotonic() > until:
            raise NoAnswer("The provider's answer is too long or too slow.", retryable=True)
    return b"".join(parts)


def parsed(raw: bytes, status: int) -> dict[str, Any]:
    """Refusals may come as anything; what is taken for a success must be a JSON object."""
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError:
        body = None
    if isinstance(body, dict):
        return body
    if (status < 300 and raw.strip()) or 300 <= status < 400:
        raise NoAnswer("The provider's answer cannot be read.", retryable=True)
    return {}


def _was_never_sent(error: requests.RequestException) -> bool:
    if isinstance(error, requests.ConnectTimeout):
        return True
    cause = error.args[0] if error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else cause
    return isinstance(reason, NEVER_SENT)


def _wait_s(headers: Mapping[str, str]) -> float:
    """How long the provider asks to wait: Retry-After, or a reset header in seconds from now or as a Unix time; else a minute."""
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
def _session() -> requests.Session:
    """What was never sent may be sent once more; an answer that says "later" is asked for again only where asking changes nothing."""
    retry = Retry(
        total=2, connect=1, read=0, redirect=0, other=0, status=1, allowed_methods={"GET"}, status_forcelist={502, 503, 504},
        backoff_factor=0.2, respect_retry_after_header=False, raise_on_status=False,
    )  # fmt: skip
    session = requests.Session()
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    for scheme in ("https://", "http://"):
        session.mount(scheme, HTTPAdapter(pool_connections=8, pool_maxsize=32, max_retries=retry))
    return session
