"""What delivery asks of whoever writes messages late."""

from typing import Protocol

from app.models import Notification
from app.providers.messaging.base import CalendarFile


class MessageWriter(Protocol):
    """Knows the subjects of messages, which this package does not."""

    def write(self, row: Notification) -> tuple[str, str] | None:
        """Title and text of a planned message that leaves now; None when there is nothing to say any more."""
        ...

    def is_outdated(self, row: Notification) -> bool:
        """Whether a message that was written already is not needed any more."""
        ...

    def lay_out(self, row: Notification) -> str:
        """The HTML part of a mail."""
        ...

    def attach(self, row: Notification) -> CalendarFile | None:
        """The calendar file that goes with a mail; None without one."""
        ...
