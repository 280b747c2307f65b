"""The public holidays of a branch as the page of its hours shows them, and those that only some municipalities observe."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from flask import g

from app.domain.scheduling.holidays import HolidayRegion, get_public_holidays, list_local_holidays
from app.domain.scheduling.local_holidays import get_holiday_region, is_observed
from app.models import Branch


@dataclass(frozen=True)
class LocalHolidayChoice:
    """A holiday of some municipalities: whether it applies, whether somebody decided so, and what is known of the city."""

    key: str
    name: str
    day: date
    applies: bool
    is_decided: bool
    is_observed: bool | None


def list_holidays(branch: Branch, today: date, special_days: Collection[date]) -> list[tuple[date, str, bool]]:
    """List the public holidays of the coming year as (day, name, whether the day has special hours)."""
    region = _get_region(branch)
    holidays = get_public_holidays(region, today.year) | get_public_holidays(region, today.year + 1)
    upcoming = [(day, name) for day, name in sorted(holidays.items()) if today <= day < today + timedelta(days=365)]
    return [(day, name, day in special_days) for day, name in upcoming]


def list_local_choices(branch: Branch, today: date) -> list[LocalHolidayChoice]:
    """List the holidays that only some municipalities of the branch's state observe, with their next day."""
    region = _get_region(branch)
    state = branch.state if region.country == "DE" else None
    coming = list_local_holidays(state, today.year + 1) | {
        key: local for key, local in list_local_holidays(state, today.year).items() if local[0] >= today
    }
    is_decided = branch.local_holidays is not None
    return [
        LocalHolidayChoice(key, name, day, key in region.local, is_decided, is_observed(key, branch.state, branch.city))
        for key, (day, name) in coming.items()
    ]


def _get_region(branch: Branch) -> HolidayRegion:
    return get_holiday_region(g.company.country, branch.state, branch.city, branch.local_holidays)
