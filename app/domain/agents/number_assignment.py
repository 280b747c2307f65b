"""The phone numbers an agent answers."""

from collections.abc import Collection, Sequence

from sqlalchemy import or_, select
from sqlalchemy.engine import Row

from app.core.extensions import db
from app.domain.agents.versions import get_agent
from app.domain.audit.log import record
from app.domain.companies.phone_numbers import publish_changed
from app.models import Branch, PhoneNumber


def list_assignable_numbers(agent_id: str) -> Sequence[Row[tuple[str, str, str, str | None]]]:
    """List (id, e164, branch, agent_id) of the active numbers and those of this agent."""
    return db.session.execute(
        select(PhoneNumber.id, PhoneNumber.e164, Branch.name.label("branch"), PhoneNumber.agent_id)
        .join(Branch, (Branch.company_id == PhoneNumber.company_id) & (Branch.id == PhoneNumber.branch_id))
        .where(or_(PhoneNumber.is_active, PhoneNumber.agent_id == agent_id))
        .order_by(PhoneNumber.e164)
        .limit(200)
    ).all()


def list_forward_numbers(agent_id: str) -> Sequence[str | None]:
    """List the branch's forward number for each number of the agent."""
    return db.session.scalars(
        select(Branch.forward_number)
        .join(PhoneNumber, (Branch.company_id == PhoneNumber.company_id) & (Branch.id == PhoneNumber.branch_id))
        .where(PhoneNumber.agent_id == agent_id, PhoneNumber.is_active)
        .order_by(PhoneNumber.e164)
        .limit(200)
    ).all()


def assign_numbers(agent_id: str, number_ids: Collection[str]) -> bool:
    """Assign exactly these numbers to the agent; gives whether anything changed. Unknown ids are ignored."""
    get_agent(agent_id, locked=True)
    moved = False
    for number in db.session.scalars(select(PhoneNumber).where(PhoneNumber.is_active).with_for_update()):
        new_agent_id = agent_id if number.id in number_ids else None if number.agent_id == agent_id else number.agent_id
        if new_agent_id != number.agent_id:
            number.agent_id, moved = new_agent_id, True
            publish_changed(number)
            record("number_answered_by", subject=number.id, data={"agent": new_agent_id})
    db.session.flush()
    return moved
