"""Retell's agents, LLMs, numbers and calls in both directions (retell-sdk 6.2: types of its REST API)."""

from collections.abc import Mapping
from typing import Any

import orjson

from app.core.phone import normalise
from app.providers.payload_reader import Reader
from app.providers.voice.base import CallStatus
from app.providers.voice.management import (
    AgentSetup,
    Binding,
    BrainSetup,
    FetchedCall,
    ListedCall,
    RemoteAgent,
    RemoteBrain,
    RemoteNumber,
    Storage,
    ToolKind,
    ToolSetup,
)
from app.providers.voice.retell_webhooks import KINDS, Retell

Json = dict[str, Any]
# a default dynamic variable of ours: an LLM has no name and no metadata there
MARK = "askproai_ref"
EVENTS: dict[str, str] = {kind: name for name, kind in KINDS.items()}
STORAGES: dict[Storage, str] = {
    "everything": "everything", "without_personal": "everything_except_pii", "basics": "basic_attributes_only",
}  # fmt: skip
STORAGE_OF: dict[str, Storage] = {theirs: ours for ours, theirs in STORAGES.items()}
TOOL_KINDS: dict[str, ToolKind] = {"custom": "function", "end_call": "hang_up", "transfer_call": "put_through"}
STATUSES: dict[str, CallStatus] = {
    "registered": "ringing", "ongoing": "ongoing", "ended": "ended", "not_connected": "not_connected", "error": "error",
}  # fmt: skip
# a transfer whose number the agent learns in the call
NUMBER_TOLD = "The number that the function transfer_call has just answered, in E.164 form."


def agent_body(setup: AgentSetup, brain: RemoteBrain) -> Json:
    engine: Json = {"type": "retell-llm", "llm_id": brain.ref}
    if brain.version is not None:
        engine["version"] = brain.version
    body: Json = {
        "agent_name": setup.name,
        "response_engine": engine,
        "voice_id": setup.voice,
        "language": setup.language,
        "timezone": setup.zone,
        "webhook_url": setup.webhook_url,
        "webhook_events": sorted(EVENTS[kind] for kind in setup.events),
        "data_storage_setting": STORAGES[setup.storage],
    }
    optional = {
        "webhook_timeout_ms": setup.webhook_timeout_ms,
        "max_call_duration_ms": setup.longest_call_s and setup.longest_call_s * 1000,
        "data_storage_retention_days": setup.stored_days,
    }
    return body | {name: value for name, value in optional.items() if value is not None}


def brain_body(setup: BrainSetup) -> Json:
    body: Json = {
        "general_prompt": setup.prompt,
        "begin_message": setup.begin_message,
        "start_speaker": "agent" if setup.speaks_first else "user",
        "general_tools": [tool_body(tool) for tool in setup.tools],
        "default_dynamic_variables": {**setup.defaults, MARK: setup.mark},
    }
    return body | ({"model": setup.model} if setup.model else {})


def tool_body(tool: ToolSetup) -> Json:
    if tool.kind == "hang_up":
        return {"type": "end_call", "name": tool.name, "description": tool.about}
    if tool.kind == "put_through":
        known = {"type": "predefined", "number": tool.number} if tool.number else {"type": "inferred", "prompt": NUMBER_TOLD}
        return {
            "type": "transfer_call", "name": tool.name, "description": tool.about, "transfer_destination": known,
            "transfer_option": {"type": "cold_transfer"}, "speak_during_execution": tool.speaks_meanwhile,
        }  # fmt: skip
    return {
        "type": "custom", "name": tool.name, "description": tool.about, "url": tool.address, "method": "POST",
        "parameters": tool.parameters, "args_at_root": False, "timeout_ms": tool.timeout_ms, "max_retry": tool.retries,
        "speak_during_execution": tool.speaks_meanwhile, "speak_after_execution": tool.speaks_after,
    }  # fmt: skip


def agent_of(row: Mapping[str, Any]) -> RemoteAgent | None:
    reader = Reader()
    ref, version = reader.line("agent_id", row.get("agent_id"), 128), reader.whole("version", row.get("version"))
    if ref is None:
        return None
    engine = reader.mapping("response_engine", row.get("response_engine"))
    ours = engine.get("type") == "retell-llm"
    language = row.get("language")
    longest_ms = reader.whole("max_call_duration_ms", row.get("max_call_duration_ms"))
    events = row.get("webhook_events")
    return RemoteAgent(
        ref=ref,
        version=version or 0,
        is_published=row.get("is_published") is True,
        brain_ref=reader.line("llm_id", engine.get("llm_id"), 128) if ours else None,
        brain_version=reader.whole("version", engine.get("version")) if ours else None,
        setup=AgentSetup(
            name=reader.line("agent_name", row.get("agent_name"), 300) or "",
            voice=reader.line("voice_id", row.get("voice_id"), 128) or "",
            language=", ".join(map(str, language)) if isinstance(language, list) else reader.line("language", language, 64) or "",
            zone=reader.line("timezone", row.get("timezone"), 64) or "",
            webhook_url=reader.line("webhook_url", row.get("webhook_url"), 2_000),
            events=frozenset(KINDS.get(str(name), str(name)) for name in events) if isinstance(events, list) else frozenset(),
            webhook_timeout_ms=reader.whole("webhook_timeout_ms", row.get("webhook_timeout_ms")),
            longest_call_s=None if longest_ms is None else longest_ms // 1000,
            storage=STORAGE_OF.get(str(row.get("data_storage_setting") or "everything"), "unknown"),
            stored_days=reader.whole("data_storage_retention_days", row.get("data_storage_retention_days")),
        ),
    )


def brain_of(row: Mapping[str, Any]) -> RemoteBrain | None:
    reader = Reader()
    ref = reader.line("llm_id", row.get("llm_id"), 128)
    if ref is None:
        return None
    tools, variables = row.get("general_tools"), reader.mapping("default_dynamic_variables", row.get("default_dynamic_variables"))
    return RemoteBrain(
        ref=ref,
        version=reader.whole("version", row.get("version")),
        is_published=row.get("is_published") is True,
        setup=BrainSetup(
            mark=mark_of(row) or "",
            prompt=row["general_prompt"] if isinstance(row.get("general_prompt"), str) else "",
            begin_message=row["begin_message"] if isinstance(row.get("begin_message"), str) else None,
            speaks_first=row.get("start_speaker") != "user",
            tools=tuple(tool_of(reader, tool) for tool in tools if isinstance(tool, dict)) if isinstance(tools, list) else (),
            defaults={name: str(value) for name, value in variables.items() if name != MARK},
            model=reader.line("model", row.get("model"), 80),
        ),
    )


def mark_of(row: Mapping[str, Any]) -> str | None:
    variables = row.get("default_dynamic_variables")
    return Reader().line(MARK, variables.get(MARK), 128) if isinstance(variables, dict) else None


def tool_of(reader: Reader, row: Json) -> ToolSetup:
    destination = reader.mapping("transfer_destination", row.get("transfer_destination"))
    return ToolSetup(
        name=reader.line("name", row.get("name"), 64) or "",
        kind=TOOL_KINDS.get(str(row.get("type")), "other"),
        about=row["description"] if isinstance(row.get("description"), str) else "",
        address=reader.line("url", row.get("url"), 2_000),
        parameters=reader.mapping("parameters", row.get("parameters")),
        timeout_ms=reader.whole("timeout_ms", row.get("timeout_ms")),
        retries=reader.whole("max_retry", row.get("max_retry")),
        speaks_meanwhile=row.get("speak_during_execution") is True,
        speaks_after=row.get("speak_after_execution") is not False,
        number=reader.line("number", destination.get("number"), 64),
    )


def number_of(row: Mapping[str, Any]) -> RemoteNumber | None:
    reader = Reader()
    told = reader.line("phone_number", row.get("phone_number"), 64)
    if told is None:
        return None
    agents = row.get("inbound_agents")
    bound = [each for each in agents if isinstance(each, dict)] if isinstance(agents, list) else []
    return RemoteNumber(
        e164=normalise(told, source="e164", region="DE").e164 or told,
        bindings=tuple(
            Binding(ref, _version(each.get("agent_version")))
            for each in bound
            if (ref := reader.line("agent_id", each.get("agent_id"), 128))
        ),
        ringing_url=reader.line("inbound_webhook_url", row.get("inbound_webhook_url"), 2_000),
    )


def listed_of(row: Mapping[str, Any]) -> ListedCall | None:
    reader = Reader()
    call_id = reader.line("call_id", row.get("call_id"), 128)
    if call_id is None:
        return None
    business, caller = row.get("to_number"), row.get("from_number")
    if row.get("direction") == "outbound":
        business, caller = caller, business
    return ListedCall(
        call_id=call_id,
        status=_status(row),
        agent_ref=reader.line("agent_id", row.get("agent_id"), 128),
        caller_raw=reader.line("caller", caller, 64),
        business_raw=reader.line("business", business, 64),
        started_at=reader.instant("start_timestamp", row.get("start_timestamp")),
        ended_at=reader.instant("end_timestamp", row.get("end_timestamp")),
        disconnection_reason=reader.line("disconnection_reason", row.get("disconnection_reason"), 80),
        metadata=reader.mapping("metadata", row.get("metadata")),
    )


def fetched_of(row: Json) -> FetchedCall | None:
    """The call as if its last webhook had come: what is over is told as ended, with its analysis as analyzed."""
    listed = listed_of(row)
    if listed is None:
        return None
    is_over = listed.status in ("ended", "not_connected", "error")
    analysis = row.get("call_analysis")
    name = "call_analyzed" if is_over and isinstance(analysis, dict) and analysis else "call_ended" if is_over else "call_started"
    # a secret of web calls
    body = orjson.dumps({"event": name, "call": {key: value for key, value in row.items() if key != "access_token"}})
    return FetchedCall(listed, Retell().read(body), body)


def _status(row: Mapping[str, Any]) -> CallStatus:
    """What has an end is over, whatever word stands beside it."""
    status = STATUSES.get(str(row.get("call_status")), "ongoing")
    return "ended" if row.get("end_timestamp") and status in ("ringing", "ongoing") else status


def _version(value: Any) -> int | str | None:
    return value if isinstance(value, int | str) and not isinstance(value, bool) else None
