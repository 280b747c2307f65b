"""Sends webhooks as Retell does: signs each body at the time of sending, posts it and retries."""

import time
from dataclasses import dataclass

import urllib3

from app.core import clock
from app.core.signatures import sign_retell
from app.simulator.call_factory import SimulatedWebhook

PATHS = {"webhook": "/api/retell/webhook", "inbound": "/api/retell/inbound", "function": "/api/retell/function"}
# endpoints that a server may not offer; after the first such answer they are skipped
OPTIONAL = ("inbound", "function")
UNAVAILABLE_STATUSES = frozenset({404, 405, 501, 503})
RETRY_DELAYS_S = (0.5, 1.0, 2.0)
TIMEOUT = urllib3.Timeout(connect=5, read=10)


@dataclass(frozen=True, slots=True)
class SimulatedWebhookResult:
    """Response to a webhook; status 0 without a response. `skipped`: the server does not offer the endpoint."""

    delivery: SimulatedWebhook
    status: int
    took_ms: float
    tries: int = 1
    skipped: bool = False
    body: bytes = b""

    @property
    def accepted(self) -> bool:
        return 200 <= self.status < 300

    @property
    def as_expected(self) -> bool:
        return self.skipped or self.delivery.is_as_expected(self.status)


class SimulatedRetell:
    """One connection pool to one server; safe to use from many threads."""

    def __init__(self, url: str, key: str, *, connections: int = 1) -> None:
        self._url, self._key = url.rstrip("/"), key
        self._http = urllib3.PoolManager(num_pools=1, maxsize=connections, block=True, retries=False, timeout=TIMEOUT)
        self._without: set[str] = set()
        # reason of a failed connection
        self.failure: str | None = None

    def is_answered(self, *, within_s: float = 5.0) -> bool:
        """Tell whether a server answers, waiting for one that is starting."""
        deadline = time.monotonic() + within_s
        while True:
            try:
                self._http.request("GET", f"{self._url}/health/live")
                return True
            except urllib3.exceptions.HTTPError as error:
                is_certificate = isinstance(error, urllib3.exceptions.SSLError)
                self.failure = "its certificate is not trusted here" if is_certificate else "nobody answers"
                if is_certificate or time.monotonic() > deadline:
                    return False
                time.sleep(0.2)

    def send(self, delivery: SimulatedWebhook) -> SimulatedWebhookResult:
        """Post a webhook, with up to three retries without a response or after a 5xx."""
        if delivery.path in self._without:
            return SimulatedWebhookResult(delivery, 0, 0.0, tries=0, skipped=True)
        answer = self._post(delivery, 1)
        for pause_s in RETRY_DELAYS_S:
            if answer.skipped or 0 < answer.status < 500:
                break
            time.sleep(pause_s)
            answer = self._post(delivery, answer.tries + 1)
        return answer

    def _post(self, delivery: SimulatedWebhook, tries: int) -> SimulatedWebhookResult:
        headers = {"Content-Type": "application/json", "X-Retell-Signature": self._signature(delivery)}
        began = time.perf_counter()
        try:
            response = self._http.request("POST", self._url + PATHS[delivery.path], body=delivery.body, headers=headers)
            status, body = response.status, response.data
        except urllib3.exceptions.HTTPError:
            status, body = 0, b""
        took_ms = (time.perf_counter() - began) * 1000
        if delivery.path in OPTIONAL and status in UNAVAILABLE_STATUSES:
            self._without.add(delivery.path)
            return SimulatedWebhookResult(delivery, status, took_ms, tries, skipped=True)
        return SimulatedWebhookResult(delivery, status, took_ms, tries, body=body)

    def _signature(self, delivery: SimulatedWebhook) -> str:
        at_ms = clock.to_ms(clock.now()) - (600_000 if delivery.signature == "ten_minutes_old" else 0)
        return sign_retell(delivery.body, f"not-{self._key}" if delivery.signature == "forged" else self._key, at_ms)
