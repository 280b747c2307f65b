"""Words for the kinds of messages, and for what came of the answers to them."""

from flask_babel import lazy_gettext as _l

# by the kind in domain/notifications/message_kinds
MESSAGE_KINDS = {
    "booking_link": _l("Bestätigung mit Link"),
    "booking_confirmed": _l("Termin bestätigt"),
    "booking_moved": _l("Termin verschoben"),
    "booking_cancelled": _l("Termin abgesagt"),
    "booking_reminder": _l("Erinnerung"),
    "waitlist_offer": _l("Angebot der Warteliste"),
    "customer_link": _l("Link zu den eigenen Terminen"),
    "consent_confirmation": _l("Bestätigung einer Einwilligung"),
    "review_request": _l("Bitte um eine Bewertung"),
    "satisfaction": _l("Frage, wie der Besuch war"),
    "birthday": _l("Glückwunsch zum Geburtstag"),
    "win_back": _l("Einladung nach langer Pause"),
    "recall": _l("Wieder Zeit für eine Leistung"),
    "missed_call": _l("SMS nach einem verpassten Anruf"),
    "callback_promise": _l("Zusage eines Rückrufs"),
    "hold_link": _l("Reservierte Zeit nach einem Abbruch"),
    "reply": _l("Antwort auf eine SMS"),
    "staff_message": _l("SMS vom Team"),
    "code": _l("Einmalcode"),
    "emergency": _l("Alarm an die Bereitschaft"),
    "staff_notice": _l("Mitteilung ans Team"),
    "staff_digest": _l("Tagesüberblick ans Team"),
}
# what came of a message that a person wrote (domain/replies)
REPLY_RESULTS = {
    "confirmed": _l("Termin zugesagt"),
    "kept": _l("Termin bleibt"),
    "offered": _l("Andere Zeiten angeboten"),
    "moved": _l("Termin verschoben"),
    "asks_cancel": _l("Nachgefragt, ob der Termin abgesagt werden soll"),
    "cancelled": _l("Termin abgesagt"),
    "asks_which": _l("Nachgefragt, welcher Termin gemeint ist"),
    "asks_again": _l("Nicht verstanden und nachgefragt"),
    "offer_taken": _l("Platz der Warteliste genommen"),
    "offer_declined": _l("Platz der Warteliste abgelehnt"),
    "offer_gone": _l("Platz der Warteliste war schon vergeben"),
    "rated": _l("Besuch bewertet"),
    "help": _l("Erklärt, wie man antwortet"),
    "silent": _l("Braucht keine Antwort"),
    "handed_over": _l("Als Aufgabe notiert"),
    "stopped": _l("Keine SMS mehr gewünscht"),
    "started": _l("SMS wieder gewünscht"),
}
