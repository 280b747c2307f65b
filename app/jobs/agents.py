"""Brings agents to their voice provider and looks how they stand there: the rows are the truth, jobs and their sweep are hints."""

from datetime import timedelta

from app.core.errors import ProviderError
from app.core.queues import is_shutting_down, job
from app.core.tenancy import company_scope, unscoped
from app.core.transactions import run_in_transaction, run_read_only
from app.domain.agents.provisioning import drift, workflow
from app.domain.agents.provisioning.steps import send

BATCH_SIZE = 100
MAX_STEPS = 200
CHECKED_EVERY = timedelta(minutes=9)


@job("default", retry=(), timeout_s=300)
def register_agent(registration_id: str) -> None:
    """Deploy one agent step by step; a step that fails is due again later."""
    for _step in range(MAX_STEPS):
        errand = run_in_transaction(lambda: workflow.claim(registration_id))
        if errand is None or is_shutting_down():
            return
        outcome = send(errand)
        if not run_in_transaction(lambda: workflow.complete(errand, outcome)):  # noqa: B023 (run at once)
            return


def sweep_registrations() -> int:
    return workflow.OUTBOX.sweep(register_agent, runs_inline=False)


@job("default", retry=(), timeout_s=120)
def check_agent(agent_id: str) -> None:
    """Looks how one agent stands there, and writes down what is different."""
    look = run_in_transaction(lambda: drift.begin_look(agent_id))
    if look is None:
        return
    try:
        findings = drift.fetch(look)
    except ProviderError as failure:
        error = failure
        run_in_transaction(lambda: drift.finish_look(look, [], error))
        return
    run_in_transaction(lambda: drift.finish_look(look, findings))


@job("maintenance", retry=())
def check_agents() -> int:
    """Sends the look at every agent that is registered somewhere."""
    with unscoped():
        waiting = run_read_only(lambda: drift.to_check(BATCH_SIZE, every=CHECKED_EVERY))
    for company_id, agent_id in waiting:
        with company_scope(company_id):
            check_agent.enqueue(agent_id)
    return len(waiting)
