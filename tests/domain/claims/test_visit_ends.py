"""When a visit ends: after its service's length, give or take ten minutes."""

from datetime import datetime

import pytest

from app.domain.claims.appointment_mentions import AppointmentMention
from app.domain.claims.evidence_types import AppointmentEvidence, AppointmentSnapshot, Evidence, ServiceEvidence
from app.domain.claims.visit_ends import find_visit_length, is_end
from app.domain.language.times import ClockTime

VISIT = AppointmentSnapshot(datetime(2026, 12, 1, 15), "anna", frozenset({"colour"}))
EVIDENCE = Evidence(
    timezone="Europe/Berlin",
    began_at=datetime(2026, 11, 27, 9),
    offers=[ServiceEvidence("colour", ("Färben",), minutes=frozenset({90}))],
    appointments=[AppointmentEvidence("a", (VISIT,), was_created=True)],
)


@pytest.mark.parametrize(("hour", "minute", "ends"), [(16, 30, True), (16, 35, True), (16, 45, False), (4, 30, True), (15, 0, False)])
def test_time_ends_a_visit_within_ten_minutes(hour: int, minute: int, *, ends: bool) -> None:
    assert is_end(AppointmentMention(clock=ClockTime(hour, minute, loose=hour < 12)), EVIDENCE) is ends


def test_length_of_a_visit_is_told_by_its_end() -> None:
    assert find_visit_length(AppointmentMention(clock=ClockTime(4, 0, loose=True)), EVIDENCE) == (VISIT, 60)
    assert find_visit_length(AppointmentMention(clock=ClockTime(9, 0)), EVIDENCE) is None
    assert find_visit_length(AppointmentMention(), EVIDENCE) is None
