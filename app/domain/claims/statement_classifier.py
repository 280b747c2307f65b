"""Classifies what a sentence of the agent tells the caller: that something was done or is free, hours, a price; trained on corpus/.

It sees the words and what the rules find in each clause, so that it learns where the rules may be trusted. Days, times and numbers are
masked: what is learned of one Tuesday holds for all days.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from app.domain.claims import appointment_claims, availability, promises
from app.domain.claims.action_vocabulary import find_action, find_intended_action
from app.domain.claims.addresses import STREET
from app.domain.claims.clauses import Clause, split_clauses
from app.domain.claims.durations import LENGTH
from app.domain.claims.prices import PRICE, replace_numbers
from app.domain.language.linear_classifier import TextClassifier, extract_features, tokenize
from app.domain.language.parser import mark_expressions
from app.domain.language.vocabulary import fold

DIRECTORY = Path(__file__).parent
CORPUS = DIRECTORY / "corpus"
WEIGHTS = DIRECTORY / "statement.weights"
ACTS = (
    "booked", "moved", "cancelled", "denied", "free", "full", "callback", "message", "waitlist", "notification", "fee",
)  # fmt: skip
FACTS = ("hours", "price", "duration", "address")
LABELS = (*ACTS, *FACTS)
# files of the corpus whose lines are labelled by the facts alone; the others by the acts alone
FACT_FILES = "*_facts.tsv"
RULES = {
    "free": availability.FREE,
    "offer": availability.OFFER,
    "full": availability.NEGATIVE,
    "denied": appointment_claims.DENIAL,
    "callback": promises.CALLBACK,
    "message": promises.MESSAGE,
    "waitlist": promises.WAITLIST,
    "notification": promises.NOTIFICATION,
}
AMOUNTS = {"price": PRICE, "length": LENGTH}
HOURS_WORDS = re.compile(
    r"\b(?:geoeffnet|offen|oeffn\w*|open\w*|clos\w*|geschlossen|zu|auf|shut|hours|ruhetag|feierabend|schliess\w*|besetzt|erreichbar|da|here|there|around|jemand|somebody|someone|pause|lunch|mittag\w*|bis|till?|until|ab|from)\b"
)
_classifier = TextClassifier(WEIGHTS)
# any moment: only that there is a day matters here
MOMENT = datetime(2026, 11, 27, 9, tzinfo=UTC)
MARK, NUMBER = re.compile(r"<([dt])\d+>"), re.compile(r"\d+")
MASKS = {"d": " daymark ", "t": " timemark "}


def get_statement_probabilities(sentence: str) -> dict[str, float]:
    """Get the probability of each act and fact."""
    words = _split_masked(sentence)
    more = [*_extract_frame(sentence, words), *_extract_rules(sentence)]
    return _classifier.probabilities(words, lambda _window: more)


def extract_training_features(sentence: str) -> Iterator[str]:
    """Extract the features for training."""
    words = _split_masked(sentence)
    yield from extract_features(words)
    yield from _extract_frame(sentence, words)
    yield from _extract_rules(sentence)


def may_state_fact(sentence: str) -> bool:
    """Check for an amount, a length or words of opening hours: a line that is not labelled by facts may hold one."""
    folded = replace_numbers(fold(sentence))
    return (
        any(pattern.search(folded) for pattern in AMOUNTS.values())
        or HOURS_WORDS.search(folded) is not None
        or STREET.search(folded) is not None
    )


@lru_cache(maxsize=256)
def _mark(text: str) -> str:
    return mark_expressions(text, MOMENT, "Europe/Berlin").text


def _split_masked(sentence: str) -> list[str]:
    return tokenize(NUMBER.sub(" numbermark ", MARK.sub(lambda mark: MASKS[mark[1]], _mark(sentence))))


def _extract_frame(sentence: str, words: list[str]) -> Iterator[str]:
    """Extract how the sentence begins and ends: a question is no statement."""
    if sentence.rstrip().endswith("?"):
        yield "?end"
        yield from (f"? {word}" for word in words[:2])
    for count in (1, 2, 3):
        yield f"^{' '.join(words[:count])}"
    yield f"{' '.join(words[-2:])}$"


def _extract_rules(sentence: str) -> Iterator[str]:
    """Extract what the rules say of each clause: what it does, and the action or promise that its words may mean."""
    folded = fold(sentence)
    numbers = replace_numbers(folded)
    yield from (f"has:{name}" for name, pattern in AMOUNTS.items() if pattern.search(numbers))
    for clause in split_clauses(0, sentence):
        act = f"{clause.act}{'-' if clause.negated else '+'}"
        yield f"act:{act}"
        yield from ("conditional",) if clause.is_conditional else ()
        yield from ("tag",) if clause.has_tag else ()
        for name in _list_found(clause, folded):
            yield name
            yield f"{name}:{act}"


def _list_found(clause: Clause, folded: str) -> Iterator[str]:
    marked = _mark(clause.raw)
    yield f"action:{find_action(clause.plain, marked)}{'@' if '<' in marked else ''}"
    yield f"intended:{find_intended_action(clause.plain, marked)}"
    if promise := promises.read_promise(clause, None, sentence=folded):
        yield f"promise:{promise.kind}"
    yield from (f"rule:{name}" for name, pattern in RULES.items() if pattern.search(clause.plain))
