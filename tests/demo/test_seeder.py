"""The demo town stands as the documents say, twice built as once built, and nothing in it contradicts itself."""

import re
from collections.abc import Iterator
from itertools import pairwise
from random import Random

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import func, select

from app.core.clock import now
from app.core.tenancy import unscoped
from app.demo.companies import COMPANIES
from app.demo.dialogue_loader import parse_dialogues, render_text
from app.demo.dialogues import any_trade, english, garage, practice, salon
from app.domain.accounts.api_keys import find_key
from app.domain.accounts.passwords import verify_password
from app.domain.calls.search import CallSearch, find_calls
from app.domain.reports.figures import load_figures
from app.models import (
    Booking,
    BookingChange,
    Call,
    CallAiNotice,
    CallEvent,
    CallHour,
    Company,
    CustomerIdentifier,
    PhoneNumber,
    SlotLock,
    StaffTask,
    Turn,
    User,
    WebhookEvent,
)
from app.models.base import CompanyOwned
from app.models.call import OUTCOMES

pytestmark = pytest.mark.exhaustive

NUMBERS = {
    "+493023125100": "Berlin-Mitte",
    "+493023125101": "Berlin-Pankow",
    "+498999998200": "München",
    "+494066969300": "Hamburg-Altona",
    "+494066969301": "Hamburg-Wandsbek",
}
ACCOUNTS = {
    "owner@salon-lindgren.example": "owner",
    "frontdesk@salon-lindgren.example": "front_desk",
    "owner@praxis-morgenstern.example": "owner",
    "owner@werkstatt-kruse.example": "owner",
    "support@askproai.example": "support",
}
# what a dialogue may leave open
GAPS = """
    greeting business branch street name first staff wednesday friday saturday service wish english minutes price
    day time other weekday german_day german_time old_service old_staff old_day old_time
"""
CUSTOMER_NUMBER = re.compile(r"\+4917139200[56]\d")


@pytest.fixture
def town(app: Flask, db: SQLAlchemy) -> Iterator[FlaskCliRunner]:
    app.config["SETTINGS"].demo_password = "ein Passwort der Vorstellung"
    runner = app.test_cli_runner()
    assert runner.invoke(args=["seed", "demo"]).exit_code == 0
    with unscoped():
        yield runner
    app.config["SETTINGS"].demo_password = None


def test_the_town_stands_as_documented_and_holds_together(db: SQLAlchemy, town: FlaskCliRunner, subtests: pytest.Subtests) -> None:
    with subtests.test("it stands as documented"):
        _stands_as_documented(db)
    with subtests.test("its calls hold together"):
        _calls_hold_together(db)
    with subtests.test("its counts say what the calls say"):
        _counts_say_what_the_calls_say(db)
    with subtests.test("its appointments add up"):
        _appointments_add_up(db)
    with subtests.test("what was said can be found"):
        _what_was_said_can_be_found(db)

    # a second run changes nothing
    before = _rows(db)
    said = town.invoke(args=["seed", "demo"]).output
    db.session.rollback()
    assert _rows(db) == before
    assert said == "The demo town stands already.\n"


def _stands_as_documented(db: SQLAlchemy) -> None:
    assert {company.name for company in db.session.scalars(select(Company))} == {
        "Salon Lindgren",
        "Praxis Dr. Morgenstern",
        "Werkstatt Kruse",
    }
    assert {number.e164: number.label for number in db.session.scalars(select(PhoneNumber))} == NUMBERS
    users = {user.email: user for user in db.session.scalars(select(User))}
    assert {email: users[email].role for email in ACCOUNTS} == ACCOUNTS
    assert all(
        not user.must_change_password and verify_password("ein Passwort der Vorstellung", user.password_hash) for user in users.values()
    )
    phones = set(db.session.scalars(select(CustomerIdentifier.value).where(CustomerIdentifier.kind == "phone")))
    assert len(phones) == 20
    assert all(CUSTOMER_NUMBER.fullmatch(number) for number in phones)
    assert db.session.scalar(select(func.count()).select_from(WebhookEvent)) == 0
    # families: several people on one number, never across companies
    shared = db.session.execute(
        select(func.count(), func.count(CustomerIdentifier.company_id.distinct()))
        .where(CustomerIdentifier.kind == "phone")
        .group_by(CustomerIdentifier.value)
    ).all()
    assert max(people for people, _companies in shared) >= 3
    assert {companies for _people, companies in shared} == {1}


def test_a_password_that_was_made_is_told_once_and_a_chosen_one_and_new_keys_are_taken_over(app: Flask, db: SQLAlchemy) -> None:
    town = app.test_cli_runner()
    told = re.search(r"shown this once: (\S+)", town.invoke(args=["seed", "demo"]).output)
    assert told is not None
    assert len(told[1]) >= 12
    with unscoped():
        assert verify_password(told[1], db.session.scalar(select(User.password_hash).limit(1)))
    assert "shown this once" not in town.invoke(args=["seed", "demo"]).output
    with unscoped():
        _a_changed_password_and_new_keys_are_taken_over(app, db, town)


def _a_changed_password_and_new_keys_are_taken_over(app: Flask, db: SQLAlchemy, town: FlaskCliRunner) -> None:
    settings = app.config["SETTINGS"]
    settings.demo_password, settings.demo_api_key, settings.demo_api_key_3 = (
        "ein ganz anderes Passwort",
        "first key of the salon",
        "key of Kruse",
    )
    said = town.invoke(args=["seed", "demo"]).output
    db.session.rollback()
    assert "Salon Lindgren, Werkstatt Kruse" in said
    assert settings.demo_password not in said
    assert all(verify_password("ein ganz anderes Passwort", user.password_hash) for user in db.session.scalars(select(User)))
    settings.demo_api_key = "second key of the salon"
    town.invoke(args=["seed", "demo"])
    db.session.rollback()
    assert find_key("first key of the salon") is None
    salon, kruse = find_key("second key of the salon"), find_key("key of Kruse")
    assert salon is not None
    assert kruse is not None
    assert [db.session.get_one(Company, key.company_id).slug for key in (salon, kruse)] == ["salon-lindgren", "werkstatt-kruse"]
    settings.demo_password = settings.demo_api_key = settings.demo_api_key_3 = None


def test_production_has_no_demo_town(app: Flask, db: SQLAlchemy) -> None:
    settings = app.config["SETTINGS"]
    settings.app_env = "production"
    try:
        refused = app.test_cli_runner().invoke(args=["seed", "demo"])
    finally:
        settings.app_env = "testing"
    assert refused.exit_code == 1
    assert db.session.scalar(select(func.count()).select_from(Company)) == 0


def _calls_hold_together(db: SQLAlchemy) -> None:
    calls = db.session.scalars(select(Call)).all()
    assert len(calls) > 1200
    assert {call.outcome for call in calls} <= set(OUTCOMES)
    assert len({call.outcome for call in calls}) >= 10
    assert all(call.started_at <= call.ended_at < now() for call in calls if call.ended_at)
    assert all(call.provider_call_id.startswith("call_demo_") for call in calls)
    for model, counted in ((Turn, Call.turn_count), (CallEvent, Call.event_count)):
        assert db.session.scalar(select(func.count()).select_from(model)) == db.session.scalar(select(func.sum(counted)))
    booked = set(db.session.scalars(select(Booking.call_id).where(Booking.call_id.is_not(None))))
    assert booked == {call.id for call in calls if call.outcome == "booked"}
    assert 3 <= len({call.branch_id for call in calls if (now() - call.started_at).days < 3}) <= 5
    assert 1 <= (db.session.scalar(select(func.count()).select_from(StaffTask).where(StaffTask.status == "open")) or 0) <= 9
    assert not any("{" in turn.text or "[" in turn.text for turn in db.session.scalars(select(Turn)))


def _counts_say_what_the_calls_say(db: SQLAlchemy) -> None:
    by_outcome = dict(db.session.execute(select(Call.outcome, func.count()).group_by(Call.outcome)).all())
    counted = db.session.execute(select(CallHour.outcome, func.sum(CallHour.calls)).group_by(CallHour.outcome)).all()
    assert {outcome: int(calls) for outcome, calls in counted} == by_outcome
    branches = list(db.session.scalars(select(CallHour.branch_id).distinct()))
    assert load_figures(branches, days=30, now=now(), timezone="Europe/Berlin").before.total.calls > 100


def _appointments_add_up(db: SQLAlchemy) -> None:
    """Nobody is booked twice at once, and each history has as many lines as its booking has versions."""
    bookings = db.session.scalars(select(Booking).order_by(Booking.staff_id, Booking.starts_at)).all()
    standing = [booking for booking in bookings if booking.status != "cancelled"]
    for earlier, later in pairwise(standing):
        assert earlier.staff_id != later.staff_id or earlier.ends_at <= later.starts_at
    assert {booking.status for booking in bookings} == {"confirmed", "done", "no_show", "cancelled"}
    assert all(
        (booking.status == "confirmed") == (booking.ends_at >= now()) for booking in standing if abs(booking.ends_at - now()).seconds > 60
    )
    taken = set(db.session.scalars(select(SlotLock.holder_id)))
    assert taken == {booking.id for booking in bookings if booking.status == "confirmed"}
    changes = dict(db.session.execute(select(BookingChange.booking_id, func.count()).group_by(BookingChange.booking_id)).all())
    assert changes == {booking.id: booking.version for booking in bookings}


def _what_was_said_can_be_found(db: SQLAlchemy) -> None:
    turn = db.session.scalars(select(Turn).where(Turn.text.like("%Keratin%")).limit(1)).one()
    found = find_calls(CallSearch(query="keratin"), limit=500)
    assert turn.call_id in found


def test_every_dialogue_of_every_trade_can_be_said() -> None:
    for table in (any_trade, english, garage, practice, salon):
        for script in parse_dialogues(table.DIALOGUES):
            assert script.outcome in OUTCOMES
            for _speaker, text in (*script.lines, ("summary", script.summary)):
                assert render_text(text, dict.fromkeys(GAPS.split(), "x"), Random(1)), text
    assert len({user.email for company in COMPANIES for user in company.users}) == 8


def _rows(db: SQLAlchemy) -> dict[str, int | None]:
    owned = {mapper.class_ for mapper in Company.registry.mappers if issubclass(mapper.class_, CompanyOwned)}
    return {model.__name__: db.session.scalar(select(func.count()).select_from(model)) for model in (*owned, User, Company)}


def test_every_call_that_was_talked_has_its_notice(db: SQLAlchemy, town: FlaskCliRunner) -> None:
    with unscoped():
        talked = db.session.scalar(select(func.count()).select_from(Call).where(Call.turn_count > 0))
        said = db.session.scalar(select(func.count()).select_from(CallAiNotice).where(CallAiNotice.turn == 0))
        lacking = db.session.scalar(select(func.count()).select_from(CallAiNotice).where(CallAiNotice.turn.is_(None)))
    assert (said, lacking) == (talked, 0)
