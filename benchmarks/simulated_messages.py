"""What the simulations of messages share: an application on a new database, simulated time, and an oracle's complaints."""

import argparse
import os
import sys
import time
from collections.abc import Callable
from typing import Any

from benchmarks.servers import isolated_environment

SENDERS = {
    "TWILIO_ACCOUNT_SID": "AC1", "TWILIO_AUTH_TOKEN": "token", "TWILIO_SENDER": "Lindgren", "SMTP_URL": "smtp://mail.example",
    "MAIL_FROM": "termine@salon.example",
}  # fmt: skip
MAX_SHOWN = 20


def run(description: str, counted: str, simulate: Callable[[Any, int, int], list[str]]) -> None:
    """Simulate so many of what is counted (an option, 5,000 by default), and exit 1 with a complaint.

    `simulate` gets the clock of simulated time, the number and the seed, inside an application context, and returns the complaints.
    """
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kind", choices=("sqlite", "mariadb"), default="sqlite")
    parser.add_argument(f"--{counted}", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = vars(parser.parse_args())
    with isolated_environment(arguments["kind"]) as environment:
        os.environ.update(environment | SENDERS)
        wrong = _simulate(simulate, arguments[counted], arguments["seed"])
    sys.exit(1 if wrong else 0)


def _simulate(simulate: Callable[[Any, int, int], list[str]], number: int, seed: int) -> list[str]:
    # these read the environment
    import flask_migrate
    import time_machine

    from app import create_app
    from tests.factories.salon import PRESENT

    began = time.perf_counter()
    with create_app().app_context():
        flask_migrate.upgrade()
        with time_machine.travel(PRESENT, tick=True) as clock:
            wrong = simulate(clock, number, seed)
    print(f"{len(wrong)} complaints; {time.perf_counter() - began:.0f} s")
    print("\n".join(wrong[:MAX_SHOWN]))
    return wrong
