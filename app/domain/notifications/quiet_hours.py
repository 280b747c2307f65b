"""Quiet hours: the time of the recipient's day in which only what they wait for is sent."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.core import phone

# a reminder that must leave before them leaves so long before: tries and the carrier take time
LEAD = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Minutes of the day in a time zone, the first included; the span may pass midnight, and is empty where both are equal."""

    starts: int
    ends: int
    timezone: str

    def includes(self, at: datetime) -> bool:
        local = at.astimezone(ZoneInfo(self.timezone))
        minute = local.hour * 60 + local.minute
        if self.starts <= self.ends:
            return self.starts <= minute < self.ends
        return minute >= self.starts or minute < self.ends

    def get_end(self, at: datetime) -> datetime:
        """Get the end of the quiet hours that include this instant; an hour that the clocks repeat ends the second time."""
        zone = ZoneInfo(self.timezone)
        day = at.astimezone(zone).date()
        ends = [
            datetime.combine(day + timedelta(days=days), to_clock(self.ends), zone).replace(fold=fold).astimezone(UTC)
            for days in (0, 1)
            for fold in (0, 1)
        ]
        return next(end for end in ends if end > at)

    def get_start(self, at: datetime) -> datetime:
        """Get the start of the quiet hours that include this instant."""
        local = at.astimezone(ZoneInfo(self.timezone))
        day = local.date() if local.hour * 60 + local.minute >= self.starts else local.date() - timedelta(days=1)
        return datetime.combine(day, to_clock(self.starts), ZoneInfo(self.timezone)).astimezone(UTC)


def to_clock(minute: int) -> time:
    return time(minute // 60, minute % 60)


def find_recipient_timezone(recipient: tuple[str, str] | None, own_timezone: str) -> str:
    """Find the zone in which the recipient's day is: by the country of the number, for mail addresses the branch's own."""
    return phone.find_timezone(recipient[1], own_timezone) if recipient and recipient[0] == "sms" else own_timezone
