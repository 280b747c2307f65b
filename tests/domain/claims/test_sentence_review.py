"""What the classifier adds to the rules' reading of a sentence, and what it drops."""

from dataclasses import replace
from datetime import datetime

import pytest

from app.domain.claims.evidence_types import (
    AppointmentEvidence,
    AppointmentSnapshot,
    Evidence,
    SearchEvidence,
    ServiceEvidence,
    StaffName,
    Utterance,
)
from app.domain.claims.extraction import extract_claims
from app.domain.claims.fact_check import check_claims

# a Tuesday
STARTS_AT = datetime(2026, 12, 1, 11)
COLOUR = AppointmentSnapshot(STARTS_AT, "mara", frozenset({"colour"}))
EVIDENCE = Evidence(
    timezone="Europe/Berlin",
    began_at=datetime(2026, 11, 27, 9),
    people=[StaffName("mara", "Mara Yilmaz"), StaffName("tom", "Tom Berger")],
    offers=[
        ServiceEvidence("colour", ("Färben",), frozenset({7200}), frozenset({90})),
        ServiceEvidence("cut", ("Haarschnitt",), frozenset({3800}), frozenset({45})),
    ],
    searches=[SearchEvidence((STARTS_AT,))],
    tasks=frozenset(),
    notifications=frozenset(),
    is_on_waitlist=False,
)
BOOKED = replace(EVIDENCE, appointments=[AppointmentEvidence("a", (COLOUR,), was_created=True)])
PENDING = replace(EVIDENCE, appointments=[AppointmentEvidence("a", (COLOUR,), was_created=True, is_pending=True)])
SEEN = replace(
    EVIDENCE,
    appointments=[
        AppointmentEvidence("a", (COLOUR,), was_cancelled=True, is_active=False),
        AppointmentEvidence("b", (replace(COLOUR, starts_at=datetime(2026, 12, 8, 9), service_ids=frozenset({"cut"})),)),
    ],
    disclosed_after={"a": 1, "b": 1},
)


def find(evidence: Evidence, words: str, *, before: str = "Ja, bitte.") -> list[str]:
    turns = [
        Utterance(0, is_agent=True, text="Guten Tag."),
        Utterance(1, is_agent=False, text=before),
        Utterance(2, is_agent=True, text=words),
    ]
    return [found.kind for found in check_claims(extract_claims(turns, evidence), evidence)]


@pytest.mark.parametrize(
    ("evidence", "words", "kinds"),
    [
        (BOOKED, "Da müssen Sie am Montag um elf einfach mal schnuppern.", ["other_day"]),
        (BOOKED, "Da müssen Sie am Dienstag um elf einfach mal schnuppern.", []),
        (BOOKED, "Good, I have written you in at Tom, the first of December, 11:00.", ["other_person"]),
        (BOOKED, "Dienstag um elf ist eingetragen, um halb eins sind Sie wieder draußen.", []),
        (BOOKED, "Dienstag um elf ist eingetragen, um zwölf sind Sie wieder draußen.", ["other_time", "other_duration"]),
        (PENDING, "Maras Kalender hat schon grünes Licht gegeben.", ["not_confirmed"]),
        (PENDING, "Maras Kalender muss das noch bestätigen.", []),
        (SEEN, "Das Färben ist storniert, und der Haarschnitt am achten bleibt.", []),
        (SEEN, "Der Haarschnitt ist storniert, und das Färben am ersten bleibt.", ["not_cancelled"]),
        (EVIDENCE, "Am Dienstag ist leider alles restlos ausgebucht.", ["not_full"]),
    ],
)
def test_sentence_is_laid_beside_the_evidence(evidence: Evidence, words: str, kinds: list[str]) -> None:
    assert find(evidence, words) == kinds


@pytest.mark.parametrize(
    "words",
    [
        "Dienstag um elf könnte ich Ihnen geben.",
        "Am Dienstag hätte ich elf Uhr.",
        "Sobald Sie sich entschieden haben, ist der Termin in einer Minute gebucht.",
        "Ihr letzter Termin war am Dienstag um elf.",
    ],
)
def test_offer_condition_and_past_are_no_claims(words: str) -> None:
    assert find(EVIDENCE, words, before="Geht am Dienstag etwas?") == []
