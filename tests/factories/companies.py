"""Factories of companies and of what they have: branches, numbers, agents, people who sign in."""

from datetime import timedelta

import factory

from app.core.clock import now
from app.core.ids import new_ulid
from app.models import (
    AccountMail,
    AccountToken,
    Agent,
    ApiKey,
    AuditEntry,
    BounceMailbox,
    Branch,
    BrowserReport,
    Company,
    CompanyLogo,
    Connection,
    FeatureFlag,
    Invitation,
    OnCallShift,
    Passkey,
    PhoneNumber,
    RecoveryCode,
    RejectedWebhook,
    ScheduledTask,
    User,
    UserBranch,
    WebhookEvent,
    WebSession,
)
from tests.factories.base import RowFactory, UlidFactory, ref


class CompanyFactory(RowFactory):
    class Meta:
        model = Company

    id = factory.LazyFunction(new_ulid)
    slug = factory.Sequence(lambda n: f"company-{n}")
    name = "Salon Lindgren"
    industry = "hair_salon"


class CompanyLogoFactory(RowFactory):
    class Meta:
        model = CompanyLogo

    digest = factory.Sequence(lambda n: f"{n:064}")
    content_type = "image/png"
    content = b"png"
    width = 1
    height = 1


class BranchFactory(UlidFactory):
    class Meta:
        model = Branch

    slug = factory.Sequence(lambda n: f"branch-{n}")
    name = "Berlin-Mitte"
    city = "Berlin"
    state = "BE"


class AgentFactory(UlidFactory):
    class Meta:
        model = Agent

    name = "Lena"


class PhoneNumberFactory(UlidFactory):
    class Meta:
        model = PhoneNumber

    e164 = factory.Sequence(lambda n: f"+493023125{n % 1000:03}")
    branch_id = ref("companies.BranchFactory")


class OnCallShiftFactory(UlidFactory):
    class Meta:
        model = OnCallShift

    branch_id = ref("companies.BranchFactory")
    name = "Jonas Reuter"
    number = "+491713920050"
    weekday = 0
    from_minute = 18 * 60
    until_minute = 32 * 60


class ConnectionFactory(UlidFactory):
    class Meta:
        model = Connection

    provider = "retell"
    api_key = "key_of_the_company"


class ApiKeyFactory(UlidFactory):
    class Meta:
        model = ApiKey

    name = "Kasse"
    prefix = "apk_abcdefgh"
    key_hash = factory.Sequence(lambda n: f"{n:064x}")
    scopes = ("calls:read",)


class UserFactory(UlidFactory):
    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"user{n}@salon-lindgren.example")
    name = "Mara Lindgren"
    role = "owner"


class InvitationFactory(UlidFactory):
    class Meta:
        model = Invitation

    email = factory.Sequence(lambda n: f"invited{n}@salon-lindgren.example")
    role = "front_desk"
    branch_ids = factory.LazyFunction(list)
    token_hash = factory.Sequence(lambda n: f"{n:064x}")
    expires_at = factory.LazyFunction(lambda: now() + timedelta(days=7))


class UserBranchFactory(RowFactory):
    class Meta:
        model = UserBranch

    company_id = UlidFactory._meta.base_declarations["company_id"]
    user_id = ref("companies.UserFactory")
    branch_id = ref("companies.BranchFactory")


class WebSessionFactory(RowFactory):
    class Meta:
        model = WebSession

    id_hash = factory.Sequence(lambda n: f"{n:064x}")
    data = "{}"
    created_at = factory.LazyFunction(now)
    seen_at = factory.LazyFunction(now)


class WebhookEventFactory(RowFactory):
    class Meta:
        model = WebhookEvent

    provider = "retell"
    dedupe_key = factory.Sequence(lambda n: f"{n:064x}")
    event_name = "call_started"
    body = b"{}"
    size = 2
    received_at = factory.LazyFunction(now)
    due_at = factory.LazyFunction(now)


class AuditEntryFactory(RowFactory):
    class Meta:
        model = AuditEntry

    action = "signed_in"


class FeatureFlagFactory(RowFactory):
    class Meta:
        model = FeatureFlag

    name = factory.Sequence(lambda n: f"flag_{n}")
    is_enabled = True


class BounceMailboxFactory(RowFactory):
    class Meta:
        model = BounceMailbox

    address_hash = factory.Sequence(lambda n: f"{n:064x}")
    uid_validity = 1
    last_uid = 0


class ScheduledTaskFactory(RowFactory):
    class Meta:
        model = ScheduledTask

    name = factory.Sequence(lambda n: f"job_{n}")
    next_at = factory.LazyFunction(now)


class BrowserReportFactory(RowFactory):
    class Meta:
        model = BrowserReport

    fingerprint = factory.Sequence(lambda n: f"{n:064d}")
    kind = "csp-violation"
    page = "/live"
    rule = "img-src"
    blocked = "https://elsewhere.example"
    report_count = 1
    first_at = factory.LazyFunction(now)
    last_at = factory.LazyFunction(now)


class RejectedWebhookFactory(RowFactory):
    class Meta:
        model = RejectedWebhook

    fingerprint = factory.Sequence(lambda n: f"{n:064x}")
    provider = "retell"
    address = "100.20.5.228"
    hour = factory.LazyFunction(lambda: now().replace(minute=0, second=0, microsecond=0))
    reason = "mismatch"
    first_at = factory.LazyFunction(now)
    last_at = factory.LazyFunction(now)


class AccountFactory(RowFactory):
    class Meta:
        abstract = True

    id = factory.LazyFunction(new_ulid)
    user_id = ref("companies.UserFactory")


class AccountTokenFactory(AccountFactory):
    class Meta:
        model = AccountToken

    purpose = "password_reset"
    token_hash = factory.Sequence(lambda n: f"{n:064x}")
    expires_at = factory.LazyFunction(lambda: now() + timedelta(minutes=15))


class AccountMailFactory(AccountFactory):
    class Meta:
        model = AccountMail

    kind = "password_changed"
    recipient = "wiebke@example.com"


class PasskeyFactory(AccountFactory):
    class Meta:
        model = Passkey

    name = "Firefox, Windows"
    credential_id = factory.Sequence(lambda n: f"credential {n}".encode())
    credential_hash = factory.Sequence(lambda n: f"{n:064x}")
    public_key = b"key"


class RecoveryCodeFactory(AccountFactory):
    class Meta:
        model = RecoveryCode

    code_hash = factory.Sequence(lambda n: f"{n:064x}")
