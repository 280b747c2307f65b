"""The AI notice: its one wording per language, the questions that go with it, and where a transcript has it (EU AI Act, article 50)."""

# ruff: noqa: E501  (a pattern is a line)

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from app.domain.language.time_expression import Language

Address = Literal["formal", "informal"]
# A sentence of its own, the same for every business: nothing of a greeting, a name or a setting is in it.
NOTICE: dict[Language, str] = {"de": "Ich bin eine KI, kein Mensch.", "en": "I am an AI, not a human."}
NOTES: dict[tuple[Language, Address], str] = {
    ("de", "formal"): "Ich schreibe mit, solange Sie nichts dagegen haben.",
    ("de", "informal"): "Ich schreibe mit, solange du nichts dagegen hast.",
    ("en", "formal"): "I take notes unless you would rather I did not.",
    ("en", "informal"): "I take notes unless you would rather I did not.",
}
# § 201 StGB: whoever records asks, and only a yes allows it
QUESTION: dict[Language, str] = {
    "de": "Darf ich das Gespräch aufzeichnen und mitschreiben?",
    "en": "May I record this call and take notes?",
}
# later it would come after the conversation and not before it
FIRST_TURNS = 8
VERSION_LENGTH = 16

ARTIFICIAL = r"(?:k\.?\s?i\.?|a\.?\s?i\.?|künstliche[nr]? intelligenz|artificial intelligence)"
# A compound such as KI-Friseur is a name; only these say what speaks.
SORT = r"(?:-| )(?:assistent(?:in)?|assistenz|stimme|system|assistant|agent|voice|system)"
# then the sentence ends or goes on about it; with another word a name may go on
ENDS = r"(?=\s?(?:$|[.,;:!–—]|(?:und|and|die|der|that|who|von|from|des|am|hier|here|kein|not|für|for|bei|by)\b))"
SOFTLY = r"(?:\s(?:hier|übrigens|ja|nur|aber|auch|nämlich|also|eben|here|actually|just|only|though|by the way))*,?"
# said of oneself, and neither asked, denied nor supposed
SELF = (
    rf"\bich bin{SOFTLY} (?:eine?|die) {ARTIFICIAL}(?:{SORT})?{ENDS}",
    rf"\b(?:sie sprechen|du sprichst){SOFTLY} mit (?:einer?|einem) {ARTIFICIAL}(?:{SORT})?{ENDS}",
    rf"\b(?:i am|i'm){SOFTLY} an {ARTIFICIAL}(?:{SORT})?{ENDS}",
    rf"\b(?:you are|you're) (?:speaking|talking) (?:to|with) an {ARTIFICIAL}(?:{SORT})?{ENDS}",
)
SAYS_SO = re.compile("|".join(SELF))
# the same in the words of agents that others wrote, as speech recognition spells them; a name goes on with a word of its trade
HEARD = r"\b(?:k\.?\s?i\.?|ka\si|a\.?\s?i\.?|ay\s?eye|künstlich\w* ?in ?tell?i\w*|artificial intelligen\w*)"
ROLE = r"(?:[-\s]?(?:gestützte\w*\s)?(?:telefon|sprach|voice|phone)?\s?(?:assisten\w*|stimme|system|agent\w*|rezeptionist\w*|receptionist|helper))?"
NO_NAME = r"(?!\w|\s?&|[-\s](?:friseur|nails|werkstatt|studio|salon|hair|beauty|röntgen|kurs|nachhilfe|labor|garage|zentrum|services?|solutions?|training))"
OTHERS = (
    rf"\b(?:ich bin|i am|i'm|this is|it's|you've reached|through to)(?:\s[\w'.-]+){{0,4}}?\s(?:eine?|die|der|ihre?|deine?|an|the|your|our)\s{HEARD}{ROLE}{NO_NAME}",
    rf"\bhier (?:spricht|ist|antwortet|meldet sich|hört)(?:\s[\w.-]+){{0,3}}?\s(?:eine?|die|der)\s{HEARD}{ROLE}{NO_NAME}",
    rf"\b(?:sprechen|sprichst|reden|redest|verbunden|kommunizieren)(?:\s[\w.-]+){{0,3}}?\smit\s(?:eine[rm]?\s|de[rm]\s)?{HEARD}{ROLE}{NO_NAME}",
    rf"\b(?:am apparat ist|am telefon ist|dies ist|das ist)(?:\s\w+)?\s(?:eine?|die|der)\s{HEARD}{ROLE}{NO_NAME}",
    rf"\b(?:von|durch)\s(?:eine[rm]?\s|unserer\s)?{HEARD} (?:beantwortet|bedient|angenommen|entgegengenommen)\b",
    rf"\b{HEARD},? (?:kein mensch|am telefon|not a (?:real )?(?:human|person)|speaking)\b",
    rf"\b(?:speaking|talking|connected|interacting)(?:\s[\w'.-]+){{0,2}}?\s(?:to|with)\s(?:an\s|the\s|our\s)?{HEARD}{ROLE}{NO_NAME}",
    rf"\b(?:answered|handled) by (?:an\s)?{HEARD}{NO_NAME}",
)
SAYS_SO_TOO = re.compile("|".join(OTHERS))
DENIES = re.compile(
    rf"\bnot (?:speaking|talking)\b|\b(?:keine?|not an?|nicht(?: mit| von)?|are you|sind sie|bin ich)(?:\s(?:an?|eine[rm]?))?\s{HEARD}"
)


@dataclass(frozen=True, slots=True)
class Utterance:
    """A turn as far as the notice needs it; seconds since the call began."""

    position: int
    is_agent: bool
    text: str
    start_s: float | None = None
    end_s: float | None = None


@dataclass(frozen=True, slots=True)
class Spoken:
    """Where the notice was said; `wording` is the version of the standing sentence, None where the agent put it in other words."""

    turn: int
    at_ms: int
    wording: str | None


def version_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:VERSION_LENGTH]


WORDINGS: dict[str, tuple[Language, str]] = {version_of(text): (language, text) for language, text in NOTICE.items()}


def find_notice(turns: Iterable[Utterance]) -> Spoken | None:
    """The first whole notice among the agent's first turns.

    A provider cuts a turn where the caller talked over it: what was cut off was not heard, so half a sentence is none.
    """
    for turn in [each for each in turns if each.is_agent][:FIRST_TURNS]:
        said = _folded(turn.text)
        for version, (_language, text) in WORDINGS.items():
            place = _words(said).find(_words(_folded(text)))
            if place >= 0:
                return Spoken(turn.position, _moment(turn, place / max(1, len(_words(said)))), version)
        if found := SAYS_SO.search(said) or _otherwise(said):
            return Spoken(turn.position, _moment(turn, found.start() / len(said)), None)
    return None


def _otherwise(said: str) -> re.Match[str] | None:
    """Neither where it is denied nor where it is asked."""
    return next((found for found in SAYS_SO_TOO.finditer(said) if not _denied_or_asked(said, found)), None)


def _denied_or_asked(said: str, found: re.Match[str]) -> bool:
    asked = re.match(r"[^.!?]*\?", said[found.end() :])
    return bool(asked or DENIES.search(said[max(0, found.start() - 12) : found.end()]))


def _moment(turn: Utterance, share: float) -> int:
    """When in the turn it began, as evenly as people speak."""
    start = turn.start_s or 0.0
    return round((start + max(0.0, (turn.end_s or start) - start) * share) * 1000)


def _folded(text: str) -> str:
    return " ".join(text.replace("\u2019", "'").replace("\u2011", "-").casefold().split())


def _words(folded: str) -> str:
    """Without the marks that speech has not: `K.I.` is `ki`, and a word begins and ends with a blank."""
    plain = re.sub(r"\b([ka])\.\s?i\.?(?![a-zäöüß])", r"\1i", folded)
    return f" {' '.join(re.findall(r'[-0-9a-zäöüß]+', plain))} "
