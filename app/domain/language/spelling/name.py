"""Reads a name that was spelled, in whole ("M wie Martha …") or in part ("Meier mit e i"), and corrected on the way.

Every step gives all readings that it allows. What is left with one is certain, everything else is to be asked.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from app.core.cologne_phonetics import encode
from app.domain.language.parsed_time import Language
from app.domain.language.spelling.case_remarks import apply_case_remarks, take_case_remarks
from app.domain.language.spelling.corrections import correct, is_alike
from app.domain.language.spelling.guard import is_accounted_for
from app.domain.language.spelling.items import MAX_READINGS
from app.domain.language.spelling.letter_positions import apply_letter_positions
from app.domain.language.spelling.lexer import lex_tokens
from app.domain.language.spelling.name_from_letter_row import read_whole_row
from app.domain.language.spelling.name_words import NameWord, NameWords, compose_name
from app.domain.language.spelling.parts import PARTICLES, Part, build_parts, is_spelled
from app.domain.language.spelling.plain_name import SALUTATIONS, read_plain_name
from app.domain.language.spelling.spelled_text import SpelledText, to_reading
from app.domain.language.spelling.tokens import TITLES, tokenize
from app.domain.language.spelling.variants import SpellingRemark, apply_variant, is_common_name
from app.domain.language.vocabulary import fold

APOSTROPHE_NAME = re.compile(r"(?<!\w)([^\W\d]{1,3}['’][^\W\d]{2,})(?!\w)[,;:.]?")
SIGNS_OF_LETTERS = {"apostrophe": "'", "apostroph": "'", "hochkomma": "'"}
SMALL = frozenset({"small", "kleines", "klein", "lowercase"})


def read_name(text: str, language: Language = "de") -> SpelledText:
    """Read a name as it was said; one that was not spelled is left as it is."""
    if name := apply_letter_positions(text):
        reading = read_name(name, language)
        return replace(reading, is_spelled=reading.text is not None)
    text = _drop_heard_with_apostrophe(text)
    tokens, case_remarks = take_case_remarks(tokenize(text), language)
    if case_remarks:
        text = " ".join(token.text + "," * token.pause for token in tokens).rstrip(",")
    items = lex_tokens(tokens, language)
    parts = build_parts(items, language)
    if not is_spelled(parts):
        return read_plain_name(text, items, parts)
    if any(item.kind == "joined" for item in items) and not _is_one_word(parts):
        return SpelledText(read_whole_row(items))
    has_chatter = any(part.kind == "chatter" for part in parts)
    lines = read_lines([part for part in parts if part.kind not in ("remark", "chatter")])
    is_apart = any(item.kind == "space" for item in items)
    names = {compose_name(line, is_apart=is_apart) if not has_chatter or _is_safe(line) else None for line in lines}
    if len(tokens) > 1 and tokens[0].word in SMALL and len(tokens[1].word) == 1:
        # "small v, A, N, space, capital D"
        names = {name and name[0].lower() + name[1:] for name in names}
    if any(item.kind == "plain" for item in items):
        names = {name if name and name.isascii() else None for name in names}
    reading = to_reading({name and apply_case_remarks(name, case_remarks) for name in names})
    if reading.text is None:
        return SpelledText(read_whole_row(items), reading.options) if not case_remarks else reading
    return reading if is_accounted_for(reading.text, items) else SpelledText(None, (reading.text,))


def _drop_heard_with_apostrophe(text: str) -> str:
    """Drop "O'Riordan" where just these letters and the sign follow, "O apostrophe R I O R D A N": they are the same said twice."""
    for heard in APOSTROPHE_NAME.finditer(text):
        signs = (SIGNS_OF_LETTERS.get(word, word) for word in re.findall(r"\w+", fold(text[heard.end() :])))
        letters = "".join(sign if len(sign) == 1 else " " for sign in signs)
        if fold(heard[1]).replace("’", "'") in letters.split():
            return _drop_heard_with_apostrophe(f"{text[: heard.start()]}{text[heard.end() :]}".strip(" ,;"))
    return text


def _is_safe(line: NameWords | None) -> bool:
    """Whether words that were said around the name cannot belong to it: it is one word, or was both said and spelled."""
    said = [word for word in line or () if fold(word.text).strip(".") not in SALUTATIONS and fold(word.text) not in ("der", "die")]
    return len(said) == 1 or bool(said and all(word.has_letters for word in said))


def _is_one_word(parts: Sequence[Part]) -> bool:
    """Whether "in einem Wort" changes nothing: no word was said beside the one that is spelled."""
    words = {fold(part.text) for part in parts if part.kind == "word" and fold(part.text) not in SALUTATIONS}
    runs = [part for part in parts if part.kind == "run"]
    return len(words) <= 1 and len(runs) <= 1


def read_lines(parts: Sequence[Part]) -> list[NameWords | None]:
    """All ways to understand the parts, corrections done; None for one that cannot be told."""
    lines: list[NameWords | None] = []
    for corrected in correct(tuple(parts)):
        lines += [None] if corrected is None else _read_parts(corrected)
    return lines


# words, runs of letters, and remarks, from left to right


def _read_parts(parts: Sequence[Part]) -> list[NameWords | None]:
    lines: list[tuple[NameWords, str, str] | None] = [((), " ", "")]
    for part in parts:
        if part.kind in ("sign", "label"):
            lines = [line and ((line[0], part.text, line[2]) if part.kind == "sign" else (line[0], line[1], part.text)) for line in lines]
            continue
        grown: list[tuple[NameWords, str, str] | None] = []
        for line in lines:
            if line is None or part.kind == "unclear":
                grown.append(None)
                continue
            words, joint, label = line
            for longer in _add_part(words, part, joint, label):
                grown.append(None if longer is None else (longer, joint if part.kind == "variant" else " ", label))
        lines = list(dict.fromkeys(grown))[:MAX_READINGS]
    return [line and line[0] for line in lines]


def _add_part(words: NameWords, part: Part, joint: str, label: str) -> Iterator[NameWords | None]:
    if part.kind == "word":
        earlier = [place for place, word in enumerate(words) if not part.is_sure and fold(word.text) == fold(part.text)]
        if earlier and earlier[-1] < len(words) - 1 and not words[earlier[-1]].is_spelled:
            # said of one of several names, of which is not remembered
            yield None
            return
        same = bool(words) and not part.is_sure and joint == " " and fold(words[-1].text) == fold(part.text)
        yield words if same else (*words, NameWord(part.text, part.is_sure, part.is_sure, joint=joint, label=label))
    elif part.kind == "run":
        yield from _add_run(words, part, joint, label)
    elif part.kind == "variant":
        results = [line for variants in part.variants for line in _apply(words, variants)]
        # what cannot be said of this name was not meant
        possible = [line for line in results if line is not None]
        yield from possible or (None,)


def _add_run(words: NameWords, part: Part, joint: str, label: str) -> Iterator[NameWords | None]:
    """Take a run of letters for the spelling of a word that was heard, else for a word of its own."""
    if joint != " ":
        # "Hanne-Lore, H A N N E Bindestrich L O R E"
        for place, word in enumerate(words):
            for text in part.readings:
                if word.joint == joint and not word.is_spelled and fold(word.text) == fold(text):
                    yield (*words[:place], *_spell(text, [word]), *words[place + 1 :])
                    return
    else:
        for text in part.readings:
            for start in range(len(words)):
                if len(_list_same(words[start], part)) > 1:
                    # "Şahin, S mit Häkchen …": which of them is not heard
                    yield from (
                        (*words[:start], *_spell(each, [words[start]]), *words[start + 1 :]) for each in _list_same(words[start], part)
                    )
                    return
                heard = [word for word in words[start:] if not word.is_spelled]
                if heard and fold("".join(word.text for word in heard)) == fold(text.replace(" ", "")) and len(heard) == len(words) - start:
                    yield (*words[:start], *_spell(text, heard))
                    return
                if start < len(words) - 1 and fold(words[start].text) == fold(text) and not words[start].is_spelled:
                    yield (*words[:start], *_spell(text, [words[start]]), *words[start + 1 :])
                    return
    if joint == " " and any(
        word.is_spelled and fold(word.text) == fold(text) and len(text) > 1 for word in words for text in part.readings
    ):
        # spelled once more
        yield words
        return
    if joint == " " and any(
        len(text) > 1 and fold(text) != fold(word.text) and fold(word.text).endswith(fold(text)) for word in words for text in part.readings
    ):
        # "Steffen, vorne S T E, dann Doppel-F, E N": the end of what was heard
        yield words
    places = [place for place, word in enumerate(words) if not word.is_spelled and joint == " "]
    for text in part.readings:
        alike = next((place for place in reversed(places) if is_alike(words[place].text, text)), None)
        if alike is not None:
            whole = fold(words[alike].text)
            if fold(text) in whole and fold(text) != whole:
                # the letters of a part, or of a shorter name
                yield words
            elif whole[0] == fold(text)[0] and len(encode(whole)) != len(encode(fold(text))):
                # a sound was heard that has no letter, or the other way round: "Johnson, J O H N S T O N"
                yield words
            # "O'Leary, O L E A R Y": the sign was heard, and is no letter
            text = words[alike].text if fold(words[alike].text).replace("'", "") == fold(text) else text
            yield (*words[:alike], replace(words[alike], text=text, is_spelled=True, has_letters=True), *words[alike + 1 :])
        elif len([place for place in places if fold(words[place].text) not in SALUTATIONS | PARTICLES]) > 1:
            # two names were heard, and it is the spelling of neither
            yield None
        else:
            yield (
                *words,
                *(
                    NameWord(each, True, has_letters=True, is_heard=False, joint=" " if at else joint, label=label)
                    for at, each in enumerate(text.split())
                ),
            )


def _is_end(text: str, word: str) -> bool:
    return len(text) > 1 and fold(text) != fold(word) and fold(word).endswith(fold(text))


def _list_same(word: NameWord, part: Part) -> list[str]:
    return [text for text in part.readings if not word.is_spelled and fold(text) == fold(word.text)]


def _spell(text: str, heard: Sequence[NameWord]) -> Iterator[NameWord]:
    """The letters in the words that were heard: "annakeller" for "Anna Keller"."""
    if len(heard) == 1 or len(text) != sum(len(word.text) for word in heard):
        yield _spell_word(heard[0], text)
        return
    place = 0
    for word in heard:
        yield _spell_word(word, text[place : place + len(word.text)])
        place += len(word.text)


def _spell_word(word: NameWord, text: str) -> NameWord:
    """The letters of a word; a particle that was heard small stays so."""
    is_particle = fold(text) in PARTICLES and word.text.islower()
    return replace(word, text=text, is_spelled=not is_particle, has_letters=True)


def _apply(words: NameWords, variants: Sequence[SpellingRemark]) -> Iterator[NameWords | None]:
    """Apply remarks one after the other, each to the last word that it can be said of."""
    if not variants:
        yield words
        return
    if words and words[-1].has_letters and variants[0].holds_for(words[-1].text):
        yield from _apply(words, variants[1:])
        return
    lines: list[NameWords] = []
    is_so_already = may_be_so_already = False
    for place in range(len(words) - 1, -1, -1):
        word = words[place]
        if (
            word.is_fixed
            or len(word.text) == 1
            or (word.has_letters and place < len(words) - 1)
            or fold(word.text).strip(".") in SALUTATIONS | PARTICLES | TITLES
        ):
            continue
        texts = apply_variant(word.text, variants[0])
        if word.text.lower() in texts and variants[0].remark in ("with", "only") and not is_so_already:
            words = (*words[:place], replace(word, is_spelled=True), *words[place + 1 :])
        is_so_already |= word.text.lower() in texts
        may_be_so_already |= not lines and word.text.lower() in texts
        if not lines:
            changed = [replace(word, text=text, is_spelled=True) for text in texts if text != word.text.lower()]
            lines = [(*words[:place], each, *words[place + 1 :]) for each in changed]
    if may_be_so_already or (is_so_already and variants[0].remark in ("with", "instead")) or (is_so_already and not lines):
        lines.append(words)
    common = [line for line in lines if all(is_common_name(word.text) for word in line if not word.is_fixed)]
    for line in common if len(common) == 1 else lines:
        yield from _apply(line, variants[1:])
    if not lines:
        yield None
