"""Transcript snapshots become turns: the longest one wins, whatever order they come in."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from app.domain.calls.call_unit_of_work import CallUnitOfWork
from app.models import Call
from app.providers.voice.call_webhook_reader import TranscriptTurn


@dataclass(slots=True)
class TranscriptChange:
    """The turns a snapshot added, as {index, role, text, start_s}."""

    turns: list[dict[str, Any]] = field(default_factory=list)
    first: int = 0


def apply_snapshot(batch: CallUnitOfWork, call: Call, snapshot: Sequence[TranscriptTurn] | None, *, final: bool) -> TranscriptChange:
    """Store the new turns of the snapshot.

    Snapshots carry no sequence number: one with fewer turns, or with as many but less text, is older and changes nothing. A
    final one with as many turns corrects their texts.
    """
    change = TranscriptChange()
    if not snapshot:
        return change
    if not call.keeps_words:
        # the number of turns reveals no words
        call.turn_count = max(call.turn_count, len(snapshot))
        batch.turns[call.id].clear()
        return change
    stored = batch.turns[call.id]
    if len(snapshot) < len(stored) or (
        len(snapshot) == len(stored) and not final and _count_characters(snapshot) < _count_stored_characters(stored)
    ):
        return change
    change.first = len(stored)
    for position, turn in enumerate(snapshot):
        if position >= len(stored):
            batch.add_turn(call, {"position": position, "role": turn.role, "text": turn.text, "start_s": turn.start_s, "end_s": turn.end_s})
        elif not _is_same_turn(stored[position], turn):
            batch.change_turn(stored[position], role=turn.role, text=turn.text, start_s=turn.start_s, end_s=turn.end_s)
        else:
            continue
        change.first = min(change.first, position)
        change.turns.append({"index": position, "role": turn.role, "text": turn.text, "start_s": turn.start_s})
    call.turn_count = len(stored)
    return change


def _count_characters(snapshot: Sequence[TranscriptTurn]) -> int:
    return sum(len(turn.text) for turn in snapshot)


def _count_stored_characters(turns: list[dict[str, Any]]) -> int:
    return sum(len(turn["text"]) for turn in turns)


def _is_same_turn(row: dict[str, Any], turn: TranscriptTurn) -> bool:
    return row["text"] == turn.text and row["role"] == turn.role and _is_close(row["end_s"], turn.end_s)


def _is_close(local: float | None, remote: float | None) -> bool:
    """Compare seconds at the precision of MariaDB's FLOAT."""
    if local is None or remote is None:
        return local is remote
    return abs(local - remote) < 0.01
