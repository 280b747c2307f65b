"""Notices reach devices over real TLS, readable by the browser alone, once, and only while they are news."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.clock import now
from app.core.errors import InvalidInput
from app.core.extensions import db as the_db
from app.core.tenancy import company_scope, unscoped
from app.core.transactions import run_in_transaction, transaction
from app.domain.accounts.users import block_user, change_role
from app.domain.staff_notices import push_delivery, push_subscriptions
from app.domain.staff_notices.vapid_keys import load_public_key
from app.domain.tasks.lifecycle import create_task
from app.jobs.outboxes import sweep_outbox
from app.jobs.staff_notices import send_push
from app.models import Company, PushDelivery, PushSubscription, StaffNotice, User, VapidKey
from app.providers.push.web_push import PushTarget
from tests.doubles.push_service import BrowserDouble, PushServiceDouble, run_push_service
from tests.support.users import branch_ids, make_company, make_user

DESK = "desk"


@pytest.fixture
def service(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PushServiceDouble]:
    app.config["SETTINGS"] = app.config["SETTINGS"].model_copy(update={"private_hosts": True})
    with run_push_service(tmp_path, monkeypatch.setenv) as double:
        yield double


@pytest.fixture
def company(db: SQLAlchemy) -> Company:
    return make_company()


@pytest.fixture
def desk(company: Company) -> User:
    return make_user(company, "front_desk")


def _subscribe(user: User, browser: BrowserDouble) -> str:
    target = PushTarget(browser.endpoint, browser.p256dh, browser.auth)
    with company_scope(user.company_id or ""):
        return run_in_transaction(lambda: push_subscriptions.add_device(user, target, "Firefox, Windows").id)


def _cause(company: Company, ref: str = "callback:1", kind: str = "callback") -> None:
    with company_scope(company.id), transaction():
        create_task(kind, "Rückruf: Mira Sommer, 0171 3920050", source_ref=ref, branch_id=branch_ids(company)[0])


def _rows(model: Any) -> list[Any]:
    the_db.session.rollback()
    with unscoped():
        return list(the_db.session.scalars(select(model)))


def _send_all(company: Company) -> None:
    with company_scope(company.id):
        for row in _rows(PushDelivery):
            send_push(row.id)


def test_a_notice_reaches_each_device_once_and_names_nobody(service: PushServiceDouble, company: Company, desk: User) -> None:
    for name in ("laptop", "phone"):
        _subscribe(desk, service.subscribe(name))
    _cause(company)
    _send_all(company)
    _send_all(company)
    assert sorted(name for name, _notice in service.notices) == ["laptop", "phone"]
    [notice_row] = _rows(StaffNotice)
    shown = {"title": "Neue Aufgabe", "body": "Berlin-Mitte", "path": f"/notices/{notice_row.id}", "tag": notice_row.id, "lang": "de"}
    assert service.notices[0][1] == shown
    assert {row.status for row in _rows(PushDelivery)} == {"sent"}
    assert all(device.last_sent_at for device in _rows(PushSubscription))


def test_an_emergency_is_urgent_and_others_are_not(service: PushServiceDouble, company: Company, desk: User) -> None:
    _subscribe(desk, service.subscribe("phone"))
    for ref, kind in (("callback:1", "callback"), ("emergency:1", "emergency")):
        _cause(company, ref, kind)
    _send_all(company)
    by_title = {notice["title"]: headers for (_name, notice), headers in zip(service.notices, service.headers, strict=True)}
    assert by_title["Notfall am Telefon"]["Urgency"] == "high"
    assert by_title["Neue Aufgabe"]["Urgency"] == "normal"
    assert all(0 < int(headers["Ttl"]) <= 43_200 and len(headers["Topic"]) <= 32 for headers in service.headers)


@pytest.mark.parametrize("status", [404, 410])
def test_a_device_that_is_gone_is_forgotten(service: PushServiceDouble, company: Company, desk: User, status: int) -> None:
    _subscribe(desk, service.subscribe("phone"))
    service.gone["phone"] = status
    _cause(company)
    _send_all(company)
    assert _rows(PushSubscription) == _rows(PushDelivery) == []
    assert len(_rows(StaffNotice)) == 1


def test_a_service_that_is_away_is_tried_again(service: PushServiceDouble, company: Company, desk: User) -> None:
    _subscribe(desk, service.subscribe("phone"))
    service.fail("503", times=1)
    _cause(company)
    _send_all(company)
    [row] = _rows(PushDelivery)
    assert (row.status, row.reason, service.notices) == ("pending", "no_answer", [])
    with time_machine.travel(now() + timedelta(seconds=30)):
        assert sweep_outbox("pushes") == 1
        _send_all(company)
    assert [name for name, _notice in service.notices] == ["phone"]


def test_what_the_service_refuses_ends(service: PushServiceDouble, company: Company, desk: User) -> None:
    _subscribe(desk, service.subscribe("phone"))
    service.fail("401", times=1)
    _cause(company)
    _send_all(company)
    assert [(row.status, row.reason) for row in _rows(PushDelivery)] == [("dead", "refused")]
    assert len(_rows(PushSubscription)) == 1


def test_what_was_read_meanwhile_is_not_sent(service: PushServiceDouble, company: Company, desk: User) -> None:
    _subscribe(desk, service.subscribe("phone"))
    _cause(company)
    with company_scope(company.id), transaction():
        the_db.session.scalars(select(StaffNotice)).one().read_at = now()
    _send_all(company)
    assert service.notices == []
    assert [row.status for row in _rows(PushDelivery)] == ["expired"]


def test_what_is_old_is_not_sent(service: PushServiceDouble, company: Company, desk: User) -> None:
    _subscribe(desk, service.subscribe("phone"))
    _cause(company)
    with time_machine.travel(now() + timedelta(hours=13)):
        _send_all(company)
    assert (service.notices, [row.status for row in _rows(PushDelivery)]) == ([], ["expired"])


def test_many_at_once_stay_in_the_list_but_an_emergency_comes(service: PushServiceDouble, company: Company, desk: User) -> None:
    _subscribe(desk, service.subscribe("phone"))
    for number in range(push_delivery.MAX_PUSHES + 3):
        _cause(company, f"callback:{number}")
    _send_all(company)
    assert len(service.notices) == push_delivery.MAX_PUSHES
    assert len(_rows(StaffNotice)) == push_delivery.MAX_PUSHES + 3
    _cause(company, "emergency:1", "emergency")
    _send_all(company)
    assert service.notices[-1][1]["title"] == "Notfall am Telefon"
    with time_machine.travel(now() + push_delivery.PUSH_WINDOW):
        _cause(company, "callback:later")
        _send_all(company)
    assert len(service.notices) == push_delivery.MAX_PUSHES + 2


def test_a_private_address_is_never_connected_to(app: Flask, service: PushServiceDouble, company: Company, desk: User) -> None:
    """The same service, which now stands inside."""
    _subscribe(desk, service.subscribe("phone"))
    app.config["SETTINGS"] = app.config["SETTINGS"].model_copy(update={"private_hosts": False})
    _cause(company)
    _send_all(company)
    assert service.requests == []
    assert _rows(PushSubscription) == []


@pytest.mark.parametrize(
    "endpoint",
    ["http://push.example/1", "https://", "ftp://push.example", "https://user@push.example/1", "javascript:alert(1)", "https://ü.example/", "https://x:0/"],
)  # fmt: skip
def test_only_addresses_over_https_are_taken(service: PushServiceDouble, company: Company, desk: User, endpoint: str) -> None:
    browser = service.subscribe("phone")
    browser.endpoint = endpoint
    with pytest.raises(InvalidInput):
        _subscribe(desk, browser)


@pytest.mark.parametrize(("p256dh", "auth"), [("", "AAAA"), ("BAAA", None), (None, "AAAA"), ("B" + "A" * 86, None), ("ü", None)])
def test_keys_that_nothing_can_be_encrypted_for_are_refused(
    service: PushServiceDouble, company: Company, desk: User, p256dh: str | None, auth: str | None
) -> None:
    browser = service.subscribe("phone")
    browser.p256dh, browser.auth = browser.p256dh if p256dh is None else p256dh, browser.auth if auth is None else auth
    with pytest.raises(InvalidInput):
        _subscribe(desk, browser)


def test_a_browser_belongs_to_who_asked_last_in_any_company(service: PushServiceDouble, company: Company, desk: User) -> None:
    browser, other = service.subscribe("phone"), make_user(make_company("werkstatt-kruse"))
    _subscribe(desk, browser)
    _subscribe(other, browser)
    assert [row.user_id for row in _rows(PushSubscription)] == [other.id]
    _cause(company)
    _send_all(company)
    assert service.notices == []


def test_the_oldest_device_goes_where_there_are_too_many(service: PushServiceDouble, company: Company, desk: User) -> None:
    ids = [_subscribe(desk, service.subscribe(f"phone{number}")) for number in range(push_subscriptions.MAX_DEVICES + 1)]
    assert {row.id for row in _rows(PushSubscription)} == set(ids[1:])


@pytest.mark.parametrize("end", [block_user, lambda user: change_role(user, "read_only")])
def test_who_is_signed_out_everywhere_gets_no_more(service: PushServiceDouble, company: Company, desk: User, end: Any) -> None:
    _subscribe(desk, service.subscribe("phone"))
    with company_scope(company.id), transaction():
        end(desk)
    assert _rows(PushSubscription) == []


def test_a_test_goes_to_all_devices_of_one_person(service: PushServiceDouble, company: Company, desk: User) -> None:
    for user, name in ((desk, "mine"), (make_user(company), "other")):
        _subscribe(user, service.subscribe(name))
    with company_scope(company.id):
        run_in_transaction(lambda: push_delivery.queue_test(desk))
    _send_all(company)
    assert [(name, notice["title"]) for name, notice in service.notices] == [("mine", "Push funktioniert")]


def test_our_key_is_made_once_and_kept_encrypted(db: SQLAlchemy) -> None:
    first, second = (run_in_transaction(load_public_key) for _ in range(2))
    assert first == second
    [key] = _rows(VapidKey)
    stored = db.session.connection().exec_driver_sql("SELECT private_key FROM vapid_keys").scalar()
    assert key.private_key.encode() not in bytes(stored)
