"""What a carrier of messages must be able to do, in our words."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from app.core.errors import ProviderError

Channel = Literal["sms", "email"]
# the receiver cannot be reached that way · they want no messages · the carrier does not let us · anything else it will not take
Reason = Literal["unreachable", "opted_out", "not_allowed", "refused"]


@dataclass(frozen=True, slots=True)
class Sender:
    """An account at a carrier: where it is reached, its name and key, and as whom it speaks.

    `is_given`: the address of the carrier was written by a user, so it must stand outside of our own network.
    """

    url: str = field(repr=False)
    account: str = ""
    key: str = field(default="", repr=False)
    address: str = ""
    is_given: bool = False


@dataclass(frozen=True, slots=True)
class RemoteSender:
    """What the carrier says of an account: its name there, and whether the sender's address is its own; None: it does not say."""

    name: str | None = None
    has_address: bool | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """`ref` is ours and stays the same over all tries; `asked_at` is when it was first tried, None for the first try."""

    ref: str
    to: str = field(repr=False)
    body: str = field(repr=False)
    subject: str = ""
    asked_at: datetime | None = None


class MessageRefused(ProviderError):
    """The carrier will not take this message, and asking again changes nothing."""

    code = "refused"

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message, retryable=False)
        self.code = reason


class Messenger(Protocol):
    """Carries messages of one kind; made for one account."""

    def send(self, message: Message) -> str:
        """Hands the message over and gives the carrier's name for it; one that was tried before is looked for first, where that can be.

        Raises NotSent, NoAnswer, TooFast or MessageRefused.
        """
        ...

    def look(self) -> RemoteSender:
        """Whether the carrier lets this account in; sends nothing. Raises as `send` does."""
        ...
