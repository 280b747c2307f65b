"""Sentences of the agent, each said in one of a few conversations: which of them are untrue there."""

import re
from collections.abc import Iterator
from pathlib import Path

from app.domain.claims.extraction import extract_claims
from app.domain.claims.fact_check import check_claims
from tests.domain.claims.corpus import read
from tests.support.tables import each_row

# "…" is the sentence's place in a conversation; below it "!" stands before what is untrue, "." before what is not
TABLE = Path(__file__).parent / "sentences.txt"


def _read_table() -> Iterator[tuple[str, str, bool]]:
    for piece in re.split(r"^== ", TABLE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        lines = [line for line in piece.splitlines() if line]
        talk = "\n".join(line for line in lines if not line.startswith(("! ", ". ")))
        for line in lines:
            if line.startswith(("! ", ". ")):
                yield talk, line[2:], line.startswith("!")


SENTENCES = list(_read_table())


@each_row("talk, sentence, is_untrue", SENTENCES)
def test_sentence_is_flagged_just_where_it_is_untrue(talk: str, sentence: str, is_untrue: bool) -> None:
    transcript = read("sentences", talk.replace("…", sentence))
    claims = extract_claims(transcript.turns, transcript.facts)
    assert bool(check_claims(claims, transcript.facts)) is is_untrue


def test_as_many_are_true_as_untrue() -> None:
    untrue = sum(is_untrue for _talk, _sentence, is_untrue in SENTENCES)
    assert len(SENTENCES) >= 350
    assert 0.4 <= untrue / len(SENTENCES) <= 0.6
