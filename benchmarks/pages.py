"""Server time of the pages and lists at a thousand and at a million calls of one company.

python -m benchmarks.pages [sqlite|mariadb] [calls …]
"""

import os
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from statistics import median

from benchmarks import places

TIMES = 15
TARGETS = "target: p50 15 ms, largest / smallest at most 1.5"


def main(kind: str, sizes: list[int]) -> None:
    found: dict[str, list[float]] = {}
    with places.place(kind) as environment:
        os.environ.clear()
        os.environ.update(environment)
        places.run_flask(environment, "db", "upgrade")
        from app import create_app

        app = create_app()
        with app.app_context():
            company_id, cookie, newest = _salon()
            present = 1
            for size in sizes:
                _grow(company_id, newest, present, size)
                present = size
                for name, ask in _questions(app, cookie, newest).items():
                    found.setdefault(name, []).append(_time(ask))
    print(f"pages on {kind}, server time in ms (median of {TIMES}) at {', '.join(map(str, sizes))} calls; {TARGETS}")
    for name, times in found.items():
        print(f"  {name:28} {'  '.join(f'{each:7.1f}' for each in times)}   x {times[-1] / times[0]:.2f}")


def _salon() -> tuple[str, str, str]:
    from sqlalchemy import select

    from app.core.extensions import db
    from app.core.tenancy import company_scope
    from app.domain.inbox import handling, storing
    from app.models import Call
    from app.providers import call_driver
    from benchmarks.drain import events_of
    from tests.support import lindgren, live, sockets

    company_id = lindgren.make_salon().id
    user = sockets.make_user(live.Salon(company_id, ()), "owner@example.com")
    cookie = sockets.sign_in(user)
    driver = call_driver("retell")
    for body in events_of("call_first", "+491713920050"):
        peek = driver.peek(body)
        storing.store(storing.Incoming("retell", peek.event, peek.dedupe_key, body, peek.provider_call_id, peek.business_raw))
    while handling.drain_batch(50):
        pass
    with company_scope(company_id):
        call_id = db.session.scalars(select(Call.id)).one()
    db.session.remove()
    return company_id, cookie, call_id


def _grow(company_id: str, pattern: str, present: int, size: int) -> None:
    """Copies of the first call, a minute apart, back into the past."""
    from sqlalchemy import insert, select

    from app.core.clock import now
    from app.core.extensions import db
    from app.core.ids import new_ulid
    from app.models import Call

    table = Call.__table__
    with db.engine.begin() as connection:
        first = dict(connection.execute(select(table).where(table.c.id == pattern)).mappings().one())
        moment = now()
        for start in range(present, size, 5000):
            rows = [
                first
                | {
                    "id": new_ulid(),
                    "provider_call_id": f"call_{number}",
                    "started_at": moment - timedelta(minutes=number),
                    "recording_url": None,
                }
                for number in range(start, min(size, start + 5000))
            ]
            connection.execute(insert(table), rows)


def _questions(app, cookie: str, call_id: str) -> dict[str, Callable[[], int]]:
    client = app.test_client()
    client.set_cookie("askproai", cookie)

    def page(path: str) -> Callable[[], int]:
        return lambda: client.get(path).status_code

    return {
        "calls, newest 50": page("/calls?range=all"),
        "calls, one outcome": page("/calls?outcome=information"),
        "calls, search for a number": page("/calls?q=%2B491713920050"),
        "calls, search for an id": page("/calls?q=call_777"),
        "a call": page(f"/calls/{call_id}"),
        "live state": page("/live/state"),
        "start page": page("/dashboard"),
    }


def _time(ask: Callable[[], int]) -> float:
    taken = []
    for _ in range(TIMES + 2):
        began = time.perf_counter()
        status = ask()
        taken.append((time.perf_counter() - began) * 1000)
        assert status == 200, status
    return median(taken[2:])


if __name__ == "__main__":
    kind, *sizes = [*sys.argv[1:], *("mariadb", "1000", "1000000")[len(sys.argv) - 1 :]]
    main(kind, [int(size) for size in sizes])
