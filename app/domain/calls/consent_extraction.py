"""Extract the AI notice and the caller's consent answers from the turns of a call."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from app.core.extensions import db
from app.domain.agents.config_schema import load_config
from app.domain.agents.versions import find_published
from app.domain.calls.call_unit_of_work import CallUnitOfWork
from app.domain.privacy.ai_notice_detection import TimedUtterance
from app.domain.privacy.ai_notice_proof import build_proof, find_notice_version
from app.domain.privacy.consent import record_answer
from app.domain.privacy.consent_answers import DialogueTurn, extract_answers
from app.domain.privacy.refused_call_deletion import request_deletion
from app.models import Agent, Call
from app.providers.voice.call_webhook_reader import ProviderCallEvent, TranscriptTurn

OVER = ("ended", "analyzed")


def update_answers(batch: CallUnitOfWork, call: Call, turns: Sequence[TranscriptTurn] | None) -> None:
    """Update the answers before anything else of the event is stored, so that declined content is never stored.

    Checked are the turns from the first that is new, or reads otherwise than what is stored; those before it were checked then.
    """
    if not turns or call.is_test or not call.keeps_words:
        return
    answers, since = batch.answers[call.id], _find_first_change(turns, batch.turns[call.id])
    lines = [
        DialogueTurn(position, turn.role == "agent", turn.text) for position, turn in enumerate(turns) if turn.role in ("agent", "caller")
    ]
    for given in extract_answers(lines, since=since):
        notice_version = find_notice_version(_to_utterances(turns[: given.turn]))
        if row := record_answer(call, answers, given.what, given.answer, source="words", turn=given.turn, wording=notice_version):
            batch.add_consent(row)


def _find_first_change(turns: Sequence[TranscriptTurn], stored: Sequence[dict[str, Any]]) -> int:
    pairs = enumerate(zip(turns, stored, strict=False))
    return next((place for place, (turn, row) in pairs if (turn.role, turn.text) != (row["role"], row["text"])), len(stored))


def update_notice(batch: CallUnitOfWork, call: Call, event: ProviderCallEvent) -> None:
    """Update the notice proof from the transcript; a notice interrupted by the caller does not count as heard."""
    if call.is_test or not (event.turns or event.kind in OVER):
        return
    change = _rows_to_utterances(batch.turns[call.id]) if call.keeps_words else _to_utterances(event.turns or ())
    if place := build_proof(change, is_over=not call.is_running):
        batch.set_notice(call, place)


def request_provider_deletion(call: Call, events: Sequence[ProviderCallEvent], *, declined: bool) -> None:
    """Request deletion at the provider after a refusal, or of a recording without consent."""
    kinds = {event.kind for event in events}
    if declined:
        request_deletion(call, "declined", again=bool(kinds & {*OVER}))
    elif (
        "analyzed" in kinds and not call.keeps_audio and any(event.recording_url for event in events) and _requests_recording_consent(call)
    ):
        request_deletion(call, "unanswered", again=True)


def _requests_recording_consent(call: Call) -> bool:
    agent = db.session.scalars(select(Agent).where(Agent.id == call.agent_id)).first() if call.agent_id else None
    return agent is not None and load_config(agent, find_published(agent.id)).asks_to_record


def _to_utterances(turns: Sequence[TranscriptTurn]) -> list[TimedUtterance]:
    return [TimedUtterance(position, turn.role == "agent", turn.text, turn.start_s, turn.end_s) for position, turn in enumerate(turns)]


def _rows_to_utterances(turns: Sequence[dict[str, Any]]) -> list[TimedUtterance]:
    return [TimedUtterance(turn["position"], turn["role"] == "agent", turn["text"], turn["start_s"], turn["end_s"]) for turn in turns]
