"""The words of a call become searchable when it is over, from the webhook to the answer."""

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import func, select

from app.core.tenancy import company_scope
from app.domain.calls.search import CallSearch, find_calls
from app.domain.inbox.processor import drain_batch
from app.models import Call, CallSearchText, Company
from tests.support.retell_webhooks import call_body, make_company_with_number, send, transcript

ENDED = {"call_status": "ended", "end_timestamp": 1773130505120, "disconnection_reason": "user_hangup"}
SPOKEN = transcript("Guten Tag.", "Ich bräuchte eine Hochsteckfrisur für Samstag.")


@pytest.fixture
def salon(db: SQLAlchemy) -> Company:
    return make_company_with_number()


def _found(db: SQLAlchemy, salon: Company, query: str) -> list[str]:
    with company_scope(salon.id):
        found = find_calls(CallSearch(query=query), limit=10)
        return list(db.session.scalars(select(Call.provider_call_id).where(Call.id.in_(found))))


def _arrive(app: Flask, *bodies: bytes) -> None:
    for body in bodies:
        assert send(app.test_client(), body).status_code == 204
    while drain_batch(50):
        pass


def test_what_was_said_is_found_once_the_call_is_over(app: Flask, db: SQLAlchemy, salon: Company) -> None:
    _arrive(app, call_body("call_ended", "call_1", transcript_object=SPOKEN, **ENDED), call_body("call_ended", "call_2", **ENDED))
    for query in ("Hochsteckfrisur", "hochsteckfrisur samstag", "hochst"):
        assert _found(db, salon, query) == ["call_1"]
    assert _found(db, salon, "Balayage") == []


def test_the_analysis_adds_to_it_and_events_twice_leave_one_row(app: Flask, db: SQLAlchemy, salon: Company) -> None:
    ended = call_body("call_ended", "call_1", transcript_object=SPOKEN, **ENDED)
    analyzed = call_body(
        "call_analyzed", "call_1", transcript_object=SPOKEN, call_analysis={"call_summary": "Wünscht sich Strähnchen."}, **ENDED
    )
    _arrive(app, ended, ended, analyzed, analyzed)
    assert _found(db, salon, "Strähnchen") == ["call_1"]
    assert _found(db, salon, "Hochsteckfrisur") == ["call_1"]
    with company_scope(salon.id):
        assert db.session.scalar(select(func.count()).select_from(CallSearchText)) == 1


def test_a_search_stays_inside_the_company(app: Flask, db: SQLAlchemy, salon: Company) -> None:
    other = make_company_with_number("praxis", "+494066969300", "Hamburg")
    _arrive(app, call_body("call_ended", "call_1", transcript_object=SPOKEN, **ENDED))
    assert _found(db, other, "Hochsteckfrisur") == _found(db, other, "call_1") == []
