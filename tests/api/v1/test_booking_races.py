"""Many programs at once over HTTP, on a server with threads, on each database: one booking, and a clear answer for everybody else."""

import json
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
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

from app.core.tenancy import every_company
from app.models import Booking, Customer
from tests.api.v1.conftest import key_of, wanted
from tests.factories.salons import BERLIN, Salon, make_salon
from tests.support.sockets import SocketServer

AT_ONCE = 200


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
            with urlopen(Request(self._url, json.dumps(body).encode(), own), timeout=60) as answer:
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
    with SocketServer(app, tmp_path) as server:
        yield Programs(server.url, key)


def workday() -> datetime:
    """A Tuesday at ten, two weeks or so from now, when no public holiday can be in the way of the test."""
    day = datetime.now(BERLIN).date() + timedelta(days=14)
    day += timedelta(days=(1 - day.weekday()) % 7)
    while (day.month, day.day) in {(12, 25), (12, 26), (1, 1), (3, 8), (5, 1), (10, 3)}:
        day += timedelta(days=7)
    return datetime.combine(day, time(10), BERLIN)


def made(db: SQLAlchemy) -> list[Booking]:
    db.session.rollback()
    with every_company():
        return list(db.session.scalars(select(Booking).order_by(Booking.starts_at)))


def test_of_two_hundred_at_once_one_gets_the_slot(db: SQLAlchemy, salon: Salon, programs: Programs) -> None:
    bodies = [wanted(salon, workday().isoformat(), customer={"name": f"Kundin {n}", "phone": f"+4917139200{n:02}"}) for n in range(AT_ONCE)]
    answers = programs.book(bodies)
    assert Counter(status for status, _body in answers) == {201: 1, 409: AT_ONCE - 1}
    refused = [body for status, body in answers if status == 409]
    assert {body["code"] for body in refused} == {"slot_taken"}
    assert all(body["alternatives"] for body in refused)
    assert len(made(db)) == 1
    with every_company():
        assert len(list(db.session.scalars(select(Customer)))) == 1


def test_fifty_retries_with_one_key_are_one_booking_and_one_answer(db: SQLAlchemy, salon: Salon, programs: Programs) -> None:
    answers = programs.book([wanted(salon, workday().isoformat())] * 50, **{"Idempotency-Key": "once"})
    assert Counter(status for status, _body in answers) == {201: 50}
    assert len({json.dumps(body, sort_keys=True) for _status, body in answers}) == 1
    assert len(made(db)) == 1
    with every_company():
        assert len(list(db.session.scalars(select(Customer)))) == 1


def test_of_ninety_overlapping_starts_no_two_overlap(db: SQLAlchemy, salon: Salon, programs: Programs) -> None:
    starts = [workday() + timedelta(minutes=7 * n % 90) for n in range(90)]
    answers = programs.book([wanted(salon, start.isoformat()) for start in starts])
    bookings = made(db)
    assert Counter(status for status, _body in answers) == {201: len(bookings), 409: 90 - len(bookings)}
    assert all(earlier.ends_at <= later.starts_at for earlier, later in pairwise(bookings))
