"""Record browser reports about our pages (CSP Level 3, Reporting API): anyone can send them, so they are shortened, counted and expire."""

import hashlib
import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError

from app.core.clock import now
from app.core.extensions import db
from app.core.logging import mask_link_tokens
from app.models.browser_report import BrowserReport

RETENTION = timedelta(days=30)
MAX_REPORTS_PER_REQUEST = 20
MAX_REPORTS_PER_DAY = 500
ID_PATTERN = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}|(?<=/)\d+(?=/|$)")


def record_reports(payload: Any) -> int:
    """Record the reports of a request, in either format; return the number of usable ones."""
    return sum(
        _record_report(*row) for row in [_parse_report(report) for report in _list_reports(payload)[:MAX_REPORTS_PER_REQUEST]] if row
    )


def _list_reports(payload: Any) -> list[Any]:
    if isinstance(payload, dict) and isinstance(payload.get("csp-report"), dict):
        return [{"type": "csp-violation", "body": payload["csp-report"]}]
    return payload if isinstance(payload, list) else []


def _parse_report(report: Any) -> tuple[str, str, str, str] | None:
    """Parse kind, page, rule and the blocked address."""
    body = report.get("body") if isinstance(report, dict) else None
    if not isinstance(body, dict):
        return None

    def first(*names: str) -> str:
        return next((str(body[name]) for name in names if body.get(name)), "")

    kind = str(report.get("type") or "")[:32]
    page = _get_path(first("documentURL", "document-uri") or str(report.get("url") or ""))
    rule = first("effectiveDirective", "effective-directive", "violated-directive", "id")[:64]
    return (kind, page, rule, _get_origin(first("blockedURL", "blocked-uri"))) if kind and rule else None


def _get_path(url: str) -> str:
    """The page's path without query and ids."""
    return ID_PATTERN.sub("…", mask_link_tokens(_split_url(url).path))[:190]


def _get_origin(url: str) -> str:
    parts = _split_url(url)
    return mask_link_tokens(f"{parts.scheme}://{parts.netloc}{parts.path}" if parts.netloc else url.partition("?")[0])[:190]


def _split_url(url: str) -> Any:
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")


def _record_report(kind: str, page: str, rule: str, blocked: str) -> bool:
    at = now()
    kind, page, rule, blocked = (text.encode("utf-8", "replace").decode() for text in (kind, page, rule, blocked))
    fingerprint = hashlib.sha256("\0".join((at.date().isoformat(), kind, page, rule, blocked)).encode()).hexdigest()
    again = update(BrowserReport).where(BrowserReport.fingerprint == fingerprint)
    if db.session.execute(again.values(report_count=BrowserReport.report_count + 1, last_at=at)).rowcount:  # type: ignore[attr-defined]
        return True
    db.session.execute(delete(BrowserReport).where(BrowserReport.last_at < at - RETENTION))
    today = select(func.count()).select_from(BrowserReport).where(BrowserReport.last_at > at - timedelta(days=1))
    if (db.session.scalar(today) or 0) >= MAX_REPORTS_PER_DAY:
        return False
    row = BrowserReport(
        fingerprint=fingerprint, kind=kind, page=page, rule=rule, blocked=blocked, report_count=1, first_at=at, last_at=at
    )  # fmt: skip
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        # inserted concurrently by another request
        return True
    return True
