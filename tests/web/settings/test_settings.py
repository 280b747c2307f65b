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

from app.core.ids import new_ulid
from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.domain.bookings import waitlist
from app.domain.bookings.booking_request import build_slot_query, list_free_times
from app.domain.companies.policies import load_policies
from app.models import Branch, Company, Policy, Service, ServiceSynonym, StaffMember
from tests.factories.salon import Salon, at, make_customer, make_salon
from tests.support.users import make_user, signed_in, token_of

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
    return client.post(path, data={"csrf_token": token_of(client), **fields})


def _starts(salon: Salon, day: str) -> list[str]:
    with company_scope(salon.company_id):
        slots, _facts = list_free_times(
            build_slot_query(
                salon.services["cut"],
                since=at(f"{day}T00:00"),
                until=at(f"{day}T23:59"),
                staff_id=salon.people["anna"],
                branch_id=salon.branches["mitte"],
            )
        )
    return [slot.starts_at.isoformat() for slot in slots]


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
    assert "Sommer" in page and "Mi 01.07.2026 – Fr 31.07.2026" in page
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


def _place(db: SQLAlchemy, salon: Salon, **values: Any) -> str:
    """The hours page of the branch, put somewhere else."""
    with company_scope(salon.company_id), transaction():
        branch = db.session.get(Branch, salon.branches["mitte"])
        for name, value in values.items():
            setattr(branch, name, value)
    return f"/settings/hours?branch_id={salon.branches['mitte']}"


@pytest.mark.parametrize(
    ("state", "city", "day", "said"),
    [
        ("BY", "München", "2028-08-15", "Mariä Himmelfahrt gilt in München."),
        ("BY", "Augsburg", "2028-08-08", "Augsburger Hohes Friedensfest gilt in Augsburg."),
        ("SN", "Crostwitz", "2026-06-04", "Fronleichnam gilt in Crostwitz."),
    ],
)
def test_a_holiday_of_the_municipality_closes_and_is_told(
    owner: FlaskClient, db: SQLAlchemy, salon: Salon, state: str, city: str, day: str, said: str
) -> None:
    with time_machine.travel(f"{day[:4]}-05-04T08:00:00+02:00", tick=True):
        desk = signed_in(owner.application, "owner@salon-lindgren.example")
        assert _starts(salon, day)
        page = _place(db, salon, state=state, city=city)
        assert said in desk.get(page).text
        assert _starts(salon, day) == []


@pytest.mark.parametrize(("city", "said"), [("Herzogenaurach", "in Herzogenaurach gilt, wissen wir nicht"), (None, "kein Ort eingetragen")])
def test_a_holiday_that_is_not_known_of_a_municipality_is_asked_and_set(
    owner: FlaskClient, db: SQLAlchemy, salon: Salon, city: str | None, said: str
) -> None:
    page, mitte = _place(db, salon, state="BY", city=city), salon.branches["mitte"]
    assert said in owner.get(page).text
    assert "Mariä Himmelfahrt" not in _holiday_list(owner, page)
    region = {"branch_id": mitte, "state": "BY", "offered_state": "BY"}
    assert _post(owner, "/settings/hours/state", **region, local_holidays="assumption").status_code == 302
    assert "Mariä Himmelfahrt: von Ihnen festgelegt." in owner.get(page).text
    assert "Mariä Himmelfahrt" in _holiday_list(owner, page) and "Friedensfest" not in _holiday_list(owner, page)
    assert _post(owner, "/settings/hours/state", **region).status_code == 302
    assert "Mariä Himmelfahrt" not in _holiday_list(owner, page)
    # another state has other ones: what is known of the city counts until somebody decides
    assert _post(owner, "/settings/hours/state", **region | {"state": "TH"}).status_code == 302
    assert "Fronleichnam: von Ihnen festgelegt" not in owner.get(page).text
    assert _post(owner, "/settings/hours/state", **region, local_holidays="carnival").status_code == 422


def _holiday_list(client: FlaskClient, page: str) -> str:
    return client.get(page).text.split('class="ap-list ap-holidays"')[1].split("</ul>")[0]


def test_dates_of_the_hours_page_stand_in_the_readers_form(app: Flask, db: SQLAlchemy, owner: FlaskClient, salon: Salon) -> None:
    path = f"/settings/hours?branch_id={salon.branches['mitte']}"
    assert "Fr 25.12.2026" in owner.get(path).text
    assert "Fri 25 Dec 2026" in signed_in(app, make_user(_company(db, salon), "manager", language="en")).get(path).text


def test_what_follows_is_shown_for_the_coming_days(owner: FlaskClient, salon: Salon) -> None:
    page = owner.get(f"/settings/hours?branch_id={salon.branches['mitte']}").text
    preview = page[page.index("Was daraus folgt") :]
    assert "Christi Himmelfahrt" in preview and "09:00 – 18:00" in preview and "geschlossen" in preview


def test_a_closure_takes_days_away_and_gives_them_back(owner: FlaskClient, db: SQLAlchemy, salon: Salon) -> None:
    own = {"branch_id": salon.branches["mitte"], "staff_id": salon.people["anna"]}
    _post(owner, "/settings/hours/closures", **own, kind="vacation", starts="2026-05-11", ends="2026-05-13")
    assert _starts(salon, "2026-05-12") == []
    page = owner.get("/settings/hours", query_string=own).text
    assert "Mo 11.05.2026 – Mi 13.05.2026" in page
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


@pytest.mark.parametrize(
    ("path", "fields", "field"),
    [
        ("/settings/hours", {"day2": "9-5"}, "day2"),
        ("/settings/hours/season", {"season_from": "2026-07-01", "season_until": "2026-07-31", "season1": "9-5"}, "season1"),
        ("/settings/hours/day", {"special_day": "2026-05-12", "special_spans": "9-5"}, "special_spans"),
    ],
)
def test_hours_that_are_hardly_meant_are_asked_at_their_field(
    owner: FlaskClient, salon: Salon, path: str, fields: dict[str, str], field: str
) -> None:
    usual = _starts(salon, "2026-05-12")
    answer = _post(owner, path, branch_id=salon.branches["mitte"], **fields)
    assert answer.status_code == 422
    assert re.search(rf'id="{field}-note".*?Meinen Sie 9-17\? Sonst schreiben Sie: 9-5 am Folgetag\.', answer.text, re.DOTALL)
    assert _starts(salon, "2026-05-12") == usual


def test_hours_saved_through_the_night_can_be_saved_again(owner: FlaskClient, db: SQLAlchemy, salon: Salon) -> None:
    mitte = salon.branches["mitte"]
    assert _post(owner, "/settings/hours", branch_id=mitte, day1="9-5 am Folgetag", day2="2-6 früh").status_code == 302
    page = owner.get("/settings/hours", query_string={"branch_id": mitte}).text
    shown = dict(re.findall(r'name="(day\d)" value="([^"]*)"', page))
    assert (shown["day1"], shown["day2"]) == ("9-5 am Folgetag", "2-6 früh")
    assert _post(owner, "/settings/hours", branch_id=mitte, **shown).status_code == 302


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


def test_a_company_may_book_callers_without_a_contact(owner: FlaskClient, db: SQLAlchemy, salon: Salon) -> None:
    sentence = "Wer anruft, bucht auch ohne Rufnummer und ohne E-Mail-Adresse."
    assert sentence not in owner.get("/settings/policies").text
    assert _post(owner, "/settings/policies", scope="company", contact_required="0").status_code == 302
    assert sentence in owner.get("/settings/policies").text
    db.session.rollback()
    with company_scope(salon.company_id):
        assert load_policies().rules().contact_required is False


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
    assert "wie im ganzen Betrieb: bis 1 Tag vorher" in page
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
