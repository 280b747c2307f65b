"""One-time codes: sent once, good once, for a while, in their own call."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core import event_bus, settings
from app.core.clock import now
from app.core.errors import TooManyRequests
from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.domain.bookings.self_service_links import create_customer_link
from app.domain.customers import one_time_codes
from app.events import OneTimeCodeRequested
from app.models import Call, Company, Connection, Customer, OneTimeCode
from tests.factories.calls import CallFactory, CustomerFactory
from tests.factories.companies import CompanyFactory
from tests.support.agent_call import MONDAY, AgentCall, make_salon_with_numbers

NUMBER = "+491713920050"


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[OneTimeCodeRequested]:
    """What whoever sends messages would hear."""
    heard: list[OneTimeCodeRequested] = []
    monkeypatch.setitem(event_bus._listeners, "after_commit", [((OneTimeCodeRequested,), heard.extend)])
    return heard


@pytest.fixture
def company(db: SQLAlchemy) -> Iterator[Company]:
    made = CompanyFactory()
    db.session.commit()
    with company_scope(made.id):
        yield made


def wanted() -> tuple[Call, Customer]:
    with transaction():
        call, customer = CallFactory(status="ongoing"), CustomerFactory()
        one_time_codes.create_code(call, customer, NUMBER)
    return call, customer


def test_a_code_proves_its_customer_once(company: Company, sent: list[OneTimeCodeRequested]) -> None:
    call, customer = wanted()
    (event,) = sent
    assert (event.call_id, event.number, len(event.digits)) == (call.id, NUMBER, 6)
    assert event.digits not in repr(event)
    assert one_time_codes.has_open_code(call)
    assert one_time_codes.redeem_code(call, f" {event.digits[:3]} {event.digits[3:]} ") == customer
    assert one_time_codes.redeem_code(call, event.digits) is None and not one_time_codes.has_open_code(call)


def test_a_wrong_an_old_or_another_calls_code_proves_nobody(company: Company, sent: list[OneTimeCodeRequested]) -> None:
    call, _customer = wanted()
    digits = sent[0].digits
    wrong = f"{(int(digits) + 1) % 1_000_000:06}"
    assert one_time_codes.redeem_code(call, wrong) is None and one_time_codes.redeem_code(call, "") is None
    assert one_time_codes.redeem_code(CallFactory(status="ongoing"), digits) is None
    with time_machine.travel(now() + one_time_codes.CODE_LIFETIME + timedelta(seconds=1)):
        assert one_time_codes.redeem_code(call, digits) is None


def test_only_the_newest_code_of_a_call_is_good(company: Company, sent: list[OneTimeCodeRequested]) -> None:
    call, customer = wanted()
    with transaction():
        one_time_codes.create_code(call, customer, NUMBER)
    assert one_time_codes.redeem_code(call, sent[0].digits) is None or sent[0].digits == sent[1].digits
    assert one_time_codes.redeem_code(call, sent[1].digits) == customer


def test_the_digits_are_nowhere_in_the_database(company: Company, db: SQLAlchemy, sent: list[OneTimeCodeRequested]) -> None:
    wanted()
    (code,) = db.session.scalars(select(OneTimeCode))
    assert sent[0].digits not in code.code_hash and len(code.code_hash) == 64


def test_a_number_gets_a_few_codes_a_day(company: Company, sent: list[OneTimeCodeRequested]) -> None:
    for _ in range(one_time_codes.MAX_PER_DAY):
        wanted()
    with pytest.raises(TooManyRequests):
        wanted()


def test_where_messages_can_be_sent_the_agent_climbs_by_a_code(
    db: SQLAlchemy, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, sent: list[OneTimeCodeRequested]
) -> None:
    with time_machine.travel(MONDAY, tick=True):
        salon = make_salon_with_numbers()
        with company_scope(salon.company_id), transaction():
            db.session.add(Connection(provider="twilio", api_key="AC1:secret", label="Lindgren"))
        agent_call = AgentCall(client)
        told: dict[str, Any] = agent_call.use("send_link", kind="code")
        assert told["ok"] and len(told["data"]["notification_id"]) == 26
        assert agent_call.use("identify_customer", code="12")["code"] == "wrong_code"
        assert agent_call.use("identify_customer", code=sent[0].digits)["data"]["certainty"] == "code"


def test_without_a_sender_none_is_made(db: SQLAlchemy, client: FlaskClient) -> None:
    with time_machine.travel(MONDAY, tick=True):
        salon = make_salon_with_numbers()
        assert AgentCall(client).use("send_link", kind="code")["code"] == "not_verified"
        with company_scope(salon.company_id):
            assert db.session.scalars(select(OneTimeCode)).all() == []


def test_what_left_is_counted_with_its_price(company: Company, sent: list[OneTimeCodeRequested]) -> None:
    assert one_time_codes.get_send_stats() == one_time_codes.VerificationSendStats(0, 0, 0)
    for _ in range(2):
        call, customer = wanted()
    with transaction():
        create_customer_link(call, customer, "svea@example.com")
    with time_machine.travel(now() + timedelta(days=2)):
        assert one_time_codes.get_send_stats() == one_time_codes.VerificationSendStats(0, 3, 2 * settings().sms_price_cents)
    assert one_time_codes.get_send_stats().today == 3
