"""Works off corrections: "B, nein, P wie Paula", "M A I, nein, M E I E R", "Keller, nein, Köhler"."""

from collections.abc import Iterator
from dataclasses import replace
from difflib import SequenceMatcher
from itertools import product

from app.core.cologne_phonetics import encode
from app.domain.language.spelling.parts import Part
from app.domain.language.vocabulary import fold

MIN_SIMILARITY = 0.6
# letters that are taken for each other on the telephone
CONFUSED = tuple(
    map(frozenset, ("bdtpgkwevzc", "mn", "fsx", "ahk", "iyüjeö", "ouö", "lr", "qu", "szßc", "vfw", "gjc", "äea", "öo", "uü", "kgcq", "xs"))
)


def correct(parts: tuple[Part, ...]) -> Iterator[tuple[Part, ...] | None]:
    """Work off the first correction in every way that it can be meant, and then the rest."""
    place = next((place for place, part in enumerate(parts) if part.kind in ("correction", "maybe")), None)
    if place is None:
        yield parts
        return
    before, after = parts[:place], parts[place + 1 :]
    while after and after[0].kind in ("correction", "maybe"):
        after = after[1:]
    if parts[place].kind == "maybe" or not before or (after and after[0].kind == "variant"):
        yield from correct(_join_runs(before, after))
        if parts[place].kind == "correction" or not before or not after or after[0].kind == "variant":
            return
    if not after:
        yield None
        return
    corrected = list(_join_corrected(before, after))
    for line in corrected:
        yield from correct(line)
    if not corrected:
        yield None


def _join_runs(before: tuple[Part, ...], after: tuple[Part, ...]) -> tuple[Part, ...]:
    """The letters before and after an excuse are one run."""
    if not before or not after or before[-1].kind != "run" or after[0].kind != "run":
        return before + after
    readings = tuple(one + other for one, other in product(before[-1].readings, after[0].readings))
    return (*before[:-1], replace(before[-1], readings=readings), *after[1:])


def _join_corrected(before: tuple[Part, ...], after: tuple[Part, ...]) -> Iterator[tuple[Part, ...]]:
    old, new = before[-1], after[0]
    if old.kind == "run" and new.kind == "run":
        readings = {text for one, other in product(old.readings, new.readings) for text in correct_letters(one, other, is_sure=new.is_sure)}
        heard = [part.text for part in before if part.kind == "word"]
        exact = {text for text in readings if any(fold(text) == fold(word) for word in heard)}
        if readings:
            yield (*before[:-1], replace(new, readings=tuple(sorted(exact if len(exact) == 1 else readings))), *after[1:])
    elif new.kind == "word" and old.kind in ("run", "word"):
        said = old.readings if old.kind == "run" else (old.text,)
        words_before = [part for part in before if part.kind == "word"]
        words_after = [part for part in after if part.kind == "word"]
        if any(is_alike(text, new.text) for text in said) or len(before) == 1:
            yield (*before[:-1], *after)
        elif len(words_before) == len(before) == len(words_after) == len(after):
            yield after
    elif old.kind == "word" and new.kind == "run" and (len(before) == 1 or any(is_alike(old.text, text) for text in new.readings)):
        yield (*before[:-1], *after)


def correct_letters(before: str, after: str, *, is_sure: bool = False) -> set[str]:
    """What "before, no, after" may mean: begun anew, or the last letter replaced and gone on from there, or gone back to a letter."""
    results = set()
    if after[0] == before[0] and len(after) >= 2 and SequenceMatcher(None, before, after[: len(before) + 1]).ratio() >= MIN_SIMILARITY:
        results.add(after)
        if len(before) >= 3 and len(after) >= len(before) - 1 and (after[:2] == before[:2] or len(before) > 3):
            return results
    last = before[-1]
    if after[0] == last or any(after[0] in group and last in group for group in CONFUSED) or (is_sure and len(after) == 1):
        results.add(before[:-1] + after)
    if len(after) >= 2 and len(before) >= 3 and before[-2] == after[0]:
        results.add(before[:-2] + after)
    return results


def is_alike(one: str, other: str) -> bool:
    """Whether one may have been heard for the other."""
    first, second = fold(one), fold(other)
    return first == second or encode(first) == encode(second) or SequenceMatcher(None, first, second).ratio() >= MIN_SIMILARITY
