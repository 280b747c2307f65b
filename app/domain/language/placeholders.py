"""What models write in an argument of which they know nothing: a word for nothing, a template's gap, or the name of the field."""

import re
from typing import Literal

from app.domain.language.caller_number import means_caller_number

Kind = Literal["text", "name", "phone", "email", "staff", "service", "branch", "day", "time"]

# what an argument of this name holds, where that is not any text
FIELD_KINDS: dict[str, Kind] = {
    "name": "name", "phone": "phone", "email": "email", "staff": "staff", "service": "service", "branch": "branch",
    "date": "day", "date_from": "day", "date_to": "day", "new_date": "day", "time": "time", "new_time": "time",
}  # fmt: skip


def _split(phrases: str) -> frozenset[str]:
    return frozenset(" ".join(phrase.split()) for phrase in phrases.split("|"))


# compared without case and signs; the first is a text of signs alone
WORDS_FOR_NOTHING = _split(
    """|null|none|nil|nan|undefined|unknown|unbekannt|na|n a|k a|tbd|string|str|text|value|placeholder|platzhalter|empty|leer|missing|fehlt
    |keine angabe|keine angaben|ohne angabe|nicht angegeben|nicht genannt|nicht bekannt|nicht gesagt|nicht vorhanden|noch nicht bekannt
    |not provided|not specified|not given|not known|not available|not mentioned|not stated|not applicable|unspecified|no answer"""
)
FIELD_WORDS: dict[Kind, frozenset[str]] = {
    "text": frozenset(),
    "name": _split(
        """name|vorname|nachname|familienname|vor und nachname|vorname nachname|voller name|vollständiger name|kundenname|customer name
        |customername|full name|fullname|first name|last name|first last|first name last name|firstname lastname|surname|your name
        |caller name|callername|name des anrufers|name der anruferin|name des kunden|name of caller|kunde|kundin|der kunde|die kundin
        |anrufer|anruferin|der anrufer|die anruferin|anrufende|anrufende person|neukunde|neukundin|bestandskunde|gast|patient|patientin
        |teilnehmer|nutzer|benutzer|person|jemand|niemand|kein name|ohne namen|no name|noname|caller|the caller|customer|the customer
        |client|user|guest|visitor|somebody|someone|anonym|anonymous|anonymer anrufer|anonymous caller|unknown caller|unknown customer
        |unbekannter anrufer|unbekannter kunde|new customer|frau|herr|herr frau|frau herr|herr unbekannt|frau unbekannt|mr|mrs|ms|miss"""
    ),
    "staff": _split("staff|staff name|staff member|employee|name|mitarbeiter|mitarbeiterin|mitarbeitername|person"),
    "service": _split("service|service name|leistung|dienstleistung|appointment|termin"),
    "branch": _split("branch|branch name|filiale|standort|location|salon"),
    "day": _split("date|datum|tag|day|yyyy mm dd|tt mm jjjj|dd mm yyyy"),
    "time": _split("time|uhrzeit|zeit|hh mm|hh mm ss"),
    "phone": _split(
        """phone|phone number|telefon|telefonnummer|rufnummer|nummer|number|handynummer|mobilnummer|customer phone|caller phone|caller id
        |callerid|from number|calling number|caller number|anrufernummer|nummer des anrufers
        |anonym|anonymous|withheld|unterdrückt|private|restricted|keine|keine nummer|no number"""
    ),
    "email": _split(
        """email|e mail|email address|e mail address|mail|e mail adresse|email adresse|customer email|keine|keine e mail|no email"""
    ),
}
# {{customer_name}}, {name}, <name>, [Name], ${name}, $name, %name%, __name__
GAP = re.compile(r"\{\{.*\}\}|\{[^{}]*\}|<[^<>]*>|\[[^\[\]]*\]|\$\{?[A-Za-z_][\w.]*\}?|%\w+%|__\w+__")
INNER_GAP = re.compile(r"\{\{.*?\}\}")
# an id of ours or another system's: letters and digits without a break
IDENTIFIER = re.compile(r"(?=\D*\d)(?=[^A-Za-z]*[A-Za-z])[0-9A-Za-z_-]{16,}")
# 1234567890, +491234567890, 0000000000
COUNTED_NUMBER = re.compile(r"\+?(?:\d{2})??0*(?:1234567(?:8(?:90?)?)?|(\d)\1{5,})|0+")
EXAMPLE_MAILBOX = re.compile(
    r"(?:name|user|username|e?mail|e-mail|customer|kunde|caller|anrufer|test|beispiel|your|john\.?doe|max\.?mustermann|vorname\.nachname"
    r"|first\.last|no-?reply|none|unknown|unbekannt)@(?:example|test|beispiel|domain|email|mail|none|unknown)\.(?:com|org|net|de|test|example)"
)


def is_placeholder(text: str, kind: Kind = "text") -> bool:
    """Whether a text says nothing; `kind` is what the argument holds."""
    if GAP.fullmatch(text.strip()) or (kind in ("name", "phone", "email") and INNER_GAP.search(text)):
        return True
    words = " ".join(re.sub(r"[\W_]+", " ", text.casefold()).split())
    if words in WORDS_FOR_NOTHING or words in FIELD_WORDS[kind]:
        return True
    if kind == "name":
        return bool(IDENTIFIER.fullmatch(text.strip()))
    if kind == "phone":
        return means_caller_number(text) or bool(COUNTED_NUMBER.fullmatch(re.sub(r"[^\d+]", "", text)))
    return kind == "email" and bool(EXAMPLE_MAILBOX.fullmatch(text.casefold()))
