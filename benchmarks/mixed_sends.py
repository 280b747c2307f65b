"""Mixed messages of two companies, judged by an oracle that knows only who has agreed to marketing and who wrote STOP.

    python -m benchmarks.mixed_sends [--kind sqlite|mariadb] [--sends 5000] [--seed 1]

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
    parser.add_argument("--sends", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with isolated_environment(arguments.kind) as environment:
        os.environ.update(environment | SENDERS)
        wrong = measure(arguments.sends, arguments.seed)
    sys.exit(1 if wrong else 0)


def measure(sends: int, seed: int) -> list[str]:
    import flask_migrate
    import time_machine

    from app import create_app
    from tests.factories.salon import PRESENT, make_salon
    from tests.support.mixed_sends import simulate

    began = time.perf_counter()
    app = create_app()
    with app.app_context():
        flask_migrate.upgrade()
        with time_machine.travel(PRESENT, tick=True) as clock:
            world = simulate((make_salon(), make_salon("salon-zwei")), clock, sends=sends, seed=seed)
    print(f"{sends} messages: {world.refused} refused as they were queued, {world.taken['marketing']} of marketing sent,"
          f" {world.taken['service']} of service")  # fmt: skip
    print(f"{len(world.wrong)} complaints; {time.perf_counter() - began:.0f} s")
    print("\n".join(world.wrong[:MAX_SHOWN]))
    return world.wrong


if __name__ == "__main__":
    main()
