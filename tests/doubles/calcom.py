"""A double of Cal.com API v2 over real HTTP: bookings, slots, webhooks, and injected faults.

`python -m tests.doubles.calcom --port 8999` runs it by itself.
"""

import argparse
import hashlib
import hmac
import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal
from urllib.request import Request as OutgoingRequest, urlopen

from werkzeug import Request, Response

from tests.doubles.calcom_account import TAKEN, CalcomAccount, Refusal, only, shown, without
from tests.doubles.calcom_shapes import Row, error, success, webhook
from tests.doubles.http_double import HttpDouble, as_json
from tests.support.waiting import HANGS_AFTER_S

KEY = "cal_test_lindgren"
SECRET = "whsec_tests_only_calcom"
VERSIONS = {
    "bookings": {"2024-08-13", "2026-02-25"},
    "webhooks": {"2024-08-13", "2026-02-25"},
    "slots": {"2024-09-04"},
    "event-types": {"2024-06-14"},
}


@dataclass
class Subscription:
    url: str
    secret: str
    # before: the webhook is there before the answer to the request that caused it; kept: it waits for deliver()
    when: Literal["before", "after", "kept"] = "kept"


@dataclass
class CalcomDouble(HttpDouble, CalcomAccount):
    """A context manager; the test's thread may read and change its state."""

    prefix = "/v2"
    first = "POST /bookings"
    key: str = KEY
    subscriptions: list[Subscription] = field(default_factory=list)
    # bodies that wait for deliver(), oldest first
    outbox: list[bytes] = field(default_factory=list)
    # called once a webhook is delivered
    delivered: Callable[[], object] | None = None

    def subscribe(self, url: str, secret: str = SECRET, when: Literal["before", "after", "kept"] = "kept") -> None:
        self.subscriptions.append(Subscription(url, secret, when))

    # webhooks

    def deliver(self, *, url: str | None = None, order: Callable[[list[bytes]], list[bytes]] | None = None) -> list[int]:
        """Send the pending webhooks to every subscription; return the response statuses."""
        waiting, self.outbox = self.outbox, []
        return [status for body in (order(waiting) if order else waiting) for status in self._post(body, url)]

    def _post(self, body: bytes, url: str | None = None) -> list[int]:
        answers = []
        for to in self.subscriptions:
            signature = hmac.new(to.secret.encode(), body, hashlib.sha256).hexdigest()
            headers = {"Content-Type": "application/json", "X-Cal-Signature-256": signature, "X-Cal-Webhook-Version": "2021-10-20"}
            with urlopen(OutgoingRequest(url or to.url, body, headers), timeout=HANGS_AFTER_S) as answer:
                answers.append(answer.status)
        if self.delivered:
            self.delivered()
        return answers

    def emit_webhook(self, trigger: str, row: Row, **extras: Any) -> None:
        body = json.dumps(webhook(trigger, row, datetime.now(UTC), **extras), ensure_ascii=False).encode()
        when = self.subscriptions[0].when if self.subscriptions else "kept"
        if when == "kept":
            self.outbox.append(body)
        elif when == "before":
            self._post(body)
        else:
            threading.Thread(target=self._post, args=(body,), daemon=True).start()

    # the API

    def rate_limited(self, request: Request, seconds: float) -> Response:
        body = error(request.path, "ThrottlerException", "CustomThrottlerGuard - Too many requests.", 429, datetime.now(UTC))
        return as_json(body, 429, {"X-RateLimit-Limit-Default": "120", "X-RateLimit-Reset-Default": str(round(seconds))})

    def handle_special_fault(self, request: Request, kind: str) -> Response | None:
        return self._reject(request, Refusal(400, TAKEN)) if kind == "taken" else None

    def handle(self, request: Request, path: str) -> Response:
        try:
            if request.headers.get("Authorization") != f"Bearer {self.key}":
                raise Refusal(401, "Invalid API Key", "UnauthorizedException")
            group = path.split("/")[1]
            if request.headers.get("cal-api-version") not in VERSIONS.get(group, ()):
                raise Refusal(404, f"Cannot {request.method} {request.path}", "NotFoundException")
            with self.lock:
                return self._route(request, path)
        except Refusal as refusal:
            return self._reject(request, refusal)

    def _webhooks(self, method: str, path: str, body: Row) -> Any:
        if method == "GET":
            return [{"id": str(number), "subscriberUrl": each.url, "active": True} for number, each in enumerate(self.subscriptions)]
        only(body, {"active", "subscriberUrl", "triggers", "secret", "payloadTemplate", "version"})
        if not body.get("triggers") or body.get("version") not in ("2021-10-20", "2026-07-27"):
            raise Refusal(400, "triggers should not be empty")
        if method == "POST":
            self.subscriptions.append(Subscription(body["subscriberUrl"], body["secret"]))
            return {"id": str(len(self.subscriptions) - 1)}
        number = int(path.rpartition("/")[2])
        self.subscriptions[number].secret = body["secret"]
        return {"id": str(number)}

    def _reject(self, request: Request, refusal: Refusal) -> Response:
        bare = {"statusCode": refusal.status, "message": str(refusal)}
        whole = error(request.full_path.rstrip("?"), refusal.code, str(refusal), refusal.status, datetime.now(UTC))
        return as_json(bare if refusal.bare else whole, refusal.status)

    def _route(self, request: Request, path: str) -> Response:
        body = request.get_json() if request.method in ("POST", "PATCH") else {}
        if path.startswith("/webhooks"):
            return as_json(success(self._webhooks(request.method, path, body)), 201 if request.method == "POST" else 200)
        if (request.method, path) == ("GET", "/slots"):
            return as_json(success(self.slots(request.args)))
        if (request.method, path) == ("GET", "/event-types"):
            return as_json(success([without(row, "hosts", "needs_confirmation") for row in self.event_types.values()]))
        if (request.method, path) == ("GET", "/bookings"):
            return as_json(self.list_bookings(request.args))
        if (request.method, path) == ("POST", "/bookings"):
            return as_json(success(shown(self.create_booking(body))), 201)
        found = re.fullmatch(r"/bookings/([^/]+)(/\w+)?", path)
        if not found:
            raise Refusal(404, f"Cannot {request.method} {request.path}", "NotFoundException")
        row = self.bookings.get(found[1])
        if row is None:
            raise Refusal(404, f"Booking with uid={found[1]} not found", "NotFoundException")
        match request.method, found[2]:
            case "GET", None:
                return as_json(success(shown(row)))
            case "POST", "/reschedule":
                only(body, {"start", "reschedulingReason", "rescheduledBy"})
                return as_json(success(shown(self.reschedule(row, body))), 201)
            case "POST", "/cancel":
                only(body, {"cancellationReason", "cancelSubsequentBookings", "seatUid"})
                if row["status"] == "cancelled":
                    raise Refusal(400, f"Can't cancel booking with uid={row['uid']} because it has been cancelled already.")
                return as_json(success(shown(self.end(row, body.get("cancellationReason", "")))))
            case "POST", "/confirm":
                return as_json(success(shown(self.accept(row))))
        raise Refusal(404, f"Cannot {request.method} {request.path}", "NotFoundException")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--port", type=int, default=8999)
    arguments.add_argument("--key", default=KEY)
    arguments.add_argument("--secret", default=SECRET)
    arguments.add_argument("--webhook", help="where the webhooks go")
    chosen = arguments.parse_args()
    with CalcomDouble(key=chosen.key, port=chosen.port) as calcom:
        calcom.add_event_type(910044, "Haarschnitt", 30, "anna@salon-lindgren.example", "ben@salon-lindgren.example")
        if chosen.webhook:
            calcom.subscribe(chosen.webhook, chosen.secret, "after")
        print(f"Cal.com stands in at {calcom.url} with the key {calcom.key}")
        threading.Event().wait()


if __name__ == "__main__":
    main()
