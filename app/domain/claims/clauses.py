"""Splits the agent's turns into clauses and classifies them as statement, question or offer."""

# ruff: noqa: E501  (patterns are read in one line)

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.domain.claims.action_vocabulary import VERBS
from app.domain.language.vocabulary import MONTHS, fold

MAX_TEXT_LENGTH = 4000
NOT_ABBREVIATED = "".join(
    rf"(?<!\b{word}\.)" for word in ("Dr", "ca", "Nr", "St", "Prof", r"z\.B", "Mr", "Mrs", "Ms", "bzw", r"a\.m", r"p\.m", "bzgl")
)
SENTENCE = re.compile(
    rf"(?<=[!?…]) +|{NOT_ABBREVIATED}(?<=\.)(?<!\d\.) +|(?<=\d\.) +(?=[A-ZÄÖÜ])(?!(?:{'|'.join(MONTHS)})\b)|\n+|; +", re.IGNORECASE
)
# words that begin a clause
CLAUSE_STARTS = (
    r"ich|wir|sie (?!am|um|für|fur)|ihr termin|der platz|wenn|falls|sobald|sofern|ob|dass|weil|damit|deshalb|daher|denn|bitte|kommen sie|das (?:mache|trage|ging|geht)"
    r"|i(?:'ve|'ll|'m|'d)?|we(?:'ve|'ll|'re|'d)?|you(?:'ll|'re|'ve|'d)?|your appointment|if|once|when|because|please|which"
)
CLAUSE = re.compile(rf",? (?:und|aber|doch|and|but|so) (?=(?:{CLAUSE_STARTS})\b)|, (?=(?:{CLAUSE_STARTS})\b)| [–—-] ", re.IGNORECASE)
TAG_QUESTION = (
    r"passt|ist das|ist es|okay|ok|ja|richtig|stimmt|nicht wahr|gut so|recht|in ordnung|geht das|kann|darf|soll|moechten|haben sie|brauchen|gibt es|sonst noch"
    r"|alright|right|is that|is there|does that|can i|would you|do you|anything"
)
ENDS_WITH_TAG = re.compile(rf"^(.*), ((?:{TAG_QUESTION})\b[^,]*)\?$")
QUESTION = re.compile(
    r"^(?:und |also |gut |okay |ok |and |so |well )?(?:soll|sollen|darf|duerfte|kann|koennen|koennte|moechten|wollen|wuerde|wuerden|haben sie|hatten sie|haetten|sind sie|ist das|ist der|passt(?! *,)|waere|meinen sie|wann|was|wie|wo|wer|welche[rnms]?"
    r"|would|shall|should|could|can|may|do|does|did|are you|is that|is it|have you|when|what|which|who|how|where)\b"
)
CONDITION = re.compile(
    r"^(?:und |aber |and |but )?(?:wenn|falls|sobald|sofern|sollten?|ob|bevor|if|once|unless|as soon as|whether|in case|before)\b"
)
OFFER = re.compile(
    r"\b(?:waeren?|wuerden?|koennten?|haetten?|moechten?|sollen?|sollten?|wollen|wollten?|will|werden?|wird|koennen|kann|darf|duerfen|frei|verfuegbar|anbieten|moeglich|vorschlag\w*|vorschlagen|gerne? noch"
    r"|would|could|can|may|might|should|shall|going to|let me|about to|available|free|want(?:ed)?|i'd|we'd|i'll|you'd|need to)\b"
)
# "we will see you", "your appointment will be", "dann hätten wir's" are no offers
CERTAIN_FUTURE = re.compile(
    r"\b(?:dann haetten wir(?:'?s| es| das| alles)|will be|will see you|'ll see you|will expect you|werden erwartet|werden sie erwarten)\b"
)
WILL_CONFIRM = re.compile(r",? und (?:wird|werden)(?: \w+){0,3} bestaetigt.*$|,? and (?:will|is going) (?:still )?(?:to )?be confirmed.*$")
CONTRAST = re.compile(r"\b(?:nicht(?: mehr)?|not) (?!sondern\b|but\b)[^.]*?,? (?:sondern|but) ")
NEGATION = re.compile(r"\b(?:nicht|keine?[nmrs]?|nichts|nie|weder|not|no|never|nothing|unable|neither)\b|n't\b")
NOT_NEGATION = re.compile(r"\b(?:kein problem|keine sorge|keine ursache|gar kein thema|no problem|no worries|not a problem|nicht wahr)\b")
CUSTOMER_REQUEST = re.compile(
    r"\b(?:sie (?:moechten|wollten?|wollen|wuenschen|wuenschten|sagten|hatten|meinten|meinen|haetten|suchen|baten)|(?:moechten|wollten|hatten|sagten|haetten) sie|ihr wunsch|ihrem wunsch|wie gewuenscht waere"
    r"|you(?:'d| would) like|you (?:wanted|want|asked|said|were looking|mentioned|requested))\b"
)
# another customer's appointment
OTHER_CUSTOMER = re.compile(
    r"\b(?:jemand\w*|andere[rnms]? (?:kund\w*|gast|gaeste|patient\w*|termin\w*)|someone|somebody|(?:another|other) (?:customer|client|patient|appointment)\w*|ihre (?:frau|mutter|tochter|kollegin) hat|ihr (?:mann|vater|sohn|kollege) hat)\b"
)
# an unavailable time, unless it says for whom
UNAVAILABLE = re.compile(
    r"\b(?:schon|bereits|komplett|leider|already|fully) (?:\w+ ){0,2}(?:aus)?(?:gebucht|reserviert|booked|reserved|taken)\b"
)
FOR_YOU = re.compile(r"\b(?:fuer sie|ihre?[nmrs]?|sie|for you|your?|you're|i've|ich)\b")
PAST_TENSE = re.compile(
    r"\b(?:letzte[nrms]?|zuletzt|damals|frueher|bisherige[rnms]?|last (?:time|visit|month|year|week)|previous(?:ly)?|used to)\b"
)


@dataclass(frozen=True, slots=True)
class Clause:
    """`raw` is the original text, `plain` the folded one; `sentence` is quoted on pages."""

    position: int
    sentence: str
    raw: str
    plain: str
    asks: bool
    asserts: bool
    negated: bool
    # ends in a tag question that does not retract it: "…, passt das?"
    has_tag: bool = False


def split_clauses(position: int, text: str) -> Iterator[Clause]:
    """Split a turn into clauses, in order."""
    for sentence in split_sentences(text):
        folded = fold(sentence)
        tagged = ENDS_WITH_TAG.match(folded)
        body = sentence
        if tagged:
            # the tag begins at the last comma of the original text too
            body = sentence[: sentence.rindex(",")]
        asks = folded.endswith("?") and not tagged
        if CONDITION.match(folded):
            continue
        for raw in _split_actions(CONTRAST.sub(" ", body) if CONTRAST.search(body) else body):
            plain = WILL_CONFIRM.sub("", fold(raw)).strip(" ,.!?…")
            if plain:
                # "11 Uhr 15." is no 15th
                yield _build_clause(position, sentence, raw.rstrip(" .,!"), plain, asks=asks, has_tag=tagged is not None)


def _split_actions(body: str) -> Iterator[str]:
    """Split at words that begin a clause, and between two actions: "abgesagt und neu eingetragen"."""
    for raw in CLAUSE.split(body):
        first, joint, rest = next(((a, j, b) for a, j, b in (raw.partition(" und "), raw.partition(" and ")) if j), (raw, "", ""))
        if joint and all(any(verbs.search(fold(half)) for verbs in VERBS.values()) for half in (first, rest)):
            yield from (first, rest)
        else:
            yield raw


def _is_about_others(plain: str) -> bool:
    return OTHER_CUSTOMER.search(plain) is not None or (UNAVAILABLE.search(plain) is not None and not FOR_YOU.search(plain))


def split_sentences(text: str) -> list[str]:
    return [sentence.strip() for sentence in SENTENCE.split(text[:MAX_TEXT_LENGTH]) if sentence and sentence.strip()]


def _build_clause(position: int, sentence: str, raw: str, plain: str, *, asks: bool, has_tag: bool) -> Clause:
    asks = asks or QUESTION.match(plain) is not None
    offered = OFFER.search(CERTAIN_FUTURE.sub(" ", plain)) is not None
    taken_back = any(pattern.search(plain) for pattern in (CONDITION, CUSTOMER_REQUEST, PAST_TENSE)) or _is_about_others(plain)
    negated = NEGATION.search(NOT_NEGATION.sub(" ", plain)) is not None
    return Clause(
        position, sentence, raw, plain, asks, asserts=not (asks or offered or taken_back or negated), negated=negated, has_tag=has_tag
    )
