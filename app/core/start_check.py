"""Whether the environment is right and what it names answers; asked before a process serves.

`python -m app.core.start_check` for gunicorn; with `--now` for `scripts/server`, in front of which somebody sits.
"""

import sys

import structlog

from app.core import logging
from app.core.connection_errors import NOT_MIGRATED, find_problems
from config import Settings, SettingsRefused

log = structlog.get_logger()


def check_connections(settings: Settings, *, waits: bool = True) -> None:
    """Refuses the start where the database or Redis said no; one that does not answer yet is told of and, by default, waited for."""
    for problem in find_problems(settings):
        if problem.is_final or not (waits or problem is NOT_MIGRATED):
            raise SettingsRefused(problem.text)
        log.warning("start.waits", problem=problem.text)


if __name__ == "__main__":
    found = Settings()
    logging.set_up(found)
    check_connections(found, waits="--now" not in sys.argv)
