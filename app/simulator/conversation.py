"""One telephone conversation, written down as Retell writes it: words with their times, tools, and the events along the way.

On a live line every event leaves as it happens, and tools are asked of the server: what it answers is what is said next.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from string import Template
from typing import Any, Protocol

from app.simulator.tool_results import DialogueValues, update_values

DIALOGUES = Path(__file__).parent / "dialogues"
ROLES = {"agent": "agent", "caller": "user", "target": "transfer_target"}

BEFORE_ANSWER_S = 0.7
TOOL_DURATION_S = 0.9
MAX_TRIES = 4
SECONDS_PER_WORD, SECONDS_PER_LETTER, GAP_S = 0.12, 0.045, 0.06


@dataclass(frozen=True, slots=True)
class Beat:
    """Something that Retell reports: its event, when it happens, how much of the transcript there is by then."""

    event: str
    at_s: float
    items: int = 0
    beside: dict[str, Any] = field(default_factory=dict)


class Line(Protocol):
    """The way to a running server; see app/simulator/line."""

    start_ms: int

    def tell(self, beat: Beat, body: dict[str, Any], items: list[dict[str, Any]]) -> None: ...

    def ask(self, body: dict[str, Any]) -> dict[str, Any] | None: ...

    def ring(self, body: dict[str, Any]) -> dict[str, Any]: ...


@dataclass(slots=True)
class Conversation:
    """Grows line by line; `events` tells it in Retell's words once it is over, a live `line` while it happens."""

    call_id: str
    from_number: str
    to_number: str
    agent_id: str = "agent_simulated"
    direction: str = "inbound"
    variables: dict[str, str] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    at_s: float = 0.0
    items: list[dict[str, Any]] = field(default_factory=list)
    beats: list[Beat] = field(default_factory=list)
    ending: dict[str, Any] = field(default_factory=dict)
    analysis: dict[str, Any] = field(default_factory=dict)
    line: Line | None = None
    # whether the caller got what they wanted, as far as the server's answers tell
    went_well: bool = True
    # what the server wants said first
    first_words: str = ""
    # turned away while it rang: nothing more is heard of it
    rejected: bool = False

    def play(self, dialogue: str, words: DialogueValues) -> None:
        """Speaks a dialogue of this folder: lines `agent:`, `caller:`, `target:`, `tool:`, `result:` and `transfer`.

        A `result:` is what is said where nobody answers the tool. An answer goes into `words`; a refusal with other times is taken
        up, any other one ends the dialogue with regret.
        """
        told: dict[str, Any] | None = None
        for line in (DIALOGUES / f"{dialogue}.txt").read_text(encoding="utf-8").splitlines():
            kind, _, written = line.partition(": ")
            if kind == "result" and told is not None:
                continue
            rest = Template(written).substitute(words)
            if kind in ROLES:
                self.say(kind, rest)
            elif kind == "tool":
                name, _, arguments = written.partition(" ")
                told = self._ask(name, arguments, words)
                if told is not None and not told["ok"]:
                    self._regret(words)
                    return
            elif kind == "result":
                self.tool_answers(rest)
                update_values(words, json.loads(rest))
            elif kind == "transfer":
                self.transfer_to(words["desk"])

    def _ask(self, name: str, arguments: str, words: DialogueValues) -> dict[str, Any] | None:
        """What the server says to this use; while it offers other times, the first of them is asked for."""
        for turn in range(MAX_TRIES):
            asked = Template(arguments).substitute(words)
            self.use_tool(name, asked)
            told = self.line.ask(self._function(name, asked)) if self.line else None
            if told is None:
                return None
            self.tool_answers(json.dumps(told, ensure_ascii=False))
            update_values(words, told)
            if told["ok"] or not told.get("data", {}).get("slots") or turn + 1 == MAX_TRIES:
                return told
            self.say("agent", told["say"])
            self.say("caller", words["rather"])
        return None

    def _regret(self, words: DialogueValues) -> None:
        self.went_well = False
        self.say("agent", words["say"])
        self.say("caller", words["regret"])

    def ring(self) -> None:
        """The phone rings; what the server says of the caller goes along with the call from then on."""
        if self.line is not None:
            told = self.line.ring(self.inbound(self.line.start_ms))
            self.variables = told.get("dynamic_variables", {}) | self.variables
            self.metadata = told.get("metadata", {}) | self.metadata
            self.first_words = told.get("agent_override", {}).get("retell_llm", {}).get("begin_message", "")
            if told.get("reject") is True:
                self.rejected, self.line = True, None

    def begin(self) -> None:
        self._beat("call_started")

    def say(self, speaker: str, text: str) -> None:
        self.at_s += BEFORE_ANSWER_S
        self.items.append({"role": ROLES[speaker], "content": text, "words": self._words(text)})
        self._beat("transcript_updated")

    def use_tool(self, name: str, arguments: str) -> None:
        self.items.append(
            {
                "role": "tool_call_invocation",
                "tool_call_id": f"tool_{len(self.items)}",
                "name": name,
                "type": "custom",
                "arguments": arguments,
            }
        )
        self._beat("transcript_updated")

    def tool_answers(self, result: str) -> None:
        self.at_s += TOOL_DURATION_S
        key = self.items[-1]["tool_call_id"]
        self.items.append({"role": "tool_call_result", "tool_call_id": key, "successful": True, "content": result})
        self._beat("transcript_updated")

    def transfer_to(self, number: str) -> None:
        beside = {"transfer_destination": {"number": number}, "transfer_option": {"type": "warm_transfer", "showTransfereeAsCaller": False}}
        self._beat("transfer_started", beside)
        self.at_s += 4
        self._beat("transfer_bridged", beside)

    def end(self, reason: str, **fields: Any) -> None:
        self.at_s += 0.4
        self.ending = {"disconnection_reason": reason, "call_status": "ended", **fields}
        self._beat("call_ended")

    def analyze(
        self, summary: str, *, sentiment: str, successful: bool, in_voicemail: bool = False, found: dict[str, Any] | None = None
    ) -> None:
        """The analysis that follows a few seconds later; `found` is what the post-call questions brought."""
        self.analysis = {
            "call_summary": summary,
            "user_sentiment": sentiment,
            "call_successful": successful,
            "in_voicemail": in_voicemail,
            "custom_analysis_data": found or {},
        }
        self._tell(Beat("call_analyzed", self.at_s + 3, len(self.items)))

    @property
    def length_s(self) -> float:
        return self.at_s

    def events(self, start_ms: int) -> Iterator[tuple[Beat, dict[str, Any]]]:
        """Each beat with the body that Retell would post, for a call that began at this Unix time."""
        for beat in self.beats:
            call = self._call(beat, start_ms)
            yield beat, {"event": beat.event, "call": call, **beat.beside}

    def inbound(self, now_ms: int) -> dict[str, Any]:
        """What Retell asks while the phone still rings."""
        ringing = {"call_id": self.call_id, "agent_id": self.agent_id, "from_number": self.from_number, "to_number": self.to_number}
        return {"event": "call_inbound", "event_timestamp": now_ms, "call_inbound": ringing}

    def _beat(self, event: str, beside: dict[str, Any] | None = None) -> None:
        self._tell(Beat(event, self.at_s, len(self.items), beside or {}))

    def _tell(self, beat: Beat) -> None:
        self.beats.append(beat)
        if self.line is not None:
            body = {"event": beat.event, "call": self._call(beat, self.line.start_ms), **beat.beside}
            self.line.tell(beat, body, self.items)

    def _function(self, name: str, arguments: str) -> dict[str, Any]:
        assert self.line is not None
        snapshot = Beat("transcript_updated", self.at_s, len(self.items))
        return {"name": name, "args": json.loads(arguments), "call": self._call(snapshot, self.line.start_ms)}

    def _words(self, text: str) -> list[dict[str, Any]]:
        words = []
        for word in text.split():
            start = self.at_s
            self.at_s = round(start + SECONDS_PER_WORD + SECONDS_PER_LETTER * len(word), 3)
            words.append({"word": word, "start": round(start, 3), "end": self.at_s})
            self.at_s = round(self.at_s + GAP_S, 3)
        return words

    def _call(self, beat: Beat, start_ms: int) -> dict[str, Any]:
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
        if beat.event in ("transcript_updated", "call_ended", "call_analyzed", "transfer_ended"):
            call |= self._transcript(self.items[: beat.items])
        if beat.event in ("call_ended", "call_analyzed", "transfer_ended"):
            call |= self._over(start_ms)
        if beat.event == "call_analyzed":
            call["call_analysis"] = self.analysis
        return call

    def _transcript(self, items: list[dict[str, Any]]) -> dict[str, Any]:
        spoken = [item for item in items if "words" in item]
        names = {"agent": "Agent", "user": "User", "transfer_target": "Transfer Target"}
        return {
            "transcript": "".join(f"{names[item['role']]}: {item['content']}\n" for item in spoken),
            "transcript_object": spoken,
            "transcript_with_tool_calls": items,
        }

    def _over(self, start_ms: int) -> dict[str, Any]:
        length_ms = round(self.length_s * 1000) if self.ending["call_status"] != "not_connected" else 0
        seconds = max(1, round(length_ms / 1000))
        costs = {"combined_cost": round(seconds * 0.149, 3), "total_duration_seconds": seconds, "product_costs": []}
        over = {"end_timestamp": start_ms + length_ms, "duration_ms": length_ms, **self.ending}
        if not length_ms:
            return over
        return over | {"call_cost": costs, "recording_url": f"https://recordings.example.com/{self.call_id}/recording.wav"}
