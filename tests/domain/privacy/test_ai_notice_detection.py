"""The notice in a transcript: found however it was written down, and not taken from a name."""

import pytest

from app.domain.privacy.ai_notice import NOTICE, hash_wording
from app.domain.privacy.ai_notice_detection import MAX_OPENING_TURNS, TimedUtterance, find_notice


def spoken(*texts: str) -> list[TimedUtterance]:
    """The agent speaks."""
    return [TimedUtterance(position, True, text, position * 10.0, position * 10.0 + 4) for position, text in enumerate(texts)]


@pytest.mark.parametrize(
    "text",
    [
        "Salon Lindgren, guten Tag. Ich bin eine KI, kein Mensch. Was kann ich für Sie tun?",
        "salon lindgren guten tag ich bin eine ki kein mensch",
        "Guten Tag! Ich bin eine K.I., kein Mensch.",
        "Ich bin eine  KI –  kein Mensch",
        "Hallo, this is Lena. I am an A.I., not a human.",
    ],
)
def test_the_sentence_is_found_however_it_was_written_down(text: str) -> None:
    found = find_notice(spoken(text))
    assert found is not None
    assert found.wording in {hash_wording(each) for each in NOTICE.values()}


@pytest.mark.parametrize(
    "text",
    [
        "Ich bin übrigens eine KI.", "Sie sprechen mit einer künstlichen Intelligenz.", "Ich bin eine KI-Assistentin.",
        "Du sprichst hier mit einer KI.", "I'm actually an AI, by the way.", "You are speaking with an AI assistant.",
        "I’m an artificial intelligence.", "Ich bin die KI-Stimme des Hauses.",
    ],
)  # fmt: skip
def test_other_words_for_it_count_without_a_version(text: str) -> None:
    found = find_notice(spoken(text))
    assert found is not None
    assert found.wording is None


@pytest.mark.parametrize(
    "text",
    [
        "Automatikgetriebe Schulz, guten Tag.", "KI-Friseur Berlin, hier ist Lena.", "Hier ist Lena, die digitale Assistentin.",
        "Sie sprechen mit einem KI-Friseur.", "Ich bin eine KI-Friseurin.", "Ich bin keine KI.", "Ich bin nicht eine KI, kein Mensch.",
        "Sind Sie eine KI?", "Ich bin eine", "Sie sprechen mit einer KI?", "AI Beauty, hello.",
        "I am an AI Beauty specialist.", "Skifahren, kein Mensch.",
        "You are not talking to an AI.", "Ich bin eine KI & Haar Kundin", "Wenn ich eine KI wäre, kein Mensch.",
    ],
)  # fmt: skip
def test_a_name_a_question_or_half_a_sentence_is_no_notice(text: str) -> None:
    assert find_notice(spoken(text)) is None


def test_what_a_caller_says_is_no_notice() -> None:
    assert find_notice([TimedUtterance(0, False, NOTICE["de"])]) is None


def test_said_again_after_an_interruption_it_counts_from_there() -> None:
    found = find_notice(spoken("Salon Lindgren, guten Tag. Ich bin ei", "Entschuldigung. Ich bin eine KI, kein Mensch."))
    assert found is not None
    assert found.turn == 1
    assert 10_000 < found.at_ms < 14_000


def test_long_after_the_beginning_it_is_no_notice() -> None:
    assert find_notice(spoken(*["Ja."] * MAX_OPENING_TURNS, NOTICE["de"])) is None


def test_without_times_it_is_found_too() -> None:
    found = find_notice([TimedUtterance(0, True, NOTICE["en"])])
    assert found is not None
    assert found.at_ms == 0
