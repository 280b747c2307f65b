"""Generates the appointments of a demo company without overlaps, with the history and status of each."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from app.demo.schema import DemoBranch, DemoCompany, DemoService, DemoStaff
from app.domain.scheduling.holidays import find_holiday_name
from app.domain.scheduling.local_holidays import get_holiday_region

ZONE = ZoneInfo("Europe/Berlin")
GRID = timedelta(minutes=15)


@dataclass
class DemoBookingChange:
    """A change of an appointment; `call` is the index of the call that made it."""

    action: str
    at: datetime
    call: int | None = None
    before: datetime | None = None


@dataclass
class DemoAppointment:
    person: str
    branch: DemoBranch
    staff: DemoStaff
    service: DemoService
    starts_at: datetime
    status: str = "confirmed"
    # index of the call that made it; None: made by staff
    call: int | None = None
    history: list[DemoBookingChange] = field(default_factory=list)

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
        self.appointments: list[DemoAppointment] = []
        self._by_person: dict[str, list[DemoAppointment]] = defaultdict(list)
        self._taken: dict[tuple[str, date], list[DemoAppointment]] = defaultdict(list)

    def add(self, appointment: DemoAppointment) -> DemoAppointment:
        self.appointments.append(appointment)
        self._by_person[appointment.person].append(appointment)
        self._occupy(appointment)
        return appointment

    def move(self, appointment: DemoAppointment, slot: DemoSlot, *, at: datetime, call: int) -> None:
        appointment.history.append(DemoBookingChange("moved", at, call, before=appointment.starts_at))
        self._free(appointment)
        appointment.staff, appointment.starts_at = slot.staff, slot.starts_at
        self._occupy(appointment)

    def cancel(self, appointment: DemoAppointment, *, at: datetime, call: int | None) -> None:
        appointment.history.append(DemoBookingChange("cancelled", at, call))
        appointment.status = "cancelled"
        self._free(appointment)

    def fill(self, customers: list[str], *, first: date, now: datetime) -> None:
        """Add appointments made by staff, up to two weeks ahead."""
        for ahead in range((now.astimezone(ZONE).date() - first).days + 15):
            day = first + timedelta(days=ahead)
            for branch in self.company.branches:
                for staff in branch.staff:
                    for person in self.rng.sample(customers, self.rng.randint(1, 4)):
                        self._add_by_staff(branch, staff, day, person, now)

    def _add_by_staff(self, branch: DemoBranch, staff: DemoStaff, day: date, person: str, now: datetime) -> None:
        service = self.company.service(self.rng.choice(staff.services))
        free = self.free_times(branch, staff, service, day, person)
        if not free:
            return
        start = self.rng.choice(free)
        made_on = min(start, now).astimezone(ZONE) - timedelta(days=self.rng.randint(1, 9))
        made_at = made_on.replace(hour=self.rng.randint(9, 17), minute=self.rng.randrange(60), second=0).astimezone(UTC)
        appointment = DemoAppointment(person, branch, staff, service, start, history=[DemoBookingChange("made", made_at)])
        self.add(appointment)

    def complete_past(self, now: datetime) -> None:
        """Mark past appointments as done or no-show."""
        for appointment in self.appointments:
            if appointment.status == "confirmed" and appointment.ends_at < now:
                appointment.status = "no_show" if self.rng.random() < 0.04 else "done"
                appointment.history.append(DemoBookingChange(appointment.status, appointment.ends_at))

    def upcoming(self, person: str, branch: DemoBranch, *, at: datetime) -> DemoAppointment | None:
        """Return the person's next appointment at the branch that can still be rescheduled or cancelled."""
        confirmed = (a for a in self._by_person[person] if a.branch is branch and a.status == "confirmed")
        return min((a for a in confirmed if a.starts_at > at + timedelta(hours=3)), key=lambda a: a.starts_at, default=None)

    def find_slot(self, branch: DemoBranch, person: str, *, at: datetime, like: DemoAppointment | None = None) -> DemoSlot | None:
        """Find a free slot in the next two weeks. With `like` it has the same service and staff member and a later day."""
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
        """List the starts at which the staff member and the person are both free."""
        taken = self._taken[staff.key, day] + self._taken[person, day]
        length = timedelta(minutes=service.minutes)
        return [
            start
            for start in _list_starts(branch, staff, day, length)
            if all(a.ends_at <= start or start + length <= a.starts_at for a in taken)
        ]

    def _occupy(self, appointment: DemoAppointment) -> None:
        for key in (appointment.staff.key, appointment.person):
            self._taken[key, appointment.local.date()].append(appointment)

    def _free(self, appointment: DemoAppointment) -> None:
        for key in (appointment.staff.key, appointment.person):
            self._taken[key, appointment.local.date()].remove(appointment)


def is_open(branch: DemoBranch, day: date) -> bool:
    return day.weekday() in branch.hours and find_holiday_name(day, get_holiday_region("DE", branch.state, branch.city)) is None


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
