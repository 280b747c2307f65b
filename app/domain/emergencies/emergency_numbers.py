"""Emergency numbers by country: rescue, fire, police, out-of-hours doctors, crisis line."""

from dataclasses import dataclass

from app.domain.emergencies.signs import EmergencyKind
from app.models import Branch, Company


@dataclass(frozen=True, slots=True)
class EmergencyNumbers:
    """As callers dial them; `doctor` and `listener` are empty where no number is valid nationwide."""

    rescue: str
    fire: str
    police: str
    doctor: str = ""
    listener: str = ""
    poison: str = ""


# bmi.bund.de, kbv.de (116117), telefonseelsorge.de; oesterreich.gv.at (1450, 142, Vergiftungszentrale); ch.ch (143, 145)
NUMBERS_BY_COUNTRY = {
    "DE": EmergencyNumbers("112", "112", "110", doctor="116117", listener="0800 1110111"),
    "AT": EmergencyNumbers("144", "122", "133", doctor="1450", listener="142", poison="01 4064343"),
    "CH": EmergencyNumbers("144", "118", "117", listener="143", poison="145"),
    "LI": EmergencyNumbers("144", "118", "117", listener="143"),
    "GB": EmergencyNumbers("999", "999", "999", doctor="111", listener="116 123"),
    "US": EmergencyNumbers("911", "911", "911", listener="988"),
}
# the same in every country of the European Union
EU_NUMBERS = EmergencyNumbers("112", "112", "112")
# the time zone overrides the company's country for a branch abroad
COUNTRY_BY_TIMEZONE = {"Europe/Vienna": "AT", "Europe/Zurich": "CH", "Europe/Vaduz": "LI", "Europe/London": "GB"}
COUNTRY_BY_PREFIX = {"+43": "AT", "+41": "CH", "+423": "LI", "+44": "GB", "+1": "US", "+49": "DE"}
FIRE_KINDS = frozenset({"fire", "gas", "carbon_monoxide", "sparks"})


def get_numbers(company: Company, branch: Branch) -> EmergencyNumbers:
    return NUMBERS_BY_COUNTRY.get(COUNTRY_BY_TIMEZONE.get(branch.timezone, company.country), EU_NUMBERS)


def get_numbers_by_prefix(e164: str | None) -> EmergencyNumbers:
    """Get the numbers by the dialled number's prefix."""
    countries = [country for prefix, country in COUNTRY_BY_PREFIX.items() if (e164 or "").startswith(prefix)]
    return NUMBERS_BY_COUNTRY[countries[0]] if countries else NUMBERS_BY_COUNTRY["DE"]


def list_numbers_to_dial(kind: EmergencyKind, numbers: EmergencyNumbers) -> list[str]:
    """List the numbers to dial, most important first; empty where the on-call contact helps."""
    if kind.level == "police":
        return [numbers.police]
    if kind.level == "urgent":
        return [numbers.doctor or numbers.rescue]
    if kind.level == "on_call":
        return []
    if kind.name == "motorway":
        return [numbers.police, numbers.rescue]
    if kind.name == "suicide":
        return [number for number in (numbers.rescue, numbers.listener) if number]
    if kind.name == "poison":
        return [number for number in (numbers.rescue, numbers.poison) if number]
    return [numbers.fire if kind.name in FIRE_KINDS else numbers.rescue]
