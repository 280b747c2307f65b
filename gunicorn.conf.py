"""What all our gunicorn processes share; the number of workers and threads is said where they are started."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from scripts.embedded.parent_death_signal import bound_to
from scripts.web_server.allocator import return_large_buffers

# as in config.py, which is too heavy for the process that only watches others
DATABASE_POOL = 24

loglevel = "warning"
graceful_timeout = 5
keepalive = 5
control_socket_disable = True
# Whom X-Forwarded-* is believed of is said by PROXY_HOPS alone (app/core/request_hooks); gunicorn would believe everybody on this machine.
forwarded_allow_ips = ""
return_large_buffers()

# Said once and before any worker is there, which would say it again and again. A process of its own looks: what it loads for that
# would be in the way of green threads.
checked = ["app.core.start_check", "--wait"] if os.environ.get("APP_ENV") == "production" else ["config"]
if code := subprocess.run([sys.executable, "-m", *checked], cwd=Path(__file__).parent, check=False).returncode:
    raise SystemExit(code)


def on_starting(server: Any) -> None:
    """Threads without a connection of their own wait for each other's: slower than need be, and said at the start."""
    pool, sockets = int(os.environ.get("DATABASE_POOL") or DATABASE_POOL), int(os.environ.get("LIVE_SOCKETS") or 60)
    if os.environ.get("APP_ENV") == "production":
        sockets = 0
    if os.environ.get("DATABASE_URL") and (threads := server.cfg.threads - sockets) > pool:
        server.log.warning(f"WEB_THREADS: {threads} threads share {pool} connections (DATABASE_POOL); let the two be the same.")


def post_fork(_arbiter: Any, worker: Any) -> None:
    """A worker without its arbiter would keep half a server alive."""
    bound_to(worker.ppid)()
