"""The outcome of a call, from how it ended and which tools succeeded."""

from collections.abc import Iterable
from typing import Any

from app.domain.agents.tools.emergency_override import CODE as EMERGENCY
from app.domain.calls.analysis_parser import Intent, detect_intent
from app.models import Call

OUTCOME_BY_INTENT: dict[Intent, str] = {
    "book": "information",
    "cancel": "cancelled",
    "move": "rescheduled",
    "callback": "callback",
    "waitlist": "waitlist",
    "transfer": "transferred",
    "information": "information",
}
# without turns, a shorter call counts as hung up
SHORT_CALL_S = 10
OUTCOME_BY_TOOL = {
    "book_appointment": "booked",
    "reschedule_appointment": "rescheduled",
    "cancel_appointment": "cancelled",
    "join_waitlist": "waitlist",
    "request_callback": "callback",
    "take_message": "callback",
}
# after that it was about an appointment after all
BOOKING_TOOLS = ("book_appointment", "reschedule_appointment", "cancel_appointment")


def determine_outcome(
    call: Call, *, booked: bool, caller_spoke: bool, tools_done: set[str], transferred: bool, is_unverified: bool = False
) -> str | None:
    """Determine the outcome; None while the call is in progress or before an analysis that must decide it.

    `is_unverified`: the caller's request required verification, which failed; a callback or a link takes precedence.
    """
    if call.is_running:
        return None
    if call.status == "not_connected":
        return "missed"
    if call.in_voicemail or call.end_category == "machine":
        return "voicemail"
    if booked:
        return "booked"
    if call.emergency and tools_done.isdisjoint(BOOKING_TOOLS):
        return "emergency"
    if transferred or call.end_category == "transfer":
        return "transferred"
    done = [OUTCOME_BY_TOOL[name] for name in OUTCOME_BY_TOOL if name in tools_done]
    if done and not (is_unverified and done[0] == "callback"):
        return done[0]
    if is_unverified:
        return "not_verified"
    if call.analyzed_at is not None:
        intent = detect_intent(call.analysis or {})
        if intent is not None:
            return OUTCOME_BY_INTENT[intent]
    if call.status == "error":
        return "unknown"
    if not caller_spoke and (call.turn_count or (call.duration_s or 0) < SHORT_CALL_S):
        return "hung_up"
    return "information" if call.analyzed_at is not None and caller_spoke else None


def is_unverified(results: Iterable[Any]) -> bool:
    """Whether the last request to the caller was to verify themselves; `results` are the tool results in order."""
    refused = False
    for result in results:
        answer = result if isinstance(result, dict) else {}
        data = answer.get("data") if isinstance(answer.get("data"), dict) else {}
        if answer.get("code") == "not_verified":
            refused = True
        elif answer.get("ok") and (data.get("certainty") in ("verified", "code") or data.get("bookings")):
            refused = False
    return refused


def is_tool_successful(result: Any, successful: bool | None) -> bool | None:
    """Whether a tool call succeeded, by our own answer, else by the provider's report."""
    if isinstance(result, dict) and isinstance(result.get("ok"), bool):
        # the emergency reply replaced the requested function, unless that was done as well
        return bool(result["ok"]) and (result.get("code") != EMERGENCY or "done" in (result.get("data") or {}))
    return successful
