"""Reads which letters are said to be capital or small: "das A und das H groß", "van klein", "Alten großgeschrieben"."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.domain.language.parsed_time import Language
from app.domain.language.spelling.tokens import Token, split_clauses
from app.domain.language.spelling.word_lists import phrase_set, word_set
from app.domain.language.vocabulary import fold

UPPER = phrase_set(
    "gross|gross geschrieben|grossgeschrieben|wird gross geschrieben|wird grossgeschrieben|schreibt man gross"
    "|capital|capitalised|capitalized"
    "|in capitals|in upper case|upper case|uppercase|with a capital|is capital|are capital|is a capital"
    "|beide gross|jeweils gross|auch gross"
)
LOWER = phrase_set(
    "klein|klein geschrieben|kleingeschrieben|wird klein geschrieben|wird kleingeschrieben|schreibt man klein|small|lower case|lowercase"
    "|in lower case|in lowercase|in small letters|is small|are small|beide klein|jeweils klein|auch klein"
)
MAX_WORDS = 3
JOINING = word_set("das der die den ein the a und and aber auch nur bitte beide both also mit")
ADJECTIVES = {"small": False, "capital": True, "kleines": False, "grosses": True}


@dataclass(frozen=True, slots=True)
class CaseRemark:
    """Words or letters, folded, that are said to begin with a capital or a small letter."""

    targets: tuple[str, ...]
    is_upper: bool


def take_case_remarks(tokens: Sequence[Token], language: Language) -> tuple[list[Token], list[CaseRemark]]:
    """Take the clauses out that say only which letters are capital."""
    clauses = list(split_clauses(tokens))
    kept: list[Token] = []
    remarks: list[CaseRemark] = []
    for place, clause in enumerate(clauses):
        others = {token.word for other in (*clauses[:place], *clauses[place + 1 :]) for token in other}
        remark = _read_clause(clause, others, language, clauses[place - 1 : place] if place else [], clauses[place + 1 : place + 2])
        if remark is None:
            kept += clause
            continue
        remarks.append(remark[0])
        kept += remark[1]
        if kept and not remark[1]:
            kept[-1] = replace(kept[-1], pause=True)
    return kept, remarks


def _read_clause(
    clause: Sequence[Token], others: set[str], language: Language, before: Sequence[list[Token]], after: Sequence[list[Token]]
) -> tuple[CaseRemark, list[Token]] | None:
    """The remark of a clause, and the words of it that are part of the text."""
    words = tuple(token.word for token in clause)
    if len(words) == 2 and words[0] in ADJECTIVES and len(words[1]) == 1:
        # "small g" before the letters of the whole name, or behind them, and no letter of a row
        letters = "".join(token.word for token in after[0] if len(token.word) == 1) if after else ""
        is_remark = (
            (len(letters) > 2 and letters in others) if after else (bool(before) and len(before[0]) > 2 and words[1] in "".join(others))
        )
        return (CaseRemark((words[1],), ADJECTIVES[words[0]]), []) if is_remark else None
    for length in range(min(MAX_WORDS, len(words) - 1), 0, -1):
        is_upper = words[-length:] in UPPER
        if not is_upper and words[-length:] not in LOWER:
            continue
        said = [
            token
            for token in clause[:-length]
            if token.word not in JOINING or (token.word in ("der", "die", "das", "den") and len(clause) == length + 1)
        ]
        targets = _list_targets(clause[:-length], {token.word for token in said})
        letters = "".join(others)
        is_known = [target in others or (all(letter in letters for letter in target) and len(target) < 3) for target in targets]
        if not targets or (length == 1 and words[-1] in ("gross", "klein", "small", "capital") and clause[-1].text[0].isupper()):
            return None
        if all(is_known):
            return CaseRemark(targets, is_upper), []
        if len(said) == 1 and not any(is_known):
            # "el kleingeschrieben, Khatib": said there for the first time
            return CaseRemark(targets, is_upper), [replace(said[0], pause=clause[-1].pause)]
        return None
    return None


def _list_targets(tokens: Sequence[Token], said: set[str]) -> tuple[str, ...]:
    """Words, and single letters that stand side by side as one."""
    targets: list[str] = []
    is_open = False
    for token in tokens:
        if token.word not in said:
            is_open = False
        elif len(token.word) == 1 and is_open:
            targets[-1] += token.word
        else:
            targets.append(token.word)
            is_open = len(token.word) == 1
    return tuple(targets)


def apply_case_remarks(text: str, remarks: Sequence[CaseRemark]) -> str | None:
    """Write the letters as they were said to be; None where it is not clear which."""
    for remark in remarks:
        for target in remark.targets:
            changed = _apply(text, target, is_upper=remark.is_upper)
            if changed is None:
                return None
            text = changed
    return text


def _apply(text: str, target: str, *, is_upper: bool) -> str | None:
    change = str.upper if is_upper else str.lower
    pieces = re.split(r"([\s'-]+)", text)
    places = [place for place, piece in enumerate(pieces) if fold(piece) == target]
    if not places and len(target) == 1:
        places = [place for place, piece in enumerate(pieces) if fold(piece)[:1] == target]
        if not places or (not is_upper and len(pieces) == 1):
            return _apply_inside(text, target, is_upper=is_upper)
    if not places:
        return None
    for place in places:
        pieces[place] = change(pieces[place][0]) + pieces[place][1:]
    return "".join(pieces)


def _apply_inside(text: str, letter: str, *, is_upper: bool) -> str | None:
    """ "MacLeod, das L groß"."""
    if not is_upper:
        return text if letter in fold(text) else None
    places = [place for place, each in enumerate(text) if fold(each) == letter]
    return text[: places[0]] + text[places[0]].upper() + text[places[0] + 1 :] if len(places) == 1 else None
