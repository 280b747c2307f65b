"""Remarks about where a letter stands: "Pohl mit h vor dem l", "Schulz, ohne t vor dem z", "Clark with an e after the k"."""

import re
from collections.abc import Callable

REMARK = re.compile(
    r"[\s,;]*(?:\b(?:also|geschrieben|written|spelled|spelt)\s+)?\b(?P<no>mit|ohne|with(?:out)?|no)\s+(?:(?:eine[mn]?|dem|an?|the|kein(?:em)?)\s+)?(?P<letter>[a-zäöüß])"
    r"\s+(?:direkt\s+|gleich\s+|right\s+)?(?P<where>vor|nach|hinter|before|after)\s+(?:(?:dem|den|das|einem|the|an?)\s+)?(?P<other>[a-zäöüß])(?![\w'’])",
    re.IGNORECASE,
)
WORD = re.compile(r"[^\W\d_]{2,}")


def apply_letter_positions(text: str) -> str | None:
    """Apply the remarks to the name and leave them out; None where there is none, or one that cannot be said of this name."""
    remarks = list(REMARK.finditer(text))
    name = REMARK.sub("", text).strip(" ,;")
    if not remarks or not name:
        return None
    for remark in remarks:
        changed = _apply(name, remark)
        if changed is None:
            return None
        name = changed
    return _drop_repeated(name)


def _apply(name: str, remark: re.Match[str]) -> str | None:
    """Change the one word that the remark is said of; a name that is so already stays as it is."""
    letter, other = remark["letter"].lower(), remark["other"].lower()
    is_before, is_without = remark["where"].lower() in ("vor", "before"), remark["no"].lower() in ("ohne", "without", "no")
    pair = letter + other if is_before else other + letter
    words = {word.lower() for word in WORD.findall(name)}
    fitting = {word for word in words if pair in word}
    if not is_without:
        if fitting:
            return name
        return _replace_in(name, {word for word in words if word.count(other) == 1}, lambda word: word.replace(other, pair))
    if fitting:
        return _replace_in(name, {word for word in fitting if word.count(pair) == 1}, lambda word: word.replace(pair, other))
    return name if any(other in word for word in words) else None


def _replace_in(name: str, words: set[str], change: Callable[[str], str]) -> str | None:
    """Change the only one of the words; of several the family name, if it is one of them."""
    last = WORD.findall(name)[-1].lower()
    word = next(iter(words)) if len(words) == 1 else last if last in words else None
    if word is None:
        return None

    def keep_case(found: re.Match[str]) -> str:
        changed = change(found[0].lower())
        return changed.capitalize() if found[0][0].isupper() else changed

    return re.sub(rf"\b{re.escape(word)}\b", keep_case, name, flags=re.IGNORECASE)


def _drop_repeated(name: str) -> str:
    """ "Gisela Pohl, Pohl" is said once."""
    first, _comma, second = name.partition(",")
    said, again = first.split(), second.split()
    return first.strip() if again and {word.lower() for word in again} <= {word.lower() for word in said} else name
