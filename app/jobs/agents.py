"""Deploys agents to their voice provider and checks them for drift. The rows decide; jobs and their sweep are hints."""

from datetime import timedelta

from app.core.errors import ProviderError
from app.core.queues import is_shutting_down, job
from app.core.tenancy import company_scope, unscoped
from app.core.transactions import run_in_transaction, run_read_only
from app.domain.agents.provisioning import drift, workflow
from app.domain.agents.provisioning.steps import send

BATCH_SIZE = 100
MAX_STEPS = 200
CHECK_INTERVAL = timedelta(minutes=9)


@job("default", retry=(), timeout_s=300)
def deploy_agent(deployment_id: str) -> None:
    """Deploy one agent step by step; a step that fails is due again later."""
    for _step in range(MAX_STEPS):
        step = run_in_transaction(lambda: workflow.claim(deployment_id))
        if step is None or is_shutting_down():
            return
        result = send(step)
        if not run_in_transaction(lambda: workflow.complete(step, result)):  # noqa: B023 (run at once)
            return


@job("default", retry=(), timeout_s=120)
def check_drift(agent_id: str) -> None:
    """Compare one deployed agent with its desired state and store the differences."""
    check = run_in_transaction(lambda: drift.start_check(agent_id))
    if check is None:
        return
    try:
        diffs = drift.fetch_diffs(check)
    except ProviderError as failure:
        error = failure
        run_in_transaction(lambda: drift.finish_check(check, [], error))
        return
    run_in_transaction(lambda: drift.finish_check(check, diffs))


@job("maintenance", retry=())
def check_drift_of_all() -> int:
    """Enqueue a drift check of every deployed agent that is due."""
    with unscoped():
        due_agents = run_read_only(lambda: drift.list_unchecked(BATCH_SIZE, every=CHECK_INTERVAL))
    for company_id, agent_id in due_agents:
        with company_scope(company_id):
            check_drift.enqueue(agent_id)
    return len(due_agents)
