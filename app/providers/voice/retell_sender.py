"""Posts to our own doors as Retell does: signed, with short time-outs, and without being led anywhere else."""

import time
from dataclasses import dataclass

import requests

from app.core.clock import now, to_ms
from app.core.signatures import sign_retell

CONNECT_S, READ_S = 2.0, 5.0
MOST_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Posted:
    """What came back; status 0 and the kind of failure where nothing did."""

    status: int
    ms: int
    body: bytes = b""
    error: str | None = None


def post(url: str, raw: bytes, key: str) -> Posted:
    """Never raises."""
    began = time.perf_counter()
    headers = {"Content-Type": "application/json", "X-Retell-Signature": sign_retell(raw, key, to_ms(now()))}
    try:
        with requests.post(url, data=raw, headers=headers, timeout=(CONNECT_S, READ_S), allow_redirects=False, stream=True) as answer:
            body = answer.raw.read(MOST_BYTES, decode_content=True)
            return Posted(answer.status_code, _since(began), body)
    except (requests.RequestException, OSError) as error:
        return Posted(0, _since(began), error=type(error).__name__)


def _since(began: float) -> int:
    return round((time.perf_counter() - began) * 1000)
