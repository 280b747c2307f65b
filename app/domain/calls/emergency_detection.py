"""Detect emergencies in transcripts with every new caller turn, and alert staff."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select

from app.core.clock import now
from app.core.event_bus import publish
from app.core.extensions import db
from app.core.tenancy import unscoped
from app.domain.agents.tools.context import ToolContext
from app.domain.agents.tools.emergency_override import CODE, find_forward_number
from app.domain.calls.call_unit_of_work import CallUnitOfWork
from app.domain.calls.transcripts import TranscriptChange
from app.domain.emergencies import detections
from app.domain.emergencies.alarm import raise_alarm
from app.domain.emergencies.detections import MAX_TURNS, EmergencyProfile
from app.events import CallUpdated
from app.models import Branch, Call, Company
from app.providers.voice.call_webhook_reader import TranscriptTurn


def load_profiles(branch_ids: Iterable[str]) -> dict[str, EmergencyProfile]:
    """Load the emergency profiles for a batch of events in one query."""
    ids = sorted(branch_ids)
    if not ids:
        return {}
    statement = select(Branch.id, Branch.emergency_phrases, Company.industry).join(Company, Company.id == Branch.company_id)
    with unscoped():
        rows = db.session.execute(statement.where(Branch.id.in_(ids))).all()
    return {row.id: EmergencyProfile(row.industry, tuple(row.emergency_phrases or ())) for row in rows}


def detect_in_snapshot(
    call: Call, snapshot: Sequence[TranscriptTurn] | None, change: TranscriptChange, places: Mapping[str, EmergencyProfile]
) -> bool:
    """Check the turns that a snapshot added, unstored ones too; True when staff must be alerted."""
    place = places.get(call.branch_id)
    if not snapshot or place is None:
        return False
    first = change.first if change.turns else len(snapshot) if call.keeps_words else max(0, len(snapshot) - MAX_TURNS)
    utterances = [(index, turn.text) for index, turn in enumerate(snapshot[first:], first) if turn.role == "caller"]
    return detections.detect_in_turns(call, utterances, place)


def alert_staff(batch: CallUnitOfWork, call: Call, *, received_at: datetime, webhook_event_id: int | None) -> None:
    """Raise the alarm for emergencies in a transcript; the caller gets the instructions with the agent's next function."""
    kind = detections.find_kind(call)
    if kind is None or call.is_test:
        return
    context = ToolContext(call)
    raise_alarm(call, kind, context.branch, context.company, forward_number=find_forward_number(context))
    batch.add_event(call, CODE, at=now(), webhook_event_id=webhook_event_id, data={"kind": kind.name})
    publish(CallUpdated(call.company_id, call.branch_id, call.id, received_at))
