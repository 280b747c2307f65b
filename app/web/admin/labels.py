"""Labels of the support pages: scheduled tasks, outboxes, health checks, audit actions and setup steps."""

from flask_babel import gettext as _, lazy_gettext as _l

from app.core.phone import display
from app.domain.companies.phone_numbers import NumberOwner, NumberTaken
from app.web.labels import Label

# By the name in jobs/schedule.
SCHEDULE_LABELS = {
    "inbox.sweep": _l("Weckt die Verarbeitung, wenn Webhooks warten"),
    "outbox.sweep": _l("Schickt ab, was nach außen gehen soll: Nachrichten, Kalender, Löschungen"),
    "queues.delayed": _l("Holt Jobs zurück, deren Pause vorbei ist"),
    "bookings.expire": _l("Gibt Plätze frei, deren Zeit abgelaufen ist"),
    "bookings.waitlist": _l("Sieht nach, ob für die Warteliste etwas frei wurde"),
    "bookings.calls": _l("Schließt Aufgaben zum Anrufen, wenn der Termin vorbei ist"),
    "bookings.links": _l("Löscht abgelaufene Links zu Terminen"),
    "bookings.locks": _l("Räumt vergangene Belegungen weg"),
    "calendars.reconcile": _l("Vergleicht andere Kalender mit unserem"),
    "calls.reconcile": _l("Vergleicht unsere Anrufe mit denen beim Anbieter"),
    "truth.check": _l("Prüft, ob stimmt, was in Gesprächen zugesagt wurde"),
    "line_checks.overdue": _l("Beendet Leitungsprüfungen, die zu lange dauern"),
    "line_checks.delete": _l("Vergisst alte Leitungsprüfungen"),
    "rejections.delete": _l("Vergisst, welche Webhooks abgewiesen wurden"),
    "notifications.expire": _l("Löscht Links und Codes aus Nachrichten, die nie ankamen"),
    "marketing.plan": _l("Plant Werbung an alle, die eingewilligt haben"),
    "customers.merges": _l("Vergisst, was beim Zusammenführen zweier Karteikarten gespeichert wurde, nach 30 Tagen"),
    "marketing.delete": _l("Vergisst Einwilligungen, die nie bestätigt wurden, und alte Links zum Abbestellen"),
    "notifications.bounces": _l("Liest, welche Mails als unzustellbar zurückkamen"),
    "notifications.reminders": _l("Plant Erinnerungen, die noch fehlen"),
    "staff_notices.digest": _l("Schickt den Teams ihren Tagesüberblick"),
    "staff_notices.delete": _l("Löscht alte Benachrichtigungen der Teams"),
    "agents.check": _l("Sieht nach, ob die Assistentinnen beim Anbieter stehen wie veröffentlicht"),
    "connections.check": _l("Prüft die Verbindungen der Betriebe"),
    "live_events.delete": _l("Vergisst alte Live-Ereignisse"),
    "accounts.delete": _l("Löscht abgelaufene Links zu Zugängen und alte Mails dazu"),
    "sessions.delete": _l("Vergisst abgelaufene Anmeldungen"),
}
# By the name in domain/operations/backlog.
OUTBOX_LABELS = {
    "replies": _l("Antworten auf SMS"),
    "messages": _l("Nachrichten"),
    "account_mails": _l("Mails zu Zugängen"),
    "pushes": _l("Benachrichtigungen auf Geräte der Teams"),
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
# By the kind in models/notification
# By the reason in domain/inbox/rejections
REJECTION_REASONS = {
    "unsigned": _l("Unterschrift fehlt"),
    "unreadable": _l("Unterschrift nicht lesbar"),
    "expired": _l("Unterschrift abgelaufen"),
    "mismatch": _l("Mit anderem Schlüssel unterschrieben"),
    "unknown_connection": _l("Verbindung gibt es nicht oder nicht mehr"),
    "no_secret": _l("Bei uns fehlt der Schlüssel"),
}
# By the action in domain/audit/log
AUDIT_LABELS = {
    "signed_in": _l("Angemeldet"),
    "signed_out": _l("Abgemeldet"),
    "password_changed": _l("Passwort geändert"),
    "password_reset": _l("Passwort zurückgesetzt"),
    "password_set_by_link": _l("Passwort über den Link aus der Mail neu gesetzt"),
    "name_changed": _l("Eigenen Namen geändert"),
    "email_change_requested": _l("Neue E-Mail-Adresse angegeben, noch nicht bestätigt"),
    "email_changed": _l("E-Mail-Adresse geändert"),
    "two_factor_enabled": _l("Zweiten Schritt eingeschaltet"),
    "two_factor_disabled": _l("Zweiten Schritt ausgeschaltet"),
    "recovery_codes_made": _l("Wiederherstellungscodes neu erzeugt"),
    "recovery_code_used": _l("Wiederherstellungscode benutzt"),
    "passkey_added": _l("Passkey hinzugefügt"),
    "passkey_renamed": _l("Passkey umbenannt"),
    "passkey_removed": _l("Passkey entfernt"),
    "sessions_ended": _l("Andere Anmeldungen beendet"),
    "push_device_added": _l("Gerät für Push hinzugefügt"),
    "push_device_removed": _l("Gerät für Push entfernt"),
    "user_made": _l("Zugang angelegt"),
    "user_blocked": _l("Zugang gesperrt"),
    "user_unblocked": _l("Zugang entsperrt"),
    "role_changed": _l("Rolle geändert"),
    "access_changed": _l("Rechte geändert"),
    "user_invited": _l("Eingeladen"),
    "invitation_accepted": _l("Einladung angenommen"),
    "invitation_withdrawn": _l("Einladung zurückgezogen"),
    "calendars_opened": _l("Team sieht alle Termine"),
    "calendars_closed": _l("Team sieht nur den eigenen Kalender"),
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
    "company_saved": _l("Firma geändert"),
    "legal_notice_saved": _l("Impressum geändert"),
    "logo_saved": _l("Logo geändert"),
    "logo_removed": _l("Logo entfernt"),
    "branch_switched_on": _l("Filiale eingeschaltet"),
    "branch_switched_off": _l("Filiale ausgeschaltet"),
    "agent_made": _l("Assistentin angelegt"),
    "agent_published": _l("Assistentin veröffentlicht"),
    "agent_switched_on": _l("Assistentin eingeschaltet"),
    "agent_switched_off": _l("Assistentin ausgeschaltet"),
    "agent_registered": _l("Assistentin beim Anbieter eingetragen"),
    "agent_drift_found": _l("Beim Anbieter steht etwas anderes als veröffentlicht"),
    "agent_repair_asked": _l("Reparatur beim Anbieter verlangt"),
    "number_answered_by": _l("Festgelegt, wer an einer Nummer abnimmt"),
    "connection_made": _l("Verbindung angelegt"),
    "connection_changed": _l("Verbindung geändert"),
    "connection_key_replaced": _l("Schlüssel einer Verbindung ersetzt"),
    "customer_created": _l("Person angelegt"),
    "customer_changed": _l("Angaben einer Person geändert"),
    "customer_note_added": _l("Notiz zu einer Person geschrieben"),
    "customer_note_deleted": _l("Notiz zu einer Person gelöscht"),
    "customer_tags_changed": _l("Schlagwörter einer Person geändert"),
    "customers_merged": _l("Zwei Karteikarten zusammengeführt"),
    "customers_unmerged": _l("Zusammenführen zurückgenommen"),
    "proxy_requested": _l("Vollmacht eingetragen, noch nicht bestätigt"),
    "proxy_confirmed": _l("Vollmacht von der Person bestätigt"),
    "proxy_revoked": _l("Vollmacht widerrufen"),
    "proxy_used": _l("Am Telefon für jemand anderen gehandelt"),
    "customers_told_apart": _l("Zwei Personen als verschieden vermerkt"),
    "customer_contacts_changed": _l("Nummern und Adressen einer Person geändert"),
    "connection_tested": _l("Testnachricht verschickt"),
    "connection_removed": _l("Verbindung entfernt"),
    "connection_look_failed": _l("Verbindung ausgefallen"),
    "line_checked": _l("Leitung geprüft"),
    "marketing_consent_requested": _l("Einwilligung in Werbung angekreuzt, noch nicht bestätigt"),
    "marketing_consent_given": _l("Einwilligung in Werbung eingetragen"),
    "marketing_consent_withdrawn": _l("Einwilligung in Werbung widerrufen"),
    "reply_addresses_saved": _l("Adresse für Antworten auf Mails geändert"),
    "marketing_rules_saved": _l("Regeln für Werbung geändert"),
    "messages_allowed": _l("Nachrichten wieder erlaubt"),
    "text_written": _l("SMS geschrieben"),
    "caller_blocked": _l("Anrufer blockiert"),
    "caller_unblocked": _l("Anrufer nicht mehr blockiert"),
    "on_call_shift_added": _l("Dienst eingetragen"),
    "on_call_shift_removed": _l("Dienst gelöscht"),
    "emergency_phrases_saved": _l("Eigene Stichworte für Notfälle geändert"),
    "branch_state_saved": _l("Bundesland der Filiale geändert"),
    "season_saved": _l("Zeiten für eine Saison geändert"),
    "season_removed": _l("Zeiten für eine Saison entfernt"),
    "room_saved": _l("Raum oder Gerät geändert"),
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
    "message_policy_saved": _l("Regeln für Nachrichten geändert"),
    "message_template_saved": _l("Text einer Nachricht geändert"),
    "message_template_reset": _l("Text einer Nachricht zurückgenommen"),
    "service_saved": _l("Leistung geändert"),
    "staff_member_saved": _l("Person im Team geändert"),
}
# By the step in domain/operations/setup_checklist: the action and its reason.
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


def describe_number_owner(number: str, owner: NumberOwner | None) -> str:
    """Describe whose a number is and whether it is switched on; for support only."""
    values = {"number": display(number), "company": owner.company if owner else "", "branch": owner.branch if owner else ""}
    if owner is None:
        return _("%(number)s gehört zu keiner Firma.", **values)
    if not owner.is_company_active:
        return _("%(number)s gehört zu %(company)s, %(branch)s. Die Firma ist stillgelegt.", **values)
    if not owner.is_active:
        return _("%(number)s ist ausgeschaltet. Sie gehört zu %(company)s, %(branch)s.", **values)
    return _("%(number)s gehört zu %(company)s, %(branch)s.", **values)


def describe_number_conflict(taken: NumberTaken) -> str:
    """Describe a number conflict with its owner; for support only."""
    owner = taken.owner
    if owner.is_active and owner.is_company_active:
        return _("Diese Nummer gehört schon zu %(owner)s.", owner=owner.company)
    return _("Diese Nummer gehört zu %(owner)s und ist dort ausgeschaltet. Vergeben wird sie nicht.", owner=owner.company)
