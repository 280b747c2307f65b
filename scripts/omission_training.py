"""Trains the classifier of words that tell something beside a wish, and says how well it does on sentences that it has not seen."""

import json
import zlib
from typing import Any

import numpy as np  # type: ignore[import-not-found]
from scipy.sparse import csr_matrix  # type: ignore[import-not-found]
from sklearn.linear_model import LogisticRegression  # type: ignore[import-not-found]
from sklearn.model_selection import GroupKFold  # type: ignore[import-not-found]

from app.domain.language import omissions
from app.domain.language.linear_classifier import BUCKETS, hash_corpus, hash_features
from scripts.corpora import pack_weights, read_lines

# found by cross-validation over whole sets of sentences
STRENGTH = 0.02
# what counts a stretch without which something else is read, and one of a sentence that has to be asked about
WRONG_WEIGHT, QUESTION_WEIGHT = 2.0, 10.0
FOLDS = 5


def train() -> None:
    """Learn from sentences of the corpus at which the rules asked: the stretches without which they read what is meant, and those without
    which they read something else."""
    names, truth, groups, weights = [], [], [], []
    for number, (text, right, wrong) in enumerate(read_lines(omissions.CORPUS)):
        words = omissions.get_kinds(text.split())
        spans = [(span, True) for span in right.split()] + [(span, False) for span in wrong.split()]
        for span, is_right in spans:
            start, end = map(int, span.split("-"))
            names.append(omissions.extract_features(words, start, end))
            truth.append(is_right)
            groups.append(number)
            weights.append((1.0 if is_right else WRONG_WEIGHT if right else QUESTION_WEIGHT) / len(spans) ** 0.5)
    matrix, labels = _count(names), np.array(truth)
    _say_quality(matrix, labels, np.array(groups), np.array(weights))
    model = _learn(matrix, labels, np.array(weights))
    values, scale = pack_weights(model.coef_[0])
    label = {"name": omissions.LABEL, "scale": scale, "bias": round(float(model.intercept_[0]), 6)}
    header = json.dumps({"corpus": hash_corpus(omissions.CORPUS), "labels": [label]})
    omissions.WEIGHTS.write_bytes(header.encode() + b"\n" + zlib.compress(values, 9))


def _count(rows: list[list[str]]) -> Any:
    """Each feature counts as often as it stands in the row, as in scoring."""
    buckets = [[bucket for name in row for bucket in hash_features([name])] for row in rows]
    ends = np.cumsum([0, *map(len, buckets)])
    flat = np.fromiter((bucket for row in buckets for bucket in row), dtype=np.int64)
    return csr_matrix((np.ones(len(flat)), flat, ends), shape=(len(rows), BUCKETS))


def _learn(matrix: Any, truth: Any, weights: Any) -> Any:
    return LogisticRegression(C=STRENGTH, max_iter=500, solver="liblinear").fit(matrix, truth, sample_weight=weights)


def _say_quality(matrix: Any, truth: Any, groups: Any, weights: Any) -> None:
    """Say how often the likeliest stretch of a sentence, where it is likely enough, is right."""
    chances = np.zeros(len(truth))
    for known, unseen in GroupKFold(FOLDS).split(matrix, truth, groups):
        chances[unseen] = _learn(matrix[known], truth[known], weights[known]).predict_proba(matrix[unseen])[:, 1]
    best: dict[int, int] = {}
    for place, number in enumerate(groups):
        if chances[place] >= max(omissions.MIN_PROBABILITY, chances[best[number]] if number in best else 0):
            best[number] = place
    right = sum(bool(truth[place]) for place in best.values())
    print(f"omission: {len(set(groups))} sentences; left out in {len(best)}, rightly in {right}")
