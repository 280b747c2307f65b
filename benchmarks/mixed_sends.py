"""Mixed messages of two companies, judged by an oracle that knows only who has agreed to marketing and who wrote STOP.

    python -m benchmarks.mixed_sends [--kind sqlite|mariadb] [--sends 5000] [--seed 1]

The target is no complaint, whatever the seed; exit 1 with one.
"""

from typing import Any

from benchmarks import simulated_messages


def simulate(clock: Any, sends: int, seed: int) -> list[str]:
    from tests.factories.salon import make_salon
    from tests.support import mixed_sends

    world = mixed_sends.simulate((make_salon(), make_salon("salon-zwei")), clock, sends=sends, seed=seed)
    print(f"{sends} messages: {world.refused} refused as they were queued, {world.taken['marketing']} of marketing sent,"
          f" {world.taken['service']} of service")  # fmt: skip
    return world.wrong


if __name__ == "__main__":
    simulated_messages.run(__doc__, "sends", simulate)
