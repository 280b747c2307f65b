"""Maps agents, LLMs, numbers and calls to and from Retell's REST API (types of retell-sdk 6.2)."""

from collections.abc import Mapping
from typing import Any

import orjson

from app.core.phone import normalise
from app.providers.payload_reader import PayloadReader
from app.providers.voice.call_webhook_reader import CallStatus
from app.providers.voice.management import (
    AgentSettings,
    FetchedCall,
    ListedCall,
    LlmConfig,
    NumberBinding,
    RemoteAgent,
    RemoteLlm,
    RemoteNumber,
    Storage,
    ToolConfig,
    ToolKind,
)
from app.providers.voice.retell_webhooks import KINDS, RetellCallWebhookReader

Json = dict[str, Any]
# A default dynamic variable of ours, because an LLM has no name and no metadata at Retell.
MARK = "askproai_ref"
EVENTS: dict[str, str] = {kind: name for name, kind in KINDS.items()}
STORAGES: dict[Storage, str] = {
    "everything": "everything", "without_personal": "everything_except_pii", "basics": "basic_attributes_only",
}  # fmt: skip
STORAGE_BY_RETELL_NAME: dict[str, Storage] = {theirs: ours for ours, theirs in STORAGES.items()}
TOOL_KINDS: dict[str, ToolKind] = {"custom": "function", "end_call": "hang_up", "transfer_call": "put_through"}
STATUSES: dict[str, CallStatus] = {
    "registered": "ringing", "ongoing": "ongoing", "ended": "ended", "not_connected": "not_connected", "error": "error",
}  # fmt: skip
# for a transfer whose number the agent learns in the call
INFERRED_NUMBER_PROMPT = "The number that the function transfer_call has just answered, in E.164 form."


def to_agent_body(setup: AgentSettings, llm: RemoteLlm) -> Json:
    engine: Json = {"type": "retell-llm", "llm_id": llm.ref}
    if llm.version is not None:
        engine["version"] = llm.version
    body: Json = {
        "agent_name": setup.name,
        "response_engine": engine,
        "voice_id": setup.voice,
        "language": setup.language,
        "timezone": setup.timezone,
        "webhook_url": setup.webhook_url,
        "webhook_events": sorted(EVENTS[kind] for kind in setup.events),
        "data_storage_setting": STORAGES[setup.storage],
    }
    optional = {
        "webhook_timeout_ms": setup.webhook_timeout_ms,
        "max_call_duration_ms": setup.max_call_duration_s and setup.max_call_duration_s * 1000,
        "data_storage_retention_days": setup.stored_days,
    }
    return body | {name: value for name, value in optional.items() if value is not None}


def to_llm_body(setup: LlmConfig) -> Json:
    body: Json = {
        "general_prompt": setup.prompt,
        "begin_message": setup.begin_message,
        "start_speaker": "agent" if setup.speaks_first else "user",
        "general_tools": [to_tool_body(tool) for tool in setup.tools],
        "default_dynamic_variables": {**setup.defaults, MARK: setup.mark},
    }
    return body | ({"model": setup.model} if setup.model else {})


def to_tool_body(tool: ToolConfig) -> Json:
    if tool.kind == "hang_up":
        return {"type": "end_call", "name": tool.name, "description": tool.about}
    if tool.kind == "put_through":
        destination = (
            {"type": "predefined", "number": tool.number} if tool.number else {"type": "inferred", "prompt": INFERRED_NUMBER_PROMPT}
        )
        return {
            "type": "transfer_call", "name": tool.name, "description": tool.about, "transfer_destination": destination,
            "transfer_option": {"type": "cold_transfer"}, "speak_during_execution": tool.speaks_during,
        }  # fmt: skip
    return {
        "type": "custom", "name": tool.name, "description": tool.about, "url": tool.address, "method": "POST",
        "parameters": tool.parameters, "args_at_root": False, "timeout_ms": tool.timeout_ms, "max_retry": tool.retries,
        "speak_during_execution": tool.speaks_during, "speak_after_execution": tool.speaks_after,
    }  # fmt: skip


def parse_agent(row: Mapping[str, Any]) -> RemoteAgent | None:
    reader = PayloadReader()
    ref, version = reader.line("agent_id", row.get("agent_id"), 128), reader.integer("version", row.get("version"))
    if ref is None:
        return None
    engine = reader.mapping("response_engine", row.get("response_engine"))
    is_retell_llm = engine.get("type") == "retell-llm"
    language = row.get("language")
    max_duration_ms = reader.integer("max_call_duration_ms", row.get("max_call_duration_ms"))
    events = row.get("webhook_events")
    return RemoteAgent(
        ref=ref,
        version=version or 0,
        is_published=row.get("is_published") is True,
        brain_ref=reader.line("llm_id", engine.get("llm_id"), 128) if is_retell_llm else None,
        brain_version=reader.integer("version", engine.get("version")) if is_retell_llm else None,
        setup=AgentSettings(
            name=reader.line("agent_name", row.get("agent_name"), 300) or "",
            voice=reader.line("voice_id", row.get("voice_id"), 128) or "",
            language=", ".join(map(str, language)) if isinstance(language, list) else reader.line("language", language, 64) or "",
            timezone=reader.line("timezone", row.get("timezone"), 64) or "",
            webhook_url=reader.line("webhook_url", row.get("webhook_url"), 2_000),
            events=frozenset(KINDS.get(str(name), str(name)) for name in events) if isinstance(events, list) else frozenset(),
            webhook_timeout_ms=reader.integer("webhook_timeout_ms", row.get("webhook_timeout_ms")),
            max_call_duration_s=None if max_duration_ms is None else max_duration_ms // 1000,
            storage=STORAGE_BY_RETELL_NAME.get(str(row.get("data_storage_setting") or "everything"), "unknown"),
            stored_days=reader.integer("data_storage_retention_days", row.get("data_storage_retention_days")),
        ),
    )


def parse_llm(row: Mapping[str, Any]) -> RemoteLlm | None:
    reader = PayloadReader()
    ref = reader.line("llm_id", row.get("llm_id"), 128)
    if ref is None:
        return None
    tools, variables = row.get("general_tools"), reader.mapping("default_dynamic_variables", row.get("default_dynamic_variables"))
    return RemoteLlm(
        ref=ref,
        version=reader.integer("version", row.get("version")),
        is_published=row.get("is_published") is True,
        setup=LlmConfig(
            mark=get_mark(row) or "",
            prompt=row["general_prompt"] if isinstance(row.get("general_prompt"), str) else "",
            begin_message=row["begin_message"] if isinstance(row.get("begin_message"), str) else None,
            speaks_first=row.get("start_speaker") != "user",
            tools=tuple(parse_tool(reader, tool) for tool in tools if isinstance(tool, dict)) if isinstance(tools, list) else (),
            defaults={name: str(value) for name, value in variables.items() if name != MARK},
            model=reader.line("model", row.get("model"), 80),
        ),
    )


def get_mark(row: Mapping[str, Any]) -> str | None:
    variables = row.get("default_dynamic_variables")
    return PayloadReader().line(MARK, variables.get(MARK), 128) if isinstance(variables, dict) else None


def parse_tool(reader: PayloadReader, row: Json) -> ToolConfig:
    destination = reader.mapping("transfer_destination", row.get("transfer_destination"))
    return ToolConfig(
        name=reader.line("name", row.get("name"), 64) or "",
        kind=TOOL_KINDS.get(str(row.get("type")), "other"),
        about=row["description"] if isinstance(row.get("description"), str) else "",
        address=reader.line("url", row.get("url"), 2_000),
        parameters=reader.mapping("parameters", row.get("parameters")),
        timeout_ms=reader.integer("timeout_ms", row.get("timeout_ms")),
        retries=reader.integer("max_retry", row.get("max_retry")),
        speaks_during=row.get("speak_during_execution") is True,
        speaks_after=row.get("speak_after_execution") is not False,
        number=reader.line("number", destination.get("number"), 64),
    )


def parse_number(row: Mapping[str, Any]) -> RemoteNumber | None:
    reader = PayloadReader()
    raw_number = reader.line("phone_number", row.get("phone_number"), 64)
    if raw_number is None:
        return None
    agents = row.get("inbound_agents")
    bound = [each for each in agents if isinstance(each, dict)] if isinstance(agents, list) else []
    return RemoteNumber(
        e164=normalise(raw_number, source="e164", region="DE").e164 or raw_number,
        bindings=tuple(
            NumberBinding(ref, _parse_version(each.get("agent_version")))
            for each in bound
            if (ref := reader.line("agent_id", each.get("agent_id"), 128))
        ),
        inbound_webhook_url=reader.line("inbound_webhook_url", row.get("inbound_webhook_url"), 2_000),
    )


def parse_listed_call(row: Mapping[str, Any]) -> ListedCall | None:
    reader = PayloadReader()
    call_id = reader.line("call_id", row.get("call_id"), 128)
    if call_id is None:
        return None
    business, caller = row.get("to_number"), row.get("from_number")
    if row.get("direction") == "outbound":
        business, caller = caller, business
    return ListedCall(
        call_id=call_id,
        status=_get_status(row),
        agent_ref=reader.line("agent_id", row.get("agent_id"), 128),
        caller_raw=reader.line("caller", caller, 64),
        business_raw=reader.line("business", business, 64),
        started_at=reader.timestamp_ms("start_timestamp", row.get("start_timestamp")),
        ended_at=reader.timestamp_ms("end_timestamp", row.get("end_timestamp")),
        disconnection_reason=reader.line("disconnection_reason", row.get("disconnection_reason"), 80),
        metadata=reader.mapping("metadata", row.get("metadata")),
    )


def parse_fetched_call(row: Json) -> FetchedCall | None:
    """Parse a call as if its last webhook had arrived: an ended call as call_ended, with an analysis as call_analyzed."""
    listed = parse_listed_call(row)
    if listed is None:
        return None
    is_over = listed.status in ("ended", "not_connected", "error")
    analysis = row.get("call_analysis")
    name = "call_analyzed" if is_over and isinstance(analysis, dict) and analysis else "call_ended" if is_over else "call_started"
    # access_token is a secret of web calls
    body = orjson.dumps({"event": name, "call": {key: value for key, value in row.items() if key != "access_token"}})
    return FetchedCall(listed, RetellCallWebhookReader().read(body), body)


def _get_status(row: Mapping[str, Any]) -> CallStatus:
    """Get the status; a call with an end time is ended, whatever status is reported."""
    status = STATUSES.get(str(row.get("call_status")), "ongoing")
    return "ended" if row.get("end_timestamp") and status in ("ringing", "ongoing") else status


def _parse_version(value: Any) -> int | str | None:
    return value if isinstance(value, int | str) and not isinstance(value, bool) else None
