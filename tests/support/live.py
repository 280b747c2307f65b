"""A company on the phone: the rows that tests of the live dashboards start from."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.core.clock import now
from app.core.event_bus import publish
from app.core.extensions import db
from app.core.ids import new_ulid
from app.core.tenancy import company_scope, unscoped
from app.core.transactions import transaction
from app.events import CallEventBase, TranscriptTurnAdded
from app.models import Branch, Call, Company, Customer, LiveEvent


@dataclass(frozen=True)
class LiveCompany:
    company_id: str
    branch_ids: tuple[str, ...]


def make_live_company(slug: str = "salon-lindgren", *, branches: int = 2) -> LiveCompany:
    """A company with branches, committed."""
    company_id, branch_ids = new_ulid(), tuple(new_ulid() for _ in range(branches))
    with company_scope(company_id), transaction():
        db.session.add(Company(id=company_id, slug=slug, name=slug.replace("-", " ").title()))
        db.session.flush()
        db.session.add_all(Branch(id=branch_id, slug=f"filiale-{n}", name=f"Filiale {n}") for n, branch_id in enumerate(branch_ids))
    return LiveCompany(company_id, branch_ids)


def make_call(salon: LiveCompany, *, branch: int = 0, **values: Any) -> Call:
    """A call of the salon, committed."""
    with company_scope(salon.company_id), transaction():
        call = Call(id=new_ulid(), branch_id=salon.branch_ids[branch], **_call_values(values))
        db.session.add(call)
    return call


def make_customer(salon: LiveCompany, name: str) -> Customer:
    with company_scope(salon.company_id), transaction():
        customer = Customer(name=name)
        db.session.add(customer)
    return customer


def publish_events(*events: object) -> None:
    """Announces all of this in one transaction."""
    with transaction():
        for event in events:
            publish(event)


def build_event(call: Call, kind: type[CallEventBase], *, received_at: datetime | None = None, **values: Any) -> CallEventBase:
    return kind(call.company_id, call.branch_id, call.id, received_at or now(), **values)


def build_turn(call: Call, index: int, text: str, *, role: str = "caller") -> CallEventBase:
    return build_event(call, TranscriptTurnAdded, turn={"index": index, "role": role, "text": text, "start_s": float(index)})


def live_events(company_id: str | None = None) -> list[LiveEvent]:
    """What was written down, oldest first."""
    with unscoped():
        rows = db.session.query(LiveEvent).order_by(LiveEvent.company_id, LiveEvent.seq)
        return [row for row in rows if company_id in (None, row.company_id)]


def _call_values(values: dict[str, Any]) -> dict[str, Any]:
    defaults = {"provider": "retell", "provider_call_id": f"call_{new_ulid()}", "status": "ongoing", "started_at": now()}
    numbers = {"from_number": "+4917139200511", "to_number": "+493023125100"}
    return defaults | numbers | values
