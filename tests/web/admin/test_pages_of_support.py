"""The pages on which support sees how everything stands, and the few things that it may do there."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from rq.serializers import JSONSerializer
from sqlalchemy import select

from app.core import job_stats
from app.core.clock import now
from app.core.queues import QUEUES, get_queue
from app.core.redis import RedisError
from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.domain.operations import queues
from app.models import AuditEntry, Company, FeatureFlag, PhoneNumber, ScheduledTask, User
from tests.factories.calendar import NotificationFactory
from tests.factories.companies import BrowserReportFactory, RejectedWebhookFactory
from tests.support.calls import make_call
from tests.support.users import branch_ids, make_company, make_user, signed_in, token_of

PAGES = ("calls", "companies", "queues", "schedule", "health", "audit", "users", "flags")


@pytest.fixture
def salon(app: Flask, db: SQLAlchemy) -> Company:
    return make_company()


@pytest.fixture
def admin(app: Flask, salon: Company) -> FlaskClient:
    return signed_in(app, make_user(None, "admin"))


def test_each_page_opens_for_an_administrator_and_is_nothing_for_others(app: Flask, salon: Company, admin: FlaskClient) -> None:
    owner, support = signed_in(app, make_user(salon)), signed_in(app, make_user(None, "support"))
    for page in PAGES:
        assert admin.get(f"/admin/{page}").status_code == 200, page
        assert owner.get(f"/admin/{page}").status_code == 404, page
        assert support.get(f"/admin/{page}").status_code == (404 if page in ("users", "flags") else 200), page


def test_a_call_is_shown_without_what_was_said(salon: Company, admin: FlaskClient) -> None:
    call_id = make_call(salon, words=("Guten Tag.", "Ich heiße Hanna Vogt."), summary="Hanna Vogt fragt.", provider_call_id="call_7")
    page = admin.get(f"/admin/calls/{call_id}").text
    assert "call_7" in page
    assert "Hanna" not in page
    assert "call_7" in admin.get("/admin/calls?call=call_7").text
    assert "Kein Anruf gefunden" in admin.get("/admin/calls?call=call_8").text


def test_a_company_is_shown_with_its_numbers(salon: Company, admin: FlaskClient, db: SQLAlchemy) -> None:
    with company_scope(salon.id), transaction():
        db.session.add(PhoneNumber(e164="+493023125100", branch_id=branch_ids(salon)[0]))
    assert "030 23125100" in admin.get(f"/admin/companies/{salon.id}").text
    assert admin.get("/admin/companies/01HZZZZZZZZZZZZZZZZZZZZZZZ").status_code == 404


def test_an_entry_of_the_schedule_becomes_due(admin: FlaskClient, db: SQLAlchemy) -> None:
    later = now() + timedelta(hours=1)
    db.session.add(ScheduledTask(name="live_events.delete", next_at=later, result="failed", error="OSError: disk full"))
    db.session.commit()
    assert "OSError: disk full" in admin.get("/admin/schedule").text
    token = token_of(admin)
    assert admin.post("/admin/schedule/run", data={"name": "live_events.delete", "csrf_token": token}).status_code == 302
    assert db.session.scalar(select(ScheduledTask.next_at)) <= now()
    assert admin.post("/admin/schedule/run", data={"name": "nothing", "csrf_token": token}).status_code == 404
    assert db.session.scalar(select(AuditEntry.subject).where(AuditEntry.action == "schedule_run_now")) == "schedule:live_events.delete"


def test_a_failed_job_runs_again_or_is_forgotten(app: Flask, admin: FlaskClient) -> None:
    from rq import SimpleWorker

    queue = get_queue("maintenance")
    jobs = [queue.enqueue("app.core.queues.run", args=("no.such.job", None, [], 0.0), description="no.such.job") for _ in range(2)]
    SimpleWorker([queue], connection=queue.connection, serializer=JSONSerializer).work(burst=True, logging_level="CRITICAL")
    page = admin.get("/admin/queues").text
    assert page.count("no.such.job") >= 2 and "KeyError" in page
    token = token_of(admin)
    assert admin.post("/admin/queues/retry", data={"job": jobs[0].id, "csrf_token": token}).status_code == 302
    assert queue.job_ids == [jobs[0].id]
    assert admin.post("/admin/queues/forget", data={"job": jobs[1].id, "csrf_token": token}).status_code == 302
    assert admin.post("/admin/queues/forget", data={"job": jobs[1].id, "csrf_token": token}).status_code == 404
    queue.empty()


@pytest.mark.parametrize("redis_is_away", [False, True])
def test_queues_page_counts_what_waits_in_the_outboxes(
    admin: FlaskClient, salon: Company, db: SQLAlchemy, monkeypatch: pytest.MonkeyPatch, redis_is_away: bool
) -> None:
    with company_scope(salon.id), transaction():
        for wait in (timedelta(0), timedelta(0), timedelta(hours=1)):
            NotificationFactory(due_at=now() + wait)
    if redis_is_away:
        monkeypatch.setattr(queues, "list_queue_states", _raise_redis_error)
    page = admin.get("/admin/queues").text
    row = re.search(r"Nachrichten</td>(.*?)</tr>", page, re.S)
    assert row and re.findall(r">(\d+)<", row[1]) == ["2", "1"]


def _raise_redis_error() -> None:
    raise RedisError


def test_what_a_queue_did_within_the_hour_is_counted(app: Flask, db: SQLAlchemy) -> None:
    for is_done in (True, True, False):
        job_stats.record("webhooks", wait_s=0.1, run_s=0.4, is_done=is_done)
    hour = job_stats.last_hour(QUEUES)["webhooks"]
    assert (hour.done, hour.failed, hour.mean_wait_ms, hour.mean_run_ms) == (2, 1, 100, 400)


def test_health_tells_the_checks_and_what_browsers_report(admin: FlaskClient, db: SQLAlchemy) -> None:
    BrowserReportFactory(rule="img-src", blocked="https://elsewhere.example/pixel", report_count=7)
    db.session.commit()
    page = admin.get("/admin/health").text
    assert "Datenbank" in page and "https://elsewhere.example/pixel" in page and "7-mal" in page


def test_a_blocked_person_is_out_everywhere(app: Flask, salon: Company, admin: FlaskClient, db: SQLAlchemy) -> None:
    user = make_user(salon, "staff")
    theirs = signed_in(app, user)
    token = token_of(admin)
    assert admin.post(f"/admin/users/{user.id}/block", data={"csrf_token": token}).status_code == 302
    assert theirs.get("/live").status_code == 302
    assert admin.post(f"/admin/users/{user.id}/unblock", data={"csrf_token": token}).status_code == 302
    assert db.session.get(User, user.id).is_active
    mine = db.session.scalar(select(User.id).where(User.role == "admin"))
    assert admin.post(f"/admin/users/{mine}/block", data={"csrf_token": token}).status_code == 404


def test_a_switch_is_set_and_written_down(salon: Company, admin: FlaskClient, db: SQLAlchemy) -> None:
    token = token_of(admin)
    form = {"name": "truth_check", "company_id": salon.id, "is_enabled": "1", "csrf_token": token}
    for is_enabled in ("1", "0"):
        assert admin.post("/admin/flags", data={**form, "is_enabled": is_enabled}).status_code == 302
    flag = db.session.scalars(select(FeatureFlag)).one()
    assert (flag.name, flag.company_id, flag.is_enabled) == ("truth_check", salon.id, False)
    assert admin.post("/admin/flags", data={**form, "name": "Nein!"}).status_code == 422
    assert "Schalter umgelegt" in admin.get("/admin/audit").text


def test_health_tells_what_was_refused_at_the_door(salon: Company, admin: FlaskClient, db: SQLAlchemy) -> None:
    assert "Jede Unterschrift hat gestimmt" in admin.get("/admin/health").text
    RejectedWebhookFactory(company_id=salon.id, to_number="+493023125100", rejection_count=7, address="192.0.2.7")
    RejectedWebhookFactory(rejection_count=5, reason="unsigned", address=None, last_at=now() - timedelta(days=3))
    db.session.commit()
    page = admin.get("/admin/health").text
    assert "In den letzten 24 Stunden sind 7 abgewiesen worden." in page
    assert all(part in page for part in ("192.0.2.7", "Salon Lindgren, 030 23125100", "Mit anderem Schlüssel unterschrieben", "7-mal"))
    assert "viele Absender" in page and "Unterschrift fehlt" in page


def test_webhooks_page_leads_to_what_was_refused(salon: Company, admin: FlaskClient, db: SQLAlchemy) -> None:
    assert "abgewiesen, weil" not in admin.get("/admin/webhooks").text
    RejectedWebhookFactory(company_id=salon.id, rejection_count=3, example={"path": "/api/retell/webhook", "call": "call_9"})
    db.session.commit()
    page = admin.get("/admin/webhooks").text
    assert "3 Webhooks wurden in den letzten 24 Stunden abgewiesen" in page
    assert 'href="/admin/webhooks?status=rejected"' in page
    refused = admin.get("/admin/webhooks?status=rejected").text
    assert "/api/retell/webhook · call_9" in refused and "3-mal" in refused


@pytest.mark.parametrize(("is_on", "company_on"), [(True, True), (False, True), (True, False)])
def test_the_line_check_says_whose_a_number_is_and_whether_it_is_on(
    salon: Company, admin: FlaskClient, db: SQLAlchemy, is_on: bool, company_on: bool
) -> None:
    with company_scope(salon.id), transaction():
        db.session.add(PhoneNumber(e164="+493023125100", branch_id=branch_ids(salon)[0], is_active=is_on))
        db.session.get_one(Company, salon.id).is_active = company_on
    page = admin.get("/admin/line", query_string={"number": "030 23125100"}).text
    assert "Salon Lindgren, Berlin-Mitte" in page
    assert ("ist ausgeschaltet" in page, "stillgelegt" in page) == (not is_on, not company_on)
    assert ("Nummer einschalten" in page) is not is_on
