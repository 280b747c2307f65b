"""The port of messaging providers."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from app.core.errors import ProviderError

Channel = Literal["sms", "email"]
# recipient unreachable on this channel · recipient opted out · recipient's mailbox full · account may not send · account may not send
# from this address · the account's address is in a private network · any other rejection
RejectionReason = Literal["unreachable", "opted_out", "mailbox_full", "not_allowed", "sender_refused", "private_address", "refused"]
MessageKind = Literal["stop", "start", "message"]
# what a carrier reports of a message that it took
ReportStatus = Literal["under_way", "delivered", "failed"]


@dataclass(frozen=True, slots=True)
class GatewayFormat:
    """How a gateway wants to be spoken to: the header of the key ("Authorization": as Bearer), and the names of the fields."""

    header: str = "Authorization"
    encoding: Literal["json", "form"] = "json"
    recipient_field: str = "to"
    text_field: str = "text"
    sender_field: str = "from"


@dataclass(frozen=True, slots=True)
class SenderAccount:
    """An account at a messaging provider: driver, URL, account name, key, and the sender's address.

    `is_user_supplied`: the URL was entered by a user, so only public addresses are connected to. `report_url` is where the provider
    reports what becomes of a message; empty: nowhere. `gateway` is for the driver `sms_gateway` alone.
    """

    provider: str
    url: str = field(repr=False)
    account: str = ""
    key: str = field(default="", repr=False)
    address: str = ""
    is_user_supplied: bool = False
    report_url: str = ""
    gateway: GatewayFormat | None = None


@dataclass(frozen=True, slots=True)
class SenderAccountCheck:
    """An account as the provider reports it: its name, and whether it owns the sender's address; None where not reported."""

    name: str | None = None
    has_address: bool | None = None


@dataclass(frozen=True, slots=True)
class CalendarFile:
    """An iCalendar file that a mail carries, and its METHOD (RFC 5546): REQUEST enters or changes an entry, CANCEL takes it out.

    PUBLISH is for several entries at once, since a REQUEST is about one.
    """

    method: Literal["REQUEST", "CANCEL", "PUBLISH"]
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """`ref` is our reference, equal for all attempts; `asked_at` is the time of the first attempt, None during it."""

    ref: str
    to: str = field(repr=False)
    body: str = field(repr=False)
    subject: str = ""
    asked_at: datetime | None = None
    # for mails only: the same in HTML, and an entry for the calendar
    html: str | None = field(default=None, repr=False)
    calendar: CalendarFile | None = None
    # where the recipient ends such mails by one POST (RFC 8058)
    unsubscribe_url: str | None = None
    # for mails: where an answer goes, where not to the sender
    reply_to: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class IncomingMessage:
    """A message from a person: it ends messages to them (stop), allows them again (start), or says anything else.

    `carrier_rule`: the carrier acts on it by its own rules, and answers it itself; certain: it says so, likely: by its words.
    """

    message_id: str
    kind: MessageKind
    sender_raw: str | None = field(repr=False)
    recipient_raw: str | None
    body: str = field(default="", repr=False)
    # pictures and other files, which are not fetched
    media_count: int = 0
    carrier_rule: Literal["certain", "likely"] | None = None

    @property
    def name(self) -> str:
        return self.kind


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """What became of the message with this id at the provider; `reason` of a failure, None where it names none that we know."""

    message_id: str
    status: ReportStatus
    reason: RejectionReason | None = None
    # the provider's word for the status
    name: str = ""

    @property
    def kind(self) -> str:
        return "report"


class MessageRejected(ProviderError):
    """The provider rejects this message permanently; `code` is the RejectionReason."""

    code = "refused"

    def __init__(self, reason: RejectionReason, message: str) -> None:
        super().__init__(message, retryable=False)
        self.code = reason


class Messenger(Protocol):
    """Sends messages of one channel for one account."""

    def send(self, message: OutgoingMessage) -> str:
        """Send the message and return the provider's id; a retry first looks for the earlier message, where the provider lists them.

        Raises ConnectionFailed, ResponseTimeout, RateLimited or MessageRejected.
        """
        ...

    def check(self) -> SenderAccountCheck:
        """Check the credentials of the account without sending anything. Raises as `send` does."""
        ...
