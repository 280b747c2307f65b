"""A year of messages in simulated time, judged by an oracle that knows only bookings and rules.

    python -m benchmarks.messages_year [--kind sqlite|mariadb] [--bookings 5000] [--seed 1]

The target is no complaint, whatever the seed; exit 1 with one.
"""

from typing import Any

from benchmarks import simulated_messages


def simulate(clock: Any, bookings: int, seed: int) -> list[str]:
    from app.core.tenancy import company_scope
    from tests.factories.salon import make_salon
    from tests.support import message_year

    salon = make_salon()
    with company_scope(salon.company_id):
        year = message_year.simulate(salon, clock, bookings=bookings, seed=seed)
    taken = [body for _when, _to, body in year.carrier.taken]
    reminders, steps = sum("steht an" in body for body in taken), sum(len(story.steps) for story in year.stories)
    print(f"{len(year.stories)} bookings, {steps - len(year.stories)} changes, {len(taken)} messages, {reminders} of them reminders,"
          f" {year.deaths} deaths of a worker")  # fmt: skip
    return message_year.judge(year)


if __name__ == "__main__":
    simulated_messages.run(__doc__, "bookings", simulate)
