"""Classifies refusals of recording, transcript and AI; trained on corpus/."""

from collections.abc import Iterator
from pathlib import Path

from app.domain.language.linear_classifier import TextClassifier, extract_features, tokenize
from app.domain.privacy.answer_vocabulary import is_negated_question
from app.domain.privacy.refusal_vocabulary import TOPICS, ConsentKind

DIRECTORY = Path(__file__).parent
CORPUS = DIRECTORY / "corpus"
WEIGHTS = DIRECTORY / "refusal.weights"
LABELS: tuple[ConsentKind, ...] = ("recording", "transcript", "ai")
# an answer comes at once; later words concern something else
ANSWER_WORDS = 12
_refusal = TextClassifier(WEIGHTS)


def get_refusal_probabilities(agent_text: str, caller_text: str) -> dict[str, float]:
    """Get the probability of each refusal; `agent_text` are the agent's preceding words."""
    words = tokenize(caller_text)
    context = list(_extract_context_features(agent_text, words))
    return _refusal.probabilities(words, lambda _window: context)


def extract_training_features(agent_text: str, caller_text: str) -> Iterator[str]:
    """Extract the features for training."""
    words = tokenize(caller_text)
    yield from extract_features(words)
    yield from _extract_context_features(agent_text, words)


def _extract_context_features(agent_text: str, words: list[str]) -> Iterator[str]:
    """Extract features of the first words combined with the question: "nein" to a recording, "nein" to Tuesday."""
    for topic in _list_topics(agent_text):
        yield f"?{topic}"
        before = ""
        for word in words[:ANSWER_WORDS]:
            yield f"?{topic} {word}"
            yield f"?{topic} {before} {word}"
            before = word


def _list_topics(agent_text: str) -> list[str]:
    """List the agent's topics, marked as statement, question or negated question."""
    folded = " ".join(agent_text.casefold().split())
    topics = [what for what in LABELS if TOPICS[what].search(folded)]
    if not topics:
        return ["else"] if folded else []
    how = ("~" if is_negated_question(folded) else "?") if folded.endswith("?") else ""
    return [f"{what}{how}" for what in topics] + [f"any{how}"]
