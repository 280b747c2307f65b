"""Structured logs: one line per event, with ids of request, company, call and job; no names, numbers or transcripts."""

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
# the token after these prefixes opens a customer's booking page, a calendar feed, an account, or an invitation
LINK = re.compile(r"(?:(?<=/b/)|(?<=/ics/)|(?<=/reset/)|(?<=/confirm-email/)|(?<=/invitation/))[^\s/?#\"'<>]+")
# loggers of libraries whose lines contain request paths
SOCKET_LOGGERS = ("engineio.server", "socketio.server", "geventwebsocket.handler")
FOREIGN_LOGGERS = ("gunicorn.error", "werkzeug", *SOCKET_LOGGERS)
REPEAT_INTERVAL_S = 60.0
MAX_REMEMBERED_LINES = 200


def set_up(settings: Settings) -> None:
    level = logging.getLevelNamesMapping().get(settings.log_level.upper(), logging.INFO)
    logging.basicConfig(format="%(message)s", stream=sys.stderr, level=level)
    for name in ("werkzeug", "engineio.server", "socketio.server", "rq.worker", "rq.scheduler", "alembic", "faker"):
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
    renderer = structlog.processors.JSONRenderer() if settings.is_production else _console_renderer()
    for name in FOREIGN_LOGGERS:
        logger = logging.getLogger(name)
        logger.filters = [RepeatedLineFilter(), LinkTokenFilter()] if name in SOCKET_LOGGERS else [LinkTokenFilter()]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _add_company,
            structlog.processors.format_exc_info,
            _mask_secrets,
            renderer,
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
    """Mask secrets by field name, phone numbers and link tokens by pattern."""
    for name, value in line.items():
        if SECRET_FIELDS.search(name) and name != "event":
            line[name] = "…"
        elif isinstance(value, str):
            line[name] = mask_link_tokens(PHONE.sub(lambda match: match.group()[:4] + "…" + match.group()[-2:], value))
    return line


def mask_link_tokens(text: str) -> str:
    """Mask the tokens of links and feeds, and the token of the current request wherever it occurs."""
    token = (request.view_args or {}).get("token") if has_request_context() else None
    return LINK.sub("…", text.replace(token, "…") if token else text)


class RepeatedLineFilter(logging.Filter):
    """Limit libraries that log a traceback for every unreadable packet: one line per message and place in REPEAT_INTERVAL_S."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._logged_at: dict[tuple[str, str], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        key, logged_at = (str(record.msg), _place_of(record.exc_info)), self._clock()
        if logged_at - self._logged_at.get(key, -REPEAT_INTERVAL_S) < REPEAT_INTERVAL_S:
            return False
        if len(self._logged_at) >= MAX_REMEMBERED_LINES:
            self._logged_at.clear()
        self._logged_at[key] = logged_at
        record.msg, record.args = f"{record.getMessage()} {key[1]}".strip(), None
        record.exc_info = record.exc_text = None
        return True


def _place_of(exc_info: Any) -> str:
    """Format type and place of an error: `JSONDecodeError in wire.py:20`."""
    if not exc_info or exc_info[0] is None:
        return ""
    *_before, last = traceback.walk_tb(exc_info[2])
    return f"{exc_info[0].__name__} in {Path(last[0].f_code.co_filename).name}:{last[1]}"


class LinkTokenFilter(logging.Filter):
    """Mask link tokens in lines of servers and libraries, which contain the URL of a failed request."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = mask_link_tokens(record.getMessage()), None
        if record.exc_info and not record.exc_text:
            record.exc_text = mask_link_tokens(logging.Formatter().formatException(record.exc_info))
        return True


def _console_renderer() -> Any:
    """A console renderer that omits a traceback's local variables: they hold names and numbers."""
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)


def route_of_request() -> str:
    """The URL rule with its placeholders, for logs and labels; never the path, which may hold a link's token."""
    return request.url_rule.rule if request.url_rule else "none"
