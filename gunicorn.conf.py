"""What all our gunicorn processes share; the number of workers and threads is said where they are started."""

from typing import Any

from scripts.embedded.processes import bound_to

loglevel = "warning"
graceful_timeout = 5
keepalive = 5
control_socket_disable = True


def post_fork(_arbiter: Any, worker: Any) -> None:
    """A worker without its arbiter would keep half a server alive."""
    bound_to(worker.ppid)()
