"""Stores consent as evidence and derives what may be stored of a call."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any, Literal

from sqlalchemy import and_, select

from app.core.extensions import db
from app.domain.privacy.refusal_vocabulary import ConsentKind, YesNo
from app.models import Call, CallConsent

Source = Literal["function", "words"]
# the latest answer of each kind
LatestAnswers = dict[ConsentKind, YesNo]
CONSENT_KINDS: tuple[ConsentKind, ...] = ("recording", "transcript", "ai")


def list_answers(call_ids: Collection[str]) -> dict[str, LatestAnswers]:
    """List the latest answers of these calls, in any company context."""
    by_call: dict[str, LatestAnswers] = defaultdict(dict)
    if call_ids:
        rows = (
            select(CallConsent.call_id, CallConsent.kind, CallConsent.answer)
            .join(Call, and_(Call.company_id == CallConsent.company_id, Call.id == CallConsent.call_id))
            .where(Call.id.in_(call_ids))
            .order_by(CallConsent.id)
        )
        for call_id, what, answer in db.session.execute(rows):
            by_call[call_id][what] = answer
    return by_call


def record_answer(
    call: Call, answers: LatestAnswers, what: ConsentKind, answer: YesNo, *, source: Source, turn: int | None, wording: str | None
) -> Any:
    """Record an answer; gives the evidence row, or None where it changes nothing.

    A no is final for the call: a recording cannot be split, and a misheard answer must not undo a refusal.
    """
    if answers.get(what) == answer or answers.get(what) == "no":
        return None
    answers[what] = answer
    call.keeps_words, call.keeps_audio = allows_transcript(answers), allows_recording(answers)
    if not call.keeps_audio:
        call.recording_url = None
    return {
        "company_id": call.company_id, "call_id": call.id, "kind": what, "answer": answer, "source": source, "turn": turn,
        "wording": wording,
    }  # fmt: skip


def allows_transcript(answers: Mapping[ConsentKind, YesNo]) -> bool:
    """Check whether words may be stored; any refusal forbids it unless a transcript is allowed explicitly."""
    if answers.get("transcript") is not None:
        return answers["transcript"] == "yes"
    return "no" not in answers.values()


def allows_recording(answers: Mapping[ConsentKind, YesNo]) -> bool:
    """Check whether audio may be stored; it needs an explicit yes (§ 201 StGB)."""
    return answers.get("recording") == "yes" and "no" not in answers.values()


def get_effective_consent(answers: Mapping[ConsentKind, YesNo]) -> dict[ConsentKind, YesNo]:
    """Get the effective consent; by default no recording, but a transcript and the AI."""
    return {
        "recording": "yes" if allows_recording(answers) else "no",
        "transcript": "yes" if allows_transcript(answers) else "no",
        "ai": answers.get("ai", "yes"),
    }
