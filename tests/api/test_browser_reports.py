"""What browsers report is kept once a day, counted, and without what names somebody."""

import json
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.clock import now
from app.models import BrowserReport
from tests.factories.companies import BrowserReportFactory
from tests.support.tables import each_row

PAGE = "https://askproai.example/calls/01HZZZZZZZZZZZZZZZZZZZZZZZ?q=Vogt"
OLD = {"csp-report": {"document-uri": PAGE, "effective-directive": "img-src", "blocked-uri": "https://evil.example/x.png?who=Vogt"}}
NEW = [
    {
        "type": "csp-violation",
        "url": PAGE,
        "body": {"documentURL": PAGE, "effectiveDirective": "img-src", "blockedURL": "https://evil.example/x.png"},
    }
]


def _send(client: FlaskClient, sent: Any) -> int:
    return client.post(
        "/api/reports", data=sent if isinstance(sent, bytes) else json.dumps(sent), content_type="application/csp-report"
    ).status_code


def test_both_forms_are_the_same_report_counted(client: FlaskClient, db: SQLAlchemy) -> None:
    assert _send(client, OLD) == _send(client, NEW) == 204
    kept = db.session.scalars(select(BrowserReport)).one()
    assert (kept.kind, kept.page, kept.rule, kept.blocked, kept.report_count) == (
        "csp-violation", "/calls/…", "img-src", "https://evil.example/x.png", 2,
    )  # fmt: skip


@each_row(
    "sent",
    [b"", b"{", b"[" * 5000, b"\xff\xfe", {}, [], [7], [{"type": "x"}], {"csp-report": 7}, [{"type": "x", "body": {"id": "\ud800"}}], "x",
     [{"type": "csp-violation", "body": {"documentURL": "http://[", "effectiveDirective": "img-src"}}], b"x" * 100_000],
)  # fmt: skip
def test_garbage_is_answered_in_the_same_way(client: FlaskClient, db: SQLAlchemy, sent: Any) -> None:
    assert _send(client, sent) == 204


def test_a_flood_fills_nothing_and_the_old_is_forgotten(client: FlaskClient, db: SQLAlchemy, monkeypatch: pytest.MonkeyPatch) -> None:
    from app.domain.operations import browser_reports

    BrowserReportFactory(last_at=now() - timedelta(days=31))
    monkeypatch.setattr(browser_reports, "MAX_REPORTS_PER_DAY", 5)
    for number in range(40):
        assert _send(client, [{"type": "csp-violation", "body": {"effectiveDirective": f"rule-{number}"}}]) == 204
    assert len(db.session.scalars(select(BrowserReport)).all()) == 5


def test_a_link_of_a_caller_is_not_kept(client: FlaskClient, db: SQLAlchemy) -> None:
    for page in ("b/secret/cancel", "ics/secret.ics"):
        address = f"https://x.example/{page}"
        _send(client, [{"type": "csp-violation", "body": {"documentURL": address, "effectiveDirective": "img-src", "blockedURL": address}}])
    kept = {(row.page, row.blocked) for row in db.session.scalars(select(BrowserReport))}
    assert kept == {("/b/…/cancel", "https://x.example/b/…/cancel"), ("/ics/…", "https://x.example/ics/…")}
