"""The truth check against transcripts with known verdicts: each one, and how good it is over all."""

from dataclasses import dataclass

import pytest

from app.domain.claims.extraction import extract_claims, is_supported_language
from app.domain.claims.fact_check import check_claims
from tests.domain.claims.corpus import FOLDER, Transcript, read_file
from tests.support.tables import each_row

# docs/truth-check.md has the figures of the first run over each part, before anything was mended
ALL = {path.stem: read_file(path) for path in sorted(FOLDER.glob("*.txt"))}
EVERY = [transcript for part in ALL.values() for transcript in part]


@dataclass(frozen=True)
class Score:
    right_alarms: int
    false_alarms: int
    overlooked: int

    @property
    def precision(self) -> float:
        return self.right_alarms / max(self.right_alarms + self.false_alarms, 1)

    @property
    def recall(self) -> float:
        return self.right_alarms / max(self.right_alarms + self.overlooked, 1)


@each_row("transcript", EVERY)
def test_just_the_turns_that_are_untrue_are_flagged(transcript: Transcript) -> None:
    assert is_supported_language(transcript.turns) is transcript.is_readable
    assert _found(transcript) == transcript.wrong


# one part holds only what is true
@pytest.mark.parametrize("part", [part for part in ALL if any(transcript.wrong for transcript in ALL[part])])
def test_precision_and_recall_over_a_part(part: str) -> None:
    score = _score(ALL[part])
    assert min(score.precision, score.recall) >= 0.97


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
