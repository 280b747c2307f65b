"""Reads a name that was said and not spelled: without what was said around it, or asked if it may be written in several ways."""

from collections.abc import Sequence
from dataclasses import replace

from app.domain.language.spelling.corrections import correct
from app.domain.language.spelling.homophones import list_homophones
from app.domain.language.spelling.items import SpokenItem, is_person_name
from app.domain.language.spelling.parts import PARTICLES, Part
from app.domain.language.spelling.phrases import ADJECTIVES
from app.domain.language.spelling.spelled_text import MAX_OPTIONS, SpelledText, to_reading
from app.domain.language.spelling.variants import is_common_name
from app.domain.language.spelling.word_lists import word_set
from app.domain.language.vocabulary import fold

# so many words of a name that is written in small letters
MAX_SMALL_WORDS = 3
# more words of an alphabet are letters, even if they are names
MAX_CODE_WORDS = 3
KNOWN_SMALL = word_set("und and genannt geb geborene nee jun jr sen sr junior senior med dr prof")
SALUTATIONS = word_set(
    """
    herr herrn frau fraeulein familie mr mrs ms miss mister hallo hello hi guten gute tag morgen abend good morning afternoon
    """
)


def read_plain_name(text: str, items: Sequence[SpokenItem], parts: Sequence[Part]) -> SpelledText:
    """A name that was not spelled: with its corrections, if there are any, and without a remark of how it is written."""
    if sum(item.is_letter and not item.is_code_word and item.text.islower() and fold(item.text) not in PARTICLES for item in items) > 1:
        # names of letters, of which is not seen how they belong together
        return SpelledText(None)
    code_words = [item for item in items if item.is_code_word]
    if sum(not is_person_name(item) for item in code_words) > 1 or (len(code_words) > 1 and any(item.kind == "number" for item in items)):
        return SpelledText(None)
    if len(code_words) > MAX_CODE_WORDS and len(code_words) < len(items):
        # "Dora Ida Ernst Trude, äh Theodor, Zeppelin"
        return SpelledText(None)
    has_talk = len(items) > 1 and any(_is_talk(item) for item in items)
    if not has_talk and not any(part.kind in ("correction", "remark") for part in parts):
        return SpelledText(None if _has_other_words(text) else text, is_spelled=False)
    if any(part.kind not in ("word", "sign", "correction", "remark") for part in parts) or _begins_with_aside(items):
        return SpelledText(None)
    names = {_join_plain(line) if line else None for line in correct(tuple(parts))}
    reading = replace(to_reading(names), is_spelled=False)
    if reading.text and has_talk and not any(part.kind == "remark" for part in parts):
        return _ask_for_homophones(reading)
    return reading


def _has_other_words(text: str) -> bool:
    """Whether small words stand beside names, or more of them than a name has."""
    words = [word.strip(".,;:!?") for word in text.split()]
    small = [word for word in words if word.islower() and word.isalpha() and fold(word) not in PARTICLES | KNOWN_SMALL]
    has_capitals = any(word[:1].isupper() for word in words)
    return any(not is_common_name(word) or fold(word) in ADJECTIVES for word in small) if has_capitals else len(small) > MAX_SMALL_WORDS


def _is_talk(item: SpokenItem) -> bool:
    """Whether something was said around the name; what is written with a capital in its midst may be a name itself: "Li Na"."""
    if item.kind == "talk":
        return fold(item.text) not in PARTICLES
    return item.kind == "joined" or (item.kind == "filler" and (item.pause or len(item.text) != 2 or item.text.islower()))


def _begins_with_aside(items: Sequence[SpokenItem]) -> bool:
    return bool(items) and (items[0].kind == "description" or (items[0].kind == "filler" and not items[0].text))


def _join_plain(parts: Sequence[Part]) -> str | None:
    words = [part.text for part in parts if part.kind == "word" and fold(part.text) not in SALUTATIONS]
    return " ".join(dict.fromkeys(words)) if all(word[:1].isupper() or is_common_name(word) for word in words) else None


def _ask_for_homophones(reading: SpelledText) -> SpelledText:
    """A name of which something was said, but not how it is written: asked if it may be written in several ways."""
    *first, last = (reading.text or "").split()
    alike = list_homophones(last)
    return SpelledText(None, tuple(" ".join((*first, each)) for each in alike[:MAX_OPTIONS])) if alike else reading
