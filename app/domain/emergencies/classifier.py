"""Classifies sentences as emergency, urgent matter or neither, and by kind; trained on corpus/.

Features are the words, their classes in the table (`signs/classes.txt`), and pairs of classes, so that training on one word
applies to the others of its class.
"""

from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

from app.domain.emergencies.phrase_matcher import tokenize as tokenize_for_table
from app.domain.emergencies.signs import load_table
from app.domain.language.linear_classifier import TextClassifier, extract_features, tokenize

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
UNCLEAR_KIND = "called_for"


def get_probabilities(text: str) -> tuple[float, float]:
    """Get the probabilities of an emergency and of an urgent matter that can wait."""
    chances = _emergency.probabilities(tokenize(text), extract_class_features)
    return chances["emergency"], chances[WAITING]


def get_emergency_probability(text: str) -> float:
    return get_probabilities(text)[0]


def classify_kind(text: str) -> str:
    """Classify the kind of an emergency; `UNCLEAR_KIND` where none is likely."""
    chances = _kind.probabilities(tokenize(text), extract_class_features)
    best = max(chances, key=lambda label: chances[label])
    return KIND_BY_LABEL[best] if chances[best] >= UNCLEAR else UNCLEAR_KIND


def extract_training_features(text: str) -> Iterator[str]:
    """Extract the features for training."""
    words = tokenize(text)
    yield from extract_features(words)
    yield from extract_class_features(words)


def extract_class_features(words: list[str]) -> Iterator[str]:
    """Extract the classes of the table that occur, and each two of them."""
    table = load_table()
    terms = table.vocabulary.find(tokenize_for_table(" ".join(words), table.vocabulary.spelling))
    names = sorted(table.classes[term] for term in terms if term in table.classes)
    yield from names
    yield from map("".join, combinations(names, 2))
