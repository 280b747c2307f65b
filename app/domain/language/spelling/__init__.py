"""Names, e-mail addresses, streets and number plates as callers spell them, and as the voice spells them back."""

from collections.abc import Callable, Sequence
from typing import Literal

from app.domain.language.parsed_time import Language
from app.domain.language.spelling.email import read_email as read_email
from app.domain.language.spelling.name import read_name as read_name
from app.domain.language.spelling.number_plate import read_plate as read_plate
from app.domain.language.spelling.read_back import spell_differences, spell_email, spell_name, spell_plate
from app.domain.language.spelling.spelled_text import SpelledText as SpelledText
from app.domain.language.spelling.street import read_street as read_street
from app.domain.language.spelling.uncertain_names import needs_spelling as needs_spelling

SpellingKind = Literal["name", "email", "street", "plate"]
READERS: dict[SpellingKind, Callable[..., SpelledText]] = {
    "name": read_name,
    "email": read_email,
    "street": read_street,
    "plate": read_plate,
}


def spell_out(kind: SpellingKind, text: str, language: Language) -> str:
    """Spell a text in words that a voice can say; a street is said as it is."""
    return {"name": spell_name, "email": spell_email, "plate": spell_plate}.get(kind, _say)(text, language)


def spell_options(kind: SpellingKind, options: Sequence[str], language: Language) -> list[str]:
    """Spell what may be meant, so that one hears the difference; of addresses and streets only the words that differ."""
    if len(options) > 1 and kind in ("email", "street"):
        return spell_differences(options, language)
    return [spell_out(kind, option, language) for option in options]


def _say(text: str, _language: Language) -> str:
    return text
