"""Labels of notices to people of the company: kinds and channels."""

from flask_babel import lazy_gettext as _l

from app.web.labels import Label

# by the kind in domain/staff_notices/notice_kinds; the label says what a person chooses to get
NOTICE_KINDS = {
    "emergency": Label(_l("Notfälle am Telefon"), "circle-alert", "bad"),
    "booking_made": Label(_l("Neue Termine"), "calendar-plus", "booked"),
    "booking_moved": Label(_l("Verschobene Termine"), "calendar-clock", "held"),
    "booking_cancelled": Label(_l("Abgesagte Termine"), "calendar-x", "warn"),
    "message_failed": Label(_l("Nachrichten, die nicht ankommen"), "triangle-alert", "warn"),
    "customer_message": Label(_l("Nachrichten, die bei Ihnen eingehen"), "message-square", "held"),
    "task": Label(_l("Neue Aufgaben und Rückrufe"), "list-checks", "talking"),
    "sick_leave": Label(_l("Krankmeldungen im Team"), "user", "warn"),
    "calendar_problem": Label(_l("Probleme mit dem Kalenderabgleich"), "refresh-cw", "warn"),
    "agent_problem": Label(_l("Probleme mit der Assistentin"), "audio-lines", "bad"),
    "connection_problem": Label(_l("Abgelehnte Zugangsdaten"), "key-round", "bad"),
}
CHANNEL_NAMES = {"bell": _l("Glocke"), "push": _l("Push"), "email": _l("Sofort per Mail"), "digest": _l("Tagesüberblick")}
