"""Detect the AI notice in transcripts: our sentence, and other wordings of it."""

# ruff: noqa: E501  (a pattern is a line)

import re
from collections.abc import Iterable
from dataclasses import dataclass

from app.domain.privacy.ai_notice import WORDINGS

# a later notice would come after the conversation had begun
MAX_OPENING_TURNS = 8

ARTIFICIAL = r"(?:k\.?\s?i\.?|a\.?\s?i\.?|künstliche[nr]? intelligenz|artificial intelligence)"
# A compound such as KI-Friseur is a name; only these suffixes describe the speaker.
AI_SUFFIX = r"(?:-| )(?:assistent(?:in)?|assistenz|stimme|system|assistant|agent|voice|system)"
# the sentence ends or goes on; another word could continue a name
STATEMENT_END = r"(?=\s?(?:$|[.,;:!–—]|(?:und|and|die|der|that|who|von|from|des|am|hier|here|kein|not|für|for|bei|by)\b))"
FILLER_WORDS = r"(?:\s(?:hier|übrigens|ja|nur|aber|auch|nämlich|also|eben|here|actually|just|only|though|by the way))*,?"
# a statement about oneself, neither question, denial nor condition
SELF_DISCLOSURES = (
    rf"\bich bin{FILLER_WORDS} (?:eine?|die) {ARTIFICIAL}(?:{AI_SUFFIX})?{STATEMENT_END}",
    rf"\b(?:sie sprechen|du sprichst){FILLER_WORDS} mit (?:einer?|einem) {ARTIFICIAL}(?:{AI_SUFFIX})?{STATEMENT_END}",
    rf"\b(?:i am|i'm){FILLER_WORDS} an {ARTIFICIAL}(?:{AI_SUFFIX})?{STATEMENT_END}",
    rf"\b(?:you are|you're) (?:speaking|talking) (?:to|with) an {ARTIFICIAL}(?:{AI_SUFFIX})?{STATEMENT_END}",
)
SELF_DISCLOSURE_PATTERN = re.compile("|".join(SELF_DISCLOSURES))
# other wordings, as speech recognition spells them; a word of a trade would continue a business name
TRANSCRIBED_AI = r"\b(?:k\.?\s?i\.?|ka\si|a\.?\s?i\.?|ay\s?eye|künstlich\w* ?in ?tell?i\w*|artificial intelligen\w*)"
AI_ROLE = r"(?:[-\s]?(?:gestützte\w*\s)?(?:telefon|sprach|voice|phone)?\s?(?:assisten\w*|stimme|system|agent\w*|rezeptionist\w*|receptionist|helper))?"
NOT_A_NAME = r"(?!\w|\s?&|[-\s](?:friseur|nails|werkstatt|studio|salon|hair|beauty|röntgen|kurs|nachhilfe|labor|garage|zentrum|services?|solutions?|training))"
OTHER_DISCLOSURES = (
    rf"\b(?:ich bin|i am|i'm|this is|it's|you've reached|through to)(?:\s[\w'.-]+){{0,4}}?\s(?:eine?|die|der|ihre?|deine?|an|the|your|our)\s{TRANSCRIBED_AI}{AI_ROLE}{NOT_A_NAME}",
    rf"\bhier (?:spricht|ist|antwortet|meldet sich|hört)(?:\s[\w.-]+){{0,3}}?\s(?:eine?|die|der)\s{TRANSCRIBED_AI}{AI_ROLE}{NOT_A_NAME}",
    rf"\b(?:sprechen|sprichst|reden|redest|verbunden|kommunizieren)(?:\s[\w.-]+){{0,3}}?\smit\s(?:eine[rm]?\s|de[rm]\s)?{TRANSCRIBED_AI}{AI_ROLE}{NOT_A_NAME}",
    rf"\b(?:am apparat ist|am telefon ist|dies ist|das ist)(?:\s\w+)?\s(?:eine?|die|der)\s{TRANSCRIBED_AI}{AI_ROLE}{NOT_A_NAME}",
    rf"\b(?:von|durch)\s(?:eine[rm]?\s|unserer\s)?{TRANSCRIBED_AI} (?:beantwortet|bedient|angenommen|entgegengenommen)\b",
    rf"\b{TRANSCRIBED_AI},? (?:kein mensch|am telefon|not a (?:real )?(?:human|person)|speaking)\b",
    rf"\b(?:speaking|talking|connected|interacting)(?:\s[\w'.-]+){{0,2}}?\s(?:to|with)\s(?:an\s|the\s|our\s)?{TRANSCRIBED_AI}{AI_ROLE}{NOT_A_NAME}",
    rf"\b(?:answered|handled) by (?:an\s)?{TRANSCRIBED_AI}{NOT_A_NAME}",
)
OTHER_DISCLOSURE_PATTERN = re.compile("|".join(OTHER_DISCLOSURES))
DENIAL = re.compile(
    rf"\bnot (?:speaking|talking)\b|\b(?:keine?|not an?|nicht(?: mit| von)?|are you|sind sie|bin ich)(?:\s(?:an?|eine[rm]?))?\s{TRANSCRIBED_AI}"
)


@dataclass(frozen=True, slots=True)
class TimedUtterance:
    """A turn with its times in seconds since the start of the call."""

    position: int
    is_agent: bool
    text: str
    start_s: float | None = None
    end_s: float | None = None


@dataclass(frozen=True, slots=True)
class AiNoticeOccurrence:
    """The position of the notice; `wording` is the version of our sentence, None for another wording."""

    turn: int
    at_ms: int
    wording: str | None


def find_notice(turns: Iterable[TimedUtterance]) -> AiNoticeOccurrence | None:
    """Find the first complete notice among the agent's opening turns.

    A provider truncates an interrupted turn, so half a sentence does not count.
    """
    for turn in [each for each in turns if each.is_agent][:MAX_OPENING_TURNS]:
        folded = _fold(turn.text)
        for version, (_language, text) in WORDINGS.items():
            place = _strip_marks(folded).find(_strip_marks(_fold(text)))
            if place >= 0:
                return AiNoticeOccurrence(turn.position, _estimate_start_ms(turn, place / max(1, len(_strip_marks(folded)))), version)
        if match := SELF_DISCLOSURE_PATTERN.search(folded) or _find_other_disclosure(folded):
            return AiNoticeOccurrence(turn.position, _estimate_start_ms(turn, match.start() / len(folded)), None)
    return None


def _find_other_disclosure(folded: str) -> re.Match[str] | None:
    """Find another wording that is neither negated nor a question."""
    return next((match for match in OTHER_DISCLOSURE_PATTERN.finditer(folded) if not _is_denied_or_asked(folded, match)), None)


def _is_denied_or_asked(folded: str, match: re.Match[str]) -> bool:
    question = re.match(r"[^.!?]*\?", folded[match.end() :])
    return bool(question or DENIAL.search(folded[max(0, match.start() - 12) : match.end()]))


def _estimate_start_ms(turn: TimedUtterance, share: float) -> int:
    """Estimate when it began within the turn, assuming even speech."""
    start = turn.start_s or 0.0
    return round((start + max(0.0, (turn.end_s or start) - start) * share) * 1000)


def _fold(text: str) -> str:
    return " ".join(text.replace("\u2019", "'").replace("\u2011", "-").casefold().split())


def _strip_marks(folded: str) -> str:
    """Strip punctuation: `K.I.` becomes `ki`; words are separated by single blanks."""
    plain = re.sub(r"\b([ka])\.\s?i\.?(?![a-zäöüß])", r"\1i", folded)
    return f" {' '.join(re.findall(r'[-0-9a-zäöüß]+', plain))} "
