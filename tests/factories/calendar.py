"""Factories of the catalogue and the calendar: services, people, hours, bookings and what stands around them."""

from datetime import timedelta

import factory

from app.core.clock import now
from app.models import (
    Booking,
    BookingChange,
    BookingLink,
    BranchService,
    BusySpan,
    Closure,
    GroupSession,
    Hold,
    Notification,
    Policy,
    Resource,
    Service,
    ServiceSynonym,
    SlotLock,
    StaffBranch,
    StaffMember,
    StaffService,
    UnmetDemand,
    WaitlistEntry,
    WaitlistOffer,
    WorkingHours,
)
from tests.factories.base import NamedFactory, OwnedFactory, ref


class ServiceFactory(NamedFactory):
    class Meta:
        model = Service

    slug = factory.Sequence(lambda n: f"service-{n}")
    name = "Damenschnitt"
    minutes = 45


class ServiceSynonymFactory(OwnedFactory):
    class Meta:
        model = ServiceSynonym

    service_id = ref("calendar.ServiceFactory")
    text = "Haarschnitt"
    key = "haarschnitt"


class BranchServiceFactory(OwnedFactory):
    class Meta:
        model = BranchService

    branch_id = ref("companies.BranchFactory")
    service_id = ref("calendar.ServiceFactory")


class StaffMemberFactory(NamedFactory):
    class Meta:
        model = StaffMember

    name = "Mara Lindgren"


class StaffBranchFactory(OwnedFactory):
    class Meta:
        model = StaffBranch

    staff_id = ref("calendar.StaffMemberFactory")
    branch_id = ref("companies.BranchFactory")


class StaffServiceFactory(OwnedFactory):
    class Meta:
        model = StaffService

    staff_id = ref("calendar.StaffMemberFactory")
    service_id = ref("calendar.ServiceFactory")


class ResourceFactory(NamedFactory):
    class Meta:
        model = Resource

    branch_id = ref("companies.BranchFactory")
    name = "Stuhl 1"
    kind = "chair"


class WorkingHoursFactory(OwnedFactory):
    class Meta:
        model = WorkingHours

    branch_id = ref("companies.BranchFactory")
    weekday = 1
    opens = 9 * 60
    closes = 18 * 60


class ClosureFactory(NamedFactory):
    class Meta:
        model = Closure

    branch_id = ref("companies.BranchFactory")
    starts = factory.LazyFunction(lambda: now().replace(tzinfo=None))
    ends = factory.LazyFunction(lambda: now().replace(tzinfo=None) + timedelta(days=1))


class PolicyFactory(OwnedFactory):
    class Meta:
        model = Policy

    scope = factory.Sequence(lambda n: f"scope-{n}")


class BookingFactory(NamedFactory):
    class Meta:
        model = Booking

    branch_id = ref("companies.BranchFactory")
    service_id = ref("calendar.ServiceFactory")
    staff_id = ref("calendar.StaffMemberFactory")
    starts_at = factory.LazyFunction(lambda: now() + timedelta(days=1))
    ends_at = factory.LazyAttribute(lambda booking: booking.starts_at + timedelta(minutes=45))
    zone = "Europe/Berlin"
    source = "call"


class BookingChangeFactory(OwnedFactory):
    class Meta:
        model = BookingChange

    booking_id = ref("calendar.BookingFactory")
    action = "made"
    actor_type = "caller"
    way = "call"
    version = 1


class BookingLinkFactory(OwnedFactory):
    class Meta:
        model = BookingLink

    token_hash = factory.Sequence(lambda n: f"{n:064x}")
    booking_id = ref("calendar.BookingFactory")
    expires_at = factory.LazyFunction(lambda: now() + timedelta(days=1))


class GroupSessionFactory(NamedFactory):
    class Meta:
        model = GroupSession

    branch_id = ref("companies.BranchFactory")
    service_id = ref("calendar.ServiceFactory")
    staff_id = ref("calendar.StaffMemberFactory")
    starts_at = factory.LazyFunction(lambda: now() + timedelta(days=1))
    ends_at = factory.LazyAttribute(lambda session: session.starts_at + timedelta(minutes=60))
    seats = 8


class OccupiedCellFactory(OwnedFactory):
    class Meta:
        model = SlotLock

    resource_id = ref("calendar.StaffMemberFactory")
    slot_index = factory.Sequence(lambda n: n)
    holder_id = ref("calendar.BookingFactory")


class BusySpanFactory(OwnedFactory):
    class Meta:
        model = BusySpan

    resource_id = ref("calendar.StaffMemberFactory")
    first_minute = 0
    end_minute = 45
    kind = "booked"
    holder_id = ref("calendar.BookingFactory")


class HoldFactory(NamedFactory):
    class Meta:
        model = Hold

    branch_id = ref("companies.BranchFactory")
    service_id = ref("calendar.ServiceFactory")
    staff_id = ref("calendar.StaffMemberFactory")
    parts = factory.LazyFunction(list)
    starts_at = factory.LazyFunction(lambda: now() + timedelta(days=1))
    ends_at = factory.LazyAttribute(lambda hold: hold.starts_at + timedelta(minutes=45))
    zone = "Europe/Berlin"
    token_hash = factory.Sequence(lambda n: f"{n:064x}")
    expires_at = factory.LazyFunction(lambda: now() + timedelta(minutes=5))


class WaitlistEntryFactory(NamedFactory):
    class Meta:
        model = WaitlistEntry

    customer_id = ref("calls.CustomerFactory")
    service_id = ref("calendar.ServiceFactory")
    window_from = factory.LazyFunction(now)
    window_until = factory.LazyFunction(lambda: now() + timedelta(days=7))


class WaitlistOfferFactory(NamedFactory):
    class Meta:
        model = WaitlistOffer

    entry_id = ref("calendar.WaitlistEntryFactory")
    hold_id = ref("calendar.HoldFactory")
    token_hash = factory.Sequence(lambda n: f"{n:064x}")
    expires_at = factory.LazyFunction(lambda: now() + timedelta(minutes=30))


class WishFactory(NamedFactory):
    class Meta:
        model = UnmetDemand

    wanted = "Keratin"
    reason = "not_offered"


class NotificationFactory(NamedFactory):
    class Meta:
        model = Notification

    kind = "booking_link"
    subject = "booking:1"
    idempotency_key = factory.Sequence(lambda n: f"booked:{n}")
    channel = "sms"
    recipient = "+491713920050"
    body = "Salon Lindgren: Ihr Termin"
    due_at = factory.LazyFunction(now)
    expires_at = factory.LazyFunction(lambda: now() + timedelta(days=1))
