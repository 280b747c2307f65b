"""What all our gunicorn processes share; the number of workers and threads is said where they are started."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from scripts.embedded.processes import bound_to

loglevel = "warning"
graceful_timeout = 5
keepalive = 5
control_socket_disable = True

# Said once and before any worker is there, which would say it again and again. A process of its own looks: what it loads for that
# would be in the way of green threads.
checked = "app.core.start_check" if os.environ.get("APP_ENV") == "production" else "config"
if code := subprocess.run([sys.executable, "-m", checked], cwd=Path(__file__).parent, check=False).returncode:
    raise SystemExit(code)


def post_fork(_arbiter: Any, worker: Any) -> None:
    """A worker without its arbiter would keep half a server alive."""
    bound_to(worker.ppid)()
