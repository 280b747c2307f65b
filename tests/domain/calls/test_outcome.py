"""A call in which somebody could not show who they are has an outcome of its own, until they could."""

from typing import Any

import pytest

from app.domain.calls.outcome import determine_outcome, is_unverified
from app.models import Call

REFUSED = {"ok": False, "code": "not_verified", "data": {"ways": ["link"]}}
LINK = {"ok": True, "data": {"notification_id": "1"}}
VERIFIED = {"ok": True, "data": {"certainty": "verified"}}
HEARD = {"ok": True, "data": {"bookings": [{"booking_id": "1"}]}}
NAMED = {"ok": True, "data": {"certainty": "name"}}


@pytest.mark.parametrize(
    ("results", "is_so"),
    [
        ([], False), ([REFUSED], True), ([REFUSED, LINK], True), ([REFUSED, NAMED], True), ([NAMED, REFUSED, VERIFIED], False),
        ([REFUSED, HEARD], False), ([VERIFIED, REFUSED], True), ([None, "text", {"data": None}], False),
    ],
)  # fmt: skip
def test_the_last_word_about_who_calls_counts(results: list[Any], is_so: bool) -> None:
    assert is_unverified(results) is is_so


@pytest.mark.parametrize(
    ("done", "outcome"),
    [
        (set(), "not_verified"),
        ({"request_callback"}, "not_verified"),
        ({"send_link"}, "not_verified"),
        ({"cancel_appointment"}, "cancelled"),
    ],
)
def test_whatever_way_was_taken_the_outcome_says_why(done: set[str], outcome: str) -> None:
    call = Call(status="ended", in_voicemail=False, end_category="talked", turn_count=4)
    assert determine_outcome(call, booked=False, caller_spoke=True, tools_done=done, transferred=False, is_unverified=True) == outcome
