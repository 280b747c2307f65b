"""Factories of what is stored about external calendars: mappings, booking syncs, external bookings, reconciliations, feeds."""

import factory

from app.models import BookingSync, CalendarFeed, CalendarMapping, CalendarReconciliation, ExternalBooking
from tests.factories.base import CompanyOwnedFactory, UlidFactory, ref


class CalendarMappingFactory(UlidFactory):
    class Meta:
        model = CalendarMapping

    connection_id = ref("companies.ConnectionFactory")
    service_id = ref("calendar.ServiceFactory")
    staff_id = ref("calendar.StaffMemberFactory")
    branch_id = ref("companies.BranchFactory")
    event_type = factory.Sequence(lambda n: str(910_000 + n))


class BookingSyncFactory(UlidFactory):
    class Meta:
        model = BookingSync

    connection_id = ref("companies.ConnectionFactory")
    booking_id = ref("calendar.BookingFactory")
    action = "create"
    version = 1


class ExternalBookingFactory(CompanyOwnedFactory):
    class Meta:
        model = ExternalBooking

    connection_id = ref("companies.ConnectionFactory")
    sync_id = ref("external_calendars.BookingSyncFactory")
    uid = factory.Sequence(lambda n: f"bk_{n}")
    status = "standing"


class CalendarReconciliationFactory(CompanyOwnedFactory):
    class Meta:
        model = CalendarReconciliation

    connection_id = ref("companies.ConnectionFactory")


class CalendarFeedFactory(CompanyOwnedFactory):
    class Meta:
        model = CalendarFeed

    token_hash = factory.Sequence(lambda n: f"{n:064x}")
    branch_id = ref("companies.BranchFactory")
