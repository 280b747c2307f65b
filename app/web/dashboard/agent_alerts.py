"""Alerts about agents, numbers and connections: drift at the provider, numbers without an agent, rejected keys."""

from flask import url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.core.phone import display
from app.domain.accounts.permissions import can
from app.domain.agents.status import AgentStatus, list_statuses, list_unassigned_numbers
from app.domain.companies.connections import list_failing
from app.domain.notifications.sender_accounts import list_set_up
from app.web.dashboard.agent_labels import describe_forwarding, describe_reason, get_diff_label
from app.web.dashboard.channel_outages import list_channel_outages
from app.web.settings import connection_labels

MAX_FIELDS_NAMED = 3
AgentAlert = tuple[str, str, str]


def list_agent_alerts() -> list[AgentAlert]:
    """List (state, sentence, URL) of all alerts; empty without the right `agents.read`."""
    if not can(current_user, "agents.read"):
        return []
    lines = [line for status in list_statuses() if (line := _build_alert(status))]
    for e164 in list_unassigned_numbers():
        sentence = _("Unter %(number)s meldet sich niemand: Die Nummer hat keine Assistentin.", number=display(e164))
        lines.append(("bad", sentence, url_for("agents.index")))
    return lines + _list_connection_alerts()


def _list_connection_alerts() -> list[AgentAlert]:
    """List alerts about the company's connections that their provider rejects, or over which no message leaves."""
    if not can(current_user, "connections.read"):
        return []
    sentences = {
        connection.provider: f"{connection_labels.NAMES[connection.provider]}: {connection_labels.describe_status(connection, waits=False)}"
        for connection in list_failing()
    }
    sentences |= dict(list_channel_outages())
    alerts = [("bad", sentence, url_for("connections.show", provider=provider)) for provider, sentence in sentences.items()]
    if not list_set_up():
        sentence = _("Weder SMS noch E-Mail ist eingerichtet: Es geht keine Nachricht hinaus.")
        alerts.append(("warn", sentence, url_for("connections.show", provider="smtp")))
    return alerts


def describe_status(status: AgentStatus) -> str:
    name, reason = status.name, describe_reason(status.reason)
    match status.kind:
        case "on":
            return _("%(name)s steht beim Telefondienst Retell so, wie sie soll.", name=name)
        case "waiting":
            return _("%(name)s wird gerade beim Telefondienst Retell eingetragen.", name=name)
        case "wrong" if status.reason is None:
            return _(
                "%(name)s steht beim Telefondienst Retell nicht so, wie sie soll: %(fields)s.", name=name, fields=_describe_fields(status)
            )
        case "wrong":
            return _("%(name)s ließ sich beim Telefondienst Retell nicht eintragen: %(why)s", name=name, why=reason)
        case "unknown":
            return _(
                "Ob %(name)s beim Telefondienst Retell richtig eingetragen ist, ist gerade unbekannt. %(why)s",
                name=name,
                why=reason,
            )
        case "not_set_up":
            return _("Echte Anrufe nimmt %(name)s noch nicht an: Es fehlt der Schlüssel für den Telefondienst Retell.", name=name)
        case "unpublished":
            return _("%(name)s hat noch keine veröffentlichte Fassung.", name=name)
        case "off":
            return _("%(name)s ist ausgeschaltet. %(then)s", name=name, then=describe_forwarding(status.agent_id, status.forward_number))


def _build_alert(status: AgentStatus) -> AgentAlert | None:
    if status.kind in ("on", "waiting"):
        return None
    if status.kind == "off":
        return "warn", describe_status(status), url_for("agents.edit", agent_id=status.agent_id)
    return "bad" if status.is_red else "warn", describe_status(status), url_for("agent_provider.show", agent_id=status.agent_id)


def _describe_fields(status: AgentStatus) -> str:
    labels = [get_diff_label(key) for key in status.wrong[:MAX_FIELDS_NAMED]]
    more = len(status.wrong) - len(labels)
    return ", ".join(labels) + (_(" und %(n)s mehr", n=more) if more else "")
