"""Free slots of a week for a branch of 20 people, with more and more past bookings: CPU, queries, growth.

    python -m benchmarks.free_slots [--kind sqlite|mariadb] [--past 1000 100000 1000000]

The floor is the six answers' rows fetched by bare cursors: what loading cannot go below.
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import event, insert

from benchmarks.servers import isolated_environment

PEOPLE = 20
BOOKED_A_DAY = 8
BATCH = 5000
RUNS = 30


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kind", choices=("sqlite", "mariadb"), default="sqlite")
    parser.add_argument("--past", type=int, nargs="+", default=[1000, 100_000])
    arguments = parser.parse_args()
    with isolated_environment(arguments.kind) as environment:
        os.environ.update(environment)
        measure(arguments.past)


def measure(steps: list[int]) -> None:
    import flask_migrate

    from app import create_app
    from app.core.clock import now
    from app.core.extensions import db
    from app.core.tenancy import company_scope
    from app.domain.scheduling.availability import find_free_slots
    from app.domain.scheduling.loader import load_scheduling_data
    from app.domain.scheduling.types import SlotQuery, VisitPart

    app = create_app()
    with app.app_context():
        flask_migrate.upgrade()
        company, service, branch, people = make_branch()
        print(f"{'past':>9} {'queries':>7} {'floor ms':>8} {'load ms':>8} {'answer ms':>9} {'CPU ms':>7} {'ratio':>6} {'slots':>6}")
        before = 0
        with company_scope(company):
            for past in steps:
                fill(company, service, branch, people, before, past)
                before = past
                start = now().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=7)
                question = SlotQuery((VisitPart(service),), start, start + timedelta(days=7), now(), branch_id=branch)
                statements: list[tuple[str, object]] = []

                def note(_connection: object, _cursor: object, statement: str, values: object, *_: object) -> None:
                    statements.append((statement, values))  # noqa: B023

                facts = load_scheduling_data(question)
                event.listen(db.engine, "before_cursor_execute", note)
                load_scheduling_data(question)
                event.remove(db.engine, "before_cursor_execute", note)

                def bare(statements: list[tuple[str, object]] = statements) -> None:
                    cursor = db.session.connection().connection.cursor()
                    for statement, values in statements:
                        cursor.execute(statement, values)
                        cursor.fetchall()

                baseline, load = cpu(bare), cpu(lambda: load_scheduling_data(question))  # noqa: B023
                answer = cpu(lambda: find_free_slots(question, facts).first(50))  # noqa: B023
                both = cpu(lambda: find_free_slots(question, load_scheduling_data(question)).first(50))  # noqa: B023
                slots = sum(1 for _ in find_free_slots(question, facts))
                line = f"{past:>9} {len(statements):>7} {baseline:>8.2f} {load:>8.2f} {answer:>9.2f} {both:>7.2f}"
                line += f" {both / baseline:>6.1f} {slots:>6}"
                print(line, flush=True)


def cpu(work: Callable[[], object]) -> float:
    """Return the median CPU time of one run in this process, in milliseconds."""
    taken = []
    for _ in range(RUNS):
        begun = time.process_time()
        work()
        taken.append((time.process_time() - begun) * 1000)
    return statistics.median(taken)


def make_branch() -> tuple[str, str, str, list[str]]:
    from app.core.extensions import db
    from app.core.ids import new_ulid
    from app.core.tenancy import company_scope
    from app.models import Branch, Company, Service, StaffBranch, StaffMember, StaffService, WorkingHours

    company, service, branch, people = new_ulid(), new_ulid(), new_ulid(), [new_ulid() for _ in range(PEOPLE)]
    with company_scope(company):
        db.session.add(Company(id=company, slug="large", name="Large"))
        db.session.flush()
        db.session.add(Branch(id=branch, slug="only", name="Only", state="BE"))
        db.session.add(Service(id=service, slug="cut", name="Cut", minutes=45, before_minutes=5, after_minutes=10))
        db.session.add_all(StaffMember(id=person, name=f"Person {n}", position=n) for n, person in enumerate(people))
        db.session.flush()
        for person in people:
            db.session.add(StaffBranch(staff_id=person, branch_id=branch))
            db.session.add(StaffService(staff_id=person, service_id=service))
        for owner in (None, *people):
            for weekday in range(7):
                for opens, closes in ((540, 780), (840, 1200)):
                    db.session.add(WorkingHours(branch_id=branch, staff_id=owner, weekday=weekday, opens=opens, closes=closes))
        db.session.commit()
    return company, service, branch, people


def fill(company: str, service: str, branch: str, people: list[str], first: int, last: int) -> None:
    """Insert bookings `first` to `last`, from yesterday back in time; the first call adds the next three weeks."""
    from app.core.clock import now
    from app.core.extensions import db
    from app.core.ids import new_ulid
    from app.domain.scheduling.minute_bits import to_minute
    from app.models import Booking, BusySpan

    midnight = now().replace(hour=0, minute=0, second=0, microsecond=0)
    coming = PEOPLE * BOOKED_A_DAY * 21 if first == 0 else 0
    numbers = [*range(first, last), *range(-coming, 0)]
    for begin in range(0, len(numbers), BATCH):
        bookings, spans = [], []
        for number in numbers[begin : begin + BATCH]:
            slot, person = divmod(number, PEOPLE)
            day, place_in_day = divmod(slot, BOOKED_A_DAY)
            starts_at = midnight - timedelta(days=day + 1) + timedelta(minutes=480 + 55 * place_in_day)
            booking, minute = new_ulid(), to_minute(starts_at)
            bookings.append(
                {
                    "id": booking, "company_id": company, "branch_id": branch, "service_id": service, "staff_id": people[person],
                    "status": "done" if number >= 0 else "confirmed", "starts_at": starts_at, "ends_at": starts_at + timedelta(minutes=45),
                    "timezone": "Europe/Berlin", "source": "call", "seats": 1, "version": 1,
                }
            )  # fmt: skip
            spans.append(
                {
                    "company_id": company, "resource_id": people[person], "first_minute": minute, "end_minute": minute + 55,
                    "kind": "booked", "holder_id": booking, "expires_at": None,
                }
            )  # fmt: skip
        db.session.execute(insert(Booking), bookings)
        db.session.execute(insert(BusySpan), spans)
        db.session.commit()


if __name__ == "__main__":
    main()
