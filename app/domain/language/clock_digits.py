"""Rewrites clock times that were said or written digit by digit: "nine oh five", "wednesday morning 945", "14 Uhr30"."""

# ruff: noqa: E501  (patterns are read in one line)

import re

from app.domain.language.fillers import ASIDE


def _split_hour(match: re.Match[str]) -> str:
    hour, minute, unit = (part for part in match.groups() if part)
    return f"{hour}:{minute} {unit}"


SPOKEN_DIGITS = tuple(
    (re.compile(pattern), rewrite)
    for pattern, rewrite in (
        # "Nummer ist null eins sieben neun", "neun Uhr null null"
        (r"(?<![\d.:])\b\d(?: \d){3,}\b(?!\.)", f" {ASIDE} "),
        (r"\buhr (?:0 0|00)\b", "uhr"),
        (r"\b(\d{1,2}) uhr 0 (\d)\b(?!\.)", r"\1 uhr 0\2"),
        # "nine oh five", "null acht dreißig", "oh nine hundred"
        (r"\b(\d{1,2}) (?:oh|o|0) (\d)\b(?!\.)", r"\1 0\2"),
        (r"(?<![\d:.] )\b(?:oh|0) ([1-9])\b(?!\.)", r"0\1"),
        (r"\b(\d{1,2}) (?:hundred|100)(?: hours)?\b", r"\1:00"),
        # "wednesday morning 945"
        (
            r"\b(morning|afternoon|evening|tomorrow|today|[a-z]+day|[a-z]*tag|mittwoch|frueh|abend|morgen|heute) (?!20[2-9]\d)(1?\d|2[0-3])([0-5]\d)\b(?! ?(?:uhr|[ap]m|h)\b)(?![.:/-])",
            r"\1 um \2:\3",
        ),
        # "in about 3 weeks"
        (
            r"\b(?:about|around|roughly|approximately|etwa|ungefaehr|circa|ca\.?|gut|knapp) (?=(?:\d{1,2}|an?|eine[rnm]?) (?:tage?n?|wochen?|monate?n?|jahre?n?|days?|weeks?|months?|years?)\b)",
            "",
        ),
        (r"\b(\d{1,2}(?::\d\d)?)([ap]m)\b", r"\1 \2"),
        (r"\b(\d{1,2}:\d\d) ?([ap])\b", r"\1 \2m"),
        # "vier und zwanzigsten"
        (r"\b([1-9]) und ([23])0\.", r"\g<2>\1."),
        # "14 Uhr30", "1430 on Monday"
        (r"\b(\d{1,2}) ?uhr(\d{2})\b", r"\1 uhr \2"),
        (r"^(0\d|1\d|2[0-3])([0-5]\d)(?= (?:on|am|next|naechste[nrs]?|diese[nrs]?|this)\b)", r"um \1:\2"),
        # "at 330", "1430 Uhr", "330pm"
        (r"\b(um|gegen|ab|at|around|by|until|till|after|before|bis) ([01]?\d|2[0-3])([0-5]\d)\b(?![.:/-])", r"\1 \2:\3"),
        (r"(?<![.\d])\b([01]?\d|2[0-3])([0-5]\d) ?(uhr|h|hrs|hours)\b|(?<![.\d])\b(0?[1-9]|1[0-2])([0-5]\d) ?([ap]m)\b", _split_hour),
        (r"\b(\d{1,2}),([0-5]\d) uhr\b", r"\1:\2 uhr"),
    )
)


def rewrite_clock_digits(text: str) -> str:
    """Rewrite them to hour and minute; number words must be digits already."""
    for pattern, rewrite in SPOKEN_DIGITS:
        text = pattern.sub(rewrite, text)
    return text
