"""The AI notice, the caller's consent and the provider's copy on the call page, one optional line each."""

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select

from app.core.extensions import db
from app.domain.privacy.consent import list_answers
from app.models import AiNoticeWording, Call, CallAiNotice, ProviderDeletion
from app.web.formatting import duration, when


@dataclass(frozen=True)
class ConsentView:
    """Sentences for the page; `is_lacking`: the transcript has no notice."""

    notice: str | None
    is_lacking: bool
    consent: str | None
    provider: str | None


def build_consent(call: Call) -> ConsentView:
    notice = db.session.scalars(select(CallAiNotice).where(CallAiNotice.call_id == call.id)).first()
    return ConsentView(
        notice=_describe_notice(notice) if notice else None,
        is_lacking=notice is not None and not notice.is_spoken,
        consent=_describe_consent(list_answers([call.id])[call.id]),
        provider=_describe_provider(call),
    )


def _describe_notice(notice: CallAiNotice) -> str:
    if not notice.is_spoken:
        return _("fehlt in der Mitschrift")
    at = duration((notice.at_ms or 0) / 1000)
    text = db.session.scalar(select(AiNoticeWording.text).where(AiNoticeWording.version == notice.wording)) if notice.wording else None
    if text is None:
        return _("nach %(time)s gesagt, in eigenen Worten", time=at)
    version = (notice.wording or "")[:7]
    if not (notice.at_ms or 0) // 1000:
        return _("zu Beginn gesagt: „%(text)s“ (Wortlaut %(version)s)", text=text, version=version)
    return _("nach %(time)s gesagt: „%(text)s“ (Wortlaut %(version)s)", time=at, text=text, version=version)


def _describe_consent(answers: dict[str, str]) -> str | None:
    labels = {
        ("recording", "yes"): _("Aufzeichnung erlaubt"), ("recording", "no"): _("Aufzeichnung abgelehnt"),
        ("transcript", "yes"): _("Mitschrift erlaubt"), ("transcript", "no"): _("Mitschrift abgelehnt"),
        ("ai", "no"): _("wollte mit einem Menschen sprechen"),
    }  # fmt: skip
    parts = [labels[answer] for answer in answers.items() if answer in labels]
    return ", ".join(parts) or None


def _describe_provider(call: Call) -> str | None:
    row = db.session.scalars(select(ProviderDeletion).where(ProviderDeletion.call_id == call.id)).first()
    if row is None:
        return None
    return {
        "waiting": _("wird nach dem Gespräch gelöscht"),
        "pending": _("wird gerade gelöscht"),
        "done": _("gelöscht, %(when)s", when=when(row.deleted_at, in_sentence=True) if row.deleted_at else ""),
        "failed": _("konnte noch nicht gelöscht werden, wir versuchen es weiter"),
        "no_key": _("kann ohne Schlüssel nicht gelöscht werden"),
    }[row.status]
