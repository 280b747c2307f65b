"""The functions as models use them: tolerant of what comes, described as providers want it."""

import re
from typing import Any

import pytest
from flask import Flask

from app.domain.agents.config_schema import ALWAYS_ALLOWED, TOOL_NAMES
from app.domain.agents.request_hash import hash_request
from app.domain.agents.tools.bookings import BookAppointmentArgs
from app.domain.agents.tools.clarification import MissingArgument, require_arguments
from app.domain.agents.tools.consent import SetConsentArgs
from app.domain.agents.tools.emergency import ReportEmergencyArgs
from app.domain.agents.tools.registry import TOOLS, ToolArgs
from tests.support.tables import each_row

# what callers say and models write where nothing was wished for
NOTHING = (
    "egal", "Egal.", "ist mir ganz egal", "egal bei wem", "Mitarbeiter egal", "beliebig", "irgendjemand", "irgendeine Filiale",
    "jederzeit", "keine Präferenz", "keine Angabe", "keine bestimmte Person", "kein Wunsch", "spielt keine Rolle",
    "wer gerade frei ist", "wer Zeit hat", "der nächste freie", "nicht angegeben", "niemand bestimmtes", "bin flexibel", "any",
    "Anyone", "any staff member", "no preference", "I have no preference", "it doesn't matter", "I don't mind", "whoever is free",
    "who's free first", "first available", "not specified", "nobody in particular", "string", "None", "N/A", "-", "?", "…",
    "{{staff}}", "<name>", "[staff_name]", "nein", "keine",
)  # fmt: skip
SOMETHING = (
    "Tom", "nicht Tom", "anyone but Tom", "egal, nur nicht Tom", "Anna Egal", "Frau Allers", "Peter Gast", "kein Herrenschnitt",
    "erste Hilfe", "offene Rechnung", "any day but Monday", "nicht vor zehn", "gerade jetzt", "ohne Tom", "keine Farbe",
    "jeden Montag",
)  # fmt: skip


def test_registry_holds_every_function_under_its_own_name() -> None:
    """What an owner may forbid, and what every agent may do; a module that is not imported is missed here."""
    assert set(TOOLS) == ALWAYS_ALLOWED | set(TOOL_NAMES)
    assert {name: tool.function.__name__ for name, tool in TOOLS.items()} == {name: name for name in TOOLS}


@pytest.mark.parametrize("name", sorted(TOOLS))
def test_a_function_is_described_for_the_model(name: str) -> None:
    told = TOOLS[name].definition()
    assert re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", told["name"])
    assert told["description"].endswith(".") and told["parameters"]["type"] == "object"
    assert all(field["type"] == "string" and len(field["description"]) > 5 for field in told["parameters"]["properties"].values())


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("10", "10"), (10, "10"), (10.5, "10.5"), ("  zwei   Worte ", "zwei Worte"), ("", None), ("null", None), ("None", None),
        ("unknown", None),        (None, None), (True, None), ([], None), ({}, None), ("x" * 2000, "x" * 2000),
    ],
)  # fmt: skip
def test_arguments_are_text_or_missing(given: Any, read: str | None) -> None:
    assert BookAppointmentArgs.model_validate({"time": given, "extra": 1}).time == read


@pytest.mark.parametrize("name", ["{{customer_name}}", "string", "Kunde", "unknown", "null", "N/A", "the caller", "Frau {{name}}"])
def test_a_placeholder_is_no_name(name: str) -> None:
    args = BookAppointmentArgs.model_validate({"customer_name": name, "phone": "{{phone}}", "email": "user@example.com", "notes": "Kunde"})
    assert (args.name, args.phone, args.email, args.notes) == (None, None, None, "Kunde")


@each_row("nothing", NOTHING)
def test_what_says_nothing_is_missing_in_every_argument(nothing: str) -> None:
    for name in BookAppointmentArgs.model_fields:
        assert getattr(BookAppointmentArgs.model_validate({name: nothing}), name) is None, name


@each_row("text", SOMETHING)
def test_what_says_something_is_kept(text: str) -> None:
    assert BookAppointmentArgs.model_validate({"staff": text}).staff == text


def test_a_no_is_an_answer_where_one_is_asked_for() -> None:
    assert SetConsentArgs.model_validate({"recording": "nein"}).recording == "nein"
    assert BookAppointmentArgs.model_validate({"staff": "nein"}).staff is None


def test_a_list_is_read() -> None:
    assert BookAppointmentArgs.model_validate({"staff": ["Mara", "Tom"]}).staff == "Mara, Tom"


def test_what_is_too_long_is_named_and_never_cut() -> None:
    args = BookAppointmentArgs.model_validate({"name": "x" * 161, "notes": "x" * 2000, "time": "x" * 301})
    assert args.list_too_long() == ["time", "name"]
    assert ReportEmergencyArgs.model_validate({"words": "x" * 50_000}).list_too_long() == []


def test_missing_arguments_are_named(app: Flask) -> None:
    def missing(args: ToolArgs) -> list[str]:
        with pytest.raises(MissingArgument) as error, app.test_request_context():
            require_arguments(args, "service", "name")
        return error.value.data["fields"]

    assert missing(BookAppointmentArgs()) == ["service", "name"]
    assert missing(BookAppointmentArgs(service="Schnitt")) == ["name"]
    require_arguments(ToolArgs.model_validate({}))
    require_arguments(BookAppointmentArgs(service="Schnitt", name="Svea"), "service", "name")


def test_the_same_question_has_the_same_key() -> None:
    assert hash_request("a", {"x": 1, "y": " b  c "}) == hash_request("a", {"y": "b c", "x": "1"})
    assert len({hash_request("a", {}), hash_request("b", {}), hash_request("a", {"x": "1"}), hash_request("a", {"x": True})}) == 4
    assert hash_request("a", None) == hash_request("a", {})


def test_arguments_may_come_under_other_names() -> None:
    given = {"start": "2026-05-06T10:00:00+02:00", "leistung": "Schnitt", "customer_name": "Svea", "name": "null", "uhrzeit": "zehn"}
    read = BookAppointmentArgs.model_validate(given)
    assert (read.date, read.service, read.name, read.time) == ("2026-05-06T10:00:00+02:00", "Schnitt", "Svea", "zehn")
    assert BookAppointmentArgs.model_validate({"date": "heute", "start": "morgen"}).date == "heute"
