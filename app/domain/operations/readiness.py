"""What a company still lacks before its callers can be served."""

from typing import Any

from sqlalchemy import Exists, exists, select

from app.core.extensions import db
from app.models import Agent, AgentDeployment, Branch, PhoneNumber, Service, StaffMember, User

# in the order in which they are done; without the first three nobody is called and nobody sees it, without the others nothing is booked
STEPS = ("branch", "number", "owner", "provider", "service", "staff")


def missing_steps(company_id: str) -> list[str]:
    """Those of STEPS that are not done. To be called with the company, or every company, in view."""

    def has(model: Any, *conditions: Any) -> Exists:
        return exists().where(model.company_id == company_id, *conditions)

    done = db.session.execute(
        select(
            has(Branch, Branch.is_active),
            has(PhoneNumber, PhoneNumber.is_active, PhoneNumber.agent_id.is_not(None)),
            has(User, User.is_active, User.role == "owner"),
            has(AgentDeployment, AgentDeployment.state == "right", AgentDeployment.agent_id.in_(_answering(company_id))),
            has(Service, Service.is_active),
            has(StaffMember, StaffMember.is_active),
        )
    ).one()
    return [step for step, is_done in zip(STEPS, done, strict=True) if not is_done]


def _answering(company_id: str) -> Any:
    """Agents that are on, with a number."""
    numbers = select(PhoneNumber.agent_id).where(PhoneNumber.company_id == company_id, PhoneNumber.is_active)
    return select(Agent.id).where(Agent.company_id == company_id, Agent.is_active, Agent.id.in_(numbers))
