"""The truth check against transcripts with known verdicts: each one, and how good it is over all."""

from dataclasses import dataclass

import pytest

from app.domain.claims.extraction import extract_claims, is_supported_language
from app.domain.claims.fact_check import check_claims
from tests.domain.claims.corpus import Transcript, read_all
from tests.support.tables import each_row

# the rules were written against the first; docs/truth-check.md has the figures of the first run over the others, before anything was mended
HALVES = ("learned", "unseen", "hard", "strangers")
ALL = {half: read_all(half) for half in HALVES}
EVERY = [transcript for half in HALVES for transcript in ALL[half]]


@dataclass(frozen=True)
class Score:
    right_alarms: int
    false_alarms: int
    overlooked: int

    @property
    def precision(self) -> float:
        return self.right_alarms / (self.right_alarms + self.false_alarms)

    @property
    def recall(self) -> float:
        return self.right_alarms / (self.right_alarms + self.overlooked)


@each_row("transcript", EVERY)
def test_just_the_turns_that_are_untrue_are_flagged(transcript: Transcript) -> None:
    assert is_supported_language(transcript.turns) is transcript.is_readable
    assert _found(transcript) == transcript.wrong


@pytest.mark.parametrize("half", HALVES)
def test_precision_and_recall_over_a_half(half: str) -> None:
    score = _score(ALL[half])
    assert (score.precision, score.recall) >= (0.95, 0.95)


def test_there_are_true_and_false_ones_in_both_languages() -> None:
    assert len(EVERY) >= 100
    assert sum(bool(transcript.wrong) for transcript in EVERY) >= 40
    assert sum(transcript.name.endswith(".en") for transcript in EVERY) >= 25


def _found(transcript: Transcript) -> set[tuple[int, str]]:
    if not is_supported_language(transcript.turns):
        return set()
    claims = extract_claims(transcript.turns, transcript.facts)
    return {(finding.position, finding.kind) for finding in check_claims(claims, transcript.facts)}


def _score(transcripts: list[Transcript]) -> Score:
    verdicts = [(bool(_found(transcript)), bool(transcript.wrong)) for transcript in transcripts]
    return Score(verdicts.count((True, True)), verdicts.count((True, False)), verdicts.count((False, True)))
