"""The data of an availability query as plain frozen values, independent of database and clock."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple, Self

from app.domain.scheduling.holidays import GERMANY, HolidayRegion
from app.domain.scheduling.minute_bits import to_minute, to_minute_ceil

UNLIMITED_HORIZON_DAYS = 36500
ClosureKind = Literal["closure", "sick", "vacation"]
Repeats = Literal["never", "weekly", "yearly"]


@dataclass(frozen=True, slots=True)
class WeeklySpan:
    """A stretch of every such weekday (0 is Monday), in minutes after local midnight; beyond 1440 it runs into the next day."""

    weekday: int
    opens: int
    closes: int
    valid_from: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """The hours of one date, in place of the weekly ones and of a public holiday; no spans: closed.

    Without a person it is the branch's, with one it is that person's (at this branch, or at any when branch_id is None).
    """

    day: date
    spans: tuple[tuple[int, int], ...] = ()
    branch_id: str | None = None
    staff_id: str | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class SchedulingClosure:
    """A stretch without appointments, in wall-clock time of the branch: of one person, of one branch, or of all branches.

    Repeating ones begin with `starts` and end with the last occurrence that begins on or before `until`.
    """

    starts: datetime
    ends: datetime
    kind: ClosureKind = "closure"
    repeats: Repeats = "never"
    until: date | None = None
    branch_id: str | None = None
    staff_id: str | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class SchedulingBranch:
    id: str
    timezone: str
    hours: tuple[WeeklySpan, ...]
    name: str = ""
    region: HolidayRegion = GERMANY
    observes_holidays: bool = True


@dataclass(frozen=True, slots=True)
class SchedulingStaffMember:
    """A staff member. Without own hours the branch's apply; with some, only those."""

    id: str
    name: str = ""
    hours: tuple[tuple[str, WeeklySpan], ...] = ()


@dataclass(frozen=True, slots=True)
class SchedulingRoom:
    """A room or device; `places` is the number of customers of one group that it holds."""

    id: str
    branch_id: str
    kind: str
    places: int = 1
    name: str = ""


@dataclass(frozen=True, slots=True)
class ServiceTiming:
    """Minutes: the customer's whole time, the person's buffers around it, and the stretch inside it when the person is free."""

    minutes: int
    before: int = 0
    after: int = 0
    processing_from: int = 0
    processing: int = 0

    @property
    def total_minutes(self) -> int:
        return self.before + self.minutes + self.after


@dataclass(frozen=True, slots=True)
class SchedulingService:
    id: str
    timing: ServiceTiming
    name: str = ""
    capacity: int = 1
    room_kinds: tuple[str, ...] = ()

    @property
    def is_group(self) -> bool:
        return self.capacity > 1


@dataclass(frozen=True, slots=True)
class StaffServiceOffer:
    """One service by one person at one branch, with its timing and limits (None: the general ones)."""

    service_id: str
    staff_id: str
    branch_id: str
    timing: ServiceTiming | None = None
    notice_minutes: int | None = None
    horizon_days: int | None = None
    restriction: str | None = None
    price_cents: int | None = None


class BusyInterval(NamedTuple):
    """A stretch that a person or a room is taken, in minutes since 1970; `holder_id` is the booking, hold or group session.

    So many minutes of its beginning and its end are buffer and not work.
    """

    resource_id: str
    start: int
    end: int
    holder_id: str = ""
    before: int = 0
    after: int = 0

    @classmethod
    def from_times(
        cls, resource_id: str, starts_at: datetime, ends_at: datetime, *, holder_id: str = "", before: int = 0, after: int = 0
    ) -> Self:
        """All minutes that the stretch of time touches."""
        return cls(resource_id, to_minute(starts_at), to_minute_ceil(ends_at), holder_id, before, after)


@dataclass(frozen=True, slots=True)
class SchedulingGroupSession:
    """An existing group appointment; customers may join while it has seats. Its busy intervals are separate."""

    id: str
    service_id: str
    staff_id: str
    branch_id: str
    starts_at: datetime
    seats: int
    taken: int


@dataclass(frozen=True)
class SchedulingData:
    branches: tuple[SchedulingBranch, ...]
    services: tuple[SchedulingService, ...]
    people: tuple[SchedulingStaffMember, ...]
    offers: tuple[StaffServiceOffer, ...]
    rooms: tuple[SchedulingRoom, ...] = ()
    closures: tuple[SchedulingClosure, ...] = ()
    special_days: tuple[SpecialDay, ...] = ()
    busy: tuple[BusyInterval, ...] = ()
    sessions: tuple[SchedulingGroupSession, ...] = ()
    grid_minutes: int = 15
    notice_minutes: int = 0
    horizon_days: int = 365

    def get_branch(self, branch_id: str) -> SchedulingBranch:
        return next(branch for branch in self.branches if branch.id == branch_id)

    def get_service(self, service_id: str) -> SchedulingService:
        return next(service for service in self.services if service.id == service_id)

    def get_offer(self, service_id: str, staff_id: str, branch_id: str) -> StaffServiceOffer:
        key = (service_id, staff_id, branch_id)
        return next(offer for offer in self.offers if (offer.service_id, offer.staff_id, offer.branch_id) == key)


def ignore_rules(data: SchedulingData) -> SchedulingData:
    """Drop hours, closures and limits from the data, so that only busy intervals count."""
    always = tuple(WeeklySpan(weekday, 0, 1440) for weekday in range(7))
    return replace(
        data,
        branches=tuple(replace(branch, hours=always, observes_holidays=False) for branch in data.branches),
        people=tuple(replace(person, hours=()) for person in data.people),
        offers=tuple(replace(offer, notice_minutes=0, horizon_days=UNLIMITED_HORIZON_DAYS, restriction=None) for offer in data.offers),
        closures=(),
        special_days=(),
    )


class VisitPart(NamedTuple):
    """One service of the visit, by one person or by any."""

    service_id: str
    staff_id: str | None = None


@dataclass(frozen=True)
class SlotQuery:
    """A search for one service or several in sequence, at one branch or any, starting in [starts_from, starts_before).

    `max_gap` is the longest wait in minutes between two parts; `ignoring` are ids of bookings or holds that do not count as busy
    (the one being moved, the caller's own hold). `excluded_staff` are people who are not wanted. `any_start` ignores the grid, for an
    exact time. `day` (if only one is requested), `excluded_days` (that do not suit) and `clock` (the requested starts, in minutes after
    local midnight) filter the result; the calculation ignores them.
    """

    parts: tuple[VisitPart, ...]
    starts_from: datetime
    starts_before: datetime
    now: datetime
    branch_id: str | None = None
    seats: int = 1
    max_gap: int = 0
    ignoring: frozenset[str] = field(default_factory=frozenset)
    excluded_staff: frozenset[str] = field(default_factory=frozenset)
    any_start: bool = False
    day: date | None = None
    excluded_days: frozenset[date] = field(default_factory=frozenset)
    clock: tuple[int, int] = (0, 1440)

    @property
    def staff_id(self) -> str | None:
        """The first requested person."""
        return next((part.staff_id for part in self.parts if part.staff_id), None)

    @property
    def starts_at(self) -> datetime | None:
        """The exact requested time, or None."""
        return self.starts_from if self.any_start else None

    def at(self, starts_at: datetime) -> Self:
        """The same visit at exactly this time."""
        return replace(self, starts_from=starts_at, starts_before=starts_at + timedelta(minutes=1), any_start=True)

    def between(self, starts_from: datetime, starts_before: datetime) -> Self:
        """The same visit on the grid of this window."""
        return replace(self, starts_from=starts_from, starts_before=starts_before, any_start=False)


class SlotPart(NamedTuple):
    service_id: str
    staff_id: str
    starts_at: datetime
    ends_at: datetime


class Slot(NamedTuple):
    """A bookable time. `parts` is filled for visits of several services; `staff_id` is the person of the first part."""

    starts_at: datetime
    ends_at: datetime
    branch_id: str
    staff_id: str
    parts: tuple[SlotPart, ...] = ()
