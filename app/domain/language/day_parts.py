"""Finds parts of the day: "vormittags", "am späten Nachmittag", "nach der Arbeit", "first thing"."""

# ruff: noqa: E501  (patterns are read in one line)

import re
from dataclasses import dataclass
from datetime import time
from functools import partial

from app.domain.language.clarification_questions import which_time
from app.domain.language.marked_text import PART, Scanner
from app.domain.language.vocabulary import DAY_PART, DAY_PART_BY_WORD

EARLY_LATE = {
    ("early", "morning"): (None, time(9)), ("late", "morning"): (time(10), None),
    ("early", "noon"): (None, time(12)), ("late", "noon"): (time(13), None),
    ("early", "afternoon"): (None, time(15)), ("late", "afternoon"): (time(16), None),
    ("early", "evening"): (None, time(19)), ("late", "evening"): (time(20), None),
    ("early", "night"): (None, time(22)), ("late", "night"): (time(22), None),
}  # fmt: skip
PART_STARTS = {"noon": time(12), "afternoon": time(12), "evening": time(17)}
PART_ENDS = {"noon": time(12), "evening": time(18)}
# the hours, and the part of day they lie in
PHRASES: tuple[tuple[str, time | None, time | None, str | None], ...] = (
    (r"\bnach (?:der |meiner )?(?:arbeit|schicht)\b|\bnach (?:dem )?feierabend\b|\bafter work\b", time(17), None, None),
    (r"\bnach (?:dem )?mittag(?:essen|s)?\b|\bnach der mittagspause\b|\bafter lunch\b", time(13), None, None),
    (r"\bvor (?:der arbeit|dem mittag(?:essen)?)\b|\bbefore (?:work|lunch)\b", None, time(12), None),
    (
        r"\b(?:(?:in|waehrend) (?:der|meiner)|meine|unsere) mittagspause\b|\b(?:(?:in|on|during) )?(?:my|the) lunch ?(?:break|hour)\b|\bueber (?:den )?mittag\b|\bover lunch\b",
        time(12),
        time(14),
        "noon",
    ),
    (r"\b(?:(?:at|around|about|round about|round) )?tea ?time\b", time(16), time(18), "afternoon"),
    (r"\b(?:zur |um die )?(?:kaffeezeit|nachmittagskaffee)\b|\b(?:at )?coffee ?time\b", time(15), time(17), "afternoon"),
    (r"\btagsueber\b|\b(?:during the|in the) day ?time\b|\bduring the day\b", time(8), time(18), None),
)


@dataclass(frozen=True, slots=True)
class PartOfDay:
    """A part of the day (also "night", or only bounds); `earliest` is the first hour it can mean."""

    part: str | None
    at_from: time | None = None
    at_to: time | None = None
    earliest: int = 0
    # "Freitag Nacht" may end on the day after
    spans_midnight: bool = False


def mark_day_parts(scanner: Scanner) -> None:
    """Mark parts of the day, with narrower bounds for early and late."""
    take = scanner.take
    for phrase, low, high, part in PHRASES:
        take(phrase, PART, partial(_bounds, PartOfDay(part, low, high)))
    take(r"(?<=[dt]\d>) (?:in the )?pm\b|\bin the pm\b|(?<=d\d\d>) pm\b", PART, lambda m: PartOfDay("afternoon"))
    take(r"\bin the am\b", PART, lambda m: PartOfDay("morning"))
    scanner.rewrite(rf"\b(frueh|spaet|early|late)(?:e[rnms]?)? (<d\d+>),? ({DAY_PART})", lambda m: f"{m[2]} {m[1]} {m[3]}")
    joint = r"(?: in der| in the| am|,)? "
    night = r"(?:nachts|nacht|night)"
    take(
        rf"\b(?:in der |at |in the )?(?P<when>frueh|spaet|early|late)(?:e[rnms]?)?{joint}(?P<part>{night}|{DAY_PART})", PART, _early_or_late
    )
    take(
        r"\b(?:am |gegen |in the |in den )?(?P<when>frueh|spaet|mid-?)(?P<part>vormittags?|nachmittags?|abends?|morning|afternoon|evening|abendstunden|nachmittagsstunden)\b",
        PART,
        _early_or_late,
    )
    take(
        r"\b(?:heute |in der |in the |at )?(nachts|nacht|at night|in the night)\b",
        PART,
        lambda m: PartOfDay("night", spans_midnight=m[1] == "nacht"),
    )
    take(
        r"\b(?:in (?:aller|der) (?:herrgotts)?fruehe?n?|in der fruehe|am fruehen morgen|in den (?:fruehen )?morgenstunden)\b",
        PART,
        lambda m: PartOfDay("morning"),
    )
    stretch = r"(?:um die |um |gegen |zur |zum |ueber |am |an (?:einem|dem) |in den |in the |at |around |about |for |on (?:a|the) |during |over |in |nur |only |immer )?"
    # "morgen frueh am vormittag": early says no more than the part beside it
    take(rf"\b{stretch}(?:frueh,? ){stretch}(?P<part>vormittags?|morgens|morning)\b", PART, _part)
    take(rf"\b{stretch}(?P<part>{DAY_PART})(?:sstunden|stunden|szeit|time)?\b", PART, _part)


def _bounds(part: PartOfDay, match: re.Match[str]) -> PartOfDay:
    return part


def bound_by_part(part: PartOfDay, *, opens: bool) -> PartOfDay:
    """Bound a start by a part of the day: "ab mittags"; only some parts have such a bound."""
    if part.part is None and (part.at_from if opens else part.at_to):
        # "erst nach Feierabend"
        return part
    bound = (PART_STARTS if opens else PART_ENDS).get(part.part or "")
    if bound is None:
        raise which_time()
    return PartOfDay(None, bound if opens else None, None if opens else bound)


def _part(match: re.Match[str]) -> PartOfDay:
    word = match["part"]
    return PartOfDay(DAY_PART_BY_WORD[word], earliest=6 if word in ("vormittag", "vormittags", "forenoon") else 0)


def _early_or_late(match: re.Match[str]) -> PartOfDay:
    when, word = match["when"].rstrip("-"), match["part"].removesuffix("sstunden").removesuffix("stunden")
    part = DAY_PART_BY_WORD.get(word, "night")
    if when == "mid":
        return PartOfDay(part)
    return PartOfDay(part, *EARLY_LATE["early" if when in ("frueh", "early") else "late", part])
