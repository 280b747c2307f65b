"""How a service is called to a caller: in English by a synonym on record that is English, else by the common word for it."""

from app.domain.language.detection import detect_language
from app.domain.language.parsed_time import Language
from app.domain.services.catalogue import load_synonyms
from app.domain.services.fuzzy_text import fold
from app.models import Service

ENGLISH_NAMES = {
    fold(name): english
    for name, english in {
        "Damenschnitt": "ladies' cut",
        "Herrenschnitt": "men's cut",
        "Kinderschnitt": "children's cut",
        "Maschinenschnitt": "clipper cut",
        "Haarschnitt": "haircut",
        "Waschen und Föhnen": "wash and blow-dry",
        "Ansatzfarbe": "root touch-up",
        "Strähnen": "highlights",
        "Strähnchen": "highlights",
        "Dauerwelle": "perm",
        "Sprechstunde": "doctor's appointment",
        "Gesundheits-Check": "health check",
        "Blutabnahme": "blood test",
        "Impfung": "vaccination",
        "Hautkrebs-Vorsorge": "skin check",
        "Befundbesprechung": "discussion of test results",
        "Hauptuntersuchung": "MOT test",
        "Inspektion": "car service",
        "Ölwechsel": "oil change",
        "Radwechsel": "wheel change",
        "Reifenwechsel": "tyre change",
        "Bremsenprüfung": "brake check",
        "Klimaservice": "air-con service",
        "Fehlersuche": "diagnostics",
    }.items()
}


def get_spoken_name(service: Service, language: Language) -> str:
    """Get the name to say; the name on record where the language has no other."""
    if language == "de":
        return service.name
    synonyms = load_synonyms([service.id])[service.id]
    own = next((text for text in synonyms if detect_language([text], at_least=1) == language), None)
    return own or ENGLISH_NAMES.get(fold(service.name), service.name)
