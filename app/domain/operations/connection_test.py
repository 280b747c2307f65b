"""A real look at a provider with a company's own keys: are they let in, and is there what we need? No database while we wait."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from app.core import settings
from app.core.errors import ProviderError
from app.core.extensions import db
from app.domain.calendar_sync.mapping import get_webhook_url
from app.domain.companies.connections import Look
from app.domain.notifications.channels import to_sender
from app.models import Connection, PhoneNumber
from app.providers import open_calendar, open_messenger, open_voice_account
from app.providers.credentials import Credentials
from app.providers.messaging.base import SenderAccount

MOST_NUMBERS = 200
# what says that nobody was reached, not that we were refused
AWAY = ("not_reached", "no_answer", "rate_limited")


@dataclass(frozen=True, slots=True)
class LookErrand:
    """What a look needs to know. `numbers`: those of the company that its account should hold; `address`: our door for its news."""

    connection_id: str
    provider: str
    asked_at: datetime | None
    key: str = field(repr=False)
    sender: SenderAccount | None = None
    numbers: tuple[str, ...] = ()
    address: str = ""
    secret: str = field(default="", repr=False)


def begin(connection_id: str) -> LookErrand | None:
    """Inside the company's scope; None where there is nothing to look at any more."""
    connection = db.session.scalars(select(Connection).where(Connection.id == connection_id, Connection.is_active)).first()
    if connection is None or not connection.api_key:
        return None
    numbers = select(PhoneNumber.e164).where(PhoneNumber.is_active, PhoneNumber.agent_id.is_not(None)).order_by(PhoneNumber.e164)
    return LookErrand(
        connection.id, connection.provider, connection.asked_at, connection.api_key, to_sender(connection),
        tuple(db.session.scalars(numbers.limit(MOST_NUMBERS))) if connection.provider == "retell" else (),
        get_webhook_url(connection), connection.webhook_secret or "",
    )  # fmt: skip


def carry_out(errand: LookErrand) -> Look:
    """Whatever goes wrong there is in what comes back."""
    try:
        return LOOKS[errand.provider](errand)
    except ProviderError as error:
        return Look("unreachable" if error.code in AWAY else "refused", error.code[:32])


def _retell(errand: LookErrand) -> Look:
    there = {number.e164 for number in open_voice_account("retell", Credentials(settings().retell_base_url, errand.key)).list_numbers()}
    return Look("ok", facts={"numbers": len(there), "missing": sorted(set(errand.numbers) - there)})


def _calcom(errand: LookErrand) -> Look:
    """Has its webhooks sent here as well: again changes nothing there."""
    there = open_calendar("calcom", Credentials(settings().calcom_base_url, errand.key))
    found = there.list_event_types()
    there.register_webhook(errand.address, errand.secret)
    return Look("ok", facts={"event_types": len(found)})


def _carrier(errand: LookErrand) -> Look:
    if errand.sender is None:
        return Look("refused", "no_sender")
    found = open_messenger(errand.provider, errand.sender).check()
    return Look("ok", facts={"name": found.name, "has_address": found.has_address})


LOOKS: dict[str, Callable[[LookErrand], Look]] = {"retell": _retell, "calcom": _calcom, "twilio": _carrier, "smtp": _carrier}
