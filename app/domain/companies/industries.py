"""The industries that companies belong to: what a new one starts with, and which words its callers use."""

from dataclasses import dataclass

from flask_babel import force_locale, lazy_gettext as _l
from flask_babel.speaklater import LazyString


@dataclass(frozen=True, slots=True)
class Industry:
    """`key` is what companies.industry holds; `hours` is a usual week, as domain/scheduling/opening_hours_text reads it."""

    key: str
    name: LazyString
    hours: str


OTHER = Industry("other", _l("Anderes"), "mo-fr 9-17")
# in the order in which pages offer them; `other` is always the last one
INDUSTRIES = {
    industry.key: industry
    for industry in (
        Industry("hair_salon", _l("Friseursalon"), "tu-fr 9-18, sa 9-14"),
        Industry("beauty", _l("Kosmetik und Nägel"), "tu-fr 10-18, sa 10-14"),
        Industry("wellness", _l("Massage und Wellness"), "mo-fr 10-19, sa 10-16"),
        Industry("medical_practice", _l("Arztpraxis"), "mo-tu 8-12, 14-18, we 8-12, th 8-12, 14-18, fr 8-12"),
        Industry("dental_practice", _l("Zahnarztpraxis"), "mo-th 8-12, 14-18, fr 8-13"),
        Industry("physiotherapy", _l("Physiotherapie"), "mo-th 8-19, fr 8-16"),
        Industry("psychotherapy", _l("Psychotherapie"), "mo-fr 9-18"),
        Industry("vet", _l("Tierarztpraxis"), "mo-fr 9-12, 15-18, sa 9-11"),
        Industry("garage", _l("Autowerkstatt"), "mo-th 7:30-17, fr 7:30-15"),
        Industry("plumbing", _l("Sanitär und Heizung"), "mo-th 7:30-16:30, fr 7:30-13"),
        Industry("electrician", _l("Elektrobetrieb"), "mo-th 7:30-16:30, fr 7:30-13"),
        Industry("law_office", _l("Kanzlei"), "mo-th 9-17:30, fr 9-15"),
        Industry("consulting", _l("Beratung und Steuern"), "mo-fr 9-17"),
        Industry("tutoring", _l("Unterricht und Nachhilfe"), "mo-fr 13-19"),
        Industry("fitness", _l("Fitness und Yoga"), "mo-fr 8-21, sa-su 9-17"),
        OTHER,
    )
}


def get_industry(key: str) -> Industry:
    """Get the industry of a key; unknown keys give `other`."""
    return INDUSTRIES.get(key, OTHER)


def find_industry(text: str) -> Industry | None:
    """By its key or by its name in either language: hair_salon, "Hair salon", "Friseursalon"."""
    folded = _fold(text)
    for industry in INDUSTRIES.values():
        names = [industry.key]
        for language in ("de", "en"):
            with force_locale(language):
                names.append(str(industry.name))
        if folded in map(_fold, names):
            return industry
    return None


def _fold(name: str) -> str:
    return " ".join(name.casefold().replace("_", " ").replace("-", " ").split())
