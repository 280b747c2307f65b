"""The external calendar of a company, and the mapping of its services to event types."""

import secrets
from collections.abc import Iterable

from flask_babel import gettext as _
from sqlalchemy import select

from app.core import email_address, settings
from app.core.errors import Conflict, InvalidInput, NotFound
from app.core.extensions import db
from app.models import Booking, Branch, CalendarMapping, Connection, Service, StaffMember
from app.providers import CALENDARS
from app.providers.calendar.base import Credentials


def find_active_connection() -> Connection | None:
    """The external calendar of the current company: its oldest active connection."""
    connections = select(Connection).where(Connection.provider.in_(CALENDARS), Connection.is_active)
    return db.session.scalars(connections.order_by(Connection.created_at, Connection.id).limit(1)).first()


def find_connection(connection_id: str) -> Connection | None:
    """An active connection of the current company by its id."""
    statement = select(Connection).where(Connection.id == connection_id, Connection.provider.in_(CALENDARS), Connection.is_active)
    return db.session.scalars(statement).first()


def find_credentials(connection: Connection) -> Credentials | None:
    """The connection's key, else the platform's; None without a key."""
    key = connection.api_key or settings().calcom_api_key
    return Credentials(settings().calcom_base_url, key) if key else None


class Mappings:
    """The mappings of one connection, for both directions."""

    def __init__(self, mappings: Iterable[CalendarMapping]) -> None:
        self._all = sorted(mappings, key=lambda mapping: mapping.id)

    @property
    def service_ids(self) -> set[str]:
        return {mapping.service_id for mapping in self._all}

    def find_outbound(self, booking: Booking) -> CalendarMapping | None:
        """The narrowest mapping of the booking: its person before any person, its branch before any branch."""
        fitting = [
            mapping
            for mapping in self._all
            if mapping.service_id == booking.service_id
            and mapping.staff_id in (None, booking.staff_id)
            and mapping.branch_id in (None, booking.branch_id)
        ]
        return min(fitting, key=lambda mapping: (mapping.staff_id is None, mapping.branch_id is None), default=None)

    def find_inbound(self, event_type: str | None, hosts: Iterable[str]) -> CalendarMapping | None:
        """The mapping of an event: by its host, else by the event type alone."""
        of_type = {mapping.host: mapping for mapping in self._all if mapping.event_type == event_type}
        return next((of_type[host] for host in (*hosts, "") if host in of_type), None)


def load_mappings(connection_id: str) -> Mappings:
    """One query."""
    return Mappings(db.session.scalars(select(CalendarMapping).where(CalendarMapping.connection_id == connection_id)))


def find_staff_id(mapping: CalendarMapping, hosts: Iterable[str]) -> str | None:
    """The person of the mapping, else the one with the host's e-mail address."""
    if mapping.staff_id or not (names := list(hosts)):
        return mapping.staff_id
    staff_ids = select(StaffMember.id).where(StaffMember.email.in_(names), StaffMember.is_active).order_by(StaffMember.id)
    return db.session.scalars(staff_ids).first()


class MappingConflict(Conflict):
    """This event type and host are mapped to something else."""

    code = "mapped_already"


def connect(api_key: str | None, *, provider: str = "calcom") -> Connection:
    """Find or create the company's connection, with this key and a webhook secret.

    Without a key it uses the platform's account. Raises InvalidInput where that has none.
    """
    if not api_key and not settings().calcom_api_key:
        raise InvalidInput(_("Es fehlt ein Schlüssel für den anderen Kalender."))
    connection = find_active_connection()
    if connection is None:
        connection = Connection(provider=provider, webhook_secret=secrets.token_urlsafe(32))
        db.session.add(connection)
    connection.api_key = api_key or None
    db.session.flush()
    return connection


def get_webhook_url(connection: Connection) -> str:
    """The URL for the external calendar's webhooks."""
    return f"{settings().public_base}/api/{connection.provider}/webhook/{connection.id}"


def map_service(
    connection: Connection,
    service_id: str,
    event_type: str,
    *,
    staff_id: str | None = None,
    branch_id: str | None = None,
    host: str = "",
    minutes: int | None = None,
    contact_email: str | None = None,
) -> CalendarMapping:
    """Map the service, by this person (None: any) at this branch (None: any), to the event type of that host.

    Repeating it updates the rest. Raises InvalidInput, or MappingConflict when the event type is mapped to another service, person or
    branch.
    """
    host = host.strip().lower()
    named = (("service_id", Service, service_id), ("staff_id", StaffMember, staff_id), ("branch_id", Branch, branch_id))
    wrong = {
        field: _("Das gibt es hier nicht.")
        for field, model, row_id in named
        if row_id and db.session.scalars(select(model.id).where(model.id == row_id)).first() is None
    }
    if not event_type.isdecimal() or len(event_type) > 18:
        wrong["event_type"] = _("Eine Terminart dort hat eine Nummer.")
    if contact_email and not (contact_email := email_address.normalise(contact_email)):
        wrong["contact_email"] = _("Bitte genau eine E-Mail-Adresse angeben, zum Beispiel name@firma.de.")
    if wrong:
        raise InvalidInput(_("Bitte prüfen Sie Ihre Angaben."), fields=wrong)
    existing = db.session.scalars(
        select(CalendarMapping).where(
            CalendarMapping.connection_id == connection.id, CalendarMapping.event_type == event_type, CalendarMapping.host == host
        )
    ).first()
    mapping = existing or CalendarMapping(connection_id=connection.id, event_type=event_type, host=host)
    if existing and (existing.service_id, existing.staff_id, existing.branch_id) != (service_id, staff_id, branch_id):
        raise MappingConflict(_("Diese Terminart steht schon für etwas anderes."))
    mapping.service_id, mapping.staff_id, mapping.branch_id = service_id, staff_id, branch_id
    mapping.minutes, mapping.contact_email = minutes, contact_email or None
    db.session.add(mapping)
    db.session.flush()
    return mapping


def delete_mapping(mapping_id: str) -> None:
    """Delete a mapping; its bookings stay and are no longer synced. Raises NotFound."""
    mapping = db.session.get(CalendarMapping, mapping_id)
    if mapping is None:
        raise NotFound(_("Das gibt es hier nicht."))
    db.session.delete(mapping)
    db.session.flush()
