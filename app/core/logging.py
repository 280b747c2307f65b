"""Structured logs: one line an event, with ids of request, company, call and job; no names, numbers or transcripts."""

import logging
import re
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import structlog
from flask import has_request_context, request

from app.core.tenancy import current_company_id
from config import Settings

SECRET_FIELDS = re.compile(r"password|secret|token|key|authorization|signature|transcript|body", re.I)
PHONE = re.compile(r"\+\d{6,}")
# what stands behind these is the key to somebody's own page or calendar
LINK = re.compile(r"(?<=/b/)[^\s/?#\"'<>]+|(?<=/ics/)[^\s/?#\"'<>]+")
# who writes lines of their own, with the path of a request in them
SOCKET_LOGGERS = ("engineio.server", "socketio.server", "geventwebsocket.handler")
FOREIGN_LOGGERS = ("gunicorn.error", "werkzeug", *SOCKET_LOGGERS)
REPEAT_INTERVAL_S = 60.0
MAX_REMEMBERED_LINES = 200


def set_up(settings: Settings) -> None:
    level = logging.getLevelNamesMapping().get(settings.log_level.upper(), logging.INFO)
    logging.basicConfig(format="%(message)s", stream=sys.stderr, level=level)
    for noisy in ("werkzeug", "engineio.server", "socketio.server", "rq.worker", "rq.scheduler", "alembic", "faker"):
        logging.getLogger(noisy).setLevel(max(level, logging.WARNING))
    shown = structlog.processors.JSONRenderer() if settings.is_production else _console_renderer()
    for foreign in FOREIGN_LOGGERS:
        logger = logging.getLogger(foreign)
        logger.filters = [RepeatedLineFilter(), LinkTokenFilter()] if foreign in SOCKET_LOGGERS else [LinkTokenFilter()]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _add_company,
            structlog.processors.format_exc_info,
            _mask_secrets,
            shown,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def _add_company(_logger: Any, _method: str, line: dict[str, Any]) -> dict[str, Any]:
    company = current_company_id()
    if company:
        line.setdefault("company", company)
    return line


def _mask_secrets(_logger: Any, _method: str, line: dict[str, Any]) -> dict[str, Any]:
    """Secrets by name, phone numbers and links by their form."""
    for name, value in line.items():
        if SECRET_FIELDS.search(name) and name != "event":
            line[name] = "…"
        elif isinstance(value, str):
            line[name] = mask_link_tokens(PHONE.sub(lambda found: found.group()[:4] + "…" + found.group()[-2:], value))
    return line


def mask_link_tokens(text: str) -> str:
    """The text without the tokens of links and feeds, and without that of the request itself however it stands there."""
    token = (request.view_args or {}).get("token") if has_request_context() else None
    return LINK.sub("…", text.replace(token, "…") if token else text)


class RepeatedLineFilter(logging.Filter):
    """For libraries that write a traceback for every packet they cannot read: one line of each sort a minute, with its place."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._said: dict[tuple[str, str], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        sort, moment = (str(record.msg), _place_of(record.exc_info)), self._clock()
        if moment - self._said.get(sort, -REPEAT_INTERVAL_S) < REPEAT_INTERVAL_S:
            return False
        if len(self._said) >= MAX_REMEMBERED_LINES:
            self._said.clear()
        self._said[sort] = moment
        record.msg, record.args = f"{record.getMessage()} {sort[1]}".strip(), None
        record.exc_info = record.exc_text = None
        return True


def _place_of(exc_info: Any) -> str:
    """Type and place of an error: `JSONDecodeError in wire.py:20`."""
    if not exc_info or exc_info[0] is None:
        return ""
    *_before, last = traceback.walk_tb(exc_info[2])
    return f"{exc_info[0].__name__} in {Path(last[0].f_code.co_filename).name}:{last[1]}"


class LinkTokenFilter(logging.Filter):
    """For the lines of servers and libraries, which name the address that they could not answer."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = mask_link_tokens(record.getMessage()), None
        if record.exc_info and not record.exc_text:
            record.exc_text = mask_link_tokens(logging.Formatter().formatException(record.exc_info))
        return True


def _console_renderer() -> Any:
    """Without the local variables of a traceback: they hold names and numbers."""
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)


def route_of_request() -> str:
    """The rule with its gaps, for logs and labels; never the path, which may hold a link's token."""
    return request.url_rule.rule if request.url_rule else "none"
