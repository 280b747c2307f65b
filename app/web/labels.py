"""Labels, icons and colours of outcomes, statuses, sentiments, tools and stages."""

from collections.abc import Collection
from dataclasses import dataclass

from flask import Flask
from flask_babel import LazyString, gettext as _, lazy_gettext as _l

from app.domain.emergencies.caller_instructions import LABELS
from app.domain.notifications.message_kinds import get_kind
from app.domain.notifications.message_links import hide_own_links
from app.domain.notifications.message_log import get_state
from app.domain.notifications.sender_accounts import list_set_up
from app.models import Notification, SuppressedAddress
from app.providers import WEBHOOK_PROVIDERS
from app.providers.messaging.base import Channel
from app.web.formatting import day
from app.web.message_labels import MESSAGE_KINDS
from app.web.tool_labels import OTHER_TOOL, TOOL_LABELS, get_tool_label

# Colour roles in static/css: ringing, talking, tool, held, booked, ended, warn, bad.


@dataclass(frozen=True)
class Label:
    """A status on a page: its label, its icon and the colour role of both."""

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
    "pending": Label(_l("Steht noch an"), "hourglass", "held"),
    "sent": Label(_l("Verschickt"), "circle-check", "booked"),
    "not_set_up": Label(_l("Versand nicht eingerichtet"), "triangle-alert", "warn"),
    "dead": Label(_l("Nicht zugestellt"), "triangle-alert", "bad"),
    "expired": Label(_l("Nicht mehr nötig"), "clock"),
}
# by the state in domain/notifications/message_log
MESSAGE_STATES = {
    "planned": Label(_l("Geplant"), "calendar-clock", "held"),
    "held": Label(_l("Zurückgehalten"), "moon", "held"),
    "sending": Label(_l("Wird verschickt"), "hourglass", "held"),
    "sent": Label(_l("Verschickt"), "circle-check", "booked"),
    "delivered": Label(_l("Angekommen"), "circle-check", "booked"),
    "answered": Label(_l("Beantwortet"), "user-check", "booked"),
    "failed": Label(_l("Nicht zugestellt"), "triangle-alert", "bad"),
    "unsent": Label(_l("Nicht verschickt"), "ban", "warn"),
    "dropped": Label(_l("Nicht mehr nötig"), "clock"),
}
UNREACHABLE = Label(_l("Geht nicht hinaus"), "ban", "warn")
# by what came of a message that was answered (domain/notifications/receipts)
MESSAGE_ANSWERS = {
    "confirmed": Label(_l("Beantwortet: zugesagt"), "user-check", "booked"),
    "moved": Label(_l("Beantwortet: verschoben"), "calendar-clock", "booked"),
    "cancelled": Label(_l("Beantwortet: abgesagt"), "calendar-x", "warn"),
    "declined": Label(_l("Beantwortet: abgelehnt"), "calendar-x", "warn"),
}
NOTIFICATION_REASONS = {
    "no_way": _l("Es ist weder eine Mobilnummer noch eine E-Mail-Adresse bekannt."),
    "unreachable": _l("Die Nummer oder Adresse ist nicht erreichbar."),
    "undelivered": _l("Der Anbieter konnte sie nicht zustellen."),
    "mailbox_full": _l("Das Postfach ist voll."),
    "quiet_hours": _l("Sie wartet bis zum Ende der Ruhezeit."),
    "night": _l("Bis zum Termin ist nur noch Ruhezeit."),
    "daily_limit": _l("An diese Adresse ging heute schon so viel, wie erlaubt ist."),
    "monthly_cap": _l("Das Budget für SMS ist in diesem Monat aufgebraucht."),
    "no_key": _l("Der Versand von Nachrichten ist nicht eingerichtet."),
    "switched_off": _l("Nachrichten sind gerade abgeschaltet."),
    "overtaken": _l("Es gilt nicht mehr, was darin stand."),
    "too_late": _l("Sie wäre zu spät gekommen."),
    "opted_out": _l("Die Person möchte keine Nachrichten."),
    "no_consent": _l("Die Person hat in Werbung nicht eingewilligt oder das widerrufen."),
    "not_allowed": _l("Der Anbieter lässt uns nicht; bitte die Zugangsdaten prüfen."),
    "private_address": _l("Die Adresse des Anbieters liegt in einem privaten Netz; bitte die Verbindung prüfen."),
    "refused": _l("Der Anbieter hat die Nachricht abgelehnt."),
    "no_answer": _l("Der Anbieter hat nicht geantwortet."),
    "not_reached": _l("Der Anbieter war nicht erreichbar."),
    "host_unknown": _l("Den Mailserver gibt es unter diesem Namen nicht mehr; bitte die Verbindung prüfen."),
    "tls_failed": _l("Der Mailserver war nicht verschlüsselt zu erreichen."),
    "sender_refused": _l("Der Mailserver verschickt nichts von Ihrer Adresse; bitte die Verbindung prüfen."),
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
# What the desk ignored for a booking (domain/bookings/override), the most telling first.
OVERRIDE_LABELS = {
    "full": _l("überbucht"),
    "booked": _l("überbucht"),
    "room_taken": _l("Raum doppelt belegt"),
    "buffer": _l("in der Pufferzeit"),
    "holiday": _l("am Feiertag"),
    "closure": _l("in der Schließzeit"),
    "closed": _l("außerhalb der Öffnungszeiten"),
    "nobody_on_shift": _l("außerhalb der Arbeitszeit"),
    "in_the_past": _l("nachgetragen"),
    "too_soon": _l("kurzfristig"),
    "too_far": _l("weit im Voraus"),
    "policy": _l("nur vom Empfang"),
}
EVENT_STATUSES = {
    "pending": Label(_l("wartet"), "hourglass", "held"),
    "unassigned": Label(_l("nicht zugeordnet"), "inbox", "warn"),
    "handled": Label(_l("verarbeitet"), "check", "booked"),
    "ignored": Label(_l("übergangen"), "ban"),
    "dead": Label(_l("gescheitert"), "octagon-x", "bad"),
}
# By the reason that domain/inbox stores for an event that waits for support.
PENDING_REASONS = {
    "unknown_number": _l("Nummer gehört keiner Filiale"),
    "no_number": _l("Keine Zielnummer genannt"),
    "number_off": _l("Nummer ist ausgeschaltet"),
    "company_off": _l("Firma ist stillgelegt"),
    "before_valid_from": _l("Anruf liegt vor dem Beginn der Zuordnung"),
    "other_company_connection": _l("Kam über die Verbindung eines anderen Betriebs"),
    "unknown_calendar": _l("Kalender gehört keiner Firma"),
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


def get_outcome_label(status: str, outcome: str | None) -> Label:
    """Get the label of a call in a list: its outcome, or its status while it runs."""
    if outcome in OUTCOMES and status not in ("ringing", "ongoing"):
        return OUTCOMES[outcome]
    return STATUSES.get(status, STATUSES["ended"])


def describe_suppression(row: SuppressedAddress) -> str:
    """Describe why nothing is sent to an address any more, and until when."""
    since = day(row.created_at, in_sentence=True)
    if row.reason == "opted_out":
        return _("Die Person möchte keine SMS mehr, meldet das Netz (%(since)s). Das gilt, bis sie START schickt.", since=since)
    if row.channel == "sms":
        return _("Diese Nummer nimmt keine SMS an, meldet das Netz (%(since)s).", since=since)
    return _("Diese Adresse nimmt keine E-Mail an, meldet ihr Server (%(since)s).", since=since)


def list_override_labels(codes: Collection[str] | None) -> list[str]:
    """List what the desk ignored for a booking, the most telling first."""
    return list(dict.fromkeys(str(label) for code, label in OVERRIDE_LABELS.items() if code in (codes or ())))


def build_live_labels() -> dict[str, object]:
    """Build the same labels for the live board's script, as plain text in the reader's language."""
    return {
        "outcomes": {key: _to_dict(label) for key, label in OUTCOMES.items()},
        "statuses": {key: _to_dict(label) for key, label in STATUSES.items()},
        "stages": {key: str(label) for key, label in STAGES.items()},
        "tools": {key: {"running": str(label.running), "done": str(label.done)} for key, label in TOOL_LABELS.items()},
        "other_tool": {"running": str(OTHER_TOOL.running), "done": str(OTHER_TOOL.done)},
    }


def build_emergency_labels() -> dict[str, str]:
    """Build the labels of the kinds of emergencies, in the reader's language."""
    return {kind: str(label) for kind, label in LABELS.items()}


def register(app: Flask) -> None:
    """Provide the templates with these tables."""
    app.jinja_env.globals.update(
        OUTCOMES=OUTCOMES, STATUSES=STATUSES, SENTIMENTS=SENTIMENTS, STAGES=STAGES, EVENT_STATUSES=EVENT_STATUSES, ROLES=ROLES,
        NOTIFICATION_STATUSES=NOTIFICATION_STATUSES, NOTIFICATION_REASONS=NOTIFICATION_REASONS,
        describe_suppression=describe_suppression, describe_message=describe_message, get_message_label=get_message_label,
        get_unreachable_label=get_unreachable_label, get_message_text=get_message_text,
        MESSAGE_KINDS=MESSAGE_KINDS,
        get_outcome_label=get_outcome_label, get_tool_label=get_tool_label, build_live_labels=build_live_labels,
        build_emergency_labels=build_emergency_labels, list_override_labels=list_override_labels,
    )  # fmt: skip


def describe_message(row: Notification, channels: Collection[Channel] | None = None) -> str:
    """Say why a message waits, failed or was not needed; empty for one that is on its way or arrived."""
    if row.status == "pending" and row.channel == "none":
        return str(NOTIFICATION_REASONS["no_way"])
    if row.status == "not_set_up" or (row.status == "pending" and not _can_leave(row, channels)):
        return str(NOTIFICATION_REASONS["no_key"])
    if row.status == "expired" and row.reason == "quiet_hours":
        return _("Vor dem Termin war nur noch Ruhezeit.")
    return str(NOTIFICATION_REASONS.get(row.reason or "", ""))


def _can_leave(row: Notification, channels: Collection[Channel] | None) -> bool:
    """Whether the channel of an open message is one of those that are set up; one that is addressed as it leaves may take the other."""
    is_bound = row.body is not None or get_kind(row.kind).is_personal
    ways = list_set_up() if channels is None else channels
    return row.channel in ways if is_bound else bool(ways)


def get_message_text(row: Notification) -> str:
    """What was sent, or will be, without its link; empty where the text is not kept or not written yet, and for codes."""
    if row.sent_text:
        return row.sent_text
    return hide_own_links(row.body) if row.body and row.kind != "code" else ""


def get_unreachable_label() -> Label:
    """For a message that is planned for somebody whom nothing reaches."""
    return UNREACHABLE


def get_message_label(row: Notification, channels: Collection[Channel] | None = None) -> Label:
    if row.status == "pending" and (row.channel == "none" or not _can_leave(row, channels)):
        return UNREACHABLE
    state = get_state(row)
    return MESSAGE_ANSWERS.get(row.answer or "", MESSAGE_STATES[state]) if state == "answered" else MESSAGE_STATES[state]


def _to_dict(label: Label) -> dict[str, str]:
    return {"label": str(label.label), "icon": label.icon, "state": label.state}


COLOUR_PALETTE = ("#0B6A73", "#6442B8", "#1C5DBF", "#BF789D", "#AB3511", "#1B7443")


PROVIDER_NAMES = {name: provider.shown_name for name, provider in WEBHOOK_PROVIDERS.items()} | {"simulator": "Simulator"}
