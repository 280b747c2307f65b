"""Classifies sentences as emergency, urgent matter or neither, and by kind; trained on corpus/."""

from collections.abc import Iterator
from pathlib import Path

from app.domain.language.text_classifier import TextClassifier, extract_features, tokenize

DIRECTORY = Path(__file__).parent
CORPUS = DIRECTORY / "corpus"
EMERGENCY_WEIGHTS, KIND_WEIGHTS = DIRECTORY / "emergency.weights", DIRECTORY / "kind.weights"
_emergency, _kind = TextClassifier(EMERGENCY_WEIGHTS), TextClassifier(KIND_WEIGHTS)
# the label of urgent matters that can wait during opening hours
WAITING = "waiting"
# kinds of signs/signs.txt by label of the corpus
KIND_BY_LABEL = {
    "medical": "medical", "dental": "dental_pain", "vet": "vet_emergency", "suicide": "suicide", "poison": "poison", "violence": "assault",
    "fire": "fire", "gas": "gas", "water": "pipe", "breakdown": "motorway", "accident": "accident", "electric": "sparks",
}  # fmt: skip
# Below it no kind is chosen, so that a filling does not get suicide instructions.
UNCLEAR = 0.2


def get_probabilities(text: str) -> tuple[float, float]:
    """Get the probabilities of an emergency and of an urgent matter that can wait."""
    chances = _emergency.probabilities(tokenize(text))
    return chances["emergency"], chances[WAITING]


def get_emergency_probability(text: str) -> float:
    return get_probabilities(text)[0]


def classify_kind(text: str) -> str:
    """Classify the kind of an emergency; `named` where none is likely."""
    chances = _kind.probabilities(tokenize(text))
    best = max(chances, key=lambda label: chances[label])
    return KIND_BY_LABEL[best] if chances[best] >= UNCLEAR else "called_for"


def extract_training_features(text: str) -> Iterator[str]:
    """Extract the features for training."""
    return extract_features(tokenize(text))
