"""Calls with words, tools and a history: what the tests of the pages start from."""

from datetime import datetime, timedelta
from typing import Any

from app.core.clock import now
from app.core.extensions import db
from app.core.ids import new_ulid
from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.domain.calls.search_index import update_search_texts
from app.models import Call, Company, Customer, ToolCall, Turn
from tests.support.users import branch_ids


def make_call(company: Company, *, branch: int = 0, name: str | None = None, words: tuple[str, ...] = (), **values: Any) -> str:
    """A call of the company, committed; `words` are said in turn, the agent first, and can be searched for."""
    started_at: datetime = values.pop("started_at", now() - timedelta(minutes=5))
    facts = {"provider": "retell", "provider_call_id": f"call_{new_ulid()}", "status": "ended", "outcome": "information", "duration_s": 60}
    branch_id = branch_ids(company)[branch]
    with company_scope(company.id), transaction():
        customer = Customer(name=name) if name else None
        if customer:
            db.session.add(customer)
            db.session.flush()
        call = Call(
            id=new_ulid(),
            branch_id=branch_id,
            customer_id=customer.id if customer else None,
            started_at=started_at,
            turn_count=len(words),
            **{**facts, **values},
        )
        db.session.add(call)
        db.session.flush()
        for position, text in enumerate(words):
            role = "caller" if position % 2 else "agent"
            db.session.add(Turn(call_id=call.id, position=position, role=role, text=text, start_s=position * 4.0))
        update_search_texts([(call, words, name)])
    return call.id


def add_tool(company: Company, call_id: str, name: str, **values: Any) -> None:
    """A tool that the agent used after the first turn."""
    answered = {"ok": True, "result": {"ok": True, "say": "Um zehn ist frei."}, "finished_at": now(), "duration_ms": 212}
    with company_scope(company.id), transaction():
        db.session.add(ToolCall(call_id=call_id, tool_call_id=new_ulid(), name=name, after_turn=0, **{**answered, **values}))
