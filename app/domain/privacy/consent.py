"""Keeps what callers allow and decline as evidence, and says what may be stored of a call because of it."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any, Literal

from sqlalchemy import and_, select

from app.core.extensions import db
from app.domain.privacy.refusal_vocabulary import ConsentKind, YesNo
from app.models import Call, CallConsent

Source = Literal["function", "words"]
# the newest answer to each
LatestAnswers = dict[ConsentKind, YesNo]
CONSENT_KINDS: tuple[ConsentKind, ...] = ("recording", "transcript", "ai")


def list_answers(call_ids: Collection[str]) -> dict[str, LatestAnswers]:
    """Of these calls, whichever company's is at work."""
    found: dict[str, LatestAnswers] = defaultdict(dict)
    if call_ids:
        rows = (
            select(CallConsent.call_id, CallConsent.what, CallConsent.answer)
            .join(Call, and_(Call.company_id == CallConsent.company_id, Call.id == CallConsent.call_id))
            .where(Call.id.in_(call_ids))
            .order_by(CallConsent.id)
        )
        for call_id, what, answer in db.session.execute(rows):
            found[call_id][what] = answer
    return found


def record_answer(
    call: Call, known: LatestAnswers, what: ConsentKind, answer: YesNo, *, source: Source, turn: int | None, wording: str | None
) -> Any:
    """Takes the answer up, and the row of evidence for it; None where it changes nothing.

    A no stands for the rest of the call: a recording is one piece, and a model that mishears must not undo what was declined.
    """
    if known.get(what) == answer or known.get(what) == "no":
        return None
    known[what] = answer
    call.keeps_words, call.keeps_audio = allows_transcript(known), allows_recording(known)
    if not call.keeps_audio:
        call.recording_url = None
    return {
        "company_id": call.company_id, "call_id": call.id, "what": what, "answer": answer, "source": source, "turn": turn,
        "wording": wording,
    }  # fmt: skip


def allows_transcript(known: Mapping[ConsentKind, YesNo]) -> bool:
    """Nobody who declines a recording or the AI expects to find it written down word for word, unless they say that they do."""
    if known.get("transcript") is not None:
        return known["transcript"] == "yes"
    return "no" not in known.values()


def allows_recording(known: Mapping[ConsentKind, YesNo]) -> bool:
    """Silence allows no recording (§ 201 StGB)."""
    return known.get("recording") == "yes" and "no" not in known.values()


def get_effective_consent(known: Mapping[ConsentKind, YesNo]) -> dict[ConsentKind, YesNo]:
    """ConsentKind holds for the call: without an answer nothing is recorded, words are written down and the AI goes on."""
    return {
        "recording": "yes" if allows_recording(known) else "no",
        "transcript": "yes" if allows_transcript(known) else "no",
        "ai": known.get("ai", "yes"),
    }
