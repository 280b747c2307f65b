"""Stores the proof of the AI notice for each call, and the wordings used."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import and_, insert, select

from app.core.clock import now
from app.core.extensions import db
from app.domain.language.parsed_time import Language
from app.domain.privacy.ai_notice import NOTICE, QUESTION, WORDINGS, hash_wording
from app.domain.privacy.ai_notice_detection import TimedUtterance, find_notice
from app.models import AiNoticeWording, Call, CallAiNotice

# notice and question together: what a consent answers
NOTICE_TEXTS: dict[str, tuple[Language, str]] = WORDINGS | {
    hash_wording(f"{NOTICE[language]} {QUESTION[language]}"): (language, f"{NOTICE[language]} {QUESTION[language]}") for language in NOTICE
}
NoticeColumns = dict[str, Any]


def build_proof(turns: Sequence[TimedUtterance], *, is_over: bool) -> NoticeColumns | None:
    """Build the columns of the proof; None while it is undecided."""
    if not any(turn.is_agent for turn in turns):
        return None
    occurrence = find_notice(turns)
    if occurrence is None:
        return {"turn": None, "at_ms": None, "wording": None} if is_over else None
    return {"turn": occurrence.turn, "at_ms": occurrence.at_ms, "wording": occurrence.wording}


def find_notice_version(turns: Iterable[TimedUtterance]) -> str | None:
    """Find the version of the notice in the transcript, as evidence for an answer."""
    spoken = " ".join(" ".join(turn.text.split()) for turn in turns if turn.is_agent)
    for language in NOTICE:
        if QUESTION[language] in spoken:
            return hash_wording(f"{NOTICE[language]} {QUESTION[language]}")
    return next((hash_wording(text) for text in NOTICE.values() if text in spoken), None)


def list_proofs(call_ids: Iterable[str]) -> dict[str, NoticeColumns]:
    """List the proofs of these calls, in any company context."""
    ids = list(call_ids)
    if not ids:
        return {}
    rows = select(CallAiNotice.call_id, CallAiNotice.turn, CallAiNotice.at_ms, CallAiNotice.wording)
    rows = rows.join(Call, and_(Call.company_id == CallAiNotice.company_id, Call.id == CallAiNotice.call_id)).where(Call.id.in_(ids))
    return {row.call_id: {"turn": row.turn, "at_ms": row.at_ms, "wording": row.wording} for row in db.session.execute(rows)}


def store_wordings(versions: Iterable[str | None]) -> None:
    """Store the texts of these versions, once each."""
    valid = {version for version in versions if version in NOTICE_TEXTS}
    if not valid:
        return
    missing = valid - set(db.session.scalars(select(AiNoticeWording.version).where(AiNoticeWording.version.in_(sorted(valid)))))
    if missing:
        rows = [
            {"version": each, "language": NOTICE_TEXTS[each][0], "text": NOTICE_TEXTS[each][1], "created_at": now()}
            for each in sorted(missing)
        ]
        statement = insert(AiNoticeWording)
        prefix = "OR IGNORE" if db.engine.dialect.name == "sqlite" else "IGNORE"
        db.session.execute(statement.prefix_with(prefix), rows)
