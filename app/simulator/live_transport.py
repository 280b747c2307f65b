"""Live transport to a running server: sends each event when it happens, at the pace of speech, and calls the agent functions."""

import time
from collections.abc import Callable
from typing import Any

import orjson

from app.simulator.call_factory import SimulatedWebhook, format_transcript
from app.simulator.conversation import SimulatedCallEvent
from app.simulator.webhook_sender import SimulatedRetell, SimulatedWebhookResult


class SimulatedCallTransport:
    """Transport of one call; `answers` holds all responses."""

    def __init__(
        self, retell: SimulatedRetell, *, start_ms: int, faster: float, on_answer: Callable[[SimulatedWebhookResult], None]
    ) -> None:
        self.start_ms = start_ms
        self.answers: list[SimulatedWebhookResult] = []
        self._retell, self._faster, self._on_answer = retell, faster, on_answer
        self._began = time.monotonic()
        self._sent_items = 0

    def send_event(self, call_event: SimulatedCallEvent, body: dict[str, Any], items: list[dict[str, Any]]) -> None:
        """Send an event at its time."""
        sleep_until(self._began + call_event.at_s * self._faster)
        line, self._sent_items = format_transcript(items[self._sent_items : call_event.items]), call_event.items
        self._send(SimulatedWebhook(call_event.event, orjson.dumps(body), at_s=call_event.at_s, transcript_line=line))

    def call_function(self, body: dict[str, Any]) -> dict[str, Any] | None:
        """Call an agent function; None if the server does not offer the endpoint or gave no valid result."""
        answer = self._send(
            SimulatedWebhook("function", orjson.dumps(body), path="function", expected=(200,), transcript_line=f"… {body['name']}")
        )
        result = _parse_json(answer)
        return result if isinstance(result.get("ok"), bool) else None

    def request_inbound(self, body: dict[str, Any]) -> dict[str, Any]:
        response = _parse_json(self._send(SimulatedWebhook("call_inbound", orjson.dumps(body), path="inbound"))).get("call_inbound")
        return response if isinstance(response, dict) else {}

    def _send(self, delivery: SimulatedWebhook) -> SimulatedWebhookResult:
        answer = self._retell.send(delivery)
        self.answers.append(answer)
        self._on_answer(answer)
        return answer


def sleep_until(moment: float) -> None:
    if (left := moment - time.monotonic()) > 0:
        time.sleep(left)


def _parse_json(answer: SimulatedWebhookResult) -> dict[str, Any]:
    if not answer.accepted or answer.skipped:
        return {}
    try:
        content = orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        return {}
    return content if isinstance(content, dict) else {}
