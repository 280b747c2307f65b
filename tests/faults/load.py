"""Sends webhooks as Retell does: retries with a new signature until the answer is 2xx or 4xx."""

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import urllib3

from app.core.clock import now, to_ms
from app.core.signatures import sign_retell
from tests.faults.scenarios import CallScenario, ScenarioRun
from tests.support.waiting import HANGS_AFTER_S

PAUSES_S = (0.2, 0.5, 1.0, 1.0, 2.0)


@dataclass
class Sender:
    """One account at Retell; `tries` is how often a delivery is tried before it is given up."""

    address: Callable[[], str]
    key: str
    tries: int = 60
    # without it no request travels on a connection that the other end is about to close
    keep_alive: bool = True
    # how often each status came back; 0 is no answer
    answers: Counter[int] = field(default_factory=Counter)
    given_up: list[bytes] = field(default_factory=list)
    # why there was no answer, and after how long
    failures: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        # longer than Retell waits: whoever gives up first would say more of the machine than of the answer
        self._http = urllib3.PoolManager(num_pools=4, maxsize=64, retries=False, timeout=urllib3.Timeout(HANGS_AFTER_S))

    def post(self, body: bytes) -> int:
        """One try; the status, 0 without an answer."""
        return self._try("/api/retell/webhook", body)[0]

    def ask(self, body: bytes) -> dict[str, Any]:
        """Call an agent function, repeated until the answer is not a failure."""
        for turn in range(self.tries):
            status, content = self._try("/api/retell/function", body)
            answer = json.loads(content) if status == 200 else {"code": "trouble"}
            if answer.get("code") != "trouble":
                return answer
            time.sleep(PAUSES_S[min(turn, len(PAUSES_S) - 1)])
        raise AssertionError(f"no answer: {body!r}")

    def _try(self, path: str, body: bytes) -> tuple[int, bytes]:
        headers = {"Content-Type": "application/json", "X-Retell-Signature": sign_retell(body, self.key, to_ms(now()))}
        if not self.keep_alive:
            headers["Connection"] = "close"
        began = time.monotonic()
        try:
            answer = self._http.request("POST", f"{self.address()}{path}", body=body, headers=headers)
            status, content = answer.status, answer.data
        except (urllib3.exceptions.HTTPError, OSError, ValueError, KeyError) as error:
            status, content = 0, b""
            self.failures.append(f"{time.monotonic() - began:.2f} s: {error!r}")
        self.answers[status] += 1
        return status, content

    def deliver(self, body: bytes) -> bool:
        """Send until it is answered; return whether it was accepted."""
        for turn in range(self.tries):
            status = self.post(body)
            if 200 <= status < 300:
                return True
            if 400 <= status < 500:
                return False
            time.sleep(PAUSES_S[min(turn, len(PAUSES_S) - 1)])
        self.given_up.append(body)
        return False


def send_all(sender: Sender, sent: ScenarioRun, *, at_once: int, per_second: float, seed: int) -> None:
    """Send many calls in parallel, the events of one call in sequence, with the garbage between."""
    chance = random.Random(seed)
    work: list[CallScenario | bytes] = [*sent.scenarios, *sent.garbage]
    chance.shuffle(work)
    rate_limiter = _RateLimiter(per_second)

    def play(piece: CallScenario | bytes) -> None:
        for body in piece.bodies if isinstance(piece, CallScenario) else [piece]:
            rate_limiter.wait()
            if sender.deliver(body) and isinstance(piece, CallScenario):
                piece.accepted.add(body)

    with ThreadPoolExecutor(at_once) as pool:
        for done in [pool.submit(play, piece) for piece in work]:
            done.result()


def send_at_once(sender: Sender, bodies: Sequence[bytes]) -> list[int]:
    """Send all in the same instant; return the statuses."""
    together = threading.Barrier(len(bodies), timeout=HANGS_AFTER_S)

    def post(body: bytes) -> int:
        together.wait()
        return sender.post(body)

    with ThreadPoolExecutor(len(bodies)) as pool:
        return list(pool.map(post, bodies))


class _RateLimiter:
    """Limits all threads together to this rate per second."""

    def __init__(self, per_second: float) -> None:
        self._step, self._next, self._lock = 1 / per_second, time.monotonic(), threading.Lock()

    def wait(self) -> None:
        with self._lock:
            at = self._next = max(self._next + self._step, time.monotonic() - 0.5)
        if (left := at - time.monotonic()) > 0:
            time.sleep(left)
