"""The variables of message texts: the words that people write in braces, what they stand for, and an example of each.

A text is stored with their names, `{what}`; people see and write the words of the text's language, `{Leistung}` or `{service}`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import LazyString, lazy_gettext as _l

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
# with the blank before it, which goes where there is no value, and the stop behind it, which goes where the value has one
SLOT = re.compile(rf"( ?){PLACEHOLDER.pattern}(\.?)")
# as our own texts name them, for their translations
CATALOG_PLACEHOLDER = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True, slots=True)
class Variable:
    """`words` by language, part of what people have written: they are not changed."""

    name: str
    words: Mapping[str, str]
    meaning: LazyString
    example: LazyString | str


def _list_variables() -> tuple[Variable, ...]:
    return (
        Variable("company", {"de": "Betrieb", "en": "business"}, _l("Name des Betriebs"), "Salon Lindgren"),
        Variable(
            "customer", {"de": "Name", "en": "name"},
            _l("Name der Kundin oder des Kunden; entfällt, wenn keiner bekannt ist oder die Nachricht an eine andere Adresse geht"),
            "Mira Sommer",
        ),
        Variable("what", {"de": "Leistung", "en": "service"}, _l("Gebuchte Leistung"), _l("Haarschnitt")),
        Variable("when", {"de": "Termin", "en": "appointment"}, _l("Tag und Uhrzeit"), _l("Di. 12. Mai um 10:00")),
        Variable("day", {"de": "Tag", "en": "day"}, _l("Nur der Tag"), _l("Di. 12. Mai")),
        Variable("time", {"de": "Uhrzeit", "en": "time"}, _l("Nur die Uhrzeit"), "10:00"),
        Variable("who", {"de": "Mitarbeiter", "en": "staff"}, _l("Bei wem der Termin ist"), "Anna Lindgren"),
        Variable("where", {"de": "Filiale", "en": "branch"}, _l("Name der Filiale"), "Berlin-Mitte"),
        Variable(
            "address", {"de": "Adresse", "en": "address"}, _l("Straße und Ort der Filiale"), "Torstraße 12, 10119 Berlin",
        ),
        Variable(
            "phone", {"de": "Telefon", "en": "phone"}, _l("Rufnummer der Filiale; entfällt, wenn sie keine hat"), "030 2345678",
        ),
        Variable("link", {"de": "Link", "en": "link"}, _l("Link zur eigenen Seite, für jede Nachricht neu"), "askproai.example/b/…"),
        Variable(
            "instead", {"de": "Statt", "en": "instead"},
            _l("Die bisherige Zeit; entfällt, wenn sie bleibt"), _l("statt Mo. 11. Mai um 09:00"),
        ),
        Variable("until", {"de": "Frist", "en": "deadline"}, _l("Bis wann es gilt"), "12:30"),
        Variable("count", {"de": "Anzahl", "en": "number"}, _l("Anzahl der Termine"), "4"),
        Variable(
            "dates", {"de": "Termine", "en": "appointments"}, _l("Alle Termine einer Reihe, ab dem elften nur ihre Zahl"),
            _l("Di. 12. Mai um 10:00, Di. 9. Juni um 10:00"),
        ),
        Variable(
            "rebook", {"de": "Neuer Termin", "en": "new appointment"},
            _l("Ein Satz mit der Rufnummer für einen neuen Termin; entfällt, wenn die Filiale keine hat"),
            _l("Einen neuen Termin gibt es unter 030 2345678."),
        ),
        Variable("review", {"de": "Bewertungsseite", "en": "review page"}, _l("Adresse Ihrer Bewertungsseite"), "https://bewertung.example/lindgren"),
        Variable("rate", {"de": "Antwortseite", "en": "answer page"}, _l("Seite mit den Zahlen von 1 bis 5"), "askproai.example/b/…/rate"),
        # in texts that nobody changes
        Variable("options", {"de": "Auswahl", "en": "options"}, _l("Nummerierte Vorschläge"), _l("1 = Di. 12. Mai um 10:00")),
        Variable("fee", {"de": "Gebühr", "en": "fee"}, _l("Gebühr in Euro"), _l("25,00")),
        Variable("text", {"de": "Text", "en": "text"}, _l("Was das Team geschrieben hat"), _l("Ihr Schal liegt bei uns.")),
        Variable("code", {"de": "Code", "en": "code"}, _l("Einmalcode"), "493027"),
    )  # fmt: skip


VARIABLES = {variable.name: variable for variable in _list_variables()}
_NAMES = {word.casefold(): variable.name for variable in VARIABLES.values() for word in (variable.name, *variable.words.values())}


def list_names(text: str) -> list[str]:
    """List what stands in braces in a stored text."""
    return [match[1] for match in PLACEHOLDER.finditer(text)]


def to_stored(text: str) -> str:
    """Put names where people wrote words, of any language and case; what is no variable stays as it is."""
    return PLACEHOLDER.sub(lambda match: f"{{{_find_name(match[1]) or match[1]}}}", text)


def to_words(text: str, language: str) -> str:
    """Put the words of the language where a stored text has names."""
    return PLACEHOLDER.sub(lambda match: f"{{{get_word(match[1], language)}}}", text)


def get_word(name: str, language: str) -> str:
    return VARIABLES[name].words[language] if name in VARIABLES else name


def join_words(names: Iterable[str], language: str, separator: str) -> str:
    """`{Termin} oder {Uhrzeit}`"""
    return separator.join(f"{{{get_word(name, language)}}}" for name in names)


def from_catalog(text: str) -> str:
    """Translate a text of ours into the form of stored ones."""
    return CATALOG_PLACEHOLDER.sub(r"{\1}", text)


def substitute(text: str, values: Mapping[str, Any]) -> str:
    """Put the values in once, so that braces in a value stay text; one without a value goes with the blank before it."""
    return SLOT.sub(lambda match: _fill(match, values.get(match[2])), text).lstrip(" ,;:")


def substitute_texts(texts: tuple[str, str], values: Mapping[str, Any]) -> tuple[str, str]:
    """Put the values into a title, which is one line, and a text."""
    title, body = texts
    return " ".join(substitute(title, values).split()), substitute(body, values)


def _fill(match: re.Match[str], value: Any) -> str:
    blank, _name, stop = match.groups()
    written = "" if value is None else str(value)
    return (f"{blank}{written}" if written else "") + ("" if written.endswith(".") else stop)


def _find_name(word: str) -> str | None:
    return _NAMES.get(" ".join(word.split()).casefold())
