"""After a restart all dashboards come back in one instant: they queue, and all are seated."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from tests.support.live import make_live_company
from tests.support.sockets import Dashboard, Refused, SocketServer, make_user, sign_in

DASHBOARDS = 500


@pytest.mark.parametrize("database_kind", [pytest.param("mariadb", marks=pytest.mark.mariadb)], indirect=True)
def test_five_hundred_who_come_at_once_are_all_seated(
    app: Flask, db: SQLAlchemy, start_sockets: Callable[..., SocketServer], open_dashboard: Callable[..., Dashboard]
) -> None:
    salon = make_live_company()
    users = [make_user(salon, f"person{number}@salon.example") for number in range(25)]
    cookies = [sign_in(users[number % len(users)]) for number in range(DASHBOARDS)]
    server = start_sockets(kind="green", LIVE_SOCKETS=str(2 * DASHBOARDS))
    open_dashboard(server, cookies[0])
    refused: list[object] = []

    def come(cookie: str) -> float:
        began = time.monotonic()
        try:
            open_dashboard(server, cookie).wait_for("welcome")
        except Refused as refusal:
            refused.append(refusal.args)
        return time.monotonic() - began

    began = time.monotonic()
    with ThreadPoolExecutor(DASHBOARDS) as people:
        took = sorted(people.map(come, cookies))
    print(f"\n{DASHBOARDS} seated in {time.monotonic() - began:.1f} s; half in {took[DASHBOARDS // 2]:.1f}, the last after {took[-1]:.1f}")
    assert refused == []
