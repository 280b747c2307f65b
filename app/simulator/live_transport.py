"""A live line to a running server: events leave as they happen, at the pace of speech, and the agent's functions are answered."""

import time
from collections.abc import Callable
from typing import Any

import orjson

from app.simulator.call_factory import Delivery, format_transcript
from app.simulator.conversation import Beat
from app.simulator.webhook_sender import DeliveryResult, RetellStandIn


class LiveTransport:
    """One call's line; `answers` has all that came back."""

    def __init__(self, stand_in: RetellStandIn, *, start_ms: int, faster: float, on_answer: Callable[[DeliveryResult], None]) -> None:
        self.start_ms = start_ms
        self.answers: list[DeliveryResult] = []
        self._stand_in, self._faster, self._on_answer = stand_in, faster, on_answer
        self._began = time.monotonic()
        self._said = 0

    def tell(self, beat: Beat, body: dict[str, Any], items: list[dict[str, Any]]) -> None:
        """Sends an event when it is its time."""
        sleep_until(self._began + beat.at_s * self._faster)
        words, self._said = format_transcript(items[self._said : beat.items]), beat.items
        self._send(Delivery(beat.event, orjson.dumps(body), at_s=beat.at_s, heard=words))

    def ask(self, body: dict[str, Any]) -> dict[str, Any] | None:
        """The server's answer to a function; None where it has no such door or gave none."""
        answer = self._send(Delivery("function", orjson.dumps(body), path="function", expected=(200,), heard=f"… {body['name']}"))
        told = _parse_json(answer)
        return told if isinstance(told.get("ok"), bool) else None

    def ring(self, body: dict[str, Any]) -> dict[str, Any]:
        told = _parse_json(self._send(Delivery("call_inbound", orjson.dumps(body), path="inbound"))).get("call_inbound")
        return told if isinstance(told, dict) else {}

    def _send(self, delivery: Delivery) -> DeliveryResult:
        answer = self._stand_in.send(delivery)
        self.answers.append(answer)
        self._on_answer(answer)
        return answer


def sleep_until(moment: float) -> None:
    if (left := moment - time.monotonic()) > 0:
        time.sleep(left)


def _parse_json(answer: DeliveryResult) -> dict[str, Any]:
    if not answer.accepted or answer.skipped:
        return {}
    try:
        told = orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        return {}
    return told if isinstance(told, dict) else {}
