"""A year of messages in simulated time, judged by an oracle that knows only bookings and rules.

    python -m benchmarks.messages_year [--kind sqlite|mariadb] [--bookings 5000] [--seed 1]

The target is no complaint, whatever the seed; exit 1 with one.
"""

import argparse
import os
import sys
import time

from benchmarks.servers import isolated_environment

SENDERS = {
    "TWILIO_ACCOUNT_SID": "AC1", "TWILIO_AUTH_TOKEN": "token", "TWILIO_SENDER": "Lindgren", "SMTP_URL": "smtp://mail.example",
    "MAIL_FROM": "termine@salon.example",
}  # fmt: skip
MAX_SHOWN = 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kind", choices=("sqlite", "mariadb"), default="sqlite")
    parser.add_argument("--bookings", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with isolated_environment(arguments.kind) as environment:
        os.environ.update(environment | SENDERS)
        wrong = measure(arguments.bookings, arguments.seed)
    sys.exit(1 if wrong else 0)


def measure(bookings: int, seed: int) -> list[str]:
    import flask_migrate
    import time_machine

    from app import create_app
    from app.core.tenancy import company_scope
    from tests.factories.salon import PRESENT, make_salon
    from tests.support.message_year import judge, simulate

    began = time.perf_counter()
    app = create_app()
    with app.app_context():
        flask_migrate.upgrade()
        with time_machine.travel(PRESENT, tick=True) as clock:
            salon = make_salon()
            with company_scope(salon.company_id):
                year = simulate(salon, clock, bookings=bookings, seed=seed)
    wrong = judge(year)
    taken = [body for _when, _to, body in year.carrier.taken]
    reminders, steps = sum("steht an" in body for body in taken), sum(len(story.steps) for story in year.stories)
    print(f"{len(year.stories)} bookings, {steps - len(year.stories)} changes, {len(taken)} messages, {reminders} of them reminders")
    print(f"{year.deaths} deaths of a worker; {len(wrong)} complaints; {time.perf_counter() - began:.0f} s")
    print("\n".join(wrong[:MAX_SHOWN]))
    return wrong


if __name__ == "__main__":
    main()
