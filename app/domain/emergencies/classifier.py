"""How likely somebody speaks of an emergency, of which, or of what can wait: learned from sentences (see corpus/)."""

from collections.abc import Iterator
from pathlib import Path

from app.domain.language.text_classifier import TextClassifier, features, words_of

PLACE = Path(__file__).parent
CORPUS = PLACE / "corpus"
EMERGENCY, KIND = PLACE / "emergency.weights", PLACE / "kind.weights"
_emergency, _kind = TextClassifier(EMERGENCY), TextClassifier(KIND)
# the label of what is urgent, and can wait while somebody is there
WAITING = "waiting"
# the kinds of the table of signs (signs/signs.txt) by the labels of the corpus
KINDS = {
    "medical": "medical", "dental": "dental_pain", "vet": "vet_emergency", "suicide": "suicide", "poison": "poison", "violence": "assault",
    "fire": "fire", "gas": "gas", "water": "pipe", "breakdown": "motorway", "accident": "accident", "electric": "sparks",
}  # fmt: skip
# Below it no kind is: somebody who speaks of a filling is not told of despair.
UNCLEAR = 0.2


def chances_of(text: str) -> tuple[float, float]:
    """That it is an emergency, and that it is what can wait while somebody is there; each from 0 to 1."""
    chances = _emergency.probabilities(words_of(text))
    return chances["emergency"], chances[WAITING]


def chance_of_emergency(text: str) -> float:
    return chances_of(text)[0]


def likely_kind(text: str) -> str:
    """The name of the kind that is most likely, given that it is an emergency; where none is likely, only that it is one."""
    chances = _kind.probabilities(words_of(text))
    best = max(chances, key=lambda label: chances[label])
    return KINDS[best] if chances[best] >= UNCLEAR else "called_for"


def features_of(text: str) -> Iterator[str]:
    """What is weighed, for training."""
    return features(words_of(text))
