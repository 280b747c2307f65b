"""What each role of a company may do, in words: the table of permissions for people."""

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from app.domain.accounts.permissions import COMPANY_ACTIONS, COMPANY_ROLE_LETTERS

# what only exists in the table, since no page of ours asks for it yet
WITHOUT_A_PAGE = {"knowledge.read", "knowledge.write", "reports.read", "api_keys.write", "privacy.write"}
WORDS: dict[LazyString, dict[str, LazyString]] = {
    _l("Telefon"): {
        "calls.read": _l("Anrufe verfolgen und nachlesen"),
        "calls.listen": _l("Aufnahmen anhören"),
        "tasks.read": _l("Aufgaben sehen"),
        "tasks.write": _l("Aufgaben erledigen"),
    },
    _l("Termine"): {
        "bookings.read": _l("Kalender und Termine sehen"),
        "bookings.write": _l("Termine eintragen, verschieben und absagen"),
        "absences.write": _l("Andere im Team krankmelden"),
    },
    _l("Kundschaft"): {
        "customers.read": _l("Kartei lesen"),
        "customers.write": _l("Kartei ändern und Nachrichten schreiben"),
    },
    _l("Betrieb"): {
        "settings.read": _l("Angaben zu Betrieb und Filialen sehen"),
        "settings.write": _l("Betrieb, Filialen und Nummern ändern"),
        "services.read": _l("Leistungen, Team, Regeln und Nachrichten sehen"),
        "services.write": _l("Leistungen, Team, Regeln und Nachrichten ändern"),
        "hours.read": _l("Öffnungszeiten und Notdienst sehen"),
        "hours.write": _l("Öffnungszeiten und Notdienst ändern"),
    },
    _l("Assistentin"): {
        "agents.read": _l("Sehen, wie sie spricht"),
        "agents.write": _l("Ändern, wie sie spricht"),
        "agents.preview": _l("Einen Anruf durchspielen"),
    },
    _l("Technik und Zugänge"): {
        "line.check": _l("Rufnummern sehen und die Leitung prüfen"),
        "connections.read": _l("Verbindungen sehen"),
        "connections.write": _l("Verbindungen ändern"),
        "users.read": _l("Sehen, wer sich anmelden darf"),
        "users.write": _l("Einladen, Rollen geben und sperren"),
    },
}


def list_rows() -> list[tuple[LazyString, list[tuple[LazyString, set[str]]]]]:
    """The table: [(group, [(what, the roles that may do it)])]."""
    return [(group, [(words, _list_roles(action)) for action, words in rows.items()]) for group, rows in WORDS.items()]


def _list_roles(action: str) -> set[str]:
    return {role for role, letter in COMPANY_ROLE_LETTERS.items() if letter in COMPANY_ACTIONS[action]}
