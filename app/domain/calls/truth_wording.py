"""Sentences for the findings of a truth check: the statement and the facts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from flask_babel import get_locale, gettext as _

from app.domain.language.spoken_format import capitalise, say_moment, say_price
from app.domain.language.time_expression import Language

REJECTION_CODES = ("slot_taken", "closed", "too_late", "not_allowed", "not_found", "in_the_past")


def format_both_sides(finding: Mapping[str, Any], assistant: str) -> str:
    quote = _("%(who)s sagte: „%(said)s“", who=assistant, said=finding["said"])
    return f"{quote}\n{format_correction(finding)}"


def format_correction(finding: Mapping[str, Any]) -> str:
    """Format the facts from the database in one or two sentences."""
    what, booking = finding["what"], finding.get("booking")
    if what == "other_price":
        return _format_price(finding)
    if booking is not None:
        return _format_booking(what, booking)
    missing = {
        "not_made": _("So einen Termin gibt es nicht."),
        "not_moved": _("Verschoben wurde nichts."),
        "not_cancelled": _("Abgesagt wurde nichts, der Termin steht noch."),
    }
    return f"{missing.get(what, _('Das lässt sich nicht belegen.'))} {_format_reason(finding)}"


def _format_price(finding: Mapping[str, Any]) -> str:
    price = say_price(finding["price_cents"], _get_language())
    if finding.get("service"):
        return _("%(service)s kostet %(price)s.", service=finding["service"], price=price)
    return _("Zusammen kostet es %(price)s.", price=price)


def _format_booking(what: str, booking: Mapping[str, Any]) -> str:
    when = capitalise(say_moment(datetime.fromisoformat(booking["starts_at"]), _get_language()))
    description = _("%(when)s, %(service)s bei %(staff)s", when=when, service=booking["service"], staff=booking["staff"])
    if what == "not_confirmed":
        return _("Noch nicht bestätigt: %(booking)s.", booking=description)
    if not booking["stands"]:
        return _("Abgesagt wurde: %(booking)s.", booking=description)
    return _("Im Kalender steht: %(booking)s.", booking=description)


def _format_reason(finding: Mapping[str, Any]) -> str:
    if not finding.get("asked"):
        return _("In diesem Gespräch wurde es nicht einmal versucht.")
    why = {
        "slot_taken": _("Der Platz war schon vergeben."),
        "closed": _("Zu dieser Zeit ist geschlossen."),
        "too_late": _("Dafür war es zu spät."),
        "not_allowed": _("Dazu war der Anrufer nicht sicher genug erkannt."),
        "not_found": _("Ein passender Termin wurde nicht gefunden."),
        "in_the_past": _("Der Zeitpunkt war schon vorbei."),
    }
    code = finding.get("refused")
    return why.get(str(code), _("Es wurde versucht und abgelehnt (%(code)s).", code=code)) if code else _("Es gelang nicht.")


def _get_language() -> Language:
    locale = get_locale()
    return cast("Language", "en" if locale is not None and locale.language == "en" else "de")
