"""Trains the sentence classifiers by logistic regression, and says how well each does on sentences that it has not seen."""

import json
import sys
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np  # type: ignore[import-not-found]
from scipy.sparse import csr_matrix  # type: ignore[import-not-found]
from sklearn.linear_model import LogisticRegression  # type: ignore[import-not-found]
from sklearn.model_selection import StratifiedKFold  # type: ignore[import-not-found]

from app.domain.claims import statement_classifier as statements
from app.domain.emergencies import classifier as emergencies
from app.domain.emergencies.signs import CLASS_FILES
from app.domain.language.linear_classifier import BUCKETS, hash_corpus, hash_features
from app.domain.privacy import refusal_classifier as refusals
from scripts import omission_training
from scripts.corpora import pack_weights, read_lines

# how far the weights may follow single sentences, found by cross-validation
STRENGTH = 30.0
# by cross-validation more emergencies are found with it; refusals are not
EVIDENCE = 0.5
# How much heavier one weighs than a line that is none. As much as all of those together ("balanced") would let the lines that are hard
# to tell weigh less with each ordinary one that is added.
EMERGENCY_WEIGHT, REFUSAL_WEIGHT = 2.0, 9.0
FOLDS = 5


@dataclass(frozen=True)
class Task:
    """`rows` are the features of a line of the corpus, and which of the labels it has; `corpus` its digest. `evidence` is what it counts
    that a feature stands on one side, `weights` what a line with that label weighs, where they do not weigh as much as all the others."""

    name: str
    labels: Sequence[str]
    rows: Sequence[tuple[frozenset[int], frozenset[str]]]
    corpus: str
    file: Path
    evidence: float = 0
    # labels of which a line says nothing
    unlabelled: Sequence[frozenset[str]] = ()
    weights: Mapping[str, float] = field(default_factory=dict)


TASKS = ("emergency", "kind", "refusal", "statement", "omission")


def main(names: Sequence[str]) -> None:
    """Trains those tasks, all of them unless some are named."""
    tasks = {"emergency": _emergency, "kind": _kind, "refusal": _refusal, "statement": _statement}
    for name in names or TASKS:
        if name == "omission":
            omission_training.train()
        else:
            _train(tasks[name]())


def _train(task: Task) -> None:
    every = matrix = _matrix([features for features, _labels in task.rows])
    weights, head = [], []
    for label in task.labels:
        truth = np.array([label in labels for _features, labels in task.rows])
        if task.unlabelled:
            known = np.array([label not in unlabelled for unlabelled in task.unlabelled])
            matrix, truth = every[known], truth[known]
        if task.name != "kind":
            _say_quality(task, label, matrix, truth)
        learned, bias = _learn(matrix, truth, task, label)
        values, scale = pack_weights(learned)
        weights.append(values)
        head.append({"name": label, "scale": scale, "bias": round(bias, 6)})
    header = json.dumps({"corpus": task.corpus, "labels": head})
    task.file.write_bytes(header.encode() + b"\n" + zlib.compress(b"".join(weights), 9))


def _emergency() -> Task:
    lines = read_lines(emergencies.CORPUS)
    rows = [(_of(emergencies.extract_training_features(row[2])), _urgency(row[0])) for row in lines]
    labels, weights = ["emergency", emergencies.WAITING], {"emergency": EMERGENCY_WEIGHT}
    return Task("emergency", labels, rows, _hash_emergencies(), emergencies.EMERGENCY_WEIGHTS, EVIDENCE, weights=weights)


def _hash_emergencies() -> str:
    return hash_corpus(emergencies.CORPUS, CLASS_FILES)


def _urgency(label: str) -> frozenset[str]:
    return frozenset() if label == "none" else frozenset({label if label == emergencies.WAITING else "emergency"})


def _kind() -> Task:
    lines = [row for row in read_lines(emergencies.CORPUS) if "emergency" in _urgency(row[0])]
    rows = [(_of(emergencies.extract_training_features(row[2])), frozenset({row[0]})) for row in lines]
    return Task("kind", sorted({row[0] for row in lines}), rows, _hash_emergencies(), emergencies.KIND_WEIGHTS, EVIDENCE)


def _refusal() -> Task:
    rows = [
        (_of(refusals.extract_training_features(row[1], row[2])), frozenset(row[0].split(",")) - {"none"})
        for row in read_lines(refusals.CORPUS)
    ]
    weights = dict.fromkeys(refusals.LABELS, REFUSAL_WEIGHT)
    return Task("refusal", list(refusals.LABELS), rows, hash_corpus(refusals.CORPUS), refusals.WEIGHTS, weights=weights)


def _statement() -> Task:
    """A line labelled by facts says of the acts only that it is none of them, where it states a fact; and the other way round."""
    facts = {tuple(row) for row in read_lines(statements.CORPUS, statements.FACT_FILES)}
    rows, unlabelled = [], []
    for row in read_lines(statements.CORPUS):
        labels = frozenset(row[0].split("+")) - {"none"}
        rows.append((_of(statements.extract_training_features(row[1])), labels))
        is_fact = tuple(row) in facts
        unlabelled.append(
            frozenset(
                statements.ACTS if is_fact and not labels else statements.FACTS if not is_fact and statements.may_state_fact(row[1]) else ()
            )
        )
    return Task("statement", list(statements.LABELS), rows, hash_corpus(statements.CORPUS), statements.WEIGHTS, unlabelled=unlabelled)


def _of(names: Iterable[str]) -> frozenset[int]:
    return frozenset(hash_features(names))


def _matrix(rows: Sequence[frozenset[int]]) -> Any:
    """Each row has unit length, as in scoring."""
    counts = [len(row) for row in rows]
    values = np.repeat([1 / np.sqrt(max(1, count)) for count in counts], counts)
    buckets = np.fromiter((bucket for row in rows for bucket in sorted(row)), dtype=np.int64)
    return csr_matrix((values, buckets, np.concatenate([[0], np.cumsum(counts)])), shape=(len(rows), BUCKETS))


def _learn(matrix: Any, truth: Any, task: Task, label: str) -> tuple[Any, float]:
    """Gives the weights and the bias."""
    evidence = _evidence(matrix, truth, task.evidence)
    class_weight = {True: task.weights[label], False: 1.0} if label in task.weights else "balanced"
    model = LogisticRegression(C=STRENGTH, max_iter=2000, class_weight=class_weight).fit(matrix.multiply(evidence).tocsr(), truth)
    return model.coef_[0] * evidence, float(model.intercept_[0])


def _evidence(matrix: Any, truth: Any, share: float) -> Any:
    """How much oftener each feature stands on one side, to that share (Wang and Manning 2012): what stands on both weighs little."""
    inside, outside = (np.asarray((matrix[side] > 0).sum(axis=0)).ravel() + 1.0 for side in (truth, ~truth))
    ratio = np.abs(np.log(inside / inside.sum() / (outside / outside.sum())))
    return share * ratio / ratio.mean() + 1 - share


def _say_quality(task: Task, label: str, matrix: Any, truth: Any) -> None:
    chances = np.zeros(len(truth))
    for known, unseen in StratifiedKFold(FOLDS, shuffle=True, random_state=1).split(matrix, truth):
        weights, bias = _learn(matrix[known], truth[known], task, label)
        chances[unseen] = matrix[unseen] @ weights + bias
    found: Callable[[float], str] = lambda false: f"{(chances[truth] > np.quantile(chances[~truth], 1 - false)).mean():.2f}"  # noqa: E731
    print(f"{task.name} {label}: {truth.sum()} of {len(truth)}; found at 1, 2, 5 % false: {found(0.01)} {found(0.02)} {found(0.05)}")


if __name__ == "__main__":
    main(sys.argv[1:])
