"""The setup steps a company still lacks before calls can be answered."""

from typing import Any

from sqlalchemy import Exists, and_, exists, or_, select
from sqlalchemy.orm import aliased

from app.core.clock import now
from app.core.extensions import db
from app.domain.agents import versions
from app.domain.agents.config_schema import load_config
from app.domain.emergencies.recognition import AREAS
from app.models import (
    Agent,
    AgentDeployment,
    Branch,
    Company,
    OnCallShift,
    PhoneNumber,
    Service,
    StaffBranch,
    StaffMember,
    StaffService,
    User,
    WorkingHours,
)

# in the order in which they are done
BOOKING_STEPS = ("service", "staff", "assignment", "hours")
# the first three are needed to receive calls, BOOKING_STEPS to book
STEPS = ("branch", "number", "owner", "provider", *BOOKING_STEPS, "on_call")


def list_missing_steps(company_id: str) -> list[str]:
    """Those of STEPS that are not done. To be called with the company, or every company, in view."""

    def has(model: Any, *conditions: Any) -> Exists:
        return exists().where(model.company_id == company_id, *conditions)

    done = db.session.execute(
        select(
            has(Branch, Branch.is_active),
            has(PhoneNumber, PhoneNumber.is_active, PhoneNumber.agent_id.is_not(None)),
            has(User, User.is_active, User.role == "owner"),
            has(AgentDeployment, AgentDeployment.status == "right", AgentDeployment.agent_id.in_(_select_answering_agents(company_id))),
        )
    ).one()
    missing = [step for step, is_done in zip(STEPS[: len(done)], done, strict=True) if not is_done]
    return missing + list_missing_booking_steps(company_id) + (["on_call"] if lacks_on_call(company_id) else [])


def list_missing_booking_steps(company_id: str, branch_id: str | None = None) -> list[str]:
    """Those of BOOKING_STEPS that are not done, at this branch or at any; as long as one is missing, nothing can be booked.

    A person without hours of their own works when the branch is open.
    """
    services = (Service.company_id == company_id, Service.is_active)
    people = (StaffMember.company_id == company_id, StaffMember.is_active)
    works_there = exists().where(StaffBranch.staff_id == StaffMember.id, StaffBranch.branch_id == branch_id)
    does = (
        select(StaffBranch.branch_id)
        .join(StaffMember, and_(StaffMember.id == StaffBranch.staff_id, *people))
        .join(Branch, and_(Branch.id == StaffBranch.branch_id, Branch.is_active))
        .join(StaffService, StaffService.staff_id == StaffMember.id)
        .join(Service, and_(Service.id == StaffService.service_id, *services))
        .where(StaffBranch.company_id == company_id, *([StaffBranch.branch_id == branch_id] if branch_id else ()))
    )
    opening, own = aliased(WorkingHours), aliased(WorkingHours)
    has_own = exists().where(own.branch_id == StaffBranch.branch_id, own.staff_id == StaffMember.id, own.weekday.is_not(None))
    works = does.join(
        opening, and_(opening.branch_id == StaffBranch.branch_id, opening.staff_id.is_(None), opening.weekday.is_not(None))
    ).where(or_(~has_own, has_own.where(own.weekday == opening.weekday)))
    done = db.session.execute(
        select(
            exists().where(*services),
            exists().where(*people, *([works_there] if branch_id else ())),
            does.exists(),
            works.exists(),
        )
    ).one()
    return [step for step, is_done in zip(BOOKING_STEPS, done, strict=True) if not is_done]


def lacks_on_call(company_id: str) -> bool:
    """Whether its industry knows emergencies, and some branch has neither a shift nor a number to put them through to."""
    if db.session.scalar(select(Company.industry).where(Company.id == company_id)) not in AREAS:
        return False
    has_shift = exists().where(
        OnCallShift.company_id == company_id, OnCallShift.branch_id == Branch.id,
        or_(OnCallShift.weekday.is_not(None), OnCallShift.local_end > now().replace(tzinfo=None)),
    )  # fmt: skip
    lacking = exists().where(Branch.company_id == company_id, Branch.is_active, Branch.forward_number.is_(None), ~has_shift)
    if not db.session.scalar(select(lacking)):
        return False
    agents = db.session.scalars(select(Agent).where(Agent.company_id == company_id, Agent.is_active))
    return not any(load_config(agent, versions.find_published(agent.id)).forward_number for agent in agents)


def _select_answering_agents(company_id: str) -> Any:
    """Select active agents with a number."""
    numbers = select(PhoneNumber.agent_id).where(PhoneNumber.company_id == company_id, PhoneNumber.is_active)
    return select(Agent.id).where(Agent.company_id == company_id, Agent.is_active, Agent.id.in_(numbers))
