"""What people type about a company and its branches: names, time zones, federal states and phone numbers, each with its sentence."""

from difflib import get_close_matches
from zoneinfo import ZoneInfo

from babel.core import get_global
from flask_babel import gettext as _
from sqlalchemy import exists, select

from app.core.errors import InvalidInput
from app.core.extensions import db
from app.core.tenancy import unscoped
from app.domain.companies import phone_numbers
from app.domain.scheduling.holidays import GERMAN_STATES
from app.models import PhoneNumber

MAX_NAME = 160
CENTRAL_EUROPEAN = ("cet", "cest", "met", "mez", "mesz")


def parse_name(name: str, errors: dict[str, str]) -> str:
    """The name in one line; each function here writes its sentence into `errors`."""
    name = " ".join(name.split())
    if not name:
        errors["name"] = _("Der Name fehlt.")
    elif len(name) > MAX_NAME or not name.isprintable():
        errors["name"] = _("Ein Name hat höchstens %(most)s Zeichen.", most=MAX_NAME)
    return name


def get_country(timezone: str, errors: dict[str, str]) -> str:
    """The country of the time zone: it decides number parsing and public holidays."""
    territories = get_global("zone_territories")
    try:
        ZoneInfo(timezone)
        return territories[timezone]
    except (KeyError, ValueError, OSError):
        cities = {territory.rpartition("/")[2].casefold(): territory for territory in territories}
        city = timezone.rpartition("/")[2].casefold().replace(" ", "_")
        near = (get_close_matches(city, cities, n=1) if city not in CENTRAL_EUROPEAN else None) or ["berlin"]
        errors["timezone"] = _("Diese Zeitzone gibt es nicht. Gemeint ist vielleicht %(zone)s.", zone=cities[near[0]])
        return "DE"


def parse_state(text: str | None, country: str, errors: dict[str, str]) -> str | None:
    """Two letters, also for a name: BE for Berlin."""
    text = (text or "").strip()
    if not text:
        return None
    named = {name.casefold(): key for key, name in GERMAN_STATES.items()}
    state = named.get(text.casefold(), text.upper())
    if country != "DE":
        errors["state"] = _("Ein Bundesland gibt es hier nur für Deutschland.")
    elif state not in GERMAN_STATES:
        errors["state"] = _("Dieses Bundesland gibt es nicht. Es gibt: %(known)s.", known=", ".join(sorted(GERMAN_STATES)))
    return state


def parse_forward_number(text: str | None, country: str, errors: dict[str, str]) -> str | None:
    """E.164; a number that the assistant answers herself is refused."""
    if not text or not text.strip():
        return None
    try:
        e164 = phone_numbers.parse_number(text, country)
    except InvalidInput as error:
        errors["forward_number"] = str(error.message)
        return None
    with unscoped():
        if db.session.scalar(select(exists().where(PhoneNumber.e164 == e164))):
            errors["forward_number"] = _("Unter dieser Nummer meldet sich die Assistentin selbst. Gemeint ist die eines Menschen.")
    return e164


def build_error(errors: dict[str, str]) -> InvalidInput:
    return InvalidInput(_("Bitte prüfen Sie Ihre Angaben."), fields=errors)
