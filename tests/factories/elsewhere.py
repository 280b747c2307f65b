"""Factories of what the house keeps of calendars elsewhere: mappings, how bookings stand there, comparisons, feeds."""

import factory

from app.models import BookingSync, CalendarFeed, CalendarMapping, CalendarReconciliation, ExternalEvent
from tests.factories.base import NamedFactory, OwnedFactory, ref


class CalendarMappingFactory(NamedFactory):
    class Meta:
        model = CalendarMapping

    connection_id = ref("companies.ConnectionFactory")
    service_id = ref("calendar.ServiceFactory")
    staff_id = ref("calendar.StaffMemberFactory")
    branch_id = ref("companies.BranchFactory")
    event_type = factory.Sequence(lambda n: str(910_000 + n))


class BookingSyncFactory(NamedFactory):
    class Meta:
        model = BookingSync

    connection_id = ref("companies.ConnectionFactory")
    booking_id = ref("calendar.BookingFactory")
    action = "make"
    version = 1


class CalendarUidFactory(OwnedFactory):
    class Meta:
        model = ExternalEvent

    connection_id = ref("companies.ConnectionFactory")
    sync_id = ref("elsewhere.BookingSyncFactory")
    uid = factory.Sequence(lambda n: f"bk_{n}")
    status = "standing"


class CalendarComparisonFactory(OwnedFactory):
    class Meta:
        model = CalendarReconciliation

    connection_id = ref("companies.ConnectionFactory")


class CalendarFeedFactory(OwnedFactory):
    class Meta:
        model = CalendarFeed

    token_hash = factory.Sequence(lambda n: f"{n:064x}")
    branch_id = ref("companies.BranchFactory")
