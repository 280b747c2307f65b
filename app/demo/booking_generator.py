"""The appointment book while the town is made up: who has time when, and what becomes of each appointment."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from app.demo.schema import DemoBranch, DemoCompany, DemoService, DemoStaff
from app.domain.scheduling.holidays import find_holiday_name

ZONE = ZoneInfo("Europe/Berlin")
GRID = timedelta(minutes=15)


@dataclass
class Change:
    """A line of an appointment's history; `call` is the number of the call that brought it, in order of all calls."""

    action: str
    at: datetime
    call: int | None = None
    before: datetime | None = None


@dataclass
class Appointment:
    person: str
    branch: DemoBranch
    staff: DemoStaff
    service: DemoService
    starts_at: datetime
    status: str = "confirmed"
    # the call that made it; none: the front desk did
    call: int | None = None
    history: list[Change] = field(default_factory=list)

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.service.minutes)

    @property
    def local(self) -> datetime:
        return self.starts_at.astimezone(ZONE)


@dataclass(frozen=True)
class DemoSlot:
    branch: DemoBranch
    staff: DemoStaff
    service: DemoService
    starts_at: datetime
    # another free time of the same person on the same day
    other: datetime


class BookingGenerator:
    """All appointments of one company."""

    def __init__(self, company: DemoCompany, rng: Random) -> None:
        self.company, self.rng = company, rng
        self.appointments: list[Appointment] = []
        self._of: dict[str, list[Appointment]] = defaultdict(list)
        self._taken: dict[tuple[str, date], list[Appointment]] = defaultdict(list)

    def enter(self, appointment: Appointment) -> Appointment:
        self.appointments.append(appointment)
        self._of[appointment.person].append(appointment)
        self._occupy(appointment)
        return appointment

    def move(self, appointment: Appointment, slot: DemoSlot, *, at: datetime, call: int) -> None:
        appointment.history.append(Change("moved", at, call, before=appointment.starts_at))
        self._free(appointment)
        appointment.staff, appointment.starts_at = slot.staff, slot.starts_at
        self._occupy(appointment)

    def cancel(self, appointment: Appointment, *, at: datetime, call: int | None) -> None:
        appointment.history.append(Change("cancelled", at, call))
        appointment.status = "cancelled"
        self._free(appointment)

    def fill(self, customers: list[str], *, first: date, now: datetime) -> None:
        """Appointments that people made at the front desk, up to two weeks ahead."""
        for ahead in range((now.astimezone(ZONE).date() - first).days + 15):
            day = first + timedelta(days=ahead)
            for branch in self.company.branches:
                for staff in branch.staff:
                    for person in self.rng.sample(customers, self.rng.randint(1, 4)):
                        self._make_at_desk(branch, staff, day, person, now)

    def _make_at_desk(self, branch: DemoBranch, staff: DemoStaff, day: date, person: str, now: datetime) -> None:
        service = self.company.service(self.rng.choice(staff.services))
        free = self.free_times(branch, staff, service, day, person)
        if not free:
            return
        start = self.rng.choice(free)
        made_on = min(start, now).astimezone(ZONE) - timedelta(days=self.rng.randint(1, 9))
        made_at = made_on.replace(hour=self.rng.randint(9, 17), minute=self.rng.randrange(60), second=0).astimezone(UTC)
        appointment = Appointment(person, branch, staff, service, start, history=[Change("made", made_at)])
        self.enter(appointment)

    def settle(self, now: datetime) -> None:
        """What is over has been kept, or nobody came."""
        for appointment in self.appointments:
            if appointment.status == "confirmed" and appointment.ends_at < now:
                appointment.status = "no_show" if self.rng.random() < 0.04 else "done"
                appointment.history.append(Change(appointment.status, appointment.ends_at))

    def upcoming(self, person: str, branch: DemoBranch, *, at: datetime) -> Appointment | None:
        """The person's next appointment at the branch that can still be moved or cancelled."""
        standing = (a for a in self._of[person] if a.branch is branch and a.status == "confirmed")
        return min((a for a in standing if a.starts_at > at + timedelta(hours=3)), key=lambda a: a.starts_at, default=None)

    def find(self, branch: DemoBranch, person: str, *, at: datetime, like: Appointment | None = None) -> DemoSlot | None:
        """A free slot in the next two weeks, as somebody might choose it; `like` keeps service and person of another one, but later."""
        first = (like.local if like else at.astimezone(ZONE)).date()
        days = [first + timedelta(days=ahead) for ahead in (1, 1, 2, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14)]
        for _ in range(8):
            staff = like.staff if like else self.rng.choice(branch.staff)
            service = like.service if like else self.company.service(self.rng.choice(staff.services))
            free = self.free_times(branch, staff, service, self.rng.choice(days), person)
            if len(free) > 1:
                chosen, other = self.rng.sample(free, 2)
                return DemoSlot(branch, staff, service, chosen, other)
        return None

    def free_times(self, branch: DemoBranch, staff: DemoStaff, service: DemoService, day: date, person: str) -> list[datetime]:
        """Starts at which the staff member and the person are both free."""
        taken = self._taken[staff.key, day] + self._taken[person, day]
        length = timedelta(minutes=service.minutes)
        return [
            start
            for start in _list_starts(branch, staff, day, length)
            if all(a.ends_at <= start or start + length <= a.starts_at for a in taken)
        ]

    def _occupy(self, appointment: Appointment) -> None:
        for who in (appointment.staff.key, appointment.person):
            self._taken[who, appointment.local.date()].append(appointment)

    def _free(self, appointment: Appointment) -> None:
        for who in (appointment.staff.key, appointment.person):
            self._taken[who, appointment.local.date()].remove(appointment)


def is_open(branch: DemoBranch, day: date) -> bool:
    return day.weekday() in branch.hours and find_holiday_name(day, "DE", branch.state) is None


def is_on_shift(branch: DemoBranch, staff: DemoStaff, day: date) -> bool:
    return is_open(branch, day) and day.weekday() not in staff.days_off


def _list_starts(branch: DemoBranch, staff: DemoStaff, day: date, length: timedelta) -> Iterator[datetime]:
    if not is_on_shift(branch, staff, day):
        return
    for opens, closes in branch.hours[day.weekday()]:
        start, end = _to_utc(day, opens), _to_utc(day, closes)
        while start + length <= end:
            yield start
            start += GRID


def _to_utc(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, ZONE).astimezone(UTC)
