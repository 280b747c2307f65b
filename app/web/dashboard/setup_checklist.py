"""The setup steps that a new business still lacks, with links to their pages."""

from flask import g, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.domain.accounts.permissions import can
from app.domain.operations.setup_checklist import list_missing_steps
from app.web.dashboard.agent_alerts import AgentAlert
from app.web.layout import get_assistant_name


def list_setup_steps() -> list[AgentAlert]:
    """List (state, sentence, URL) of the next setup steps of support and of the business; empty without `services.write`."""
    if not can(current_user, "services.write"):
        return []
    missing, lines = list_missing_steps(g.company.id), []
    if "branch" in missing:
        sentence = _("Noch keine Filiale: Termine und Öffnungszeiten gehören zu einer.")
        lines.append(("warn", sentence, url_for("branches.index")))
    elif "number" in missing:
        sentence = _(
            "Noch keine Rufnummer, unter der %(name)s sich meldet: Der Support von AskProAI gibt Ihnen eine.", name=get_assistant_name()
        )
        lines.append(("warn", sentence, url_for("line.index")))
    if "service" in missing:
        sentence = _("Noch keine Leistung: Ohne eine vergibt %(name)s keine Termine.", name=get_assistant_name())
        lines.append(("warn", sentence, url_for("services.index")))
    elif "staff" in missing:
        sentence = _(
            "Noch niemand im Team: Ohne jemanden, der die Leistung erbringt, vergibt %(name)s keine Termine.", name=get_assistant_name()
        )
        lines.append(("warn", sentence, url_for("staff.index")))
    elif "assignment" in missing:
        sentence = _(
            "Im Team erbringt noch niemand eine Leistung: Solange bei keiner Person eine angehakt ist, vergibt %(name)s keine Termine.",
            name=get_assistant_name(),
        )
        lines.append(("warn", sentence, url_for("staff.index")))
    elif "hours" in missing and "branch" not in missing:
        sentence = _("Zu den Öffnungszeiten arbeitet niemand: So vergibt %(name)s keine Termine.", name=get_assistant_name())
        lines.append(("warn", sentence, url_for("hours.index")))
    if "on_call" in missing and can(current_user, "hours.write"):
        sentence = _("Für Notfälle ist niemand eingetragen: %(name)s kann dann zu niemandem durchstellen.", name=get_assistant_name())
        lines.append(("warn", sentence, url_for("on_call.index")))
    return lines
