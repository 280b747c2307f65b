"""Factories of calls and of everything that hangs on them."""

import factory

from app.core.clock import now
from app.models import (
    BlockedCaller,
    Call,
    CallConsent,
    CallDay,
    CallDeletion,
    CallerVerification,
    CallEvent,
    CallHour,
    CallNotice,
    CallReconciliation,
    CallReconciliationCount,
    CallSearchText,
    Customer,
    CustomerIdentity,
    LineCheck,
    LiveCursor,
    LiveEvent,
    MagicLink,
    NoticeWording,
    OneTimeCode,
    ProviderAccount,
    Task,
    ToolCall,
    TruthCheck,
    Turn,
)
from tests.factories.base import NamedFactory, OwnedFactory, RowFactory, ref


class CustomerFactory(NamedFactory):
    class Meta:
        model = Customer

    name = "Svea Thomsen"


class CustomerIdentityFactory(OwnedFactory):
    class Meta:
        model = CustomerIdentity

    customer_id = ref("calls.CustomerFactory")
    kind = "phone"
    value = "+491713920050"


class CallFactory(NamedFactory):
    """A call that ended with an appointment."""

    class Meta:
        model = Call

    provider = "retell"
    provider_call_id = factory.Sequence(lambda n: f"call_{n}")
    branch_id = ref("companies.BranchFactory")
    status = "ended"
    outcome = "booked"
    from_number = "+491713920050"
    to_number = "+493023125100"
    started_at = factory.LazyFunction(now)
    ended_at = factory.LazyFunction(now)
    duration_s = 62


class TurnFactory(OwnedFactory):
    class Meta:
        model = Turn

    call_id = ref("calls.CallFactory")
    position = 0
    role = "caller"
    text = "Ich hätte gern einen Termin."


class ToolCallFactory(OwnedFactory):
    class Meta:
        model = ToolCall

    call_id = ref("calls.CallFactory")
    tool_call_id = factory.Sequence(lambda n: f"tool_call_{n}")
    name = "check_availability"


class CallEventFactory(OwnedFactory):
    class Meta:
        model = CallEvent

    call_id = ref("calls.CallFactory")
    seq = 1
    type = "matched"
    at = factory.LazyFunction(now)


class CallTextFactory(OwnedFactory):
    class Meta:
        model = CallSearchText

    call_id = ref("calls.CallFactory")
    text = "Ich hätte gern einen Termin."


class CallDayFactory(OwnedFactory):
    class Meta:
        model = CallDay

    branch_id = ref("companies.BranchFactory")
    day = factory.LazyFunction(lambda: now().date())
    outcome = "booked"
    calls = 1
    seconds = 62


class CallHourFactory(OwnedFactory):
    class Meta:
        model = CallHour

    branch_id = ref("companies.BranchFactory")
    day = factory.LazyFunction(lambda: now().date())
    hour = 9
    outcome = "booked"
    calls = 1
    seconds = 62


class TaskFactory(NamedFactory):
    class Meta:
        model = Task

    branch_id = ref("companies.BranchFactory")
    kind = "callback"
    title = "Rückruf: Svea Thomsen"
    status = "open"


class LiveCursorFactory(OwnedFactory):
    class Meta:
        model = LiveCursor


class LiveEventFactory(OwnedFactory):
    class Meta:
        model = LiveEvent

    seq = factory.Sequence(lambda n: n + 1)
    at = factory.LazyFunction(now)
    name = "call.started"
    data = factory.LazyFunction(dict)


class CallerProofFactory(OwnedFactory):
    class Meta:
        model = CallerVerification

    call_id = ref("calls.CallFactory")
    customer_id = ref("calls.CustomerFactory")
    kind = "name"
    ok = True


class OneTimeCodeFactory(NamedFactory):
    class Meta:
        model = OneTimeCode

    call_id = ref("calls.CallFactory")
    customer_id = ref("calls.CustomerFactory")
    code_hash = "0" * 64
    sent_to = "+491713920050"
    expires_at = factory.LazyFunction(now)


class IdentityLinkFactory(OwnedFactory):
    class Meta:
        model = MagicLink

    token_hash = factory.Sequence(lambda n: f"{n:064}")
    call_id = ref("calls.CallFactory")
    customer_id = ref("calls.CustomerFactory")
    sent_to = "+491713920050"
    expires_at = factory.LazyFunction(now)


class BlockedCallerFactory(NamedFactory):
    class Meta:
        model = BlockedCaller

    number = factory.Sequence(lambda n: f"+49171392{n:04}")


class TruthCheckFactory(OwnedFactory):
    class Meta:
        model = TruthCheck

    call_id = ref("calls.CallFactory")
    branch_id = ref("companies.BranchFactory")
    started_at = factory.LazyFunction(now)
    verdict = "clean"
    claims = 1


class LineCheckFactory(NamedFactory):
    class Meta:
        model = LineCheck

    phone_number_id = ref("companies.PhoneNumberFactory")
    number = "+493023125100"
    via = "page"
    provider_call_id = factory.Sequence(lambda n: f"line_check_{n}")
    result = "ok"


class CallAccountFactory(RowFactory):
    class Meta:
        model = ProviderAccount

    provider = "retell"
    connection_id = factory.Sequence(lambda n: f"connection-{n}")


class CallComparisonFactory(RowFactory):
    class Meta:
        model = CallReconciliation

    account_id = 1
    since = factory.LazyFunction(now)
    until = factory.LazyFunction(now)


class CallTallyFactory(OwnedFactory):
    class Meta:
        model = CallReconciliationCount

    account_id = 1
    hour_at = factory.LazyFunction(now)


class NoticeWordingFactory(RowFactory):
    class Meta:
        model = NoticeWording

    version = factory.Sequence(lambda n: f"{n:016x}")
    language = "de"
    text = "Ich bin eine KI, kein Mensch."


class CallNoticeFactory(OwnedFactory):
    class Meta:
        model = CallNotice

    call_id = ref("calls.CallFactory")
    turn = 0
    at_ms = 400


class CallConsentFactory(OwnedFactory):
    class Meta:
        model = CallConsent

    call_id = ref("calls.CallFactory")
    what = "recording"
    answer = "no"
    source = "function"


class CallDeletionFactory(NamedFactory):
    class Meta:
        model = CallDeletion

    call_id = ref("calls.CallFactory")
    reason = "declined"
