"""Which calendar elsewhere a company keeps, and what of ours is which event type there."""

from collections.abc import Iterable

from sqlalchemy import select

from app.core import settings
from app.core.extensions import db
from app.models import Booking, CalendarMapping, Connection, StaffMember
from app.providers import CALENDARS
from app.providers.calendar.base import Access


def active_connection() -> Connection | None:
    """The calendar elsewhere of the company at work: its oldest active one."""
    mine = select(Connection).where(Connection.provider.in_(CALENDARS), Connection.is_active)
    return db.session.scalars(mine.order_by(Connection.created_at, Connection.id).limit(1)).first()


def find_connection(connection_id: str) -> Connection | None:
    """An active connection of this id, of the company at work."""
    mine = select(Connection).where(Connection.id == connection_id, Connection.provider.in_(CALENDARS), Connection.is_active)
    return db.session.scalars(mine).first()


def access_of(connection: Connection) -> Access | None:
    """Its own key, or where it has none the platform's; None where there is no key at all."""
    key = connection.api_key or settings().calcom_api_key
    return Access(settings().calcom_base_url, key) if key else None


class Mappings:
    """The mappings of one connection, to be read both ways."""

    def __init__(self, mappings: Iterable[CalendarMapping]) -> None:
        self._all = sorted(mappings, key=lambda mapping: mapping.id)

    @property
    def services(self) -> set[str]:
        return {mapping.service_id for mapping in self._all}

    def outward(self, booking: Booking) -> CalendarMapping | None:
        """The narrowest mapping under which the booking goes out: of its person before any person, of its branch before any branch."""
        fitting = [
            mapping
            for mapping in self._all
            if mapping.service_id == booking.service_id
            and mapping.staff_id in (None, booking.staff_id)
            and mapping.branch_id in (None, booking.branch_id)
        ]
        return min(fitting, key=lambda mapping: (mapping.staff_id is None, mapping.branch_id is None), default=None)

    def inward(self, event_type: str | None, hosts: Iterable[str]) -> CalendarMapping | None:
        """What a booking there is here: by its host, else by the event type alone."""
        of_type = {mapping.host: mapping for mapping in self._all if mapping.event_type == event_type}
        return next((of_type[host] for host in (*hosts, "") if host in of_type), None)


def load_mappings(connection_id: str) -> Mappings:
    """One query."""
    return Mappings(db.session.scalars(select(CalendarMapping).where(CalendarMapping.connection_id == connection_id)))


def person_of(mapping: CalendarMapping, hosts: Iterable[str]) -> str | None:
    """Whose booking it is: as the mapping says, else whoever here has the host's e-mail address."""
    if mapping.staff_id or not (names := list(hosts)):
        return mapping.staff_id
    known = select(StaffMember.id).where(StaffMember.email.in_(names), StaffMember.is_active).order_by(StaffMember.id)
    return db.session.scalars(known).first()
