"""Words for the functions of the agent: while one runs, afterwards, as a question of the preview, and as a permission."""

from dataclasses import dataclass

from flask_babel import LazyString, lazy_gettext as _l


@dataclass(frozen=True)
class ToolLabel:
    """A function of the agent. `question` is what it answers on the preview page, `permission` what an owner allows with it."""

    running: LazyString
    done: LazyString
    icon: str
    question: LazyString | None = None
    permission: LazyString | None = None


# by the groups of domain/agents/config_schema
TOOL_GROUP_LABELS = {
    "appointments": _l("Termine"), "information": _l("Auskunft"), "callers": _l("Wer anruft"), "handoff": _l("Weitergeben"),
}  # fmt: skip
TOOL_LABELS = {
    "set_consent": ToolLabel(
        _l("hält die Einwilligung fest"), _l("Einwilligung festgehalten"), "shield-check",
        question=_l("Was erlaubt der Anrufer?"), permission=_l("Ja und Nein zur Aufzeichnung festhalten"),
    ),
    "get_context": ToolLabel(
        _l("sieht nach, wer anruft"), _l("Anrufer nachgesehen"), "user-check",
        question=_l("Wer ruft an, wie spät ist es dort?"), permission=_l("Tag, Uhrzeit und Filiale kennen"),
    ),
    "check_customer": ToolLabel(
        _l("sieht nach, wer anruft"), _l("Kundenkartei geprüft"), "user-check",
        question=_l("Wer ruft an?"), permission=_l("nachsehen, wer anruft"),
    ),
    "identify_customer": ToolLabel(
        _l("fragt nach, wer anruft"), _l("Anrufer erkannt"), "user-check",
        question=_l("„Ich heiße …“"), permission=_l("Anrufer sicher erkennen"),
    ),
    "parse_date": ToolLabel(
        _l("liest das Datum"), _l("Datum verstanden"), "calendar",
        question=_l("Welcher Tag ist gemeint?"), permission=_l("Tage und Uhrzeiten verstehen"),
    ),
    "parse_spelling": ToolLabel(
        _l("liest Buchstabiertes"), _l("Buchstabiertes verstanden"), "book-open",
        question=_l("Wie schreibt sich das?"), permission=_l("Buchstabiertes verstehen"),
    ),
    "correct_name": ToolLabel(
        _l("berichtigt den Namen"), _l("Namen berichtigt"), "user-check",
        question=_l("Der Name ist falsch geschrieben"), permission=_l("einen Namen berichtigen"),
    ),
    "check_availability": ToolLabel(
        _l("prüft freie Termine"), _l("Freie Termine geprüft"), "calendar-clock",
        question=_l("Ist da etwas frei?"), permission=_l("freie Zeiten nachsehen"),
    ),
    "get_alternatives": ToolLabel(
        _l("sucht andere Termine"), _l("Andere Termine gesucht"), "calendar-clock",
        question=_l("Was geht stattdessen?"), permission=_l("Ausweichzeiten vorschlagen"),
    ),
    "find_next_available": ToolLabel(
        _l("sucht den nächsten freien Termin"), _l("Nächsten freien Termin gesucht"), "calendar-clock",
        question=_l("Wann ist das Nächste frei?"), permission=_l("den nächsten freien Termin suchen"),
    ),
    "hold_slot": ToolLabel(
        _l("hält den Platz"), _l("Platz gehalten"), "timer", question=_l("Zeit freihalten"), permission=_l("einen Platz kurz halten"),
    ),
    "release_hold": ToolLabel(
        _l("gibt den Platz frei"), _l("Platz freigegeben"), "timer",
        question=_l("Gehaltene Zeit freigeben"), permission=_l("einen gehaltenen Platz freigeben"),
    ),
    "book_appointment": ToolLabel(
        _l("bucht den Termin"), _l("Termin gebucht"), "calendar-check", question=_l("Termin buchen"), permission=_l("Termine buchen"),
    ),
    "query_appointments": ToolLabel(
        _l("sucht die Termine heraus"), _l("Termine herausgesucht"), "calendar",
        question=_l("Wann ist mein Termin?"), permission=_l("eigene Termine nennen"),
    ),
    "cancel_appointment": ToolLabel(
        _l("sagt den Termin ab"), _l("Termin abgesagt"), "calendar-x", question=_l("Termin absagen"), permission=_l("Termine absagen"),
    ),
    "reschedule_appointment": ToolLabel(
        _l("verschiebt den Termin"), _l("Termin verschoben"), "calendar-clock",
        question=_l("Termin verschieben"), permission=_l("Termine verschieben"),
    ),
    "join_waitlist": ToolLabel(
        _l("schreibt auf die Warteliste"), _l("Auf die Warteliste geschrieben"), "list-checks",
        question=_l("Auf die Warteliste"), permission=_l("auf die Warteliste setzen"),
    ),
    "list_services": ToolLabel(
        _l("sieht die Leistungen durch"), _l("Leistungen nachgesehen"), "scissors",
        question=_l("Was bieten Sie an?"), permission=_l("Leistungen nennen"),
    ),
    "get_service_info": ToolLabel(
        _l("schlägt die Leistung nach"), _l("Leistung nachgeschlagen"), "scissors",
        question=_l("Was kostet das, wie lange dauert es?"), permission=_l("Dauer und Preis nennen"),
    ),
    "get_opening_hours": ToolLabel(
        _l("sieht die Öffnungszeiten nach"), _l("Öffnungszeiten nachgesehen"), "clock",
        question=_l("Wann haben Sie geöffnet?"), permission=_l("Öffnungszeiten nennen"),
    ),
    "answer_question": ToolLabel(
        _l("schlägt die Antwort nach"), _l("Antwort nachgeschlagen"), "book-open",
        question=_l("Eine freie Frage"), permission=_l("Fragen zum Betrieb beantworten"),
    ),
    "request_callback": ToolLabel(
        _l("notiert einen Rückruf"), _l("Rückruf notiert"), "message-square",
        question=_l("Rückruf wünschen"), permission=_l("Rückrufe notieren"),
    ),
    "take_message": ToolLabel(
        _l("schreibt eine Nachricht auf"), _l("Nachricht aufgeschrieben"), "message-square",
        question=_l("Nachricht hinterlassen"), permission=_l("Nachrichten aufnehmen"),
    ),
    "transfer_call": ToolLabel(
        _l("stellt durch"), _l("Durchgestellt"), "phone-forwarded",
        question=_l("Mit einem Menschen sprechen"), permission=_l("zu einem Menschen durchstellen"),
    ),
    "report_emergency": ToolLabel(
        _l("hört einen Notfall"), _l("Notfall gehört"), "circle-alert",
        question=_l("Einen Notfall melden"), permission=_l("Notfall melden"),
    ),
    "send_link": ToolLabel(
        _l("verschickt einen Link"), _l("Link verschickt"), "mail", question=_l("Link zuschicken"), permission=_l("einen Link schicken"),
    ),
    # the provider's own
    "end_call": ToolLabel(_l("beendet das Gespräch"), _l("Gespräch beendet"), "phone-off", permission=_l("auflegen")),
}  # fmt: skip
OTHER_TOOL = ToolLabel(_l("schlägt etwas nach"), _l("Etwas nachgeschlagen"), "list-checks")


def get_tool_label(name: str) -> ToolLabel:
    """Get the label of a tool; an unknown one reads as "Etwas nachgeschlagen"."""
    return TOOL_LABELS.get(name, OTHER_TOOL)


def get_question(name: str) -> str:
    """Get what the tool answers, as the preview page asks it."""
    return str(get_tool_label(name).question or name)


def get_permission(name: str) -> str:
    """Get what an owner allows with the tool."""
    return str(get_tool_label(name).permission or name)
