"""Finds words that stand where a day or a time stands and are not understood: they are asked about, never dropped."""

import re
from dataclasses import dataclass
from typing import Literal

from app.domain.language.coverage_words import (
    BESIDE_WORDS,
    CALENDAR_UNITS,
    COMPARED,
    CONDITIONS,
    DAILY_EVENTS,
    DAY_LEADS,
    DETERMINERS,
    EITHER_LEADS,
    FOLLOWING,
    HARMLESS_TIME_WORDS,
    INFINITIVE,
    INNOCENT,
    INTENSIFIERS,
    INTERJECTIONS,
    LENGTH_WORDS,
    LENGTHS,
    LENGTHS_GO_ON,
    MARKS,
    OPERATORS,
    ORDINARY_WORDS,
    PLACE_NAME,
    PLACES,
    POINTING,
    POSSIBLE_WEEK,
    SAME,
    STOPS,
    SUBJECT,
    SUBJECTS,
    SUPERLATIVE,
    TELLERS,
    TIME_LEADS,
    TIME_WORD,
    UNCLEAR_PARTS,
    WHOLE,
)
from app.domain.language.fillers import ASIDE, CONCLUSION
from app.domain.language.marked_text_tokenizer import Tokens, Word
from app.domain.language.misspellings import is_near_word
from app.domain.language.vocabulary import MONTHS

Part = Literal["day", "time", "either", "date", "later", "spare day", "spare time", "spare", "condition"]


@dataclass(frozen=True, slots=True)
class UnreadWord:
    """A word not understood: the part it stands for. `date` and `later` are asked even where day and time are known, a `condition` where
    the time is not, `spare` ones only where no day or time is, and a plain `spare` one where neither is.
    """

    part: Part
    segment: int
    # in a clause of its own, without a day or a time: it explains what is said
    is_apart: bool = False


def find_unread_words(tokens: Tokens) -> list[UnreadWord]:
    """Find the words that stand for a day or a time and are not understood."""
    since = _find_conclusion(tokens.sequence)
    has_time = bool({"<t>", "<w>"} & set(tokens.sequence[since:]))
    words = [word for word in tokens.words if word.place >= since or (word.text in LENGTH_WORDS and not has_time)]
    return [UnreadWord(part, word.segment, _is_apart(word, tokens)) for word in words if (part := _judge(word, tokens))]


def _is_apart(word: Word, tokens: Tokens) -> bool:
    """Check for a clause of several words without marks and signs: "Montag um acht, vor der Schule"."""
    first = last = word.place
    while first > 0 and tokens.sequence[first - 1] not in STOPS:
        first -= 1
    while last + 1 < len(tokens.sequence) and tokens.sequence[last + 1] not in STOPS:
        last += 1
    clause = tokens.sequence[first : last + 1]
    has_marks = any(piece in MARKS | COMPARED | LENGTHS | CALENDAR_UNITS or piece in ("<c>", "<e>", "<n>", "<x>") for piece in clause)
    return len(clause) > 1 and clause[0] != "<o>" and not has_marks


def _find_conclusion(sequence: list[str]) -> int:
    """Find where the day is concluded on: what stands before gives the reasons."""
    last = max((place for place, piece in enumerate(sequence) if piece == CONCLUSION), default=0)
    return last if "<d>" in sequence[last:] else 0


def _judge(word: Word, tokens: Tokens) -> Part | None:
    text = word.text
    if text == ASIDE or not re.search(r"[a-z0-9]", text):
        return None if text == ASIDE or text.isascii() else "either"
    if re.fullmatch(r"(?=.*[a-z])(?=.*\d)[a-z\d]+", text):
        # "S3", "A4", "3er"
        return None
    if re.search(r"\d", text):
        return _judge_number(word, tokens)
    if text == "hin":
        return "date" if tokens.sequence[word.place - 1 : word.place] == ["<d>"] else None
    if text in ("um", "gegen", "at") and word.place == len(tokens.sequence) - 1:
        return "time"
    if text in ("then", "dann", "dahin") and _get_piece(tokens, word.place - 1) in EITHER_LEADS | {"to", "from"}:
        return "date"
    if text == "between" and _get_piece(tokens, word.place - 1) == "in":
        return "date"
    if text in ("between", "zwischen") and _get_piece(tokens, word.place + 1) in (
        "them",
        "those",
        "the",
        "den",
        "diesen",
        "denen",
        "beiden",
        "",
    ):
        return "date"
    if (
        text in ("after", "before", "nach", "vor")
        and _get_piece(tokens, word.place + 1) in ("that", "it", "this")
        and _get_piece(tokens, word.place - 1) in (ASIDE, "1")
    ):
        # "the one after that"
        return "date"
    if (
        text in ("that", "das", "den", "then", "dann")
        and _get_piece(tokens, word.place + 1) in STOPS
        and _get_piece(tokens, word.place - 1) == CONCLUSION
    ):
        # "so that", of days that are told
        return "date"
    if text in OPERATORS:
        return _judge_operator(word, tokens)
    if text.startswith(("naechst", "next", "kommend", "folgend")):
        return _judge_next(word, tokens)
    if text in COMPARED or text in ("halb", "half", "viertel", "quarter", "dreiviertel"):
        return "later"
    before = _get_piece(tokens, word.place - 1)
    if text in CALENDAR_UNITS - {"day", "tag"} and re.fullmatch(r"[a-z]{3,}", before) and before not in ORDINARY_WORDS | POINTING | WHOLE:
        # "überneggscht Woche"
        return "date"
    if text in CALENDAR_UNITS and tokens.sequence[word.place + 1 : word.place + 2] in (["after"], ["before"], ["nach"], ["vor"]):
        # "the day after I get back": a day of its own, whatever other is named
        return "date"
    if (
        (text in BESIDE_WORDS and "<d>" in tokens.sequence[: word.place])
        or (text == "gap" and _get_piece(tokens, word.place - 1) == "the")
        or (text in CALENDAR_UNITS and POINTING & set(tokens.sequence[max(word.place - 4, 0) : word.place]))
    ):
        return "date"
    if text.removesuffix("'s") in LENGTHS and _get_piece(tokens, word.place + 1) in EITHER_LEADS | LENGTHS_GO_ON | MARKS:
        # "an hour before school ends"
        return "later"
    if text in UNCLEAR_PARTS and _get_piece(tokens, word.place - 1) != "as":
        return "later" if _is_alternative(word, tokens) else "spare time"
    if text in FOLLOWING and _is_apart(word, tokens) and TELLERS & set(tokens.sequence[word.place - 3 : word.place + 3]):
        # "ich muss danach zur Kur"
        return None
    if text in SAME:
        return _judge_reference(word, tokens)
    if text in MONTHS:
        return "either"
    if text in CONDITIONS:
        return "condition"
    if text in HARMLESS_TIME_WORDS or (text == "brueckentag" and tokens.sequence[word.place - 2 : word.place] == ["<d>", "am"]):
        return None
    if text in ("am", "pm"):
        return "later" if text == "pm" else None
    if TIME_WORD.fullmatch(text) and _is_alternative(word, tokens):
        return "later"
    if TIME_WORD.fullmatch(text):
        return _judge_lead(word, tokens, names_time=True) or (
            "spare" if SUBJECTS.fullmatch(text) and not _stands_beside_mark(word, tokens) else "either"
        )
    if is_near_word(text):
        return "date"
    return _judge_lead(word, tokens) or _judge_neighbour(word, tokens)


def _is_alternative(word: Word, tokens: Tokens) -> bool:
    """Check for "or an hour"."""
    place = word.place - 1
    while place > 0 and tokens.sequence[place] in DETERMINERS | INTENSIFIERS:
        place -= 1
    return place >= 0 and tokens.sequence[place] == "<o>"


def _judge_neighbour(word: Word, tokens: Tokens) -> Part | None:
    """Judge by what stands beside: "Sonntag Namiddach", "Dunschtig um drei"."""
    text = word.text
    if text in ORDINARY_WORDS or text in INTERJECTIONS or len(text) < 3 or "'" in text or INFINITIVE.fullmatch(text):
        return None
    before, after = (_get_piece(tokens, word.place + step) for step in (-1, 1))
    if before == "<d>":
        # a verb begins a clause: "Freitag fährt mein Bus"
        return "spare time" if after in STOPS | MARKS | TIME_LEADS else None
    follows = [piece for piece in tokens.sequence[word.place + 1 : word.place + 3] if piece not in TIME_LEADS]
    return "spare day" if follows[:1] == ["<t>"] and before in STOPS else None


def _get_piece(tokens: Tokens, place: int) -> str:
    return tokens.sequence[place] if 0 <= place < len(tokens.sequence) else ""


def _stands_beside_mark(word: Word, tokens: Tokens) -> bool:
    return any(_get_piece(tokens, word.place + step) in MARKS for step in (-1, 1))


def _judge_lead(word: Word, tokens: Tokens, *, names_time: bool = False) -> Part | None:
    """Judge by the preposition in front."""
    if word.text in INNOCENT:
        return None
    place, has_article = word.place - 1, False
    while place >= 0 and tokens.sequence[place] in DETERMINERS and tokens.sequence[place] not in EITHER_LEADS:
        has_article = has_article or tokens.sequence[place] not in DAY_LEADS
        if tokens.sequence[place] in DAY_LEADS and (
            place == 0 or tokens.sequence[place - 1] not in DETERMINERS | EITHER_LEADS | DAY_LEADS | TIME_LEADS
        ):
            break
        place -= 1
    if place < 0:
        return None
    lead = tokens.sequence[place]
    if lead in EITHER_LEADS and not has_article and SUBJECT.fullmatch(word.text):
        return "condition"
    if lead in EITHER_LEADS:
        # "am Montag nach der Hochzeit"
        if word.text in DAILY_EVENTS:
            return "time"
        before = tokens.sequence[:place]
        return "date" if lead in ("nach", "vor", "after", "before") and before[-1:] == ["<d>"] else "either"
    if word.text in PLACES or SUPERLATIVE.fullmatch(word.text) or PLACE_NAME.fullmatch(word.text):
        return None
    if lead in TIME_LEADS:
        return None if has_article else "time"
    if lead in ("am", "on") and not has_article:
        # "am Brückentag" is a day of its own, even beside another
        return (
            "day"
            if (not names_time and _get_piece(tokens, word.place + 1) not in MARKS)
            or (names_time and not (re.fullmatch(r"[a-z]{3,}(?:tag|day)", word.text) and "<d>" in tokens.sequence[: word.place]))
            else "date"
        )
    if lead in DAY_LEADS:
        return None if has_article and lead in ("on", "an") else "day"
    return None


def _judge_next(word: Word, tokens: Tokens) -> Part | None:
    """Judge "this Wednesday or next"."""
    follows = tokens.sequence[word.place + 1] if word.place + 1 < len(tokens.sequence) else ""
    if POSSIBLE_WEEK.fullmatch(follows) and follows not in ORDINARY_WORDS and "<d>" in tokens.sequence[word.place + 2 : word.place + 4]:
        # "next weeg Wednesday"
        return "date"
    joined = word.place > 0 and tokens.sequence[word.place - 1] == "<o>"
    # "also nächste", "the next"
    place = word.place - 1
    while _get_piece(tokens, place) in DETERMINERS:
        place -= 1
    is_alone = not follows.startswith("<") and _get_piece(tokens, place) == CONCLUSION
    return "date" if (joined and not follows.startswith("<")) or is_alone else _judge_lead(word, tokens)


def _judge_operator(word: Word, tokens: Tokens) -> Part | None:
    """Judge a preposition that no rule has taken: it bends what follows it."""
    place = word.place + 1
    while place < len(tokens.sequence) and tokens.sequence[place] in DETERMINERS:
        place += 1
    follows = tokens.sequence[place] if place < len(tokens.sequence) else ""
    if word.text in ("plus", "minus") and re.fullmatch(r"(?:\d+|eine?[mnr]?|a|an|one)", _get_piece(tokens, word.place + 1)):
        return "date"
    if word.text in ("vor", "nach", "past") and word.place and tokens.sequence[word.place - 1] == "<t>" and follows in ("", ",", "."):
        return "later"
    return "date" if follows in ("<d>", "<o>") else "later" if follows in ("<t>", "<w>", "<p>") else None


def _judge_reference(word: Word, tokens: Tokens) -> Part:
    """Judge a word that points to another time: "in der Woche darauf", "same time"."""
    if word.text in FOLLOWING and "<t>" in tokens.sequence[: word.place]:
        return "later"
    beside = {tokens.sequence[place] for place in (word.place - 1, word.place + 1) if 0 <= place < len(tokens.sequence)}
    if beside & {"<d>", "<p>", "woche", "tag", "tage", "monat", "week", "day", "month"}:
        return "date"
    return "later" if beside & {"zeit", "uhrzeit", "time", "stunde", "hour"} else "either"


def _judge_number(word: Word, tokens: Tokens) -> Part | None:
    """Judge a number: beside a noun it counts something, after "for" people."""
    sequence, place = tokens.sequence, word.place
    before = sequence[place - 1] if place else ""
    after = sequence[place + 1] if place + 1 < len(sequence) else ""
    if before in TIME_LEADS:
        return "later"
    if before in ("am", "in", "den", "dem", "on", "the", "zum"):
        return "date"
    if before in ("fuer", "for", "of", "mit", "with", "zu"):
        return "either"
    is_counting = re.fullmatch(r"[a-z]{3,}", after) and after not in INNOCENT and not TIME_WORD.fullmatch(after)
    if is_counting and before not in EITHER_LEADS:
        return None
    return "later"
