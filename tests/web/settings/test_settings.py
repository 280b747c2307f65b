"""Services, team, hours and rules: what is filled in holds for free times, what is wrong is said at its field."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.errors import InvalidInput
from app.core.ids import new_ulid
from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.domain.bookings import waitlist
from app.domain.bookings.booking_request import list_free_times, select_visit
from app.domain.scheduling.hours_editor import format_spans, parse_spans
from app.models import Company, Policy, Service, ServiceSynonym, StaffMember
from tests.factories.salons import Salon, at, make_customer, make_salon
from tests.support.people import csrf_token, make_user, signed_in
from tests.support.tables import each_row

PAGES = ("/settings/services", "/settings/staff", "/settings/hours", "/settings/policies", "/waitlist")


@pytest.fixture
def salon(db: SQLAlchemy) -> Iterator[Salon]:
    with time_machine.travel("2026-05-04T08:00:00+02:00", tick=True):
        yield make_salon()


@pytest.fixture
def owner(app: Flask, db: SQLAlchemy, salon: Salon) -> FlaskClient:
    return signed_in(app, make_user(_company(db, salon), "owner"))


def _company(db: SQLAlchemy, salon: Salon) -> Company:
    company = db.session.get(Company, salon.company_id)
    assert company is not None
    return company


def _post(client: FlaskClient, path: str, **fields: Any) -> Any:
    return client.post(path, data={"csrf_token": csrf_token(client, "/tasks"), **fields})


def _starts(salon: Salon, day: str) -> list[str]:
    with company_scope(salon.company_id):
        slots, _facts = list_free_times(
            select_visit(salon.services["cut"], staff_id=salon.people["anna"], branch_id=salon.branches["mitte"]),
            at(f"{day}T00:00"),
            at(f"{day}T23:59"),
        )
    return [slot.starts_at.isoformat() for slot in slots]


@pytest.mark.parametrize(
    ("text", "spans", "again"),
    [
        ("9-13, 14:30 bis 18 Uhr", [(540, 780), (870, 1080)], "9-13, 14:30-18"),
        ("18-2", [(1080, 1560)], "18-2"),
        ("14-18;9-12", [(540, 720), (840, 1080)], "9-12, 14-18"),
        ("0-24", [(0, 1440)], "0-24"),
        (" ", [], ""),
    ],
)
def test_hours_are_read_as_people_write_them(text: str, spans: list[tuple[int, int]], again: str) -> None:
    assert parse_spans(text) == spans
    assert format_spans(spans) == again


@each_row("text", ["neun bis fünf", "9-13, 12-14", "25-26", "9-25", "18-24:01", "9:75-10", "9"])
def test_hours_that_make_no_sense_are_refused(app: Flask, text: str) -> None:
    with app.test_request_context(), pytest.raises(InvalidInput):
        parse_spans(text)


def test_split_hours_and_single_days_change_what_is_free(owner: FlaskClient, salon: Salon) -> None:
    assert len(_starts(salon, "2026-05-12")) == 35
    week = {f"day{weekday}": "9-10, 16-17" for weekday in range(6)}
    assert _post(owner, "/settings/hours", branch_id=salon.branches["mitte"], **week, day6="").status_code == 302
    assert len(_starts(salon, "2026-05-12")) == 6
    day = {"branch_id": salon.branches["mitte"], "special_day": "2026-05-14"}
    assert _starts(salon, "2026-05-14") == []
    _post(owner, "/settings/hours/day", **day, special_spans="10-12", special_name="Trotzdem da")
    assert len(_starts(salon, "2026-05-14")) == 7
    assert "Trotzdem da" in owner.get("/settings/hours", query_string={"branch_id": salon.branches["mitte"]}).text
    _post(owner, "/settings/hours/day/remove", **day)
    assert _starts(salon, "2026-05-14") == []


def test_summer_hours_stand_in_place_of_the_week_and_go_again(owner: FlaskClient, salon: Salon) -> None:
    usual = _starts(salon, "2026-07-07")
    period = {"branch_id": salon.branches["mitte"], "season_from": "2026-07-01", "season_until": "2026-07-31"}
    assert _post(owner, "/settings/hours/season", **period, season_name="Sommer", season1="9-10").status_code == 302
    assert [start[11:16] for start in _starts(salon, "2026-07-07")] == ["07:00", "07:15", "07:30"]
    assert _starts(salon, "2026-07-08") == []
    assert _starts(salon, "2026-08-04")
    page = owner.get(f"/settings/hours?branch_id={salon.branches['mitte']}").text
    assert "Sommer" in page and "01.07.2026 – 31.07.2026" in page
    again = _post(owner, "/settings/hours/season", **period, season2="9-10")
    assert again.status_code == 422 and "gelten schon andere Zeiten" in again.text
    assert _post(owner, "/settings/hours/season/remove", **period).status_code == 302
    assert _starts(salon, "2026-07-07") == usual


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"season_from": "2026-07-01", "season_until": "2026-07-31"}, "Für eine Zeit ohne Öffnung"),
        ({"season_from": "2026-07-31", "season_until": "2026-07-01", "season1": "9-10"}, "Das Ende liegt vor dem Anfang"),
        ({"season_from": "2026-07-01", "season_until": "2026-07-31", "season1": "neun"}, "Das lesen wir so nicht"),
    ],
)
def test_a_season_that_makes_no_sense_is_said_at_its_field(owner: FlaskClient, salon: Salon, fields: dict[str, str], sentence: str) -> None:
    answer = _post(owner, "/settings/hours/season", branch_id=salon.branches["mitte"], **fields)
    assert answer.status_code == 422 and sentence in answer.text


def test_holidays_follow_the_federal_state(owner: FlaskClient, salon: Salon) -> None:
    """Corpus Christi is a holiday in Bavaria and none in Berlin."""
    mitte = salon.branches["mitte"]
    assert _starts(salon, "2026-06-04") and "Fronleichnam" not in owner.get(f"/settings/hours?branch_id={mitte}").text
    assert _post(owner, "/settings/hours/state", branch_id=mitte, state="BY").status_code == 302
    assert _starts(salon, "2026-06-04") == [] and "Fronleichnam" in owner.get(f"/settings/hours?branch_id={mitte}").text
    assert _post(owner, "/settings/hours/state", branch_id=mitte, state="XX").status_code == 422


def test_what_follows_is_shown_for_the_coming_days(owner: FlaskClient, salon: Salon) -> None:
    page = owner.get(f"/settings/hours?branch_id={salon.branches['mitte']}").text
    preview = page[page.index("Was daraus folgt") :]
    assert "Christi Himmelfahrt" in preview and "09:00 – 18:00" in preview and "geschlossen" in preview


def test_a_closure_takes_days_away_and_gives_them_back(owner: FlaskClient, db: SQLAlchemy, salon: Salon) -> None:
    own = {"branch_id": salon.branches["mitte"], "staff_id": salon.people["anna"]}
    _post(owner, "/settings/hours/closures", **own, kind="vacation", starts="2026-05-11", ends="2026-05-13")
    assert _starts(salon, "2026-05-12") == []
    page = owner.get("/settings/hours", query_string=own).text
    assert "11.05.2026 – 13.05.2026" in page
    wrong = _post(owner, "/settings/hours/closures", **own, kind="vacation", starts="2026-05-13", ends="2026-05-11")
    assert (wrong.status_code, "Das Ende liegt vor dem Anfang" in wrong.text) == (422, True)
    remove = page.split('action="/settings/hours/closures/')[1].split('"')[0]
    assert _post(owner, f"/settings/hours/closures/{remove}", **own).status_code == 302
    assert len(_starts(salon, "2026-05-12")) == 35


def test_wrong_hours_are_said_at_their_day(owner: FlaskClient, salon: Salon) -> None:
    answer = _post(owner, "/settings/hours", branch_id=salon.branches["mitte"], day0="9-10", day1="halb zehn")
    assert answer.status_code == 422
    assert 'id="day1-note"' in answer.text
    assert 'value="halb zehn"' in answer.text


def test_a_service_is_made_with_the_words_callers_use(owner: FlaskClient, db: SQLAlchemy, salon: Salon) -> None:
    values = {"name": "Glossing", "minutes": "40", "price": "39,50", "capacity": "1", "synonyms": "Glanz, Tönung", "is_active": "1"}
    assert _post(owner, "/settings/services/new", **values).status_code == 302
    with company_scope(salon.company_id):
        service = db.session.scalars(select(Service).where(Service.name == "Glossing")).one()
        assert (service.slug, service.price_cents, service.minutes) == ("glossing", 3950, 40)
        words = db.session.scalars(select(ServiceSynonym.key).where(ServiceSynonym.service_id == service.id))
        assert set(words) == {"glanz", "tonung"}
    wrong = _post(owner, f"/settings/services/{service.id}", name="", minutes="x", price="viel", processing_minutes="90")
    assert wrong.status_code == 422
    assert wrong.text.count('aria-invalid="true"') == 3
    long = _post(owner, f"/settings/services/{service.id}", name="Glossing", minutes="30", processing_minutes="30")
    assert "muss in die Dauer passen" in long.text


def test_a_person_gets_branches_and_services(owner: FlaskClient, db: SQLAlchemy, salon: Salon) -> None:
    own = {"branch_ids": [salon.branches["mitte"], new_ulid()], "service_ids": [salon.services["cut"]]}
    assert _post(owner, "/settings/staff/new", name="Nele Hofmann", is_active="1", **own).status_code == 302
    with company_scope(salon.company_id):
        person = db.session.scalars(select(StaffMember).where(StaffMember.name == "Nele Hofmann")).one()
    assert "Nele Hofmann" in owner.get("/settings/staff").text
    wrong = _post(owner, f"/settings/staff/{person.id}", name="Nele", email="nele", phone="12")
    assert (wrong.status_code, wrong.text.count("ap-field__error")) == (422, 2)
    assert "mindestens eine Filiale" in _post(owner, f"/settings/staff/{person.id}", name="Nele").text


def test_a_new_person_does_everything_until_somebody_unticks_it(owner: FlaskClient, salon: Salon) -> None:
    page = owner.get("/settings/staff/new").text
    ticks = re.findall(r'name="service_ids" value="[^"]+"( checked)?', page)
    assert ticks and all(ticks)


def test_rules_say_what_they_mean_and_are_inherited(owner: FlaskClient, db: SQLAlchemy, salon: Salon) -> None:
    assert _post(owner, "/settings/policies", scope="company", cancel_minutes="1440", needs_confirmation="1").status_code == 302
    scope = f"service:{salon.services['cut']}"
    assert (
        _post(owner, "/settings/policies", scope=scope, cancel_minutes="120", fee_cents="12,50", fee_within_minutes="60").status_code == 302
    )
    assert "Absagen geht bis 1 Tag vorher." in owner.get("/settings/policies").text
    page = owner.get("/settings/policies", query_string={"scope": scope}).text
    assert "Absagen geht bis 2 Stunden vorher." in page
    assert "zahlt 12,50 Euro" in page
    assert 'placeholder="1440"' in page
    assert _post(owner, "/settings/policies", scope="company", grid_minutes="3").status_code == 422
    assert _post(owner, "/settings/policies", scope=scope).status_code == 302
    db.session.rollback()
    with company_scope(salon.company_id):
        assert [policy.scope for policy in db.session.scalars(select(Policy))] == ["company"]
    assert owner.get("/settings/policies", query_string={"scope": f"staff:{'0' * 26}"}).status_code == 404


def test_who_waits_is_listed_and_can_be_taken_off(owner: FlaskClient, db: SQLAlchemy, salon: Salon) -> None:
    customer = make_customer(salon)
    with company_scope(salon.company_id), transaction():
        entry = waitlist.join_waitlist(
            customer, salon.services["cut"], window_from=at("2026-05-12T00:00"), window_until=at("2026-05-13T00:00")
        )
    assert "Mira Sommer" in owner.get("/waitlist").text
    assert _post(owner, f"/waitlist/{entry.id}/withdraw").status_code == 302
    assert "Niemand wartet" in owner.get("/waitlist").text


def test_each_role_sees_what_it_may(app: Flask, db: SQLAlchemy, salon: Salon) -> None:
    desk = signed_in(app, make_user(_company(db, salon), "front_desk"))
    for page in PAGES:
        assert desk.get(page).status_code == 200, page
    assert desk.get("/settings/services/new").status_code == 403
    for path in ("/settings/hours", "/settings/services/new", "/settings/staff/new", "/settings/policies"):
        assert _post(desk, path, name="x").status_code == 403


def test_other_companies_settings_do_not_exist(app: Flask, db: SQLAlchemy, salon: Salon) -> None:
    stranger = signed_in(app, make_user(_company(db, make_salon("praxis-morgenstern")), "owner"))
    for path in (f"services/{salon.services['cut']}", f"staff/{salon.people['anna']}"):
        assert stranger.get(f"/settings/{path}").status_code == 404
        assert _post(stranger, f"/settings/{path}", name="x").status_code == 404
    assert stranger.get("/settings/hours", query_string={"branch_id": salon.branches["mitte"]}).status_code == 404
    assert stranger.get("/settings/hours", query_string={"staff_id": salon.people["anna"]}).status_code == 404
    assert stranger.get("/settings/policies", query_string={"scope": f"staff:{salon.people['anna']}"}).status_code == 404


@pytest.mark.parametrize("scope", ["9999-12-31T23:59", "person:1", "branch:01HZZZZZZZZZZZZZZZZZZZZZZZ", "branch:x"])
def test_rules_of_what_does_not_exist_are_neither_shown_nor_saved(owner: FlaskClient, scope: str) -> None:
    assert owner.get("/settings/policies", query_string={"scope": scope}).status_code == 404
    assert _post(owner, "/settings/policies", scope=scope, grid_minutes="x").status_code == 404
