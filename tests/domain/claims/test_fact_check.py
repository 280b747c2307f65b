"""The truth check against transcripts with known verdicts: all are right, so precision and recall over them are 1."""

from app.domain.claims.extraction import extract_claims, is_supported_language
from app.domain.claims.fact_check import check_claims
from tests.domain.claims.corpus import FOLDER, Transcript, read_file
from tests.support.tables import each_row

# docs/truth-check.md has the figures of the first run over each part, before anything was mended
ALL = {path.stem: read_file(path) for path in sorted(FOLDER.glob("*.txt"))}
EVERY = [transcript for part in ALL.values() for transcript in part]


@each_row("transcript", EVERY)
def test_just_the_turns_that_are_untrue_are_flagged(transcript: Transcript) -> None:
    assert is_supported_language(transcript.turns) is transcript.is_readable
    assert _found(transcript) == transcript.wrong


def test_there_are_true_and_false_ones_in_both_languages() -> None:
    assert len(EVERY) >= 100
    assert sum(bool(transcript.wrong) for transcript in EVERY) >= 40
    assert sum(transcript.name.endswith(".en") for transcript in EVERY) >= 25


def _found(transcript: Transcript) -> set[tuple[int, str]]:
    if not is_supported_language(transcript.turns):
        return set()
    claims = extract_claims(transcript.turns, transcript.facts)
    return {(finding.position, finding.kind) for finding in check_claims(claims, transcript.facts)}
