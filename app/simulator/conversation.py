"""One telephone conversation in Retell's format: words with times, tool calls, and the webhook events of the call.

With a live transport each event is sent when it happens and tools are called on the server; its results shape the dialogue.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from string import Template
from typing import Any, Protocol

from app.simulator.tool_result_values import DialogueValues, update_values

DIALOGUES = Path(__file__).parent / "dialogues"
ROLES = {"agent": "agent", "caller": "user", "target": "transfer_target"}

BEFORE_ANSWER_S = 0.7
TOOL_DURATION_S = 0.9
MAX_TRIES = 4
SECONDS_PER_WORD, SECONDS_PER_LETTER, GAP_S = 0.12, 0.045, 0.06


@dataclass(frozen=True, slots=True)
class SimulatedCallEvent:
    """A webhook event of the call: its name, its time, and the number of transcript items at that time."""

    event: str
    at_s: float
    items: int = 0
    extra: dict[str, Any] = field(default_factory=dict)


class CallTransport(Protocol):
    """The connection to a running server; implemented in app/simulator/live_transport.py."""

    start_ms: int

    def send_event(self, call_event: SimulatedCallEvent, body: dict[str, Any], items: list[dict[str, Any]]) -> None: ...

    def call_function(self, body: dict[str, Any]) -> dict[str, Any] | None: ...

    def request_inbound(self, body: dict[str, Any]) -> dict[str, Any]: ...


@dataclass(slots=True)
class Conversation:
    """A conversation that grows line by line. `events` yields its webhooks afterwards; a `transport` sends them while it happens."""

    call_id: str
    from_number: str
    to_number: str
    agent_id: str = "agent_simulated"
    direction: str = "inbound"
    variables: dict[str, str] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    at_s: float = 0.0
    items: list[dict[str, Any]] = field(default_factory=list)
    call_events: list[SimulatedCallEvent] = field(default_factory=list)
    ending: dict[str, Any] = field(default_factory=dict)
    analysis: dict[str, Any] = field(default_factory=dict)
    transport: CallTransport | None = None
    # whether the server fulfilled the caller's request
    succeeded: bool = True
    # the greeting that the server set
    begin_message: str = ""
    # rejected by the server while ringing: no further events
    rejected: bool = False

    def play(self, dialogue: str, values: DialogueValues) -> None:
        """Play a dialogue of the folder: lines `agent:`, `caller:`, `target:`, `tool:`, `result:` and `transfer`.

        A `result:` line is used when the server gives no result. Results go into `values`; a rejection with other slots is accepted
        and requested, any other rejection ends the dialogue.
        """
        tool_result: dict[str, Any] | None = None
        for line in (DIALOGUES / f"{dialogue}.txt").read_text(encoding="utf-8").splitlines():
            kind, _, written = line.partition(": ")
            if kind == "result" and tool_result is not None:
                continue
            rest = Template(written).substitute(values)
            if kind in ROLES:
                self.say(kind, rest)
            elif kind == "tool":
                name, _, arguments = written.partition(" ")
                tool_result = self._call_tool(name, arguments, values)
                if tool_result is not None and not tool_result["ok"]:
                    self._end_with_regret(values)
                    return
            elif kind == "result":
                self.add_tool_result(rest)
                update_values(values, json.loads(rest))
            elif kind == "transfer":
                self.transfer(values["desk"])

    def _call_tool(self, name: str, arguments: str, values: DialogueValues) -> dict[str, Any] | None:
        """Call a tool and return its result. While the server offers other slots, the first of them is requested."""
        for turn in range(MAX_TRIES):
            filled = Template(arguments).substitute(values)
            self.add_tool_call(name, filled)
            result = self.transport.call_function(self._build_function_request(name, filled)) if self.transport else None
            if result is None:
                return None
            self.add_tool_result(json.dumps(result, ensure_ascii=False))
            update_values(values, result)
            if result["ok"] or not result.get("data", {}).get("slots") or turn + 1 == MAX_TRIES:
                return result
            self.say("agent", result["say"])
            self.say("caller", values["rather"])
        return None

    def _end_with_regret(self, values: DialogueValues) -> None:
        self.succeeded = False
        self.say("agent", values["say"])
        self.say("caller", values["regret"])

    def request_inbound(self) -> None:
        """Send the inbound request; the server's variables, metadata and greeting apply to the call from then on."""
        if self.transport is not None:
            response = self.transport.request_inbound(self.inbound(self.transport.start_ms))
            self.variables = response.get("dynamic_variables", {}) | self.variables
            self.metadata = response.get("metadata", {}) | self.metadata
            self.begin_message = response.get("agent_override", {}).get("retell_llm", {}).get("begin_message", "")
            if response.get("reject") is True:
                self.rejected, self.transport = True, None

    def begin(self) -> None:
        self._add_event("call_started")

    def say(self, speaker: str, text: str) -> None:
        self.at_s += BEFORE_ANSWER_S
        self.items.append({"role": ROLES[speaker], "content": text, "words": self._build_words(text)})
        self._add_event("transcript_updated")

    def add_tool_call(self, name: str, arguments: str) -> None:
        self.items.append(
            {
                "role": "tool_call_invocation",
                "tool_call_id": f"tool_{len(self.items)}",
                "name": name,
                "type": "custom",
                "arguments": arguments,
            }
        )
        self._add_event("transcript_updated")

    def add_tool_result(self, result: str) -> None:
        self.at_s += TOOL_DURATION_S
        key = self.items[-1]["tool_call_id"]
        self.items.append({"role": "tool_call_result", "tool_call_id": key, "successful": True, "content": result})
        self._add_event("transcript_updated")

    def transfer(self, number: str) -> None:
        extra = {"transfer_destination": {"number": number}, "transfer_option": {"type": "warm_transfer", "showTransfereeAsCaller": False}}
        self._add_event("transfer_started", extra)
        self.at_s += 4
        self._add_event("transfer_bridged", extra)

    def end(self, reason: str, **fields: Any) -> None:
        self.at_s += 0.4
        self.ending = {"disconnection_reason": reason, "call_status": "ended", **fields}
        self._add_event("call_ended")

    def analyze(
        self, summary: str, *, sentiment: str, successful: bool, in_voicemail: bool = False, found: dict[str, Any] | None = None
    ) -> None:
        """Add the analysis, three seconds after the end; `found` is its custom data."""
        self.analysis = {
            "call_summary": summary,
            "user_sentiment": sentiment,
            "call_successful": successful,
            "in_voicemail": in_voicemail,
            "custom_analysis_data": found or {},
        }
        self._record(SimulatedCallEvent("call_analyzed", self.at_s + 3, len(self.items)))

    @property
    def length_s(self) -> float:
        return self.at_s

    def events(self, start_ms: int) -> Iterator[tuple[SimulatedCallEvent, dict[str, Any]]]:
        """Yield each event with its webhook body, for a call that began at this Unix time."""
        for call_event in self.call_events:
            call = self._build_call(call_event, start_ms)
            yield call_event, {"event": call_event.event, "call": call, **call_event.extra}

    def inbound(self, now_ms: int) -> dict[str, Any]:
        """Build the body of Retell's inbound request, sent while the phone rings."""
        ringing = {"call_id": self.call_id, "agent_id": self.agent_id, "from_number": self.from_number, "to_number": self.to_number}
        return {"event": "call_inbound", "event_timestamp": now_ms, "call_inbound": ringing}

    def _add_event(self, event: str, extra: dict[str, Any] | None = None) -> None:
        self._record(SimulatedCallEvent(event, self.at_s, len(self.items), extra or {}))

    def _record(self, call_event: SimulatedCallEvent) -> None:
        self.call_events.append(call_event)
        if self.transport is not None:
            body = {"event": call_event.event, "call": self._build_call(call_event, self.transport.start_ms), **call_event.extra}
            self.transport.send_event(call_event, body, self.items)

    def _build_function_request(self, name: str, arguments: str) -> dict[str, Any]:
        assert self.transport is not None
        snapshot = SimulatedCallEvent("transcript_updated", self.at_s, len(self.items))
        return {"name": name, "args": json.loads(arguments), "call": self._build_call(snapshot, self.transport.start_ms)}

    def _build_words(self, text: str) -> list[dict[str, Any]]:
        words = []
        for word in text.split():
            start = self.at_s
            self.at_s = round(start + SECONDS_PER_WORD + SECONDS_PER_LETTER * len(word), 3)
            words.append({"word": word, "start": round(start, 3), "end": self.at_s})
            self.at_s = round(self.at_s + GAP_S, 3)
        return words

    def _build_call(self, call_event: SimulatedCallEvent, start_ms: int) -> dict[str, Any]:
        call = {
            "call_type": "phone_call",
            "call_id": self.call_id,
            "agent_id": self.agent_id,
            "agent_version": 1,
            "from_number": self.from_number,
            "to_number": self.to_number,
            "direction": self.direction,
            "data_storage_setting": "everything",
            "call_status": "ongoing",
            "start_timestamp": start_ms,
        }
        # Retell leaves these two out where nothing was set
        call |= {"retell_llm_dynamic_variables": self.variables} if self.variables else {}
        call |= {"metadata": self.metadata} if self.metadata else {}
        if call_event.event in ("transcript_updated", "call_ended", "call_analyzed", "transfer_ended"):
            call |= self._build_transcript(self.items[: call_event.items])
        if call_event.event in ("call_ended", "call_analyzed", "transfer_ended"):
            call |= self._build_end_fields(start_ms)
        if call_event.event == "call_analyzed":
            call["call_analysis"] = self.analysis
        return call

    def _build_transcript(self, items: list[dict[str, Any]]) -> dict[str, Any]:
        spoken = [item for item in items if "words" in item]
        names = {"agent": "Agent", "user": "User", "transfer_target": "Transfer Target"}
        return {
            "transcript": "".join(f"{names[item['role']]}: {item['content']}\n" for item in spoken),
            "transcript_object": spoken,
            "transcript_with_tool_calls": items,
        }

    def _build_end_fields(self, start_ms: int) -> dict[str, Any]:
        length_ms = round(self.length_s * 1000) if self.ending["call_status"] != "not_connected" else 0
        seconds = max(1, round(length_ms / 1000))
        costs = {"combined_cost": round(seconds * 0.149, 3), "total_duration_seconds": seconds, "product_costs": []}
        over = {"end_timestamp": start_ms + length_ms, "duration_ms": length_ms, **self.ending}
        if not length_ms:
            return over
        return over | {"call_cost": costs, "recording_url": f"https://recordings.example.com/{self.call_id}/recording.wav"}
