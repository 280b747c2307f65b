"""Calls as the API returns them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field

from app.models import CallEvent, ToolCall, Turn
from app.serializers.page import Page

# The columns that a list item needs.
COLUMNS = (
    "id", "provider", "provider_call_id", "direction", "status", "outcome", "from_number", "to_number", "branch_id", "customer_id",
    "started_at", "ended_at", "duration_s", "summary", "sentiment", "analyzed_at",
)  # fmt: skip


class CallItem(BaseModel):
    id: str
    provider: str = Field(description="Who carried the call: retell, twilio …")
    provider_call_id: str = Field(description="Its id there.")
    direction: str = Field(description="inbound, outbound, web or unknown.")
    status: str = Field(description="ringing, ongoing, ended, not_connected or error.")
    outcome: str | None = Field(
        description="booked, rescheduled, cancelled, callback, transferred, information, waitlist, not_verified, voicemail, "
        "hung_up, missed, emergency or unknown; null while it runs."
    )
    from_number: str | None = Field(description="E.164; null where the caller withheld it.")
    to_number: str | None = Field(description="The business's number, E.164.")
    branch_id: str
    customer_id: str | None
    started_at: datetime = Field(description="In the branch's time zone.")
    ended_at: datetime | None
    duration_s: int | None = Field(description="Seconds.")
    summary: str | None
    sentiment: str | None = Field(description="positive, neutral, negative or unknown.")
    analyzed: bool = Field(description="Whether summary, sentiment and outcome are final.")
    booking_id: str | None = Field(description="The appointment made in this call.")
    truth: str | None = Field(
        description="Whether what the agent stated is so: clean, nothing (she stated nothing), mismatch, resolved (it became so later) "
        "or not_checked; null until the call was checked."
    )


class CallList(Page):
    items: list[CallItem]
    total_exact: bool = Field(description="False where more are meant than are counted: there are at least `total`.")


class TranscriptItem(BaseModel):
    role: str = Field(description="agent, caller or transfer_target.")
    text: str
    start_s: float | None = Field(description="Seconds since the call began.")
    end_s: float | None


class ToolCallItem(BaseModel):
    id: str
    name: str
    arguments: dict[str, Any] | None
    result: Any = Field(description="What the agent was told; null while it waits.")
    ok: bool | None
    after_turn: int = Field(description="The turn it stands behind, from 0; -1 before the first.")
    at: datetime
    duration_ms: int | None


class CallEventItem(BaseModel):
    seq: int = Field(description="From 1, without gaps.")
    type: str
    at: datetime
    data: dict[str, Any] | None


class FalseClaimItem(BaseModel):
    what: str = Field(
        description="not_made, not_moved, not_cancelled, not_confirmed, denied (an appointment that exists); other_day, other_weekday, "
        "other_time, other_person, other_service, other_branch; other_price, other_duration, other_hours, other_address, other_fee; "
        "no_callback, no_message, not_on_waitlist, not_sent; not_free, not_full."
    )
    turn: int = Field(description="The turn that said so, from 0.")
    said: str
    so: str = Field(description="What is so, in a sentence.")
    booking_id: str | None


class AiNoticeItem(BaseModel):
    said: bool = Field(description="Whether the transcript has the notice that an AI speaks among the agent's first turns.")
    turn: int | None = Field(description="The turn that has it, from 0.")
    at_ms: int | None = Field(description="Milliseconds since the call began.")
    wording: str | None = Field(description="The version of the standing sentence; null where the agent put it in other words.")
    text: str | None = Field(description="That version's text.")


class ConsentItem(BaseModel):
    recording: str = Field(description="yes or no; without an answer no.")
    transcript: str = Field(description="yes or no; without an answer yes. After a no there are no turns.")
    ai: str = Field(description="no where the caller did not want to talk with an AI.")


class CallDetail(CallItem):
    untruths: list[FalseClaimItem]
    ai_notice: AiNoticeItem | None = Field(description="Null until there is a transcript.")
    consent: ConsentItem
    provider_copy: str = Field(
        description="kept, or why and how far it is deleted there: waiting (the call still runs), pending, done, failed or no_key."
    )
    caller_kind: str = Field(description="number, withheld, sip, short or invalid.")
    disconnection_reason: str | None
    language: str | None
    transfer_destination: str | None
    transcript: list[TranscriptItem]
    tool_calls: list[ToolCallItem]
    events: list[CallEventItem]


def build_call_item(call: Any, timezone: ZoneInfo, booking_id: str | None, truth: str | None = None) -> CallItem:
    """Build a list item; `call` is a Call or a row with its COLUMNS."""
    return CallItem(**_build_fields(call, timezone, booking_id, truth))


def build_call_detail(
    call: Any, timezone: ZoneInfo, booking_id: str | None, turns: Iterable[Turn], tools: Iterable[ToolCall], events: Iterable[CallEvent],
    *, truth: str | None, untruths: Iterable[FalseClaimItem], ai_notice: AiNoticeItem | None, consent: ConsentItem, provider_copy: str,
) -> CallDetail:  # fmt: skip
    return CallDetail(
        **_build_fields(call, timezone, booking_id, truth),
        untruths=list(untruths),
        ai_notice=ai_notice,
        consent=consent,
        provider_copy=provider_copy,
        caller_kind=call.caller_kind,
        disconnection_reason=call.disconnection_reason,
        language=call.language,
        transfer_destination=call.transfer_destination,
        transcript=[TranscriptItem(role=turn.role, text=turn.text, start_s=turn.start_s, end_s=turn.end_s) for turn in turns],
        tool_calls=[_build_tool_call(tool, timezone) for tool in tools],
        events=[
            CallEventItem(seq=event.seq, type=event.type, at=event.occurred_at.astimezone(timezone), data=event.data) for event in events
        ],
    )


def _build_fields(call: Any, timezone: ZoneInfo, booking_id: str | None, truth: str | None) -> dict[str, Any]:
    return {
        **{name: getattr(call, name) for name in COLUMNS if name != "analyzed_at"},
        "started_at": call.started_at.astimezone(timezone),
        "ended_at": call.ended_at.astimezone(timezone) if call.ended_at else None,
        "analyzed": call.analyzed_at is not None,
        "booking_id": booking_id,
        "truth": truth,
    }


def _build_tool_call(tool: ToolCall, timezone: ZoneInfo) -> ToolCallItem:
    return ToolCallItem(
        id=tool.tool_call_id, name=tool.name, arguments=tool.arguments, result=tool.result, ok=tool.ok, after_turn=tool.after_turn,
        at=tool.created_at.astimezone(timezone), duration_ms=tool.duration_ms,
    )  # fmt: skip
