"""The port of messaging providers."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from app.core.errors import ProviderError

Channel = Literal["sms", "email"]
# recipient unreachable on this channel · recipient opted out · account may not send · any other rejection
RejectionReason = Literal["unreachable", "opted_out", "not_allowed", "refused"]


@dataclass(frozen=True, slots=True)
class SenderAccount:
    """An account at a messaging provider: URL, account name, key, and the sender's address.

    `is_user_supplied`: the URL was entered by a user, so only public addresses are connected to.
    """

    url: str = field(repr=False)
    account: str = ""
    key: str = field(default="", repr=False)
    address: str = ""
    is_user_supplied: bool = False


@dataclass(frozen=True, slots=True)
class SenderAccountInfo:
    """An account as the provider reports it: its name, and whether it owns the sender's address; None where not reported."""

    name: str | None = None
    has_address: bool | None = None


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """`ref` is our reference, equal for all attempts; `asked_at` is the time of the first attempt, None during it."""

    ref: str
    to: str = field(repr=False)
    body: str = field(repr=False)
    subject: str = ""
    asked_at: datetime | None = None


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

    def check(self) -> SenderAccountInfo:
        """Check the credentials of the account without sending anything. Raises as `send` does."""
        ...
