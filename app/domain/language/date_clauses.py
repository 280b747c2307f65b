"""Divides a marked text into clauses, and tells what each does: it tells, excludes, wishes, or only names a day."""

import itertools
import re
from dataclasses import dataclass
from typing import Literal

from app.domain.language.dates import DayRange
from app.domain.language.fillers import ASIDE, CONCLUSION
from app.domain.language.marked_text import Scanner
from app.domain.language.request_words import (
    BARE_DAY,
    BARE_TAIL,
    CLAUSE_START,
    COMMENTS,
    CONTRACTED,
    DAY,
    EXCLUDED,
    HARMLESS,
    INVERSION,
    ITS,
    JOINT,
    LED_TAIL,
    LIKEWISE,
    MARK,
    OF_THAT_DAY,
    PLAIN_WORDS,
    QUESTION_WORDS,
    REASONS,
    REPORT_PHRASES,
    REPORT_WORDS,
    REPORTED_TIMES,
    REQUEST_PHRASES,
    REQUEST_WORDS,
    SAYS_AGAIN,
    SUBJECT_AND_VERB,
    THEN,
    TIME,
)
from app.domain.language.vocabulary import CORRECTION

Kind = Literal["told", "excluded", "wish", "bare", "other"]


@dataclass(slots=True)
class DateClause:
    """A piece of the text behind what separates it from the one before."""

    end: str
    text: str
    kind: Kind
    is_concluded: bool
    is_changed: bool = False


def split_clauses(scanner: Scanner) -> list[DateClause]:
    clauses, end, since, text = [], "", 0, scanner.text
    for stop in CLAUSE_START.finditer(text):
        piece = text[since : stop.start()].strip()
        if (bare := BARE_DAY.fullmatch(piece)) and (bare["joint"] or JOINT.match(text[stop.end() :])):
            # "Monday and Tuesday are out"
            continue
        if piece in REASONS:
            continue
        since = stop.end()
        if not piece:
            end += stop[0]
            continue
        clauses += _divide(end, piece)
        end = stop[0]
    clauses += _divide(end, text[since:].strip())
    for before, clause in itertools.pairwise(clauses):
        if before.kind in ("told", "excluded") and clause.kind in ("bare", "other") and clause.text.startswith(("und ", "and ")):
            # "Montag bin ich auf Montage und Dienstag in Kiel"
            clause.kind = before.kind
        elif before.kind in ("told", "excluded") and LIKEWISE.fullmatch(clause.text):
            # "Montag ist voll, Dienstag auch"
            clause.kind = before.kind
    for place, clause in enumerate(clauses):
        if clause.kind == "told" and not any(MARK.search(before.text) for before in clauses[:place]):
            # "also, ich hab Nachtdienst bis Mittwoch" only begins
            clause.is_concluded = False
        later = [other for other in clauses[place + 1 :] if other.kind in ("bare", "wish", "other") and DAY.search(other.text)]
        if any(before.kind in ("told", "excluded") for before in clauses[:place]) and THEN.match(clause.text):
            clause.is_concluded = True
        has_but = OF_THAT_DAY.match(clause.text)
        if later and clause.kind in ("told", "excluded") and not DAY.search(clause.text) and has_but:
            # "Montag früh, oh je, da muss ich zum Amt"
            named = next((before for before in reversed(clauses[max(place - 2, 0) : place]) if DAY.search(before.text)), clause)
            kinds = ("bare", "other", "wish") if has_but["but"] else ("bare", "other")
            if named.kind in kinds and are_single(scanner, named.text):
                named.kind = "told"
                # "am vierten, nein, da hat die Schule noch zu"
                clause.text = clause.text if MARK.search(clause.text) else ASIDE
        if clause.kind in ("told", "excluded") and not MARK.search(clause.text) and OF_THAT_DAY.match(clause.text):
            # "Freitag um zwei, na, da hab ich Schule, Viertel vor drei"
            later = [other for other in clauses[place + 1 :] if other.kind in ("bare", "wish") and TIME.search(other.text)]
            named = next((before for before in reversed(clauses[max(place - 2, 0) : place]) if TIME.search(before.text)), clause)
            if later and not any(DAY.search(other.text) for other in later):
                named.text = REPORTED_TIMES.sub(ASIDE, named.text)
                named.is_changed = True
    return clauses


def _divide(end: str, text: str) -> list[DateClause]:
    """Divide "that's election day Wednesday half ten" before what stands by itself at its end."""
    if text.split(" ", 1)[0] in REASONS and (main := INVERSION.search(text)):
        return [_classify(end, text[: main.start()]), _classify(" ", text[main.end() :])]
    if led := LED_TAIL.search(text):
        return [_classify(end, text[: led.start("tail")]), _classify(" ", led["tail"].strip())]
    tail = BARE_TAIL.search(text)
    whole = _classify(end, text)
    if not tail or whole.kind not in ("told", "excluded") or not (COMMENTS.match(text) or DAY.search(text[: tail.start()])):
        return [whole]
    return [_classify(end, text[: tail.start()]), _classify(" ", tail[0].strip())]


def _classify(end: str, text: str) -> DateClause:
    words = MARK.sub(" ", text).split()
    plain = HARMLESS.sub(" ", text)
    is_concluded = CONCLUSION in end
    kind: Kind = "other"
    if EXCLUDED.search(plain):
        kind = "excluded"
    elif REPORT_PHRASES.search(text):
        kind = "told"
    elif any(word in REQUEST_WORDS or word.removesuffix("'s") in REQUEST_WORDS for word in words) or REQUEST_PHRASES.search(text):
        kind = "wish"
    elif any(word in REPORT_WORDS or CONTRACTED.match(word) for word in words) or SUBJECT_AND_VERB.search(text):
        kind = "told"
    elif all(word in PLAIN_WORDS or re.fullmatch(CORRECTION, word) for word in words):
        kind = "bare"
    if ITS.match(text):
        kind = "wish"
    if kind == "told" and ((words[0] in QUESTION_WORDS and not text.startswith("<")) or SAYS_AGAIN.match(text)):
        kind = "other"
    if text.split(" ", 1)[0] in REASONS and kind != "excluded":
        kind = "told"
    return DateClause(end, text, kind, is_concluded)


def are_single(scanner: Scanner, text: str) -> bool:
    return all(day and day.is_single for day in list_days(scanner, text))


def list_days(scanner: Scanner, text: str) -> list[DayRange | None]:
    """List the days of a clause; None for one that is asked about."""
    found = [scanner.found[int(number)] for number in DAY.findall(text)]
    return [day if isinstance(day, DayRange) else None for day in found]
