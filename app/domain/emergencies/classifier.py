"""How likely somebody speaks of an emergency, of which, or of what can wait: learned from sentences (see corpus/)."""

from collections.abc import Iterator
from pathlib import Path

from app.domain.language.text_classifier import TextClassifier, extract_features, tokenize

DIRECTORY = Path(__file__).parent
CORPUS = DIRECTORY / "corpus"
EMERGENCY_WEIGHTS, KIND_WEIGHTS = DIRECTORY / "emergency.weights", DIRECTORY / "kind.weights"
_emergency, _kind = TextClassifier(EMERGENCY_WEIGHTS), TextClassifier(KIND_WEIGHTS)
# the label of what is urgent, and can wait while somebody is there
WAITING = "waiting"
# the kinds of the table of signs (signs/signs.txt) by the labels of the corpus
KIND_BY_LABEL = {
    "medical": "medical", "dental": "dental_pain", "vet": "vet_emergency", "suicide": "suicide", "poison": "poison", "violence": "assault",
    "fire": "fire", "gas": "gas", "water": "pipe", "breakdown": "motorway", "accident": "accident", "electric": "sparks",
}  # fmt: skip
# Below it no kind is: somebody who speaks of a filling is not told of despair.
UNCLEAR = 0.2


def get_probabilities(text: str) -> tuple[float, float]:
    """That it is an emergency, and that it is what can wait while somebody is there; each from 0 to 1."""
    chances = _emergency.probabilities(tokenize(text))
    return chances["emergency"], chances[WAITING]


def get_emergency_probability(text: str) -> float:
    return get_probabilities(text)[0]


def classify_kind(text: str) -> str:
    """The name of the kind that is most likely, given that it is an emergency; where none is likely, only that it is one."""
    chances = _kind.probabilities(tokenize(text))
    best = max(chances, key=lambda label: chances[label])
    return KIND_BY_LABEL[best] if chances[best] >= UNCLEAR else "called_for"


def extract_training_features(text: str) -> Iterator[str]:
    """What is weighed, for training."""
    return extract_features(tokenize(text))
