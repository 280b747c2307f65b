"""The words, icons and colours under which call results, moods, tools and steps are shown."""

from dataclasses import dataclass

from flask import Flask
from flask_babel import LazyString, lazy_gettext as _l

from app.domain.emergencies.caller_instructions import LABELS

# Names of a colour role in static/css: ringing, talking, tool, held, booked, ended, warn, bad.


@dataclass(frozen=True)
class Label:
    """A state as people read it: its label, its icon and the colour role of both."""

    label: LazyString
    icon: str
    state: str = "ended"


OUTCOMES = {
    "booked": Label(_l("Gebucht"), "calendar-check", "booked"),
    "rescheduled": Label(_l("Verschoben"), "calendar-check", "booked"),
    "cancelled": Label(_l("Abgesagt"), "calendar-x"),
    "callback": Label(_l("Rückruf"), "message-square", "held"),
    "transferred": Label(_l("Durchgestellt"), "phone-forwarded", "talking"),
    "information": Label(_l("Auskunft"), "circle-help"),
    "emergency": Label(_l("Notfall"), "circle-alert", "bad"),
    "waitlist": Label(_l("Warteliste"), "triangle-alert", "warn"),
    "not_verified": Label(_l("Nicht erkannt"), "user", "warn"),
    "voicemail": Label(_l("Anrufbeantworter"), "voicemail"),
    "hung_up": Label(_l("Aufgelegt"), "phone-off"),
    "missed": Label(_l("Verpasst"), "phone-missed", "warn"),
    "unknown": Label(_l("Offen"), "circle-help"),
}
STATUSES = {
    "ringing": Label(_l("Klingelt"), "phone-incoming", "ringing"),
    "ongoing": Label(_l("Läuft"), "radio", "talking"),
    "ended": Label(_l("Beendet"), "phone"),
    "not_connected": Label(_l("Nicht zustande gekommen"), "phone-missed", "warn"),
    "error": Label(_l("Gestört"), "triangle-alert", "bad"),
}
NOTIFICATION_STATUSES = {
    "pending": Label(_l("Wird verschickt"), "hourglass", "held"),
    "sent": Label(_l("Verschickt"), "circle-check", "booked"),
    "not_set_up": Label(_l("Versand nicht eingerichtet"), "triangle-alert", "warn"),
    "dead": Label(_l("Nicht zugestellt"), "triangle-alert", "bad"),
    "expired": Label(_l("Nicht mehr nötig"), "clock"),
}
NOTIFICATION_REASONS = {
    "no_way": _l("Es ist weder eine Mobilnummer noch eine E-Mail-Adresse bekannt."),
    "unreachable": _l("Die Nummer oder Adresse ist nicht erreichbar."),
    "opted_out": _l("Die Person möchte keine Nachrichten."),
    "not_allowed": _l("Der Anbieter lässt uns nicht; bitte die Zugangsdaten prüfen."),
    "refused": _l("Der Anbieter hat die Nachricht abgelehnt."),
    "no_answer": _l("Der Anbieter hat nicht geantwortet."),
    "not_reached": _l("Der Anbieter war nicht erreichbar."),
}
SENTIMENTS = {
    "positive": Label(_l("gut"), "smile", "booked"),
    "neutral": Label(_l("neutral"), "meh"),
    "negative": Label(_l("enttäuscht"), "frown", "warn"),
}
STAGES = {
    "ringing": _l("klingelt"),
    "talking": _l("spricht"),
    "tool": _l("prüft"),
    "held": _l("hält Platz"),
    "booked": _l("gebucht"),
}
BOOKING_STATUSES = {
    "held": Label(_l("Platz gehalten"), "timer", "held"),
    "pending": Label(_l("Noch zu bestätigen"), "hourglass", "warn"),
    "confirmed": Label(_l("Fest gebucht"), "check", "booked"),
    "cancelled": Label(_l("Abgesagt"), "calendar-x"),
    "no_show": Label(_l("Nicht erschienen"), "calendar-x", "warn"),
    "done": Label(_l("War da"), "check", "booked"),
}
EVENT_STATUSES = {
    "pending": Label(_l("wartet"), "hourglass", "held"),
    "unassigned": Label(_l("ohne Firma"), "inbox", "warn"),
    "handled": Label(_l("verarbeitet"), "check", "booked"),
    "ignored": Label(_l("übergangen"), "ban"),
    "dead": Label(_l("gescheitert"), "octagon-x", "bad"),
}
# why an event waits for support, as domain/inbox says it
PENDING_REASONS = {
    "unknown_number": _l("Nummer gehört keiner Filiale"),
    "no_number": _l("Keine Zielnummer genannt"),
    "before_valid_from": _l("Anruf liegt vor dem Beginn der Zuordnung"),
    "other_company_connection": _l("Kam über die Verbindung eines anderen Betriebs"),
}
ROLES = {
    "owner": _l("Inhaberin oder Inhaber"),
    "manager": _l("Leitung"),
    "front_desk": _l("Empfang"),
    "staff": _l("Team"),
    "read_only": _l("Nur lesen"),
    "support": _l("Support"),
    "admin": _l("Verwaltung"),
}


@dataclass(frozen=True)
class ToolLabel:
    """A tool of the agent: what she does while it runs, and what was done."""

    running: LazyString
    done: LazyString
    icon: str


TOOLS = {
    "set_consent": ToolLabel(_l("hält die Einwilligung fest"), _l("Einwilligung festgehalten"), "shield-check"),
    "get_context": ToolLabel(_l("sieht nach, wer anruft"), _l("Anrufer nachgesehen"), "user-check"),
    "check_customer": ToolLabel(_l("sieht nach, wer anruft"), _l("Kundenkartei geprüft"), "user-check"),
    "identify_customer": ToolLabel(_l("fragt nach, wer anruft"), _l("Anrufer erkannt"), "user-check"),
    "parse_date": ToolLabel(_l("liest das Datum"), _l("Datum verstanden"), "calendar"),
    "check_availability": ToolLabel(_l("prüft freie Termine"), _l("Freie Termine geprüft"), "calendar-clock"),
    "get_alternatives": ToolLabel(_l("sucht andere Termine"), _l("Andere Termine gesucht"), "calendar-clock"),
    "find_next_available": ToolLabel(_l("sucht den nächsten freien Termin"), _l("Nächsten freien Termin gesucht"), "calendar-clock"),
    "hold_slot": ToolLabel(_l("hält den Platz"), _l("Platz gehalten"), "timer"),
    "release_hold": ToolLabel(_l("gibt den Platz frei"), _l("Platz freigegeben"), "timer"),
    "book_appointment": ToolLabel(_l("bucht den Termin"), _l("Termin gebucht"), "calendar-check"),
    "query_appointments": ToolLabel(_l("sucht die Termine heraus"), _l("Termine herausgesucht"), "calendar"),
    "cancel_appointment": ToolLabel(_l("sagt den Termin ab"), _l("Termin abgesagt"), "calendar-x"),
    "reschedule_appointment": ToolLabel(_l("verschiebt den Termin"), _l("Termin verschoben"), "calendar-clock"),
    "join_waitlist": ToolLabel(_l("schreibt auf die Warteliste"), _l("Auf die Warteliste geschrieben"), "list-checks"),
    "list_services": ToolLabel(_l("sieht die Leistungen durch"), _l("Leistungen nachgesehen"), "scissors"),
    "get_service_info": ToolLabel(_l("schlägt die Leistung nach"), _l("Leistung nachgeschlagen"), "scissors"),
    "get_opening_hours": ToolLabel(_l("sieht die Öffnungszeiten nach"), _l("Öffnungszeiten nachgesehen"), "clock"),
    "answer_question": ToolLabel(_l("schlägt die Antwort nach"), _l("Antwort nachgeschlagen"), "book-open"),
    "request_callback": ToolLabel(_l("notiert einen Rückruf"), _l("Rückruf notiert"), "message-square"),
    "take_message": ToolLabel(_l("schreibt eine Nachricht auf"), _l("Nachricht aufgeschrieben"), "message-square"),
    "transfer_call": ToolLabel(_l("stellt durch"), _l("Durchgestellt"), "phone-forwarded"),
    "report_emergency": ToolLabel(_l("hört einen Notfall"), _l("Notfall gehört"), "circle-alert"),
    "send_link": ToolLabel(_l("verschickt einen Link"), _l("Link verschickt"), "mail"),
    "end_call": ToolLabel(_l("beendet das Gespräch"), _l("Gespräch beendet"), "phone-off"),
}
OTHER_TOOL = ToolLabel(_l("schlägt etwas nach"), _l("Etwas nachgeschlagen"), "list-checks")


def get_outcome_label(status: str, outcome: str | None) -> Label:
    """The one word for a call in a list: its result, or while there is none what it is doing."""
    if outcome in OUTCOMES and status not in ("ringing", "ongoing"):
        return OUTCOMES[outcome]
    return STATUSES.get(status, STATUSES["ended"])


def get_tool_label(name: str) -> ToolLabel:
    """The words of a tool; one that we do not know reads as "Etwas nachgeschlagen"."""
    return TOOLS.get(name, OTHER_TOOL)


def build_live_labels() -> dict[str, object]:
    """The same words for the live board's script: plain text in the reader's language."""
    return {
        "outcomes": {key: _to_dict(word) for key, word in OUTCOMES.items()},
        "statuses": {key: _to_dict(word) for key, word in STATUSES.items()},
        "stages": {key: str(label) for key, label in STAGES.items()},
        "tools": {key: {"running": str(word.running), "done": str(word.done)} for key, word in TOOLS.items()},
        "other_tool": {"running": str(OTHER_TOOL.running), "done": str(OTHER_TOOL.done)},
    }


def build_emergency_labels() -> dict[str, str]:
    """What the kinds of emergencies are called, in the reader's language."""
    return {kind: str(label) for kind, label in LABELS.items()}


def register(app: Flask) -> None:
    """Gives the templates these tables."""
    app.jinja_env.globals.update(
        OUTCOMES=OUTCOMES, STATUSES=STATUSES, SENTIMENTS=SENTIMENTS, STAGES=STAGES, EVENT_STATUSES=EVENT_STATUSES, ROLES=ROLES,
        NOTIFICATION_STATUSES=NOTIFICATION_STATUSES, NOTIFICATION_REASONS=NOTIFICATION_REASONS,
        get_outcome_label=get_outcome_label, get_tool_label=get_tool_label, build_live_labels=build_live_labels,
        build_emergency_labels=build_emergency_labels,
    )  # fmt: skip


def _to_dict(word: Label) -> dict[str, str]:
    return {"label": str(word.label), "icon": word.icon, "state": word.state}


COLOUR_PALETTE = ("#0B6A73", "#6442B8", "#1C5DBF", "#BF789D", "#AB3511", "#1B7443")


PROVIDER_NAMES = {"retell": "Retell", "twilio": "Twilio", "vonage": "Vonage", "simulator": "Simulator"}
