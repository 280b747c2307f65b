"""What the simulated calls say and send."""

import json
import random
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from app.demo.companies import COMPANIES
from app.providers import get_call_webhook_reader
from app.providers.voice.call_webhook_reader import Unreadable
from app.simulator.call_factory import CallSetup
from app.simulator.callers import find_business_at, find_plausible_slot, speak_day, speak_time
from app.simulator.scenarios import SCENARIOS, find_scenario
from tests.support.tables import each_row

pytestmark = pytest.mark.exhaustive

NOW = datetime(2026, 11, 20, 10, 42, tzinfo=UTC)
NUMBERS = [branch.number for company in COMPANIES for branch in company.branches]
RETELL = get_call_webhook_reader("retell")


def setup(number: str = NUMBERS[0], call_id: str = "call_sim_1", **others) -> CallSetup:
    return CallSetup(call_id, number, random.Random(call_id), NOW, **others)


def play(name: str, number: str | None = None):
    return SCENARIOS[name].play(setup(number or SCENARIOS[name].number))


def events(name: str, **others):
    return [RETELL.read(delivery.body) for delivery in play(name, **others) if delivery.path == "webhook"]


@each_row("name", [name for name in SCENARIOS if name != "garbage"])
@each_row("number", NUMBERS)
def test_every_business_can_be_rung_up_in_every_scenario(name, number):
    deliveries = play(name, number)
    assert all("$" not in delivery.body.decode() for delivery in deliveries)
    assert [delivery.at_s for delivery in deliveries] == sorted(delivery.at_s for delivery in deliveries)
    for event in events(name, number=number):
        assert event.problems == ()
        assert (event.provider_call_id, event.business_raw) == ("call_sim_1", number)
        assert event.ended_at is None or event.ended_at <= NOW


@each_row(
    "said, name",
    [
        ("booked", "booked"), ("Information only", "information"), ("cancelled by caller", "cancelled"),
        ("missed (never connected)", "missed"),
        ("withheld number", "withheld"), ("unknown-number", "unknown_number"), ("second branch", "second_branch"),
        ("long (200 turns)", "long"), ("English", "english"), ("duplicate deliveries", "duplicates"), ("reversed order", "reversed"),
        ("lost `call_ended`", "lost_end"), ("lost call_ended", "lost_end"), ("forged signature", "forged"), ("hung-up", "hung_up"),
        ("replayed after ten minutes", "replayed"), ("garbage signed with the right key", "garbage"), ("VOICEMAIL", "voicemail"),
    ],
)  # fmt: skip
def test_a_scenario_is_found_by_any_of_its_names(said, name):
    assert find_scenario(said).name == name


def test_a_name_that_nobody_has_is_not_found():
    assert find_scenario("teleported") is None


def test_the_same_call_is_played_the_same_way():
    assert play("booked") == play("booked")


def test_the_transcript_grows_turn_by_turn():
    lengths = [len(event.turns) for event in events("booked") if event.kind == "transcript"]
    assert lengths == sorted(lengths) and set(lengths) == set(range(1, 10))


def test_a_booking_is_agreed_for_a_time_at_which_somebody_is_there():
    for number in NUMBERS:
        company, branch = find_business_at(number)
        for seed in range(200):
            wanted = find_plausible_slot(branch, company, random.Random(seed), now=NOW)
            opens_at = branch.hours[wanted.starts_at.weekday()]
            assert any(opens <= wanted.starts_at.time() < closes for opens, closes in opens_at)
            assert wanted.starts_at.weekday() not in wanted.staff.days_off
            assert (wanted.starts_at.month, wanted.starts_at.day) not in {(12, 24), (12, 25), (12, 26), (12, 31), (1, 1)}
            assert wanted.service.key in wanted.staff.services and wanted.starts_at > NOW


def test_the_analysis_names_the_booking_that_was_spoken_of():
    *_, analyzed = events("booked")
    book = analyzed.tool_uses[-1]
    assert book.name == "book_appointment" and book.successful
    assert (analyzed.analysis["datum"], analyzed.analysis["uhrzeit"]) == (book.arguments["date"], book.arguments["time"])
    assert analyzed.analysis["leistung"] == book.arguments["service"] and analyzed.analysis["termin_gebucht"] is True


def test_the_words_carry_times_of_real_speech():
    *_, ended, _ = events("booked")
    assert all(before.end_s <= after.start_s for before, after in zip(ended.turns, ended.turns[1:], strict=False))
    assert 30 < ended.duration_s < 90


def test_two_hundred_turns_are_two_hundred():
    assert len(events("long")[-1].turns) == 200


def test_a_hidden_number_is_hidden_everywhere():
    assert {event.caller_raw for event in events("withheld")} == {"anonymous"}


def test_a_missed_call_never_starts():
    assert [event.kind for event in events("missed")] == ["ended", "analyzed"]
    assert {event.status for event in events("missed")} == {"not_connected"}


def test_the_phone_rings_before_the_reversed_events():
    ringing, first, *_, last = play("reversed")
    assert (ringing.event, first.event, last.event) == ("call_inbound", "call_analyzed", "call_started")


def test_forged_and_old_signatures_must_be_refused():
    for name in ("forged", "replayed"):
        assert {delivery.expected for delivery in play(name)} == {(401,)}
    assert not play("forged")[0].is_as_expected(204)


def test_garbage_must_not_break_the_server():
    deliveries = play("garbage")
    assert all(delivery.is_as_expected(status) for delivery in deliveries for status in (204, 400, 413))
    assert not any(delivery.is_as_expected(status) for delivery in deliveries for status in (0, 500, 503))
    unreadable = 0
    for delivery in deliveries:
        try:
            RETELL.read(delivery.body)
        except Unreadable:
            unreadable += 1
    assert 5 < unreadable < len(deliveries)


def test_the_ringing_phone_asks_as_retell_does():
    ringing = json.loads(play("booked")[0].body)
    assert ringing["event"] == "call_inbound"
    assert set(ringing["call_inbound"]) == {"call_id", "agent_id", "from_number", "to_number"}


def test_days_and_times_are_spoken_as_people_say_them():
    at = datetime(2026, 12, 2, 14, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    assert (speak_day(at, "de"), speak_time(at, "de")) == ("Mittwoch, dem 2. Dezember,", "14 Uhr 30")
    assert (speak_day(at, "en"), speak_time(at, "en")) == ("Wednesday, December 2,", "2:30 pm")
    assert (speak_time(at.replace(hour=9, minute=0), "de"), speak_time(at.replace(hour=12, minute=0), "en")) == ("9 Uhr", "12 pm")
