"""Who merely asks for a person refuses nothing; who wants one instead of the machine is still understood."""

import json
from pathlib import Path

import pytest

from app.domain.privacy import consent_answers
from app.domain.privacy.consent_answers import DialogueTurn, extract_answers, find_refusals
from app.domain.privacy.refusal_classifier import CORPUS

CASES = json.loads((Path(__file__).parent / "cases" / "asking_for_people.json").read_text())
NOTICE = "Guten Tag, hier ist der Salon Lindgren. Ich bin eine KI, kein Mensch. Ich schreibe mit. Was kann ich für Sie tun?"
PLAIN = (
    "Kann ich mit einem Menschen sprechen?", "Könnte ich bitte kurz mit der Chefin sprechen?", "Ich müsste mal Frau Lindgren sprechen.",
    "Verbinden Sie mich bitte mit der Buchhaltung.", "Darf ich mit jemandem über meine Rechnung reden?",
    "Ich hätte gern einen Mitarbeiter wegen der Reklamation.", "Can I speak to a person about my bill?", "Is the manager available?",
)  # fmt: skip
INSTEAD = (
    "Ich möchte nicht mit einer Maschine sprechen.", "Kann ich bitte mit einem richtigen Menschen sprechen?",
    "Kann ich mit einem Menschen sprechen, nicht mit einer Maschine?", "Einen Menschen bitte, ich rede nicht mit Automaten.",
    "Ich hätte lieber einen Menschen.", "Geben Sie mir einen Menschen.", "Can I speak to a real human, please?",
    "I'd rather talk to a person.", "Kann ich mit der Chefin sprechen? Mit einer KI rede ich nicht.",
    "Könnte ich mit jemandem sprechen, der mich versteht?", "Ich bin altmodisch, kann ich mit einem Menschen reden?",
)  # fmt: skip


@pytest.mark.parametrize("said", PLAIN)
def test_who_asks_for_a_person_keeps_their_words(said: str) -> None:
    assert find_refusals(said) == set()
    assert not answered(NOTICE, said)


@pytest.mark.parametrize("said", INSTEAD)
def test_who_wants_a_person_instead_of_the_machine_declines(said: str) -> None:
    assert "ai" in find_refusals(said)


@pytest.mark.parametrize("asked", ["Möchten Sie mit mir als KI weitersprechen?", "Reicht Ihnen die KI oder soll jemand zurückrufen?"])
def test_who_is_offered_the_choice_and_asks_for_a_person_declines(asked: str) -> None:
    assert answered(asked, "Kann ich mit einem Mitarbeiter sprechen?") == {"ai"}


@pytest.mark.parametrize("asked", ["", NOTICE])
def test_sentences_that_the_words_were_not_made_for_are_told_apart(asked: str) -> None:
    """Written before the words: of 65 requests 20 were taken for a refusal (12 after the notice), at the first run with them 7 (5).

    Those that are left set the person against something: "lieber", "persönlich", "echt", "richtig".
    """
    assert sum(bool(answered(asked, said)) for said in CASES["asks"]) <= 7


@pytest.mark.parametrize("asked", ["", NOTICE])
def test_not_one_refusal_is_taken_for_a_request(asked: str) -> None:
    """Of 75 refusals written before the words, and of all that the classifier has learned from."""
    learned = [line.split("\t") for file in CORPUS.glob("*.tsv") for line in file.read_text().splitlines()]
    refusals = [(line[1], line[2]) for line in learned if "ai" in line[0].split(",")]
    assert len(refusals) > 400
    for before, said in [*((asked, said) for said in CASES["declines"]), *refusals]:
        assert answered(before, said) == answered(before, said, plain=False), said


def answered(asked: str, said: str, *, plain: bool = True) -> set[str]:
    """What is declined; without `plain` as if nobody merely asked for a person."""
    with pytest.MonkeyPatch.context() as patch:
        if not plain:
            patch.setattr(consent_answers, "is_person_request", lambda *_: False)
        lines = [DialogueTurn(0, True, asked), DialogueTurn(1, False, said)]
        return {each.what for each in extract_answers(lines) if each.answer == "no"}
