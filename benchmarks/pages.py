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
from benchmarks.fill_database import RARE_WORD, UNCOMMON_WORD, CompanyFiller

TIMES = 60
WARM = 5
P50_MS, P99_MS, GROWTH = 15, 40, 1.5
KEY = "ask_measuring_" + "k" * 40
OWNER = "owner@salon-lindgren.example"


def main(kind: str, sizes: list[int]) -> None:
    results: dict[str, list[list[float]]] = {}
    with servers.isolated_environment(kind) as environment:
        environment |= {"DEMO_PASSWORD": "benchmarks-only-1", "DEMO_API_KEY": KEY}
        os.environ.clear()
        os.environ.update(environment)
        servers.run_flask(environment, "db", "upgrade")
        servers.run_flask(environment, "seed", "demo")
        from app import create_app

        app = create_app()
        with app.app_context():
            company_id, cookie, call_id, newest = load_salon()
        with create_engine(environment["DATABASE_URL"]).connect() as connection:
            filler = CompanyFiller(connection, company_id, newest)
            for size in sizes:
                filler.fill_to(size)
                # outside an application context: each request creates its own, as on a server
                for name, ask in build_requests(app, cookie, call_id).items():
                    results.setdefault(name, []).append(measure_times(ask))
    print_results(kind, sizes, results)


def print_results(kind: str, sizes: list[int], results: dict[str, list[list[float]]]) -> None:
    print(f"pages on {kind}, server time in ms, p50 / p99 of {TIMES}, at {', '.join(f'{size:,}' for size in sizes)} calls")
    print(f"target: p50 {P50_MS}, p99 {P99_MS}, growth of the p50 at most {GROWTH}")
    for name, runs in results.items():
        middles = [get_percentile(times, 0.5) for times in runs]
        shown = "  ".join(f"{middle:7.1f} / {get_percentile(times, 0.99):6.1f}" for middle, times in zip(middles, runs, strict=True))
        print(f"  {name:30} {shown}   x {middles[-1] / middles[0]:.2f}")


def load_salon() -> tuple[str, str, str, datetime]:
    """Return the id of the first demo company, its owner's session cookie, and id and start of its newest call with a transcript."""
    from sqlalchemy import select

    from app.core.extensions import db
    from app.core.tenancy import company_scope
    from app.models import Call, Company, User
    from tests.support import sockets

    company_id = db.session.scalars(select(Company.id).where(Company.slug == "salon-lindgren")).one()
    cookie = sockets.sign_in(db.session.scalars(select(User).where(User.email == OWNER)).one())
    with company_scope(company_id):
        statement = select(Call.id, Call.started_at).where(Call.turn_count > 4).order_by(Call.started_at.desc()).limit(1)
        newest = db.session.execute(statement).one()
    db.session.remove()
    return company_id, cookie, newest.id, newest.started_at


def build_requests(app: Any, cookie: str, call_id: str) -> dict[str, Callable[[], int]]:
    client = app.test_client()
    client.set_cookie("askproai", cookie)

    def page(path: str) -> Callable[[], int]:
        return lambda: client.get(path).status_code

    def api_client(path: str) -> Callable[[], int]:
        return lambda: client.get(f"/api/v1{path}", headers={"Authorization": f"Bearer {KEY}"}).status_code

    return {
        "health check": page("/health/live"),
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
        "API calls": api_client("/calls"),
        "API calls, one branch, status": api_client("/calls?status=ended"),
        "API calls, a number": api_client("/calls?q=%2B493023000010"),
        "API calls, a common word": api_client("/calls?q=salon"),
        "API bookings": api_client("/bookings"),
    }


def measure_times(ask: Callable[[], int]) -> list[float]:
    """Return the sorted response times in milliseconds; slow requests are repeated less often."""
    taken: list[float] = []
    while len(taken) < TIMES + WARM and (len(taken) < 2 * WARM or sum(taken) < 10_000):
        began = time.perf_counter()
        status = ask()
        taken.append((time.perf_counter() - began) * 1000)
        assert status == 200, status
    return sorted(taken[WARM:])


def get_percentile(times: list[float], share: float) -> float:
    return times[min(len(times) - 1, int(len(times) * share))]


if __name__ == "__main__":
    kind, *sizes = [*sys.argv[1:], *("mariadb", "1000", "1000000")[len(sys.argv) - 1 :]]
    main(kind, [int(size) for size in sizes])
