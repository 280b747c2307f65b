"""Sentences for the findings of a truth check: what was stated, and what is stored."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any, cast

from flask_babel import get_locale, gettext as _

from app.domain.language.parsed_time import Language
from app.domain.language.spoken_format import capitalise, say_day, say_hours, say_length, say_moment, say_price, say_slots

REJECTION_CODES = ("slot_taken", "closed", "too_late", "not_allowed", "not_found", "in_the_past")
Finding = Mapping[str, Any]


def format_both_sides(finding: Finding, assistant: str) -> str:
    quote = _("%(who)s sagte: „%(said)s“", who=assistant, said=finding["said"])
    return f"{quote}\n{format_correction(finding)}"


def format_correction(finding: Finding) -> str:
    """Format what is stored in one or two sentences."""
    what, booking = finding["what"], finding.get("booking")
    if fact := FACTS.get(what):
        return fact(finding)
    if booking is not None:
        return _format_booking(what, booking)
    missing = {
        "not_made": _("So einen Termin gibt es nicht."),
        "not_moved": _("Verschoben wurde nichts."),
        "not_cancelled": _("Abgesagt wurde nichts, der Termin steht noch."),
        "no_callback": _("Ein Rückruf ist nicht notiert."),
        "no_message": _("Eine Nachricht ist nicht notiert."),
        "not_on_waitlist": _("Auf der Warteliste steht niemand."),
        "not_sent": _format_unsent(finding),
    }
    sentence = missing.get(what) or _("Das lässt sich nicht belegen.")
    return f"{sentence} {_format_reason(finding)}"


def _format_price(finding: Finding) -> str:
    if finding.get("price_cents") is None:
        return _("Einen solchen Preis gibt es in der Preisliste nicht.")
    price = say_price(finding["price_cents"], _get_language())
    if finding.get("service"):
        return _("%(service)s kostet %(price)s.", service=finding["service"], price=price)
    return _("Zusammen kostet es %(price)s.", price=price)


def _format_fee(finding: Finding) -> str:
    return _("Dem Assistenten war gesagt worden: Die Absage kostet %(price)s.", price=say_price(finding["price_cents"], _get_language()))


def _format_duration(finding: Finding) -> str:
    if finding.get("minutes") is None:
        return _("So lange dauert hier keine Leistung.")
    return _("%(service)s dauert %(length)s.", service=finding["service"], length=say_length(finding["minutes"], _get_language()))


def _format_hours(finding: Finding) -> str:
    day = capitalise(say_day(date.fromisoformat(finding["day"]), _get_language()))
    day = f"{day}," if "," in day and _get_language() == "de" else day
    if not finding["spans"]:
        return _("Hinterlegt ist: %(day)s ist geschlossen.", day=day)
    hours = say_hours([(time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in finding["spans"]], _get_language())
    return _("Hinterlegt ist: %(day)s ist %(hours)s geöffnet.", day=day, hours=hours)


def _format_address(finding: Finding) -> str:
    return _("Hinterlegt ist für %(branch)s: %(address)s.", branch=finding["branch"], address=finding["address"])


def _format_free_times(finding: Finding) -> str:
    free = [datetime.fromisoformat(start) for start in finding["free"]]
    if not free:
        return _("Nach freien Zeiten wurde in diesem Gespräch nicht gesucht, oder es gab keine.")
    return _("Gefunden wurde nur: %(times)s.", times=say_slots(free, _get_language(), joined="and"))


def _format_found_times(finding: Finding) -> str:
    free = [datetime.fromisoformat(start) for start in finding["free"]]
    return _("Frei war: %(times)s.", times=say_slots(free, _get_language(), joined="and"))


def _format_unsent(finding: Finding) -> str:
    match finding.get("channel"):
        case "sms":
            return _("Eine SMS ging nicht hinaus.")
        case "email":
            return _("Eine E-Mail ging nicht hinaus.")
    return _("Eine Bestätigung ging nicht hinaus.")


FACTS: dict[str, Callable[[Finding], str]] = {
    "other_price": _format_price,
    "other_duration": _format_duration,
    "other_hours": _format_hours,
    "other_address": _format_address,
    "other_fee": _format_fee,
    "not_free": _format_free_times,
    "not_full": _format_found_times,
}


def _format_booking(what: str, booking: Mapping[str, Any]) -> str:
    when = capitalise(say_moment(datetime.fromisoformat(booking["starts_at"]), _get_language()))
    description = _("%(when)s, %(service)s bei %(staff)s", when=when, service=booking["service"], staff=booking["staff"])
    if booking.get("branch") and what in ("other_branch", "denied"):
        description = _("%(booking)s in %(branch)s", booking=description, branch=booking["branch"])
    if what == "not_confirmed":
        return _("Noch nicht bestätigt: %(booking)s.", booking=description)
    if not booking["stands"]:
        return _("Abgesagt wurde: %(booking)s.", booking=description)
    return _("Im Kalender steht: %(booking)s.", booking=description)


def _format_reason(finding: Finding) -> str:
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
