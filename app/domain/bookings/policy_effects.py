"""What changed booking rules do to the appointments that are booked already; before they are saved."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.core.clock import now
from app.core.extensions import db
from app.core.tenancy import current_company_id
from app.domain.companies.policies import Rules, load_policies
from app.domain.scheduling.holidays import get_public_holidays
from app.domain.scheduling.local_holidays import get_holiday_region
from app.models import Booking, Branch, Company

MAX_BOOKINGS = 2000
Effect = Literal["cancel", "move", "horizon", "holiday"]


@dataclass(frozen=True, slots=True)
class PolicyEffect:
    """Bookings that were within a rule and no longer are, soonest first; they stay as they are."""

    kind: Effect
    booking_ids: list[str] = field(default_factory=list)


def forecast_effects(scope: str, rules: dict[str, Any]) -> list[PolicyEffect]:
    """Forecast what these rules of the scope (an id, or "company") change for the next bookings; only what concerns any."""
    before, moment = load_policies(), now()
    after = before.with_scope(scope, rules)
    effects = {kind: PolicyEffect(kind) for kind in CHECKS}
    holidays = _HolidayCalendar()
    for booking in db.session.scalars(
        select(Booking).where(Booking.upcoming()).order_by(Booking.starts_at, Booking.id).limit(MAX_BOOKINGS)
    ):
        ids = {"branch_id": booking.branch_id, "service_id": booking.service_id, "staff_id": booking.staff_id}
        old, new = before.rules(**ids), after.rules(**ids)
        if old == new:
            continue
        for kind, is_within in CHECKS.items():
            if is_within(booking, old, moment, holidays) and not is_within(booking, new, moment, holidays):
                effects[kind].booking_ids.append(booking.id)
    return [effect for effect in effects.values() if effect.booking_ids]


class _HolidayCalendar:
    """The public holidays of the company's branches, each year read once."""

    def __init__(self) -> None:
        self._days: dict[tuple[str, int], set[date]] = {}

    def has(self, booking: Booking) -> bool:
        day = booking.starts_at.astimezone(ZoneInfo(booking.timezone)).date()
        key = (booking.branch_id, day.year)
        if key not in self._days:
            branch = db.session.get_one(Branch, booking.branch_id)
            country = db.session.get_one(Company, current_company_id()).country
            region = get_holiday_region(country, branch.state, branch.city, branch.local_holidays)
            self._days[key] = set(get_public_holidays(region, day.year))
        return day in self._days[key]


Check = Callable[[Booking, Rules, datetime, _HolidayCalendar], bool]
CHECKS: dict[Effect, Check] = {
    "cancel": lambda booking, rules, moment, _days: booking.starts_at - timedelta(minutes=rules.cancel_minutes) > moment,
    "move": lambda booking, rules, moment, _days: booking.starts_at - timedelta(minutes=rules.move_minutes) > moment,
    "horizon": lambda booking, rules, moment, _days: booking.starts_at <= moment + timedelta(days=rules.horizon_days),
    "holiday": lambda booking, rules, _moment, days: not (rules.observes_holidays and days.has(booking)),
}
