"""The status line of the call reconciliation with the provider, for the start page and the live board."""

from dataclasses import dataclass

from flask_babel import gettext as _, ngettext
from flask_login import current_user

from app.core.locale import reader_timezone
from app.domain.calls.reconciliation_status import CallReconciliationStatus, load_reconciliation_status
from app.web.formatting import number, when


@dataclass(frozen=True)
class ReconciliationStatusLine:
    """`counts` is "Retell 41 · hier 41" or empty; `icon` and `tone` (ok, warn, faint) match `words`."""

    counts: str
    words: str
    icon: str
    tone: str


def get_reconciliation_status() -> ReconciliationStatusLine:
    status = load_reconciliation_status(current_user.company_id, timezone=reader_timezone())
    counts = _("Retell %(there)s · hier %(here)s", there=number(status.remote_count), here=number(status.local_count))
    match status.state:
        case "all":
            return ReconciliationStatusLine(
                counts,
                _("Kein Anruf fehlt. Zuletzt verglichen: %(when)s.", when=when(status.compared_at, in_sentence=True)),
                "circle-check",
                "ok",
            )
        case "missing":
            return ReconciliationStatusLine(counts, _describe_missing(status), "triangle-alert", "warn")
        case "unknown":
            since = when(status.since, in_sentence=True)
            sentence = _("Retell antwortet nicht, zuerst bemerkt: %(when)s. Ob Anrufe fehlen, wissen wir gerade nicht.", when=since)
            return ReconciliationStatusLine("", sentence, "triangle-alert", "warn")
        case "soon":
            return ReconciliationStatusLine(
                "", _("Mit Retell wird in den nächsten Minuten zum ersten Mal verglichen."), "hourglass", "faint"
            )
    return ReconciliationStatusLine("", _("Retell ist nicht angebunden. Es gibt nichts zu vergleichen."), "circle-help", "faint")


def _describe_missing(status: CallReconciliationStatus) -> str:
    count = status.remote_count - status.local_count
    if status.since is None:
        return ngettext("Ein Anruf fehlt. Wir holen ihn nach.", "%(num)s Anrufe fehlen. Wir holen sie nach.", count)
    return ngettext(
        "Ein Anruf fehlt, zuerst bemerkt: %(when)s. Wir holen ihn nach.",
        "%(num)s Anrufe fehlen, zuerst bemerkt: %(when)s. Wir holen sie nach.",
        count,
        when=when(status.since, in_sentence=True),
    )
