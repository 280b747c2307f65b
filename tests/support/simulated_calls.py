"""Calls to a running server, step by step; each step sends the provider's webhook."""

import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import requests

from app.core.clock import now, to_ms
from app.core.ids import new_ulid
from app.core.signatures import sign_retell, sign_twilio
from tests.support.retell_webhooks import call_body
from tests.support.running_server import RunningServer
from tests.support.waiting import HANGS_AFTER_S


@dataclass
class RetellCall:
    """A call through Retell; every sentence contains `mark`."""

    server: RunningServer
    number: str = "+493023125100"
    caller: str = "+491713920099"
    mark: str = field(default_factory=lambda: f"Marke{new_ulid()}")
    call_id: str = field(default_factory=lambda: f"call_{new_ulid().lower()}")
    started_ms: int = field(default_factory=lambda: to_ms(now()))
    items: list[dict[str, Any]] = field(default_factory=list)

    def start(self) -> None:
        self.send("call_started", call_status="ongoing")

    def say(self, role: str, text: str) -> str:
        """Add a turn of `agent` or `user` and return its text."""
        said, at_s = f"{text} {self.mark}", float(len(self.items)) * 2
        self.items.append({"role": role, "content": said, "words": [{"word": said, "start": at_s, "end": at_s + 1}]})
        self.send("transcript_updated", transcript_with_tool_calls=self.items)
        return said

    def use_tool(self, name: str) -> None:
        self.items.append({"role": "tool_call_invocation", "tool_call_id": f"tool_{len(self.items)}", "name": name, "arguments": "{}"})
        self.send("transcript_updated", transcript_with_tool_calls=self.items)

    def add_tool_result(self) -> None:
        """Add the result of the last tool call."""
        used = next(item for item in reversed(self.items) if item["role"] == "tool_call_invocation")
        self.items.append({"role": "tool_call_result", "tool_call_id": used["tool_call_id"], "content": '{"ok": true}', "successful": True})
        self.send("transcript_updated", transcript_with_tool_calls=self.items)

    def end(self, **more: Any) -> None:
        self.send("call_ended", **self._over(), **more)

    def analyze(self, summary: str, **found: Any) -> None:
        """Send the analysis; `found` is its custom data."""
        analysis = {
            "call_summary": f"{summary} {self.mark}",
            "user_sentiment": "Positive",
            "call_successful": True,
            "custom_analysis_data": found or {"anliegen": "auskunft"},
        }
        self.send("call_analyzed", **self._over(), call_analysis=analysis)

    def send(self, event: str, **call: Any) -> None:
        """Send an event until the server accepts it, as Retell does."""
        body = call_body(
            event, self.call_id, from_number=self.caller, to_number=self.number, start_timestamp=self.started_ms, **call
        )  # fmt: skip
        key = self.server.secrets["RETELL_API_KEY"]
        _until_taken(
            lambda: requests.post(
                f"{self.server.url}/api/retell/webhook",
                data=body,
                headers={"X-Retell-Signature": sign_retell(body, key, to_ms(now()))},
                timeout=HANGS_AFTER_S,
            )
        )

    def _over(self) -> dict[str, Any]:
        ended_ms = max(to_ms(now()), self.started_ms + 1000)
        return {
            "call_status": "ended",
            "end_timestamp": ended_ms,
            "duration_ms": ended_ms - self.started_ms,
            "disconnection_reason": "user_hangup",
            "transcript_with_tool_calls": self.items,
        }


@dataclass
class TwilioCall:
    """A call on a Twilio number."""

    server: RunningServer
    number: str = "+493023125100"
    caller: str = "+491713920098"
    sid: str = field(default_factory=lambda: f"CA{new_ulid().lower()}000000")
    sent: int = 0

    def say(self, status: str) -> None:
        """Send a status callback: ringing, in-progress, completed …"""
        address = f"http://localhost:{self.server.note['port']}/api/twilio/voice/status"
        form = {
            "CallSid": self.sid, "AccountSid": self.server.secrets["TWILIO_ACCOUNT_SID"], "From": self.caller, "To": self.number,
            "Direction": "inbound", "CallStatus": status, "SequenceNumber": str(self.sent), "CallbackSource": "call-progress-events",
            "ApiVersion": "2010-04-01", "Timestamp": now().strftime("%a, %d %b %Y %H:%M:%S +0000"),
        }  # fmt: skip
        self.sent += 1
        headers = {
            "X-Twilio-Signature": sign_twilio(address, form, self.server.secrets["TWILIO_AUTH_TOKEN"]),
            "Content-Type": "application/x-www-form-urlencoded",
        }
        url = f"{self.server.url}/api/twilio/voice/status"
        _until_taken(lambda: requests.post(url, data=urlencode(form), headers=headers, timeout=HANGS_AFTER_S))


def _until_taken(post: Any) -> None:
    deadline = time.monotonic() + HANGS_AFTER_S
    while True:
        try:
            answer = post()
            if answer.status_code == 204:
                return
            said = answer.text
            assert answer.status_code >= 500, said
        except requests.RequestException as error:
            said = str(error)
        assert time.monotonic() < deadline, said
        time.sleep(0.3)
