"""Reads a street with its number as it is said: "Goethestraße mit oe, zwölf a", "S C H L E I Weg 3".

The number is taken out first. What is said behind the street's name is a remark about it, or makes a question.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from app.domain.language.parsed_time import Language
from app.domain.language.spelling.case_remarks import CaseRemark, apply_case_remarks, take_case_remarks
from app.domain.language.spelling.guard import sounds_as_heard
from app.domain.language.spelling.homophones import list_homophones
from app.domain.language.spelling.items import WEAK, SpokenItem
from app.domain.language.spelling.lexer import lex_tokens
from app.domain.language.spelling.name import read_lines
from app.domain.language.spelling.name_words import NameWord, NameWords, capitalise
from app.domain.language.spelling.parts import Part, build_parts, is_spelled
from app.domain.language.spelling.spelled_text import MAX_OPTIONS, SpelledText, to_reading
from app.domain.language.spelling.street_details import DETAILS, GERMAN_KINDS, KINDS, drop_details
from app.domain.language.spelling.street_number import StreetNumber, take_street_number, write_ordinals
from app.domain.language.spelling.street_remarks import COMPOUND, apply_references, split_references
from app.domain.language.spelling.tokens import tokenize
from app.domain.language.spelling.word_lists import word_set
from app.domain.language.vocabulary import fold

# before a name in one word: "Alte Poststraße"
ADJECTIVES = frozenset(
    f"{word}{end}"
    for word in (
        "alt",
        "neu",
        "gross",
        "klein",
        "ober",
        "unter",
        "hinter",
        "vorder",
        "hoh",
        "lang",
        "kurz",
        "breit",
        "schmal",
        "inner",
        "aeusser",
    )
    for end in ("e", "en", "er", "es")
)
# "Berliner Straße" and "Schlesische Straße" are two words, "Goethestraße" is one
ADJECTIVE = re.compile(r"(?:er|ische[rn]?|sche[rn]?|liche[rn]?)$")
# small words of a street's name: "An der Alster", "Straße des 17. Juni"
SMALL_WORDS = word_set(
    "an am auf aufm der dem den die das des im in ins zum zur unter hinter vor bei beim neben ob um und von vom van de la"
    " the of and saint at hinterm"
)
# said before it
OPENINGS = word_set(
    """
    ich wir wohne wohnen wohnhaft lebe leben meine unsere adresse anschrift strasse heisst lautet ist die das der es also ja ist: bin zu
    hause i we live living at on my our address is it its it's street road called the thats that's and number
    """
)
# "in der Maierstraße": where somebody lives, and no part of a name that ends so
IN_THE = ("in", "der")
SHARP_S = {"ß": "ß", "ss": "ss"}
AS_A_WORD = re.compile(r",?\s*\b(?:the whole word|the actual word|the full word|das ganze wort|als wort|als ganzes wort)\b", re.IGNORECASE)


def read_street(text: str, language: Language = "de") -> SpelledText:
    """Read street and number; what was not spelled keeps its words, with its number in digits."""
    tokens, case_remarks = take_case_remarks(write_ordinals(drop_details(tokenize(AS_A_WORD.sub("", text)))), language)
    items = [_take_word(item) for item in lex_tokens(tokens, language)]
    items, has_opening = _drop_opening(items)
    items, number, is_first = take_street_number(items)
    if number is None or any(item.kind == "description" and not KINDS.isdisjoint(item.text.split()) for item in items):
        return SpelledText(None)
    items = _take_sharp_s(items)
    is_apart, is_joined = (any(item.kind == kind for item in items) for kind in ("space", "joined"))
    items = [item for item in items if item.kind not in ("space", "joined")]
    main, references = split_references(items)
    parts = [piece for part in build_parts(main, language, with_digits=True) for piece in _split_compound(part)]
    is_read = is_spelled(parts) or bool(references)
    options: set[str | None] = set()
    for line in read_lines(_end_name(parts)):
        for words in apply_references(line, references, language):
            for name in _compose(words, is_apart=is_apart, is_joined=is_joined, is_small=text.islower()):
                options.add(_finish(name, number, case_remarks, is_first=is_first, language=language))
    reading = to_reading(options or {None})
    if reading.text and not sounds_as_heard(reading.text, items):
        reading = SpelledText(None, (reading.text,))
    reading = replace(reading, is_spelled=is_read)
    if has_opening and not is_read:
        return _ask_what_is_open(reading, number)
    return reading


def _take_word(item: SpokenItem) -> SpokenItem:
    """Small words are words of the name, and "Straße" is no letter."""
    is_kind = item.is_code_word and item.strength == WEAK and fold(item.text) in KINDS
    if item.kind == "word" and fold(item.text) in DETAILS:
        return replace(item, kind="talk")
    is_word = is_kind or (item.kind == "talk" and fold(item.text) in SMALL_WORDS)
    return SpokenItem("word", item.text, pause=item.pause) if is_word else item


def _drop_opening(items: Sequence[SpokenItem]) -> tuple[list[SpokenItem], bool]:
    """Without "ich wohne in der", and whether something was said."""
    place = 0
    while place < len(items) and (items[place].kind == "filler" or _is_opening(items[place], items[place + 1 : place + 2])):
        place += 1
    said = [item for item in items[:place] if item.kind != "filler" or item.text]
    following = [fold(item.text) for item in items[place : place + 4]]
    if (
        tuple(following[:2]) == IN_THE
        and any(word.endswith(("strasse", "gasse", "allee")) for word in following[2:])
        and items[place].text.islower()
    ):
        return list(items[place + 2 :]), True
    return list(items[place:]), bool(said)


def _is_opening(item: SpokenItem, following: Sequence[SpokenItem] = ()) -> bool:
    if item.text == "I" and not item.pause:
        # "I live", and no letter
        return any(each.kind in ("talk", "word") and fold(each.text) in OPENINGS for each in following)
    is_small = item.text[:1].islower() or item.text == "Ich"
    return item.kind in ("talk", "word", "and") and is_small and fold(item.text) in OPENINGS


def _take_sharp_s(items: Sequence[SpokenItem]) -> list[SpokenItem]:
    """ "Straße with a sharp s": the word as it was said to be written."""
    kept: list[SpokenItem] = []
    place = 0
    while place < len(items):
        item, end = items[place], place + 1
        if (
            item.kind == "word"
            and fold(item.text) == "strasse"
            and not item.pause
            and place + 1 < len(items)
            and items[place + 1].kind == "with"
        ):
            end += 1
            while end < len(items) and fold(items[end].text) in ("a", "the", "einem", "dem"):
                end += 1
            if end < len(items) and items[end].is_letter and items[end].values[0] in SHARP_S:
                kept.append(replace(item, text=f"Stra{items[end].values[0]}e", pause=items[end].pause))
                place = end + 1
                continue
        kept.append(item)
        place += 1
    return kept


def _split_compound(part: Part) -> Sequence[Part]:
    """ "Goethestraße" as "Goethe" and "straße", so that the letters of the first are not taken for all of it."""
    compound = COMPOUND.fullmatch(part.text) if part.kind == "word" else None
    if compound:
        kind = "straße" if fold(compound[2]) == "str" else compound[2].lower()
        return [Part("word", compound[1]), Part("sign", ""), Part("word", kind, is_sure=True)]
    if part.kind == "word" and fold(part.text).rstrip(".") == "str":
        return [Part("word", "Straße", is_sure=True)]
    return (
        [replace(part, is_sure=True)]
        if part.kind == "word" and (fold(part.text).rstrip(".") in KINDS or part.text[0].isdigit())
        else [part]
    )


def _end_name(parts: Sequence[Part]) -> list[Part]:
    """Without signs behind the name, and without remarks that say nothing of letters."""
    kept = [part for part in parts if part.kind != "remark"]
    while kept and kept[-1].kind == "sign":
        kept.pop()
    return kept


# the name of the street, and its number


def _compose(words: NameWords | None, *, is_apart: bool, is_joined: bool, is_small: bool) -> Iterator[str | None]:
    """Write the name; an adjective that was only spelled may be a word of its own or not."""
    if not words or (is_apart and is_joined) or not _is_covered(words, is_small=is_small):
        yield None
        return
    street = ""
    joints = {" "}
    for place, word in enumerate(words):
        before = words[place - 1] if place else None
        kind = fold(word.text).rstrip(".")
        is_kind = kind in KINDS and before is not None
        if is_kind and before and fold(before.text).rstrip(".") == kind:
            continue
        if word.joint == "" and street:
            street += word.text
        elif is_kind and before and before.is_spelled and not before.is_heard and word.joint == " " and kind in GERMAN_KINDS:
            is_adjective = bool(ADJECTIVE.search(before.text.lower()))
            if is_adjective and not is_apart and not is_joined:
                joints = {" ", ""}
            elif not is_apart:
                joints = {""}
            street += f"\0{word.text}"
        elif is_kind and before and before.is_spelled and word.joint == " " and kind in GERMAN_KINDS and (is_joined or word.text.islower()):
            street += word.text.lower() if not ADJECTIVE.search(before.text.lower()) or is_joined else f" {word.text.capitalize()}"
        else:
            street += (word.joint if street else "") + _capitalise(word, is_start=not street)
    for joint in sorted(joints):
        head, _sign, tail = street.partition("\0")
        yield f"{head}{joint}{tail.capitalize() if joint else tail.lower()}" if tail else head


def _capitalise(word: NameWord, *, is_start: bool) -> str:
    is_small = word.text[0].isdigit() or (not word.is_spelled and not is_start and word.text.islower() and fold(word.text) in SMALL_WORDS)
    return word.text if is_small else capitalise(word, is_start=is_start)


def _is_covered(words: NameWords, *, is_small: bool) -> bool:
    """Whether every word belongs to the name: all that is not spelled has a capital, unless nothing has one."""
    for place, word in enumerate(words):
        if not (_is_part(word) or is_small) or (len(word.text) == 1 and not word.is_spelled and word.text.isalpha()):
            return False
        if place and _is_kind(word) and not (_belongs_before(words, place) and _may_end(words, place)):
            return False
    return not all(fold(word.text) in SMALL_WORDS for word in words)


def _is_kind(word: NameWord) -> bool:
    return fold(word.text).rstrip(".") in KINDS


def _is_part(word: NameWord) -> bool:
    return word.is_spelled or word.text[0].isupper() or word.text[0].isdigit() or fold(word.text) in SMALL_WORDS or _is_kind(word)


def _may_end(words: NameWords, place: int) -> bool:
    """Whether nothing follows a kind of street, unless it is a part of the name: "Hofweg", "Wood Road", "Park-Straße"."""
    following = words[place + 1] if place + 1 < len(words) else None
    return following is None or following.joint == "-" or _is_kind(following)


def _belongs_before(words: NameWords, place: int) -> bool:
    """Whether the words before a kind of street may be of its name: "Alte Poststraße", and not "Bäcker Poststraße"."""
    before, word = words[place - 1], words[place]
    earlier = [each for each in words[: place - 1] if fold(each.text) not in SMALL_WORDS and words[place - 1].joint != "-"]
    if word.joint == "":
        return all(fold(each.text) in ADJECTIVES for each in earlier) and (place < 2 or words[0].text[0].isupper())
    if before.is_spelled and not before.is_heard:
        return all(each.is_spelled or fold(each.text) in ADJECTIVES for each in earlier)
    return word.joint != " " or before.is_spelled or not any(each.is_spelled and not each.is_heard for each in earlier)


def _finish(
    name: str | None, number: StreetNumber, case_remarks: Sequence[CaseRemark], *, is_first: bool, language: Language
) -> str | None:
    """The name with the number where it belongs: before it in English."""
    name = name and apply_case_remarks(name, case_remarks)
    if not name or not number.text:
        return name
    is_german = language == "de" or bool(COMPOUND.fullmatch(name.split()[-1])) or fold(name.split()[-1]) in GERMAN_KINDS
    if is_first and not is_german:
        return f"{number.text}{number.letter.upper()} {name}"
    blank = " " if is_german and number.letter else ""
    return f"{name} {number.text}{blank}{number.letter}"


def _ask_what_is_open(reading: SpelledText, number: StreetNumber) -> SpelledText:
    """Of a street that was told and not spelled: asked for its number, and for its letters if its name sounds like others."""
    if reading.text is None or not number.text:
        return SpelledText(None)
    first, *rest = reading.text.split(" ")
    compound = COMPOUND.fullmatch(first)
    alike = list_homophones(compound[1] if compound else first)
    end = compound[2] if compound else ""
    return SpelledText(None, tuple(" ".join((f"{name}{end}", *rest)) for name in alike[:MAX_OPTIONS])) if alike else reading
