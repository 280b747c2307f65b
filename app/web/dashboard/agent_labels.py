"""Labels of an agent's settings, and sentences about their changes."""

from collections.abc import Iterator
from typing import Any

from flask_babel import gettext as _, lazy_gettext as _l

from app.core.phone import display
from app.domain.agents.config_schema import DISCLOSURES, AgentVersionConfig
from app.domain.agents.number_assignment import list_forward_numbers
from app.web.formatting import milliseconds, number
from app.web.tool_labels import get_permission

TONES = {"warm": _l("freundlich und zugewandt"), "matter_of_fact": _l("höflich und sachlich"), "lively": _l("munter und unkompliziert")}
ADDRESSES = {"formal": _l("mit Sie"), "informal": _l("mit du")}
LANGUAGES = {"de": _l("Deutsch"), "en": _l("Englisch")}
MODES = {
    "always": _l("immer"),
    "after_hours": _l("nur außerhalb der Öffnungszeiten"),
    "overflow": _l("wenn alle Leitungen besetzt sind"),
}
TRANSFERS = {"always": _l("jederzeit"), "opening_hours": _l("zu den Öffnungszeiten"), "never": _l("nie")}
RECORDINGS = {
    "basics": _l("nur Nummer, Zeit und Dauer: sie zeichnet nicht auf"),
    "without_personal": _l("Aufnahme ohne persönliche Angaben: sie fragt vorher"),
    "everything": _l("Aufnahme und Mitschrift: sie fragt vorher"),
}
DISCLOSURE_LABELS = {
    "prices": _l("Preise"),
    "appointments": _l("eigene Termine des Anrufers"),
    "caller_name": _l("Begrüßung mit Namen"),
    "staff_names": _l("wer im Team arbeitet"),
}
# functions of the provider that our agents use
PROVIDER_TOOL_LABELS = {
    "put_through": _l("durchstellen"),
    "put_through_on_call": _l("im Notfall durchstellen"),
}
DIFF_LABELS = {
    "agent": _l("Die Assistentin selbst"),
    "brain": _l("Ihre Anweisungen"),
    "published": _l("Veröffentlicht"),
    "name": _l("Name"),
    "voice": _l("Stimme"),
    "language": _l("Sprache"),
    "timezone": _l("Zeitzone"),
    "webhook_url": _l("Adresse für Anrufe"),
    "events": _l("Gemeldete Ereignisse"),
    "webhook_timeout": _l("Wartezeit beim Melden"),
    "longest_call": _l("Längstes Gespräch"),
    "storage": _l("Aufnahme"),
    "stored_days": _l("Aufbewahrung in Tagen"),
    "prompt": _l("Anweisungen"),
    "begin_message": _l("Erster Satz"),
    "defaults": _l("Begrüßung, wenn wir nicht antworten"),
}
EVENTS = {
    "started": _l("Beginn"),
    "ended": _l("Ende"),
    "analyzed": _l("Gesprächsauswertung"),
    "transcript": _l("Mitschrift"),
    "transfer_started": _l("Durchstellen beginnt"),
    "transfer_bridged": _l("durchgestellt"),
    "transfer_cancelled": _l("abgebrochenes Durchstellen"),
    "transfer_ended": _l("Durchstellen beendet"),
}
VALUES = {"there": _l("vorhanden"), "yes": _l("ja"), "no": _l("nein"), "": _l("fehlt")}
REASONS = {
    "no_key": _l("Es fehlt ein Schlüssel für Retell."),
    "no_version": _l("Es ist noch nichts veröffentlicht."),
    "bad_key": _l("Retell nimmt unseren Schlüssel nicht an."),
    "forbidden": _l("Unser Schlüssel darf das bei Retell nicht."),
    "no_credit": _l("Das Guthaben bei Retell ist aufgebraucht."),
    "not_found": _l("Bei Retell fehlt etwas, das da sein sollte."),
    "conflict": _l("Retell sieht einen Widerspruch."),
    "invalid": _l("Retell nimmt eine Angabe nicht an."),
    "not_reached": _l("Retell ist nicht zu erreichen."),
    "no_answer": _l("Retell antwortet nicht."),
    "rate_limited": _l("Retell bittet um eine Pause."),
    "never": _l("Sie wurde dort noch nie angemeldet."),
    "stale": _l("Seit einer Weile konnte niemand nachsehen."),
}


# Reasons that we found ourselves; all others come with a message from Retell.
OUR_REASONS = frozenset({"no_key", "no_version", "not_reached", "no_answer", "rate_limited", "never", "stale"})


def describe_reason(code: str | None) -> str:
    return str(REASONS.get(code or "", _("Der Grund ist nicht bekannt.")))


def describe_forwarding(agent_id: str, forward_number: str | None) -> str:
    """Describe the forwarding of calls while the agent is off, by number if numbers differ."""
    forward_numbers = [forward_number or branch_number for branch_number in list_forward_numbers(agent_id)]
    if forward_numbers and all(forward_numbers):
        numbers = ", ".join(dict.fromkeys(display(number) for number in forward_numbers if number))
        return _("Anrufe gehen dann sofort an %(numbers)s.", numbers=numbers)
    if any(forward_numbers):
        return _("Anrufe gehen dann sofort an die Nummer der Filiale. Wo keine hinterlegt ist, schreibt sie eine Nachricht auf.")
    return _("Anrufe kommen dann weiter an; sie schreibt nur eine Nachricht auf, denn zum Durchstellen ist keine Nummer hinterlegt.")


def get_diff_label(key: str) -> str:
    """Get the label of a diff key such as "number:+49…" or "tool:book_appointment"."""
    kind, _colon, rest = key.partition(":")
    if kind == "number":
        return _("Rufnummer %(number)s", number=display(rest))
    if kind == "released":
        return _("Rufnummer %(number)s, die sie nicht mehr beantwortet", number=display(rest))
    if kind == "ringing":
        return _("Klingeln unter %(number)s", number=display(rest))
    if kind == "tool":
        return str(PROVIDER_TOOL_LABELS.get(rest) or get_permission(rest))
    return str(DIFF_LABELS.get(kind, kind))


def format_diff(finding: dict[str, Any]) -> dict[str, Any]:
    """Format a finding with its label, and with labels for values of ours."""
    kind = finding["key"].partition(":")[0]
    return finding | {
        "label": get_diff_label(finding["key"]),
        **{side: _format_value(kind, side, finding[side]) for side in ("wanted", "actual")},
    }


def _format_value(kind: str, side: str, value: str) -> str:
    if kind == "number" and value:
        return _("diese Assistentin") if side == "wanted" else _("eine andere: %(id)s", id=value)
    if kind == "released":
        return _("diese Assistentin nicht mehr") if side == "wanted" else _("diese Assistentin")
    if kind == "tool" and side == "wanted" and not value:
        return _("nicht vorgesehen")
    if kind == "webhook_timeout" and value.isdecimal():
        return milliseconds(int(value))
    if kind == "longest_call" and value.isdecimal():
        return _("%(n)s Min.", n=number(int(value) / 60))
    if kind == "events" and value:
        return ", ".join(str(EVENTS.get(event, event)) for event in value.split(", "))
    labels = RECORDINGS if kind == "storage" else VALUES
    return str(labels.get(value, value))


def list_changes(before: AgentVersionConfig | None, after: AgentVersionConfig) -> list[str]:
    """List the differences of two configurations, one sentence each; empty if they are equal."""
    return list(_iterate_changes(before or AgentVersionConfig(), after)) if before != after else []


def _iterate_changes(before: AgentVersionConfig, after: AgentVersionConfig) -> Iterator[str]:
    for label, old, new in _compare_fields(before, after):
        if old != new:
            yield _("%(label)s: %(new)s statt %(old)s.", label=label, new=new or _("nichts"), old=old or _("nichts"))
    yield from (_("Neue Regel: „%(rule)s“", rule=rule) for rule in after.rules if rule not in before.rules)
    yield from (_("Regel gestrichen: „%(rule)s“", rule=rule) for rule in before.rules if rule not in after.rules)
    if set(before.rules) == set(after.rules) and before.rules != after.rules:
        yield _("Die Regeln stehen in anderer Reihenfolge.")
    yield from (_("Darf jetzt: %(what)s.", what=get_permission(tool)) for tool in sorted(after.tools - before.tools))
    yield from (_("Darf nicht mehr: %(what)s.", what=get_permission(tool)) for tool in sorted(before.tools - after.tools))
    yield from (
        _("Sagt jetzt: %(what)s.", what=DISCLOSURE_LABELS[disclosure])
        for disclosure in DISCLOSURES
        if disclosure in after.discloses - before.discloses
    )
    yield from (
        _("Sagt nicht mehr: %(what)s.", what=DISCLOSURE_LABELS[disclosure])
        for disclosure in DISCLOSURES
        if disclosure in before.discloses - after.discloses
    )


def _compare_fields(before: AgentVersionConfig, after: AgentVersionConfig) -> list[tuple[str, str, str]]:
    def compare(label: str, get_value: Any) -> tuple[str, str, str]:
        return label, str(get_value(before)), str(get_value(after))

    return [
        compare(_("Name"), lambda c: c.name),
        compare(_("Sprache"), lambda c: LANGUAGES[c.language]),
        compare(_("Stimme"), lambda c: c.voice),
        compare(_("Begrüßung"), lambda c: c.greeting and f"„{c.greeting}“"),
        compare(_("Ton"), lambda c: TONES[c.tone]),
        compare(_("Anrede"), lambda c: ADDRESSES[c.address]),
        compare(_("Nimmt ab"), lambda c: MODES[c.mode]),
        compare(_("Stellt durch"), lambda c: TRANSFERS[c.forward_when]),
        compare(_("Stellt durch zu"), lambda c: display(c.forward_number) if c.forward_number else _("Nummer der Filiale")),
        compare(_("Aufnahme"), lambda c: RECORDINGS[c.recording]),
        compare(_("Aufbewahrung in Tagen"), lambda c: c.stored_days or _("unbegrenzt")),
        compare(_("Längstes Gespräch in Minuten"), lambda c: c.longest_call_minutes),
    ]
