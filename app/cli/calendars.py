"""flask calendars: the connection of a company's calendar to Cal.com and its synchronisation."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy import select

from app.cli.command_context import get_branch, one_transaction, with_company
from app.cli.command_group import CommandGroup
from app.cli.tables import Table
from app.core.errors import ProviderError
from app.core.extensions import db
from app.domain.calendar_sync.mapping import connect, delete_mapping, find_active_connection, find_credentials, get_webhook_url, map_service
from app.domain.services.requested_services import get_services
from app.domain.services.staff_matching import get_staff
from app.jobs.calendar_sync import reconcile_calendar
from app.models import CalendarMapping, CalendarReconciliation, Connection, Service, StaffMember
from app.providers import open_calendar
from app.providers.calendar.base import Calendar

calendars = CommandGroup("calendars", help="Calendars elsewhere.")


@calendars.command("connect")
@with_company
@click.option(
    "--api-key", prompt="Cal.com API key", hide_input=True, help="Empty: the platform's own account.", default="", show_default=False
)
def connect_company(api_key: str) -> None:
    """Save the key, test it, and register our webhook at Cal.com."""
    with one_transaction():
        connection = connect(api_key.strip() or None)
        address, secret = get_webhook_url(connection), connection.webhook_secret or ""
        calendar = _open_calendar(connection)
    with _translate_provider_errors():
        calendar.register_webhook(address, secret)
    click.echo(f"Connected. Cal.com sends what happens there to\n\n  {address}\n")


@calendars.command("event-types")
@with_company
def event_types() -> None:
    """List the event types at Cal.com and whether each is mapped."""
    with one_transaction():
        connection = _get_connection()
        calendar = _open_calendar(connection)
        mapped = {
            row.event_type for row in db.session.scalars(select(CalendarMapping).where(CalendarMapping.connection_id == connection.id))
        }
    with _translate_provider_errors():
        offered_types = calendar.list_event_types()
    table = Table("number", "title", "minutes", "mapped")
    for event_type in offered_types:
        table.add_row(event_type.ref, event_type.title, str(event_type.minutes), "yes" if event_type.ref in mapped else "no")
    table.show()


@calendars.command("map")
@with_company
@click.option("--service", required=True, help="As people call it, or its id.")
@click.option("--event-type", required=True, metavar="NUMBER")
@click.option("--staff", help="Without it: whoever Cal.com chooses.")
@click.option("--branch", metavar="SLUG", help="Without it: any branch.")
@click.option("--host", default="", help="The person's e-mail address there, where an event type has several.")
@click.option("--contact-email", help="Given to Cal.com for customers who left neither address nor number.")
def map_event_type(service: str, event_type: str, staff: str | None, branch: str | None, host: str, contact_email: str | None) -> None:
    """Map a service to an event type."""
    with one_transaction():
        services = get_services(service)
        if len(services) != 1:
            raise click.ClickException("Name one service.")
        branch_id = get_branch(branch)
        person = get_staff(staff, branch_id=branch_id) if staff else None
        mapping = map_service(
            _get_connection(), services[0].id, event_type, staff_id=person.id if person else None, branch_id=branch_id, host=host,
            contact_email=contact_email,
        )  # fmt: skip
        click.echo(f"{mapping.id}: {services[0].name}{f' by {person.name}' if person else ''} is event type {event_type}.")


@calendars.command("unmap")
@with_company
@click.argument("mapping")
def unmap_event_type(mapping: str) -> None:
    """Delete a mapping."""
    with one_transaction():
        delete_mapping(mapping)


@calendars.command("show")
@with_company
def show() -> None:
    """Show the mappings and the last comparisons."""
    with one_transaction():
        connection = _get_connection()
        services, people = _get_names(Service), _get_names(StaffMember)
        table = Table("id", "service", "person", "event type", "host")
        for row in db.session.scalars(select(CalendarMapping).where(CalendarMapping.connection_id == connection.id)):
            table.add_row(row.id, services[row.service_id], people.get(row.staff_id or "", "anybody"), row.event_type, row.host or "any")
        table.show()
        statement = select(CalendarReconciliation).where(CalendarReconciliation.connection_id == connection.id)
        table = Table("compared at", "result", "seen", "repaired", "error")
        for run in db.session.scalars(statement.order_by(CalendarReconciliation.id.desc()).limit(10)):
            table.add_row(f"{run.started_at:%Y-%m-%d %H:%M} UTC", run.result, str(run.checked_count), str(run.repaired), run.error or "")
        table.show()


@calendars.command("compare")
@with_company
def compare() -> None:
    """Compare now."""
    with one_transaction():
        connection_id = _get_connection().id
    reconcile_calendar(connection_id)
    with one_transaction():
        statement = select(CalendarReconciliation).where(CalendarReconciliation.connection_id == connection_id)
        run = db.session.scalars(statement.order_by(CalendarReconciliation.id.desc()).limit(1)).one()
        click.echo(f"{run.result}: {run.checked_count} seen, {run.repaired} repaired. {run.error or ''}".strip())
        if run.result != "done":
            raise SystemExit(1)


def _get_connection() -> Connection:
    connection = find_active_connection()
    if connection is None:
        raise click.ClickException("This company is not connected. Begin with: flask calendars connect")
    return connection


def _open_calendar(connection: Connection) -> Calendar:
    credentials = find_credentials(connection)
    if credentials is None:
        raise click.ClickException("There is no key for it.")
    return open_calendar(connection.provider, credentials)


def _get_names(model: type[Service] | type[StaffMember]) -> dict[str, str]:
    return {row.id: row.name for row in db.session.execute(select(model.id, model.name))}


@contextmanager
def _translate_provider_errors() -> Iterator[None]:
    """Translate provider errors to command errors with Cal.com's own message."""
    try:
        yield
    except ProviderError as error:
        raise click.ClickException(f"Cal.com: {error.message} ({error.code})") from error
