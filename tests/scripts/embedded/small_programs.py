"""A supervisor with small programs in place of the product: `python -m tests.scripts.embedded.small_programs FOLDER NAME…`."""

import json
import math
import os
import signal
import sys
from pathlib import Path

from scripts.embedded import supervisor as supervision
from scripts.embedded.instance_files import write_private
from scripts.embedded.log_relay import Output
from scripts.embedded.redis_server import prepare_redis
from scripts.embedded.supervisor import Program, Supervisor

PROGRAMS = {
    "sleeper": "import time; print('awake', flush=True); time.sleep(600)",
    "stubborn": "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('no', flush=True); time.sleep(600)",
    "broken": "raise SystemExit('cannot start')",
    "parent": "import subprocess, time; p = subprocess.Popen(['sleep', '600']); print('child', p.pid, flush=True); time.sleep(600)",
    "chatty": "print('x' * 200, flush=True)\nwhile True: print('y' * 200)",
}


def main(folder: Path, names: list[str]) -> None:
    # whoever ends here ends early, however long the machine takes to start it
    supervision.YOUNG_S = math.inf
    stops: list[int] = []
    signal.signal(signal.SIGTERM, lambda *_: stops.append(1))
    supervisor = Supervisor(Output(), on_change=lambda: write_private(folder / "pids.json", json.dumps(supervisor.process_ids)))
    for name in names:
        if name == "redis":
            server = prepare_redis(folder)
            write_private(folder / "redis.url", server.url)
            supervisor.start(Program(name, server.command, os.environ, stops_last=True))
        else:
            supervisor.start(Program(name, [sys.executable, "-c", PROGRAMS[name]], os.environ))
    while not stops:
        supervisor.turn()
    supervisor.stop(within_s=0.5)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
