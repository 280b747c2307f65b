"""The line that says whether every call at the provider is here too, for the start page and the live board."""

from dataclasses import dataclass

from flask_babel import gettext as _, ngettext
from flask_login import current_user

from app.core.locale import reader_zone
from app.domain.calls.reconciliation_status import ReconciliationStatus, load_reconciliation_status
from app.web.formatting import number, when


@dataclass(frozen=True)
class StatusLine:
    """`counts` is "Retell 41 · hier 41" or empty; `icon` and `tone` (ok, warn, faint) say the same as the words."""

    counts: str
    words: str
    icon: str
    tone: str


def get_reconciliation_status() -> StatusLine:
    status = load_reconciliation_status(current_user.company_id, zone=reader_zone())
    counts = _("Retell %(there)s · hier %(here)s", there=number(status.remote_count), here=number(status.local_count))
    match status.state:
        case "all":
            return StatusLine(
                counts, _("Kein Anruf fehlt. Zuletzt verglichen: %(when)s.", when=when(status.compared_at)), "circle-check", "ok"
            )
        case "missing":
            return StatusLine(counts, _describe_missing(status), "triangle-alert", "warn")
        case "unknown":
            since = when(status.since)
            words = _("Retell antwortet nicht, zuerst bemerkt: %(when)s. Ob Anrufe fehlen, wissen wir gerade nicht.", when=since)
            return StatusLine("", words, "triangle-alert", "warn")
        case "soon":
            return StatusLine("", _("Mit Retell wird in den nächsten Minuten zum ersten Mal verglichen."), "hourglass", "faint")
    return StatusLine("", _("Retell ist nicht angebunden. Es gibt nichts zu vergleichen."), "circle-help", "faint")


def _describe_missing(status: ReconciliationStatus) -> str:
    count = status.remote_count - status.local_count
    if status.since is None:
        return ngettext("Ein Anruf fehlt. Wir holen ihn nach.", "%(num)s Anrufe fehlen. Wir holen sie nach.", count)
    return ngettext(
        "Ein Anruf fehlt, zuerst bemerkt: %(when)s. Wir holen ihn nach.",
        "%(num)s Anrufe fehlen, zuerst bemerkt: %(when)s. Wir holen sie nach.",
        count,
        when=when(status.since),
    )
