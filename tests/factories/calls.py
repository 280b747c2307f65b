"""Factories of calls and of everything that hangs on them."""

import factory

from app.core.clock import now
from app.core.ids import new_ulid
from app.models import (
    AiNoticeWording,
    BlockedCaller,
    Call,
    CallAiNotice,
    CallConsent,
    CallDay,
    CallEvent,
    CallHour,
    CallReconciliation,
    CallSearchText,
    Customer,
    CustomerDistinction,
    CustomerIdentifier,
    CustomerLink,
    CustomerMerge,
    CustomerNote,
    CustomerProxy,
    CustomerTag,
    HourlyCallReconciliation,
    LineCheck,
    LiveEvent,
    LiveEventSequence,
    OneTimeCode,
    ProviderDeletion,
    ReconciledAccount,
    StaffTask,
    ToolCall,
    TruthCheck,
    Turn,
    VerificationAttempt,
)
from tests.factories.base import CompanyOwnedFactory, RowFactory, UlidFactory, ref


class CustomerFactory(UlidFactory):
    class Meta:
        model = Customer

    name = "Svea Thomsen"


class CustomerIdentifierFactory(CompanyOwnedFactory):
    class Meta:
        model = CustomerIdentifier

    customer_id = ref("calls.CustomerFactory")
    kind = "phone"
    value = "+491713920050"


class CustomerNoteFactory(CompanyOwnedFactory):
    class Meta:
        model = CustomerNote

    customer_id = ref("calls.CustomerFactory")
    body = "Mag es still."


class CustomerTagFactory(CompanyOwnedFactory):
    class Meta:
        model = CustomerTag

    customer_id = ref("calls.CustomerFactory")
    tag = "Stammkundin"


class CustomerProxyFactory(UlidFactory):
    class Meta:
        model = CustomerProxy

    customer_id = ref("calls.CustomerFactory")
    proxy_id = ref("calls.CustomerFactory")
    sent_to = "+491713920050"
    token_hash = factory.Sequence(lambda n: f"{n:064}")
    asked_at = factory.LazyFunction(now)


class CustomerMergeFactory(UlidFactory):
    class Meta:
        model = CustomerMerge

    kept_id = ref("calls.CustomerFactory")
    merged_id = factory.LazyFunction(new_ulid)


class CustomerDistinctionFactory(CompanyOwnedFactory):
    class Meta:
        model = CustomerDistinction

    customer_id = ref("calls.CustomerFactory")
    other_id = ref("calls.CustomerFactory")


class CallFactory(UlidFactory):
    """A call that ended with an appointment; its id is none of those that webhooks of tests name."""

    class Meta:
        model = Call

    provider = "retell"
    provider_call_id = factory.Sequence(lambda n: f"made_call_{n}")
    branch_id = ref("companies.BranchFactory")
    status = "ended"
    outcome = "booked"
    from_number = "+491713920050"
    to_number = "+493023125100"
    started_at = factory.LazyFunction(now)
    ended_at = factory.LazyFunction(now)
    duration_s = 62


class TurnFactory(CompanyOwnedFactory):
    class Meta:
        model = Turn

    call_id = ref("calls.CallFactory")
    position = 0
    role = "caller"
    text = "Ich hätte gern einen Termin."


class ToolCallFactory(CompanyOwnedFactory):
    class Meta:
        model = ToolCall

    call_id = ref("calls.CallFactory")
    tool_call_id = factory.Sequence(lambda n: f"tool_call_{n}")
    name = "check_availability"


class CallEventFactory(CompanyOwnedFactory):
    class Meta:
        model = CallEvent

    call_id = ref("calls.CallFactory")
    seq = 1
    type = "matched"
    occurred_at = factory.LazyFunction(now)


class CallSearchTextFactory(CompanyOwnedFactory):
    class Meta:
        model = CallSearchText

    call_id = ref("calls.CallFactory")
    text = "Ich hätte gern einen Termin."


class CallDayFactory(CompanyOwnedFactory):
    class Meta:
        model = CallDay

    branch_id = ref("companies.BranchFactory")
    day = factory.LazyFunction(lambda: now().date())
    outcome = "booked"
    calls = 1
    seconds = 62


class CallHourFactory(CompanyOwnedFactory):
    class Meta:
        model = CallHour

    branch_id = ref("companies.BranchFactory")
    day = factory.LazyFunction(lambda: now().date())
    hour = 9
    outcome = "booked"
    calls = 1
    seconds = 62


class TaskFactory(UlidFactory):
    class Meta:
        model = StaffTask

    branch_id = ref("companies.BranchFactory")
    kind = "callback"
    title = "Rückruf: Svea Thomsen"
    status = "open"


class LiveEventSequenceFactory(CompanyOwnedFactory):
    class Meta:
        model = LiveEventSequence


class LiveEventFactory(CompanyOwnedFactory):
    class Meta:
        model = LiveEvent

    seq = factory.Sequence(lambda n: n + 1)
    occurred_at = factory.LazyFunction(now)
    name = "call.started"
    data = factory.LazyFunction(dict)


class VerificationAttemptFactory(CompanyOwnedFactory):
    class Meta:
        model = VerificationAttempt

    call_id = ref("calls.CallFactory")
    customer_id = ref("calls.CustomerFactory")
    kind = "name"
    ok = True


class OneTimeCodeFactory(UlidFactory):
    class Meta:
        model = OneTimeCode

    call_id = ref("calls.CallFactory")
    customer_id = ref("calls.CustomerFactory")
    code_hash = "0" * 64
    sent_to = "+491713920050"
    expires_at = factory.LazyFunction(now)


class CustomerLinkFactory(CompanyOwnedFactory):
    class Meta:
        model = CustomerLink

    token_hash = factory.Sequence(lambda n: f"{n:064}")
    call_id = ref("calls.CallFactory")
    customer_id = ref("calls.CustomerFactory")
    sent_to = "+491713920050"
    expires_at = factory.LazyFunction(now)


class BlockedCallerFactory(UlidFactory):
    class Meta:
        model = BlockedCaller

    number = factory.Sequence(lambda n: f"+49171392{n:04}")


class TruthCheckFactory(CompanyOwnedFactory):
    class Meta:
        model = TruthCheck

    call_id = ref("calls.CallFactory")
    branch_id = ref("companies.BranchFactory")
    started_at = factory.LazyFunction(now)
    verdict = "clean"
    claim_count = 1


class LineCheckFactory(UlidFactory):
    class Meta:
        model = LineCheck

    phone_number_id = ref("companies.PhoneNumberFactory")
    number = "+493023125100"
    channel = "page"
    provider_call_id = factory.Sequence(lambda n: f"line_check_{n}")
    result = "ok"


class ProviderAccountFactory(RowFactory):
    class Meta:
        model = ReconciledAccount

    provider = "retell"
    connection_id = factory.Sequence(lambda n: f"connection-{n}")


class CallReconciliationFactory(RowFactory):
    class Meta:
        model = CallReconciliation

    account_id = 1
    since = factory.LazyFunction(now)
    until = factory.LazyFunction(now)


class HourlyCallReconciliationFactory(CompanyOwnedFactory):
    class Meta:
        model = HourlyCallReconciliation

    account_id = 1
    hour_at = factory.LazyFunction(now)


class AiNoticeWordingFactory(RowFactory):
    class Meta:
        model = AiNoticeWording

    version = factory.Sequence(lambda n: f"{n:016x}")
    language = "de"
    text = "Ich bin eine KI, kein Mensch."


class CallAiNoticeFactory(CompanyOwnedFactory):
    class Meta:
        model = CallAiNotice

    call_id = ref("calls.CallFactory")
    turn = 0
    at_ms = 400


class CallConsentFactory(CompanyOwnedFactory):
    class Meta:
        model = CallConsent

    call_id = ref("calls.CallFactory")
    kind = "recording"
    answer = "no"
    source = "function"


class ProviderDeletionFactory(UlidFactory):
    class Meta:
        model = ProviderDeletion

    call_id = ref("calls.CallFactory")
    reason = "declined"
