"""Many programs at once over HTTP, on a server with threads, on each database: one booking, and a clear answer for everybody else."""

import json
import os
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.database import read_only
from app.core.tenancy import unscoped
from app.models import Booking, Customer
from tests.api.v1.conftest import key_of, wanted
from tests.factories.salon import BERLIN, Salon, make_salon
from tests.support.sockets import SocketServer

AT_ONCE = 200
# how often each race is run, on one server, each time for another day
REPEATS = int(os.environ.get("RACE_REPEATS", "1"))
PROCESSES = int(os.environ.get("RACE_PROCESSES", "1"))


class Programs:
    """Whoever knocks at the same moment."""

    def __init__(self, url: str, key: str) -> None:
        self._url, self._key = f"{url}/api/v1/bookings", key

    def book(self, bodies: list[dict[str, Any]], **headers: str) -> list[tuple[int, dict[str, Any]]]:
        with ThreadPoolExecutor(len(bodies)) as pool:
            return list(pool.map(lambda body: self._post(body, headers), bodies))

    def _post(self, body: dict[str, Any], headers: dict[str, str]) -> tuple[int, dict[str, Any]]:
        own = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json", **headers}
        try:
            with urlopen(Request(self._url, json.dumps(body).encode(), own), timeout=300) as answer:
                return answer.status, json.load(answer)
        except HTTPError as refused:
            return refused.code, json.load(refused)


@pytest.fixture
def salon(db: SQLAlchemy) -> Salon:
    return make_salon()


@pytest.fixture
def programs(app: Flask, db: SQLAlchemy, salon: Salon, tmp_path: Path) -> Iterator[Programs]:
    key = key_of(db, salon.company_id)
    db.session.rollback()
    with SocketServer(app, tmp_path, workers=PROCESSES) as server:
        yield Programs(server.url, key)


def workdays(wanted: int = REPEATS) -> list[datetime]:
    """Tuesdays at ten, two weeks and more from now, when no public holiday can be in the way of the test."""
    day = datetime.now(BERLIN).date() + timedelta(days=14)
    day += timedelta(days=(1 - day.weekday()) % 7)
    found: list[datetime] = []
    while len(found) < wanted:
        if (day.month, day.day) not in {(12, 24), (12, 25), (12, 26), (12, 31), (1, 1), (3, 8), (5, 1), (10, 3)}:
            found.append(datetime.combine(day, time(10), BERLIN))
        day += timedelta(days=7)
    return found


def made(db: SQLAlchemy, day: datetime) -> list[tuple[datetime, datetime]]:
    """From when until when, by time."""
    that_day = Booking.starts_at.between(day - timedelta(hours=10), day + timedelta(hours=14))
    spans = select(Booking.starts_at, Booking.ends_at).where(that_day).order_by(Booking.starts_at)
    with at_a_glance(db):
        return [(row.starts_at, row.ends_at) for row in db.session.execute(spans)]


def without_booking(db: SQLAlchemy) -> list[str]:
    """Customers that somebody who was refused left behind."""
    booked = select(Booking.customer_id).where(Booking.customer_id.is_not(None))
    with at_a_glance(db):
        return list(db.session.scalars(select(Customer.id).where(Customer.id.not_in(booked))))


@contextmanager
def at_a_glance(db: SQLAlchemy) -> Iterator[None]:
    """Looks without the write lock of SQLite, and leaves no transaction behind: the next race would wait for it."""
    with unscoped(), read_only():
        yield
        db.session.rollback()


def test_of_two_hundred_at_once_one_gets_the_slot(db: SQLAlchemy, salon: Salon, programs: Programs) -> None:
    for turn, day in enumerate(workdays(), 1):
        callers = [{"name": f"Kundin {turn} {n}", "phone": f"+4917139200{n:02}"} for n in range(AT_ONCE)]
        answers = programs.book([wanted(salon, day.isoformat(), customer=customer) for customer in callers])
        assert Counter(status for status, _body in answers) == {201: 1, 409: AT_ONCE - 1}
        refused = [body for status, body in answers if status == 409]
        assert {body["code"] for body in refused} == {"slot_taken"}
        assert all(body["alternatives"] for body in refused)
        assert len(made(db, day)) == 1
        assert without_booking(db) == []


def test_fifty_retries_with_one_key_are_one_booking_and_one_answer(db: SQLAlchemy, salon: Salon, programs: Programs) -> None:
    for turn, day in enumerate(workdays(), 1):
        answers = programs.book([wanted(salon, day.isoformat())] * 50, **{"Idempotency-Key": f"once {turn}"})
        assert Counter(status for status, _body in answers) == {201: 50}
        assert len({json.dumps(body, sort_keys=True) for _status, body in answers}) == 1
        assert len(made(db, day)) == 1
        assert without_booking(db) == []


def test_of_ninety_overlapping_starts_no_two_overlap(db: SQLAlchemy, salon: Salon, programs: Programs) -> None:
    for day in workdays():
        starts = [day + timedelta(minutes=7 * n % 90) for n in range(90)]
        answers = programs.book([wanted(salon, start.isoformat()) for start in starts])
        bookings = made(db, day)
        assert Counter(status for status, _body in answers) == {201: len(bookings), 409: 90 - len(bookings)}
        assert all(earlier_end <= later_start for (_start, earlier_end), (later_start, _end) in pairwise(bookings))
