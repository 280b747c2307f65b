"""Start check: validate the environment and connect to the database and Redis before a process serves.

`python -m app.core.start_check` fails on any problem. `--wait`, for gunicorn, tolerates a database or Redis that does not answer
yet; `--now`, for `scripts/server`, only a database that is not migrated yet, because that migrates it next.
"""

import sys
from collections.abc import Sequence

import structlog

from app.core import logging
from app.core.connection_diagnosis import find_problems
from config import Settings, SettingsRefused

log = structlog.get_logger()


def check_connections(settings: Settings, *, waits: bool = True, migrates: bool = False) -> None:
    """Raise SettingsRefused if the database or Redis refuses.

    One that does not answer yet is only logged with `waits`; so is a database that is not migrated yet with `waits` or `migrates`.
    """
    for problem in find_problems(settings):
        if problem.is_final or not (waits or (migrates and problem.is_unmigrated)):
            raise SettingsRefused(problem.text)
        log.warning("start.waits", problem=problem.text)


def find_address_problem(settings: Settings) -> str | None:
    """One line on what fails in production under this PUBLIC_URL, or None."""
    if not settings.is_production:
        return None
    if settings.public_url is None:
        return f"PUBLIC_URL is not set: links in messages and Retell's webhooks would lead to {settings.public_base}, which only we reach."
    if settings.has_secure_address:
        return None
    return (
        f"PUBLIC_URL is {settings.public_url!r}: nobody can sign in over plain http, for the browser keeps no session there; "
        "it must be https://host."
    )


def find_mail_problem(settings: Settings) -> str | None:
    """One line on why no mail leaves although a part of what it needs is set, or None."""
    if bool(settings.smtp_url) == bool(settings.mail_from):
        return None
    given, missing = ("SMTP_URL", "MAIL_FROM") if settings.smtp_url else ("MAIL_FROM", "SMTP_URL")
    return f"{given} is set and {missing} is not: no e-mail leaves until both are."


def main(arguments: Sequence[str]) -> None:
    settings = Settings()
    logging.set_up(settings)
    # SystemExit prints its one line without a traceback
    check_connections(settings, waits="--wait" in arguments, migrates="--now" in arguments)
    if problem := find_address_problem(settings):
        log.warning("start.address", problem=problem)
    if problem := find_mail_problem(settings):
        log.warning("start.mail", problem=problem)


if __name__ == "__main__":
    main(sys.argv[1:])
