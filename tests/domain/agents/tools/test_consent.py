"""What callers answer to being recorded is understood in their own words, and a clear no is not asked for again."""

import pytest

from tests.domain.agents.tools.test_spelling import stranger as stranger
from tests.support.agent_call import AgentCall


@pytest.mark.parametrize(
    "words",
    [
        "nein, ich möcht nich aufgezeichnet werden", "nee lieber nicht", "auf keinen Fall", "bitte nicht", "Nein danke",
        "no, I'd rather you didn't", "I don't want to be recorded", "no thanks", "please don't record this",
    ],
)  # fmt: skip
def test_a_no_in_own_words_is_kept(stranger: AgentCall, words: str) -> None:
    told = stranger.use("set_consent", recording=words)
    assert told["ok"] and told["data"]["recording"] == "no", told


@pytest.mark.parametrize("words", ["ja, von mir aus", "klar, kein Problem", "yes, that's fine", "sure, go ahead"])
def test_a_yes_in_own_words_is_kept(stranger: AgentCall, words: str) -> None:
    told = stranger.use("set_consent", recording=words)
    assert told["ok"] and told["data"]["recording"] == "yes", told


@pytest.mark.parametrize("words", ["weiß nicht", "was heißt das?", "what do you mean?", "hm"])
def test_what_is_neither_is_asked(stranger: AgentCall, words: str) -> None:
    told = stranger.use("set_consent", recording=words)
    assert (told["ok"], told["code"]) == (False, "missing"), told
