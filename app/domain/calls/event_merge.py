"""Apply one event to the call row: advance its status and merge its fields."""

from app.models import Call
from app.models.call import ACTIVE_STATUSES, STATUS_RANK
from app.providers.voice.call_webhook_reader import ProviderCallEvent

# why we closed a call that its provider did not know (see closing): the provider may know better after all
UNKNOWN_AT_PROVIDER = "unknown_at_provider"
# a later event overwrites these
OVERWRITTEN_FIELDS = (
    "summary",
    "sentiment",
    "successful",
    "in_voicemail",
    "recording_url",
    "transfer_destination",
    "cost_cents",
    "duration_s",
)
CONTENT_FIELDS = ("summary", "sentiment")
WRITE_ONCE_FIELDS = ("telephony_id", "language", "end_category", "disconnection_reason", "ended_at")


def advance_status(call: Call, event: ProviderCallEvent) -> bool:
    """Advance the status; if the provider numbers its events, one with a higher number may correct a final status."""
    new_status = event.status
    if _has_ended_at_provider(call, event):
        _revert_own_end(call)
        call.status = new_status or call.status
        return True
    if event.sequence is not None:
        newer = call.last_sequence is None or event.sequence > call.last_sequence
        call.last_sequence = max(event.sequence, call.last_sequence or 0)
    else:
        newer = False
    if new_status is None or new_status == call.status:
        return False
    forward = STATUS_RANK[new_status] > STATUS_RANK[call.status]
    corrects = newer and STATUS_RANK[new_status] == STATUS_RANK[call.status]
    if forward or corrects:
        call.status = new_status
        return True
    return False


def merge_fields(call: Call, event: ProviderCallEvent) -> None:
    """Merge the event's values into the call; None keeps the existing value."""
    if event.started_at is not None:
        call.started_at = event.started_at
    for name in OVERWRITTEN_FIELDS:
        value = getattr(event, name)
        if value is not None and _is_storable(call, name):
            setattr(call, name, value)
    for name in WRITE_ONCE_FIELDS:
        value = getattr(event, name)
        if value is not None and getattr(call, name) is None:
            setattr(call, name, value)
    if event.kind in ("transfer_bridged", "transfer_ended"):
        call.was_transferred = True
    if event.analysis and call.keeps_words:
        call.analysis = event.analysis
    if call.direction == "unknown":
        call.direction = event.direction
    if call.ended_at and call.started_at > call.ended_at:
        # the time of receipt stands for a start that nobody told; the end is known
        call.started_at = call.ended_at
    if not call.is_running and call.ended_at and call.duration_s is None and call.started_at < call.ended_at:
        call.duration_s = round((call.ended_at - call.started_at).total_seconds())


def _is_storable(call: Call, name: str) -> bool:
    """Whether the field may be stored: derived from words or voice, it needs consent."""
    if name == "recording_url":
        return call.keeps_audio
    return call.keeps_words or name not in CONTENT_FIELDS


def _has_ended_at_provider(call: Call, event: ProviderCallEvent) -> bool:
    """Clear the end that we set ourselves once the provider reports one."""
    has_ended = event.status is not None and event.status not in ACTIVE_STATUSES and event.disconnection_reason != UNKNOWN_AT_PROVIDER
    return has_ended and call.disconnection_reason == UNKNOWN_AT_PROVIDER


def _revert_own_end(call: Call) -> None:
    call.end_category = call.disconnection_reason = call.ended_at = call.duration_s = None
