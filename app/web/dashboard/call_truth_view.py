"""The truth check on the call page: one sentence for the call, and corrections below untrue turns."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from flask_babel import gettext as _, ngettext
from sqlalchemy import select

from app.core.extensions import db
from app.domain.calls.truth_wording import format_correction
from app.models import TruthCheck
from app.web.layout import get_assistant_name


@dataclass(frozen=True)
class Correction:
    """What was stated in a turn, and what is stored."""

    stated: str
    stored: str


@dataclass(frozen=True)
class TruthView:
    """`otherwise` holds the corrections by turn; `settled`: the statements became true later."""

    verdict: str
    words: str
    settled: bool = False
    otherwise: dict[int, list[Correction]] = field(default_factory=dict)


def find_truth(call_id: str) -> TruthView | None:
    """Find the truth check of a call; None until it has run, or if no statement could be checked."""
    row = db.session.scalars(select(TruthCheck).where(TruthCheck.call_id == call_id)).first()
    if row is None or row.verdict in (None, "nothing"):
        return None
    otherwise: dict[int, list[Correction]] = defaultdict(list)
    for finding in row.findings:
        otherwise[finding["turn"]].append(Correction(finding["said"], format_correction(finding)))
    return TruthView(str(row.verdict), _describe_mismatches(row), row.verdict == "resolved", dict(otherwise))


def find_marked_call_ids(call_ids: Sequence[str]) -> set[str]:
    """Find the calls with untrue statements of the agent."""
    if not call_ids:
        return set()
    statement = select(TruthCheck.call_id).where(TruthCheck.call_id.in_(call_ids), TruthCheck.verdict == "mismatch")
    return set(db.session.scalars(statement))


def _describe_mismatches(row: TruthCheck) -> str:
    who = get_assistant_name()
    if row.verdict == "mismatch":
        return ngettext("Eine Aussage von %(who)s stimmt nicht.", "%(num)s Aussagen von %(who)s stimmen nicht.", len(row.findings), who=who)
    if row.verdict == "resolved":
        return _("Was %(who)s sagte, stimmt inzwischen.", who=who)
    if row.verdict == "clean":
        return ngettext(
            "Eine Aussage von %(who)s geprüft, sie stimmt.", "%(num)s Aussagen von %(who)s geprüft, alle stimmen.", row.claim_count, who=who
        )
    if row.reason == "declined":
        return _("Nicht geprüft, ob alles stimmt: Der Anrufer wollte nicht, dass mitgeschrieben wird.")
    if row.reason == "language":
        return _("Nicht geprüft, ob alles stimmt: Das können wir nur auf Deutsch und Englisch.")
    return _("Nicht geprüft, ob alles stimmt: Die Prüfung ist gescheitert. Das liegt an uns.")
