"""The industries that companies belong to: what a new one starts with, and which words its callers use."""

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString


@dataclass(frozen=True, slots=True)
class Industry:
    """`key` is what companies.industry holds."""

    key: str
    name: LazyString


OTHER = Industry("other", _l("Anderes"))
# in the order in which pages offer them; `other` is always the last one
INDUSTRIES = {
    industry.key: industry
    for industry in (
        Industry("hair_salon", _l("Friseursalon")),
        Industry("beauty", _l("Kosmetik und Nägel")),
        Industry("wellness", _l("Massage und Wellness")),
        Industry("medical_practice", _l("Arztpraxis")),
        Industry("dental_practice", _l("Zahnarztpraxis")),
        Industry("physiotherapy", _l("Physiotherapie")),
        Industry("psychotherapy", _l("Psychotherapie")),
        Industry("vet", _l("Tierarztpraxis")),
        Industry("garage", _l("Autowerkstatt")),
        Industry("plumbing", _l("Sanitär und Heizung")),
        Industry("electrician", _l("Elektrobetrieb")),
        Industry("law_office", _l("Kanzlei")),
        Industry("consulting", _l("Beratung und Steuern")),
        Industry("tutoring", _l("Unterricht und Nachhilfe")),
        Industry("fitness", _l("Fitness und Yoga")),
        OTHER,
    )
}


def industry_of(key: str) -> Industry:
    """What a company's row names; what nobody knows is `other`."""
    return INDUSTRIES.get(key, OTHER)
