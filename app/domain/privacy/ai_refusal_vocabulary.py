"""Patterns of refusals to talk with an AI, in German and English."""

# ruff: noqa: E501  (a pattern is a line)

import re

_MACHINES = (
    r"(?:ki|künstlichen? intelligenz|ai|artificial intelligence|roboter[ns]?|robots?|bots?|chatbots?|computer[ns]?|computerstimme|maschinen?|"
    r"automaten?|machines?|blechkasten|kasten|sprachassistent(?:in|en)?|gadgets?|virtual \w+)"
)
_CERTAINLY_MACHINES = r"(?:ki|künstlichen? intelligenz|ai|roboter[ns]?|robots?|bots?|chatbots?|computerstimme)"
_TALK = r"(?:sprech\w*|sprich\w*|red|rede[nt]?|unterhalt\w*|telefonier\w*|diskutier\w*|talk\w*|speak\w*|deal\w*|chat\w*)"
_NO_TALK = r"(?:nicht|net|ned|nie|don't|do not|not|won't|never|refuse)"
AI_REFUSALS = (
    re.compile(rf"\b{_TALK}\b[^.]{{0,30}}\b{_NO_TALK}\b[^.]{{0,15}}\b(?:mit|with|to) (?:\w+ ){{0,2}}?{_MACHINES}\b"),
    re.compile(rf"\b{_NO_TALK}\b[^.]{{0,25}}\b{_TALK} (?:to|with|mit) (?:\w+ ){{0,2}}?{_MACHINES}\b"),
    re.compile(rf"\b{_NO_TALK} (?:\w+ ){{0,2}}?mit (?:\w+ ){{0,2}}?{_MACHINES} (?:\w+ )?{_TALK}\b"),
    re.compile(
        rf"\bmit (?:\w+ ){{0,2}}?{_MACHINES}\b[^.]{{0,25}}(?:\b{_TALK}\b[^.]{{0,12}}\b{_NO_TALK}|\b{_NO_TALK}\b[^.]{{0,12}}\b{_TALK})\b"
    ),
    re.compile(
        rf"\b(?:mit|with|to) (?:keine[rmn]?|no) (?:\w+ )?{_MACHINES}\b[^.]{{0,20}}\b{_TALK}\b|\b{_TALK}\b[^.]{{0,12}}\bmit keine[rmn]? {_MACHINES}\b"
    ),
    re.compile(rf"\bweder mit (?:\w+ ){{0,2}}?{_MACHINES}\b|\b(?:nicht|not) (?:mit|with) (?:\w+ ){{0,1}}?{_CERTAINLY_MACHINES}\b"),
    re.compile(
        rf"(?:\b(?:will|möchte|want|wollen|bitte) (?:\w+ ){{0,2}}?|^(?:[\w'-]+ ){{0,5}}?)(?:kein|keine|keinen|no) {_CERTAINLY_MACHINES}\b(?! (?:mehr|haben|zu hause))"
    ),
)
# counts only after the agent has named the AI
AI_OBJECTION = re.compile(
    "|".join(
        (
            rf"\bmit (?:so ?was|so einem?r?|dem ding|dir|ihnen da|am \w+) {_TALK} ich (?:doch )?{_NO_TALK}\b",
            rf"\b{_NO_TALK} (?:\w+ )?{_TALK} (?:to|with) (?:one of )?(?:that|those|you things?|a thing)\b",
            r"\bweder noch\b",
        )
    )
)
