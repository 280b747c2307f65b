"""A small linear classifier of sentences: hashed words, pairs of words and letter groups, weights learned beforehand.

Needs neither a library nor a network: the weights are a file written by `scripts/train_classifiers`; scoring a sentence takes
a tenth of a millisecond. It generalizes beyond lists of phrases.
"""

import hashlib
import json
import math
import re
import unicodedata
import zlib
from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

BUCKETS = 1 << 17
# the most words between the two of a pair
MAX_GAP = 3
GROUP_LENGTHS = (4, 5)
# long texts are scored in windows, so that no sentence is lost
WINDOW, WINDOW_STEP = 30, 10
FeatureExtractor = Callable[[list[str]], Iterable[str]]
WORD = re.compile(r"[a-z]+|\d+")
TRANSLITERATIONS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "’": "", "'": ""})


@dataclass(frozen=True, slots=True)
class ClassifierWeights:
    """A binary classifier: eight-bit weights, each times `scale`, and the bias."""

    values: "array[int]"
    scale: float
    bias: float


class TextClassifier:
    """Gives a probability for each label of the model file."""

    def __init__(self, file: Path) -> None:
        self._file = file

    @cached_property
    def corpus(self) -> str:
        """The digest of the training corpus."""
        return json.loads(self._file.read_bytes().partition(b"\n")[0])["corpus"]

    @cached_property
    def _model(self) -> dict[str, ClassifierWeights]:
        head, _newline, body = self._file.read_bytes().partition(b"\n")
        labels, body = json.loads(head)["labels"], zlib.decompress(body)
        return {
            label["name"]: ClassifierWeights(array("b", body[place * BUCKETS : (place + 1) * BUCKETS]), label["scale"], label["bias"])
            for place, label in enumerate(labels)
        }

    def get_weights(self, label: str) -> ClassifierWeights:
        """Get the weights of one label, for features that are weighed in another way."""
        return self._model[label]

    def probabilities(self, words: list[str], extract_more: FeatureExtractor | None = None) -> dict[str, float]:
        """Get the probability of each label, the highest over all windows; `extract_more` gives a window's further features."""
        more: FeatureExtractor = extract_more or (lambda _window: ())
        pieces = [hash_features([*extract_features(piece), *more(piece)]) for piece in split_windows(words)]
        return {label: max(_compute_probability(weights, piece) for piece in pieces) for label, weights in self._model.items()}


def tokenize(text: str) -> list[str]:
    """Tokenize to words without case, accents and punctuation."""
    plain = unicodedata.normalize("NFKD", text.lower().translate(TRANSLITERATIONS)).encode("ascii", "ignore").decode()
    return WORD.findall(plain)


def split_windows(words: list[str]) -> list[list[str]]:
    if len(words) <= WINDOW:
        return [words]
    return [words[start : start + WINDOW] for start in range(0, len(words) - WINDOW + WINDOW_STEP, WINDOW_STEP)]


def extract_features(words: list[str]) -> Iterator[str]:
    """Extract features: words, pairs of nearby words, and letter n-grams, which tolerate spelling variants."""
    for place, word in enumerate(words):
        yield word
        for gap, other in enumerate(words[place + 1 : place + 2 + MAX_GAP]):
            yield f"{word} {other}" if gap == 0 else f"{word} * {other}"
        marked = f"<{word}>"
        for length in GROUP_LENGTHS:
            for start in range(len(marked) - length + 1):
                yield f"#{marked[start : start + length]}"


def hash_features(names: Iterable[str]) -> set[int]:
    """Hash features to buckets; each counts once."""
    return {zlib.crc32(name.encode()) & (BUCKETS - 1) for name in names}


def _compute_probability(weights: ClassifierWeights, buckets: set[int]) -> float:
    """Compute the logistic function over the normalized features, as in training."""
    values = weights.values
    total = sum(map(values.__getitem__, buckets)) * weights.scale / math.sqrt(len(buckets) or 1)
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total + weights.bias))))


def hash_corpus(folder: Path, more: Iterable[Path] = ()) -> str:
    """Hash the training corpus and `more` files that features come from; stored in the model file."""
    digest = hashlib.sha256()
    for file in [*sorted(folder.glob("*.tsv")), *more]:
        digest.update(file.read_bytes())
    return digest.hexdigest()
