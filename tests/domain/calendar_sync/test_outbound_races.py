"""The caller's link, the dashboard, a program and Cal.com want one slot at the same moment: one has it, and everybody else is told."""

import contextvars
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from app.core.tenancy import clear_company
from app.domain.bookings import self_service_links
from app.models import Booking, Company
from tests.api.v1.conftest import key_of, wanted
from tests.factories.salon import BERLIN, at
from tests.support.calcom_world import CUT_ANNA, CalcomWorld
from tests.support.users import csrf_token, make_user, signed_in
from tests.support.waiting import HANGS_AFTER_S

ROUNDS = 6


class Ways:
    """Four ways to the same slot; each says the status of its answer, and Cal.com's that of its webhook."""

    def __init__(self, app: Flask, db: SQLAlchemy, calcom: CalcomWorld) -> None:
        self.app, self.calcom = app, calcom
        company = db.session.get_one(Company, calcom.salon.company_id)
        with clear_company():
            user = make_user(company, "front_desk")
            self.desk = signed_in(app, user)
            self.key = key_of(db, company.id)
        db.session.rollback()
        self.caller = app.test_client()
        self.token, self.moving = "", ""

    def prepare(self, number: int) -> None:
        """A caller with a booking in the evening of another day, who looks at its page."""
        starts = f"2026-05-{18 + number}T17:00"
        self.moving = self.calcom.book("cut:anna", starts=starts, customer_id=self.calcom.make_customer(f"Anruferin {number}"))
        self.token = self.calcom.run(lambda: self_service_links.create_link(self.calcom.get_booking(self.moving)))
        self.csrf = csrf_token(self.caller, f"/b/{self.token}")
        self.desk_csrf = csrf_token(self.desk, "/calendar/new")

    def by_link(self, start: datetime) -> int:
        data = {"csrf_token": self.csrf, "starts_at": start.isoformat()}
        return self.caller.post(f"/b/{self.token}/move", data=data).status_code

    def by_dashboard(self, start: datetime) -> int:
        local = start.astimezone(BERLIN)
        fields = {
            "csrf_token": self.desk_csrf, "name": "Ida Berg", "phone": "+4915112345670", "service_id": self.calcom.salon.services["cut"],
            "staff_id": self.calcom.salon.people["anna"], "day": local.date().isoformat(), "time": f"{local:%H:%M}",
            "branch_id": self.calcom.salon.branches["mitte"],
        }  # fmt: skip
        return self.desk.post("/calendar/new", data=fields).status_code

    def by_program(self, start: datetime) -> int:
        body = wanted(self.calcom.salon, start.isoformat(), staff_id=self.calcom.salon.people["anna"])
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        return self.app.test_client().post("/api/v1/bookings", data=json.dumps(body), headers=headers).status_code

    def by_calcom(self, start: datetime) -> int:
        self.calcom.double.book(CUT_ANNA, start, "Cal Kunde", email="cal@example.de")
        (status,) = self.calcom.double.deliver()
        with self.app.app_context():
            self.calcom.drain()
        return status


def at_once(start: datetime, *ways: Callable[[datetime], int]) -> list[int]:
    ready = Barrier(len(ways))

    def run(way: Callable[[datetime], int]) -> int:
        ready.wait(HANGS_AFTER_S)
        return way(start)

    with ThreadPoolExecutor(len(ways)) as pool:
        futures = [pool.submit(contextvars.Context().run, run, way) for way in ways]
        return [future.result() for future in futures]


@pytest.fixture
def ways(app: Flask, db: SQLAlchemy, calcom: CalcomWorld) -> Ways:
    return Ways(app, db, calcom)


def test_concurrent_channels_book_one_slot_once(ways: Ways, calcom: CalcomWorld) -> None:
    for number in range(ROUNDS):
        start = at("2026-05-12T09:00") + timedelta(minutes=60 * number)
        ways.prepare(number)
        answers = at_once(start, ways.by_link, ways.by_dashboard, ways.by_program, ways.by_calcom)
        (winner,) = taken(calcom, start)
        won = {"link": winner.id == ways.moving, "web": winner.source == "web", "api": winner.source == "api"}
        assert answers[0] == 302
        assert answers[1] in ((200, 302, 303) if won["web"] else (409,)), answers
        assert answers[2] == (201 if won["api"] else 409), answers
        assert answers[3] == 204
        told = [task for task in calcom.tasks() if "Cal Kunde" in task.title]
        won_there = winner.source == "calcom"
        # each time that Cal.com lost, somebody is asked to call the customer
        assert len(told) == number + 1 - ways_of_calcom(calcom)
        assert won_there or calcom.booking(winner.id).status == "confirmed"


def taken(calcom: CalcomWorld, start: datetime) -> list[Booking]:
    anna = calcom.salon.people["anna"]
    standing = [booking for booking in calcom.bookings("confirmed", "pending") if booking.staff_id == anna]
    return [booking for booking in standing if booking.starts_at < start + timedelta(minutes=30) and booking.ends_at > start]


def ways_of_calcom(calcom: CalcomWorld) -> int:
    return sum(booking.source == "calcom" for booking in calcom.bookings("confirmed", "pending"))
