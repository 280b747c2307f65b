"""Posts signed requests to our own webhooks as Retell does, with short time-outs and without following redirects."""

import time
from dataclasses import dataclass

import requests

from app.core.clock import now, to_ms
from app.core.signatures import sign_retell

CONNECT_TIMEOUT_S, READ_TIMEOUT_S = 2.0, 5.0
MAX_RESPONSE_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class PostResult:
    """The response; status 0 and the kind of error where there was none."""

    status: int
    ms: int
    body: bytes = b""
    error: str | None = None


def post_signed(url: str, raw: bytes, key: str) -> PostResult:
    """Post a signed body; never raises."""
    began = time.perf_counter()
    headers = {"Content-Type": "application/json", "X-Retell-Signature": sign_retell(raw, key, to_ms(now()))}
    try:
        with requests.post(
            url, data=raw, headers=headers, timeout=(CONNECT_TIMEOUT_S, READ_TIMEOUT_S), allow_redirects=False, stream=True
        ) as answer:
            body = answer.raw.read(MAX_RESPONSE_BYTES, decode_content=True)
            return PostResult(answer.status_code, _elapsed_ms(began), body)
    except (requests.RequestException, OSError) as error:
        return PostResult(0, _elapsed_ms(began), error=type(error).__name__)


def _elapsed_ms(began: float) -> int:
    return round((time.perf_counter() - began) * 1000)
