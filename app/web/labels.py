"""The words, icons and colours under which call results, moods, tools and steps are shown."""

from dataclasses import dataclass

from flask import Flask
from flask_babel import LazyString, lazy_gettext as _l

from app.domain.emergencies.messages import LABELS

# Names of a colour role in static/css: ringing, talking, tool, held, booked, ended, warn, bad.


@dataclass(frozen=True)
class Word:
    """A state as people read it: its label, its icon and the colour role of both."""

    label: LazyString
    icon: str
    state: str = "ended"


OUTCOMES = {
    "booked": Word(_l("Gebucht"), "calendar-check", "booked"),
    "rescheduled": Word(_l("Verschoben"), "calendar-check", "booked"),
    "cancelled": Word(_l("Abgesagt"), "calendar-x"),
    "callback": Word(_l("Rückruf"), "message-square", "held"),
    "transferred": Word(_l("Durchgestellt"), "phone-forwarded", "talking"),
    "information": Word(_l("Auskunft"), "circle-help"),
    "emergency": Word(_l("Notfall"), "circle-alert", "bad"),
    "waitlist": Word(_l("Warteliste"), "triangle-alert", "warn"),
    "not_verified": Word(_l("Nicht erkannt"), "user", "warn"),
    "voicemail": Word(_l("Anrufbeantworter"), "voicemail"),
    "hung_up": Word(_l("Aufgelegt"), "phone-off"),
    "missed": Word(_l("Verpasst"), "phone-missed", "warn"),
    "unknown": Word(_l("Offen"), "circle-help"),
}
STATUSES = {
    "ringing": Word(_l("Klingelt"), "phone-incoming", "ringing"),
    "ongoing": Word(_l("Läuft"), "radio", "talking"),
    "ended": Word(_l("Beendet"), "phone"),
    "not_connected": Word(_l("Nicht zustande gekommen"), "phone-missed", "warn"),
    "error": Word(_l("Gestört"), "triangle-alert", "bad"),
}
NOTIFICATION_STATUSES = {
    "pending": Word(_l("Wird verschickt"), "hourglass", "held"),
    "sent": Word(_l("Verschickt"), "circle-check", "booked"),
    "not_set_up": Word(_l("Versand nicht eingerichtet"), "triangle-alert", "warn"),
    "dead": Word(_l("Nicht zugestellt"), "triangle-alert", "bad"),
    "expired": Word(_l("Nicht mehr nötig"), "clock"),
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
    "positive": Word(_l("gut"), "smile", "booked"),
    "neutral": Word(_l("neutral"), "meh"),
    "negative": Word(_l("enttäuscht"), "frown", "warn"),
}
STAGES = {
    "ringing": _l("klingelt"),
    "talking": _l("spricht"),
    "tool": _l("prüft"),
    "held": _l("hält Platz"),
    "booked": _l("gebucht"),
}
BOOKING_STATUSES = {
    "held": Word(_l("Platz gehalten"), "timer", "held"),
    "pending": Word(_l("Noch zu bestätigen"), "hourglass", "warn"),
    "confirmed": Word(_l("Fest gebucht"), "check", "booked"),
    "cancelled": Word(_l("Abgesagt"), "calendar-x"),
    "no_show": Word(_l("Nicht erschienen"), "calendar-x", "warn"),
    "done": Word(_l("War da"), "check", "booked"),
}
EVENT_STATUSES = {
    "pending": Word(_l("wartet"), "hourglass", "held"),
    "unassigned": Word(_l("ohne Firma"), "inbox", "warn"),
    "handled": Word(_l("verarbeitet"), "check", "booked"),
    "ignored": Word(_l("übergangen"), "ban"),
    "dead": Word(_l("gescheitert"), "octagon-x", "bad"),
}
# why an event waits for support, as domain/inbox says it
WAITING_REASONS = {
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
class ToolWord:
    """A tool of the agent: what she does while it runs, and what was done."""

    running: LazyString
    done: LazyString
    icon: str


TOOLS = {
    "set_consent": ToolWord(_l("hält die Einwilligung fest"), _l("Einwilligung festgehalten"), "shield-check"),
    "get_context": ToolWord(_l("sieht nach, wer anruft"), _l("Anrufer nachgesehen"), "user-check"),
    "check_customer": ToolWord(_l("sieht nach, wer anruft"), _l("Kundenkartei geprüft"), "user-check"),
    "identify_customer": ToolWord(_l("fragt nach, wer anruft"), _l("Anrufer erkannt"), "user-check"),
    "parse_date": ToolWord(_l("liest das Datum"), _l("Datum verstanden"), "calendar"),
    "check_availability": ToolWord(_l("prüft freie Termine"), _l("Freie Termine geprüft"), "calendar-clock"),
    "get_alternatives": ToolWord(_l("sucht andere Termine"), _l("Andere Termine gesucht"), "calendar-clock"),
    "find_next_available": ToolWord(_l("sucht den nächsten freien Termin"), _l("Nächsten freien Termin gesucht"), "calendar-clock"),
    "hold_slot": ToolWord(_l("hält den Platz"), _l("Platz gehalten"), "timer"),
    "release_hold": ToolWord(_l("gibt den Platz frei"), _l("Platz freigegeben"), "timer"),
    "book_appointment": ToolWord(_l("bucht den Termin"), _l("Termin gebucht"), "calendar-check"),
    "query_appointments": ToolWord(_l("sucht die Termine heraus"), _l("Termine herausgesucht"), "calendar"),
    "cancel_appointment": ToolWord(_l("sagt den Termin ab"), _l("Termin abgesagt"), "calendar-x"),
    "reschedule_appointment": ToolWord(_l("verschiebt den Termin"), _l("Termin verschoben"), "calendar-clock"),
    "join_waitlist": ToolWord(_l("schreibt auf die Warteliste"), _l("Auf die Warteliste geschrieben"), "list-checks"),
    "list_services": ToolWord(_l("sieht die Leistungen durch"), _l("Leistungen nachgesehen"), "scissors"),
    "get_service_info": ToolWord(_l("schlägt die Leistung nach"), _l("Leistung nachgeschlagen"), "scissors"),
    "get_opening_hours": ToolWord(_l("sieht die Öffnungszeiten nach"), _l("Öffnungszeiten nachgesehen"), "clock"),
    "answer_question": ToolWord(_l("schlägt die Antwort nach"), _l("Antwort nachgeschlagen"), "book-open"),
    "request_callback": ToolWord(_l("notiert einen Rückruf"), _l("Rückruf notiert"), "message-square"),
    "take_message": ToolWord(_l("schreibt eine Nachricht auf"), _l("Nachricht aufgeschrieben"), "message-square"),
    "transfer_call": ToolWord(_l("stellt durch"), _l("Durchgestellt"), "phone-forwarded"),
    "report_emergency": ToolWord(_l("hört einen Notfall"), _l("Notfall gehört"), "circle-alert"),
    "send_link": ToolWord(_l("verschickt einen Link"), _l("Link verschickt"), "mail"),
    "end_call": ToolWord(_l("beendet das Gespräch"), _l("Gespräch beendet"), "phone-off"),
}
OTHER_TOOL = ToolWord(_l("schlägt etwas nach"), _l("Etwas nachgeschlagen"), "list-checks")


def outcome_of(status: str, outcome: str | None) -> Word:
    """The one word for a call in a list: its result, or while there is none what it is doing."""
    if outcome in OUTCOMES and status not in ("ringing", "ongoing"):
        return OUTCOMES[outcome]
    return STATUSES.get(status, STATUSES["ended"])


def tool_word(name: str) -> ToolWord:
    """The words of a tool; one that we do not know reads as "Etwas nachgeschlagen"."""
    return TOOLS.get(name, OTHER_TOOL)


def live_words() -> dict[str, object]:
    """The same words for the live board's script: plain text in the reader's language."""
    return {
        "outcomes": {key: _plain(word) for key, word in OUTCOMES.items()},
        "statuses": {key: _plain(word) for key, word in STATUSES.items()},
        "stages": {key: str(label) for key, label in STAGES.items()},
        "tools": {key: {"running": str(word.running), "done": str(word.done)} for key, word in TOOLS.items()},
        "other_tool": {"running": str(OTHER_TOOL.running), "done": str(OTHER_TOOL.done)},
    }


def emergency_words() -> dict[str, str]:
    """What the kinds of emergencies are called, in the reader's language."""
    return {kind: str(label) for kind, label in LABELS.items()}


def register(app: Flask) -> None:
    """Gives the templates these tables."""
    app.jinja_env.globals.update(
        OUTCOMES=OUTCOMES, STATUSES=STATUSES, SENTIMENTS=SENTIMENTS, STAGES=STAGES, EVENT_STATUSES=EVENT_STATUSES, ROLES=ROLES,
        NOTIFICATION_STATUSES=NOTIFICATION_STATUSES, NOTIFICATION_REASONS=NOTIFICATION_REASONS,
        outcome_of=outcome_of, tool_word=tool_word, live_words=live_words, emergency_words=emergency_words,
    )  # fmt: skip


def _plain(word: Word) -> dict[str, str]:
    return {"label": str(word.label), "icon": word.icon, "state": word.state}


PALETTE = ("#0B6A73", "#6442B8", "#1C5DBF", "#BF789D", "#AB3511", "#1B7443")


PROVIDERS = {"retell": "Retell", "twilio": "Twilio", "vonage": "Vonage", "simulator": "Simulator"}
