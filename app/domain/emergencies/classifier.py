"""How likely it is that somebody speaks of an emergency that happens now, and of which: learned from sentences (see corpus/)."""

from collections.abc import Iterator
from pathlib import Path

from app.domain.language.text_classifier import TextClassifier, features, words_of

PLACE = Path(__file__).parent
CORPUS = PLACE / "corpus"
EMERGENCY, KIND = PLACE / "emergency.weights", PLACE / "kind.weights"
_emergency, _kind = TextClassifier(EMERGENCY), TextClassifier(KIND)
# the kinds of the table of signs (signs/signs.txt) by the labels of the corpus
KINDS = {
    "medical": "medical", "dental": "dental_pain", "vet": "vet_emergency", "suicide": "suicide", "poison": "poison", "violence": "assault",
    "fire": "fire", "gas": "gas", "water": "pipe", "breakdown": "motorway", "accident": "accident", "electric": "sparks",
}  # fmt: skip


def chance_of_emergency(text: str) -> float:
    """From 0 to 1."""
    return _emergency.probabilities(words_of(text))["emergency"]


def likely_kind(text: str) -> str:
    """The name of the kind that is most likely, given that it is an emergency."""
    chances = _kind.probabilities(words_of(text))
    return KINDS[max(chances, key=lambda label: chances[label])]


def features_of(text: str) -> Iterator[str]:
    """What is weighed, for training."""
    return features(words_of(text))
