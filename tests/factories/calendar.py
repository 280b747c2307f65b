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
    ConsentRequest,
    GroupSession,
    Hold,
    InboundMessage,
    MarketingConsent,
    MarketingRule,
    MessagePolicy,
    MessageTemplateVersion,
    Notification,
    Policy,
    ReplyDialogue,
    Resource,
    SatisfactionQuestion,
    Service,
    ServiceSynonym,
    SlotLock,
    StaffBranch,
    StaffMember,
    StaffService,
    SuppressedAddress,
    UnmetDemand,
    WaitlistEntry,
    WaitlistOffer,
    WithdrawalLink,
    WorkingHours,
)
from tests.factories.base import CompanyOwnedFactory, UlidFactory, ref


class ServiceFactory(UlidFactory):
    class Meta:
        model = Service

    slug = factory.Sequence(lambda n: f"service-{n}")
    name = "Damenschnitt"
    minutes = 45


class ServiceSynonymFactory(CompanyOwnedFactory):
    class Meta:
        model = ServiceSynonym

    service_id = ref("calendar.ServiceFactory")
    text = "Haarschnitt"
    key = "haarschnitt"


class BranchServiceFactory(CompanyOwnedFactory):
    class Meta:
        model = BranchService

    branch_id = ref("companies.BranchFactory")
    service_id = ref("calendar.ServiceFactory")


class StaffMemberFactory(UlidFactory):
    class Meta:
        model = StaffMember

    name = "Mara Lindgren"


class StaffBranchFactory(CompanyOwnedFactory):
    class Meta:
        model = StaffBranch

    staff_id = ref("calendar.StaffMemberFactory")
    branch_id = ref("companies.BranchFactory")


class StaffServiceFactory(CompanyOwnedFactory):
    class Meta:
        model = StaffService

    staff_id = ref("calendar.StaffMemberFactory")
    service_id = ref("calendar.ServiceFactory")


class ResourceFactory(UlidFactory):
    class Meta:
        model = Resource

    branch_id = ref("companies.BranchFactory")
    name = "Stuhl 1"
    kind = "chair"


class WorkingHoursFactory(CompanyOwnedFactory):
    class Meta:
        model = WorkingHours

    branch_id = ref("companies.BranchFactory")
    weekday = 1
    opens = 9 * 60
    closes = 18 * 60


class ClosureFactory(UlidFactory):
    class Meta:
        model = Closure

    branch_id = ref("companies.BranchFactory")
    local_start = factory.LazyFunction(lambda: now().replace(tzinfo=None))
    local_end = factory.LazyFunction(lambda: now().replace(tzinfo=None) + timedelta(days=1))


class PolicyFactory(CompanyOwnedFactory):
    class Meta:
        model = Policy

    scope = factory.Sequence(lambda n: f"scope-{n}")


class BookingFactory(UlidFactory):
    class Meta:
        model = Booking

    branch_id = ref("companies.BranchFactory")
    service_id = ref("calendar.ServiceFactory")
    staff_id = ref("calendar.StaffMemberFactory")
    starts_at = factory.LazyFunction(lambda: now() + timedelta(days=1))
    ends_at = factory.LazyAttribute(lambda booking: booking.starts_at + timedelta(minutes=45))
    timezone = "Europe/Berlin"
    source = "call"


class BookingChangeFactory(CompanyOwnedFactory):
    class Meta:
        model = BookingChange

    booking_id = ref("calendar.BookingFactory")
    action = "made"
    actor_type = "caller"
    channel = "call"
    version = 1


class BookingLinkFactory(CompanyOwnedFactory):
    class Meta:
        model = BookingLink

    token_hash = factory.Sequence(lambda n: f"{n:064x}")
    booking_id = ref("calendar.BookingFactory")
    expires_at = factory.LazyFunction(lambda: now() + timedelta(days=1))


class GroupSessionFactory(UlidFactory):
    class Meta:
        model = GroupSession

    branch_id = ref("companies.BranchFactory")
    service_id = ref("calendar.ServiceFactory")
    staff_id = ref("calendar.StaffMemberFactory")
    starts_at = factory.LazyFunction(lambda: now() + timedelta(days=1))
    ends_at = factory.LazyAttribute(lambda session: session.starts_at + timedelta(minutes=60))
    seats = 8


class SlotLockFactory(CompanyOwnedFactory):
    class Meta:
        model = SlotLock

    resource_id = ref("calendar.StaffMemberFactory")
    slot_index = factory.Sequence(lambda n: n)
    holder_id = ref("calendar.BookingFactory")


class BusySpanFactory(CompanyOwnedFactory):
    class Meta:
        model = BusySpan

    resource_id = ref("calendar.StaffMemberFactory")
    first_minute = 0
    end_minute = 45
    kind = "booked"
    holder_id = ref("calendar.BookingFactory")


class HoldFactory(UlidFactory):
    class Meta:
        model = Hold

    branch_id = ref("companies.BranchFactory")
    service_id = ref("calendar.ServiceFactory")
    staff_id = ref("calendar.StaffMemberFactory")
    parts = factory.LazyFunction(list)
    starts_at = factory.LazyFunction(lambda: now() + timedelta(days=1))
    ends_at = factory.LazyAttribute(lambda hold: hold.starts_at + timedelta(minutes=45))
    timezone = "Europe/Berlin"
    token_hash = factory.Sequence(lambda n: f"{n:064x}")
    expires_at = factory.LazyFunction(lambda: now() + timedelta(minutes=5))


class WaitlistEntryFactory(UlidFactory):
    class Meta:
        model = WaitlistEntry

    customer_id = ref("calls.CustomerFactory")
    service_id = ref("calendar.ServiceFactory")
    window_from = factory.LazyFunction(now)
    window_until = factory.LazyFunction(lambda: now() + timedelta(days=7))


class WaitlistOfferFactory(UlidFactory):
    class Meta:
        model = WaitlistOffer

    entry_id = ref("calendar.WaitlistEntryFactory")
    hold_id = ref("calendar.HoldFactory")
    token_hash = factory.Sequence(lambda n: f"{n:064x}")
    expires_at = factory.LazyFunction(lambda: now() + timedelta(minutes=30))


class UnmetDemandFactory(UlidFactory):
    class Meta:
        model = UnmetDemand

    requested_text = "Keratin"
    reason = "not_offered"


class SuppressedAddressFactory(CompanyOwnedFactory):
    class Meta:
        model = SuppressedAddress

    channel = "sms"
    address = factory.Sequence(lambda n: f"+49171392{n % 10000:04}")
    reason = "opted_out"


class MarketingConsentFactory(CompanyOwnedFactory):
    class Meta:
        model = MarketingConsent

    customer_id = ref("calls.CustomerFactory")
    channel, answer, source = "sms", "given", "desk"
    address = factory.Sequence(lambda n: f"+49171392{n % 10000:04}")


class ConsentRequestFactory(CompanyOwnedFactory):
    class Meta:
        model = ConsentRequest

    customer_id = ref("calls.CustomerFactory")
    channel, address, wording, wording_version = "sms", "+491713920050", "Ja", "0" * 16
    token_hash = factory.Sequence(lambda n: f"{n:064x}")


class MarketingRuleFactory(CompanyOwnedFactory):
    class Meta:
        model = MarketingRule

    kind, delay = "win_back", 12


class WithdrawalLinkFactory(CompanyOwnedFactory):
    class Meta:
        model = WithdrawalLink

    token_hash = factory.Sequence(lambda n: f"{n:064x}")
    channel, address = "sms", "+491713920050"


class MessagePolicyFactory(CompanyOwnedFactory):
    class Meta:
        model = MessagePolicy


class MessageTemplateVersionFactory(CompanyOwnedFactory):
    class Meta:
        model = MessageTemplateVersion

    name, language, scope, version = "booked", "de", "company", 1
    title, body = "Bis {when}", "{what} {when} {link}"


class InboundMessageFactory(UlidFactory):
    class Meta:
        model = InboundMessage

    channel = "sms"
    provider_ref = factory.Sequence(lambda n: f"SM{n:032x}")
    sender = "+491713920050"
    sender_index = "0" * 64
    body = "ja"
    received_at = factory.LazyFunction(now)


class ReplyDialogueFactory(CompanyOwnedFactory):
    class Meta:
        model = ReplyDialogue

    sender_index = factory.Sequence(lambda n: f"{n:064x}")


class NotificationFactory(UlidFactory):
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


class SatisfactionQuestionFactory(UlidFactory):
    class Meta:
        model = SatisfactionQuestion

    customer_id = ref("calls.CustomerFactory")
    booking_id = ref("calendar.BookingFactory")
    branch_id = ref("companies.BranchFactory")
    notification_id = ref("calendar.NotificationFactory")
    token_hash = factory.Sequence(lambda n: f"{n:064x}")
