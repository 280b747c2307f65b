"""flask calendars: a company's calendar at Cal.com, and how it is kept in step."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy import select

from app.cli.base import Group
from app.cli.command_errors import get_branch, one_transaction, with_company
from app.cli.tables import Table
from app.core.errors import ProviderError
from app.core.extensions import db
from app.domain.calendar_sync.mapping import connect, delete_mapping, find_active_connection, find_credentials, get_webhook_url, map_service
from app.domain.services.matching import get_services, get_staff
from app.jobs.calendar_sync import reconcile_calendar
from app.models import CalendarMapping, CalendarReconciliation, Connection, Service, StaffMember
from app.providers import open_calendar
from app.providers.calendar.base import Calendar

calendars = Group("calendars", help="Calendars elsewhere.")


@calendars.command("connect")
@with_company
@click.option(
    "--api-key", prompt="Cal.com API key", hide_input=True, help="Empty: the platform's own account.", default="", show_default=False
)
def connect_company(api_key: str) -> None:
    """Keep the key, try it, and have Cal.com send its webhooks here."""
    with one_transaction():
        connection = connect(api_key.strip() or None)
        address, secret = get_webhook_url(connection), connection.webhook_secret or ""
        there = _open_calendar(connection)
    with _translate_provider_errors():
        there.register_webhook(address, secret)
    click.echo(f"Connected. Cal.com sends what happens there to\n\n  {address}\n")


@calendars.command("event-types")
@with_company
def event_types() -> None:
    """Show what can be booked there, and which of it is mapped."""
    with one_transaction():
        connection = _get_connection()
        there = _open_calendar(connection)
        mapped = {
            row.event_type for row in db.session.scalars(select(CalendarMapping).where(CalendarMapping.connection_id == connection.id))
        }
    with _translate_provider_errors():
        found = there.list_event_types()
    table = Table("number", "title", "minutes", "mapped")
    for each in found:
        table.add_row(each.ref, each.title, str(each.minutes), "yes" if each.ref in mapped else "no")
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
    """Say which event type a service is."""
    with one_transaction():
        wanted = get_services(service)
        if len(wanted) != 1:
            raise click.ClickException("Name one service.")
        branch_id = get_branch(branch)
        person = get_staff(staff, branch_id=branch_id) if staff else None
        mapping = map_service(
            _get_connection(), wanted[0].id, event_type, staff_id=person.id if person else None, branch_id=branch_id, host=host,
            contact_email=contact_email,
        )  # fmt: skip
        click.echo(f"{mapping.id}: {wanted[0].name}{f' by {person.name}' if person else ''} is event type {event_type}.")


@calendars.command("unmap")
@with_company
@click.argument("mapping")
def forget(mapping: str) -> None:
    """Take a mapping back."""
    with one_transaction():
        delete_mapping(mapping)


@calendars.command("show")
@with_company
def show() -> None:
    """Show mappings and the last comparisons."""
    with one_transaction():
        connection = _get_connection()
        services, people = _get_names(Service), _get_names(StaffMember)
        table = Table("id", "service", "person", "event type", "host")
        for row in db.session.scalars(select(CalendarMapping).where(CalendarMapping.connection_id == connection.id)):
            table.add_row(row.id, services[row.service_id], people.get(row.staff_id or "", "anybody"), row.event_type, row.host or "any")
        table.show()
        looks = select(CalendarReconciliation).where(CalendarReconciliation.connection_id == connection.id)
        table = Table("compared at", "result", "seen", "repaired", "error")
        for look in db.session.scalars(looks.order_by(CalendarReconciliation.id.desc()).limit(10)):
            table.add_row(f"{look.started_at:%Y-%m-%d %H:%M} UTC", look.result, str(look.seen), str(look.repaired), look.error or "")
        table.show()


@calendars.command("compare")
@with_company
def compare() -> None:
    """Compare now."""
    with one_transaction():
        connection_id = _get_connection().id
    reconcile_calendar(connection_id)
    with one_transaction():
        mine = select(CalendarReconciliation).where(CalendarReconciliation.connection_id == connection_id)
        look = db.session.scalars(mine.order_by(CalendarReconciliation.id.desc()).limit(1)).one()
        click.echo(f"{look.result}: {look.seen} seen, {look.repaired} repaired. {look.error or ''}".strip())
        if look.result != "done":
            raise SystemExit(1)


def _get_connection() -> Connection:
    connection = find_active_connection()
    if connection is None:
        raise click.ClickException("This company is not connected. Begin with: flask calendars connect")
    return connection


def _open_calendar(connection: Connection) -> Calendar:
    access = find_credentials(connection)
    if access is None:
        raise click.ClickException("There is no key for it.")
    return open_calendar(connection.provider, access)


def _get_names(model: type[Service] | type[StaffMember]) -> dict[str, str]:
    return {row.id: row.name for row in db.session.execute(select(model.id, model.name))}


@contextmanager
def _translate_provider_errors() -> Iterator[None]:
    """What Cal.com refuses is said in its own words."""
    try:
        yield
    except ProviderError as refusal:
        raise click.ClickException(f"Cal.com: {refusal.message} ({refusal.code})") from refusal
