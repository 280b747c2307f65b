"""Cuts what the agent said into clauses, and tells which of them state something as done or so."""

# ruff: noqa: E501  (patterns are read in one line)

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.domain.claims.actions import VERBS
from app.domain.language.vocabulary import MONTHS, fold

LONGEST = 4000
ABBREVIATED = "".join(
    rf"(?<!\b{word}\.)" for word in ("Dr", "ca", "Nr", "St", "Prof", r"z\.B", "Mr", "Mrs", "Ms", "bzw", r"a\.m", r"p\.m", "bzgl")
)
SENTENCE = re.compile(
    rf"(?<=[!?…]) +|{ABBREVIATED}(?<=\.)(?<!\d\.) +|(?<=\d\.) +(?=[A-ZÄÖÜ])(?!(?:{'|'.join(MONTHS)})\b)|\n+|; +", re.IGNORECASE
)
# what begins a clause of its own
STARTS = (
    r"ich|wir|sie (?!am|um|für|fur)|ihr termin|der platz|wenn|falls|sobald|sofern|ob|dass|weil|damit|deshalb|daher|denn|bitte|kommen sie|das (?:mache|trage|ging|geht)"
    r"|i(?:'ve|'ll|'m|'d)?|we(?:'ve|'ll|'re|'d)?|you(?:'ll|'re|'ve|'d)?|your appointment|if|once|when|because|please|which"
)
CLAUSE = re.compile(rf",? (?:und|aber|doch|and|but|so) (?=(?:{STARTS})\b)|, (?=(?:{STARTS})\b)| [–—-] ", re.IGNORECASE)
TAG = (
    r"passt|ist das|ist es|okay|ok|ja|richtig|stimmt|nicht wahr|gut so|recht|in ordnung|geht das|kann|darf|soll|moechten|haben sie|brauchen|gibt es|sonst noch"
    r"|alright|right|is that|is there|does that|can i|would you|do you|anything"
)
ENDS_WITH_TAG = re.compile(rf"^(.*), ((?:{TAG})\b[^,]*)\?$")
ASKS = re.compile(
    r"^(?:und |also |gut |okay |ok |and |so |well )?(?:soll|sollen|darf|duerfte|kann|koennen|koennte|moechten|wollen|wuerde|wuerden|haben sie|hatten sie|haetten|sind sie|ist das|ist der|passt(?! *,)|waere|meinen sie|wann|was|wie|wo|wer|welche[rnms]?"
    r"|would|shall|should|could|can|may|do|does|did|are you|is that|is it|have you|when|what|which|who|how|where)\b"
)
CONDITION = re.compile(
    r"^(?:und |aber |and |but )?(?:wenn|falls|sobald|sofern|sollten?|ob|bevor|if|once|unless|as soon as|whether|in case|before)\b"
)
OFFERED = re.compile(
    r"\b(?:waeren?|wuerden?|koennten?|haetten?|moechten?|sollen?|sollten?|wollen|wollten?|will|werden?|wird|koennen|kann|darf|duerfen|frei|verfuegbar|anbieten|moeglich|vorschlag\w*|vorschlagen|gerne? noch"
    r"|would|could|can|may|might|should|shall|going to|let me|about to|available|free|want(?:ed)?|i'd|we'd|i'll|you'd|need to)\b"
)
# "we will see you", "your appointment will be", "dann hätten wir's" are no offers
SURE_FUTURE = re.compile(
    r"\b(?:dann haetten wir(?:'?s| es| das| alles)|will be|will see you|'ll see you|will expect you|werden erwartet|werden sie erwarten)\b"
)
WILL_CONFIRM = re.compile(r",? und (?:wird|werden)(?: \w+){0,3} bestaetigt.*$|,? and (?:will|is going) (?:still )?(?:to )?be confirmed.*$")
NOT_BUT = re.compile(r"\b(?:nicht(?: mehr)?|not) (?!sondern\b|but\b)[^.]*?,? (?:sondern|but) ")
NEGATED = re.compile(r"\b(?:nicht|keine?[nmrs]?|nichts|nie|weder|not|no|never|nothing|unable|neither)\b|n't\b")
NO_DENIAL = re.compile(r"\b(?:kein problem|keine sorge|keine ursache|gar kein thema|no problem|no worries|not a problem|nicht wahr)\b")
QUOTED = re.compile(
    r"\b(?:sie (?:moechten|wollten?|wollen|wuenschen|wuenschten|sagten|hatten|meinten|meinen|haetten|suchen|baten)|(?:moechten|wollten|hatten|sagten|haetten) sie|ihr wunsch|ihrem wunsch|wie gewuenscht waere"
    r"|you(?:'d| would) like|you (?:wanted|want|asked|said|were looking|mentioned|requested))\b"
)
# somebody else's appointment
SOMEBODY = re.compile(
    r"\b(?:jemand\w*|andere[rnms]? (?:kund\w*|gast|gaeste|patient\w*|termin\w*)|someone|somebody|(?:another|other) (?:customer|client|patient|appointment)\w*|ihre (?:frau|mutter|tochter|kollegin) hat|ihr (?:mann|vater|sohn|kollege) hat)\b"
)
# a time that is not to be had, unless it says for whom
TAKEN = re.compile(r"\b(?:schon|bereits|komplett|leider|already|fully) (?:\w+ ){0,2}(?:aus)?(?:gebucht|reserviert|booked|reserved|taken)\b")
FOR_YOU = re.compile(r"\b(?:fuer sie|ihre?[nmrs]?|sie|for you|your?|you're|i've|ich)\b")
PAST = re.compile(
    r"\b(?:letzte[nrms]?|zuletzt|damals|frueher|bisherige[rnms]?|last (?:time|visit|month|year|week)|previous(?:ly)?|used to)\b"
)


@dataclass(frozen=True, slots=True)
class Clause:
    """`raw` as it was said, `plain` folded; `sentence` is what a page quotes."""

    position: int
    sentence: str
    raw: str
    plain: str
    asks: bool
    asserts: bool
    negated: bool
    # ends in a question that does not take it back: "…, passt das?"
    has_tag: bool = False


def clauses(position: int, text: str) -> Iterator[Clause]:
    """The clauses of a turn, in order."""
    for sentence in sentences(text):
        folded = fold(sentence)
        tagged = ENDS_WITH_TAG.match(folded)
        body = sentence
        if tagged:
            # the same place in what was said: the tag begins at the last comma
            body = sentence[: sentence.rindex(",")]
        asks = folded.endswith("?") and not tagged
        if CONDITION.match(folded):
            continue
        for raw in _parts(NOT_BUT.sub(" ", body) if NOT_BUT.search(body) else body):
            plain = WILL_CONFIRM.sub("", fold(raw)).strip(" ,.!?…")
            if plain:
                # "11 Uhr 15." is no 15th
                yield _clause(position, sentence, raw.rstrip(" .,!"), plain, asks=asks, has_tag=tagged is not None)


def _parts(body: str) -> Iterator[str]:
    """At the words that begin a clause, and between two deeds: "abgesagt und neu eingetragen"."""
    for raw in CLAUSE.split(body):
        first, joint, rest = next(((a, j, b) for a, j, b in (raw.partition(" und "), raw.partition(" and ")) if j), (raw, "", ""))
        if joint and all(any(verbs.search(fold(half)) for verbs in VERBS.values()) for half in (first, rest)):
            yield from (first, rest)
        else:
            yield raw


def _is_of_others(plain: str) -> bool:
    return SOMEBODY.search(plain) is not None or (TAKEN.search(plain) is not None and not FOR_YOU.search(plain))


def sentences(text: str) -> list[str]:
    return [sentence.strip() for sentence in SENTENCE.split(text[:LONGEST]) if sentence and sentence.strip()]


def _clause(position: int, sentence: str, raw: str, plain: str, *, asks: bool, has_tag: bool) -> Clause:
    asks = asks or ASKS.match(plain) is not None
    offered = OFFERED.search(SURE_FUTURE.sub(" ", plain)) is not None
    taken_back = any(pattern.search(plain) for pattern in (CONDITION, QUOTED, PAST)) or _is_of_others(plain)
    negated = NEGATED.search(NO_DENIAL.sub(" ", plain)) is not None
    return Clause(
        position, sentence, raw, plain, asks, asserts=not (asks or offered or taken_back or negated), negated=negated, has_tag=has_tag
    )
