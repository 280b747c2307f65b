"""Each refused time says why."""

from dataclasses import replace
from datetime import datetime
from typing import get_args

import pytest
from flask import Flask
from flask_babel import force_locale

from app.domain.scheduling.holidays import HolidayRegion
from app.domain.scheduling.types import (
    BusyInterval,
    SchedulingBranch,
    SchedulingClosure,
    SchedulingData,
    SchedulingService,
    ServiceTiming,
    SlotQuery,
    StaffServiceOffer,
)
from app.domain.scheduling.unavailability_reasons import Reason, ReasonCode, explain_unavailable, format_reason
from tests.domain.scheduling.salon import HOURS, asking, at, salon
from tests.support.tables import each_row

ILL = SchedulingClosure(datetime(2026, 5, 12), datetime(2026, 5, 13), "sick", staff_id="anna")
AT_TEN = BusyInterval.from_times("anna", at("2026-05-12T10:00"), at("2026-05-12T10:30"))
WITH_BUFFER = BusyInterval.from_times("anna", at("2026-05-12T10:00"), at("2026-05-12T10:40"), after=10)


def codes(question: SlotQuery, facts: SchedulingData, when: str) -> list[str]:
    return [reason.code for reason in explain_unavailable(question, facts, at(when))]


def test_a_free_time_has_no_reasons_even_beside_the_grid() -> None:
    assert explain_unavailable(asking("cut:anna"), salon(), at("2026-05-12T10:00")) == []
    assert explain_unavailable(asking("cut:anna"), salon(), at("2026-05-12T10:07")) == []


@pytest.mark.parametrize(
    ("code", "facts", "when"),
    [
        ("in_the_past", {}, "2026-04-30T10:00"),
        ("closed", {}, "2026-05-12T20:00"),
        ("closed", {}, "2026-05-12T17:45"),
        ("holiday", {}, "2026-05-14T10:00"),
        ("closure", {"closures": (SchedulingClosure(datetime(2026, 5, 12, 9), datetime(2026, 5, 12, 11)),)}, "2026-05-12T10:00"),
        ("nobody_on_shift", {"closures": (ILL,)}, "2026-05-12T10:00"),
        ("not_offered", {"offers": (StaffServiceOffer("cut", "ben", "mitte"),)}, "2026-05-12T10:00"),
        ("booked", {"busy": (AT_TEN,)}, "2026-05-12T10:15"),
        ("buffer", {"busy": (WITH_BUFFER,)}, "2026-05-12T10:30"),
        ("too_soon", {"notice_minutes": 60 * 24 * 12}, "2026-05-12T10:00"),
        ("too_far", {"horizon_days": 3}, "2026-05-12T10:00"),
        ("policy", {"offers": (StaffServiceOffer("cut", "anna", "mitte", restriction="desk_only"),)}, "2026-05-12T10:00"),
    ],
)
def test_each_cause_gives_one_reason(code: str, facts: dict[str, object], when: str) -> None:
    assert codes(asking("cut:anna"), salon(**facts), when) == [code]


def test_a_full_room_is_named() -> None:
    facts = salon(
        services=(SchedulingService("cut", ServiceTiming(30), room_kinds=("chair",)),),
        busy=tuple(BusyInterval.from_times(room, at("2026-05-12T10:00"), at("2026-05-12T10:30")) for room in ("chair1", "chair2")),
    )
    reason = explain_unavailable(asking("cut:anna"), facts, at("2026-05-12T10:00"))[0]
    assert (reason.code, reason.detail) == ("room_taken", "chair")


def test_asked_for_anybody_each_person_has_their_reason() -> None:
    reasons = explain_unavailable(asking("cut"), salon(closures=(replace(ILL, staff_id="ben"),), busy=(AT_TEN,)), at("2026-05-12T10:00"))
    assert [(reason.code, reason.staff_id) for reason in reasons] == [("booked", "anna"), ("nobody_on_shift", "ben")]


def test_what_holds_for_all_is_said_once() -> None:
    assert explain_unavailable(asking("cut"), salon(), at("2026-05-14T10:00")) == [Reason("holiday", "mitte", None, "cut")]
    everybody_ill = tuple(replace(ILL, staff_id=staff) for staff in ("anna", "ben"))
    reasons = explain_unavailable(asking("cut"), salon(closures=everybody_ill), at("2026-05-12T10:00"))
    assert reasons == [Reason("nobody_on_shift", "mitte", None, "cut")]


def test_one_free_branch_is_enough() -> None:
    closed = SchedulingBranch("pankow", "Europe/Berlin", (), region=HolidayRegion("DE", "BE"))
    facts = salon(branches=(closed, SchedulingBranch("mitte", "Europe/Berlin", HOURS, region=HolidayRegion("DE", "BE"))))
    assert explain_unavailable(asking("cut"), facts, at("2026-05-12T10:00")) == []
    assert codes(asking("cut", branch_id="pankow"), facts, "2026-05-12T10:00") == ["not_offered"]


def test_a_visit_is_explained_by_its_first_part_that_cannot_be() -> None:
    busy = (BusyInterval.from_times("anna", at("2026-05-12T10:30"), at("2026-05-12T11:00")),)
    reasons = explain_unavailable(asking("cut:ben", "colour:anna"), salon(busy=busy), at("2026-05-12T10:00"))
    assert [(reason.code, reason.service_id, reason.staff_id) for reason in reasons] == [("booked", "colour", "anna")]


def test_an_unknown_service_is_not_offered() -> None:
    assert codes(asking("massage"), salon(), "2026-05-12T10:00") == ["not_offered"]


@each_row("code", get_args(ReasonCode))
def test_every_code_has_a_sentence(app: Flask, code: ReasonCode) -> None:
    with app.test_request_context():
        said = {format_reason(Reason(code, staff_id=who), {"anna": "Anna"}) for who in ("anna", None)}
        assert all(words.endswith(".") for words in said)


def test_a_person_is_named_where_it_is_about_them(app: Flask) -> None:
    with app.test_request_context(), force_locale("de"):
        assert format_reason(Reason("booked", staff_id="anna"), {"anna": "Anna"}) == "Anna hat dann schon einen Termin."
        assert format_reason(Reason("holiday", staff_id="anna"), {"anna": "Anna"}) == "An diesem Feiertag ist geschlossen."
        assert format_reason(Reason("booked")) == "Diese Zeit ist schon vergeben."


def test_in_english_too(app: Flask) -> None:
    with app.test_request_context(), force_locale("en"):
        assert format_reason(Reason("closed")) == "Closed at this time."
