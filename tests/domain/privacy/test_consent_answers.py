"""A caller's yes and no in their own words: found where the thing is meant, and nowhere else."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.domain.privacy.consent_answers import DialogueTurn, extract_answers, find_refusals

HERE = Path(__file__).parent
ASKED = "Salon Lindgren, guten Tag. Ich bin eine KI, kein Mensch. Darf ich das Gespräch aufzeichnen und mitschreiben?"
TOLD = "Salon Lindgren, guten Tag. Ich bin eine KI, kein Mensch. Ich schreibe mit, solange Sie nichts dagegen haben. Was kann ich tun?"

REFUSED = {
    "recording": (
        "Nein, ich möchte nicht aufgezeichnet werden.", "Bitte nicht aufnehmen.", "Ich will nicht, dass Sie das aufzeichnen.",
        "Zeichnen Sie das bitte nicht auf.", "Keine Aufnahme bitte!", "Ich bin mit der Aufzeichnung nicht einverstanden.",
        "don't record me", "I don't want to be recorded, please.", "Please stop recording this call.", "I'd rather not be recorded.",
        "Ohne Aufzeichnung bitte.", "Können Sie das bitte nicht aufzeichnen?", "Schalten Sie die Aufnahme aus.",
        "I do not consent to the recording.", "Einen Mitschnitt will ich nicht.", "Der Aufzeichnung stimme ich nicht zu",
    ),
    "transcript": (
        "Bitte schreiben Sie nicht mit.", "Ich möchte nicht, dass mitgeschrieben wird.", "Schreiben Sie das nicht auf.",
        "please don't write this down", "no transcript please", "Ich möchte keine Mitschrift.", "Bitte nichts speichern.",
        "Speichern Sie das bitte nicht.", "Don't take notes, please.", "I'd rather you did not transcribe this.",
    ),
    "ai": (
        "ich will nicht mit einer KI sprechen", "Mit einem Computer rede ich nicht.", "Ich spreche nicht mit Maschinen.",
        "I don't want to talk to an AI.", "I'm not talking to a robot.", "Keine K.I. bitte.", "Ich rede mit keinem Automaten.",
    ),
}  # fmt: skip
NOT_REFUSED = (
    "Nein danke.", "Nein, das war alles.", "Das habe ich mir nicht aufgeschrieben.", "Ich habe den Termin nicht notiert.",
    "Nehmen Sie keine neuen Patienten auf?", "Können Sie mich nicht als Patient aufnehmen?", "Kein Problem mit der Aufnahme.",
    "Ich habe nichts dagegen, dass Sie aufzeichnen.", "Ich vertrage keine Nüsse, bitte schreiben Sie das auf.",
    "Können Sie bitte notieren, dass ich nicht vor zehn kann?", "Haben Sie meine Nummer nicht gespeichert?", "Ich habe keinen Computer.",
    "Meine Nummer ist bei Ihnen nicht gespeichert.", "Das müssen Sie nicht aufschreiben.", "No, not on Monday.", "Sind Sie eine KI?",
    "Ich möchte nicht am Montag, nehmen Sie bitte Dienstag.", "Is this call recorded?", "Wird das aufgezeichnet?",
    "I don't mind if you record.", "Ich möchte keine Farbe, nur schneiden, bitte notieren.", "Der Bordcomputer zeigt nichts mehr an.",
    "Kann ich bitte Frau Lindgren sprechen?", "Ich möchte bitte nicht mit dem Automaten bezahlen", "No, do not save money on my hair",
    "Im Krankenhaus war bei der Aufnahme kein Platz.", "Nein, ich konnte das eben nicht mitschreiben.",
    "Nehmen Sie mich nicht mehr auf die Liste.", "Mein Auto ist ein Automatik, kein Schalter.",
)  # fmt: skip


@pytest.mark.parametrize(("what", "text"), [(what, text) for what, texts in REFUSED.items() for text in texts])
def test_a_refusal_is_heard_whoever_asked(what: Any, text: str) -> None:
    assert what in find_refusals(text)


@pytest.mark.parametrize("text", NOT_REFUSED)
def test_a_no_to_something_else_is_none(text: str) -> None:
    assert find_refusals(text) == set()
    assert answered(TOLD, text) == {}


def answered(agent: str, caller: str) -> dict[str, str]:
    return {each.what: each.answer for each in extract_answers([DialogueTurn(0, True, agent), DialogueTurn(1, False, caller)])}


BOTH_NO, BOTH_YES = dict.fromkeys(("recording", "transcript"), "no"), dict.fromkeys(("recording", "transcript"), "yes")


@pytest.mark.parametrize(
    ("agent", "caller", "expected"),
    [
        (ASKED, "Nein danke.", BOTH_NO),
        (ASKED, "Lieber nicht. Ich brauche einen Termin.", BOTH_NO),
        (ASKED, "Ja klar, gern.", BOTH_YES),
        (ASKED, "Nein, kein Problem.", BOTH_YES),
        (ASKED, "Ich hätte gern einen Termin.", {}),
        (TOLD, "Doch, da habe ich was dagegen.", {"transcript": "no"}),
        (TOLD, "Nein, ich wollte nur fragen, ob Sie offen haben.", {}),
        ("May I record this call and take notes?", "I'd rather you didn't.", BOTH_NO),
        ("May I record this call and take notes?", "Sure, go ahead.", BOTH_YES),
        ("Wir zeichnen auf. Haben Sie etwas dagegen?", "Nein.", {"recording": "yes"}),
        ("Wir zeichnen auf. Haben Sie etwas dagegen?", "Ja, da habe ich was dagegen.", {"recording": "no"}),
        ("Passt Ihnen der Dienstag?", "Nein danke.", {}),
    ],
)
def test_a_bare_answer_belongs_to_the_question_before(agent: str, caller: str, expected: dict[str, str]) -> None:
    assert answered(agent, caller) == expected


def test_callers_who_decline_in_their_own_way_are_understood() -> None:
    """Written by somebody who did not know the patterns: 9 of 40 were heard at first."""
    dialogues = json.loads((HERE / "cases" / "declining.json").read_text())
    heard = [dialogue["id"] for dialogue in dialogues if "no" in _answers(dialogue["turns"]).values()]
    assert len(heard) >= 0.95 * len(dialogues)


def test_callers_whom_nobody_learned_from_are_understood() -> None:
    """Written by somebody who knew neither the words nor the corpus; the first run of the classifier alone heard 38 of 40."""
    cases = json.loads((HERE / "cases" / "unseen_answers.json").read_text())
    heard = [(case, "no" in answered(case.get("before") or "", case["text"]).values()) for case in cases]
    missed = [case for case, refused in heard if case["declines"] and not refused]
    false = [case for case, refused in heard if refused and not case["declines"]]
    assert len(missed) <= 2 and len(false) <= 4, (missed, false)


@pytest.mark.parametrize(("before", "missed"), [("", 5), (TOLD, 9)])
def test_who_declines_only_the_ai_is_understood(before: str, missed: int) -> None:
    """Of 45 written later 22 were missed (26 after the notice), of the last 20, which nobody saw before, 9 (11); now 5 (9) and 3 (5)."""
    cases = json.loads((HERE / "cases" / "ai_alone.json").read_text())
    assert len([text for text in cases["declines"] if not answered(before, text)]) <= missed
    assert len([text for text in cases["others"] if answered(before, text)]) <= 4


# "I want to talk to her, not to a machine"
DECLINING_TRANSCRIPTS = ("root_canal_ring.en",)


def test_callers_who_decline_nothing_keep_their_words() -> None:
    for file in (HERE.parent / "claims" / "transcripts").glob("*.txt"):
        for transcript in file.read_text().split("\n== "):
            if transcript.removeprefix("== ").startswith(DECLINING_TRANSCRIPTS):
                assert "no" in _answers(_list_spoken(transcript)).values(), transcript
                continue
            assert _answers(_list_spoken(transcript)) == {}, transcript


def _list_spoken(transcript: str) -> list[dict[str, str]]:
    turns = [line.partition(": ") for line in transcript.splitlines()]
    return [{"role": role.partition("!")[0], "text": text} for role, _colon, text in turns if role.startswith(("agent", "caller"))]


def _answers(turns: list[dict[str, str]]) -> dict[str, str]:
    lines = [DialogueTurn(position, turn["role"] == "agent", turn["text"]) for position, turn in enumerate(turns)]
    return {each.what: each.answer for each in extract_answers(lines)}
