"""The functions as models use them: tolerant of what comes, described as providers want it."""

import re
from typing import Any

import pytest

from app.domain.agents.request_hash import hash_request
from app.domain.agents.tools.bookings import BookAppointmentArgs
from app.domain.agents.tools.registry import TOOLS, ToolArgs

NAMES = {
    "get_context", "check_customer", "identify_customer", "parse_date", "check_availability", "get_alternatives", "find_next_available",
    "hold_slot", "release_hold", "book_appointment", "query_appointments", "cancel_appointment", "reschedule_appointment",
    "join_waitlist", "list_services", "get_service_info", "get_opening_hours", "answer_question", "request_callback", "take_message",
    "transfer_call", "send_link", "report_emergency", "set_consent",
}  # fmt: skip


def test_registry_holds_every_function_under_its_own_name() -> None:
    assert set(TOOLS) == NAMES
    assert {name: tool.function.__name__ for name, tool in TOOLS.items()} == {name: name for name in NAMES}


@pytest.mark.parametrize("name", sorted(NAMES))
def test_a_function_is_described_for_the_model(name: str) -> None:
    told = TOOLS[name].definition()
    assert re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", told["name"])
    assert told["description"].endswith(".") and told["parameters"]["type"] == "object"
    assert all(field["type"] == "string" and len(field["description"]) > 5 for field in told["parameters"]["properties"].values())


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("10", "10"), (10, "10"), (10.5, "10.5"), ("  zwei   Worte ", "zwei Worte"), ("", None), ("null", None), ("None", None),
        ("unknown", None),        (None, None), (True, None), ([], None), ({}, None), ("x" * 2000, "x" * 500),
    ],
)  # fmt: skip
def test_arguments_are_text_or_missing(given: Any, read: str | None) -> None:
    assert BookAppointmentArgs.model_validate({"time": given, "extra": 1}).time == read


def test_missing_arguments_are_named() -> None:
    assert BookAppointmentArgs().list_missing("service", "name") == ["service", "name"]
    assert BookAppointmentArgs(service="Schnitt").list_missing("service", "name") == ["name"]
    assert ToolArgs.model_validate({}).list_missing() == []


def test_the_same_question_has_the_same_key() -> None:
    assert hash_request("a", {"x": 1, "y": " b  c "}) == hash_request("a", {"y": "b c", "x": "1"})
    assert len({hash_request("a", {}), hash_request("b", {}), hash_request("a", {"x": "1"}), hash_request("a", {"x": True})}) == 4
    assert hash_request("a", None) == hash_request("a", {})


def test_arguments_may_come_under_other_names() -> None:
    given = {"start": "2026-05-06T10:00:00+02:00", "leistung": "Schnitt", "customer_name": "Svea", "name": "null", "uhrzeit": "zehn"}
    read = BookAppointmentArgs.model_validate(given)
    assert (read.date, read.service, read.name, read.time) == ("2026-05-06T10:00:00+02:00", "Schnitt", "Svea", "zehn")
    assert BookAppointmentArgs.model_validate({"date": "heute", "start": "morgen"}).date == "heute"
