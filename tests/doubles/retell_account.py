"""The content and the rules of a Retell account: LLMs and agents in versions, numbers, calls."""

import copy
import re
import threading
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

Row = dict[str, Any]

AGENT_FIELDS = {
    "agent_name", "response_engine", "voice_id", "language", "timezone", "webhook_url", "webhook_events", "webhook_timeout_ms",
    "max_call_duration_ms", "data_storage_setting", "data_storage_retention_days", "version_title", "version_description",
}  # fmt: skip
LLM_FIELDS = {"general_prompt", "begin_message", "start_speaker", "general_tools", "default_dynamic_variables", "model"}
NUMBER_FIELDS = {"inbound_agents", "inbound_webhook_url", "nickname"}
EVENTS = {
    "call_started", "call_ended", "call_analyzed", "transcript_updated", "transfer_started", "transfer_bridged", "transfer_cancelled",
    "transfer_ended",
}  # fmt: skip
CUSTOM_FIELDS = {
    "type", "name", "description", "url", "method", "headers", "query_params", "parameters", "args_at_root", "response_variables",
    "speak_during_execution", "speak_after_execution", "execution_message_description", "timeout_ms", "max_retry",
}  # fmt: skip
TOOL_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")


class Refusal(Exception):
    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass
class RetellClient:
    """Agents and LLMs by id, each a list of versions, oldest first."""

    agents: dict[str, list[Row]] = field(default_factory=dict)
    llms: dict[str, list[Row]] = field(default_factory=dict)
    numbers: dict[str, Row] = field(default_factory=dict)
    calls: dict[str, Row] = field(default_factory=dict)
    # in the order in which they were deleted over the API
    deleted: list[str] = field(default_factory=list)
    # whether a new version of an agent brings a new version of its LLM that can be changed (not written down, so both must do)
    brains_follow: bool = True
    lock: Any = field(default_factory=threading.RLock, repr=False)

    # what people do there behind our back

    def agent(self, ref: str, version: int | None = None) -> Row:
        return _version_of(self.agents, ref, version, "Agent")

    def llm(self, ref: str, version: int | None = None) -> Row:
        return _version_of(self.llms, ref, version, "Retell LLM")

    def get_llm_of_agent(self, agent: Row) -> Row:
        engine = agent["response_engine"]
        return self.llm(engine["llm_id"], engine.get("version"))

    def change_agent(self, ref: str, version: int | None = None, **fields: Any) -> None:
        """Change an agent as in Retell's own dashboard, published or not."""
        with self.lock:
            self.agent(ref, version).update(fields, last_modification_timestamp=_now_ms())

    def change_llm(self, ref: str, version: int | None = None, **fields: Any) -> None:
        with self.lock:
            self.llm(ref, version).update(fields, last_modification_timestamp=_now_ms())

    def change_tool(self, llm_id: str, name: str, version: int | None = None, **fields: Any) -> None:
        with self.lock:
            tools = self.llm(llm_id, version)["general_tools"]
            next(tool for tool in tools if tool["name"] == name).update(fields)

    def change_number(self, e164: str, **fields: Any) -> None:
        with self.lock:
            self.numbers[e164].update(fields, last_modification_timestamp=_now_ms())

    def add_number(self, e164: str, **fields: Any) -> None:
        """Add an imported or bought number."""
        self.numbers[e164] = {
            "phone_number": e164, "phone_number_type": "custom", "phone_number_pretty": e164, "nickname": None, "inbound_agents": None,
            "inbound_webhook_url": None, "outbound_agents": None, "last_modification_timestamp": _now_ms(), **fields,
        }  # fmt: skip

    def add_call(self, call: Row, **changes: Any) -> str:
        """Add a stored call and return its id."""
        row = copy.deepcopy(call) | changes
        with self.lock:
            self.calls[row["call_id"]] = row
        return str(row["call_id"])

    def drop(self, ref: str) -> None:
        """Delete an agent, LLM, number or call."""
        for rows in (self.agents, self.llms, self.numbers, self.calls):
            rows.pop(ref, None)  # type: ignore[attr-defined]

    # what the API does

    def create_llm(self, body: Row) -> Row:
        _only(body, LLM_FIELDS)
        self._check_llm(body)
        row = {"llm_id": f"llm_{uuid.uuid4().hex[:24]}", "version": 0, "is_published": False, "model": "gpt-4.1", **_fresh(body)}
        self.llms[row["llm_id"]] = [row]
        return row

    def update_llm(self, row: Row, body: Row) -> Row:
        _only(body, LLM_FIELDS)
        _is_draft(row)
        self._check_llm({**row, **body})
        row.update(_fresh(body))
        return row

    def create_agent(self, body: Row) -> Row:
        _only(body, AGENT_FIELDS)
        for needed in ("response_engine", "voice_id"):
            if not body.get(needed):
                raise Refusal(422, f"body must have required property '{needed}'")
        self._check_agent(body)
        row = {
            "agent_id": f"agent_{uuid.uuid4().hex[:26]}", "version": 0, "base_version": None, "is_published": False, "channel": "voice",
            "language": "en-US", "timezone": "America/Los_Angeles", "webhook_url": None, "webhook_events": None,
            "webhook_timeout_ms": 10_000, "max_call_duration_ms": 3_600_000, "data_storage_setting": "everything", **_fresh(body),
        }  # fmt: skip
        self.agents[row["agent_id"]] = [row]
        return row

    def update_agent(self, row: Row, body: Row) -> Row:
        _only(body, AGENT_FIELDS)
        _is_draft(row)
        self._check_agent({**row, **body})
        row.update(_fresh(body))
        return row

    def create_agent_version(self, ref: str, body: Row) -> Row:
        _only(body, {"base_version"})
        base = self.agent(ref, body.get("base_version"))
        row = copy.deepcopy(base) | {"base_version": base["version"], "is_published": False} | _fresh({})
        row["version"] = self.agents[ref][-1]["version"] + 1
        if self.brains_follow:
            brain = copy.deepcopy(self.get_llm_of_agent(base)) | {"is_published": False} | _fresh({})
            versions = self.llms[brain["llm_id"]]
            brain["version"] = versions[-1]["version"] + 1
            versions.append(brain)
            row["response_engine"] = {"type": "retell-llm", "llm_id": brain["llm_id"], "version": brain["version"]}
        self.agents[ref].append(row)
        return row

    def publish_agent_version(self, ref: str, body: Row) -> None:
        _only(body, {"version", "version_title", "version_description"})
        row = self.agent(ref, body.get("version"))
        _is_draft(row)
        row.update(is_published=True, version_title=body.get("version_title"), last_modification_timestamp=_now_ms())
        self.get_llm_of_agent(row)["is_published"] = True

    def update_number(self, row: Row, body: Row) -> Row:
        _only(body, NUMBER_FIELDS)
        bound = body.get("inbound_agents") or []
        if bound and abs(sum(each.get("weight", 0) for each in bound) - 1) > 0.001:
            raise Refusal(422, "the weights of inbound_agents must add up to 1")
        for each in bound:
            version = each.get("agent_version")
            self.agent(each["agent_id"], version if isinstance(version, int) else None)
        row.update(_fresh(body))
        return row

    def delete_call(self, call_id: str) -> None:
        if self.calls.pop(call_id, None) is None:
            raise Refusal(404, f"Call {call_id} not found")
        self.deleted.append(call_id)

    def _check_agent(self, row: Row) -> None:
        engine = row["response_engine"]
        if engine.get("type") == "retell-llm":
            self.llm(engine.get("llm_id", ""), engine.get("version"))
        if unknown := set(row.get("webhook_events") or ()) - EVENTS:
            raise Refusal(422, f"webhook_events must be one of the allowed values: {sorted(unknown)}")
        if not 60_000 <= row.get("max_call_duration_ms", 3_600_000) <= 7_200_000:
            raise Refusal(422, "max_call_duration_ms must be between 60000 and 7200000")

    def _check_llm(self, row: Row) -> None:
        tools = row.get("general_tools") or []
        names = [tool.get("name", "") for tool in tools]
        if len(set(names)) < len(names) or not all(TOOL_NAME.fullmatch(name) for name in names):
            raise Refusal(422, "tool names must be unique and made of a-z, A-Z, 0-9, _ and -")
        for tool in tools:
            if tool.get("type") == "custom":
                _check_custom(tool)
        if not all(isinstance(value, str) for value in (row.get("default_dynamic_variables") or {}).values()):
            raise Refusal(422, "dynamic variables must be strings")


def page(rows: Iterable[Row], *, size: int, after: str | None, key: str) -> Row:
    """One page of a list; the cursor is the last row's own id."""
    found = list(rows)
    start = next((place + 1 for place, row in enumerate(found) if row[key] == after), 0) if after else 0
    shown = found[start : start + size]
    has_more = start + size < len(found)
    return {"items": shown, "has_more": has_more, "pagination_key": shown[-1][key] if has_more else None}


def _check_custom(tool: Row) -> None:
    _only(tool, CUSTOM_FIELDS)
    if not str(tool.get("url", "")).startswith("http"):
        raise Refusal(422, f"tool {tool['name']}: url must be a URL")
    if (tool.get("parameters") or {"type": "object"}).get("type") != "object":
        raise Refusal(422, f"tool {tool['name']}: parameters must be of type object")
    if not 1000 <= tool.get("timeout_ms", 120_000) <= 600_000 or not 0 <= tool.get("max_retry", 0) <= 5:
        raise Refusal(422, f"tool {tool['name']}: timeout_ms or max_retry is out of bounds")


def _version_of(rows: dict[str, list[Row]], ref: str, version: int | None, what: str) -> Row:
    versions = rows.get(ref)
    found = versions and next((row for row in reversed(versions) if version is None or row["version"] == version), None)
    if not found:
        raise Refusal(404, f"{what} {ref} not found")
    return found


def _is_draft(row: Row) -> None:
    if row["is_published"]:
        raise Refusal(400, "A published version cannot be changed")


def _only(body: Row, known: set[str]) -> None:
    if unknown := set(body) - known:
        raise Refusal(422, f"body must NOT have additional properties: {', '.join(sorted(unknown))}")


def _fresh(body: Row) -> Row:
    return {**copy.deepcopy(body), "last_modification_timestamp": _now_ms()}


def _now_ms() -> int:
    return round(datetime.now(UTC).timestamp() * 1000)
