"""Patterns of yes, no and questions for permission, in German and English."""

# ruff: noqa: E501  (a pattern is a line)

import re

from app.domain.privacy.refusal_vocabulary import compile_any


def _compile_start(*parts: str) -> re.Pattern[str]:
    return re.compile(rf"^(?:(?:ach|oh|na|also|äh|ähm|hm|uff|well|um|eigentlich|moment|ey)\s)*(?:{'|'.join(parts)})")


YES = _compile_start(
    r"ja\b",
    r"jawohl\b",
    r"jo\b",
    r"jap\b",
    r"klar\b",
    r"gerne?\b",
    r"natürlich\b",
    r"okay\b",
    r"ok\b",
    r"von mir aus",
    r"meinetwegen\b",
    r"(?:nein |nee |no )?(?:kein problem|das ist (?:schon |völlig )?(?:ok|okay|in ordnung)|nichts dagegen|no problem|that's fine|i don't mind)",
    r"in ordnung\b",
    r"sicher\b",
    r"selbstverständlich\b",
    r"einverstanden\b",
    r"(?:da )?habe? ich nichts dagegen",
    r"machen sie (?:nur|ruhig)",
    r"yes\b",
    r"yeah\b",
    r"yep\b",
    r"sure\b",
    r"of course\b",
    r"go ahead\b",
    r"that is fine",
    r"fine\b",
    r"certainly\b",
    r"you may\b",
)
NO = _compile_start(
    r"nein\b",
    r"nee\b",
    r"nö\b",
    r"ne\b",
    r"na(?= )",
    r"lieber nicht",
    r"bitte nicht",
    r"besser nicht",
    r"auf (?:gar )?keinen fall",
    r"keinesfalls",
    r"ungern\b",
    r"nicht so gern",
    r"bin ich nicht",
    r"ist es nicht",
    r"dürfen sie nicht",
    r"no\b",
    r"nope\b",
    r"nah\b",
    r"not really",
    r"absolutely not",
    r"rather not",
    r"please don't",
    r"i (?:most )?(?:certainly )?do not\b",
    r"i would rather not",
)
NO_PROBLEM = compile_any(
    r"\bkein problem\b",
    r"\bnichts dagegen\b",
    r"\bno problem\b",
    r"\b(?:don't|do not) mind\b",
    r"\bnein,? das ist (?:schon )?(?:ok|in ord)",
    r"\bno,? that is fine\b",
    r"\bkeine einwände\b",
    r"\bno objections?\b",
    r"\bnot at all\b",
)
# a question for permission that does not name its subject again
PERMISSION = compile_any(
    r"\bin ordnung\b",
    r"\brecht\b",
    r"\beinverstanden\b",
    r"\bdarf ich (?:das|es)\b",
    r"\bokay\b",
    r"\bok\b",
    r"\ball right\b",
    r"\bagree\b",
    r"\bdagegen\b",
    r"\bmind\b",
    r"\bmöchten sie das\b",
)
OPT_OUT_OFFER = compile_any(r"\bsagen sie (?:bitte |einfach )?[„\"]?nein\b", r"\bsay (?:so|no)\b", r"\bfalls sie das nicht möchten\b")


def is_negated_question(agent_text: str) -> bool:
    """Check for a question where no means yes: "Haben Sie etwas dagegen?" `agent_text` is in lower case."""
    return re.search(r"(?:dagegen|etwas gegen|einw(?:a|ä)nd|stört|\bmind\b|object)[^.!?]*\?$", agent_text) is not None
