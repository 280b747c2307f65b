"""Finds words that tell something beside a wish: "I drop the kids off at half eight, so Thursday at nine".

Where the rules ask back, the sentence is read again without some of its words. Which ones is learned: a linear classifier weighs every
stretch of words by what stands in it and around it. It knows no days or hours, only that such stand there.
"""

# ruff: noqa: E501  (patterns are read in one line)

import math
import re
from collections.abc import Iterator
from functools import cache
from itertools import accumulate, combinations, pairwise
from pathlib import Path

from app.domain.language.linear_classifier import ClassifierWeights, TextClassifier, hash_features
from app.domain.language.vocabulary import split_words

CORPUS = Path(__file__).with_name("corpus")
WEIGHTS = Path(__file__).with_name("omission.weights")
LABEL = "omission"
# a wrong reading weighs as much as ten questions
MIN_PROBABILITY = 0.4
MAX_TRIALS = 5
MAX_WORDS, MAX_OMITTED = 34, 12
# how many words around a stretch are looked at
NEAR = 4
START, END = "^", "$"
STOPS = frozenset({",", ";", ".", START, END})
# two wishes joined by these are asked about
ALTERNATIVES = frozenset({"oder", "or", "bzw"})
LEADS = split_words(
    """um am an at on und and ab bis by until till gegen nach vor zu zum im in seit von from since before after past to around about der den dem die das the
    naechste naechsten naechster kommenden kommende next this diesen halb viertel half quarter zwischen between"""
)
DAY, TIME, PART = "<day>", "<time>", "<part>"
KINDS = (
    (
        DAY,
        re.compile(
            r"(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag|monday|tuesday|wednesday|thursday|friday|saturday|sunday)s?|heute|morgen|uebermorgen|today|tomorrow|\d+\."
            r"|januar|jaenner|februar|maerz|april|mai|juni|juli|august|september|oktober|november|dezember|january|february|march|may|june|july|october|december"
            r"|wochen?|weeks?|wochenende|weekend|monat|month|tag|day|ostern|weihnachten|christmas|easter|pfingsten"
        ),
    ),
    (PART, re.compile(r"frueh|morgens|vormittags?|mittags?|nachmittags?|abends?|morning|afternoon|evening|noon|midday|tonight|lunchtime")),
    (TIME, re.compile(r"\d+(?:[.:]\d\d)?|halb|half|viertel|quarter|uhr|dreiviertel")),
)

_classifier = TextClassifier(WEIGHTS)


def split_text(text: str) -> list[str]:
    """Split a normalized text into words and stops."""
    return re.sub(r"([,;])", r" \1", text).split()


def find_remainders(text: str) -> Iterator[str]:
    """Yield what is left of a normalized text without the words that may well be no part of the wish, the likeliest first."""
    words = split_text(text)
    if len(words) > MAX_WORDS:
        return
    spans = sorted(_score_spans(get_kinds(words), _classifier.get_weights(LABEL)), reverse=True)
    for score, start, end in spans[:MAX_TRIALS]:
        if 1 / (1 + math.exp(-score)) < MIN_PROBABILITY:
            return
        yield re.sub(r" (?=[,;])", "", " ".join(words[:start] + words[end:])).strip(" ,;")


def list_spans(words: list[str]) -> Iterator[tuple[int, int]]:
    """List the stretches that may be left out, by start and end: whole times, and none where there is a choice."""
    if ALTERNATIVES & set(words):
        return
    cuts = [place for place in range(len(words) + 1) if not _is_within_time(words, place)]
    for start, end in combinations(cuts, 2):
        if end - start <= MAX_OMITTED and end - start < len(words):
            yield start, end


def _is_within_time(words: list[str], place: int) -> bool:
    """Check whether a cut there would go through "um | 10", "16 | 45", "8 |, 9" or "8, | 9"."""
    if not 0 < place < len(words):
        return False
    before, after = words[place - 1], words[place]
    is_list = words[max(0, place - 2) : place + 1] == [TIME, ",", TIME] or words[place - 1 : place + 2] == [TIME, ",", TIME]
    return is_list or before == after == TIME or (before in LEADS and after in (DAY, TIME, PART))


def get_kinds(words: list[str]) -> list[str]:
    """Replace words that name a day, a time or a part of the day by the kind."""
    return [_get_kind(word) for word in words]


@cache
def _get_kind(word: str) -> str:
    return next((kind for kind, pattern in KINDS if pattern.fullmatch(word)), word)


def extract_features(words: list[str], start: int, end: int) -> list[str]:
    """Extract the features of leaving out `words[start:end]`; each counts as often as it is named."""
    inside = words[start:end]
    return [
        *(f"in {word}" for word in inside),
        *(f"in {one} {other}" for one, other in pairwise(inside)),
        *_describe_start(words, start),
        *_describe_end(words, end),
        *_describe_span([words[:start], inside, words[end:]]),
    ]


def _describe_start(words: list[str], start: int) -> list[str]:
    before2, before = [START, START, *words[:start]][-2:]
    first, second = [*words[start:], END, END][:2]
    near = [f"left {word}" for word in words[max(0, start - NEAR) : start]]
    return [*near, f"before {before}", f"before {before2} {before}", f"first {first}", f"first {first} {second}", f"start {before} {first}"]


def _describe_end(words: list[str], end: int) -> list[str]:
    last2, last = [START, START, *words[:end]][-2:]
    after, after2 = [*words[end:], END, END][:2]
    near = [f"right {word}" for word in words[end : end + NEAR]]
    return [*near, f"after {after}", f"after {after} {after2}", f"last {last}", f"last {last2} {last}", f"end {last} {after}"]


def _describe_span(parts: list[list[str]]) -> list[str]:
    """Describe which kinds stand before, within and behind, whether there are stops at the edges, and how long it is."""
    days, times, parts_of_day = ("".join("1" if kind in part else "0" for part in parts) for kind in (DAY, TIME, PART))
    before, inside, after = parts
    edges = ((before or [START])[-1], inside[0], inside[-1], (after or [END])[0])
    stops = "".join("1" if word in STOPS else "0" for word in edges)
    return [
        f"days {days}",
        f"times {times}",
        f"parts {parts_of_day}",
        f"both {days} {times}",
        f"stops {stops}",
        f"length {min(len(inside), 8)}",
    ]


def _score_spans(words: list[str], weights: ClassifierWeights) -> Iterator[tuple[float, int, int]]:
    """Score each stretch by the weights of its features: those of its ends and words are summed once for all stretches."""

    @cache
    def weigh(name: str) -> int:
        return sum(weights.values[bucket] for bucket in hash_features([name]))

    def total(names: list[str]) -> int:
        return sum(map(weigh, names))

    starts = [total(_describe_start(words, place)) for place in range(len(words))]
    ends = [total(_describe_end(words, place)) for place in range(len(words) + 1)]
    inside = list(accumulate((weigh(f"in {word}") for word in words), initial=0))
    pairs = list(accumulate((weigh(f"in {one} {other}") for one, other in pairwise(words)), initial=0))
    for start, end in list_spans(words):
        span = total(_describe_span([words[:start], words[start:end], words[end:]]))
        score = starts[start] + ends[end] + inside[end] - inside[start] + pairs[end - 1] - pairs[start] + span
        yield score * weights.scale + weights.bias, start, end
