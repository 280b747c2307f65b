"""Senders that behave as Retell does: what is not answered 2xx or refused is sent again, signed anew."""

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
from tests.faults.stories import Sent, Story

TIMEOUT = urllib3.Timeout(connect=3, read=10)
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
    slowest_s: float = 0.0

    def __post_init__(self) -> None:
        self._http = urllib3.PoolManager(num_pools=4, maxsize=64, retries=False, timeout=TIMEOUT)

    def post(self, body: bytes) -> int:
        """One try; the status, 0 without an answer."""
        return self._try("/api/retell/webhook", body)[0]

    def ask(self, body: bytes) -> dict[str, Any]:
        """A function of the agent's, asked again while there is no answer or only the sentence for trouble."""
        for turn in range(self.tries):
            status, said = self._try("/api/retell/function", body)
            answer = json.loads(said) if status == 200 else {"code": "trouble"}
            if answer.get("code") != "trouble":
                return answer
            time.sleep(PAUSES_S[min(turn, len(PAUSES_S) - 1)])
        raise AssertionError(f"nobody answered: {body!r}")

    def _try(self, path: str, body: bytes) -> tuple[int, bytes]:
        headers = {"Content-Type": "application/json", "X-Retell-Signature": sign_retell(body, self.key, to_ms(now()))}
        if not self.keep_alive:
            headers["Connection"] = "close"
        began = time.monotonic()
        try:
            answer = self._http.request("POST", f"{self.address()}{path}", body=body, headers=headers)
            status, said = answer.status, answer.data
        except (urllib3.exceptions.HTTPError, OSError, ValueError, KeyError) as error:
            status, said = 0, b""
            self.failures.append(f"{time.monotonic() - began:.2f} s: {error!r}")
        self.slowest_s = max(self.slowest_s, time.monotonic() - began)
        self.answers[status] += 1
        return status, said

    def deliver(self, body: bytes) -> bool:
        """Until it is answered; whether it was accepted."""
        for turn in range(self.tries):
            status = self.post(body)
            if 200 <= status < 300:
                return True
            if 400 <= status < 500:
                return False
            time.sleep(PAUSES_S[min(turn, len(PAUSES_S) - 1)])
        self.given_up.append(body)
        return False


def send_all(sender: Sender, sent: Sent, *, at_once: int, per_second: float, seed: int) -> None:
    """Many calls at a time, each one's events one after the other, the garbage in between."""
    chance = random.Random(seed)
    work: list[Story | bytes] = [*sent.stories, *sent.garbage]
    chance.shuffle(work)
    pace = _Pace(per_second)

    def play(piece: Story | bytes) -> None:
        for body in piece.bodies if isinstance(piece, Story) else [piece]:
            pace.wait()
            if sender.deliver(body) and isinstance(piece, Story):
                piece.accepted.add(body)

    with ThreadPoolExecutor(at_once) as pool:
        for done in [pool.submit(play, piece) for piece in work]:
            done.result()


def send_at_once(sender: Sender, bodies: Sequence[bytes]) -> list[int]:
    """All in the same instant; the statuses."""
    together = threading.Barrier(len(bodies), timeout=30)

    def post(body: bytes) -> int:
        together.wait()
        return sender.post(body)

    with ThreadPoolExecutor(len(bodies)) as pool:
        return list(pool.map(post, bodies))


class _Pace:
    """Lets so many through per second, however many ask."""

    def __init__(self, per_second: float) -> None:
        self._step, self._next, self._lock = 1 / per_second, time.monotonic(), threading.Lock()

    def wait(self) -> None:
        with self._lock:
            at = self._next = max(self._next + self._step, time.monotonic() - 0.5)
        if (left := at - time.monotonic()) > 0:
            time.sleep(left)
