"""Test a connection at its provider with the company's own keys, without a database transaction while waiting."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from app.core import settings
from app.core.errors import ProviderError
from app.core.extensions import db
from app.domain.calendar_sync.mapping import get_webhook_url
from app.domain.companies.connection_credentials_form import ConnectionKeys
from app.domain.companies.connections import ConnectionTestResult
from app.domain.notifications.sender_accounts import to_sender
from app.models import Connection, PhoneNumber
from app.providers import open_calendar, open_messenger, open_voice_account
from app.providers.credentials import Credentials
from app.providers.messaging.base import SenderAccount

MAX_NUMBERS = 200
# codes of an unreachable provider, as opposed to refused keys
UNREACHABLE_CODES = ("not_reached", "no_answer", "rate_limited", "host_unknown", "tls_failed")


@dataclass(frozen=True, slots=True)
class ConnectionTestInput:
    """The data of a test. `numbers`: numbers the account should hold; `address`: our webhook address."""

    connection_id: str
    provider: str
    asked_at: datetime | None
    key: str = field(repr=False)
    sender: SenderAccount | None = None
    numbers: tuple[str, ...] = ()
    address: str = ""
    secret: str = field(default="", repr=False)


def prepare_test(connection_id: str) -> ConnectionTestInput | None:
    """Prepare the test inside the company's scope; None when the connection is gone."""
    connection = db.session.scalars(select(Connection).where(Connection.id == connection_id, Connection.is_active)).first()
    if connection is None or not connection.api_key:
        return None
    numbers = select(PhoneNumber.e164).where(PhoneNumber.is_active, PhoneNumber.agent_id.is_not(None)).order_by(PhoneNumber.e164)
    return ConnectionTestInput(
        connection.id, connection.provider, connection.check_requested_at, connection.api_key, to_sender(connection),
        tuple(db.session.scalars(numbers.limit(MAX_NUMBERS))) if connection.provider == "retell" else (),
        get_webhook_url(connection), connection.webhook_secret or "",
    )  # fmt: skip


def prepare_test_of_keys(provider: str, keys: ConnectionKeys) -> ConnectionTestInput:
    """Prepare the test of keys of a messaging account that are stored nowhere yet."""
    sender = to_sender(Connection(provider=provider, api_key=keys.api_key, label=keys.label))
    return ConnectionTestInput("", provider, None, keys.api_key, sender)


def run_test(test: ConnectionTestInput) -> ConnectionTestResult:
    """Run the test; errors of the provider are part of the result."""
    try:
        return TESTS[test.provider](test)
    except ProviderError as error:
        return ConnectionTestResult("unreachable" if error.code in UNREACHABLE_CODES else "refused", error.code[:32])


def _test_retell(test: ConnectionTestInput) -> ConnectionTestResult:
    remote_numbers = {
        number.e164 for number in open_voice_account("retell", Credentials(settings().retell_base_url, test.key)).list_numbers()
    }
    return ConnectionTestResult("ok", facts={"numbers": len(remote_numbers), "missing": sorted(set(test.numbers) - remote_numbers)})


def _test_calcom(test: ConnectionTestInput) -> ConnectionTestResult:
    """Test the key and register our webhook; idempotent at the provider."""
    calendar = open_calendar("calcom", Credentials(settings().calcom_base_url, test.key))
    event_types = calendar.list_event_types()
    calendar.register_webhook(test.address, test.secret)
    return ConnectionTestResult("ok", facts={"event_types": len(event_types)})


def _test_messaging(test: ConnectionTestInput) -> ConnectionTestResult:
    if test.sender is None:
        return ConnectionTestResult("refused", "no_sender")
    sender = open_messenger(test.sender).check()
    return ConnectionTestResult("ok", facts={"name": sender.name, "has_address": sender.has_address})


TESTS: dict[str, Callable[[ConnectionTestInput], ConnectionTestResult]] = {
    "retell": _test_retell,
    "calcom": _test_calcom,
    "twilio": _test_messaging,
    "sms_gateway": _test_messaging,
    "smtp": _test_messaging,
}
