"""The start page: a sentence, figures with a comparison, what is left, who comes next."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.models import Company
from tests.factories.calendar import BookingFactory, ServiceFactory, StaffMemberFactory
from tests.factories.calls import CallHourFactory, CustomerFactory, TaskFactory
from tests.support.users import branch_ids, limit_to, make_company, make_user, signed_in

# a Friday, 9:10 in Berlin
MORNING = datetime(2026, 11, 20, 8, 10, tzinfo=UTC)


@pytest.fixture
def company(db: SQLAlchemy) -> Company:
    return make_company(branches=("Berlin-Mitte", "Berlin-Pankow"))


def count(company: Company, outcome: str, calls: int, *, days_ago: int = 0, hour: int = 8, branch: int = 0) -> None:
    with company_scope(company.id), transaction():
        day = MORNING.date() - timedelta(days=days_ago)
        CallHourFactory(branch_id=branch_ids(company)[branch], outcome=outcome, calls=calls, day=day, hour=hour)


def page(app: Flask, company: Company, path: str = "/dashboard", *, at: datetime = MORNING, **user: str) -> str:
    with time_machine.travel(at, tick=False):
        answer = signed_in(app, make_user(company, **user)).get(path)
    assert answer.status_code == 200
    return " ".join(answer.text.split())


def test_the_morning_tells_of_the_night(app: Flask, db: SQLAlchemy, company: Company) -> None:
    count(company, "booked", 5, days_ago=1, hour=21)
    count(company, "callback", 4, hour=6)
    with company_scope(company.id), transaction():
        TaskFactory(branch_id=branch_ids(company)[0])
    shown = page(app, company)
    assert "Guten Morgen, Astrid Lindgren" in shown
    assert "Über Nacht hat Lena 9 Anrufe angenommen und 5 Termine gebucht. Eine Sache braucht Sie noch." in shown


def test_later_the_day_itself_is_told(app: Flask, db: SQLAlchemy, company: Company) -> None:
    count(company, "booked", 5, days_ago=1, hour=21)
    count(company, "booked", 1)
    shown = page(app, company, at=MORNING + timedelta(hours=6))
    assert "Guten Tag, Astrid Lindgren" in shown
    assert "Heute hat Lena 1 Anruf angenommen und einen Termin gebucht. Für Sie ist nichts offen." in shown


def test_a_quiet_start_says_so(app: Flask, db: SQLAlchemy, company: Company) -> None:
    shown = page(app, company)
    assert "Heute hat noch niemand angerufen." in shown
    assert "In dieser Zeit hat zwischen 7 und 20 Uhr niemand angerufen." in shown
    assert "kein Vergleich möglich" in shown


def test_figures_stand_beside_the_week_before(app: Flask, db: SQLAlchemy, company: Company) -> None:
    count(company, "booked", 30)
    count(company, "missed", 10)
    count(company, "booked", 20, days_ago=7)
    shown = page(app, company)
    assert 'Anrufe</span><span class="ap-fig__value">40' in shown
    assert 'Angenommen</span><span class="ap-fig__value">30<small>75 %' in shown
    assert "+ 100 %" in shown
    assert "zur Vorwoche" in shown
    assert 'Anrufe</span><span class="ap-fig__value">60' in page(app, company, "/dashboard?period=month", role="manager")
    assert "zum selben Tag der Vorwoche" in page(app, company, "/dashboard?period=today", role="staff")
    assert "zur Vorwoche" in page(app, company, "/dashboard?period=nonsense", role="read_only")


def test_who_comes_next_stands_on_the_right(app: Flask, db: SQLAlchemy, company: Company) -> None:
    branch = branch_ids(company)[0]
    with company_scope(company.id), transaction():
        service, staff = ServiceFactory(), StaffMemberFactory()
        for name, starts_at, status in (
            ("Svea Thomsen", MORNING + timedelta(hours=1), "confirmed"),
            ("Katrin Ebers", MORNING + timedelta(hours=2), "cancelled"),
            ("Lars Ostermann", MORNING - timedelta(hours=3), "confirmed"),
            ("Malte Brüning", MORNING + timedelta(days=1), "confirmed"),
        ):
            customer = CustomerFactory(name=name)
            BookingFactory(
                branch_id=branch, service_id=service.id, staff_id=staff.id, customer_id=customer.id, starts_at=starts_at, status=status
            )
    shown = page(app, company)
    assert "Svea Thomsen" in shown
    assert [name for name in ("Katrin Ebers", "Lars Ostermann", "Malte Brüning") if name in shown] == []
    later = page(app, company, at=MORNING + timedelta(hours=9), role="manager")
    assert "Malte Brüning" in later
    assert "Morgen" in later


def test_who_is_limited_to_a_branch_sees_its_figures_only(app: Flask, db: SQLAlchemy, company: Company) -> None:
    count(company, "booked", 1)
    count(company, "booked", 7, branch=1)
    user = make_user(company, "front_desk")
    limit_to(user, branch_ids(company)[0])
    with time_machine.travel(MORNING, tick=False):
        shown = " ".join(signed_in(app, user).get("/dashboard").text.split())
    assert 'Anrufe</span><span class="ap-fig__value">1<' in shown


def test_another_company_adds_nothing(app: Flask, db: SQLAlchemy, company: Company) -> None:
    other = make_company("werkstatt-kruse")
    count(other, "booked", 99)
    with company_scope(other.id), transaction():
        TaskFactory(branch_id=branch_ids(other)[0], title="Rückruf: Fiete Petersen")
    shown = page(app, company)
    assert "Fiete" not in shown
    assert 'Anrufe</span><span class="ap-fig__value">0' in shown


@pytest.mark.parametrize(
    ("name", "greeting"), [("owner", "Guten Morgen<"), ("Owner", "Guten Morgen<"), ("Mara Sonne", "Guten Morgen, Mara Sonne<")]
)
def test_nobody_is_greeted_by_the_start_of_an_address(app: Flask, db: SQLAlchemy, company: Company, name: str, greeting: str) -> None:
    shown = page(app, company, name=name)
    assert greeting in shown and f'<p class="ap-mid ap-soft">{company.name}</p>' in shown
