"""The kinds of notices to people of a company: what one must be allowed to see for it, and which role gets it where by default."""

from dataclasses import dataclass, field
from typing import Literal

from app.domain.accounts.permissions import COMPANY_ROLE_LETTERS

# bell: the list in the header · push: on the person's devices · email: at once · digest: counted in the daily summary
NoticeChannel = Literal["bell", "push", "email", "digest"]
CHANNELS: tuple[NoticeChannel, ...] = ("bell", "push", "email", "digest")


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """`action`: the right without which nobody gets it. `defaults`: the letters of the roles (accounts/permissions) for each channel."""

    name: str
    action: str
    defaults: dict[NoticeChannel, str]
    # worth a mail of its own; what is not is counted in the daily summary
    is_urgent: bool = False
    # people of the role `staff` with a calendar of their own get only what concerns it
    is_about_calendar: bool = False
    channels: tuple[NoticeChannel, ...] = field(init=False)

    def __post_init__(self) -> None:
        channels = tuple(channel for channel in CHANNELS if channel != ("digest" if self.is_urgent else "email"))
        object.__setattr__(self, "channels", channels)

    def get_default_channels(self, role: str) -> tuple[NoticeChannel, ...]:
        letter = COMPANY_ROLE_LETTERS.get(role, "-")
        return tuple(channel for channel in self.channels if letter in self.defaults.get(channel, ""))


# o owner · m manager · f front desk · s staff; read only (r) gets nothing unasked
def _list_kinds() -> tuple[NoticeKind, ...]:
    return (
        NoticeKind("emergency", "tasks.read", {"bell": "o m f s", "push": "o m f s", "email": "o m"}, is_urgent=True),
        NoticeKind("booking_made", "bookings.read", {"bell": "o m f s", "push": "s", "digest": "o m f s"}, is_about_calendar=True),
        NoticeKind("booking_moved", "bookings.read", {"bell": "o m f s", "push": "s", "digest": "o m f s"}, is_about_calendar=True),
        NoticeKind("booking_cancelled", "bookings.read", {"bell": "o m f s", "push": "s", "digest": "o m f s"}, is_about_calendar=True),
        NoticeKind("message_failed", "bookings.read", {"bell": "o m f", "digest": "o m f"}),
        NoticeKind("customer_message", "tasks.read", {"bell": "o m f", "push": "f", "digest": "o m f"}),
        NoticeKind("task", "tasks.read", {"bell": "o m f", "push": "f", "digest": "o m f"}),
        NoticeKind("sick_leave", "bookings.read", {"bell": "o m f", "push": "o m f", "digest": "o m f"}),
        NoticeKind("calendar_problem", "tasks.read", {"bell": "o m f", "digest": "o m f"}),
        NoticeKind("agent_problem", "agents.read", {"bell": "o m", "push": "o m", "email": "o m"}, is_urgent=True),
        NoticeKind("connection_problem", "connections.read", {"bell": "o m", "push": "o m", "email": "o m"}, is_urgent=True),
    )


KINDS = {kind.name: kind for kind in _list_kinds()}
