"""Dialogues in which callers decline consent, replayed through the webhooks as Retell sends them."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from app.core.clock import now, to_ms
from app.core.signatures import sign_retell
from tests.support.agent_call import KEY, MITTE, SVEA

CASES = Path(__file__).parent.parent / "domain" / "privacy" / "cases"
ROLES = {"agent": "agent", "caller": "user"}
Turn = dict[str, Any]


def load_consent_dialogues() -> list[dict[str, Any]]:
    return json.loads((CASES / "declining.json").read_text())


@dataclass
class ReplayedCall:
    """One call, sent turn by turn; `items` is its transcript so far."""

    client: FlaskClient
    call_id: str
    number: str = SVEA
    key: str = KEY
    path: str = ""
    items: list[Turn] = field(default_factory=list)
    uses: int = 0
    sent: list[bytes] = field(default_factory=list)

    def start(self) -> None:
        self.event("call_started")

    def say(self, role: str, text: str, *, tell: bool = True) -> None:
        at = len(self.items) * 3.0
        words = [{"word": text, "start": at, "end": at + 2}]
        self.items.append({"role": ROLES[role], "content": text, "words": words})
        if tell:
            self.event("transcript_updated")

    def use(self, name: str, /, **args: Any) -> dict[str, Any]:
        """Call an agent function and add it to the transcript."""
        self.uses += 1
        running = {"tool_call_id": f"{self.call_id}_{self.uses}", "name": name, "arguments": json.dumps(args)}
        self.items.append({"role": "tool_call_invocation", **running})
        answer = self._post("function", {"name": name, "args": args, "call": self.call()}).get_json()
        self.items.append({"role": "tool_call_result", "tool_call_id": running["tool_call_id"], "content": json.dumps(answer)})
        return answer

    def end(self, summary: str = "", **found: Any) -> None:
        over = {"call_status": "ended", "disconnection_reason": "user_hangup", "duration_ms": 60_000, "end_timestamp": to_ms(now())}
        over |= {"recording_url": f"https://recordings.example/{self.call_id}.wav"}
        self.event("call_ended", **over)
        analysis = {"call_summary": summary, "user_sentiment": "Neutral", "custom_analysis_data": found}
        self.event("call_analyzed", **over, call_analysis=analysis)

    def ring(self) -> dict[str, Any]:
        """Send the inbound request and return the response."""
        numbers = {"from_number": self.number, "to_number": MITTE}
        return self._post("inbound", {"event": "call_inbound", "call_inbound": numbers}).get_json()["call_inbound"]

    def written(self, events: tuple[str, ...]) -> list[bytes]:
        """Build the bodies of these events without sending them."""
        over = {"call_status": "ended", "disconnection_reason": "user_hangup", "duration_ms": 60_000, "end_timestamp": to_ms(now())}
        return [json.dumps({"event": name, "call": self.call() | (over if name == "call_ended" else {})}).encode() for name in events]

    def event(self, name: str, **more: Any) -> None:
        self.sent.append(json.dumps({"event": name, "call": self.call() | more}).encode())
        answer = self.send(self.sent[-1])
        assert answer.status_code == 204, answer.text

    def send(self, raw: bytes) -> Any:
        return self._send("webhook", raw)

    def call(self) -> dict[str, Any]:
        spoken = [item for item in self.items if "words" in item]
        return {
            "call_type": "phone_call", "call_id": self.call_id, "agent_id": "agent_lena", "from_number": self.number, "to_number": MITTE,
            "direction": "inbound", "call_status": "ongoing", "start_timestamp": to_ms(now()),
            "transcript": "\n".join(f"{item['role']}: {item['content']}" for item in spoken),
            "transcript_object": spoken, "transcript_with_tool_calls": self.items,
        }  # fmt: skip

    def _post(self, endpoint: str, body: dict[str, Any]) -> Any:
        answer = self._send(endpoint, json.dumps(body).encode())
        assert answer.status_code == 200, answer.text
        return answer

    def _send(self, endpoint: str, raw: bytes) -> Any:
        headers = {"X-Retell-Signature": sign_retell(raw, self.key, to_ms(now())), "Content-Type": "application/json"}
        return self.client.post(f"/api/retell/{endpoint}{self.path}", data=raw, headers=headers)
