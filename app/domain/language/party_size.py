"""Notices wishes for several people at once: "zwei Herrenschnitte", "for the two of us", "Anna und Otto Keller"."""

import re

from app.domain.language.vocabulary import fold, replace_number_words

NUMBER = r"(?:[2-9]|1\d)"
PEOPLE = r"(?:personen|leute|kinder|maenner|frauen|people|persons|kids|children|men|women|adults|of us)"
UNITS = r"(?:uhr|o'clock|am|pm|stunden?|hours?|minuten?|minutes?|euro)"
SEVERAL = re.compile(
    rf"^(?:bitte |gern |einmal |ich (?:brauche|haette gern|moechte) |i (?:need|want|would like) )*{NUMBER} ?(?:x|mal|times)?(?= [a-z])"
    rf"|\b{NUMBER} ?(?:x|mal|times)\b|\b(?:zweimal|dreimal|viermal|twice)\b|\bje(?:weils)? {NUMBER}\b|\b{NUMBER} {PEOPLE}\b"
    rf"|\b(?:fuer|for|zu) (?:uns |die |the |unsere? |our )?{NUMBER}(?: {PEOPLE})?\b(?! {UNITS})"
    r"|\b(?:uns|for|fuer|my|meine|unsere|our|die|the) ?(?:beiden?|both)\b|\bboth (?:of us|kids|children|boys|girls|sons|daughters)\b"
    r"|\b(?:mich|mir|me|myself) (?:und|and) (?:mein|my|noch|another)"
    r"|\b(?:fuer|for) (?:mein\w*|my) \w+ (?:und|and) (?:fuer |for )?(?:mich|mir|me|myself)\b"
    r"|\b(?:fuer meine|for my) (?:kinder|kids|children|soehne|sons|toechter|daughters)\b"
)
JOINED_NAMES = re.compile(r"\s+(?:und|and|sowie|plus)\s+|\s*[&+]\s*", re.IGNORECASE)
# "Schmidt & Partner", "von und zu Guttenberg"
ONE_NAME = re.compile(
    r"\b(?:gmbh|kg|ohg|gbr|ag|ug|e\.? ?k|ltd|inc|llc|co|partner|soehne?|sohn|sons?|toechter|gebrueder|firma|kanzlei|praxis|company)\b"
    r"|\bvon und zu\b"
)


def asks_for_several(words: str, name: str = "") -> bool:
    """Check whether the words for a service ask for it more than once; a number in the service's own name is none."""
    plain, own = replace_number_words(fold(words)), replace_number_words(fold(name))
    return any(match[0].strip() not in own for match in SEVERAL.finditer(plain))


def split_names(name: str) -> list[str]:
    """Split "Anna und Otto Keller" into the people named; one name stays one."""
    if ONE_NAME.search(fold(name)):
        return [name]
    pieces = [piece.strip() for piece in JOINED_NAMES.split(name) if re.search(r"\w", piece)]
    family = pieces[-1].split()[-1] if pieces and len(pieces[-1].split()) > 1 else ""
    return [piece if len(piece.split()) > 1 or not family else f"{piece} {family}" for piece in pieces] or [name]
