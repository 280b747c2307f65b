"""The list of customers by each of its columns, searched and filtered, with more and more customers of five appointments each.

    python -m benchmarks.customer_list [--kind sqlite|mariadb] [--customers 1000 20000]

What counts is the growth within one run.
"""

import argparse
import os
import statistics
import time
from datetime import timedelta
from random import Random

from sqlalchemy import insert, text

from benchmarks.free_slots import make_branch
from benchmarks.servers import isolated_environment

BOOKINGS = 5
BATCH = 5000
RUNS = 5
PAGE_SIZE = 50


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kind", choices=("sqlite", "mariadb"), default="sqlite")
    parser.add_argument("--customers", type=int, nargs="+", default=[1000, 20_000])
    arguments = parser.parse_args()
    with isolated_environment(arguments.kind) as environment:
        os.environ.update(environment)
        measure(arguments.customers)


def measure(steps: list[int]) -> None:
    import flask_migrate

    from app import create_app
    from app.core.clock import now
    from app.core.extensions import db
    from app.core.tenancy import company_scope
    from app.domain.bookings.customer_list import SORT_KEYS, CustomerSearch, list_customers, load_figures
    from app.domain.customers.search import list_sound_alikes
    from app.domain.customers.tags import load_tags

    def show(search: CustomerSearch) -> None:
        db.session.expire_all()
        ids = [customer.id for customer in list_customers(search, limit=PAGE_SIZE + 1)]
        load_figures(ids)
        load_tags(ids)

    app = create_app()
    with app.app_context():
        flask_migrate.upgrade()
        company, service, branch, people = make_branch()
        searches = {f"by {key}": CustomerSearch(sort=key) for key in SORT_KEYS}
        searches |= {
            "no appointment for 3 months": CustomerSearch(absent_since=now() - timedelta(days=91)),
            "with a tag, by money": CustomerSearch(tag="Tag 7", sort="spent"),
            "search, a name": CustomerSearch("Person 77"),
            "search, part of an address": CustomerSearch("777@post.example"),
        }
        first: dict[str, float] = {}
        before = 0
        with company_scope(company):
            for count in steps:
                fill(company, service, branch, people, before, count)
                before = count
                db.session.execute(text("ANALYZE" if db.engine.dialect.name == "sqlite" else "ANALYZE TABLE customers, bookings"))
                db.session.commit()
                works = {name: (lambda search=search: show(search)) for name, search in searches.items()}
                works["with one slip of the keyboard"] = lambda: list_sound_alikes("Pesron", limit=8)
                for name, work in works.items():
                    median = measure_ms(work)
                    growth = f"{median / first.setdefault(name, median):6.1f} x"
                    print(f"{count:>7} customers  {name:<30} {median:8.1f} ms {growth}", flush=True)


def measure_ms(work: object) -> float:
    taken = []
    for _ in range(RUNS):
        begun = time.perf_counter()
        work()  # type: ignore[operator]
        taken.append((time.perf_counter() - begun) * 1000)
    return statistics.median(taken)


def fill(company: str, service: str, branch: str, people: list[str], first: int, last: int) -> None:
    """Insert customers `first` to `last`, each with a number, an address, a tag and appointments of two years."""
    from app.core.clock import now
    from app.core.extensions import db
    from app.core.ids import new_ulid
    from app.models import Booking, Customer, CustomerIdentifier, CustomerTag

    rng, today = Random(first), now().replace(minute=0, second=0, microsecond=0)
    for begin in range(first, last, BATCH // BOOKINGS):
        places = range(begin, min(begin + BATCH // BOOKINGS, last))
        ids = {place: new_ulid() for place in places}
        customers = [
            Customer(id=ids[n], company_id=company, name=f"Person {n} Muster", created_at=today - timedelta(days=800)) for n in places
        ]
        for customer in customers[::3]:
            customer.last_call_at = today - timedelta(minutes=rng.randrange(500_000))
        db.session.add_all(customers)
        db.session.flush()
        owned = [{"company_id": company, "customer_id": ids[n], "is_first": False, "created_at": today} for n in places]
        phones = [row | {"kind": "phone", "value": f"+4917139{n:07}"} for row, n in zip(owned, places, strict=True)]
        emails = [row | {"kind": "email", "value": f"p{n}@post.example"} for row, n in zip(owned, places, strict=True)]
        db.session.execute(insert(CustomerIdentifier), phones + emails)
        db.session.execute(insert(CustomerTag), [{"company_id": company, "customer_id": ids[n], "tag": f"Tag {n % 20}"} for n in places])
        bookings = []
        for n in places:
            for _ in range(BOOKINGS):
                starts_at = today + timedelta(days=30 - rng.randrange(730))
                bookings.append(
                    {
                        "id": new_ulid(), "company_id": company, "branch_id": branch, "service_id": service, "staff_id": rng.choice(people),
                        "customer_id": ids[n], "status": "confirmed" if starts_at > today else rng.choice(("done", "done", "no_show")),
                        "starts_at": starts_at, "ends_at": starts_at + timedelta(minutes=45), "timezone": "Europe/Berlin",
                        "source": "call", "seats": 1, "version": 1, "price_cents": rng.randrange(9000),
                    }
                )  # fmt: skip
        db.session.execute(insert(Booking), bookings)
        db.session.commit()


if __name__ == "__main__":
    main()
