"""flask retell: provision agents at Retell and check them for drift."""

import click

from app.cli.command_context import one_transaction, with_company
from app.cli.command_group import CommandGroup
from app.cli.tables import Table
from app.domain.agents.provisioning import workflow
from app.domain.agents.versions import list_agents
from app.jobs.agents import check_drift, deploy_agent

REASONS = {
    "no_key": "there is no key for Retell (RETELL_API_KEY, or the company's own under Settings, Connections)",
    "no_version": "nothing of it is published here",
    "not_reached": "Retell cannot be reached from here; it is tried again by itself",
    "no_answer": "Retell does not answer; it is tried again by itself",
    "rate_limited": "Retell asks for a pause; it is tried again by itself",
}
retell = CommandGroup("retell", help="The account at Retell.")


@retell.command("publish")
@with_company
@click.option("--agent", help="Only this one, by its id.")
def publish(agent: str | None) -> None:
    """Provision the published agents at Retell, now, and read them back; exits with 1 on failure."""
    all_right = True
    for agent_id, name in _list_agents(agent):
        with one_transaction():
            deployment_id = workflow.request_repair(agent_id).id
        deploy_agent(deployment_id)
        all_right &= _print_status(agent_id, name)
    if not all_right:
        raise SystemExit(1)


@retell.command("check")
@with_company
@click.option("--agent", help="Only this one, by its id.")
def check(agent: str | None) -> None:
    """Compare the agents at Retell with the published ones; exits with 1 on a difference."""
    all_right = True
    for agent_id, name in _list_agents(agent):
        check_drift(agent_id)
        all_right &= _print_status(agent_id, name)
    if not all_right:
        raise SystemExit(1)


def _list_agents(selected_id: str | None) -> list[tuple[str, str]]:
    with one_transaction():
        agents = [(agent.id, agent.name) for agent in list_agents() if selected_id in (None, agent.id)]
    if not agents:
        raise click.ClickException("There is no such agent.")
    return agents


def _print_status(agent_id: str, name: str) -> bool:
    """Print the provisioning status of an agent; returns whether it is as published."""
    with one_transaction():
        row = workflow.find_deployment(agent_id)
        state, reason, error = (row.status, row.reason, row.error) if row else ("never written", None, None)
        findings = list(row.findings or []) if row else []
    description = "".join(f", {REASONS.get(code, code)}" for code in dict.fromkeys((state, reason, error)) if code)
    click.echo(f"{name} ({agent_id}): {description.removeprefix(', ')}")
    mismatches = [finding for finding in findings if not finding["fits"]]
    if findings:
        click.echo(f"{len(findings) - len(mismatches)} of {len(findings)} fields are as they should be.")
    if mismatches:
        table = Table("field", "wanted", "at Retell")
        for finding in mismatches:
            table.add_row(finding["key"], finding["wanted"], finding["actual"] or "missing")
        table.show()
    return state == "right" and not reason
