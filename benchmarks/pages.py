"""Server time of the pages and lists at a thousand and at a million calls of one company.

python -m benchmarks.pages [sqlite|mariadb] [calls …]
"""

import os
import sys
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import create_engine

from benchmarks import servers
from benchmarks.fill_database import RARE_WORD, UNCOMMON_WORD, Filling

TIMES = 60
WARM = 5
P50_MS, P99_MS, GROWTH = 15, 40, 1.5
KEY = "ask_measuring_" + "k" * 40
OWNER = "owner@salon-lindgren.example"


def main(kind: str, sizes: list[int]) -> None:
    found: dict[str, list[list[float]]] = {}
    with servers.place(kind) as environment:
        environment |= {"DEMO_PASSWORD": "benchmarks-only-1", "DEMO_API_KEY": KEY}
        os.environ.clear()
        os.environ.update(environment)
        servers.run_flask(environment, "db", "upgrade")
        servers.run_flask(environment, "seed", "demo")
        from app import create_app

        app = create_app()
        with app.app_context():
            company_id, cookie, call_id, newest = salon()
        with create_engine(environment["DATABASE_URL"]).connect() as connection:
            filling = Filling(connection, company_id, newest)
            for size in sizes:
                filling.grow(size)
                # outside of an application context, so that each request has its own, as on a server
                for name, ask in questions(app, cookie, call_id).items():
                    found.setdefault(name, []).append(timed(ask))
    _tell(kind, sizes, found)


def _tell(kind: str, sizes: list[int], found: dict[str, list[list[float]]]) -> None:
    print(f"pages on {kind}, server time in ms, p50 / p99 of {TIMES}, at {', '.join(f'{size:,}' for size in sizes)} calls")
    print(f"target: p50 {P50_MS}, p99 {P99_MS}, growth of the p50 at most {GROWTH}")
    for name, runs in found.items():
        middles = [_share(times, 0.5) for times in runs]
        shown = "  ".join(f"{middle:7.1f} / {_share(times, 0.99):6.1f}" for middle, times in zip(middles, runs, strict=True))
        print(f"  {name:30} {shown}   x {middles[-1] / middles[0]:.2f}")


def salon() -> tuple[str, str, str, datetime]:
    """The demo town's first company, the cookie of its owner's session, and id and start of its newest call with a transcript."""
    from sqlalchemy import select

    from app.core.extensions import db
    from app.core.tenancy import company_scope
    from app.models import Call, Company, User
    from tests.support import sockets

    company_id = db.session.scalars(select(Company.id).where(Company.slug == "salon-lindgren")).one()
    cookie = sockets.sign_in(db.session.scalars(select(User).where(User.email == OWNER)).one())
    with company_scope(company_id):
        told = select(Call.id, Call.started_at).where(Call.turn_count > 4).order_by(Call.started_at.desc()).limit(1)
        newest = db.session.execute(told).one()
    db.session.remove()
    return company_id, cookie, newest.id, newest.started_at


def questions(app: Any, cookie: str, call_id: str) -> dict[str, Callable[[], int]]:
    client = app.test_client()
    client.set_cookie("askproai", cookie)

    def page(path: str) -> Callable[[], int]:
        return lambda: client.get(path).status_code

    def program(path: str) -> Callable[[], int]:
        return lambda: client.get(f"/api/v1{path}", headers={"Authorization": f"Bearer {KEY}"}).status_code

    return {
        "nothing but the way there": page("/health/live"),
        "start": page("/dashboard"),
        "calls, today": page("/calls"),
        "calls, 30 days": page("/calls?period=month"),
        "calls, all": page("/calls?period=all"),
        "calls, one outcome": page("/calls?outcome=information&period=all"),
        "search, a number": page("/calls?q=%2B493023000010"),
        "search, part of a number": page("/calls?q=030230000"),
        "search, an id": page("/calls?q=grown_0000810"),
        "search, a name": page("/calls?q=Agnes+Muster+26"),
        "search, a rare word": page(f"/calls?q={RARE_WORD}"),
        "search, one call in 1,000": page(f"/calls?q={UNCOMMON_WORD}"),
        "search, a common word": page("/calls?q=salon"),
        "search, two common words": page("/calls?q=salon+bestatigung"),
        "search, common and rare": page(f"/calls?q=salon+{RARE_WORD}"),
        "search, nothing": page("/calls?q=xylophonbau"),
        "a call": page(f"/calls/{call_id}"),
        "live": page("/live"),
        "live state": page("/live/state"),
        "bookings": page("/bookings"),
        "calendar": page("/calendar"),
        "tasks": page("/tasks"),
        "API calls": program("/calls"),
        "API calls, one branch, status": program("/calls?status=ended"),
        "API calls, a number": program("/calls?q=%2B493023000010"),
        "API calls, a common word": program("/calls?q=salon"),
        "API bookings": program("/bookings"),
    }


def timed(ask: Callable[[], int]) -> list[float]:
    """Milliseconds of each answer, sorted; slow ones are asked less often."""
    taken: list[float] = []
    while len(taken) < TIMES + WARM and (len(taken) < 2 * WARM or sum(taken) < 10_000):
        began = time.perf_counter()
        status = ask()
        taken.append((time.perf_counter() - began) * 1000)
        assert status == 200, status
    return sorted(taken[WARM:])


def _share(times: list[float], share: float) -> float:
    return times[min(len(times) - 1, int(len(times) * share))]


if __name__ == "__main__":
    kind, *sizes = [*sys.argv[1:], *("mariadb", "1000", "1000000")[len(sys.argv) - 1 :]]
    main(kind, [int(size) for size in sizes])
