"""The words of the pages of support: what runs when, what is checked, what the log says."""

from flask_babel import gettext as _, lazy_gettext as _l

from app.domain.companies.phone_numbers import NumberTaken
from app.web.labels import Label

# by the name in jobs/schedule; one that is not here is shown by its name
SCHEDULE_LABELS = {
    "inbox.sweep": _l("Weckt die Verarbeitung, wenn Webhooks warten"),
    "outbox.sweep": _l("Schickt ab, was nach außen gehen soll: Nachrichten, Kalender, Löschungen"),
    "queues.delayed": _l("Holt Jobs zurück, deren Pause vorbei ist"),
    "bookings.expire": _l("Gibt Plätze frei, deren Zeit abgelaufen ist"),
    "bookings.waitlist": _l("Sieht nach, ob für die Warteliste etwas frei wurde"),
    "bookings.locks": _l("Räumt vergangene Belegungen weg"),
    "calendars.reconcile": _l("Vergleicht andere Kalender mit unserem"),
    "live_events.delete": _l("Vergisst alte Live-Ereignisse"),
    "sessions.delete": _l("Vergisst abgelaufene Anmeldungen"),
}
# by the name in domain/operations/backlog
OUTBOX_LABELS = {
    "messages": _l("Nachrichten"),
    "calendars": _l("Termine in andere Kalender"),
    "deletions": _l("Löschungen beim Anbieter"),
    "agents": _l("Assistentinnen beim Anbieter"),
}
CHECK_LABELS = {
    "database": _l("Datenbank"),
    "redis": _l("Redis"),
    "queue": _l("Warteschlangen"),
    "workers": _l("Worker"),
    "clock": _l("Uhr"),
    "inbox": _l("Eingang"),
    "disk": _l("Festplatte"),
}
CHECK_STATUS_LABELS = {
    "ok": Label(_l("in Ordnung"), "check", "booked"),
    "warn": Label(_l("knapp"), "triangle-alert", "warn"),
    "failed": Label(_l("gestört"), "octagon-x", "bad"),
}
AUDIT_LABELS = {
    "signed_in": _l("Angemeldet"),
    "signed_out": _l("Abgemeldet"),
    "password_changed": _l("Passwort geändert"),
    "password_reset": _l("Passwort zurückgesetzt"),
    "user_made": _l("Zugang angelegt"),
    "user_blocked": _l("Zugang gesperrt"),
    "user_unblocked": _l("Zugang entsperrt"),
    "role_changed": _l("Rolle geändert"),
    "api_key_made": _l("API-Schlüssel angelegt"),
    "api_key_revoked": _l("API-Schlüssel widerrufen"),
    "number_assigned": _l("Nummer zugeordnet"),
    "number_added": _l("Nummer hinzugefügt"),
    "number_moved": _l("Nummer zu einer anderen Filiale verschoben"),
    "number_switched_on": _l("Nummer eingeschaltet"),
    "number_switched_off": _l("Nummer ausgeschaltet"),
    "company_made": _l("Firma angelegt"),
    "branch_made": _l("Filiale angelegt"),
    "simulated_calls_hidden": _l("Simulierte Anrufe herausgenommen"),
    "branch_saved": _l("Filiale geändert"),
    "branch_switched_on": _l("Filiale eingeschaltet"),
    "branch_switched_off": _l("Filiale ausgeschaltet"),
    "agent_made": _l("Assistentin angelegt"),
    "agent_published": _l("Assistentin veröffentlicht"),
    "event_replayed": _l("Webhook noch einmal verarbeitet"),
    "payload_read": _l("Webhook ungekürzt gelesen"),
    "job_retried": _l("Job noch einmal ausgeführt"),
    "job_forgotten": _l("Job vergessen"),
    "schedule_run_now": _l("Eintrag des Zeitplans sofort ausgeführt"),
    "flag_switched": _l("Schalter umgelegt"),
    "hours_saved": _l("Öffnungszeiten geändert"),
    "special_day_saved": _l("Besonderer Tag geändert"),
    "closure_added": _l("Schließtag eingetragen"),
    "closure_removed": _l("Schließtag entfernt"),
    "policy_saved": _l("Regeln geändert"),
    "service_saved": _l("Leistung geändert"),
    "staff_member_saved": _l("Person im Team geändert"),
}
# what a company still lacks (domain/operations/readiness): what is to be done, and why
SETUP_STEPS = {
    "branch": (_l("Filiale anlegen"), _l("Anrufe, Termine und Öffnungszeiten gehören zu einer Filiale.")),
    "number": (_l("Rufnummer geben"), _l("Erst mit einer Nummer kommen Anrufe an.")),
    "owner": (_l("Inhaberin oder Inhaber hereinlassen"), _l("Sonst sieht niemand, was am Telefon geschieht.")),
    "provider": (
        _l("Beim Anbieter eintragen"),
        _l("Die Rufnummer muss im Konto bei Retell stehen. Den Rest tragen wir dort ein, sobald der Schlüssel da ist."),
    ),
    "service": (_l("Leistung eintragen"), _l("Das macht der Betrieb: ohne Leistung wird nichts gebucht.")),
    "staff": (_l("Team eintragen"), _l("Das macht der Betrieb: ohne jemanden, der sie erbringt, wird nichts gebucht.")),
    "assignment": (_l("Leistungen zuordnen"), _l("Das macht der Betrieb: Bei jeder Person steht, was sie macht.")),
    "hours": (_l("Zeiten eintragen"), _l("Das macht der Betrieb: Jemand muss arbeiten, wenn geöffnet ist.")),
    "on_call": (_l("Bereitschaft eintragen"), _l("Das macht der Betrieb: Im Notfall muss jemand erreichbar sein.")),
}


def describe_number_conflict(taken: NumberTaken) -> str:
    """Whose it is, for support only."""
    return _("Diese Nummer gehört schon zu %(owner)s.", owner=taken.owner)
