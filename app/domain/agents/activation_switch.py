"""Activate and deactivate agents, phone numbers and branches; config, number_lookup and inbound_call apply it to calls."""

from sqlalchemy import or_, select

from app.core.extensions import db
from app.domain.agents.provisioning.workflow import request_deployment
from app.domain.agents.versions import find_published, get_agent
from app.domain.audit.log import record
from app.domain.companies.phone_numbers import get_branch, get_number, publish_changed, set_active
from app.models import Agent, AgentDeployment, PhoneNumber


def set_agent_active(agent_id: str, *, on: bool) -> tuple[str, ...]:
    """Activate or deactivate an agent; inactive, it only forwards or takes messages. Gives the deployments to run. Raises NotFound."""
    agent = get_agent(agent_id, locked=True)
    if agent.is_active == on:
        return ()
    agent.is_active = on
    record("agent_switched_on" if on else "agent_switched_off", subject=agent.id)
    return _request_deployments([agent_id])


def set_number_active(number_id: str, *, on: bool) -> tuple[str, ...]:
    """Activate or deactivate a number; calls to an inactive one wait unassigned. Gives the deployments to run. Raises NotFound."""
    number = get_number(number_id)
    if number.is_active == on:
        return ()
    set_active(number, on=on)
    record("number_switched_on" if on else "number_switched_off", subject=number.id)
    return _request_deployments([number.agent_id] if number.agent_id else _list_deployed_agents())


def set_branch_active(branch_id: str, *, on: bool) -> bool:
    """Activate or deactivate a branch; its callers are forwarded or leave a message. Gives whether it changed. Raises NotFound."""
    branch = get_branch(branch_id)
    if branch.is_active == on:
        return False
    branch.is_active = on
    for number in db.session.scalars(select(PhoneNumber).where(PhoneNumber.branch_id == branch_id)):
        publish_changed(number)
    record("branch_switched_on" if on else "branch_switched_off", subject=branch.id)
    return True


def redeploy_agents() -> tuple[str, ...]:
    """Request a deployment of each agent that is at a provider: the company or a branch has another name. Gives the ids."""
    return _request_deployments(_list_deployed_agents())


def _request_deployments(agent_ids: list[str]) -> tuple[str, ...]:
    db.session.flush()
    return tuple(request_deployment(agent_id).id for agent_id in agent_ids if find_published(agent_id))


def _list_deployed_agents() -> list[str]:
    statement = select(Agent.id).join(
        AgentDeployment, (AgentDeployment.company_id == Agent.company_id) & (AgentDeployment.agent_id == Agent.id)
    )
    return list(db.session.scalars(statement.where(or_(AgentDeployment.agent_ref.is_not(None), AgentDeployment.status == "pending"))))
