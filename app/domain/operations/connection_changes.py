"""Takes and removes a company's keys, and lets follow what hangs on them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from app.core.extensions import db
from app.domain.agents.provisioning import workflow
from app.domain.companies import connections
from app.domain.companies.connection_credentials_form import parse_keys
from app.domain.companies.connections import ConnectionTestResult
from app.domain.notifications.sender_accounts import CHANNELS, is_set_up
from app.domain.operations import connection_test
from app.domain.operations.connection_test import ConnectionTestInput
from app.models import (
    Agent,
    AgentVersion,
    CalendarMapping,
    CalendarReconciliation,
    Connection,
    PhoneNumber,
    ReconciledAccount,
    WebhookEvent,
)

# number of the company's latest events searched for those of a connection
LATEST_EVENTS = 1_000


@dataclass(frozen=True, slots=True)
class ConnectionChange:
    """The connection, and the deployments that are to be written anew at the voice provider."""

    connection: Connection
    deployments: tuple[str, ...] = ()


def prepare_setup(provider: str, given: Mapping[str, str]) -> ConnectionTestInput:
    """Prepare the test of the filled-in fields, before they take the place of what works. Raises InvalidInput, KeyError."""
    return connection_test.prepare_test_of_keys(provider, parse_keys(provider, given, connections.find_active(provider)))


def set_up_connection(provider: str, given: Mapping[str, str], tested: ConnectionTestResult | None = None) -> ConnectionChange:
    """Save the filled-in fields, and deploy agents to their new account. Raises InvalidInput, KeyError."""
    connection = connections.save_connection(provider, parse_keys(provider, given, connections.find_active(provider)), tested)
    return ConnectionChange(connection, _redeploy_agents(provider))


def remove_connection(provider: str) -> ConnectionChange:
    """Remove the connection; the platform's account takes over where there is one. Raises NotFound."""
    connection = connections.remove_connection(provider)
    return ConnectionChange(connection, _redeploy_agents(provider))


def list_consequences(provider: str) -> dict[str, Any]:
    """The consequences of a removal: {numbers, mappings, has_platform}."""
    return {
        "numbers": _count(PhoneNumber, PhoneNumber.is_active, PhoneNumber.agent_id.is_not(None)) if provider == "retell" else 0,
        "mappings": _count_mappings(provider),
        "has_platform": _has_platform_account(provider),
    }


def find_last_received_at(connection: Connection) -> datetime | None:
    """Find when the provider last sent or answered something over this connection."""
    events = select(WebhookEvent.connection_id, WebhookEvent.received_at).where(WebhookEvent.company_id == connection.company_id)
    newest = events.order_by(WebhookEvent.received_at.desc()).limit(LATEST_EVENTS).subquery()
    times: list[datetime | None] = [connection.last_success_at]
    times.append(db.session.scalar(select(func.max(newest.c.received_at)).where(newest.c.connection_id == connection.id)))
    times.append(_find_last_sent_at(connection))
    return max((at for at in times if at), default=None)


def _find_last_sent_at(connection: Connection) -> datetime | None:
    match connection.provider:
        case "retell":
            return db.session.scalar(select(ReconciledAccount.compared_at).where(ReconciledAccount.connection_id == connection.id))
        case "calcom":
            good = select(CalendarReconciliation.started_at).where(
                CalendarReconciliation.connection_id == connection.id, CalendarReconciliation.result == "done"
            )
            return db.session.scalar(good.order_by(CalendarReconciliation.id.desc()).limit(1))
    return None


def _redeploy_agents(provider: str) -> tuple[str, ...]:
    if provider != "retell":
        return ()
    published = select(Agent.id).join(
        AgentVersion,
        (AgentVersion.company_id == Agent.company_id) & (AgentVersion.agent_id == Agent.id) & (AgentVersion.status == "published"),
    )
    agents: Sequence[str] = db.session.scalars(published.order_by(Agent.created_at, Agent.id)).all()
    return tuple(workflow.request_deployment(agent_id).id for agent_id in agents)


def _count_mappings(provider: str) -> int:
    connection = connections.find_active(provider)
    return _count(CalendarMapping, CalendarMapping.connection_id == connection.id) if connection and provider == "calcom" else 0


def _has_platform_account(provider: str) -> bool:
    """Whether the platform has its own account for the provider."""
    if provider in CHANNELS:
        return is_set_up(CHANNELS[provider], own=False)
    return workflow.find_platform_credentials() is not None if provider == "retell" else False


def _count(model: Any, *conditions: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0
