"""Brings agents to their voice provider and looks how they stand there: the rows are the truth, jobs and their sweep are hints."""

from datetime import timedelta

from app.core.errors import ProviderError
from app.core.queues import job, stopping
from app.core.redis import is_reachable
from app.core.tenancy import company_scope, every_company
from app.core.transactions import read, transact
from app.domain.agents.provisioning import drift, workflow
from app.domain.agents.provisioning.steps import carry_out

AT_ONCE = 100
MOST_STEPS = 200
CHECKED_EVERY = timedelta(minutes=9)


@job("default", retry=(), timeout_s=300)
def register_agent(registration_id: str) -> None:
    """Writes one agent there, step by step; what cannot be done now is due again later."""
    for _step in range(MOST_STEPS):
        errand = transact(lambda: workflow.reserve(registration_id))
        if errand is None or stopping():
            return
        outcome = carry_out(errand)
        if not transact(lambda: workflow.confirm(errand, outcome)):  # noqa: B023 (run at once)
            return


@job("default", retry=())
def sweep_registrations() -> int:
    """Sends what is due to the workers again: pauses that are over, jobs that got lost."""
    with every_company():
        waiting = read(lambda: workflow.due(AT_ONCE))
    for company_id, registration_id in waiting if is_reachable() else ():
        with company_scope(company_id):
            register_agent.enqueue(registration_id)
    return len(waiting)


@job("default", retry=(), timeout_s=120)
def check_agent(agent_id: str) -> None:
    """Looks how one agent stands there, and writes down what is different."""
    look = transact(lambda: drift.begin_look(agent_id))
    if look is None:
        return
    try:
        findings = drift.fetch(look)
    except ProviderError as failure:
        error = failure
        transact(lambda: drift.finish_look(look, [], error))
        return
    transact(lambda: drift.finish_look(look, findings))


@job("maintenance", retry=())
def check_agents() -> int:
    """Sends the look at every agent that is registered somewhere."""
    with every_company():
        waiting = read(lambda: drift.to_check(AT_ONCE, every=CHECKED_EVERY))
    for company_id, agent_id in waiting:
        with company_scope(company_id):
            check_agent.enqueue(agent_id)
    return len(waiting)
