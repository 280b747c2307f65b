"""Reasons in words that can be read out or shown, in the reader's language."""

from collections.abc import Mapping

from flask_babel import gettext as _

from app.domain.calendar.explaining import Reason


def sentence(reason: Reason, names: Mapping[str, str] | None = None) -> str:
    """One reason as a sentence; `names` gives the names of people and branches by id."""
    who = (names or {}).get(reason.staff_id or "")
    if who:
        about = {
            "nobody_on_shift": _("%(who)s arbeitet zu dieser Zeit nicht.", who=who),
            "booked": _("%(who)s hat dann schon einen Termin.", who=who),
            "buffer": _("%(who)s braucht die Zeit vor oder nach einem anderen Termin.", who=who),
            "not_offered": _("%(who)s bietet diese Leistung hier nicht an.", who=who),
        }
        if reason.code in about:
            return about[reason.code]
    return {
        "in_the_past": _("Dieser Zeitpunkt liegt in der Vergangenheit."),
        "too_soon": _("So kurzfristig kann nicht gebucht werden."),
        "too_far": _("So weit im Voraus kann noch nicht gebucht werden."),
        "policy": _("Diese Termine vergibt nur der Empfang."),
        "holiday": _("An diesem Feiertag ist geschlossen."),
        "closure": _("Zu dieser Zeit ist außerplanmäßig geschlossen."),
        "closed": _("Zu dieser Zeit ist geschlossen."),
        "not_offered": _("Diese Leistung wird hier nicht angeboten."),
        "nobody_on_shift": _("Zu dieser Zeit arbeitet niemand, der das macht."),
        "booked": _("Diese Zeit ist schon vergeben."),
        "buffer": _("Diese Zeit wird vor oder nach einem anderen Termin gebraucht."),
        "room_taken": _("Der Raum oder das Gerät dafür ist dann belegt."),
    }[reason.code]
