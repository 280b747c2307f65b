"""Settings shared by all gunicorn processes; the number of workers and threads is set on the command line."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from scripts.embedded.parent_death_signal import bound_to
from scripts.web_server.allocator import return_large_buffers

# equals the default in config.py, which is too heavy to import into the arbiter
DATABASE_POOL = 24

loglevel = "warning"
graceful_timeout = 5
keepalive = 5
control_socket_disable = True
# PROXY_HOPS alone decides about X-Forwarded-* (app/core/request_hooks); gunicorn would trust every client on this machine.
forwarded_allow_ips = ""
return_large_buffers()

# Checked once, before the first worker, which would repeat the errors. In a separate process: modules imported for the check
# would break the monkey-patching of gevent.
checked = ["app.core.start_check", "--wait"] if os.environ.get("APP_ENV") == "production" else ["config"]
if code := subprocess.run([sys.executable, "-m", *checked], cwd=Path(__file__).parent, check=False).returncode:
    raise SystemExit(code)


def on_starting(server: Any) -> None:
    """Warn about more threads than pooled connections, since threads then wait for each other's connection."""
    pool, sockets = int(os.environ.get("DATABASE_POOL") or DATABASE_POOL), int(os.environ.get("LIVE_SOCKETS") or 60)
    if os.environ.get("APP_ENV") == "production":
        sockets = 0
    if os.environ.get("DATABASE_URL") and (threads := server.cfg.threads - sockets) > pool:
        server.log.warning(f"WEB_THREADS: {threads} threads share {pool} connections (DATABASE_POOL); let the two be the same.")


def post_fork(_arbiter: Any, worker: Any) -> None:
    """End the worker with its arbiter."""
    bound_to(worker.ppid)()
