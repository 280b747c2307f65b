"""flask retell: has agents written at Retell, and says how they stand there."""

import click

from app.cli.base import Group
from app.cli.command_errors import one_transaction, with_company
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
retell = Group("retell", help="The account at Retell.")


@retell.command("publish")
@with_company
@click.option("--agent", help="Only this one, by its id.")
def publish(agent: str | None) -> None:
    """Write what is published here at Retell, now, and read it back; exit 1 where that did not work."""
    right = True
    for agent_id, name in _list_agents(agent):
        with one_transaction():
            registration_id = workflow.request_repair(agent_id).id
        deploy_agent(registration_id)
        right &= _print_status(agent_id, name)
    if not right:
        raise SystemExit(1)


@retell.command("check")
@with_company
@click.option("--agent", help="Only this one, by its id.")
def check(agent: str | None) -> None:
    """Look what stands at Retell; exit 1 where it is not what should."""
    right = True
    for agent_id, name in _list_agents(agent):
        check_drift(agent_id)
        right &= _print_status(agent_id, name)
    if not right:
        raise SystemExit(1)


def _list_agents(wanted: str | None) -> list[tuple[str, str]]:
    with one_transaction():
        found = [(agent.id, agent.name) for agent in list_agents() if wanted in (None, agent.id)]
    if not found:
        raise click.ClickException("There is no such agent.")
    return found


def _print_status(agent_id: str, name: str) -> bool:
    """Prints how it stands; whether it is right."""
    with one_transaction():
        row = workflow.find_deployment(agent_id)
        state, reason, error = (row.status, row.reason, row.error) if row else ("never written", None, None)
        findings = list(row.findings or []) if row else []
    why = "".join(f", {REASONS.get(each, each)}" for each in dict.fromkeys((state, reason, error)) if each)
    click.echo(f"{name} ({agent_id}): {why.removeprefix(', ')}")
    wrong = [finding for finding in findings if not finding["fits"]]
    if findings:
        click.echo(f"{len(findings) - len(wrong)} of {len(findings)} fields are as they should be.")
    if wrong:
        table = Table("field", "wanted", "at Retell")
        for finding in wrong:
            table.add_row(finding["key"], finding["wanted"], finding["actual"] or "missing")
        table.show()
    return state == "right" and not reason
