"""Webhook events put straight into the inbox, and what became of them."""

from collections import Counter
from typing import Any

from flask import Flask
from sqlalchemy import select

from app.core.clock import now
from app.core.extensions import db
from app.core.tenancy import unscoped
from app.domain.inbox import store
from app.domain.inbox.store import IncomingWebhook
from app.models import Call, WebhookEvent
from app.providers import get_call_webhook_reader
from tests.support.retell_webhooks import call_body


def arrive(*bodies: bytes, provider: str = "retell", **values: Any) -> None:
    """As the door stores them, without the door: each in a transaction of its own."""
    db.session.rollback()
    for raw in bodies:
        peek = get_call_webhook_reader(provider).peek(raw)
        facts = {"received_at": now(), "provider_call_id": peek.provider_call_id, "to_number": peek.business_raw} | values
        store.store(IncomingWebhook(provider=provider, event_name=peek.event, dedupe_key=peek.dedupe_key, body=raw, **facts))


def arrive_many(count: int, *, prefix: str = "call") -> None:
    """The beginnings of so many calls, in a few transactions."""
    db.session.rollback()
    rows = []
    for number in range(count):
        raw = call_body("call_started", f"{prefix}_{number}")
        peek = get_call_webhook_reader("retell").peek(raw)
        call_id = peek.provider_call_id
        rows.append(
            IncomingWebhook(provider="retell", event_name=peek.event, dedupe_key=peek.dedupe_key, body=raw, provider_call_id=call_id).row()
        )
    with db.engine.begin() as connection:
        connection.execute(WebhookEvent.__table__.insert(), rows)


def events() -> list[WebhookEvent]:
    """All of the inbox, as it stands now."""
    db.session.rollback()
    db.session.expire_all()
    found = list(db.session.scalars(select(WebhookEvent).order_by(WebhookEvent.id)))
    db.session.commit()
    return found


def by_status() -> dict[str, int]:
    return dict(Counter(event.status for event in events()))


def calls() -> dict[str, Call]:
    """Every company's calls by the provider's id."""
    db.session.rollback()
    db.session.expire_all()
    with unscoped():
        found = {call.provider_call_id: call for call in db.session.scalars(select(Call))}
    db.session.commit()
    return found


def inside(app: Flask, work: Any) -> Any:
    """The work for a thread: in an application context of its own."""

    def run() -> None:
        with app.app_context():
            work()

    return run
