"""Without a word about storing, machines or a person instead of one, nothing is taken for a refusal."""

from pathlib import Path

import pytest

from app.domain.privacy.consent_answers import DialogueTurn, extract_answers, find_refusals
from app.domain.privacy.refusal_evidence import bears_evidence

ORDINARY = Path(__file__).parents[1] / "emergencies" / "data" / "ordinary.txt"
NOTICE = "Guten Tag, hier ist der Salon Lindgren. Ich bin eine KI, kein Mensch. Ich schreibe mit. Was kann ich für Sie tun?"
CALLBACKS = (
    "I would like someone to call me back tomorrow please.", "I'd rather someone called me back.", "No, I just want a call back.",
    "Mir wäre lieber, es ruft mich jemand zurück.", "Nein, ich will einfach nur einen Rückruf.", "Get the manager to phone me, will you?",
    "Please get somebody to ring me back.", "Ich hätte lieber, dass mich ein Mensch anruft.",
)  # fmt: skip
ELSE = (
    "Und nu?", "Und sonst?", "Und wenn nicht?", "Yes to both.", "Danke Bot.", "Und sonst jemand?", "Dann lieber Montag persönlich.",
    "Ich will mit jemandem sprechen.", "Und wenn jemand nicht kommt?", "Keep it for me a sec? I'll call him on the other phone.",
)  # fmt: skip


@pytest.mark.parametrize("said", [*CALLBACKS, *ELSE])
def test_who_says_nothing_of_storing_or_machines_refuses_nothing(said: str) -> None:
    assert find_refusals(said) == set()


@pytest.mark.parametrize("said", CALLBACKS)
def test_who_wants_to_be_called_back_refuses_nothing_after_the_notice(said: str) -> None:
    lines = [DialogueTurn(0, True, NOTICE), DialogueTurn(1, False, said)]
    assert [each for each in extract_answers(lines) if each.answer == "no"] == []


def test_ordinary_sentences_of_strangers_refuse_nothing() -> None:
    """None was learned; 5 of 873 were taken for a refusal at first."""
    assert [text for text in ORDINARY.read_text().splitlines() if find_refusals(text)] == []


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ("Mit so einer Maschine will ich nichts zu tun haben, holen Sie mir einen Menschen.", "ai"),
        ("Nein, keine KI, rufen Sie mich zurück.", "ai"),
        ("Ich hätte lieber jemand Echten am Telefon als so einen Computer.", "ai"),
        ("I want to talk to her, not to a machine.", "ai"),
        ("I'd prefer not to be recorded.", "recording"),
        ("Bitte die Aufzeichnung ausschalten.", "recording"),
        ("Bitte keine Notizen von dem Gespräch machen.", "transcript"),
        ("Mitschreiben ist mir nicht recht.", "transcript"),
    ],
)
def test_who_names_what_they_refuse_is_heard(said: str, what: str) -> None:
    assert what in find_refusals(said)


@pytest.mark.parametrize(
    ("what", "agent", "said", "expected"),
    [
        ("recording", "", "und nu", False),
        ("recording", "darf ich das gespräch aufzeichnen?", "nö", True),
        ("transcript", "ich schreibe mit. was kann ich tun?", "drei bitte", False),
        ("transcript", "ich schreibe mit. was kann ich tun?", "lieber nicht", True),
        ("ai", "möchten sie einen menschen sprechen?", "ja bitte", True),
        ("ai", "", "mensch", True),
        ("ai", "", "es soll mich jemand zurückrufen", False),
    ],
)
def test_what_a_refusal_needs(what, agent: str, said: str, expected: bool) -> None:  # type: ignore[no-untyped-def]
    assert bears_evidence(what, agent, said) == expected
