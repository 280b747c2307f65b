"""Trains the sentence classifiers by logistic regression, and says how well each does on sentences that it has not seen."""

import csv
import json
import sys
import zlib
from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np  # type: ignore[import-not-found]
from scipy.sparse import csr_matrix  # type: ignore[import-not-found]
from sklearn.linear_model import LogisticRegression  # type: ignore[import-not-found]
from sklearn.model_selection import StratifiedKFold, cross_val_predict  # type: ignore[import-not-found]

from app.domain.emergencies import classifier as emergencies
from app.domain.language.text_classifier import BUCKETS, hash_corpus, hash_features
from app.domain.privacy import refusal_classifier as refusals

# how far the weights may follow single sentences, found by cross-validation
STRENGTH = 30.0
FOLDS = 5


@dataclass(frozen=True)
class Task:
    """`features` of a line of the corpus, and which of the labels it has."""

    name: str
    labels: Sequence[str]
    rows: Sequence[tuple[frozenset[int], frozenset[str]]]
    corpus: Path
    file: Path


TASKS = ("emergency", "kind", "refusal")


def main(names: Sequence[str]) -> None:
    """Trains those tasks, all of them unless some are named."""
    for task in ({"emergency": _emergency, "kind": _kind, "refusal": _refusal}[name]() for name in names or TASKS):
        matrix = _matrix([features for features, _labels in task.rows])
        weights, head = [], []
        for label in task.labels:
            truth = np.array([label in labels for _features, labels in task.rows])
            if task.name != "kind":
                _say_quality(task, label, matrix, truth)
            model = _regression().fit(matrix, truth)
            values, scale = _as_bytes(model.coef_[0])
            weights.append(values)
            head.append({"name": label, "scale": scale, "bias": round(float(model.intercept_[0]), 6)})
        header = json.dumps({"corpus": hash_corpus(task.corpus), "labels": head})
        task.file.write_bytes(header.encode() + b"\n" + zlib.compress(b"".join(weights), 9))


def _emergency() -> Task:
    lines = _lines(emergencies.CORPUS)
    rows = [(_of(emergencies.extract_training_features(row[2])), _urgency(row[0])) for row in lines]
    return Task("emergency", ["emergency", emergencies.WAITING], rows, emergencies.CORPUS, emergencies.EMERGENCY_WEIGHTS)


def _urgency(label: str) -> frozenset[str]:
    return frozenset() if label == "none" else frozenset({label if label == emergencies.WAITING else "emergency"})


def _kind() -> Task:
    lines = [row for row in _lines(emergencies.CORPUS) if "emergency" in _urgency(row[0])]
    rows = [(_of(emergencies.extract_training_features(row[2])), frozenset({row[0]})) for row in lines]
    return Task("kind", sorted({row[0] for row in lines}), rows, emergencies.CORPUS, emergencies.KIND_WEIGHTS)


def _refusal() -> Task:
    rows = [
        (_of(refusals.extract_training_features(row[1], row[2])), frozenset(row[0].split(",")) - {"none"})
        for row in _lines(refusals.CORPUS)
    ]
    return Task("refusal", list(refusals.LABELS), rows, refusals.CORPUS, refusals.WEIGHTS)


def _lines(folder: Path) -> list[list[str]]:
    lines: dict[tuple[str, ...], None] = {}
    for file in sorted(folder.glob("*.tsv")):
        with file.open(newline="") as opened:
            lines |= dict.fromkeys(tuple(row) for row in csv.reader(opened, delimiter="\t", quoting=csv.QUOTE_NONE) if row)
    return [list(line) for line in lines]


def _of(names: Iterable[str]) -> frozenset[int]:
    return frozenset(hash_features(names))


def _matrix(rows: Sequence[frozenset[int]]) -> Any:
    """Each row has unit length, as in scoring."""
    counts = [len(row) for row in rows]
    values = np.repeat([1 / np.sqrt(max(1, count)) for count in counts], counts)
    buckets = np.fromiter((bucket for row in rows for bucket in sorted(row)), dtype=np.int64)
    return csr_matrix((values, buckets, np.concatenate([[0], np.cumsum(counts)])), shape=(len(rows), BUCKETS))


def _regression() -> LogisticRegression:
    return LogisticRegression(C=STRENGTH, max_iter=2000, class_weight="balanced")


def _as_bytes(values: Any) -> tuple[bytes, float]:
    scale = float(np.abs(values).max()) / 127
    return array("b", np.round(values / scale).astype(int).tolist()).tobytes(), scale


def _say_quality(task: Task, label: str, matrix: Any, truth: Any) -> None:
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=1)
    chances = cross_val_predict(_regression(), matrix, truth, cv=folds, method="predict_proba")[:, 1]
    found: Callable[[float], str] = lambda false: f"{(chances[truth] > np.quantile(chances[~truth], 1 - false)).mean():.2f}"  # noqa: E731
    print(f"{task.name} {label}: {truth.sum()} of {len(truth)}; found at 1, 2, 5 % false: {found(0.01)} {found(0.02)} {found(0.05)}")


if __name__ == "__main__":
    main(sys.argv[1:])
